package jamf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How a request is repeated: so often, after so long, which doubles, up to so long. A server that asks for more patience
// than that is not waited for: the error says what it asked.
const (
	maxAttempts   = 5
	firstWait     = time.Second
	longestWait   = 30 * time.Second
	longestAsking = 2 * time.Minute
)

// do makes a request, and repeats it where that may help and cannot harm. It never repeats a POST that the server may have
// carried out; that one fails with [ErrUnknownOutcome] around what happened. One that was turned away because there are too
// many was not carried out.
func (c *Client) do(ctx context.Context, sent call) (answer, error) {
	settled := c.fresh.waits(sent, c.config.Clock.Now())
	for sent.attempt = 1; ; sent.attempt++ {
		sent.exchanges = new([]Exchange)
		got, err := c.once(ctx, sent)
		wait, again := c.again(sent, err)
		if !again && err != nil && IsNotFound(err) && len(settled) > 0 {
			wait, again, settled = settled[0], true, settled[1:]
		}
		again = again && ctx.Err() == nil
		c.report(*sent.exchanges, again, wait)
		if !again {
			return got, c.final(sent, err)
		}
		if cut := c.config.Clock.Sleep(ctx, wait); cut != nil {
			return got, fmt.Errorf("%w: %w", c.final(sent, err), cut)
		}
	}
}

// again decides whether to repeat a request, and when.
func (c *Client) again(sent call, err error) (wait time.Duration, again bool) {
	if err == nil || sent.attempt >= maxAttempts || !passing(err) {
		return 0, false
	}
	if sent.method == http.MethodPost && !isUnsent(err) && !throttled(err) {
		return 0, false
	}
	if sent.shrinks && IsTimeout(err) && !isUnsent(err) {
		return 0, false
	}
	wait = min(firstWait<<(sent.attempt-1), longestWait)
	wait = wait/2 + time.Duration(float64(wait/2)*c.config.Clock.Rand())
	if e, ok := answered(err); ok && e.RetryAfter > 0 {
		return max(e.RetryAfter, wait), e.RetryAfter <= longestAsking
	}
	return wait, true
}

// final is the error of a request that is not repeated any more.
func (c *Client) final(sent call, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := answered(err); ok {
		e.Attempts = sent.attempt
	}
	var lost *LostError
	if errors.As(err, &lost) {
		lost.Attempts = sent.attempt
	}
	if sent.method == http.MethodPost && doubtful(err) {
		return &unknownError{err}
	}
	return err
}

// report tells the trace what was sent. Only the last of several exchanges is what is repeated.
func (c *Client) report(exchanges []Exchange, again bool, wait time.Duration) {
	for i, e := range exchanges {
		if i == len(exchanges)-1 {
			e.Again, e.Wait = again, wait
		}
		c.trace(e)
	}
}

// retryAfter reads the header in its two forms, seconds and a time. 0 is for none.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// unknownError is [ErrUnknownOutcome] with what happened.
type unknownError struct{ err error }

func (e *unknownError) Error() string   { return ErrUnknownOutcome.Error() + ": " + e.err.Error() }
func (e *unknownError) Unwrap() []error { return []error{ErrUnknownOutcome, e.err} }

// unsentError is about something that had to be done before the request, so that the request itself was not sent.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

func isUnsent(err error) bool {
	var unsent *unsentError
	var lost *LostError
	return errors.As(err, &unsent) || errors.As(err, &lost) && !lost.Sent
}
