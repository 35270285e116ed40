package preview

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"
)

//go:embed page
var pageFiles embed.FS

// Options are what a server needs.
type Options struct {
	Base  Base
	Now   func() time.Time
	Build Builder       // nil where no package can be built
	Idle  time.Duration // without a request for so long, the server ends; 0 is a quarter of an hour
}

// usualIdle is how long a server waits for a request. A page that is open asks more often than that.
const usualIdle = 15 * time.Minute

// Server serves the page to one browser on this computer.
type Server struct {
	options  Options
	listener net.Listener
	guard    *guard
	touched  chan struct{}
	instance string // tells this server from others; it opens nothing
}

// Listen opens a port on this computer, where nobody else can reach it; 0 is any that is free.
func Listen(ctx context.Context, port int, o Options) (*Server, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("open port: %w", err)
	}
	if o.Idle <= 0 {
		o.Idle = usualIdle
	}
	address, _ := listener.Addr().(*net.TCPAddr) // it is one: it was asked for
	return &Server{
		options: o, listener: listener, guard: newGuard(address.Port), touched: make(chan struct{}, 1), instance: secret(),
	}, nil
}

// secret is a text that nobody can guess.
func secret() string {
	const size = 32
	bytes := make([]byte, size)
	_, _ = rand.Read(bytes) // never fails: it ends the program rather
	return base64.RawURLEncoding.EncodeToString(bytes)
}

// URL is where the page is. It works once: the browser that opens it first gets a cookie in its place.
func (s *Server) URL() string { return s.guard.origins[0] + "/?token=" + s.guard.token }

// ErrIdle says that a server has ended since nobody asked for anything.
var ErrIdle = errors.New("nobody has looked for a while")

// Serve serves until the context is done, or nobody has asked for anything for a while, which is [ErrIdle].
func (s *Server) Serve(ctx context.Context) error {
	const headers, read, write, keep, shutdown = 5 * time.Second, 30 * time.Second, time.Minute, time.Minute, 3 * time.Second
	const maxHeaders = 16 << 10
	server := &http.Server{
		Handler: s.handler(), ReadHeaderTimeout: headers, ReadTimeout: read, WriteTimeout: write, IdleTimeout: keep,
		MaxHeaderBytes: maxHeaders, ErrorLog: log.New(io.Discard, "", 0),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(s.listener) }()
	err := s.wait(ctx, failed)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdown)
	defer cancel()
	if server.Shutdown(ending) != nil {
		_ = server.Close()
	}
	return err
}

// wait waits for what ends a server.
func (s *Server) wait(ctx context.Context, failed <-chan error) error {
	for {
		quiet, cancel := context.WithTimeout(ctx, s.options.Idle)
		select {
		case <-s.touched:
			cancel()
		case err := <-failed:
			cancel()
			return fmt.Errorf("serve page: %w", err)
		case <-quiet.Done():
			cancel()
			if ctx.Err() == nil {
				return ErrIdle
			}
			return nil
		}
	}
}

// handler is all that the server answers.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	mux.Handle("GET /page/", s.assets())
	mux.HandleFunc("GET /form", s.form)
	mux.HandleFunc("GET /words", func(w http.ResponseWriter, _ *http.Request) { answer(w, words()) })
	mux.HandleFunc("GET /logo", s.logo)
	mux.HandleFunc("POST /film", s.film)
	mux.HandleFunc("POST /why", s.why)
	mux.HandleFunc("POST /messages", s.messages)
	mux.HandleFunc("POST /export/{what}", s.export)
	mux.HandleFunc("POST /package", s.pkg)
	mux.HandleFunc("POST /sheet", s.sheet)
	mux.HandleFunc("POST /alive", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	touched := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case s.touched <- struct{}{}:
			default:
			}
			next.ServeHTTP(w, r)
		})
	}
	return s.guard.protect(touched(mux), touched(http.HandlerFunc(s.welcome)))
}
