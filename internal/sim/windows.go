package sim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// windowOf reads what an invocation of jamfHelper, swiftDialog or osascript is to show.
func (m *Mac) windowOf(c macos.Command) (w Window, ok bool) {
	if len(c.Args) == 2 && c.Args[0] == "--jsonfile" {
		return m.dialogFile(c.Args[1])
	}
	if at := slices.Index(c.Args, "--"); at >= 0 && strings.HasSuffix(c.Path, "osascript") {
		return dialogOf(c.Args[at+1:]), true
	}
	w.Style = macos.StyleJamfHelper
	for i := 0; i < len(c.Args); i++ {
		value := ""
		if i+1 < len(c.Args) {
			value = c.Args[i+1]
		}
		switch c.Args[i] {
		case "-lockHUD":
			w.Locked = true
			continue
		case "-countdown":
			continue
		case "-title":
			w.Title = value
		case "-description":
			w.Text = value
		case "-button1", "-button2":
			w.Buttons = append(w.Buttons, value)
		case "-timeout":
			n, _ := strconv.Atoi(value)
			w.Timeout = time.Duration(n) * time.Second
		case "-countdownPrompt":
			w.Countdown = value
		}
		ok = ok || c.Args[i] == "-windowType"
		i++
	}
	return w, ok
}

// dialogFile reads the file that swiftDialog is shown: its keys are known from its documentation.
func (m *Mac) dialogFile(name string) (w Window, ok bool) {
	data, _ := m.File(name)
	var order struct {
		Title, Message, InfoText string
		Button1Text, Button2Text string
		HelpMessage              string
		Timer                    int64
		Moveable                 bool
	}
	if json.Unmarshal(data, &order) != nil {
		return w, false
	}
	w = Window{
		Title: order.Title, Text: unmarked(order.Message), Help: unmarked(order.HelpMessage), Countdown: order.InfoText,
		Timeout: time.Duration(order.Timer) * time.Second, Locked: !order.Moveable, Style: macos.StyleSwiftDialog,
	}
	for _, label := range []string{order.Button1Text, order.Button2Text} {
		if label != "" && label != "none" {
			w.Buttons = append(w.Buttons, label)
		}
	}
	return w, true
}

// unmarked takes the escapes of Markdown back.
func unmarked(text string) string {
	text = strings.ReplaceAll(text, "  \n", "\n")
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}

// dialogOf reads the arguments of our dialog script: text, title, seconds, and the buttons.
func dialogOf(args []string) (w Window) {
	if len(args) < 4 {
		return w
	}
	n, _ := strconv.Atoi(args[2])
	w = Window{Style: macos.StyleAppleScript, Text: args[0], Title: args[1], Timeout: time.Duration(n) * time.Second}
	w.Text, w.Countdown = countdownOf(w.Text)
	for _, label := range args[3:] {
		if !strings.HasPrefix(label, "/") {
			w.Buttons = append(w.Buttons, label)
		}
	}
	return w
}

// countdownOf takes the words and the time from the end of a dialog's text, which says so how long there is.
func countdownOf(text string) (rest, words string) {
	at := strings.LastIndex(text, "\n\n")
	space := strings.LastIndexByte(text, ' ')
	if at < 0 || space < at+2 {
		return text, ""
	}
	clock := text[space+1:]
	if strings.Trim(clock, "0123456789:") != "" || !strings.Contains(clock, ":") {
		return text, ""
	}
	return text[:at], text[at+2 : space]
}

// show shows a window to the person and lets them react.
func (m *Mac) show(w Window, c macos.Command) (end string) {
	if !m.present() {
		return ended
	}
	m.Journal = append(m.Journal, Entry{At: m.Now(), Kind: KindWindow, Text: w.Title, Window: &w})
	act := m.reaction(w)
	limit := limitsOf(c)
	if w.Timeout > 0 {
		limit.timeout = w.Timeout
	}
	seat := m.console.seat
	limit.gone = func() bool { return m.left(seat) }
	after := m.mood(act.After)
	if act.Do == Ignore || act.Do == "" {
		after = 1000 * 24 * time.Hour
	}
	began := m.awake
	if m.unseen(seat, limit) || m.pass(after, m.rest(limit, began)) || m.unseen(seat, m.rest(limit, began)) {
		return m.late(seat, c)
	}
	switch act.Do {
	case Install:
		m.note(KindPerson, "clicks "+strconv.Quote(w.Buttons[0]))
		return first
	case Defer:
		if len(w.Buttons) < 2 {
			return m.wait(limit, c)
		}
		m.note(KindPerson, "clicks "+strconv.Quote(w.Buttons[1]))
		return second
	case Quit:
		m.note(KindPerson, "quits the window")
		return quit
	case Kill:
		m.note(KindPerson, "kills the window")
		return ended
	case LogOut:
		m.note(KindPerson, "logs out")
		m.leave(seat)
		return ended
	case Sleep:
		m.doze(act.For)
	case SetClock:
		m.setClock(act.For)
	}
	return m.wait(limit, c)
}

