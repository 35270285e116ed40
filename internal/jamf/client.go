package jamf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// How much is under way at a time. Jamf asks for no more than five connections; and writes that overtake each other on a
// server that recalculates groups at each of them help nobody.
const (
	maxReaders = 3
	maxWriters = 1
)

// usualTimeout is that of one attempt. The edge in front of Jamf's cloud gives up after 90 seconds and says so, which is
// worth waiting for.
const usualTimeout = 2 * time.Minute

// ErrClosed says that a client was used after it was closed.
var ErrClosed = errors.New("the client is closed")

// Client speaks to one server as one account. It may be used by several goroutines at once.
type Client struct {
	base     *url.URL
	config   Config
	http     *http.Client
	jar      *jar
	secrets  *secrets
	tokens   *tokens
	fresh    *freshness
	families *families
	readers  chan struct{}
	writers  chan struct{}
	tracing  sync.Mutex
}

// New prepares a client. It sends nothing: the first request fetches a token.
func New(config Config) (*Client, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("prepare jamf client: %w", err)
	}
	base, err := baseURL(config.URL)
	if err != nil {
		return nil, fmt.Errorf("prepare jamf client: %w", err)
	}
	if config.Timeout <= 0 {
		config.Timeout = usualTimeout
	}
	c := &Client{
		base: base, config: config, secrets: &secrets{},
		fresh: &freshness{}, families: &families{},
		readers: make(chan struct{}, maxReaders), writers: make(chan struct{}, maxWriters),
	}
	c.secrets.add(config.Credentials.Secret, config.Credentials.Password)
	c.jar = newJar(config.Cookie, c.secrets)
	c.tokens = newTokens(c)
	c.http = &http.Client{
		Transport: transport(),
		// A redirect is an answer that we want to see: to a login page, to another address. Following it would carry the
		// token there, or turn a PUT into a GET.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func transport() *http.Transport {
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		MaxConnsPerHost:       maxReaders + maxWriters,
		MaxIdleConnsPerHost:   maxReaders + maxWriters,
		MaxIdleConns:          maxReaders + maxWriters,
		IdleConnTimeout:       time.Minute,
		TLSHandshakeTimeout:   30 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
	return t
}

// Close gives the token back and forgets the credentials. The token is of no use to anybody then; where that could not
// be had, the error says so, and the token dies of age. A closed client sends no more.
func (c *Client) Close(ctx context.Context) error {
	err := c.tokens.close(ctx)
	c.http.CloseIdleConnections()
	if err != nil {
		return fmt.Errorf("close jamf client: %w", err)
	}
	return nil
}

// hold takes a place among the readers or the writers, and returns what gives it back.
func (c *Client) hold(ctx context.Context, method string) (release func(), err error) {
	places := c.writers
	if method == http.MethodGet || method == http.MethodHead {
		places = c.readers
	}
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
