package agent_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// people are who may be at a Mac that is played with faults.
func people() map[string]sim.Person {
	return map[string]sim.Person{
		"a deferring person":   {Answers: []sim.Act{{Do: sim.Defer}}, Unsaved: true},
		"an installing person": {Answers: []sim.Act{{Do: sim.Defer}, {Do: sim.Install}}},
		"nobody":               {Away: true},
	}
}

// brief is a round of two hours, with deferrals of forty minutes.
func brief(person sim.Person) sim.Scenario {
	s := ordinary(person)
	s.Settings = map[string]any{"MaxDeferralTime": int64(2 * 3600), "DeferralPeriod": int64(2400), "PromptTimeout": int64(600)}
	s.Limit = 36 * time.Hour
	return s
}

func TestEveryToolMayMisbehaveForAWhile(t *testing.T) {
	for _, fault := range promisetest.FaultyTools() {
		t.Run(fault.Tool+fault.Arg, func(t *testing.T) {
			t.Parallel()
			fault.Times = 3
			if fault.Arg == "--install" {
				fault.Times = 2 // the third failure hands the updates over to the person
			}
			for name, person := range people() {
				for _, kind := range sim.FaultKinds() {
					fault.Kind, fault.Skip = kind, 2-fault.Skip
					s := brief(person)
					s.Name = fmt.Sprintf("%s %s: %s from %d on, with %s", fault.Tool, fault.Arg, kind, fault.Skip, name)
					s.Faults = []sim.Fault{fault}
					p := promisetest.New(s).ToEnd(t.Context())
					p.Hold(t)
					if !p.Tally.Removed || len(p.Remaining()) > 0 || len(p.Leftovers()) > 0 {
						t.Errorf("%s: %+v, offered %q, left %q\n%s", s.Name, p.Tally, p.Remaining(), p.Leftovers(), p.Story())
					}
				}
			}
		})
	}
}

func TestEveryToolMayMisbehaveForEver(t *testing.T) {
	for _, fault := range promisetest.FaultyTools() {
		t.Run(fault.Tool+fault.Arg, func(t *testing.T) {
			t.Parallel()
			for name, person := range people() {
				for _, kind := range sim.FaultKinds() {
					fault.Kind = kind
					s := brief(person)
					s.Name = fmt.Sprintf("%s %s: %s for ever, with %s", fault.Tool, fault.Arg, kind, name)
					s.Faults, s.Limit = []sim.Fault{fault}, 5*time.Hour
					p := promisetest.New(s).ToEnd(t.Context())
					p.Hold(t)
					done := p.Tally.Removed && len(p.Remaining()) == 0
					if !done && !named(p, fault.Tool) && !lies(fault) {
						t.Errorf("%s: %+v, offered %q, and no problem is named\n%s", s.Name, p.Tally, p.Remaining(), p.Log.String()[max(0, p.Log.Len()-3000):])
					}
					if !done && !vital(fault, name) {
						t.Errorf("%s: %+v, offered %q\n%s", s.Name, p.Tally, p.Remaining(), p.Story())
					}
				}
			}
		})
	}
}

// lies tells whether a tool says that it did what it did not, and nothing else shows it.
func lies(f sim.Fault) bool {
	return f.Tool == "launchctl" && (f.Kind == sim.Killed || f.Kind == sim.Empty || f.Kind == sim.Garbage || f.Kind == sim.Huge)
}

// named tells whether a turn ended with a problem, or the agent spoke of the tool.
func named(p *promisetest.Play, tool string) bool {
	for _, turn := range p.Turns {
		if turn.Err != nil {
			return true
		}
	}
	return p.Said(tool) || p.Said("was asked for and has not happened")
}

// vital tells whether no round can end without a tool.
func vital(f sim.Fault, who string) bool {
	switch f.Tool {
	case "softwareupdate":
		return f.Arg != "--download"
	case "launchctl":
		return f.Arg != "asuser" // it removes the job
	case "shutdown":
		return who != "an installing person" // who lets programs quit
	case "jamfHelper":
		return f.Kind != sim.Missing && who != "nobody" // no warning, no enforcement
	default:
		return false
	}
}

func TestAFailedLookIsRetriedAndKeepsEverything(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		s := brief(answering(sim.Act{Do: sim.Defer}))
		s.Name, s.Faults = kind, []sim.Fault{{Tool: "softwareupdate", Arg: "--list", Kind: kind, Skip: 1, Times: 2}}
		p := playOut(t, s)
		p.Removed(t)
		looks := promisetest.Actions[enforce.Look](p)
		var failed []promisetest.Decision
		for _, d := range p.Decisions {
			if d.Action.Reason() == enforce.WhyLookFailed {
				failed = append(failed, d)
			}
		}
		if len(failed) != 2 || len(looks) < 5 {
			t.Fatalf("%s: %d failed of %d looks", kind, len(failed), len(looks))
		}
		for _, d := range failed {
			if !d.State.Deadline.Equal(p.Decisions[2].State.Deadline) || d.State.Problem.Text == "" {
				t.Errorf("%s: %+v", kind, d.State)
			}
		}
	}
}

// resistingTree does not let go of a file the first time.
type resistingTree struct {
	macos.Tree
	name     string
	resisted *bool
}

func (r resistingTree) Remove(name string) error {
	if name == r.name && !*r.resisted {
		*r.resisted = true
		return syscall.EIO
	}
	return r.Tree.Remove(name)
}

func TestWhatCannotBeRemovedAtOnceIsTriedAgain(t *testing.T) {
	for _, name := range []string{agent.LinkPath, agent.StatePath, agent.JournalPath, agent.ReportPath} {
		p := promisetest.New(deferringDaily())
		resisted := false
		p.Take = func(c ctx, host macos.Host) error {
			host.Tree = resistingTree{host.Tree, name, &resisted}
			return p.Agent(host).Turn(c)
		}
		p.ToEnd(t.Context())
		p.Removed(t)
		if left := p.Leftovers(); !resisted || len(left) > 0 {
			t.Errorf("%s: left is %q", name, left)
		}
	}
}
