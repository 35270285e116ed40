package jamf

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// jar keeps the cookies that bind a client to one web server of a cluster. It takes all that come with a token, since an
// own load balancer may use any name, and of other answers the names that are known or held already: the server may move
// us, and then a dead cookie would send every request somewhere else. It is for one host only, which is the only one a
// client speaks to.
type jar struct {
	mu      sync.Mutex
	names   []string
	held    map[string]http.Cookie
	secrets *secrets
}

func newJar(extra string, secrets *secrets) *jar {
	j := &jar{
		// The first is that of today's cloud, the second that of yesterday's, the third that of a single server.
		names: []string{"jpro-ingress", "APBALANCEID", "JSESSIONID"},
		held:  map[string]http.Cookie{}, secrets: secrets,
	}
	if name, value, given := strings.Cut(extra, "="); name != "" {
		j.names = append(j.names, name)
		if given {
			j.hold(http.Cookie{Name: name, Value: value})
		}
	}
	return j
}

// keep takes the cookies of an answer.
func (j *jar) keep(response *http.Response, withToken bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, cookie := range response.Cookies() {
		_, held := j.held[cookie.Name]
		switch {
		case cookie.MaxAge < 0 || cookie.Value == "":
			delete(j.held, cookie.Name)
		case withToken, held, slices.Contains(j.names, cookie.Name):
			j.hold(http.Cookie{Name: cookie.Name, Value: cookie.Value, Quoted: cookie.Quoted})
		}
	}
}

// hold keeps one cookie. The short name of a web server is no secret, and might be a word of a message.
func (j *jar) hold(cookie http.Cookie) {
	const session = 12
	j.held[cookie.Name] = cookie
	if len(cookie.Value) >= session {
		j.secrets.add(cookie.Value)
	}
}

// give adds the cookies to a request.
func (j *jar) give(request *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	names := make([]string, 0, len(j.held))
	for name := range j.held {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		cookie := j.held[name]
		request.AddCookie(&cookie)
	}
}

// secrets are texts that must not be seen. The server is not trusted to keep them to itself: an error page may repeat
// what it was sent.
type secrets struct {
	mu    sync.Mutex
	texts []string
}

// shortSecret is the length below which a text is not looked for: replacing each "1" of a message hides nothing.
const shortSecret = 4

func (s *secrets) add(texts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range texts {
		for _, form := range []string{text, url.QueryEscape(text), url.PathEscape(text)} {
			if len(form) >= shortSecret && !slices.Contains(s.texts, form) {
				s.texts = append(s.texts, form)
			}
		}
	}
	slices.SortFunc(s.texts, func(a, b string) int { return len(b) - len(a) })
}

// line makes one line of a text, without the secrets in it. What stands apart in the text may be a secret once the
// characters in between are dropped.
func (s *secrets) line(text string) string { return s.hide(oneLine(s.hide(text))) }

// hide takes the secrets out of a text.
func (s *secrets) hide(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range s.texts {
		text = strings.ReplaceAll(text, secret, "(hidden)")
	}
	return text
}
