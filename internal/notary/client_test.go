package notary_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/notary"
	"github.com/install-or-defer/install-or-defer/internal/notary/notarytest"
)

// clock moves only when somebody sleeps.
type clock struct {
	mu     sync.Mutex
	time   time.Time
	sleeps []time.Duration
}

func newClock() *clock {
	return &clock{time: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.time = c.time.Add(d)
	c.sleeps = append(c.sleeps, d)
	return ctx.Err()
}

func (c *clock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.time = c.time.Add(d)
}

// wire is a transport that sees each request, may change it, and remembers what is secret in it.
type wire struct {
	change  func(*http.Request)
	tokens  []string // bearer tokens, one per request
	secrets []string
	seen    []*http.Request
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		token, bearer := strings.CutPrefix(authorization, "Bearer ")
		if bearer {
			w.tokens = append(w.tokens, token)
		}
		w.secrets = append(w.secrets, token)
	}
	if session := r.Header.Get("X-Amz-Security-Token"); session != "" {
		w.secrets = append(w.secrets, session)
	}
	for _, values := range r.URL.Query() {
		w.secrets = append(w.secrets, values...)
	}
	if w.change != nil {
		w.change(r)
	}
	w.seen = append(w.seen, r)
	return http.DefaultTransport.RoundTrip(r)
}

// stage is a client before a stand-in, with the clock of both.
type stage struct {
	*notary.Client
	server  *notarytest.Server
	clock   *clock
	wire    *wire
	retries []string
}

