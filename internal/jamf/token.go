package jamf

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ErrSignIn says that the server gave no token for the credentials.
var ErrSignIn = errors.New("sign in")

// Where tokens come from. The second is an alias that most scripts use, and all that older servers have.
const (
	clientTokenPath      = "/api/v1/oauth/token"
	olderClientTokenPath = "/api/oauth/token"
	userTokenPath        = "/api/v1/auth/token"
	keepAlivePath        = "/api/v1/auth/keep-alive"
	invalidatePath       = "/api/v1/auth/invalidate-token"
)

// token lets a client in for a while.
type token struct {
	text  string
	renew time.Time // get a new one from then on
	dies  time.Time
}

// tokens gets a token when one is needed. A token may live for a minute only.
type tokens struct {
	client      *Client
	lock        chan struct{} // holds one while nobody is at it, so that waiting for it can be given up
	credentials Credentials
	older       bool // the server has the older path only
	held        token
	closed      bool
}

func newTokens(c *Client) *tokens {
	t := &tokens{client: c, lock: make(chan struct{}, 1), credentials: c.config.Credentials}
	c.config.Credentials = Credentials{}
	t.lock <- struct{}{}
	return t
}

func (t *tokens) take(ctx context.Context) error {
	select {
	case <-t.lock:
	case <-ctx.Done():
		return ctx.Err()
	}
	if t.closed {
		t.give()
		return ErrClosed
	}
	return nil
}

func (t *tokens) give() { t.lock <- struct{}{} }

// current is a token that will live for this call.
func (t *tokens) current(ctx context.Context, sent call) (token, error) {
	if err := t.take(ctx); err != nil {
		return token{}, err
	}
	defer t.give()
	if t.held.text != "" && !sent.renew && t.client.config.Clock.Now().Before(t.held.renew) {
		return t.held, nil
	}
	return t.replace(ctx, sent)
}

// after is a token to use when one was refused: another call may have fetched it already.
func (t *tokens) after(ctx context.Context, refused token, sent call) (token, error) {
	if err := t.take(ctx); err != nil {
		return token{}, err
	}
	defer t.give()
	if t.held.text != "" && t.held.text != refused.text {
		return t.held, nil
	}
	t.held = token{}
	return t.replace(ctx, sent)
}

// replace fetches a new token. A user's is exchanged while it lives, which spares the password; where that does not work
// it is fetched like the first one.
func (t *tokens) replace(ctx context.Context, sent call) (token, error) {
	var got token
	var err error
	now := t.client.config.Clock.Now()
	switch {
	case t.credentials.ID != "":
		got, err = t.ofClient(ctx, sent)
	case t.held.text != "" && now.Before(t.held.dies):
		got, err = t.ofUser(ctx, sent, keepAlivePath, "Bearer "+t.held.text)
		if err == nil {
			break
		}
		fallthrough
	default:
		basic := base64.StdEncoding.EncodeToString([]byte(t.credentials.User + ":" + t.credentials.Password))
		t.client.secrets.add(basic)
		got, err = t.ofUser(ctx, sent, userTokenPath, "Basic "+basic)
	}
	if err != nil {
		t.held = token{}
		return token{}, fmt.Errorf("%w as %s: %w", ErrSignIn, t.credentials, err)
	}
	t.held = got
	return got, nil
}

// ofClient fetches a token for an API client.
func (t *tokens) ofClient(ctx context.Context, sent call) (token, error) {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {t.credentials.ID}, "client_secret": {t.credentials.Secret},
	}
	ask := call{method: http.MethodPost, path: clientTokenPath, media: mediaForm, body: inMemory([]byte(form.Encode()))}
	if t.older {
		ask.path = olderClientTokenPath
	}
	var said struct {
		AccessToken text `json:"access_token"`
		ExpiresIn   text `json:"expires_in"`
	}
	err := t.ask(ctx, ask.within(sent), "", &said)
	if IsNotFound(err) && !t.older {
		ask.path = olderClientTokenPath
		if err = t.ask(ctx, ask.within(sent), "", &said); err == nil {
			t.older = true
		}
	}
	if err != nil {
		return token{}, err
	}
	seconds, err := strconv.ParseFloat(string(said.ExpiresIn), 64)
	if err != nil || !(seconds >= 0 && seconds < 1e9) {
		return token{}, fmt.Errorf("%s %s: %w: the token does not say how long it lives", ask.method, ask.path, ErrMalformed)
	}
	return t.accept(ask, string(said.AccessToken), time.Duration(seconds*float64(time.Second)))
}

// ofUser fetches a token for a user. It says when it dies by the server's clock, so that clock is what it is held against.
func (t *tokens) ofUser(ctx context.Context, sent call, path, authorization string) (token, error) {
	ask := call{method: http.MethodPost, path: path}
	var said struct {
		Token   text
		Expires moment
		date    time.Time
	}
	got, err := t.answer(ctx, ask.within(sent), authorization)
	if err != nil {
		return token{}, err
	}
	if err := fromJSON(ask, got, &said); err != nil {
		return token{}, err
	}
	if said.date, err = http.ParseTime(got.header.Get("Date")); err != nil {
		said.date = t.client.config.Clock.Now()
	}
	return t.accept(ask, string(said.Token), said.Expires.Sub(said.date))
}

// accept takes a token with the time that it lives, and renews it a little before that.
func (t *tokens) accept(ask call, text string, lives time.Duration) (token, error) {
	if text == "" || strings.ContainsAny(text, " \r\n\t") {
		return token{}, fmt.Errorf("%s %s: %w: there is no token in it", ask.method, ask.path, ErrMalformed)
	}
	t.client.secrets.add(text)
	now := t.client.config.Clock.Now()
	margin := min(20*time.Second, lives/10)
	return token{text: text, renew: now.Add(lives - margin), dies: now.Add(lives)}, nil
}

func (t *tokens) ask(ctx context.Context, ask call, authorization string, into any) error {
	got, err := t.answer(ctx, ask, authorization)
	if err != nil {
		return err
	}
	return fromJSON(ask, got, into)
}

func (t *tokens) answer(ctx context.Context, ask call, authorization string) (answer, error) {
	got, err := t.client.send(ctx, ask, authorization)
	if err == nil && (got.status < 200 || got.status >= 300) {
		e := readError(ask, got, t.client.secrets)
		e.RetryAfter = retryAfter(got.header, t.client.config.Clock.Now())
		return got, e
	}
	return got, err
}

// within makes a call a part of another one.
func (s call) within(of call) call {
	s.forToken, s.attempt, s.exchanges = true, of.attempt, of.exchanges
	return s
}

// close gives the token back and forgets everything.
func (t *tokens) close(ctx context.Context) error {
	if err := t.take(ctx); err != nil {
		if errors.Is(err, ErrClosed) {
			return nil
		}
		return err
	}
	defer t.give()
	held := t.held
	t.closed, t.held, t.credentials = true, token{}, Credentials{}
	if held.text == "" || !t.client.config.Clock.Now().Before(held.dies) {
		return nil
	}
	give := call{method: http.MethodPost, path: invalidatePath, attempt: 1, exchanges: new([]Exchange)}
	_, err := t.answer(ctx, give, "Bearer "+held.text)
	t.client.report(*give.exchanges, false, 0)
	return err
}
