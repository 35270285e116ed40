package agent_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// The tests of this file are named after the hazards that reading the original framework has shown. A comment says what
// it does.

// A list that fails in any way counts as "nothing to do", so deadline and daemon are deleted.
func TestHazard01AFailedListRemovesNothing(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		s := deferringDaily()
		s.Faults = []sim.Fault{{Tool: "softwareupdate", Arg: "--list", Kind: kind}}
		s.Limit = 12 * time.Hour
		p := playOut(t, s)
		if p.Tally.Removed || len(p.Calls("jamf")) > 0 || !slices.Contains(p.Leftovers(), "/usr/local/bin/install-or-deferd") {
			t.Errorf("%s: %+v", kind, p.Tally)
		}
		must(t, p.Turns[0].Err != nil, "%s: the turn ends as if all were well", kind)
	}
}

// Clean-up comes before the restart is known to happen, every process of the person is killed, and there is no
// `shutdown -r` to fall back on.
func TestHazard02CleanUpFollowsTheRestartAndNothingIsKilled(t *testing.T) {
	p := playOut(t, ordinary(sim.Person{Answers: []sim.Act{{Do: sim.Install}}, Unsaved: true}))
	p.Removed(t)
	must(t, p.Tally.Forced == 1, "a restart that a program holds up is not forced: %+v", p.Tally)
	started := p.Entries(sim.KindSystem, "The Mac has started")[0]
	for _, e := range p.Entries(sim.KindTool, "") {
		if (e.Text == "jamf" || strings.Contains(strings.Join(e.Args, " "), "bootout")) && e.At.Before(started.At) {
			t.Errorf("%s %v before the restart", e.Text, e.Args)
		}
		if slices.Contains([]string{"kill", "killall", "pkill", "sh", "bash"}, e.Text) {
			t.Errorf("%s is run", e.Text)
		}
	}
}

// A deadline later than now plus the longest deferral is made anew, so a clock set back restarts the 72 hours, as does a
// policy that installs the package again.
func TestHazard03ClockSetBackOrReinstallRestartsNothing(t *testing.T) {
	back := sim.Event{At: 20 * time.Hour, Do: sim.SetClock, For: -48 * time.Hour}
	for name, plan := range map[string][]sim.Event{
		"clock": {back}, "reinstall": {{At: 20 * time.Hour, Do: sim.Reinstall}, {At: 20 * time.Hour, Do: sim.Reload}},
		"both": {back, {At: 20*time.Hour + 1, Do: sim.Reinstall}}, "again and again": {back, {At: 21 * time.Hour, Do: sim.SetClock, For: -48 * time.Hour}},
	} {
		p := playOut(t, deferringDaily(plan...))
		p.Removed(t)
		warn := promisetest.Actions[enforce.Warn](p)
		if after := warn[0].Real.Sub(sim.CommonStart()); after < 24*time.Hour || after > 25*time.Hour {
			t.Errorf("%s: enforced after %v", name, after)
		}
	}
}

// Without a network each turn ends before the deadline is looked at, for ever.
func TestHazard04WithoutANetworkTheDeadlineStands(t *testing.T) {
	p := playOut(t, deferringDaily(sim.Event{At: 2 * time.Hour, Do: sim.Offline}, sim.Event{At: 40 * time.Hour, Do: sim.Online}))
	p.Removed(t)
	warn := promisetest.Actions[enforce.Warn](p)
	if after := warn[0].Real.Sub(sim.CommonStart()); after < 40*time.Hour || after > 41*time.Hour+30*time.Minute {
		t.Errorf("enforced after %v", after)
	}
	must(t, p.Tally.Prompts == 1, "%d prompts while the network is gone", p.Tally.Prompts)
}

// On Apple silicon an update that a profile defers keeps the alert up, in a loop without end.
func TestHazard05ADeferredUpdateKeepsNoReminderUp(t *testing.T) {
	held := browser()
	held.Title, held.Label, held.Deferred = "Held", "Held-1", true
	s := deferringDaily(sim.Event{At: time.Hour, Do: sim.Profile, Key: "SupportContact", Value: "IT"})
	s.MacOS, s.Silicon, s.Offers = "13.7.3", true, []sim.Offer{held}
	p := playOut(t, s)
	p.Removed(t)
	must(t, p.Tally.Prompts+p.Tally.Warnings == 0, "%+v", p.Tally)
	s.Offers = []sim.Offer{held, update()}
	s.Offers[1].Becomes, s.Limit = "", 36*time.Hour
	p = playOut(t, s)
	for _, turn := range p.Turns {
		if took := turn.Ended.Sub(turn.Began); took > time.Hour {
			t.Errorf("a turn of reminders takes %v", took)
		}
	}
}

