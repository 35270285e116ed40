package notary_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/notary"
	"github.com/install-or-defer/install-or-defer/internal/notary/notarytest"
)

// stamper is a time stamp authority that answers with an echo, after what goes wrong.
type stamper struct {
	*httptest.Server
	asked atomic.Int32
	user  atomic.Value
}

func newStamper(t *testing.T, faults ...notarytest.Fault) *stamper {
	t.Helper()
	s := &stamper{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := int(s.asked.Add(1))
		if user, password, ok := r.BasicAuth(); ok {
			s.user.Store(user + " " + password)
		}
		if asked <= len(faults) {
			faults[asked-1](w, r)
			return
		}
		query, err := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" || err != nil {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(append([]byte("stamped "), query...))
	}))
	t.Cleanup(s.Close)
	return s
}

func TestStamp(t *testing.T) {
	for name, row := range map[string]struct {
		fault notarytest.Fault
		words string
		is    error
	}{
		"is given":                    {nil, "", nil},
		"is refused":                  {notarytest.Answer(400, "text/plain", "bad request\nmore"), ": 400 Bad Request: bad request", nil},
		"is none but a page":          {notarytest.Page(), `the answer cannot be understood: it is of type "text/html; charset=utf-8", not application/timestamp-reply`, notary.ErrAnswer},
		"is of no type":               {notarytest.Answer(200, "", "x"), "is of type", notary.ErrAnswer},
		"is too long":                 {notarytest.Answer(200, "application/timestamp-reply", strings.Repeat("x", 65<<10)), "longer than 65536 bytes", notary.ErrAnswer},
		"is elsewhere":                {notarytest.Elsewhere("https://user:s3cr3t@example.org/ts?key=s3cr3t"), "307 Temporary Redirect: it points to https://example.org/ts", nil},
		"is cut off":                  {notarytest.Cut(2), "/ts: ", nil},
		"is refused by one who blabs": {notarytest.Answer(403, "text/plain", "not with s3cr3t"), "403 Forbidden: not with [hidden]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var faults []notarytest.Fault
			if row.fault != nil {
				faults = append(faults, row.fault)
			}
			server := newStamper(t, faults...)
			authority := notary.Authority{URL: strings.Replace(server.URL, "://", "://anna:s3cr3t@", 1) + "/ts?key=s3cr3t"}
			got, err := authority.Stamp(t.Context(), []byte("query"))
			if row.words == "" {
				if err != nil || string(got) != "stamped query" || server.user.Load() != "anna s3cr3t" {
					t.Errorf("got %q by %q, %v", got, server.user.Load(), err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), "request time stamp: "+server.URL+"/ts: ") || !strings.Contains(err.Error(), row.words) || strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("got %v", err)
			}
			if row.is != nil && !errors.Is(err, row.is) || server.asked.Load() != 1 {
				t.Errorf("got %v after %d requests", err, server.asked.Load())
			}
		})
	}
}

func TestStampsAreAskedForAgainIfOneMayWait(t *testing.T) {
	clock := newClock()
	server := newStamper(t, notarytest.Broken(503), notarytest.Throttled("9"))
	told := 0
	authority := notary.Authority{URL: server.URL, Now: clock.now, Sleep: clock.sleep, Retry: func(error, time.Duration) { told++ }}
	if got, err := authority.Stamp(t.Context(), []byte("query")); err != nil || string(got) != "stamped query" || server.asked.Load() != 3 || told != 2 || clock.sleeps[1] != 9*time.Second {
		t.Errorf("got %q, %v after %d requests and %v", got, err, server.asked.Load(), clock.sleeps)
	}
}

func TestStampWithoutAnAuthority(t *testing.T) {
	server := newStamper(t)
	server.Close()
	if _, err := (notary.Authority{URL: server.URL + "/ts01"}).Stamp(t.Context(), nil); err == nil || !strings.HasPrefix(err.Error(), "request time stamp: "+server.URL+"/ts01: dial tcp 127.0.0.1:") {
		t.Errorf("got %v", err)
	}
	for _, address := range []string{"timestamp.apple.com/ts01", "ftp://example.org", "http://user:s3cr3t@[::1/"} {
		if _, err := (notary.Authority{URL: address}).Stamp(t.Context(), nil); err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestStampEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := ""
		silent := transport(func(r *http.Request) (*http.Response, error) {
			asked = r.URL.String()
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		_, err := notary.Authority{Transport: silent}.Stamp(t.Context(), []byte("query"))
		if err == nil || err.Error() != "request time stamp: http://timestamp.apple.com/ts01: no answer within 30s" || asked != notary.AppleAuthority {
			t.Errorf("asked %s, got %v", asked, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err = (notary.Authority{Transport: silent}).Stamp(ctx, []byte("query")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
