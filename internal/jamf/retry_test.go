package jamf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// newConnections makes a client open one for each request: the standard library repeats by itself a GET for which an old
// connection turned out to be dead.
func newConnections(c *Client) { c.http.Transport.(*http.Transport).DisableKeepAlives = true }

func TestWhatIsTriedAgain(t *testing.T) {
	const again, once = 5, 1
	for _, row := range []struct {
		name   string
		answer http.HandlerFunc
		read   int
		write  int
		post   int
	}{
		{"the server timed out waiting", answerStatus(408), again, again, once},
		{"it is asked too much", answerStatus(429), again, again, again},
		{"it broke down", answerStatus(500), again, again, once},
		{"what is in front of it found it gone", answerStatus(502), again, again, once},
		{"it is starting", answerStatus(503), again, again, once},
		{"what is in front of it had no patience", answerStatus(504), again, again, once},
		{"it hung up", cut, again, again, once},
		{"it says no", answerStatus(400), once, once, once},
		{"it does not know the object", answerStatus(404), once, once, once},
		{"it is in conflict", answerStatus(409), once, once, once},
		{"it finds it too large", answerStatus(413), once, once, once},
		{"it cannot process it", answerStatus(422), once, once, once},
		{"it is not built for it", answerStatus(501), once, once, once},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			c := s.client(t)
			newConnections(c)
			s.on("GET /JSSResource/policies/id/88", row.answer)
			s.on("PUT /JSSResource/policies/id/88", row.answer)
			s.on("DELETE /JSSResource/policies/id/88", row.answer)
			s.on("POST /api/v1/smart-computer-groups/41/recalculate", row.answer)
			_, err := c.Policies().Read(t.Context(), "88")
			fails(t, err)
			equal(t, s.count("GET /JSSResource"), row.read)
			fails(t, c.Policies().SetEnabled(t.Context(), "88", false))
			equal(t, s.count("PUT /JSSResource"), row.write)
			fails(t, c.Policies().Delete(t.Context(), "88"))
			equal(t, s.count("DELETE /JSSResource"), row.write)
			_, err = c.RecalculateSmartGroup(t.Context(), "41")
			fails(t, err)
			equal(t, s.count("POST /api/v1/smart"), row.post) // only what was surely not carried out
		})
	}
}

