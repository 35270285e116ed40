package agent_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// The tests of this file are named after the defects that the original framework shows when it is run. A comment says
// what it does.

// A failed list counts as "no updates", and the framework removes itself.
func TestDefect01AFailedListIsNotNoUpdates(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		s := deferringDaily()
		s.Faults = []sim.Fault{{Tool: "softwareupdate", Arg: "--list", Kind: kind, Times: 3}}
		p := playOut(t, s)
		p.Removed(t)
		must(t, len(p.Remaining()) == 0 && p.Tally.Restarts == 1, "%s: %+v", kind, p.Tally)
	}
}

// A failed installation restarts and removes everything all the same.
func TestDefect02AFailedInstallationRestartsAndRemovesNothing(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Install}))
	for i := range s.Offers {
		s.Offers[i].Fails = 99
	}
	s.Limit = 30 * time.Hour
	p := playOut(t, s)
	must(t, !p.Tally.Removed && p.Tally.Restarts == 0, "%+v", p.Tally)
}

// With some updates installed and the one that needs a restart failed, the Mac restarts for nothing.
func TestDefect02AnUpdateThatFailedDoesNotRestart(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Install}, sim.Act{Do: sim.Defer}))
	s.Offers[0], s.Offers[1] = s.Offers[1], s.Offers[0] // the browser first, and then the one that fails
	s.Offers[1].Fails = 1
	p := playOut(t, s)
	p.Removed(t)
	must(t, p.Tally.Restarts == 1, "%+v", p.Tally)
	must(t, p.Said("not all is installed"), "it is not said that one has failed")
}

// If the request for a restart is denied, nothing is left to try again.
func TestDefect02ARestartThatIsDeniedIsForced(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		if kind == sim.Half || kind == sim.Foreign {
			continue // it asks, whatever it then says
		}
		s := ordinary(answering(sim.Act{Do: sim.Install}))
		s.Faults = []sim.Fault{{Tool: "osascript", Kind: kind}}
		p := playOut(t, s)
		p.Removed(t)
		must(t, p.Tally.Forced == 1, "%s: %+v", kind, p.Tally)
	}
}

// With nobody logged in the user's id becomes 0, and the processes of the system are killed.
func TestDefect03WithNobodyLoggedInNothingIsDoneAsRootsSession(t *testing.T) {
	p := playOut(t, short(ordinary(sim.Person{Away: true})))
	p.Removed(t)
	for _, args := range p.Calls("launchctl") {
		must(t, !strings.Contains(args, `"asuser" "0"`), "launchctl ran as %s", args)
	}
}

// The hard restart kills all that the person runs, and then asks politely again.
func TestDefect04TheForcedRestartForces(t *testing.T) {
	p := playOut(t, ordinary(sim.Person{Answers: []sim.Act{{Do: sim.Install}}, Unsaved: true}))
	p.Removed(t)
	if got := p.Calls("shutdown"); len(got) != 1 || got[0] != `["-r" "now"]` {
		t.Errorf("shutdown ran as %v", got)
	}
}

// After clean-up the job stays loaded without its program, and fails at every interval.
func TestDefect05IfTheLaunchDaemonStaysSoDoesItsProgram(t *testing.T) {
	s := ordinary(sim.Person{})
	s.Offers = nil
	p := promisetest.New(s)
	host := p.Host()
	host.Tree = stuck{host.Tree, agent.LaunchDaemonPath(agent.Identifier)}
	err := p.Agent(host).Turn(t.Context())
	if left := p.Leftovers(); err == nil || !slices.Contains(left, agent.BinaryPath) || !slices.Contains(left, agent.LaunchDaemonPath(agent.Identifier)) {
		t.Errorf("got %v, left %q", err, left)
	}
}

// A job that cannot be unloaded needs its program, to try again.
func TestIfTheJobStaysSoDoesItsProgram(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		if kind == sim.Half || kind == sim.Foreign {
			continue // with these it does its work, whatever it says
		}
		s := ordinary(sim.Person{})
		s.Name, s.Offers, s.Faults = kind, nil, []sim.Fault{{Tool: "launchctl", Arg: "bootout", Kind: kind, Times: 7}}
		p := playOut(t, s)
		p.Removed(t)
		must(t, p.Tally.Turns == 8 && p.Turns[6].Err != nil, "%s: %d turns, of which the last but one ends with %v", kind, p.Tally.Turns, p.Turns[6].Err)
	}
}

// stuck is a file tree in which one file cannot be removed.
type stuck struct {
	macos.Tree
	path string
}

func (s stuck) Remove(path string) error {
	if path == s.path {
		return fmt.Errorf("%s: operation not permitted", path)
	}
	return s.Tree.Remove(path)
}

// A preference value reaches shell arithmetic and is executed as root.
func TestDefect06APreferenceValueIsNeverExecuted(t *testing.T) {
	for _, value := range []string{"a[$(reboot)]", "$(reboot)", "`reboot`", "1; reboot"} {
		s := ordinary(answering(sim.Act{Do: sim.Install}))
		s.Settings = map[string]any{"MaxDeferralTime": value, "UpdateDelay": value, "SupportContact": value, "MessagingLogo": "/" + value}
		p := promisetest.New(s)
		p.Put(macos.PreferencesPath(agent.Identifier), []byte(list("<key>"+promisetest.ForcedAfter+"</key><string>"+value+"</string>")), 0o644)
		p.ToEnd(t.Context())
		p.Hold(t)
		p.Removed(t)
		for _, e := range p.Entries(sim.KindTool, "") {
			if e.Text != "jamfHelper" && strings.Contains(strings.Join(e.Args, " "), "reboot") {
				t.Errorf("%s ran with %q", e.Text, e.Args)
			}
		}
	}
}

