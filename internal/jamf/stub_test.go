package jamf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// What must never be seen in an error or a trace. Tokens and cookies of the stub begin with these.
const (
	theID       = "1979ca82-1337"
	theSecret   = "s3cr3t&of=the/client"
	thePassword = "p4ssw0rd of ann"
	aToken      = "t0ken-of-the-stub-"
	aCookie     = "c00kie-of-the-stub-"
)

// stub is a server that answers what a test tells it to, and remembers what it was asked. It knows tokens and the
// version by itself. What it does not know it answers with 404, and repeats all that it was sent, as a bad server may.
type stub struct {
	*httptest.Server
	mu       sync.Mutex
	routes   map[string][]http.HandlerFunc // by "GET /path"; the last one stays
	asked    []ask
	tokens   int
	lives    int // expires_in
	version  string
	sleeps   []time.Duration
	now      time.Time
	exchange []Exchange
}

// ask is a request that the stub got.
type ask struct {
	line   string // "GET /path?query"
	header http.Header
	body   string
}

func newStub(t *testing.T, prepare ...func(*http.Server)) *stub {
	s := &stub{routes: map[string][]http.HandlerFunc{}, lives: 300, version: "11.30.1-t1784555528405"}
	s.now = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.on("POST /api/v1/oauth/token", s.giveToken)
	s.on("POST /api/v1/auth/invalidate-token", answerStatus(http.StatusNoContent))
	s.on("GET /api/v1/jamf-pro-version", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"version":%q}`, s.version)
	})
	for _, f := range prepare {
		f(s.Config)
	}
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// client is one for the stub, on the stub's clock, whose traces are searched for secrets.
func (s *stub) client(t *testing.T, change ...func(*Config)) *Client {
	config := Config{
		URL: s.URL, Credentials: Credentials{ID: theID, Secret: theSecret},
		Clock: Clock{Now: s.time, Sleep: s.sleep, Rand: func() float64 { return 0.5 }},
		Trace: func(e Exchange) {
			noSecrets(t, "trace", fmt.Sprintf("%s %+v", e, e))
			s.mu.Lock()
			defer s.mu.Unlock()
			s.exchange = append(s.exchange, e)
		},
	}
	for _, f := range change {
		f(&config)
	}
	c, err := New(config)
	ok(t, err)
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

func (s *stub) time() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *stub) sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
	s.sleeps = append(s.sleeps, d)
	return ctx.Err()
}

func (s *stub) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// slept is how long was waited altogether.
func (s *stub) slept() (sum time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.sleeps {
		sum += d
	}
	return sum
}

// on answers a request with some handlers in turn, the last of them from then on.
func (s *stub) on(line string, handlers ...http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.routes[line] = handlers
}

func (s *stub) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	line := r.Method + " " + r.URL.EscapedPath()
	s.mu.Lock()
	full := line
	if r.URL.RawQuery != "" {
		full += "?" + r.URL.RawQuery
	}
	s.asked = append(s.asked, ask{full, r.Header.Clone(), string(body)})
	handlers := s.routes[line]
	if len(handlers) > 1 {
		s.routes[line] = handlers[1:]
	}
	s.mu.Unlock()
	if len(handlers) == 0 {
		w.WriteHeader(http.StatusNotFound)
		said, _ := json.Marshal(fmt.Sprint(r.Header, string(body)))
		fmt.Fprintf(w, `{"httpStatus":404,"errors":[{"code":"NOT_FOUND","description":%s}]}`, said)
		return
	}
	handlers[0](w, r)
}

func (s *stub) giveToken(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens++
	http.SetCookie(w, &http.Cookie{Name: "jpro-ingress", Value: aCookie + "node"})
	fmt.Fprintf(w, `{"access_token":"%s%d","token_type":"Bearer","scope":"api-role:1","expires_in":%d}`, aToken, s.tokens, s.lives)
}

// lines are the requests that the stub got, without those for tokens and versions.
func (s *stub) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, a := range s.asked {
		if !strings.Contains(a.line, "/oauth/") && !strings.Contains(a.line, "/v1/auth/") && !strings.Contains(a.line, "jamf-pro-version") {
			lines = append(lines, a.line)
		}
	}
	return lines
}

// count is how many requests began so.
func (s *stub) count(prefix string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.asked {
		if strings.HasPrefix(a.line, prefix) {
			n++
		}
	}
	return n
}

// last is the last request that began so.
func (s *stub) last(t *testing.T, prefix string) ask {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range slices.Backward(s.asked) {
		if strings.HasPrefix(a.line, prefix) {
			return a
		}
	}
	t.Fatalf("there was no %s", prefix)
	return ask{}
}

// Answers.

func answerStatus(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func answerText(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// cut ends the connection without an answer.
func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// stall answers nothing until the client goes away.
func stall(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func classicPage(status int, words string) http.HandlerFunc {
	return answerText(status, fmt.Sprintf(`<html>
<head>
   <title>Status page</title>
</head>
<body style="font-family: sans-serif;">
<p style="font-size: 1.2em;font-weight: bold;margin: 1em 0px;">%s</p>
<p>Error: %s</p>
<p>You can get technical details <a href="http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.4.10">here</a>.<br>
Please continue your visit at our <a href="/">home page</a>.
</p>
</body>
</html>`, http.StatusText(status), words))
}

func page(total int, rows ...string) http.HandlerFunc {
	return answerText(200, fmt.Sprintf(`{"totalCount":%d,"results":[%s]}`, total, strings.Join(rows, ",")))
}

// Verdicts. Each error of a test goes through one of them, so that all are searched for secrets.

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		noSecrets(t, "error", fmt.Sprintf("%v %+v", err, err))
		t.Fatal(err)
	}
}

// fails wants an error that says something.
func fails(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("there is no error, but %q was wanted", words)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		noSecrets(t, "error", fmt.Sprintf("%v %+v", e, e))
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
	if strings.ContainsAny(err.Error(), "\n\r\x1b") {
		t.Errorf("%q is not one line", err)
	}
}

func failsAs(t *testing.T, err, target error, words ...string) {
	t.Helper()
	fails(t, err, words...)
	if !errors.Is(err, target) {
		t.Errorf("%q is not %q", err, target)
	}
}

func noSecrets(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{theSecret, "s3cr3t%26of", thePassword, "p4ssw0rd+of", aToken, aCookie, "Basic YW5u"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds a secret: %s", where, text)
		}
	}
}

func equal[T any](t *testing.T, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("got  %s\nwant %s", g, w)
	}
}
