package jamftest_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

// browser asks a server, in the process, with a token and with the cookies that it gets.
type browser struct {
	t      *testing.T
	server *jamftest.Server
	token  string
	cookie string // empty: it takes none
	sticky bool
}

// reply is what comes back.
type reply struct {
	status int
	header http.Header
	body   string
	json   func() any // reads the body, once
}

// visit makes a server and somebody who is signed in to it, on one node.
func visit(t *testing.T, o jamftest.Options) *browser {
	t.Helper()
	b := &browser{t: t, server: jamftest.New(o), sticky: true}
	b.signIn(jamftest.ClientID, jamftest.ClientSecret)
	return b
}

func (b *browser) signIn(id, secret string) reply {
	b.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	r := b.send("POST", "/api/v1/oauth/token", form.Encode(), "application/x-www-form-urlencoded")
	b.token = r.text("access_token")
	return r
}

// do asks with a body of the kind that the API takes.
func (b *browser) do(method, path, body string) reply {
	b.t.Helper()
	kind := "application/json"
	if strings.HasPrefix(path, "/JSSResource") {
		kind = "application/xml"
	}
	return b.send(method, path, body, kind)
}

func (b *browser) get(path string) reply {
	b.t.Helper()
	return b.do("GET", path, "")
}

// must asks, and ends the test if the status is another.
func (b *browser) must(status int, method, path, body string) reply {
	b.t.Helper()
	r := b.do(method, path, body)
	if r.status != status {
		b.t.Fatalf("%s %s: %d, want %d: %s", method, path, r.status, status, r.body)
	}
	return r
}

func (b *browser) send(method, path, body, kind string) reply {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", kind)
	}
	return b.ask(r)
}

func (b *browser) ask(r *http.Request) reply {
	b.t.Helper()
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	if b.cookie != "" {
		r.Header.Set("Cookie", b.cookie)
	}
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if b.sticky && c.Name == "jpro-ingress" {
			b.cookie = c.Name + "=" + c.Value
		}
	}
	return reply{w.Code, w.Header(), w.Body.String(), sync.OnceValue(func() (v any) {
		_ = json.Unmarshal(w.Body.Bytes(), &v) // what is no JSON is nothing
		return v
	})}
}

// accept asks for another form.
func (b *browser) accept(kind, path string) reply {
	b.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept", kind)
	return b.ask(r)
}

// upload sends a file as a part of some name.
func (b *browser) upload(path, part, name, content string) reply {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	p, err := w.CreateFormFile(part, name)
	if err == nil {
		_, err = p.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send("POST", path, body.String(), w.FormDataContentType())
}

// at finds a value in JSON: "errors.0.code".
func (r reply) at(path string) any {
	v := r.json()
	for part := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[part]
		case []any:
			n := 0
			for _, d := range part {
				n = n*10 + int(d-'0')
			}
			if n >= len(in) {
				return nil
			}
			v = in[n]
		default:
			return nil
		}
	}
	return v
}

func (r reply) text(path string) string {
	s, _ := r.at(path).(string)
	return s
}

func (r reply) number(path string) int {
	n, ok := r.at(path).(float64)
	if !ok {
		return -1
	}
	return int(n)
}

// between is what stands between two texts in the body.
func (r reply) between(from, to string) string {
	_, rest, _ := strings.Cut(r.body, from)
	found, _, ok := strings.Cut(rest, to)
	if !ok {
		return ""
	}
	return found
}

// why is what a page of the Classic API says.
func (r reply) why() string { return r.between("<p>Error: ", "</p>") }
