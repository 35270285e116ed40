package jamflocal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

// Options say how a server is served.
type Options struct {
	Address string  // a loopback address with a port, or with port 0 for any
	Speed   float64 // seconds of the server's clock in a second of this computer's
	Now     func() time.Time
	Sleep   func(context.Context, time.Duration) error
	Ready   func(url string) error // told the address, when requests are answered
}

// ErrAddress says that an address is not one of this computer alone.
var ErrAddress = errors.New("is no loopback address")

// tick is how often the clock moves.
const tick = 200 * time.Millisecond

// Serve answers requests until the context ends, which is no error.
func Serve(ctx context.Context, server *jamftest.Server, o Options) error {
	if err := serve(ctx, server, o); err != nil {
		return fmt.Errorf("serve jamf pro: %w", err)
	}
	return nil
}

func serve(ctx context.Context, server *jamftest.Server, o Options) error {
	host, _, err := net.SplitHostPort(o.Address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s %w: who is on the network could do as they like", o.Address, ErrAddress)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", o.Address)
	if err != nil {
		return err
	}
	const patience = 10 * time.Second
	site := &http.Server{Handler: handler(server), ReadHeaderTimeout: patience}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- site.Serve(listener) }()
	ticking := make(chan struct{})
	go func() {
		defer close(ticking)
		run(ctx, server, o)
	}()
	err = o.Ready("http://" + listener.Addr().String())
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-ended:
		}
	}
	cancel()
	<-ticking
	return errors.Join(err, site.Close())
}

// run moves the server's clock.
func run(ctx context.Context, server *jamftest.Server, o Options) {
	last := o.Now()
	for o.Sleep(ctx, tick) == nil {
		now := o.Now()
		server.Advance(time.Duration(float64(now.Sub(last)) * o.Speed))
		last = now
	}
}

// handler adds the time to each answer, as web servers do, and what people need besides.
func handler(server *jamftest.Server) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+advancePath, func(w http.ResponseWriter, r *http.Request) {
		by, err := time.ParseDuration(r.URL.Query().Get("by"))
		if err != nil || by < 0 || by > longest {
			http.Error(w, "write by=72h, and at most "+longest.String(), http.StatusBadRequest)
			return
		}
		server.Advance(by)
		_, _ = fmt.Fprintln(w, server.Now().UTC().Format(time.RFC3339)) // whoever asked may have gone
	})
	mux.Handle("/", server)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", server.Now().UTC().Format(http.TimeFormat))
		mux.ServeHTTP(w, r)
	})
}
