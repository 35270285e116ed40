package jamflocal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	advancePath = "/dev/advance"
	longest     = 90 * 24 * time.Hour // by which a clock can be put forward at once
)

// ErrNotLocal says that a server is not one of this package's.
var ErrNotLocal = errors.New("is no server of install-or-defer dev jamf-server")

// Advance lets time go by on a server that is served here, and returns its time.
func Advance(ctx context.Context, address string, by time.Duration) (time.Time, error) {
	at, err := advance(ctx, address, by)
	if err != nil {
		return time.Time{}, fmt.Errorf("advance clock: %w", err)
	}
	return at, nil
}

func advance(ctx context.Context, address string, by time.Duration) (time.Time, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return time.Time{}, fmt.Errorf("the server %w", ErrNotLocal)
	}
	u = u.JoinPath(advancePath)
	u.RawQuery = url.Values{"by": {by.String()}}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), nil)
	if err != nil {
		return time.Time{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return time.Time{}, err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	const enough = 1 << 10
	body, err := io.ReadAll(io.LimitReader(response.Body, enough))
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(body)))
	switch {
	case response.StatusCode == http.StatusBadRequest:
		return time.Time{}, errors.New(strings.TrimSpace(string(body)))
	case err != nil:
		return time.Time{}, fmt.Errorf("%s %w", u.Host, ErrNotLocal)
	}
	return at, nil
}
