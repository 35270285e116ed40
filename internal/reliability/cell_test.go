package reliability_test

import (
	"context"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// The phases of a round in which a fault can begin, in their order.
const (
	phaseStart   = "the start of a turn"
	phaseIdle    = "an idle turn"
	phaseLook    = "a look"
	phaseFetch   = "the download"
	phasePrompt  = "a prompt"
	phaseWarn    = "the final warning"
	phaseInstall = "the installation"
	phaseRemind  = "a reminder"
	phasePolite  = "the polite restart"
	phaseForced  = "the forced restart"
	phaseVerify  = "the look after the restart"
	phaseEnd     = "the end of a turn"
	phaseFinish  = "the removal"
)

func phases() []string {
	return []string{
		phaseStart, phaseIdle, phaseLook, phaseFetch, phasePrompt, phaseWarn, phaseInstall, phaseRemind, phasePolite, phaseForced, phaseVerify, phaseEnd,
		phaseFinish,
	}
}

// round is what is played in each cell, with its texts on the page.
type round struct {
	mac, words string
	scenario   sim.Scenario
}

// rounds lists the rounds, which between them run nearly every tool.
func rounds() []round {
	times := func(more map[string]any) map[string]any {
		all := map[string]any{"MaxDeferralTime": int64(2 * 3600), "DeferralPeriod": int64(2400), "PromptTimeout": int64(600)}
		maps.Copy(all, more)
		return all
	}
	limit := 12 * time.Hour
	return []round{
		{
			mac: "A Mac on which softwareupdate installs", words: "The round is one of two hours, on an Intel Mac with one update that restarts it and one " +
				"that does not. The person\ndefers, then lets the deadline pass, and has a document open that is not saved.",
			scenario: sim.Scenario{
				Name: "fault", MacOS: "15.3", Build: "24D60", Start: sim.CommonStart(), Limit: limit, Settings: times(nil),
				Person: sim.Person{Answers: []sim.Act{{Do: sim.Defer}}, Unsaved: true},
				Offers: []sim.Offer{
					{Update: enforce.Update{
						Label: "macOS Sequoia 15.3.1-24D70", Title: "macOS Sequoia 15.3.1", Version: "15.3.1", SizeKiB: 3_000_000, Recommended: true,
						Action: enforce.Restart,
					}, Becomes: "15.3.1"},
					{Update: enforce.Update{Label: "Safari18.3-18.3", Title: "Safari", Version: "18.3", SizeKiB: 67_000, Recommended: true}},
				},
			},
		},
		{
			mac: "A Mac on which the person installs macOS", words: "The round is one of two hours, on a Mac with Apple silicon and swiftDialog, with an update " +
				"of macOS and one of Safari.\nThe person defers until the deadline, and installs macOS in Software Update once they are reminded.",
			scenario: sim.Scenario{
				Name: "fault today", MacOS: "26.6", Build: "25G80", Silicon: true, SwiftDialog: true, Start: sim.CommonStart(), Limit: limit,
				Settings: times(map[string]any{"PromptStyle": "swiftdialog"}),
				Person:   sim.Person{Answers: []sim.Act{{Do: sim.Defer}}, Final: []sim.Act{{Do: sim.Ignore}, {Do: sim.Install}}, Handy: true},
				Offers: []sim.Offer{
					{Update: enforce.Update{
						Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", SizeKiB: 3_000_000, Recommended: true,
						Action: enforce.Restart,
					}, Becomes: "26.7"},
					{Update: enforce.Update{Label: "Safari26.7TahoeAuto-26.7", Title: "Safari", Version: "26.7", SizeKiB: 175_218, Recommended: true}},
				},
			},
		},
	}
}

// A cell is one fault in one round.
type cell struct {
	tool, phase, kind string
	lasting           bool
	round             int
}

// A watch plays a cell and follows the phases of its round.
type watch struct {
	*promisetest.Play
	cell
	opening []string // the phase of each turn's opening, as a round without a fault shows it
	phase   string
	began   time.Time // when the fault did
	calls   []call    // all of them, in a round without a fault
}

// call is a call of a tool in a phase.
type call struct{ phase, tool string }

// play plays a cell. Where the tool is empty there is no fault, and what is called in which phase is noted.
func (c cell) play(ctx context.Context, opening []string) *watch {
	s := rounds()[c.round].scenario
	if c.tool != "" { // for the promises, of which some are about tools that work: the fault itself is chosen below
		name, _, _ := strings.Cut(c.tool, " ")
		s.Faults = []sim.Fault{{Tool: name, Kind: c.kind, Skip: math.MaxInt}}
	}
	w := &watch{Play: promisetest.New(s), cell: c, opening: opening}
	w.Faulty = w.fault
	w.Take = func(ctx context.Context, host macos.Host) error {
		w.phase = phaseStart
		if n := len(w.Turns) - 1; n < len(w.opening) {
			w.phase = w.opening[n]
		}
		a := w.Agent(host)
		told := a.Watch
		a.Watch = func(d agent.Decision) {
			w.phase = w.phaseOf(d.Action)
			told(d)
		}
		return a.Turn(ctx)
	}
	w.ToEnd(ctx)
	return w
}

// fault is the fault that a call meets.
func (w *watch) fault(c macos.Command) string {
	tool := toolOf(c)
	w.calls = append(w.calls, call{w.phase, tool})
	if w.tool != tool || w.began.IsZero() && w.phase != w.cell.phase {
		return ""
	}
	if w.began.IsZero() {
		w.began = w.True()
	}
	if !w.lasting && w.True().Sub(w.began) >= time.Hour {
		return ""
	}
	return w.kind
}

// toolOf names a tool, with its first argument where it does several things.
func toolOf(c macos.Command) string {
	name := path.Base(c.Path)
	if len(c.Args) > 0 && (name == "softwareupdate" || name == "launchctl") {
		name += " " + c.Args[0]
	}
	return name
}

// phaseOf is the phase that a decision begins.
func (w *watch) phaseOf(a enforce.Action) string {
	switch a := a.(type) {
	case enforce.Look:
		if a.Why == enforce.WhyTurn {
			return phaseLook
		}
		return phaseVerify
	case enforce.Download:
		return phaseFetch
	case enforce.Prompt:
		return phasePrompt
	case enforce.Warn:
		return phaseWarn
	case enforce.Install:
		return phaseInstall
	case enforce.AskRestart:
		return phasePolite
	case enforce.ForceRestart:
		return phaseForced
	case enforce.Finish:
		return phaseFinish
	case enforce.Remind:
		return phaseRemind
	case enforce.Hold:
		return "" // in a round with a fault only
	case enforce.Wait:
		if w.phase == phaseIdle {
			return phaseIdle
		}
	}
	return phaseEnd
}

// sound plays a round without a fault.
func sound(ctx context.Context, round int) *watch {
	first := cell{round: round}.play(ctx, nil)
	var opening []string
	for n, turn := range first.Turns {
		phase := phaseStart
		if decisions := first.Decisions[turn.Decisions:]; len(decisions) > 0 && decisions[0].Turn == n {
			if _, waits := decisions[0].Action.(enforce.Wait); waits {
				phase = phaseIdle
			}
		}
		opening = append(opening, phase)
	}
	return cell{round: round}.play(ctx, opening)
}

// cells lists all cells of a round: each tool in each phase in which it is run, with each kind of fault.
func (w *watch) cells(lasting bool) []cell {
	var list []cell
	calls := slices.Clone(w.calls)
	slices.SortFunc(calls, func(a, b call) int {
		if a.tool != b.tool {
			return strings.Compare(a.tool, b.tool)
		}
		return slices.Index(phases(), a.phase) - slices.Index(phases(), b.phase)
	})
	for _, c := range slices.Compact(calls) {
		for _, kind := range sim.FaultKinds() {
			list = append(list, cell{tool: c.tool, phase: c.phase, kind: kind, lasting: lasting, round: w.round})
		}
	}
	return list
}
