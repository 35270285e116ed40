package macos

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Window is what a person sees.
type Window struct {
	Title     string
	Text      string
	Icon      string   // path of an image; empty for none
	IconDark  string   // that for a dark screen; empty for the one beside it, "logo-dark.png" for "logo.png", if it is there
	Help      string   // what is told to who asks for more, in styles that can; empty for nothing
	Buttons   []string // at most two; the first agrees
	Default   int      // the button that Return presses and a timeout answers with, 1 or 2; 0 for none
	Locked    bool     // it cannot be closed, quit or moved, as far as the tool can see to that
	Countdown string   // words before a countdown to the timeout; empty for none
	Progress  bool     // work goes on while it stands, and a bar that moves says so, in styles that have one

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

// longest is the timeout of a window that has none, for tools that need one.
const longest = 24 * time.Hour

// credibly distrusts an agreement that came sooner than a person can give it.
func credibly(r Reply) Reply {
	if r.Shown < credible && (r.Kind == ReplyFirst || r.Kind == ReplyGone) {
		r.Kind = ReplyFailed
	}
	return r
}

// presentable makes the texts of a window fit to be handed to a program: a control character, which cannot be shown, and of
// which one cannot even be an argument, becomes a mark for what is missing.
func (w Window) presentable() Window {
	buttons := make([]string, len(w.Buttons))
	for i, label := range w.Buttons {
		buttons[i] = presentable(label)
	}
	w.Buttons = buttons
	for _, text := range []*string{&w.Title, &w.Text, &w.Icon, &w.Countdown, &w.Help} {
		*text = presentable(*text)
	}
	return w
}

func presentable(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return utf8.RuneError
		}
		return c
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// seconds is a duration in whole seconds, rounded up, and at least one.
func seconds(d time.Duration) int64 { return max(1, int64((d+time.Second-1)/time.Second)) }
