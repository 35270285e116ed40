package agent_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// The names of the local preference values, which are a contract and so are spelled out here.
const (
	forcedAfter   = "AppleSoftwareUpdatesForcedAfter"
	deferredUntil = "AppleSoftwareUpdatesDeferredUntil"
)

func programBuilt() time.Time { return time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC) }

func playStart() time.Time { return time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC) }

// play is a scenario played on a Mac in memory, and all that could be seen of it.
type play struct {
	*sim.Mac
	scenario  sim.Scenario
	tally     sim.Tally
	turns     []turnSeen
	decisions []decisionSeen
	log       strings.Builder // every line that the agent said

	before func(n int) // is called before turn n, counted from 0
}

// turnSeen is one turn. All times are true ones.
type turnSeen struct {
	began, ended time.Time
	from, to     int // its part of the journal
	decisions    int // those before it
	err          error
	whole        bool // it came to its end, and was not cut by a restart, a crash or launchd
}

type decisionSeen struct {
	agent.Decision
	real time.Time // the true time
	turn int
}

// deadline is the true time of the deadline, as the Mac's clock goes.
func (d decisionSeen) deadline() time.Time { return d.State.Deadline.Add(d.real.Sub(d.At)) }

// newPlay prepares a play.
func newPlay(s sim.Scenario) *play { return &play{Mac: sim.New(s), scenario: s} }

// run plays to the end.
func (p *play) run(ctx context.Context) *play {
	p.tally = p.Play(ctx, p.turn)
	return p
}

// playOut plays a scenario to its end.
func playOut(t *testing.T, s sim.Scenario) *play {
	t.Helper()
	p := newPlay(s).run(t.Context())
	p.hold(t)
	return p
}

func (p *play) agent(host macos.Host) *agent.Agent {
	return &agent.Agent{
		Host: host, Root: true, Built: programBuilt(), Zone: time.UTC, Lines: &p.log,
		Watch: func(d agent.Decision) {
			p.Note(fmt.Sprintf("%T: %s", d.Action, d.Why))
			p.decisions = append(p.decisions, decisionSeen{d, p.True(), len(p.turns) - 1})
		},
	}
}

func (p *play) turn(ctx context.Context, host macos.Host) error {
	if p.before != nil {
		p.before(len(p.turns))
	}
	p.turns = append(p.turns, turnSeen{began: p.True(), from: len(p.Journal), decisions: len(p.decisions)})
	seen := &p.turns[len(p.turns)-1]
	defer func() { seen.ended, seen.to = p.True(), len(p.Journal) }()
	seen.err = p.agent(host).Turn(ctx)
	seen.whole = true
	return seen.err
}

// of lists the journal's entries of a kind that hold a text.
func (p *play) of(kind sim.EntryKind, text string) []sim.Entry {
	return slices.DeleteFunc(slices.Clone(p.Journal), func(e sim.Entry) bool {
		return e.Kind != kind || !strings.Contains(e.Text, text)
	})
}

// runs lists the arguments with which a tool was run, each as one text with its parts in brackets.
func (p *play) runs(tool string) []string {
	var list []string
	for _, e := range p.of(sim.KindTool, "") {
		if e.Text == tool {
			list = append(list, fmt.Sprintf("%q", e.Args))
		}
	}
	return list
}

// tools lists the tools that a turn ran, in order.
func (p *play) tools(turn turnSeen) []string {
	var names []string
	for _, e := range p.Journal[turn.from:turn.to] {
		if e.Kind == sim.KindTool {
			names = append(names, e.Text)
		}
	}
	return names
}

// windows lists the windows of one sort.
func (p *play) windows(sort func(*sim.Window) bool) []sim.Entry {
	return slices.DeleteFunc(p.of(sim.KindWindow, ""), func(e sim.Entry) bool { return !sort(e.Window) })
}

func isPrompt(w *sim.Window) bool { return len(w.Buttons) == 2 }

func isFinal(w *sim.Window) bool { return len(w.Buttons) == 1 && w.Countdown != "" }

func isRestartNotice(w *sim.Window) bool { return w.Standing && w.Countdown != "" }

// actions lists the decisions of one type.
func actions[A enforce.Action](p *play) []decisionSeen {
	return slices.DeleteFunc(slices.Clone(p.decisions), func(d decisionSeen) bool {
		_, ok := d.Action.(A)
		return !ok
	})
}

// stored is the state on disk.
func (p *play) stored(t *testing.T) (s enforce.State) {
	t.Helper()
	if data, ok := p.File(agent.StatePath); ok {
		if err := json.Unmarshal(data, &s); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// values are the local preference values.
func (p *play) values(t *testing.T) map[string]any {
	t.Helper()
	values, err := macos.ReadList(p.Host(), macos.PreferencesPath(agent.Identifier))
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// said tells whether the agent said a text.
func (p *play) said(text string) bool { return strings.Contains(p.log.String(), text) }

// story is the journal in short, for a test that fails.
func (p *play) story() string {
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

func (p *play) must(t *testing.T, ok bool, format string, args ...any) {
	t.Helper()
	if !ok {
		t.Errorf(format, args...)
	}
}

// removed demands that the work is done and all is gone.
func (p *play) removed(t *testing.T) {
	t.Helper()
	if left := p.Leftovers(); !p.tally.Removed || len(left) > 0 {
		t.Errorf("not removed: %+v, %q left", p.tally, left)
	}
}

func update() sim.Offer {
	return sim.Offer{Update: enforce.Update{
		Label: "macOS Catalina 10.15.7 Update- ", Title: "macOS Catalina 10.15.7 Update", SizeKiB: 3_000_000, Recommended: true,
		Action: enforce.Restart,
	}, Becomes: "10.15.7"}
}

func browser() sim.Offer {
	return sim.Offer{Update: enforce.Update{
		Label: "Safari14.0.3CatalinaAuto-14.0.3", Title: "Safari", Version: "14.0.3", SizeKiB: 67_000, Recommended: true,
	}}
}

// answering is a person who does this at every prompt.
func answering(acts ...sim.Act) sim.Person { return sim.Person{Answers: acts} }

// ordinary is a Mac with an update that needs a restart and one that does not.
func ordinary(person sim.Person) sim.Scenario {
	return sim.Scenario{Start: playStart(), Offers: []sim.Offer{update(), browser()}, Person: person}
}
