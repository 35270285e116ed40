package macos

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// Screen shows windows to the person at the Mac.
type Screen struct {
	Host   Host
	Person Person
	Keep   string // a file that names the window's process while it stands, for [Screen.Sweep]; empty for none
	Style  Style
	Folder string // one that belongs to root, for files that swiftDialog reads; empty does without swiftDialog
}

// Ask shows a window and waits for its end. Where it cannot be shown in the chosen style, or is gone before a person can
// have seen it, the next style is tried. An agreement that no person can have given so soon is not believed, but the window
// was shown, for all that is known, so it is not shown again. The error says that no program at all could be started.
func (s Screen) Ask(ctx context.Context, w Window) (Reply, error) {
	w = s.dressed(w)
	var failure error
	failed, tried := Reply{Kind: ReplyFailed}, false
	for _, style := range s.Style.order() {
		said, err := s.ask(ctx, style, w)
		reply := credibly(said)
		switch {
		case err != nil:
			failure = both(failure, err)
		case reply.Kind != ReplyFailed, said.Kind == ReplyFirst:
			return reply, nil
		case !tried:
			failed, tried = reply, true
		}
		if ctx.Err() != nil {
			break
		}
	}
	if tried { // that others are not there is no news
		return failed, nil
	}
	return failed, failure
}

// ask shows a window in one style.
func (s Screen) ask(ctx context.Context, style Style, w Window) (Reply, error) {
	command, err := s.command(style, w)
	if err != nil {
		return Reply{}, err
	}
	defer s.tidy(style)
	out, err := s.Host.Runner.Run(ctx, command)
	if err != nil {
		return Reply{}, err
	}
	reply := parseReply(style, out, w)
	if out.TimedOut && w.Until.IsZero() { // it was to close by itself, and hung: nobody can tell whether it was ever seen
		reply.Kind = ReplyFailed
	}
	return reply, nil
}

// settles is how long a program is given to end again, if it cannot show its window.
const settles = time.Second

// errEnded says that a program could be started, and ended at once.
var errEnded = errors.New("ended at once")

// Stand shows a window that stands until it is stopped, or for its Timeout: in the first style whose program stays.
func (s Screen) Stand(ctx context.Context, w Window) (Standing, error) {
	w = s.dressed(w)
	var failure error
	for _, style := range s.Style.order() {
		command, err := s.command(style, w)
		if err == nil {
			var standing Standing
			if standing, err = s.Host.Runner.Start(ctx, command); err == nil {
				err = s.settle(ctx, standing, command.Path)
			}
			if err == nil {
				return window{standing, func() { s.tidy(style) }}, nil
			}
			s.tidy(style)
		}
		failure = both(failure, err)
	}
	return nil, failure
}

// settle tells whether a program ends as soon as it is started.
func (s Screen) settle(ctx context.Context, started Standing, path string) error {
	if s.Host.Clock.Sleep(ctx, settles) == nil && !started.Running() {
		return fmt.Errorf("show window: %s: %w", filepath.Base(path), errEnded)
	}
	return nil
}

// window is a standing window, and what is to be done once it is gone.
type window struct {
	Standing
	after func()
}

// Stop implements [Standing].
func (w window) Stop() {
	w.Standing.Stop()
	w.after()
}

// command builds the invocation of a style's program for a window.
func (s Screen) command(style Style, w Window) (Command, error) {
	var command Command
	switch style {
	case StyleSwiftDialog:
		var err error
		if err = s.hasSwiftDialog(); err == nil {
			command, err = swiftDialogCommand(s.Host, s.Folder, s.Person, w)
		}
		if err != nil {
			return Command{}, fmt.Errorf("show window: %w", err)
		}
	case StyleAppleScript:
		if s.Person.Nobody() {
			return Command{}, fmt.Errorf("show dialog: %w", errNobody)
		}
		command = dialogCommand(s.Person, w)
	case StyleJamfHelper, StyleAuto:
		command = jamfHelperCommand(w)
	}
	command.Keep = s.Keep
	return command, nil
}

// parseReply reads how a style's program ended.
func parseReply(style Style, out Output, w Window) Reply {
	switch style {
	case StyleSwiftDialog:
		return parseSwiftDialog(out, w)
	case StyleAppleScript:
		return parseDialog(out, w)
	case StyleJamfHelper, StyleAuto:
	}
	return parseJamfHelper(out, w)
}

// tidy removes what a style's program has read.
func (s Screen) tidy(style Style) {
	if style != StyleSwiftDialog {
		return
	}
	for _, name := range DialogFiles(s.Folder) {
		_ = s.Host.Tree.Remove(name) // the next window writes it anew
	}
}

// dressed makes a window fit for the person's screen.
func (s Screen) dressed(w Window) Window {
	if w.Icon != "" && s.dark() {
		if w.IconDark == "" {
			w.IconDark = darkVariant(s.Host, w.Icon)
		}
		w.Icon = w.IconDark
	}
	return w.presentable()
}

// both joins two errors on one line; either may be nil.
func both(a, b error) error {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	return fmt.Errorf("%w; %w", a, b)
}
