package agent_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// seated is one row of docs/sessions.md, played: what is done to the Mac, and what comes of it.
type seated struct {
	name     string
	prepare  func(*sim.Scenario)
	asked    bool          // before the deadline
	warned   bool          // after it
	enforced time.Duration // how long after the deadline an installation begins at the latest; 0 is not at all
	blocker  agent.Blocker
}

// tableOfSessions has the rows in the order of the document.
func tableOfSessions() []seated {
	plan := func(events ...sim.Event) func(*sim.Scenario) {
		return func(s *sim.Scenario) { s.Plan = events }
	}
	act := func(answers, final []sim.Act) func(*sim.Scenario) {
		return func(s *sim.Scenario) { s.Person = sim.Person{Answers: answers, Final: final} }
	}
	deferring := []sim.Act{{Do: sim.Defer}}
	const soon = 40 * time.Minute // an interval, and the warning
	return []seated{
		{"a person", act(deferring, nil), true, true, soon, ""},
		{"a person in a call", plan(sim.Event{Do: sim.MeetingStart, Key: "Talk"}), true, true, soon, ""},
		{"a person whose screen is locked", plan(sim.Event{At: 10 * time.Hour, Do: sim.Lock}), true, true, soon, ""},
		{"another person, by fast user switching", plan(sim.Event{At: 0, Do: sim.SwitchUser}), true, true, soon, ""},
		{"the login window, nobody logged in", func(s *sim.Scenario) { s.Person.Away = true }, false, false, soon, ""},
		{"the login window, and `InstallWhenLoggedOut` is off", func(s *sim.Scenario) {
			s.Person.Away = true
			s.Settings["InstallWhenLoggedOut"] = false
		}, false, false, 0, agent.BlockerNobody},
		{"the login window, with sessions behind it", plan(sim.Event{At: 0, Do: sim.LoginWindow}), false, false, 0, agent.BlockerOthers},
		{"Setup Assistant", func(s *sim.Scenario) { s.Person.SettingUp = true }, false, false, 0, agent.BlockerSetup},
		{"a person who logs out at a prompt", func(s *sim.Scenario) {
			s.Person.Answers = []sim.Act{{Do: sim.LogOut}, {Do: sim.Defer}}
			s.Plan = []sim.Event{{At: 2 * time.Hour, Do: sim.LogIn}}
		}, true, true, soon, ""},
		{"a person who logs out at the warning", act(deferring, []sim.Act{{Do: sim.LogOut}}), true, true, soon, ""},
	}
}

func TestTheTableOfSessions(t *testing.T) {
	var names []string
	for _, row := range tableOfSessions() {
		names = append(names, row.name)
		t.Run(row.name, func(t *testing.T) {
			s := ordinary(answering(sim.Act{Do: sim.Defer}))
			s.Settings, s.Limit = map[string]any{"MaxDeferralTime": int64(24 * 60 * 60)}, 3*24*time.Hour
			row.prepare(&s)
			p := playOut(t, s)
			must(t, p.Tally.Prompts > 0 == row.asked, "%d prompts", p.Tally.Prompts)
			must(t, p.Tally.Warnings > 0 == row.warned, "%d warnings", p.Tally.Warnings)
			must(t, p.Tally.Removed == (row.enforced > 0), "it is enforced: %t", p.Tally.Removed)
			installs := promisetest.Actions[enforce.Install](p)
			if row.enforced == 0 {
				must(t, len(installs) == 0, "%d installations", len(installs))
				must(t, strings.Contains(reported(t, p).Blockers, string(row.blocker)), "in the way: %s", reported(t, p).Blockers)
				return
			}
			if first := installs[0]; first.At.Sub(first.State.Deadline) > row.enforced || first.At.Before(first.State.Deadline) {
				t.Errorf("enforced %v after the deadline", first.At.Sub(first.State.Deadline))
			}
		})
	}
	if documented := firstColumn(t, "../../docs/sessions.md"); !slices.Equal(documented, names) {
		t.Errorf("the document has the rows %q", documented)
	}
}

