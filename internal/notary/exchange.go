package notary

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// Limits of one exchange.
const (
	answerTime  = time.Minute
	answerLimit = 1 << 20
	refuseLimit = 64 << 10 // of an answer that refuses; the rest is not read
	userAgent   = "install-or-defer"
)

// request is what is asked of a service, once or more often.
type request struct {
	method, address string
	header          http.Header
	data            []byte        // the body, if it is short
	stream          io.ReadCloser // the body, if it is not; for one attempt
	size            int64         // of the stream
	time            time.Duration // for the whole of it; zero is answerTime
	limit           int64         // of the answer; zero is answerLimit
	secrets         []string      // that are in it
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// jsonRequest asks for JSON, and has some to say unless it is nil.
func jsonRequest(method, address string, body any) (request, error) {
	r := request{method: method, address: address, header: http.Header{"Accept": {"application/json"}}}
	if body == nil {
		return r, nil
	}
	data, err := json.Marshal(body)
	r.data = data
	r.header.Set("Content-Type", "application/json")
	return r, err
}

// send makes one attempt. The error names the address, is a [StatusError] if the service refused, and holds no secret.
func (r request) send(ctx context.Context, through http.RoundTripper, now func() time.Time) (answer, error) {
	u, err := parseAddress(r.address)
	if err != nil {
		return answer{}, err
	}
	if r.time == 0 {
		r.time = answerTime
	}
	inner, cancel := context.WithTimeout(ctx, r.time)
	defer cancel()
	a, err := r.roundTrip(inner, through)
	switch {
	case err == nil && (a.status < 200 || a.status > 299):
		refused := refusal(a, now())
		refused.tidy(r.secrets)
		err = refused
	case err != nil && ctx.Err() != nil:
		err = ctx.Err()
	case err != nil && inner.Err() != nil:
		err = &networkError{fmt.Errorf("no answer within %v", r.time)}
	}
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", place(u), hidden(err, r.secrets))
	}
	return a, nil
}

// roundTrip speaks with the transport itself, as a client of HTTP would follow redirections.
func (r request) roundTrip(ctx context.Context, through http.RoundTripper) (answer, error) {
	hr, err := http.NewRequestWithContext(ctx, r.method, r.address, nil)
	if err != nil {
		return answer{}, err
	}
	hr.Header = r.header.Clone()
	hr.Header.Set("User-Agent", userAgent)
	if user := hr.URL.User; user != nil {
		password, _ := user.Password()
		hr.SetBasicAuth(user.Username(), password)
	}
	switch {
	case r.stream != nil:
		hr.Body, hr.ContentLength = r.stream, r.size
	case r.data != nil:
		hr.ContentLength = int64(len(r.data))
		hr.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.data)), nil }
		hr.Body = io.NopCloser(bytes.NewReader(r.data))
	}
	if through == nil {
		through = http.DefaultTransport
	}
	response, err := through.RoundTrip(hr)
	if err != nil {
		return answer{}, &networkError{hidden(err, r.secrets)}
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	return r.read(response)
}

func (r request) read(response *http.Response) (answer, error) {
	a := answer{status: response.StatusCode, header: response.Header}
	limit := r.limit
	if limit == 0 {
		limit = answerLimit
	}
	refused := a.status < 200 || a.status > 299
	if refused {
		limit = refuseLimit
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if refused {
		a.body = body[:min(len(body), int(limit))] // the status says enough, even if the words were cut off
		return a, nil
	}
	if err != nil {
		return answer{}, &networkError{err}
	}
	if int64(len(body)) > limit {
		return answer{}, fmt.Errorf("%w: it is longer than %d bytes", ErrAnswer, limit)
	}
	a.body = body
	return a, nil
}

// decode reads an answer in JSON. The words of the decoder name fields and kinds, and no content.
func decode[T any](a answer) (T, error) {
	var said, none T
	if kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type")); err == nil && strings.HasSuffix(kind, "html") {
		return none, fmt.Errorf("%w: it is a page for browsers, perhaps by a proxy", ErrAnswer)
	}
	if err := json.Unmarshal(a.body, &said); err != nil {
		return none, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return said, nil
}
