package macos

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Window is what a person sees.
type Window struct {
	Title     string
	Text      string
	Icon      string   // path of an image; empty for none
	Buttons   []string // at most two; the first agrees
	Default   int      // the button that Return presses and a timeout answers with, 1 or 2; 0 for none
	Locked    bool     // it cannot be closed, quit or moved, as far as the tool can see to that
	Countdown string   // words before a countdown to the timeout; empty for none

	Timeout time.Duration // awake time after which it closes
	Until   time.Time     // wall-clock time at which it closes, if sooner; zero for none
}

// Reply is how a window ended.
type Reply struct {
	Kind  ReplyKind
	Shown time.Duration // awake time for which it stood
}

// ReplyKind is the manner in which a window ended.
type ReplyKind int

// The manners.
const (
	ReplyFirst   ReplyKind = iota // the first button
	ReplySecond                   // the second button
	ReplyTimeout                  // nobody answered in time
	ReplyClosed                   // the person quit or closed it
	ReplyGone                     // it was killed, or its session ended
	ReplyFailed                   // it could not be shown
)

// credible is how long a window stands before a click on its first button is taken for a person's: a dialog that
// crashes at start answers at once, and with zero.
const credible = time.Second

// grace is what a tool is given, beyond the timeout that it is to keep itself, before it is killed.
const grace = 15 * time.Second

// Screen shows windows to the person at the Mac: with jamfHelper, or with osascript where that is missing.
type Screen struct {
	Host   Host
	Person Person
}

// Ask shows a window and waits for its end. Where jamfHelper cannot show it, osascript is tried.
func (s Screen) Ask(ctx context.Context, w Window) (Reply, error) {
	out, err := s.Host.Runner.Run(ctx, jamfHelperCommand(w))
	reply, hasty := Reply{Kind: ReplyFailed}, false
	if err == nil {
		reply = parseJamfHelper(out, w)
		hasty = reply.Kind == ReplyFirst // it was shown, for all that is known
		reply = credibly(reply)
	}
	var missing *MissingError
	if reply.Kind != ReplyFailed || hasty || err != nil && !errors.As(err, &missing) || ctx.Err() != nil {
		return reply, err
	}
	if s.Person.Nobody() {
		return reply, errors.Join(err, fmt.Errorf("show dialog: %w", errNobody))
	}
	out, dialogErr := s.Host.Runner.Run(ctx, dialogCommand(s.Person, w))
	switch {
	case dialogErr == nil:
		return credibly(parseDialog(out, w)), nil
	case err == nil && errors.As(dialogErr, &missing): // what jamfHelper said stands
		return reply, nil
	default:
		return reply, dialogErr
	}
}

// Stand shows a window that stands until it is stopped, or for its Timeout.
func (s Screen) Stand(ctx context.Context, w Window) (Standing, error) {
	standing, err := s.Host.Runner.Start(ctx, jamfHelperCommand(w))
	var missing *MissingError
	if errors.As(err, &missing) && !s.Person.Nobody() {
		return s.Host.Runner.Start(ctx, dialogCommand(s.Person, w))
	}
	return standing, err
}

// credibly distrusts an agreement that came sooner than a person can give it.
func credibly(r Reply) Reply {
	if r.Shown < credible && (r.Kind == ReplyFirst || r.Kind == ReplyGone) {
		r.Kind = ReplyFailed
	}
	return r
}

// seconds is a duration in whole seconds, rounded up, and at least one.
func seconds(d time.Duration) int64 { return max(1, int64((d+time.Second-1)/time.Second)) }