// "$!" after "$(…)" is not the helper's process, and is killed later.
func TestHazard06OnlyOurOwnWindowIsEnded(t *testing.T) {
	for _, tool := range macos.Tools() {
		if strings.Contains(tool, "kill") {
			t.Errorf("%s can be run", tool)
		}
	}
}

// Root moves files into a folder of a fixed name that everybody can write to.
func TestHazard07NothingIsWrittenWhereOthersCanWrite(t *testing.T) {
	s := deferringDaily()
	s.Settings["DiagnosticLog"] = true
	p := promisetest.New(s)
	host := p.Host()
	p.Play(t.Context(), func(_ ctx, _ macos.Host) error {
		watched := host
		watched.Tree = &watching{Tree: host.Tree, t: t}
		p.Turns = append(p.Turns, promisetest.Turn{})
		return p.Agent(watched).Turn(t.Context())
	})
}

// Characters such as < > | are taken out of messages, and contacts and names of updates are put into sed unescaped.
func TestHazard08MessagesKeepTheirCharacters(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Install}))
	s.Offers[1].Title = `Tools & <Things> | a/b \1 "x", Version 2: y`
	s.Settings = map[string]any{"PromptMessage": "a < b | c > d: %UPDATE_LIST% – %SUPPORT_CONTACT%", "SupportContact": `R&D <it@example.com> 1/2`}
	p := playOut(t, s)
	p.Removed(t)
	want := `a < b | c > d: macOS Catalina 10.15.7 Update and Tools & <Things> | a/b \1 "x", Version 2: y 14.0.3 – R&D <it@example.com> 1/2`
	if got := p.Windows(promisetest.IsPrompt)[0].Window.Text; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// One update that needs a restart makes --all of it, major upgrades and deferred updates too.
func TestHazard09OneRestartDoesNotPullInEverything(t *testing.T) {
	upgrade, held := update(), browser()
	upgrade.Label, upgrade.Title, upgrade.Version = "macOS Sequoia 15.3.1-24D70", "macOS Sequoia 15.3.1", "15.3.1"
	held.Label, held.Title, held.Deferred = "Held-1", "Held", true
	s := ordinary(answering(sim.Act{Do: sim.Install}))
	s.Offers = append(s.Offers, upgrade, held)
	p := playOut(t, s)
	p.Removed(t)
	for _, args := range p.Calls("softwareupdate") {
		if strings.Contains(args, "--all") || strings.Contains(args, "Sequoia") || strings.Contains(args, "Held") {
			t.Errorf("softwareupdate ran as %s", args)
		}
	}
}

// Nobody at the console, a user switch and the lock screen are not handled.
func TestHazard10NobodyAtTheConsoleIsNobody(t *testing.T) {
	p := playOut(t, short(ordinary(sim.Person{Away: true})))
	p.Removed(t)
	for _, args := range p.Calls("launchctl") {
		if strings.Contains(args, "asuser") {
			t.Errorf("launchctl ran as %s", args)
		}
	}
	must(t, len(p.Calls("jamfHelper"))+len(p.Calls("osascript")) == 0, "somebody is spoken to")
}

// A test of the catalog address is inverted, and a ping to a public name server stands for the network.
func TestHazard11TheNetworkIsAskedAboutOnlyToExplainAFailedLook(t *testing.T) {
	p := playOut(t, deferringDaily())
	must(t, len(p.Calls("nc")) == 0, "the network is tested although every look worked")
	p = playOut(t, deferringDaily(sim.Event{At: time.Hour, Do: sim.Offline}, sim.Event{At: 8 * time.Hour, Do: sim.Online}))
	if got := p.Calls("nc"); len(got) == 0 || got[0] != `["-z" "-w" "5" "swscan.apple.com" "443"]` {
		t.Errorf("nc ran as %v", got)
	}
	must(t, p.Said("no connection to port 443"), "the cause of the failed look is not said")
}

// Neither power nor free space is looked at, and a failed installation goes unnoticed: what softwareupdate says about
// it has to be told.
func TestHazard12AFailedInstallationIsNamedAndTriedAgain(t *testing.T) {
	s := deferringDaily()
	s.Offers[0].Fails = 2
	p := playOut(t, s)
	p.Removed(t)
	must(t, p.Said("Not installed: install updates: softwareupdate --install: package failed"), "the failure is not named")
	must(t, len(promisetest.Actions[enforce.Install](p)) >= 3, "it is not tried again")
}
