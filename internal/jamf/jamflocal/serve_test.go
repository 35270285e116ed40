package jamflocal_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamflocal"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

// clock is one that a test moves: each pause takes a second of it.
type clock struct {
	now   time.Time
	ticks chan struct{}
}

func (c *clock) sleep(ctx context.Context, _ time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.ticks:
		c.now = c.now.Add(time.Second)
		return nil
	}
}

// served serves a server for as long as a test runs, and returns its address, and what moves its clock.
func served(t *testing.T, server *jamftest.Server) (url string, tick func()) {
	t.Helper()
	c := &clock{now: time.Unix(0, 0), ticks: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	address, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- jamflocal.Serve(ctx, server, jamflocal.Options{
			Address: "127.0.0.1:0", Speed: 3600, Now: func() time.Time { return c.now }, Sleep: c.sleep,
			Ready: func(url string) error {
				address <- url
				return nil
			},
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return <-address, func() { c.ticks <- struct{}{} }
}

func TestTheClockRunsAsFastAsOneLikes(t *testing.T) {
	server := jamftest.New(jamftest.Options{})
	began := server.Now()
	_, tick := served(t, server)
	for range 3 { // the third begins when the second has been dealt with
		tick()
	}
	if passed := server.Now().Sub(began); passed < 2*time.Hour || passed > 3*time.Hour {
		t.Errorf("%s have passed", passed)
	}
}

func TestTheTimeIsInEachAnswer(t *testing.T) {
	server := jamftest.New(jamftest.Options{})
	url, _ := served(t, server)
	response, err := http.Get(url + "/api/v1/jamf-pro-version")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if got := response.Header.Get("Date"); got != server.Now().Format(http.TimeFormat) {
		t.Error(got)
	}
}

func TestDaysGoByAtOnce(t *testing.T) {
	server := jamftest.New(jamftest.Options{})
	url, _ := served(t, server)
	began := server.Now()
	at, err := jamflocal.Advance(t.Context(), url+"/", 72*time.Hour)
	if err != nil || !at.Equal(began.Add(72*time.Hour)) || !server.Now().Equal(at) {
		t.Error(at, err)
	}
	for _, by := range []time.Duration{-time.Hour, 91 * 24 * time.Hour} {
		if _, err := jamflocal.Advance(t.Context(), url, by); err == nil || !strings.Contains(err.Error(), "at most") {
			t.Errorf("%s: %v", by, err)
		}
	}
}

func TestOtherServersAreLeftAlone(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for _, address := range []string{other.URL, "https://example.jamfcloud.com", "::"} {
		if _, err := jamflocal.Advance(t.Context(), address, time.Hour); !errors.Is(err, jamflocal.ErrNotLocal) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestOnlyThisComputerIsServed(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.com:80", "[::]:0"} {
		err := jamflocal.Serve(t.Context(), jamftest.New(jamftest.Options{}), jamflocal.Options{Address: address})
		if !errors.Is(err, jamflocal.ErrAddress) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
