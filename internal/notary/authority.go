package notary

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"time"
)

// AppleAuthority is where Apple gives time stamps. It is one of plain HTTP: an answer is signed, and says what it is for.
const AppleAuthority = "http://timestamp.apple.com/ts01"

const (
	stampTime  = 30 * time.Second
	stampLimit = 64 << 10
)

// Authority is a time stamp authority.
type Authority struct {
	URL       string            // empty is [AppleAuthority]; a user and a password in it are sent
	Transport http.RoundTripper // nil is the one of package http
	// Now and Sleep, if both are set, are for asking again when the authority does not answer. Without them it is asked
	// once.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	Retry func(err error, wait time.Duration) // if set, is told why the authority will be asked again, and when
}

// Stamp sends a request of RFC 3161 and returns the response, both in DER. Whether that answers the request, and whether
// it does with a time stamp, is for the caller to say.
func (a Authority) Stamp(ctx context.Context, query []byte) ([]byte, error) {
	r := request{
		method: http.MethodPost, address: or(a.URL, AppleAuthority), data: query, time: stampTime, limit: stampLimit,
		header: http.Header{"Content-Type": {"application/timestamp-query"}, "Accept": {"application/timestamp-reply"}},
	}
	response, err := a.stamp(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("request time stamp: %w", err)
	}
	return response, nil
}

func (a Authority) stamp(ctx context.Context, r request) ([]byte, error) {
	u, err := parseAddress(r.address)
	if err != nil {
		return nil, err
	}
	if u.User != nil {
		password, _ := u.User.Password()
		r.secrets = []string{password}
	}
	r.secrets = append(r.secrets, u.RawQuery)
	now := a.Now
	if now == nil {
		now = func() time.Time { return time.Time{} } // for dates in Retry-After only
	}
	send := func() (answer, error) { return r.send(ctx, a.Transport, now) }
	var response answer
	if a.Now != nil && a.Sleep != nil {
		response, err = retrier{a.Now, a.Sleep, a.Retry}.again(ctx, 0, send)
	} else {
		response, err = send()
	}
	if err != nil {
		return nil, err
	}
	kind := response.header.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/timestamp-reply" {
		return nil, fmt.Errorf("%s: %w: it is of type %q, not application/timestamp-reply", place(u), ErrAnswer, plain(hide(kind, r.secrets), 60))
	}
	return response.body, nil
}