// Without scutil nobody can tell an empty Mac from one with people behind the login window, so nothing is installed upon
// them before the final warning has failed to be seen three times.
func TestWhoIsBehindTheLoginWindowIsNotTakenForNobody(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		t.Run(kind, func(t *testing.T) {
			s := ordinary(answering(sim.Act{Do: sim.Defer}))
			s.Settings, s.Limit = map[string]any{"MaxDeferralTime": int64(24 * 60 * 60)}, 3*24*time.Hour
			s.Plan = []sim.Event{{Do: sim.LoginWindow}}
			s.Faults = []sim.Fault{{Tool: "scutil", Kind: kind}}
			p := playOut(t, s)
			p.Removed(t)
			first, warnings := promisetest.Actions[enforce.Install](p)[0], promisetest.Actions[enforce.Warn](p)
			must(t, first.Action.Reason() == enforce.WhyUnwarned, "installed because of %q", first.Action.Reason())
			must(t, first.State.Unwarned == 3 && len(warnings) >= 3, "%d warnings failed, %d decided", first.State.Unwarned, len(warnings))
			must(t, first.At.Sub(first.State.Deadline) <= 2*time.Hour, "enforced %v after the deadline", first.At.Sub(first.State.Deadline))
			must(t, p.Said("scutil does not say who is logged in behind the login window; somebody is taken to be there"), "the trouble is not said")
		})
	}
}

// firstColumn lists the first cells of a table in a document.
func firstColumn(t *testing.T, name string) (cells []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if cell, ok := strings.CutPrefix(line, "| "); ok {
			cells = append(cells, strings.TrimSpace(strings.Split(cell, " |")[0]))
		}
	}
	return cells[1:]
}

// Who has gone to the login window has all of HardRestartDelay to come back, also where it cannot always be told that they
// are still logged in.
func TestWhoIsBehindTheLoginWindowIsWaitedForWhereScutilFailsOnce(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Install})))
	s.Person.Unsaved = true
	asked := promisetest.Actions[enforce.AskRestart](promisetest.New(s).ToEnd(t.Context()))[0].Real.Sub(sim.CommonStart())
	s.Plan = []sim.Event{{At: asked - time.Minute, Do: sim.LoginWindow}}
	for skip := range 16 {
		s.Faults = []sim.Fault{{Tool: "scutil", Kind: sim.Exit, Skip: skip, Times: 1}}
		p := promisetest.New(s).ToEnd(t.Context())
		asked, forced := promisetest.Actions[enforce.AskRestart](p), promisetest.Actions[enforce.ForceRestart](p)
		if len(asked) == 0 || len(forced) == 0 {
			t.Fatalf("with the scutil number %d failing it is asked for a restart %d times, and %d are forced", skip, len(asked), len(forced))
		}
		if after := forced[0].At.Sub(asked[0].At); after < 5*time.Minute {
			t.Errorf("with the scutil number %d failing it is forced after %s", skip, after)
		}
	}
}

// Whether a person can authorize a new macOS is known of that person, not of the Mac.
func TestRightsAreOfWhoIsAtTheMac(t *testing.T) {
	for name, row := range map[string]struct {
		main, other bool // can authorize one
	}{"who cannot takes over": {true, false}, "who can takes over": {false, true}} {
		t.Run(name, func(t *testing.T) {
			s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
			s.Settings["MaxDeferralTime"] = int64(20 * 3600)
			s.Silicon, s.Limit, s.Management = true, 23*time.Hour, sim.Management{Unescrowed: true}
			s.Person.NoOwner = !row.main
			s.Other = sim.Person{Name: "robin", Answers: []sim.Act{{Do: sim.Defer}}, NoOwner: !row.other}
			s.Plan = []sim.Event{{At: 19 * time.Hour, Do: sim.SwitchUser}} // within a day of the look at the other's rights
			p := playOut(t, s)
			asked, helped := 0, 0
			for _, d := range promisetest.Actions[enforce.Remind](p) {
				if d.Action.(enforce.Remind).NoOwner {
					helped++
				} else {
					asked++
				}
			}
			must(t, (asked > 0) == row.other && (helped > 0) == !row.other, "asked to install %d times, and to ask for help %d times", asked, helped)
		})
	}
}