// mood is how long the person takes to react.
func (m *Mac) mood(after time.Duration) time.Duration {
	switch {
	case after > 0:
		return after
	case m.moods != nil:
		return time.Duration(3+m.moods.IntN(300)) * time.Second
	default:
		return 20 * time.Second
	}
}

// wait leaves a window without an answer.
func (m *Mac) wait(l limits, c macos.Command) string {
	seat := m.console.seat
	m.pass(1000*24*time.Hour, l)
	return m.late(seat, c)
}

// late tells how a window ended that nobody answered.
func (m *Mac) late(seat seat, c macos.Command) string {
	switch {
	case m.left(seat):
		return ended
	case !c.Until.IsZero() && !m.Now().Before(c.Until):
		return cutOff
	default:
		return timeout
	}
}

// How a window ends.
const (
	first   = "first"
	second  = "second"
	quit    = "quit"
	ended   = "ended"
	timeout = "timeout"
	cutOff  = "cut off" // by the daemon
)

// reaction chooses what the person does about a window.
func (m *Mac) reaction(w Window) Act {
	person, prompts, warnings := m.scenario.Person, &m.prompts, &m.warnings
	if m.console.seat == seatOther {
		person, prompts, warnings = m.scenario.Other, &m.console.prompts, &m.console.warnings
	}
	choose := func(acts []Act, n *int) Act {
		*n++
		if len(acts) == 0 {
			return Act{Do: Ignore}
		}
		return acts[min(*n, len(acts))-1]
	}
	if len(w.Buttons) > 1 {
		m.Tally.Prompts++
		return choose(person.Answers, prompts)
	}
	m.Tally.Warnings++
	return choose(person.Final, warnings)
}

// jamfHelper shows a window, and prints how it ended.
func (m *Mac) jamfHelper(c macos.Command) macos.Output {
	w, ok := m.windowOf(c)
	if !ok {
		return macos.Output{Stdout: "255", Code: 255}
	}
	switch m.show(w, c) {
	case first:
		return macos.Output{Stdout: "0"}
	case second:
		return macos.Output{Stdout: "2", Code: 2}
	case quit:
		return macos.Output{Stdout: "239", Code: 239}
	case timeout:
		if at := slices.Index(c.Args, "-defaultButton"); at >= 0 {
			return macos.Output{Stdout: map[string]string{"1": "0", "2": "2"}[c.Args[at+1]]}
		}
		return macos.Output{Stdout: "243", Code: 243}
	case cutOff:
		return macos.Output{Code: -1, TimedOut: true}
	default:
		return macos.Output{Code: -1}
	}
}

// swiftDialog shows a window, and exits as it ended.
func (m *Mac) swiftDialog(c macos.Command) macos.Output {
	w, ok := m.windowOf(c)
	if !ok {
		return macos.Output{Stderr: "ERROR: JSON import failed\n", Code: 202}
	}
	switch m.show(w, c) {
	case first:
		return macos.Output{}
	case second:
		return macos.Output{Code: 2}
	case quit:
		return macos.Output{Code: 10}
	case timeout:
		return macos.Output{Code: 4}
	case cutOff:
		return macos.Output{Code: -1, TimedOut: true}
	default:
		return macos.Output{Code: 15}
	}
}

// dialog shows a dialog of osascript, and prints how it ended.
func (m *Mac) dialog(w Window, c macos.Command) macos.Output {
	switch m.show(w, c) {
	case first:
		return macos.Output{Stdout: "button returned:" + w.Buttons[0] + ", gave up:false\n"}
	case second:
		return macos.Output{Stdout: "button returned:" + w.Buttons[1] + ", gave up:false\n"}
	case quit:
		return macos.Output{Stderr: "0:80: execution error: User canceled. (-128)\n", Code: 1}
	case timeout:
		return macos.Output{Stdout: "button returned:, gave up:true\n"}
	case cutOff:
		return macos.Output{Code: -1, TimedOut: true}
	default:
		return macos.Output{Code: -1}
	}
}
