package preview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/settings"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// Film is a whole round, from when the package arrives to its end. Its times are milliseconds after the start.
type Film struct {
	Start  int64  `json:"start"` // milliseconds since 1970
	Zone   string `json:"zone"`
	Length int64  `json:"length"`

	Moments  []Moment   `json:"moments"` // in order; of a long film, those of the middle are left out
	Stands   []Stand    `json:"stands"`  // where the round stands, in order; the first is at 0
	Windows  []Window   `json:"windows"` // in the order in which they appear
	Asleep   []Span     `json:"asleep"`  // the lid is closed
	Off      []Span     `json:"off"`     // the Mac restarts
	Away     []Span     `json:"away"`    // nobody is logged in
	Turns    []int64    `json:"turns"`   // when launchd starts a turn; empty where they are too many to show
	Sets     [][]string `json:"sets"`    // the sets of pending updates that stands name
	Deadline int64      `json:"deadline"`
	Unsaved  bool       `json:"unsaved"` // a document is open that has not been saved

	Ended  string `json:"ended"` // how it ends, in a sentence
	Done   bool   `json:"done"`  // the daemon has removed itself
	Cut    bool   `json:"cut"`   // it ends before the deadline, as it would be too long else
	Counts Counts `json:"counts"`
}

// Counts is what a film comes to.
type Counts struct {
	Prompts  int `json:"prompts"`
	Warnings int `json:"warnings"` // and other windows that ask for something
	Restarts int `json:"restarts"`
	Forced   int `json:"forced"` // of the restarts
	Turns    int `json:"turns"`
}

// Span is a piece of time.
type Span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Window is what a person sees, and for how long.
type Window struct {
	From      int64       `json:"from"`
	To        int64       `json:"to"`
	Sort      string      `json:"sort"`   // what it is about: prompt, warning, updating, restart, reminder, hold, pane
	On        string      `json:"on"`     // the sort that clicks on it have; empty where there is nothing to click
	Number    int         `json:"number"` // the so-and-so-manieth of those, from 1
	Style     macos.Style `json:"style"`  // the program that shows it; "pane" for Software Update
	Title     string      `json:"title"`
	Text      string      `json:"text"`
	Buttons   []string    `json:"buttons"` // the first agrees
	Default   int         `json:"default"` // the button that Return presses, from 1; 0 for none
	Locked    bool        `json:"locked"`
	Standing  bool        `json:"standing"`
	Timeout   int64       `json:"timeout"` // time awake after which it closes; 0 for never
	Countdown string      `json:"countdown"`
	Help      string      `json:"help"`
	Ended     string      `json:"ended"` // what the person did about it; empty for nothing
	Overflow  Overflow    `json:"overflow"`
}

// Overflow is what of a window is longer than it shows, by the estimate of package settings.
type Overflow struct {
	Heading bool     `json:"heading"`
	Lines   int      `json:"lines"`  // of the message, where there are more than it shows; else 0
	Labels  []string `json:"labels"` // that are cut
}

// Any tells whether anything is cut.
func (o Overflow) Any() bool { return o.Heading || o.Lines > 0 || len(o.Labels) > 0 }

func newWindow(w sim.Window, at time.Duration, sort string) Window {
	window := Window{
		From: milliseconds(at), Sort: sort, Style: w.Style, Title: w.Title, Text: w.Text, Buttons: append([]string{}, w.Buttons...),
		Locked: w.Locked, Standing: w.Standing, Timeout: milliseconds(w.Timeout), Countdown: w.Countdown, Help: w.Help,
		Overflow: Overflow{Labels: []string{}},
	}
	if w.Style != macos.StyleJamfHelper { // the others grow with their text
		return window
	}
	window.Overflow.Heading = !settings.HeadingFits(w.Title)
	if lines := settings.MessageLines(w.Text); lines > settings.MaxMessageLines {
		window.Overflow.Lines = lines
	}
	for _, label := range w.Buttons {
		if !settings.LabelFits(label) {
			window.Overflow.Labels = append(window.Overflow.Labels, label)
		}
	}
	return window
}

// Play makes the film of a desk. The same desk always gives the same film. An error is [ErrDesk], or the context's.
func Play(ctx context.Context, d Desk) (Film, error) {
	s, err := newStage(d)
	if err != nil {
		return Film{}, err
	}
	if err := s.play(ctx); err != nil {
		return Film{}, err
	}
	return s.film(), nil
}

