package jamf

import (
	"fmt"
	"time"
)

// Exchange is one request and what became of it. It holds no header, cookie or body.
type Exchange struct {
	Method      string
	Path        string // with its query, without the server's address
	Status      int    // 0 if there was no answer
	Duration    time.Duration
	Attempt     int           // from 1
	Problem     string        // why there was no answer; empty if there was one
	Again       bool          // it will be tried again
	Wait        time.Duration // before that
	Deprecation string        // what the server says about the age of this path; empty for nothing
}

// String is the exchange as a line of a log.
func (e Exchange) String() string {
	line := fmt.Sprintf("%s %s: %d in %s", e.Method, e.Path, e.Status, e.Duration.Round(time.Millisecond))
	if e.Problem != "" {
		line = fmt.Sprintf("%s %s: %s after %s", e.Method, e.Path, e.Problem, e.Duration.Round(time.Millisecond))
	}
	if e.Again {
		line += fmt.Sprintf(" (attempt %d; again in %s)", e.Attempt, e.Wait.Round(time.Millisecond))
	}
	if e.Deprecation != "" {
		line += " (deprecated: " + e.Deprecation + ")"
	}
	return line
}

// trace tells of an exchange, one at a time, and without secrets.
func (c *Client) trace(e Exchange) {
	if c.config.Trace == nil {
		return
	}
	e.Path, e.Problem = c.secrets.hide(e.Path), c.secrets.line(e.Problem)
	e.Deprecation = c.secrets.line(e.Deprecation)
	c.tracing.Lock()
	defer c.tracing.Unlock()
	c.config.Trace(e)
}
