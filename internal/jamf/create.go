package jamf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// creation is how something is created that must not be created twice.
type creation struct {
	noun, name string
	find       func(context.Context) (id string, ok bool, err error) // by exact name
	post       func(context.Context) (id string, err error)
	read       func(ctx context.Context, id string) error // waits until it can be seen
}

// createOnce looks before it creates, and again if it does not know whether it did.
func (c *Client) createOnce(ctx context.Context, it creation) error {
	id, exists, err := it.find(ctx)
	if err != nil {
		return fmt.Errorf("look for it: %w", err)
	}
	if exists {
		return &ExistsError{Kind: it.noun, Name: it.name, ID: id}
	}
	id, err = it.post(ctx)
	if errors.Is(err, ErrUnknownOutcome) {
		id, err = c.lookAgain(ctx, it, err)
	}
	if err != nil {
		return err
	}
	if err = it.read(ctx, id); IsNotFound(err) {
		return fmt.Errorf("%w: id %s: %w", ErrNotVisible, id, err)
	}
	if err != nil {
		return fmt.Errorf("it has the id %s, but reading it back: %w", id, err)
	}
	return nil
}

// lookAgain looks for what may have been created. A server that broke down and said so is looked at once; one that did
// not answer may still be at it.
func (c *Client) lookAgain(ctx context.Context, it creation, lost error) (id string, err error) {
	waits := settleWaits()
	if e, ok := answered(lost); ok && (e.Status == http.StatusInternalServerError || e.Status == http.StatusServiceUnavailable) {
		waits = nil
	}
	for {
		id, found, err := it.find(ctx)
		if err != nil {
			return "", fmt.Errorf("%w; looking for it: %w", lost, err)
		}
		if found {
			return id, nil
		}
		if len(waits) == 0 {
			return "", lost
		}
		if err := c.config.Clock.Sleep(ctx, waits[0]); err != nil {
			return "", fmt.Errorf("%w: %w", lost, err)
		}
		waits = waits[1:]
	}
}
