package cli

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/width"

	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// transcript tells a play as a story.
type transcript struct {
	out   io.Writer
	day   string
	quiet int                    // turns in which nothing happened, and that are not told one by one
	looks bool                   // they looked for updates
	until time.Time              // when the last of them began
	why   string                 // the reason that they share
	shown map[string]*sim.Window // the last window of each title
}

// tell writes the whole journal.
func (t *transcript) tell(journal []sim.Entry) {
	for i := 0; i < len(journal); i++ {
		turn := turnAt(journal[i:])
		if len(turn) > 0 && uneventful(turn) {
			t.hush(turn)
			i += len(turn) - 1
			continue
		}
		t.speak()
		i += t.entry(journal[i:])
	}
	t.speak()
}

// turnAt returns the entries of the turn that begins here, if one does.
func turnAt(journal []sim.Entry) []sim.Entry {
	if journal[0].Kind != sim.KindTurn {
		return nil
	}
	for i, e := range journal[1:] {
		if e.Kind == sim.KindTurn || e.Kind == sim.KindPerson || e.Kind == sim.KindSystem {
			return journal[:i+1]
		}
	}
	return journal
}

// uneventful tells whether a turn did nothing but look, if that, and ended.
func uneventful(turn []sim.Entry) bool {
	for _, e := range turn[1:] {
		if e.Kind == sim.KindTool && !background(e.Text) && !glance(e) && !lists(e) || e.Kind == sim.KindWindow {
			return false
		}
		if e.Kind == sim.KindDecision && !strings.HasPrefix(e.Text, "Wait.") && !strings.HasPrefix(e.Text, "Look ") {
			return false
		}
	}
	return true
}

// background tells whether a tool only serves the telling of the time and of the log.
func background(tool string) bool { return tool == "logger" || tool == "sysctl" }

// glance tells whether a call only finds out who is at the Mac and what the Mac is like.
func glance(e sim.Entry) bool {
	return slices.Contains([]string{
		"arch", "scutil", "stat", "id", "ioreg", "fdesetup", "pmset", "df", "diskutil", "dscl", "profiles", "mdmclient",
	}, e.Text)
}

func lists(e sim.Entry) bool { return e.Text == "softwareupdate" && slices.Contains(e.Args, "--list") }

func (t *transcript) hush(turn []sim.Entry) {
	why, looks := "", slices.ContainsFunc(turn, lists)
	for _, e := range turn {
		if e.Kind == sim.KindDecision {
			why = e.Text
		}
	}
	if t.quiet > 0 && (why != t.why || looks != t.looks) {
		t.speak()
	}
	t.quiet, t.until, t.why, t.looks = t.quiet+1, turn[0].At, why, looks
}

// speak tells of the turns that were passed over.
func (t *transcript) speak() {
	did := "ended at once"
	if t.looks {
		did = "looked for updates, and ended"
	}
	switch {
	case t.quiet == 1 && t.looks:
		t.line(t.until, "turn", "launchd starts a turn, which looks for updates. "+t.why)
	case t.quiet == 1:
		t.line(t.until, "turn", "launchd starts a turn. "+t.why)
	case t.quiet > 1:
		t.line(t.until, "turn", fmt.Sprintf("%d turns until now, each of which %s. %s", t.quiet, did, t.why))
	}
	t.quiet = 0
}

// entry tells the first of some entries, and says how many more it told along.
func (t *transcript) entry(entries []sim.Entry) (more int) {
	e := entries[0]
	switch e.Kind {
	case sim.KindTurn:
		t.line(e.At, "turn", e.Text+".")
	case sim.KindTool:
		return t.tools(entries)
	case sim.KindDecision:
		t.line(e.At, "decides", e.Text)
	case sim.KindWindow:
		t.window(e)
	case sim.KindPerson:
		t.line(e.At, "person", "The person "+e.Text+".")
	case sim.KindSystem:
		t.line(e.At, "Mac", e.Text)
	}
	return 0
}

// tools tells the tools that were run at one time, one after the other.
func (t *transcript) tools(entries []sim.Entry) (more int) {
	var calls []string
	for i, e := range entries {
		if e.Kind != sim.KindTool || !e.At.Equal(entries[0].At) {
			break
		}
		more = i
		switch {
		case background(e.Text) || showsWindow(e):
		case !glance(e):
			calls = append(calls, command(e))
		case !slices.Contains(calls, e.Text): // what it is asked does not matter to the story
			calls = append(calls, e.Text)
		}
	}
	if len(calls) > 0 {
		t.line(entries[0].At, "runs", strings.Join(calls, "; "))
	}
	return more
}

// showsWindow tells whether a tool's call is told by the window that it shows.
func showsWindow(e sim.Entry) bool {
	return e.Text == "jamfHelper" || slices.Contains(e.Args, "--jsonfile") || slices.Contains(e.Args, "on run argv")
}