func (s *stage) film() Film {
	mac := s.mac
	f := Film{
		Start: s.begins.UnixMilli(), Zone: s.begins.Location().String(), Length: milliseconds(mac.True().Sub(s.begins)),
		Windows: s.windows, Turns: []int64{}, Asleep: []Span{}, Off: []Span{}, Away: []Span{}, Sets: [][]string{{}},
		Unsaved: mac.Scenario().Person.Unsaved, Deadline: -1, Done: mac.Tally.Removed && s.overtime.IsZero(),
		Counts: Counts{mac.Tally.Prompts, mac.Tally.Warnings, mac.Tally.Restarts, mac.Tally.Forced, mac.Tally.Turns},
	}
	if !s.overtime.IsZero() {
		f.Length = milliseconds(s.overtime.Sub(s.begins))
	}
	if f.Windows == nil {
		f.Windows = []Window{}
	}
	f.Windows = slices.DeleteFunc(f.Windows, func(w Window) bool { return w.From > f.Length })
	f.spans(s)
	f.close()
	f.moments(s)
	f.Cut = !f.Done && s.overtime.IsZero() && f.Deadline > f.Length
	f.Ended = f.ending(s)
	return f
}

// mostTurns is how many turns are marked on a timeline at most.
const mostTurns = 1000

// spans finds the pieces of time in which the Mac is asleep, off, or nobody is logged in, and the turns.
func (f *Film) spans(s *stage) {
	at := func(i int) int64 { return milliseconds(s.mac.Journal[i].At.Sub(s.begins)) }
	out := int64(-1)
	if s.mac.Scenario().Person.Away {
		out = 0
	}
	in := func(t int64) {
		if out >= 0 {
			f.Away = append(f.Away, Span{out, t})
		}
		out = -1
	}
	for i, e := range s.mac.Journal {
		switch {
		case e.Kind == sim.KindTurn:
			f.Turns = append(f.Turns, at(i))
		case isOpened(e):
			f.Asleep = append(f.Asleep, Span{at(i - 1), at(i)})
		case isStarted(e):
			f.Off = append(f.Off, Span{at(i - 1), at(i)})
			if out < 0 {
				out = at(i)
			}
		case e.Kind == sim.KindPerson && e.Text == "logs in":
			in(at(i))
		case e.Kind == sim.KindPerson && e.Text == "logs out" && out < 0:
			out = at(i)
		}
	}
	in(f.Length)
	f.Turns = slices.DeleteFunc(f.Turns, func(t int64) bool { return t > f.Length })
	if len(f.Turns) > mostTurns {
		f.Turns = []int64{}
	}
}

// isStarted tells that the Mac has restarted; the entry before it says why.
func isStarted(e sim.Entry) bool {
	return e.Kind == sim.KindSystem && strings.HasPrefix(e.Text, "The Mac has started")
}

// isOpened tells that the lid is opened; the entry before it says that it was closed.
func isOpened(e sim.Entry) bool { return e.Kind == sim.KindPerson && e.Text == "opens the lid" }

// isSleep tells that the lid is closed or opened, which is no answer to a window.
func isSleep(e sim.Entry) bool { return isOpened(e) || strings.HasPrefix(e.Text, "closes the lid") }

// close takes windows away where the Mac restarts, or the film ends. Software Update that is opened again is one window.
func (f *Film) close() {
	for i := range f.Windows {
		w := &f.Windows[i]
		end := f.Length
		if at := slices.IndexFunc(f.Off, func(o Span) bool { return o.From >= w.From }); at >= 0 {
			end = min(end, f.Off[at].From)
		}
		if w.Sort == OnPane {
			for _, later := range f.Windows[i+1:] {
				if later.Sort == OnPane {
					end = min(end, later.From)
				}
			}
		}
		if w.To == openEnd || w.To > end {
			w.To = end
		}
	}
	slices.SortStableFunc(f.Windows, func(a, b Window) int { return cmp.Compare(a.From, b.From) })
}

// ending says how the film ends.
func (f *Film) ending(s *stage) string {
	switch {
	case f.Done && f.Counts.Forced > 0 && f.Counts.Prompts > 0:
		return "The updates are installed, after a forced restart, and the daemon has removed itself."
	case f.Done && f.Counts.Restarts == 0 && f.Counts.Prompts+f.Counts.Warnings == 0:
		return "There was nothing to install, and the daemon has removed itself."
	case f.Done:
		return "The updates are installed, and the daemon has removed itself."
	case !s.overtime.IsZero():
		return "The film ends here, hours after the deadline. The daemon is still at work, and goes on like this."
	case f.Cut:
		const day = 24 * time.Hour
		return fmt.Sprintf("The film ends here, after %d days and before the deadline. The daemon is still at work.", duration(f.Length)/day)
	default:
		return "The film ends here. The daemon is still at work."
	}
}
