package promisetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// Play is a scenario played on a Mac in memory, and all that could be seen of it.
type Play struct {
	*sim.Mac
	Turns     []Turn
	Decisions []Decision
	Log       strings.Builder // every line that the agent said

	Seconds []Second // turns that were started while another was under way

	Before   func(n int) // is called before turn n, counted from 0, and only looks; nil for nothing
	Meddle   func(n int) // likewise, and changes files behind the daemon's back: what comes of that is not judged
	Take     sim.Turn    // takes a turn; nil for an agent in this process, that of [Play.Agent]
	Hindered bool        // not all could be saved: the disk was full, or failed

	spoiled []string
}

// ErrKilled is what [Play.Take] returns when the turn was killed.
var ErrKilled = errors.New("the daemon was killed")

// Second is a turn that was started while another was under way.
type Second struct {
	Err      error
	Said     string // all its lines
	Decided  int    // how often
	From, To int    // its part of the journal
}

// Turn is one turn. All times are true ones.
type Turn struct {
	Began, Ended time.Time
	From, To     int // its part of the journal
	Decisions    int // those before it
	Err          error
	Whole        bool // it came to its end, and was not cut by a restart, a crash or launchd
}

// Decision is one decision of the agent, and when it was taken.
type Decision struct {
	agent.Decision
	Real time.Time // the true time
	Turn int
}

// Deadline is the true time of the deadline, as the Mac's clock goes.
func (d Decision) Deadline() time.Time { return d.State.Deadline.Add(d.Real.Sub(d.At)) }

// Built is when the program of these plays was built.
func Built() time.Time { return time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC) }

// New prepares a play.
func New(s sim.Scenario) *Play { return &Play{Mac: sim.New(s)} }

// ToEnd plays to the end.
func (p *Play) ToEnd(ctx context.Context) *Play {
	p.Play(ctx, p.turn)
	return p
}

// Agent is an agent on a host, whose lines and decisions the play takes down.
func (p *Play) Agent(host macos.Host) *agent.Agent {
	return &agent.Agent{Host: host, Root: true, Built: Built(), Zone: time.UTC, Lines: &p.Log, Watch: p.Decided}
}

// Decided takes down a decision of the turn that is under way.
func (p *Play) Decided(d agent.Decision) {
	p.Note(fmt.Sprintf("%T: %s", d.Action, d.Why))
	p.Decisions = append(p.Decisions, Decision{d, p.True(), len(p.Turns) - 1})
}

func (p *Play) turn(ctx context.Context, host macos.Host) error {
	for _, before := range []func(int){p.Before, p.Meddle} {
		if before != nil {
			before(len(p.Turns))
		}
	}
	at := len(p.Turns)
	p.Turns = append(p.Turns, Turn{Began: p.True(), From: len(p.Journal), Decisions: len(p.Decisions)})
	defer func() { p.Turns[at].Ended, p.Turns[at].To = p.True(), len(p.Journal) }()
	take := p.Take
	if take == nil {
		take = func(ctx context.Context, host macos.Host) error { return p.Agent(host).Turn(ctx) }
	}
	err := take(ctx, host)
	if errors.Is(err, ErrKilled) {
		p.Journal = append(p.Journal, sim.Entry{At: p.Now(), Kind: sim.KindSystem, Text: killed})
		return nil
	}
	p.Turns[at].Err, p.Turns[at].Whole = err, true
	return err
}

// meddled tells whether the test has changed files behind the daemon's back.
func (p *Play) meddled() bool { return p.Meddle != nil || len(p.spoiled) > 0 }

// Intrude starts a second turn while one is under way.
func (p *Play) Intrude(ctx context.Context, host macos.Host) {
	var lines strings.Builder
	s := Second{From: len(p.Journal)}
	a := &agent.Agent{Host: host, Root: true, Built: Built(), Lines: &lines, Watch: func(agent.Decision) { s.Decided++ }}
	s.Err = a.Turn(ctx)
	s.Said, s.To = lines.String(), len(p.Journal)
	p.Seconds = append(p.Seconds, s)
}

// Entries lists the journal's entries of a kind that hold a text.
func (p *Play) Entries(kind sim.EntryKind, text string) []sim.Entry {
	return slices.DeleteFunc(slices.Clone(p.Journal), func(e sim.Entry) bool {
		return e.Kind != kind || !strings.Contains(e.Text, text)
	})
}

// Calls lists the arguments with which a tool was run, each as one text with its parts in brackets.
func (p *Play) Calls(tool string) []string {
	var list []string
	for _, e := range p.Entries(sim.KindTool, "") {
		if e.Text == tool {
			list = append(list, fmt.Sprintf("%q", e.Args))
		}
	}
	return list
}

// Tools lists the tools that a turn ran, in order.
func (p *Play) Tools(turn Turn) []string {
	var names []string
	for _, e := range p.Journal[turn.From:turn.To] {
		if e.Kind == sim.KindTool {
			names = append(names, e.Text)
		}
	}
	return names
}

// Windows lists the windows of one sort.
func (p *Play) Windows(sort func(*sim.Window) bool) []sim.Entry {
	return slices.DeleteFunc(p.Entries(sim.KindWindow, ""), func(e sim.Entry) bool { return !sort(e.Window) })
}

// IsPrompt tells prompts, which are the windows with two buttons.
func IsPrompt(w *sim.Window) bool { return len(w.Buttons) == 2 }

// IsFinal tells final warnings, which have one button and count down.
func IsFinal(w *sim.Window) bool { return len(w.Buttons) == 1 && w.Countdown != "" }

// IsRestartNotice tells the windows that say when the Mac restarts: they stand, and count down.
func IsRestartNotice(w *sim.Window) bool { return w.Standing && w.Countdown != "" }

// Actions lists the decisions of one type.
func Actions[A enforce.Action](p *Play) []Decision {
	return slices.DeleteFunc(slices.Clone(p.Decisions), func(d Decision) bool {
		_, ok := d.Action.(A)
		return !ok
	})
}

// Said tells whether the agent said a text.
func (p *Play) Said(text string) bool { return strings.Contains(p.Log.String(), text) }

// Story is the journal in short, for a test that fails.
func (p *Play) Story() string {
	var out strings.Builder
	for _, e := range p.Journal {
		dull := e.Kind == sim.KindTurn || strings.Contains(e.Text, "A deferral runs")
		if dull || e.Kind == sim.KindTool && slices.Contains([]string{"logger", "sysctl", "fdesetup", "scutil", "arch"}, e.Text) {
			continue
		}
		fmt.Fprintf(&out, "%s %s %s %.120q\n", e.At.Format("02 15:04:05"), e.Kind, e.Text, strings.Join(e.Args, " "))
	}
	const half = 6000
	if story := out.String(); len(story) > 2*half {
		return story[:half] + "\n…\n" + story[len(story)-half:]
	}
	return out.String()
}