// command writes a call as a person would type it, without the lengthy parts.
func command(e sim.Entry) string {
	words := []string{e.Text}
	for _, arg := range e.Args {
		if strings.HasPrefix(arg, "/usr/bin/") {
			arg = path.Base(arg)
		}
		if strings.ContainsAny(arg, " \n\"'") || arg == "" {
			arg = "'" + strings.ReplaceAll(arg, "\n", " ") + "'"
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

const margin = 22 // columns left of the text

func (t *transcript) line(at time.Time, who, text string) {
	if day := at.Format("Monday 2 January 2006"); day != t.day {
		t.day = day
		_, _ = fmt.Fprintf(t.out, "\n%s\n\n", day)
	}
	first := fmt.Sprintf("  %s  %-8s  ", at.Format("15:04:05"), who)
	for _, line := range wrap(text, 120-margin) {
		_, _ = fmt.Fprintf(t.out, "%s%s\n", first, line)
		first = strings.Repeat(" ", margin)
	}
}

// window draws a window in text. One that was drawn before is told by what it now says instead.
func (t *transcript) window(e sim.Entry) {
	w := e.Window
	before := t.shown[w.Title]
	if t.shown == nil {
		t.shown = map[string]*sim.Window{}
	}
	t.shown[w.Title] = w
	if before == nil || !slices.Equal(before.Buttons, w.Buttons) {
		t.line(e.At, "window", manner(w))
		t.draw(w)
		return
	}
	t.line(e.At, "window", "“"+w.Title+"” appears again"+differences(before.Text, w.Text))
}

// differences says which paragraphs of a text are new, and how many are gone.
func differences(before, now string) string {
	had, has := strings.Split(before, "\n\n"), strings.Split(now, "\n\n")
	var fresh []string
	for _, paragraph := range has {
		if !slices.Contains(had, paragraph) {
			fresh = append(fresh, "“"+paragraph+"”")
		}
	}
	switch {
	case len(fresh) > 0 && len(has) < len(had):
		return fmt.Sprintf(", %d paragraph(s) shorter, and now says: %s", len(had)-len(has), strings.Join(fresh, " "))
	case len(fresh) > 0:
		return ", and now says: " + strings.Join(fresh, " ")
	default:
		return "."
	}
}

func (t *transcript) draw(w *sim.Window) {
	const inner = 70
	pad := strings.Repeat(" ", margin)
	rule := func(left, text, right string) {
		fill := max(0, inner+2-columns(text))
		_, _ = fmt.Fprintf(t.out, "%s%s%s%s%s\n", pad, left, text, strings.Repeat("─", fill), right)
	}
	row := func(text string) {
		_, _ = fmt.Fprintf(t.out, "%s│ %s%s │\n", pad, text, strings.Repeat(" ", max(0, inner-columns(text))))
	}
	rule("┌", "─ "+w.Title+" ", "┐")
	for _, paragraph := range strings.Split(w.Text, "\n") {
		for _, line := range wrap(paragraph, inner) {
			row(line)
		}
	}
	if foot := footer(w, inner); foot != "" {
		row("")
		row(foot)
	}
	rule("└", "", "┘")
}

// footer is the last line of a window: the countdown on the left, the buttons on the right, the first outermost.
func footer(w *sim.Window, most int) string {
	buttons, count := "", ""
	for i := len(w.Buttons) - 1; i >= 0; i-- {
		buttons += "  [ " + w.Buttons[i] + " ]"
	}
	if w.Countdown != "" {
		count = fmt.Sprintf("%s %02d:%02d", w.Countdown, int(w.Timeout.Minutes()), int(w.Timeout.Seconds())%60)
	}
	if buttons+count == "" {
		return ""
	}
	gap := max(1, most-columns(count)-columns(buttons))
	return count + strings.Repeat(" ", gap) + buttons
}

// manner says how a window stands.
func manner(w *sim.Window) string {
	switch {
	case w.Standing:
		return "This stands until it is taken away:"
	case w.Locked:
		return "This appears, and cannot be dismissed:"
	default:
		return "This appears:"
	}
}

// wrap breaks a text into lines of at most that many columns: between words, and between wide letters, which are
// written without spaces.
func wrap(text string, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && columns(line)+1+columns(word) <= most {
			line += " " + word
			continue
		}
		if line != "" && columns(word) <= most {
			lines = append(lines, line)
			line = word
			continue
		}
		if line != "" {
			line += " "
		}
		for _, r := range word {
			if columns(line)+columns(string(r)) > most {
				lines = append(lines, strings.TrimRight(line, " "))
				line = ""
			}
			line += string(r)
		}
	}
	return append(lines, line)
}

// columns is how wide a text is on a terminal: Chinese and Japanese letters take two.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n++
		if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
