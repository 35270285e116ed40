package jamf

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Config says where the server is, who asks, and what time it is.
type Config struct {
	URL         string      // of the server, as people open it; https, or http for this computer; a path in it is kept
	Credentials Credentials // of an API client, or of a user
	Cookie      string      // one more cookie that binds to a web server: its name, or name=value; empty for none
	UserAgent   string
	Timeout     time.Duration // of one attempt at one request; 0 for two minutes; uploads have longer
	Clock       Clock
	Trace       func(Exchange) // told of each request, one at a time; nil for nobody
}

// Clock is where a client has the time from, and chance.
type Clock struct {
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error // waits, or until the context is done, and then returns its error
	Rand  func() float64                             // at least 0, below 1; spreads the waits of many clients
}

// Credentials are those of an API client (ID and Secret), or of a user (User and Password).
type Credentials struct {
	ID, Secret     string
	User, Password string
}

// String tells whose they are and nothing that opens a door.
func (c Credentials) String() string {
	if c.ID != "" {
		return "API client " + c.ID
	}
	return "user " + c.User
}

// GoString is the same, since %#v would print the rest.
func (c Credentials) GoString() string { return c.String() }

func (c Credentials) check() error {
	switch {
	case c.ID != "" && c.User != "":
		return errors.New("credentials of an API client and of a user are both given")
	case c.ID != "" && c.Secret == "":
		return errors.New("the API client has no secret")
	case c.User != "" && c.Password == "":
		return errors.New("the user has no password")
	case c.ID == "" && c.User == "":
		return errors.New("there are no credentials")
	}
	return nil
}

func (c Config) check() error {
	if err := c.Credentials.check(); err != nil {
		return err
	}
	if c.Clock.Now == nil || c.Clock.Sleep == nil || c.Clock.Rand == nil {
		return errors.New("the clock is not whole")
	}
	if name, _, _ := strings.Cut(c.Cookie, "="); c.Cookie != "" && (name == "" || strings.ContainsAny(c.Cookie, " ;,\"\r\n")) {
		return errors.New("the cookie has no name, or holds what no cookie may")
	}
	return nil
}

// baseURL reads an address, and returns it without a slash at the end. What is wrong with it is said without repeating
// it, since people paste addresses with passwords in them.
func baseURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, errors.New("address of the server: it is not like https://example.jamfcloud.com")
	case u.User != nil:
		return nil, errors.New("address of the server: it holds credentials, which belong elsewhere")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, errors.New("address of the server: it has a query or a fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("address of the server: %s would be spoken to unencrypted; use https", u.Hostname())
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("address of the server: it does not begin with https://")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/"), RawPath: strings.TrimRight(u.RawPath, "/")}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
