package macos

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Window is what a person sees.
type Window struct {
	Title     string
	Text      string
	Icon      string   // path of an image; empty for none
	IconDark  string   // that on a dark desktop, for tools that know the difference; empty for the same
	Help      string   // what is told to who asks for more, for tools that can; empty for nothing
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

// Style names the tool that shows windows, as the setting PromptStyle does.
type Style string

// The styles.
const (
	StyleAuto        Style = "auto" // the first of those below that is there
	StyleJamfHelper  Style = "jamfhelper"
	StyleSwiftDialog Style = "swiftdialog"
	StyleAppleScript Style = "osascript"
)

// Screen shows windows to the person at the Mac, with the tool that is preferred, and where that cannot, with another.
type Screen struct {
	Host   Host
	Person Person
	Style  Style
	Folder string // root's own, for what tools read from files
	Keep   string // a file that names the window's process while it stands, for [Screen.Sweep]; empty for none
}

// styles lists the styles in the order in which they are tried.
func (s Screen) styles() []Style {
	order := []Style{StyleJamfHelper, StyleSwiftDialog, StyleAppleScript}
	at := slices.Index(order, s.Style)
	if at < 0 {
		return order
	}
	return slices.Concat(order[at:at+1], order[:at], order[at+1:])
}

// command builds the invocation of a style's tool. All but jamfHelper run as the person, who has to be known.
func (s Screen) command(style Style, w Window) (Command, error) {
	var command Command
	var err error
	switch style {
	case StyleJamfHelper, StyleAuto:
		command = jamfHelperCommand(w)
	case StyleSwiftDialog:
		if _, err := s.Host.Lister.Stat(swiftDialogPath); err != nil { // nothing is written for a tool that is not there
			return Command{}, &MissingError{Path: swiftDialogPath}
		}
		command, err = swiftDialogCommand(s.Host, s.Folder, s.Person, w)
	case StyleAppleScript:
		command = dialogCommand(s.Person, w)
	}
	if err == nil && style != StyleJamfHelper && s.Person.Nobody() {
		err = fmt.Errorf("show window with %s: %w", style, errNobody)
	}
	command.Keep = s.Keep
	return command, err
}

// parse reads how a style's tool ended.
func (style Style) parse(out Output, w Window) Reply {
	switch style {
	case StyleSwiftDialog:
		return parseSwiftDialog(out, w)
	case StyleAppleScript:
		return parseDialog(out, w)
	case StyleJamfHelper, StyleAuto:
	}
	return parseJamfHelper(out, w)
}

// Ask shows a window and waits for its end. Where one tool is missing or cannot show it, or breaks down as it starts, the
// next is tried. An agreement that no person can have given so soon is no breakdown: the window was shown, for all that
// is known.
func (s Screen) Ask(ctx context.Context, w Window) (reply Reply, err error) {
	reply = Reply{Kind: ReplyFailed}
	var failed error
	shown := false // some tool ran
	for _, style := range s.styles() {
		command, err := s.command(style, w)
		var out Output
		if err == nil {
			out, err = s.Host.Runner.Run(ctx, command)
		}
		if err == nil {
			shown = true
			answer := style.parse(out, w)
			reply = credibly(answer)
			if reply.Kind != ReplyFailed || answer.Kind == ReplyFirst {
				return reply, nil
			}
		}
		failed = errors.Join(failed, err)
		if ctx.Err() != nil {
			break
		}
	}
	if shown && ctx.Err() == nil { // what that tool said stands
		return reply, nil
	}
	return reply, failed
}

// Stand shows a window that stands until it is stopped, or for its Timeout.
func (s Screen) Stand(ctx context.Context, w Window) (Standing, error) {
	var failed error
	for _, style := range s.styles() {
		command, err := s.command(style, w)
		if err == nil {
			var standing Standing
			if standing, err = s.Host.Runner.Start(ctx, command); err == nil {
				return standing, nil
			}
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
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
	if err != nil || !isWindow(out.Stdout) {
		return false, err
	}
	err = s.Host.Runner.End(pid)
	return err == nil, err
}

// isWindow tells whether a command line is that of one of our windows.
func isWindow(command string) bool {
	return containsAny(command, jamfHelperPath+" -windowType", "display dialog", dialogOrder)
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
