package jamftest

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// token is a right to ask, for a while.
type token struct {
	who     account
	expires time.Time
	life    time.Duration
}

// userLife is how long a token of a user lasts.
const userLife = 30 * time.Minute

// bearer finds the token that a request brings, if it has not expired.
func (c *call) bearer() (token, bool) {
	text, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	t, known := c.tokens[text]
	return t, ok && known && c.now.Before(t.expires)
}

// issue makes a token. It has three parts, as Jamf's have, and means nothing to anybody else.
func (s *Server) issue(who account, life time.Duration) (text string, t token) {
	t = token{who: who, expires: s.now.Add(life), life: life}
	text = strings.Join([]string{"fake", strings.ReplaceAll(s.uuid(), "-", ""), strings.ReplaceAll(s.uuid(), "-", "")}, ".")
	s.tokens[text] = t
	return text, t
}

// ExpireTokens ends every token now.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// clientToken answers a request for a token with client credentials. Errors have the form of RFC 6749, not Jamf's.
func (c *call) clientToken() answer {
	wrong := func(status int, code string) answer {
		return object(status, struct {
			Error string `json:"error"`
		}{code})
	}
	if !strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return wrong(http.StatusBadRequest, "invalid_request")
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return wrong(http.StatusBadRequest, "invalid_request")
	}
	if form.Get("grant_type") != "client_credentials" {
		return wrong(http.StatusBadRequest, "unsupported_grant_type")
	}
	for i, client := range c.clients() {
		if client.ID != form.Get("client_id") || client.Secret != form.Get("client_secret") {
			continue
		}
		life := client.Lifetime
		if life <= 0 {
			life = time.Minute
		}
		text, _ := c.issue(account{
			id: i + 1, name: client.ID, kind: "CLIENT_CREDENTIALS", privileges: client.Privileges, all: client.Privileges == nil,
		}, life)
		return object(http.StatusOK, struct {
			AccessToken string `json:"access_token"`
			Scope       string `json:"scope"`
			TokenType   string `json:"token_type"`
			ExpiresIn   int    `json:"expires_in"`
		}{text, "api-role:1", "Bearer", int(life / time.Second)})
	}
	// The schema says 400 where the RFC says 401.
	return wrong(http.StatusBadRequest, "invalid_client")
}

// userToken answers a request for a token with name and password.
func (c *call) userToken() answer {
	name, password, ok := c.r.BasicAuth()
	for i, u := range c.options.Users {
		switch {
		case !ok || u.Name != name || u.Password != password:
		case u.Expired:
			return *refuse(http.StatusUnauthorized, cause{Code: "USER_EXPIRED_PASSWORD", Description: "the password has expired"})
		default:
			return c.userAnswer(account{id: i + 1, name: name, kind: "JSS", privileges: u.Privileges, all: u.Privileges == nil})
		}
	}
	return *refuse(http.StatusUnauthorized, cause{Code: "INVALID_CREDENTIALS", Description: "Unauthorized"})
}

func (c *call) userAnswer(who account) answer {
	text, t := c.issue(who, userLife)
	return object(http.StatusOK, struct {
		Token   string `json:"token"`
		Expires string `json:"expires"`
	}{text, stamp(t.expires)})
}

// keepAlive exchanges a token for a new one. Whether a real server does that for API clients is not known; this one does
// not.
func (c *call) keepAlive() answer {
	if c.who.kind == "CLIENT_CREDENTIALS" {
		return *refuse(http.StatusUnauthorized, cause{Code: "INVALID_TOKEN", Description: "not for API clients"})
	}
	c.forget()
	return c.userAnswer(c.who)
}

// invalidate ends the token that the request brings.
func (c *call) invalidate() answer {
	c.forget()
	return nothing(http.StatusNoContent)
}

func (c *call) forget() {
	delete(c.tokens, strings.TrimPrefix(c.r.Header.Get("Authorization"), "Bearer "))
}

// stamp writes a time as the Pro API does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