func TestALostPostIsAnUnknownOutcome(t *testing.T) {
	for _, row := range []struct {
		name    string
		answer  http.HandlerFunc
		unknown bool
	}{
		{"the connection was cut", cut, true},
		{"what is in front of the server had no patience", answerStatus(504), true},
		{"what is in front of the server found it gone", answerStatus(502), true},
		{"the server broke down over it", answerStatus(500), true},
		{"the answer ends in the middle", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"count":`)
		}, true},
		{"the server was asked too much, and says so", answerStatus(429), false},
		{"the server says no", answerStatus(403), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("POST /api/v1/smart-computer-groups/41/recalculate", row.answer)
			_, err := s.client(t).RecalculateSmartGroup(t.Context(), "41")
			fails(t, err, "recalculate smart group 41: ")
			equal(t, errors.Is(err, ErrUnknownOutcome), row.unknown)
		})
	}
}

// TestAPostThatWasTurnedAwayIsTriedAgain has the server ask for a pause, and then take it.
func TestAPostThatWasTurnedAwayIsTriedAgain(t *testing.T) {
	pause := func(seconds string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", seconds)
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}
	s := newStub(t)
	s.on("POST /api/v1/smart-computer-groups/41/recalculate", pause("7"), answerText(200, `{"count":3}`))
	count, err := s.client(t).RecalculateSmartGroup(t.Context(), "41")
	ok(t, err)
	equal(t, count, 3)
	equal(t, s.sleeps, []time.Duration{7 * time.Second})
	s.on("POST /api/v1/smart-computer-groups/41/recalculate", pause("3600"))
	_, err = s.client(t).RecalculateSmartGroup(t.Context(), "41")
	fails(t, err, "(it asks for a pause of 1h0m0s)")
}

func TestAPostThatWasNotSentIsTriedAgain(t *testing.T) {
	s := newStub(t)
	s.on("POST /api/v1/smart-computer-groups/41/recalculate", answerText(200, `{"count":3}`))
	c := s.client(t)
	dials := 0
	c.http.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials++; dials < 3 {
			return nil, errors.New("no route to host")
		}
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
	count, err := c.RecalculateSmartGroup(t.Context(), "41")
	ok(t, err)
	equal(t, count, 3)
	equal(t, s.count("POST /api/v1/smart"), 1)
}

func TestWaitsBetweenAttempts(t *testing.T) {
	header := func(value string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	for _, row := range []struct {
		name   string
		answer http.HandlerFunc
		rand   float64
		waits  []time.Duration
	}{
		{"double", answerStatus(503), 1, []time.Duration{1e9, 2e9, 4e9, 8e9}},
		{"and are spread", answerStatus(503), 0, []time.Duration{5e8, 1e9, 2e9, 4e9}},
		{"are as long as the server asks", header("7"), 1, []time.Duration{7e9, 7e9, 7e9, 8e9}},
		{"until the time that the server names", header("Tue, 03 Nov 2026 09:01:00 GMT"), 0, []time.Duration{60e9, 1e9, 2e9, 4e9}},
		{"are not as long as a server that asks for an hour", header("3600"), 1, nil},
		{"are ours if the server's make no sense", header("-5"), 1, []time.Duration{1e9, 2e9, 4e9, 8e9}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /JSSResource/policies/id/88", row.answer)
			c := s.client(t, func(c *Config) { c.Clock.Rand = func() float64 { return row.rand } })
			_, err := c.Policies().Read(t.Context(), "88")
			fails(t, err, "503 Service Unavailable")
			if row.waits == nil {
				fails(t, err, "(it asks for a pause of 1h0m0s)")
			}
			equal(t, s.sleeps, row.waits)
		})
	}
}

func TestARetryIsLoud(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories/7", answerStatus(503), cut, answerText(200, anObject))
	c := s.client(t)
	newConnections(c)
	reads(t, c)
	var lines []string
	for _, e := range s.exchange {
		lines = append(lines, fmt.Sprintf("%s %d attempt %d again %t", e.Method, e.Status, e.Attempt, e.Again))
	}
	equal(t, lines, []string{
		"POST 200 attempt 1 again false",
		"GET 503 attempt 1 again true",
		"GET 0 attempt 2 again true",
		"GET 200 attempt 3 again false",
	})
	equal(t, s.exchange[1].String(), "GET /api/v1/categories/7: 503 in 0s (attempt 1; again in 750ms)")
	s.on("GET /api/v1/categories/7", answerStatus(503))
	_, err := s.client(t).Categories().Read(t.Context(), "7")
	fails(t, err, "(after 5 attempts)")
}

func TestAgeOfPathsIsTraced(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories/7", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Deprecation", `date="Tue, 14 Jul 2026 00:00:00 GMT"`)
		fmt.Fprint(w, anObject)
	})
	reads(t, s.client(t))
	equal(t, s.exchange[1].String(), `GET /api/v1/categories/7: 200 in 0s (deprecated: date="Tue, 14 Jul 2026 00:00:00 GMT")`)
}

func TestAnAttemptHasATimeout(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories/7", stall, answerText(200, anObject))
	c := s.client(t, func(c *Config) { c.Timeout = 50 * time.Millisecond })
	reads(t, c)
	s.on("GET /api/v1/categories/7", stall)
	_, err := c.Categories().Read(t.Context(), "7")
	failsAs(t, err, context.DeadlineExceeded, "GET /api/v1/categories/7: ", "(after 5 attempts)")
	equal(t, IsTimeout(err), true)
}

func TestWhoeverGivesUpIsNotKept(t *testing.T) {
	t.Run("while an answer is awaited", func(t *testing.T) {
		s := newStub(t)
		ctx, cancel := context.WithCancel(t.Context())
		s.on("GET /api/v1/categories/7", func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		_, err := s.client(t).Categories().Read(ctx, "7")
		failsAs(t, err, context.Canceled)
		equal(t, s.count("GET"), 1)
	})
	t.Run("between attempts", func(t *testing.T) {
		s := newStub(t)
		s.on("GET /api/v1/categories/7", answerStatus(503))
		cut := errors.New("cut short")
		c := s.client(t, func(c *Config) {
			c.Clock.Sleep = func(context.Context, time.Duration) error { return cut }
		})
		_, err := c.Categories().Read(t.Context(), "7")
		failsAs(t, err, cut, "503")
		equal(t, s.count("GET"), 1)
	})
	t.Run("while a POST is under way, which may have been carried out", func(t *testing.T) {
		s := newStub(t)
		ctx, cancel := context.WithCancel(t.Context())
		s.on("POST /api/v1/smart-computer-groups/41/recalculate", func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		_, err := s.client(t).RecalculateSmartGroup(ctx, "41")
		failsAs(t, err, ErrUnknownOutcome)
		failsAs(t, err, context.Canceled)
	})
}

func TestAnUntrustedCertificateIsNotTriedAgain(t *testing.T) {
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	t.Cleanup(tls.Close)
	s := newStub(t)
	c := s.client(t, func(c *Config) { c.URL = tls.URL })
	_, err := c.Categories().Read(t.Context(), "7")
	fails(t, err, "certificate")
	equal(t, len(s.sleeps), 0)
}

func TestARedirectIsNotFollowed(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories/7", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://login.example/sso?state="+aToken)
		w.WriteHeader(http.StatusFound)
	})
	_, err := s.client(t).Categories().Read(t.Context(), "7")
	fails(t, err, "302 Found: it redirects to https://login.example/sso, which is not followed")
}

func TestAnAnswerWithoutEndIsRefused(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/categories/7", func(w http.ResponseWriter, r *http.Request) {
		for block := make([]byte, 1<<20); r.Context().Err() == nil; {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	_, err := s.client(t).Categories().Read(t.Context(), "7")
	failsAs(t, err, ErrTooLarge)
	equal(t, s.count("GET"), 1)
}
