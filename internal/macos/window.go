package macos

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
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
	Keep   string // a file that names the window's process while it stands, for [Screen.Sweep]; empty for none
}

// Ask shows a window and waits for its end. Where jamfHelper cannot show it, osascript is tried.
func (s Screen) Ask(ctx context.Context, w Window) (Reply, error) {
	out, err := s.Host.Runner.Run(ctx, s.kept(jamfHelperCommand(w)))
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
	out, dialogErr := s.Host.Runner.Run(ctx, s.kept(dialogCommand(s.Person, w)))
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
	standing, err := s.Host.Runner.Start(ctx, s.kept(jamfHelperCommand(w)))
	var missing *MissingError
	if errors.As(err, &missing) && !s.Person.Nobody() {
		return s.Host.Runner.Start(ctx, s.kept(dialogCommand(s.Person, w)))
	}
	return standing, err
}

func (s Screen) kept(c Command) Command {
	c.Keep = s.Keep
	return c
}

// Sweep takes away a window that a killed turn has left standing, and tells whether there was one. Only what Keep names
// is ended, and only if it still is one of our windows: a process id may have been given to another since.
//
// A window does not outlive the Mac's restart, so what was there before booted is only forgotten.
func (s Screen) Sweep(ctx context.Context, booted time.Time) (swept bool, err error) {
	const longest = 32
	if entry, err := s.Host.Lister.Stat(s.Keep); err == nil && entry.Modified.Before(booted) {
		return false, s.Host.Tree.Remove(s.Keep)
	}
	data, err := s.Host.Tree.Read(s.Keep, longest)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	pid, numberErr := strconv.Atoi(strings.TrimSpace(string(data)))
	if err == nil && numberErr == nil && pid > 1 {
		swept, err = s.end(ctx, pid)
	}
	return swept, errors.Join(err, s.Host.Tree.Remove(s.Keep))
}

func (s Screen) end(ctx context.Context, pid int) (ended bool, err error) {
	out, err := s.Host.Runner.Run(ctx, Command{Path: psPath, Args: []string{"-o", "command=", "-p", strconv.Itoa(pid)}, Timeout: shortly})
	if err != nil || !strings.Contains(out.Stdout, jamfHelperPath+" -windowType") && !strings.Contains(out.Stdout, "display dialog") {
		return false, err
	}
	err = s.Host.Runner.End(pid)
	return err == nil, err
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
