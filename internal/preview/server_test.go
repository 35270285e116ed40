package preview_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/preview"
)

// visitor is a browser without a window.
type visitor struct {
	t      *testing.T
	client *http.Client
	origin string
	key    string // that the page came with
}

// visit opens the address of a preview.
func visit(t *testing.T, address string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, client: &http.Client{Jar: jar, Timeout: 20 * time.Second}, origin: u.Scheme + "://" + u.Host}
	code, body := v.get(strings.TrimPrefix(address, v.origin))
	if code != http.StatusOK {
		t.Fatalf("the page answers with %d", code)
	}
	if v.key = keyOf(body); len(v.key) < 40 {
		t.Fatalf("the page comes with the key %q", v.key)
	}
	return v
}

// keyOf is the key that a page comes with.
func keyOf(page string) string {
	_, rest, _ := strings.Cut(page, `<meta name="key" content="`)
	key, _, _ := strings.Cut(rest, `"`)
	return key
}

func (v *visitor) get(path string) (code int, body string) {
	v.t.Helper()
	return v.do(v.request(http.MethodGet, path, nil))
}

func (v *visitor) request(method, path string, body []byte) *http.Request {
	v.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, v.origin+path, bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	if v.key != "" {
		r.Header.Set("Preview-Key", v.key)
	}
	if method == http.MethodPost {
		r.Header.Set("Origin", v.origin)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

func (v *visitor) do(r *http.Request) (code int, body string) {
	v.t.Helper()
	response, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return response.StatusCode, string(data)
}

// post sends JSON, as the page does.
func (v *visitor) post(path string, value any) (code int, body string) {
	v.t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(v.request(http.MethodPost, path, data))
}

func TestTheTokenWorksOnce(t *testing.T) {
	server := serve(t, preview.Options{})
	v := visit(t, server.URL())
	if code, body := v.get("/form"); code != http.StatusOK || !strings.Contains(body, "MaxDeferralTime") {
		t.Errorf("with the cookie: %d", code)
	}
	if code, body := v.get(strings.TrimPrefix(server.URL(), v.origin)); code != http.StatusOK || keyOf(body) != "" || strings.Contains(body, v.key) {
		t.Errorf("the same browser reloads the address: %d", code)
	}
	another := &visitor{t: t, client: &http.Client{}, origin: v.origin}
	if code, body := another.get(strings.TrimPrefix(server.URL(), v.origin)); code != http.StatusForbidden || !strings.Contains(body, "used already") {
		t.Errorf("another browser opens the address: %d %s", code, body)
	}
}

func TestWhoHasNoCookieGetsNothing(t *testing.T) {
	server := serve(t, preview.Options{})
	origin, _, _ := strings.Cut(server.URL(), "/?")
	stranger := &visitor{t: t, client: &http.Client{}, origin: origin}
	for _, path := range []string{"/", "/?token=", "/?token=wrong", "/?token=" + strings.Repeat("A", 43), "/form", "/logo", "/page/app.js", "/page/index.html", "/nowhere"} {
		if code, body := stranger.get(path); code != http.StatusForbidden || strings.Contains(body, "<") {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	for _, path := range []string{"/film", "/why", "/messages", "/export/yaml", "/package", "/sheet", "/alive"} {
		if code, _ := stranger.post(path, map[string]any{}); code != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, code)
		}
	}
	if code, _ := stranger.get(strings.TrimPrefix(server.URL(), origin)); code != http.StatusOK {
		t.Errorf("wrong tokens have used the right one up: %d", code)
	}
}

// TestTheCookieAloneOpensNothing asks as another server on this computer could, to which browsers send our cookie.
func TestTheCookieAloneOpensNothing(t *testing.T) {
	v := visit(t, serve(t, based("ours.yaml", "organization: Kind Words\n")).URL())
	key := v.key
	for _, wrong := range []string{"", "wrong", key[1:], v.client.Jar.Cookies(mustParse(t, v.origin))[0].Value} {
		v.key = wrong
		for _, path := range []string{"/form", "/words", "/logo", "/nowhere", "/page/../form", "//form"} {
			if code, body := v.get(path); code != http.StatusForbidden || strings.Contains(body, "Kind Words") {
				t.Errorf("%s with the key %q: %d %s", path, wrong, code, body)
			}
		}
		for _, path := range []string{"/film", "/why", "/messages", "/export/yaml", "/package", "/sheet", "/alive"} {
			if code, _ := v.post(path, map[string]any{}); code != http.StatusForbidden {
				t.Errorf("POST %s with the key %q: %d", path, wrong, code)
			}
		}
		for _, path := range append(preview.Assets(), "/", "/?token=") {
			if code, body := v.get(path); code != http.StatusOK || strings.Contains(body, key) || strings.Contains(body, "Kind Words") {
				t.Errorf("%s: %d", path, code)
			}
		}
	}
	v.key = key
	code, body := v.get("/form")
	var form struct{ Instance string }
	if err := json.Unmarshal([]byte(body), &form); err != nil || code != http.StatusOK || len(form.Instance) < 8 {
		t.Fatalf("with the key: %d %v", code, err)
	}
	for _, secret := range []string{key, v.client.Jar.Cookies(mustParse(t, v.origin))[0].Value} {
		if strings.Contains(body, secret[:8]) {
			t.Error("the form holds a part of a secret")
		}
	}
}

func TestOnlyThePageMayAsk(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	port := v.origin[strings.LastIndex(v.origin, ":")+1:]
	for _, row := range []struct {
		name, method, path string
		change             func(*http.Request)
		want               int
	}{
		{"the page", http.MethodPost, "/alive", func(*http.Request) {}, http.StatusNoContent},
		{"a browser that does not say whence", http.MethodPost, "/alive", func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") }, http.StatusNoContent},
		{"no origin", http.MethodPost, "/alive", func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		{"another site", http.MethodPost, "/alive", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, http.StatusForbidden},
		{"another port", http.MethodPost, "/alive", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") }, http.StatusForbidden},
		{"our other name", http.MethodPost, "/alive", func(r *http.Request) { r.Header.Set("Origin", "http://localhost:"+port) }, http.StatusForbidden},
		{"no origin by name", http.MethodPost, "/alive", func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		{"a browser that says another site", http.MethodPost, "/alive", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		{"a browser that says another port", http.MethodPost, "/alive", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, http.StatusForbidden},
		{"a form", http.MethodPost, "/alive", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, http.StatusForbidden},
		{"a script of another port", http.MethodGet, "/form", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, http.StatusForbidden},
		{"a picture of another site", http.MethodGet, "/logo", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		{"a frame of another site", http.MethodGet, "/", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Dest", "iframe")
		}, http.StatusForbidden},
		{"a link of another site", http.MethodGet, "/", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Dest", "document")
		}, http.StatusOK},
		{"a name that is pointed here", http.MethodGet, "/form", func(r *http.Request) { r.Host = "evil.example:" + port }, http.StatusMisdirectedRequest},
		{"a name without our port", http.MethodGet, "/form", func(r *http.Request) { r.Host = "127.0.0.1" }, http.StatusMisdirectedRequest},
		{"another method", http.MethodDelete, "/form", func(r *http.Request) {
			r.Header.Set("Origin", v.origin)
			r.Header.Set("Content-Type", "application/json")
		}, http.StatusMethodNotAllowed},
	} {
		r := v.request(row.method, row.path, []byte("{}"))
		row.change(r)
		if code, body := v.do(r); code != row.want {
			t.Errorf("%s: %d %s, want %d", row.name, code, body, row.want)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	for _, path := range []string{"/", "/page/app.js", "/form", "/nowhere", "/?token=wrong"} {
		response, err := v.client.Do(v.request(http.MethodGet, path, nil))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
		} {
			if have := response.Header.Get(name); !strings.Contains(have, want) {
				t.Errorf("%s: %s is %q", path, name, have)
			}
		}
		policy := response.Header.Get("Content-Security-Policy")
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") || strings.Contains(policy, "*") {
			t.Errorf("%s: the policy allows too much: %s", path, policy)
		}
		if have := response.Header.Get("Access-Control-Allow-Origin"); have != "" {
			t.Errorf("%s: another origin may read it: %q", path, have)
		}
	}
	cookie := v.client.Jar.Cookies(mustParse(t, v.origin))
	if len(cookie) != 1 || len(cookie[0].Value) < 40 {
		t.Errorf("cookies: %v", cookie)
	}
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestTheCookieIsNotForScripts(t *testing.T) {
	server := serve(t, preview.Options{})
	response, err := http.Get(server.URL()) //nolint:noctx // it is a test of what comes back
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text := response.Header.Get("Set-Cookie")
	if !strings.Contains(text, "HttpOnly") || !strings.Contains(text, "SameSite=Strict") || strings.Contains(text, "Domain") || strings.Contains(server.URL(), strings.SplitN(strings.SplitN(text, "=", 2)[1], ";", 2)[0]) {
		t.Errorf("Set-Cookie: %s", text)
	}
}

func TestWhatIsTooLargeOrNoDeskIsRefused(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	for name, row := range map[string]struct {
		body string
		want int
	}{
		"nothing":           {"", http.StatusBadRequest},
		"no JSON":           {"settings: {}", http.StatusBadRequest},
		"a list":            {"[]", http.StatusBadRequest},
		"an unknown member": {`{"surprise": 1}`, http.StatusBadRequest},
		"two documents":     {`{} {}`, http.StatusBadRequest},
		"an empty desk":     {`{}`, http.StatusBadRequest},
		"too much":          {`{"person": "` + strings.Repeat("x", 9<<20) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		if code, body := v.do(v.request(http.MethodPost, "/film", []byte(row.body))); code != row.want {
			t.Errorf("%s: %d %.200s, want %d", name, code, body, row.want)
		}
	}
}

func TestAServerIsHereAlone(t *testing.T) {
	server := serve(t, preview.Options{})
	u := mustParse(t, server.URL())
	if u.Hostname() != "127.0.0.1" {
		t.Errorf("the address is %s", u)
	}
	port, _ := strconv.Atoi(u.Port())
	if _, err := preview.Listen(context.Background(), port, preview.Options{Now: today}); err == nil {
		t.Error("a port is opened twice")
	}
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() {
			dialer := net.Dialer{Timeout: time.Second}
			if conn, err := dialer.DialContext(context.Background(), "tcp", net.JoinHostPort(ip.IP.String(), u.Port())); err == nil {
				_ = conn.Close()
				t.Errorf("others reach it at %s", ip.IP)
			}
		}
	}
}

func TestAServerEndsWhenNobodyLooks(t *testing.T) {
	server, err := preview.Listen(context.Background(), 0, preview.Options{Now: today, Idle: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := server.Serve(ctx); !errors.Is(err, preview.ErrIdle) {
		t.Errorf("it ends with %v", err)
	}
	if _, err := http.Get(server.URL()); err == nil { //nolint:noctx,bodyclose // there is nobody to answer
		t.Error("it answers still")
	}
}

func TestAServerStaysWhileSomebodyLooks(t *testing.T) {
	server, err := preview.Listen(context.Background(), 0, preview.Options{Now: today, Idle: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx) }()
	v := visit(t, server.URL())
	began := time.Now()
	for time.Since(began) < 3*time.Second { // longer than it waits
		if code, _ := v.post("/alive", map[string]any{}); code != http.StatusNoContent {
			t.Fatalf("%d", code)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestThePageIsLight adds up what a browser loads before the first film is on the page, as it goes over the wire.
func TestThePageIsLight(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	total := 0
	for _, path := range append(preview.Assets(), "/", "/form") {
		code, body := v.get(path)
		if code != http.StatusOK {
			t.Fatalf("%s: %d", path, code)
		}
		total += len(body)
	}
	_, body := v.post("/film", desk(preview.Stubborn, intel()))
	total += len(body)
	const most = 200 << 10
	t.Logf("%d bytes, of which the first film is %d", total, len(body))
	if total > most {
		t.Errorf("the page weighs %d bytes, more than %d", total, most)
	}
}

// TestNothingComesFromElsewhere looks for addresses in what the page is made of.
func TestNothingComesFromElsewhere(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	for _, path := range append(preview.Assets(), "/") {
		_, body := v.get(path)
		body = strings.NewReplacer("http://www.w3.org/2000/svg", "", "xmlns='http://www.w3.org/2000/svg'", "").Replace(body)
		for _, word := range []string{"http://", "https://", "//cdn", "@import", "innerHTML", "eval("} {
			if strings.Contains(body, word) {
				t.Errorf("%s holds %s", path, word)
			}
		}
	}
}
