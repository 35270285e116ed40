package jamf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Availability tells whether Macs can fetch the file of a package. A policy that runs before they can fails.
type Availability string

// Whether Macs can fetch a file.
const (
	AvailabilityUnknown Availability = "" // the server does not say
	Ready               Availability = "READY"
	Pending             Availability = "PENDING"
	Failed              Availability = "ERROR"
)

// ErrNotReady says that a file did not become available in time.
var ErrNotReady = errors.New("its file is not available to macs")

// Availability asks the record of a package, and where that does not say, the cloud distribution point.
func (c *Client) Availability(ctx context.Context, id string) (Availability, error) {
	state, err := c.availability(ctx, id)
	if err != nil {
		return AvailabilityUnknown, fmt.Errorf("ask for availability of package %s: %w", oneLine(id), err)
	}
	return state, nil
}

func (c *Client) availability(ctx context.Context, id string) (Availability, error) {
	p, err := c.Packages().read(ctx, id)
	if err != nil {
		return AvailabilityUnknown, err
	}
	if state := Availability(p.Transfer); state == Ready || state == Failed {
		return state, nil
	}
	state, err := c.fileState(ctx, p.FileName)
	if IsNotFound(err) || err == nil && state == AvailabilityUnknown {
		return Availability(p.Transfer), nil // an older server, or a distribution point that is not in the cloud
	}
	return state, err
}

// fileState asks the cloud distribution point for a file.
func (c *Client) fileState(ctx context.Context, fileName string) (Availability, error) {
	state := AvailabilityUnknown
	of := list{
		path:  proRoot + "v1/cloud-distribution-point/files",
		query: url.Values{"filter": {equals("fileName", fileName)}},
	}
	for row, err := range c.rows(ctx, of) {
		if err != nil {
			return AvailabilityUnknown, err
		}
		var file struct{ FileName, Status text }
		if err := fromJSON(call{method: http.MethodGet, path: of.path}, answer{body: row}, &file); err != nil {
			return AvailabilityUnknown, err
		}
		if string(file.FileName) == fileName {
			state = Availability(file.Status)
		}
	}
	return state, nil
}

// RefreshInventory makes the server look what is on its cloud distribution point.
func (c *Client) RefreshInventory(ctx context.Context) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: proRoot + "v1/cloud-distribution-point/refresh-inventory"})
	if IsNotFound(err) { // before 11.25
		_, err = c.do(ctx, call{method: http.MethodPost, path: proRoot + "v1/jcds/refresh-inventory"})
	}
	if err != nil {
		return fmt.Errorf("refresh inventory of cloud distribution point: %w", err)
	}
	return nil
}

// AwaitAvailability waits until Macs can fetch the file of a package, for as long as limit, and makes the server look
// now and then. A server that does not say is asked to the end, and is [ErrNotReady] then like one that says no; the
// last state tells the two apart.
func (c *Client) AwaitAvailability(ctx context.Context, id string, limit time.Duration) (Availability, error) {
	state, err := c.awaitAvailability(ctx, id, limit)
	if err != nil {
		return state, fmt.Errorf("await availability of package %s: %w", oneLine(id), err)
	}
	return state, nil
}

func (c *Client) awaitAvailability(ctx context.Context, id string, limit time.Duration) (Availability, error) {
	const longest = 30 * time.Second
	until := c.config.Clock.Now().Add(limit)
	for wait, looks := 2*time.Second, 0; ; wait, looks = min(2*wait, longest), looks+1 {
		state, err := c.availability(ctx, id)
		switch {
		case err != nil || state == Ready:
			return state, err
		case state == Failed:
			return state, fmt.Errorf("%w: the distribution point says %s", ErrNotReady, state)
		case !c.config.Clock.Now().Add(wait).Before(until):
			return state, fmt.Errorf("%w after %s", ErrNotReady, limit)
		}
		if looks%4 == 1 {
			// That it may not be allowed to must not end the wait.
			if err := c.RefreshInventory(ctx); err != nil && ctx.Err() != nil {
				return state, err
			}
		}
		if err := c.config.Clock.Sleep(ctx, wait); err != nil {
			return state, err
		}
	}
}
