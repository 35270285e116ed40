package preview

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// guard lets only the administrator's own browser in.
//
// The address that is printed holds a token that works once: it is swapped for a cookie, which scripts cannot read and other
// sites cannot send along. A page of another site, or of another program's port on this computer, gets no answer: it can
// neither name the right host (which keeps out names that are pointed at this computer), nor send a request that changes
// or computes anything.
//
// Cookies know no ports: a browser sends ours to every server on this computer that its owner visits. So the cookie opens
// no more than the page itself, in which there is nothing to read. For all else a request has to carry a key, too, which is
// handed out together with the cookie, inside of the page, and which the browser keeps for this port alone.
type guard struct {
	hosts, origins      []string
	token, session, key string
	cookie              string

	mu    sync.Mutex
	spent bool // the token has been used
}

func newGuard(port int) *guard {
	g := &guard{token: secret(), session: secret(), key: secret(), cookie: fmt.Sprintf("preview-%d", port)}
	for _, name := range []string{"127.0.0.1", "localhost"} {
		host := name + ":" + strconv.Itoa(port)
		g.hosts = append(g.hosts, host)
		g.origins = append(g.origins, "http://"+host)
	}
	return g
}

// policy is what the page may do: nothing but show and run what this server sends, and speak with this server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"

// maxBody is how large a request may be: settings are small, and a picture may come along.
const maxBody = 8 << 20

// keyHeader is where a request carries the key.
const keyHeader = "Preview-Key"

// protect lets through to next what may be answered, and to welcome, once, who comes with the token.
func (g *guard) protect(next, welcome http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Permissions-Policy": "camera=(), microphone=(), geolocation=()", "Cache-Control": "no-store",
		} {
			w.Header().Set(name, value)
		}
		switch {
		case !slices.Contains(g.hosts, r.Host):
			refuse(w, http.StatusMisdirectedRequest, "This server answers to its own address only.")
		case r.URL.Path == "/" && r.URL.Query().Has("token") && !g.known(r):
			g.swap(w, r, welcome)
		case !g.known(r):
			refuse(w, http.StatusForbidden, "Open the address that install-or-defer preview printed. It works once: start the preview again for another.")
		case !g.ours(r):
			refuse(w, http.StatusForbidden, "This request does not come from the page.")
		case r.URL.Path != "/" && !strings.HasPrefix(r.URL.Path, "/page/") && !same(r.Header.Get(keyHeader), g.key):
			refuse(w, http.StatusForbidden, "This tab has lost its key. Close it, and start the preview again for another address.")
		default:
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			next.ServeHTTP(w, r)
		}
	})
}

// swap takes the token, once, and hands out the cookie and, in the page, the key.
func (g *guard) swap(w http.ResponseWriter, r *http.Request, welcome http.Handler) {
	g.mu.Lock()
	good := r.Method == http.MethodGet && !g.spent && same(r.URL.Query().Get("token"), g.token)
	g.spent = g.spent || good
	g.mu.Unlock()
	if !good {
		refuse(w, http.StatusForbidden, "This address has been used already, or is not right. Start the preview again for another.")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: g.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	welcome.ServeHTTP(w, r)
}

// known tells whether a request has the cookie.
func (g *guard) known(r *http.Request) bool {
	cookie, err := r.Cookie(g.cookie)
	return err == nil && same(cookie.Value, g.session)
}

// same compares in a time that tells nothing.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// ours tells whether a request comes from our page, or from somebody who opens it. Browsers say so, and scripts cannot
// make them say something else.
func (g *guard) ours(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		opens := r.URL.Path == "/" && (r.Header.Get("Sec-Fetch-Dest") == "document" || site == "")
		return opens || site == "" || site == "same-origin" || site == "none"
	}
	origin := r.Header.Get("Origin")
	return slices.Contains(g.origins, origin) && origin == "http://"+r.Host && (site == "" || site == "same-origin") &&
		strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

func refuse(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = fmt.Fprintln(w, text)
}
