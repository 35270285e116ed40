package jamf

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

// Limits of what is read into memory: of an answer, and of one that says no.
const (
	maxAnswer      = 64 << 20
	maxErrorAnswer = 64 << 10
)

// Media types.
const (
	mediaJSON = "application/json"
	mediaXML  = "application/xml"
	mediaForm = "application/x-www-form-urlencoded"
)

// call is a request that may be made several times.
type call struct {
	method    string
	path      string        // from the server's address, escaped, with its query
	media     string        // of the body, if there is one
	body      func() source // makes it for each attempt; nil for none
	timeout   time.Duration // of one attempt; 0 for the usual
	renew     bool          // begin with a new token: it will be used for long
	shrinks   bool          // the caller answers a timeout with a smaller request, so do not repeat this one
	forToken  bool          // it asks for a token
	attempt   int           // from 1
	exchanges *[]Exchange   // what was sent for it so far
}

// source is the body of a request, and its size in bytes.
type source struct {
	io.Reader
	size int64
}

func inMemory(data []byte) func() source {
	return func() source { return source{bytes.NewReader(data), int64(len(data))} }
}

// isClassic tells which API a call is for.
func (s call) isClassic() bool { return strings.HasPrefix(s.path, classicRoot) }

// plain is the path without the query.
func (s call) plain() string {
	path, _, _ := strings.Cut(s.path, "?")
	return path
}

// answer is one, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// once makes a request once, and once more with a new token if the server says that the one it had is no good: what is
// answered 401 was not carried out, whatever its method.
func (c *Client) once(ctx context.Context, sent call) (answer, error) {
	release, err := c.hold(ctx, sent.method)
	if err != nil {
		return answer{}, &unsentError{err}
	}
	defer release()
	used, err := c.tokens.current(ctx, sent)
	if err != nil {
		return answer{}, &unsentError{err}
	}
	got, err := c.send(ctx, sent, "Bearer "+used.text)
	if err != nil || got.status != http.StatusUnauthorized || isClassicDenial(got.status, classicWords(string(got.body))) {
		return c.judge(sent, got, err)
	}
	if used, err = c.tokens.after(ctx, used, sent); err != nil {
		return answer{}, &unsentError{err}
	}
	got, err = c.send(ctx, sent, "Bearer "+used.text)
	return c.judge(sent, got, err)
}

// judge makes an error of an answer that says no.
func (c *Client) judge(sent call, got answer, err error) (answer, error) {
	if err != nil || got.status >= 200 && got.status < 300 {
		return got, err
	}
	e := readError(sent, got, c.secrets)
	if got.status == http.StatusUnauthorized && sent.isClassic() {
		// The token is new, so it is not that. Classic says 401 for what the account may not do.
		e.Denied, e.Privilege = true, privilege(sent.method, sent.plain())
	}
	e.RetryAfter = retryAfter(got.header, c.config.Clock.Now())
	return got, e
}

// send makes a request once and reads the answer.
func (c *Client) send(ctx context.Context, sent call, authorization string) (got answer, err error) {
	timeout := sent.timeout
	if timeout <= 0 {
		timeout = c.config.Timeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var reached atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { reached.Store(true) }})
	request, err := c.request(ctx, sent, authorization)
	if err != nil {
		return answer{}, err
	}
	began := c.config.Clock.Now()
	defer func() { c.note(sent, got, err, began) }()
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, c.lose(sent, reached.Load(), err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read, or is of no use
	c.jar.keep(response, sent.forToken)
	return c.read(sent, response)
}

// read reads an answer to its end. One that says no is cut, and one that is cut off says no all the same.
func (c *Client) read(sent call, response *http.Response) (answer, error) {
	limit, good := int64(maxErrorAnswer), response.StatusCode < 300
	if good {
		limit = maxAnswer
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil && good:
		return answer{}, c.lose(sent, true, err)
	case int64(len(data)) > limit && good:
		return answer{}, fmt.Errorf("%s %s: %w: more than %d MiB", sent.method, sent.path, ErrTooLarge, limit>>20)
	}
	return answer{status: response.StatusCode, header: response.Header, body: data[:min(int64(len(data)), limit)]}, nil
}

// note writes down what was sent, for the trace.
func (c *Client) note(sent call, got answer, err error, began time.Time) {
	e := Exchange{
		Method: sent.method, Path: sent.path, Status: got.status, Attempt: sent.attempt,
		Duration: c.config.Clock.Now().Sub(began), Deprecation: got.header.Get("Deprecation"),
	}
	if err != nil {
		e.Problem = err.Error()
	}
	*sent.exchanges = append(*sent.exchanges, e)
}

func (c *Client) request(ctx context.Context, sent call, authorization string) (*http.Request, error) {
	var content source
	if sent.body != nil {
		content = sent.body()
	}
	request, err := http.NewRequestWithContext(ctx, sent.method, c.base.String()+sent.path, content.Reader)
	if err != nil {
		return nil, fmt.Errorf("%s: make request: %s", sent.method, c.secrets.hide(err.Error()))
	}
	request.ContentLength = content.size
	accept := mediaJSON
	if sent.isClassic() {
		accept = mediaXML
	}
	request.Header.Set("Accept", accept)
	if sent.body != nil {
		request.Header.Set("Content-Type", sent.media)
	}
	if c.config.UserAgent != "" {
		request.Header.Set("User-Agent", c.config.UserAgent)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	c.jar.give(request)
	return request, nil
}

// fromJSON decodes an answer.
func fromJSON(sent call, got answer, into any) error {
	if err := json.Unmarshal(got.body, into); err != nil {
		return fmt.Errorf("%s %s: %w: %s", sent.method, sent.path, ErrMalformed, oneLine(err.Error()))
	}
	return nil
}
