package notary

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Apple's addresses. In that of the store, {bucket} stands for a name that the notary gives; it may be in the host or in
// the path.
const (
	NotaryAddress = "https://appstoreconnect.apple.com/notary/v2"
	// StoreAddress is the nearby door to Amazon's store, as Apple's own tools use it.
	StoreAddress = "https://{bucket}.s3-accelerate.amazonaws.com"
	// RegionalStoreAddress is the front door, for networks that do not let the other pass.
	RegionalStoreAddress = "https://{bucket}.s3.us-west-2.amazonaws.com"
	TicketAddress        = "https://api.apple-cloudkit.com/database/1/com.apple.gk.ticket-delivery/production/public/records/lookup"
)

// Endpoints are the addresses of the services. An empty one is Apple's.
type Endpoints struct{ Notary, Store, Tickets string }

// Client speaks with the notary. It may be used by several goroutines at once.
type Client struct {
	Key       Key               // not needed for tickets
	Transport http.RoundTripper // nil is the one of package http, which heeds the proxies that the environment names
	Endpoints Endpoints

	Now   func() time.Time                                 // needed: dates tokens and signatures
	Sleep func(ctx context.Context, d time.Duration) error // needed: waits, and returns early with the error of ctx
	Retry func(err error, wait time.Duration)              // if set, is told why a request will be made again, and when

	mu    sync.Mutex
	token string
	made  time.Time
}

func (c *Client) retrier() retrier { return retrier{c.Now, c.Sleep, c.Retry} }

// submissions is the address of all submissions, or of what is below it.
func (c *Client) submissions(below ...string) string {
	address := strings.TrimSuffix(or(c.Endpoints.Notary, NotaryAddress), "/") + "/submissions"
	for _, name := range below {
		address += "/" + name
	}
	return address
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// get asks the notary for something, which may be done again. A status of notYet may be gone a little later.
func (c *Client) get(ctx context.Context, address string, notYet int) (answer, error) {
	r, err := jsonRequest(http.MethodGet, address, nil)
	if err != nil {
		return answer{}, err
	}
	return c.retrier().again(ctx, notYet, func() (answer, error) { return c.authorized(ctx, r) })
}

// authorized makes a request with a token. If the notary does not take the token it gets another one, once: it has done
// nothing yet, so this is safe for every kind of request.
func (c *Client) authorized(ctx context.Context, r request) (answer, error) {
	a, err := c.authorizedOnce(ctx, r)
	if statusOf(err) == http.StatusUnauthorized {
		a, err = c.authorizedOnce(ctx, r)
	}
	return a, err
}

func (c *Client) authorizedOnce(ctx context.Context, r request) (answer, error) {
	token, err := c.bearer()
	if err != nil {
		return answer{}, err
	}
	r.header = r.header.Clone()
	r.header.Set("Authorization", "Bearer "+token)
	r.secrets = append(r.secrets[:len(r.secrets):len(r.secrets)], token)
	a, err := r.send(ctx, c.Transport, c.Now)
	if statusOf(err) == http.StatusUnauthorized {
		c.forget(token)
	}
	return a, err
}

// bearer is the token in use, or a new one well before that expires.
func (c *Client) bearer() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.Now()
	if age := now.Sub(c.made); c.token != "" && age >= 0 && age < tokenFresh {
		return c.token, nil
	}
	token, err := c.Key.token(now)
	if err != nil {
		return "", err
	}
	c.token, c.made = token, now
	return token, nil
}

func (c *Client) forget(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token = ""
	}
}