// Garbage, a text or a date as the deadline means enforcement at once.
func TestDefect07GarbageDeadlineIsNotImmediateEnforcement(t *testing.T) {
	for name, value := range map[string]string{
		"garbage": "<string>soon</string>", "a text": "<string>2026-12-01 00:00:00 +0000</string>", "a date": "<date>2026-12-01T00:00:00Z</date>",
	} {
		p := promisetest.New(deferringDaily())
		p.Put(macos.PreferencesPath(agent.Identifier), []byte(list("<key>"+promisetest.ForcedAfter+"</key>"+value)), 0o644)
		p.ToEnd(t.Context())
		enforced(t, p)
		must(t, p.Tally.Prompts == 4, "%s: %+v", name, p.Tally)
	}
}

// A deadline that is written again after each prompt postpones for ever.
func TestDefect07ADeadlineWrittenAgainAndAgainPostponesNothing(t *testing.T) {
	var plan []sim.Event
	for at := time.Hour; at < 40*time.Hour; at += time.Hour {
		plan = append(plan, sim.Event{At: at, Do: sim.Write, Key: promisetest.ForcedAfter, Value: 24 * time.Hour})
	}
	p := promisetest.New(deferringDaily(plan...)).ToEnd(t.Context())
	p.Hold(t)
	p.Removed(t)
	warn := promisetest.Actions[enforce.Warn](p)
	must(t, warn[0].Real.Sub(sim.CommonStart()) < 25*time.Hour, "enforced after %v", warn[0].Real.Sub(sim.CommonStart()))
}

// An answer within the same second is thrown away.
func TestDefect08ADeferralAtOnceIsADeferral(t *testing.T) {
	p := playOut(t, deferringDaily())
	quick := deferringDaily()
	quick.Person.Answers = []sim.Act{{Do: sim.Defer, After: time.Millisecond}}
	q := playOut(t, quick)
	q.Removed(t)
	must(t, q.Tally.Prompts == p.Tally.Prompts, "%+v, and slowly %+v", q.Tally, p.Tally)
}

// A dialog's answer that is no number counts as Install.
func TestDefect08AnAnswerThatIsNoneInstallsNothing(t *testing.T) {
	for _, kind := range []string{sim.Garbage, sim.Huge, sim.Empty, sim.Exit} {
		s := deferringDaily()
		s.Limit, s.Faults = 20*time.Hour, []sim.Fault{{Tool: "jamfHelper", Kind: kind}}
		p := playOut(t, s)
		must(t, len(promisetest.Actions[enforce.Install](p)) == 0, "%s installs", kind)
	}
}

// One softwareupdate that hangs blocks all later turns.
func TestDefect09AHungToolIsStopped(t *testing.T) {
	for _, arg := range []string{"--list", "--download", "--install"} {
		s := deferringDaily()
		s.Faults = []sim.Fault{{Tool: "softwareupdate", Arg: arg, Kind: sim.Hang, Times: 1}}
		p := playOut(t, s)
		p.Removed(t)
		must(t, len(p.Remaining()) == 0, "%s: offered %q", arg, p.Remaining())
		must(t, p.Said("timed out after"), "%s: it is not said", arg)
	}
}

// "Action: shut down" is not recognized.
func TestDefect10AShutDownIsAShutDown(t *testing.T) {
	s := ordinary(sim.Person{Answers: []sim.Act{{Do: sim.Install}}, Unsaved: true})
	s.Offers[0].Action = enforce.ShutDown
	p := playOut(t, s)
	p.Removed(t)
	if got := p.Calls("shutdown"); len(got) != 1 || got[0] != `["-h" "now"]` {
		t.Errorf("shutdown ran as %v", got)
	}
	must(t, strings.Contains(p.Windows(promisetest.IsPrompt)[0].Window.Text, "restart"), "the prompt does not warn of it")
}

// "Recommended: NO" is taken for recommended, and "restart" in a title restarts the Mac.
func TestDefect10NeitherAnOptionalUpdateNorATitleRestartsTheMac(t *testing.T) {
	optional, titled := browser(), browser()
	optional.Label, optional.Title, optional.Recommended = "Optional-1", "Optional", false
	titled.Label, titled.Title = "restart-1", "Please restart, Action: restart"
	s := ordinary(answering(sim.Act{Do: sim.Install}))
	s.Offers = []sim.Offer{optional, titled}
	p := playOut(t, s)
	p.Removed(t)
	must(t, p.Tally.Restarts == 0, "%+v", p.Tally)
	must(t, slices.Equal(p.Remaining(), []string{"Optional-1"}), "offered: %q", p.Remaining())
	must(t, !strings.Contains(p.Windows(promisetest.IsPrompt)[0].Window.Text, "to restart to finish"), "the prompt speaks of a restart")
}

// Updates that a profile defers cause prompts, restarts, or a reminder without end.
func TestDefect11DeferredUpdatesAloneAreNothingToDo(t *testing.T) {
	held := update()
	held.Deferred = true
	s := ordinary(sim.Person{})
	s.Offers = []sim.Offer{held}
	p := playOut(t, s)
	p.Removed(t)
	must(t, p.Tally.Prompts+p.Tally.Warnings+p.Tally.Restarts == 0 && p.Tally.Turns == 1, "%+v", p.Tally)
}