func play(t *testing.T, options ...notarytest.Option) *stage {
	t.Helper()
	s := &stage{clock: newClock(), wire: &wire{}}
	s.server = notarytest.Start(t, s.clock.now, options...)
	key, err := notary.ParseKey(s.server.KeyFile, s.server.KeyID, s.server.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	s.Client = &notary.Client{
		Key: key, Transport: s.wire, Now: s.clock.now, Sleep: s.clock.sleep,
		Endpoints: notary.Endpoints{Notary: s.server.Notary, Store: s.server.Store, Tickets: s.server.Tickets},
		Retry:     func(err error, _ time.Duration) { s.retries = append(s.retries, err.Error()) },
	}
	return s
}

func upload(t *testing.T, data []byte) notary.Upload {
	t.Helper()
	u, err := notary.Measure("example.pkg", func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func packageBytes() []byte { return bytes.Repeat([]byte("a package "), 20_000) }

// submit takes a package to the stand-in.
func (s *stage) submit(t *testing.T) string {
	t.Helper()
	id, err := s.Submit(t.Context(), upload(t, packageBytes()), nil)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func key(t *testing.T) string {
	t.Helper()
	name, err := notary.TicketKey(bytes.Repeat([]byte{0xab}, 20))
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAPackageIsAccepted(t *testing.T) {
	s := play(t, notarytest.Polls(3), notarytest.NoTicket(2))
	data := packageBytes()
	u := upload(t, data)
	var sent []int64
	id, err := s.Submit(t.Context(), u, func(n int64) { sent = append(sent, n) })
	if err != nil {
		t.Fatal(err)
	}
	if sum, size := s.server.Received(id); sum != u.SHA256 || size != int64(len(data)) {
		t.Errorf("%d bytes have arrived", size)
	}
	if len(sent) == 0 || !slices.IsSorted(sent) || sent[len(sent)-1] != u.Size {
		t.Errorf("progress is %v", sent)
	}
	var seen []notary.Status
	verdict, err := s.Wait(t.Context(), id, time.Hour, func(s notary.Submission) { seen = append(seen, s.Status) })
	if err != nil {
		t.Fatal(err)
	}
	if want := (notary.Submission{ID: id, Name: "example.pkg", Status: notary.Accepted, Created: newClock().now()}); verdict != want {
		t.Errorf("verdict is %+v", verdict)
	}
	if want := []notary.Status{notary.InProgress, notary.InProgress, notary.InProgress, notary.Accepted}; !slices.Equal(seen, want) {
		t.Errorf("looks saw %v", seen)
	}
	if want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second}; !slices.Equal(s.clock.sleeps, want) {
		t.Errorf("slept %v", s.clock.sleeps)
	}
	report, err := s.Log(t.Context(), id)
	if err != nil || report.Status != "Accepted" || report.Code != 0 || report.Summary != "Ready for distribution" || len(report.Issues) > 0 || len(report.Raw) == 0 {
		t.Errorf("log is %+v (%v)", report, err)
	}
	s.clock.sleeps = nil
	ticket, err := s.Ticket(t.Context(), key(t), time.Minute)
	if err != nil || !bytes.Equal(ticket, notarytest.TicketOf(key(t))) || len(s.clock.sleeps) != 2 {
		t.Errorf("ticket is %q after %v (%v)", ticket, s.clock.sleeps, err)
	}
	list, err := s.List(t.Context())
	if err != nil || len(list) != 1 || list[0] != verdict {
		t.Errorf("list is %+v (%v)", list, err)
	}
	if len(s.retries) > 0 {
		t.Errorf("retried after %q", s.retries)
	}
	for door, want := range map[notarytest.Door]int{
		notarytest.Submit: 1, notarytest.Upload: 1, notarytest.Status: 4, notarytest.Log: 1, notarytest.LogFile: 1, notarytest.Ticket: 3, notarytest.List: 1,
	} {
		if got := s.server.Count(door); got != want {
			t.Errorf("%s: %d requests", door, got)
		}
	}
	for _, r := range s.wire.seen {
		if r.Header.Get("Authorization") != "" && strings.HasPrefix(r.URL.Path, "/logs/") || strings.HasPrefix(r.URL.Path, "/lookup") && r.Header.Get("Authorization") != "" {
			t.Errorf("%s got a credential", r.URL.Path)
		}
	}
}

func TestAPackageIsInvalid(t *testing.T) {
	number := 12
	issue := notarytest.Issue{
		Severity: "error", Code: &number, Path: "example.pkg/Payload/install-or-deferd", Message: "The signature does not\ninclude a secure timestamp.\x1b[31m",
		URL: "https://developer.apple.com/documentation/security", Architecture: "arm64",
	}
	s := play(t, notarytest.Verdict("Invalid", issue, notarytest.Issue{Severity: "warning", Message: "hm"}))
	id := s.submit(t)
	verdict, err := s.Wait(t.Context(), id, 0, nil)
	if err != nil || verdict.Status != notary.Invalid {
		t.Fatalf("verdict is %+v (%v)", verdict, err)
	}
	report, err := s.Log(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	want := notary.Issue{
		Severity: issue.Severity, Code: "12", Path: issue.Path, Message: "The signature does not include a secure timestamp. [31m", URL: issue.URL, Architecture: "arm64",
	}
	if report.Status != "Invalid" || report.Code != 4000 || len(report.Issues) != 2 || report.Issues[0] != want || report.Issues[1] != (notary.Issue{Severity: "warning", Message: "hm"}) {
		t.Errorf("log is %+v", report)
	}
}

func TestTheKeyOfAPerson(t *testing.T) {
	s := play(t, notarytest.Personal())
	if _, err := s.Wait(t.Context(), s.submit(t), 0, nil); err != nil {
		t.Error(err)
	}
}

func TestWaitingEnds(t *testing.T) {
	t.Run("when the patience is over", func(t *testing.T) {
		s := play(t, notarytest.Polls(1000))
		last, err := s.Wait(t.Context(), s.submit(t), 100*time.Second, nil)
		if !errors.Is(err, notary.ErrNoVerdict) || err.Error() != `wait for verdict: the notary has not finished after 1m40s: its status is "In Progress"` || last.Status != notary.InProgress {
			t.Errorf("got %+v, %v", last, err)
		}
		if want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second, 30 * time.Second, 5 * time.Second}; !slices.Equal(s.clock.sleeps, want) {
			t.Errorf("slept %v", s.clock.sleeps)
		}
	})
	t.Run("when the clock stands still", func(t *testing.T) {
		s := play(t, notarytest.Polls(1000))
		id, slept := s.submit(t), 0
		s.Sleep = func(context.Context, time.Duration) error { slept++; return nil }
		if _, err := s.Wait(t.Context(), id, time.Minute, nil); !errors.Is(err, notary.ErrNoVerdict) || slept != 4 {
			t.Errorf("got %v after %d pauses", err, slept)
		}
	})
	t.Run("with one more look when the computer was asleep", func(t *testing.T) {
		s := play(t, notarytest.Polls(1))
		id := s.submit(t)
		s.Sleep = func(context.Context, time.Duration) error { s.clock.step(8 * time.Hour); return nil }
		if got, err := s.Wait(t.Context(), id, time.Minute, nil); err != nil || got.Status != notary.Accepted {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("when somebody cancels it", func(t *testing.T) {
		s := play(t, notarytest.Polls(1000))
		ctx, cancel := context.WithCancel(t.Context())
		_, err := s.Wait(ctx, s.submit(t), time.Hour, func(notary.Submission) { cancel() })
		if !errors.Is(err, context.Canceled) || s.server.Count(notarytest.Status) != 1 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("not with a status that is not known", func(t *testing.T) {
		s := play(t, notarytest.Verdict("Being Read Again"))
		var seen []notary.Status
		_, err := s.Wait(t.Context(), s.submit(t), 5*time.Second, func(s notary.Submission) { seen = append(seen, s.Status) })
		if !errors.Is(err, notary.ErrNoVerdict) || len(seen) != 2 || !strings.Contains(err.Error(), `"Being Read Again"`) {
			t.Errorf("got %v after %v", err, seen)
		}
	})
}

func TestTokens(t *testing.T) {
	t.Run("one is used for a while, and replaced well before it expires", func(t *testing.T) {
		s := play(t, notarytest.Polls(60))
		if _, err := s.Wait(t.Context(), s.submit(t), time.Hour, nil); err != nil {
			t.Fatal(err)
		}
		took := s.clock.now().Sub(newClock().now())
		if n, want := distinct(s.wire.tokens), int(took/(10*time.Minute))+1; n != want {
			t.Errorf("%d tokens in %v, want %d", n, took, want)
		}
	})
	t.Run("a refused one is replaced once, in the midst of waiting", func(t *testing.T) {
		s := play(t, notarytest.Polls(2), notarytest.At(notarytest.Status, nil, notarytest.Expired()))
		if _, err := s.Wait(t.Context(), s.submit(t), time.Hour, nil); err != nil {
			t.Fatal(err)
		}
		if n := distinct(s.wire.tokens); n != 2 || s.server.Count(notarytest.Status) != 4 {
			t.Errorf("%d tokens for %d looks", n, s.server.Count(notarytest.Status))
		}
	})
	t.Run("a second refusal is taken as an answer", func(t *testing.T) {
		s := play(t, notarytest.At(notarytest.List, notarytest.Expired(), notarytest.Expired()))
		_, err := s.List(t.Context())
		if !errors.Is(err, notary.ErrUnauthorized) || s.server.Count(notarytest.List) != 2 || len(s.clock.sleeps) > 0 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a submission whose token is refused is announced again, as nothing has happened", func(t *testing.T) {
		s := play(t, notarytest.At(notarytest.Submit, notarytest.Expired()))
		if s.submit(t); s.server.Count(notarytest.Submit) != 2 {
			t.Error("was not")
		}
	})
	t.Run("a clock that is set back gets a new one", func(t *testing.T) {
		s := play(t)
		s.submit(t)
		s.clock.step(-time.Hour)
		if _, err := s.List(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for name, step := range map[string]time.Duration{"half a minute ahead": 30 * time.Second, "four minutes behind": -4 * time.Minute} {
		t.Run("are taken from a clock that is "+name, func(t *testing.T) {
			s := play(t)
			s.Now = func() time.Time { return s.clock.now().Add(step) }
			if _, err := s.List(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func distinct(texts []string) int {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return len(slices.Compact(texts))
}
