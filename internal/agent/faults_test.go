package agent_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

func faultKinds() []string {
	return []string{sim.Hang, sim.Exit, sim.Killed, sim.Empty, sim.Garbage, sim.Huge, sim.Missing}
}

// faultyTools are the tools, and one argument of those that do several things.
func faultyTools() []sim.Fault {
	return []sim.Fault{
		{Tool: "softwareupdate"},
		{Tool: "softwareupdate", Arg: "--list"},
		{Tool: "softwareupdate", Arg: "--download"},
		{Tool: "softwareupdate", Arg: "--install"},
		{Tool: "jamfHelper"},
		{Tool: "launchctl"},
		{Tool: "launchctl", Arg: "asuser"},
		{Tool: "launchctl", Arg: "bootout"},
		{Tool: "osascript"},
		{Tool: "shutdown"},
		{Tool: "defaults"},
		{Tool: "scutil"},
		{Tool: "stat"},
		{Tool: "id"},
		{Tool: "sysctl"},
		{Tool: "fdesetup"},
		{Tool: "jamf"},
		{Tool: "logger"},
		{Tool: "arch"},
		{Tool: "sw_vers"},
		{Tool: "nc"},
	}
}

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
	for _, fault := range faultyTools() {
		t.Run(fault.Tool+fault.Arg, func(t *testing.T) {
			t.Parallel()
			fault.Times = 3
			if fault.Arg == "--install" {
				fault.Times = 2 // the third failure hands the updates over to the person
			}
			for name, person := range people() {
				for _, kind := range faultKinds() {
					fault.Kind, fault.Skip = kind, 2-fault.Skip
					s := brief(person)
					s.Name = fmt.Sprintf("%s %s: %s from %d on, with %s", fault.Tool, fault.Arg, kind, fault.Skip, name)
					s.Faults = []sim.Fault{fault}
					p := newPlay(s).run(t.Context())
					p.hold(t)
					if !p.tally.Removed || len(p.Remaining()) > 0 || len(p.Leftovers()) > 0 {
						t.Errorf("%s: %+v, offered %q, left %q\n%s", s.Name, p.tally, p.Remaining(), p.Leftovers(), p.story())
					}
				}
			}
		})
	}
}

func TestEveryToolMayMisbehaveForEver(t *testing.T) {
	for _, fault := range faultyTools() {
		t.Run(fault.Tool+fault.Arg, func(t *testing.T) {
			t.Parallel()
			for name, person := range people() {
				for _, kind := range faultKinds() {
					fault.Kind = kind
					s := brief(person)
					s.Name = fmt.Sprintf("%s %s: %s for ever, with %s", fault.Tool, fault.Arg, kind, name)
					s.Faults, s.Limit = []sim.Fault{fault}, 5*time.Hour
					p := newPlay(s).run(t.Context())
					p.hold(t)
					done := p.tally.Removed && len(p.Remaining()) == 0
					if !done && !p.named(fault.Tool) && !lies(fault) {
						t.Errorf("%s: %+v, offered %q, and no problem is named\n%s", s.Name, p.tally, p.Remaining(), p.log.String()[max(0, p.log.Len()-3000):])
					}
					if !done && !vital(fault, name) {
						t.Errorf("%s: %+v, offered %q\n%s", s.Name, p.tally, p.Remaining(), p.story())
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
func (p *play) named(tool string) bool {
	for _, turn := range p.turns {
		if turn.err != nil {
			return true
		}
	}
	return p.said(tool) || p.said("was asked for and has not happened")
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
	for _, kind := range faultKinds() {
		s := brief(answering(sim.Act{Do: sim.Defer}))
		s.Name, s.Faults = kind, []sim.Fault{{Tool: "softwareupdate", Arg: "--list", Kind: kind, Skip: 1, Times: 2}}
		p := playOut(t, s)
		p.removed(t)
		looks := actions[enforce.Look](p)
		var failed []decisionSeen
		for _, d := range p.decisions {
			if d.Action.Reason() == enforce.WhyLookFailed {
				failed = append(failed, d)
			}
		}
		if len(failed) != 2 || len(looks) < 5 {
			t.Fatalf("%s: %d failed of %d looks", kind, len(failed), len(looks))
		}
		for _, d := range failed {
			if !d.State.Deadline.Equal(p.decisions[2].State.Deadline) || d.State.Problem.Text == "" {
				t.Errorf("%s: %+v", kind, d.State)
			}
		}
	}
}
