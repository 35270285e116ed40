package enforce_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestChecked(t *testing.T) {
	deadline := start
	for _, row := range []struct {
		name  string
		state enforce.State
		wrong string
	}{
		{"nothing is as it should be", enforce.State{}, ""},
		{"a round is", enforce.State{Began: start, Deadline: deadline, DeferredUntil: start, Prompts: 3}, ""},
		{"a deadline alone was taken over", enforce.State{Deadline: deadline}, ""},
		{"negative counts", enforce.State{Prompts: -1, Deferrals: -1, Unseen: -1, Reminders: -1}, "prompts, deferrals, unseen, reminders"},
		{
			"negative failures", enforce.State{
				Look: enforce.LookState{Failures: -1}, Cache: enforce.CacheState{Failures: -1}, Install: enforce.InstallState{Failures: -1},
			}, "look.failures, cache.failures, install.failures",
		},
		{"a power that is none", enforce.State{Restart: enforce.RestartState{Power: "halt", Asked: start}}, "restart.power"},
		{"a round without a deadline", enforce.State{Began: start}, "began"},
		{"a deferral without a deadline", enforce.State{DeferredUntil: start}, "deferred_until"},
	} {
		t.Run(row.name, func(t *testing.T) {
			checked, err := row.state.Checked()
			got := strings.TrimPrefix(fmt.Sprint(err), "not usable: ")
			if err == nil {
				got = ""
				if !cmp.Equal(checked, row.state) {
					t.Error("a state that is right was changed")
				}
			}
			if got != row.wrong {
				t.Errorf("%q, want %q", got, row.wrong)
			}
			if _, err := checked.Checked(); err != nil {
				t.Errorf("still: %v", err)
			}
		})
	}
}

func TestStateAsJSON(t *testing.T) {
	data, err := json.Marshal(enforce.State{})
	if err != nil || string(data) != "{}" {
		t.Errorf("%s %v", data, err)
	}
	s := enforce.State{
		Began: start, Deadline: start.In(time.FixedZone("", 3600)), Allowed: time.Hour, Pending: []enforce.Update{macOS, {Label: "x "}},
		Restart: enforce.RestartState{Power: enforce.ShutDown}, Mirror: enforce.Mirror{Found: enforce.Wish{ForcedAfter: start}},
	}
	data, err = json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var got enforce.State
	if err := json.Unmarshal(data, &got); err != nil || !cmp.Equal(s, got) {
		t.Errorf("%v %s", err, cmp.Diff(s, got))
	}
	if strings.Contains(string(data), "look") || strings.Contains(string(data), "0001-01-01") {
		t.Errorf("says what it does not know: %s", data)
	}
}

func TestPhase(t *testing.T) {
	later, past := start.Add(time.Hour), start.Add(-time.Hour)
	for _, row := range []struct {
		name  string
		state enforce.State
		want  enforce.Phase
	}{
		{"nothing is known", enforce.State{}, enforce.PhaseIdle},
		{"a round without a deferral", enforce.State{Deadline: later}, enforce.PhasePrompting},
		{"a deferral that is over", enforce.State{Deadline: later, DeferredUntil: start}, enforce.PhasePrompting},
		{"a deferral", enforce.State{Deadline: later, DeferredUntil: later}, enforce.PhaseDeferred},
		{"the deadline has come", enforce.State{Deadline: start, DeferredUntil: later}, enforce.PhaseEnforcing},
		{"an installation", enforce.State{Deadline: past, Install: enforce.InstallState{Tried: []enforce.Update{macOS}}}, enforce.PhaseInstalling},
		{"a restart", enforce.State{Restart: enforce.RestartState{Power: enforce.Restart}}, enforce.PhaseRestarting},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.state.Phase(start); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

// reasons lists all that there are, as the source has them.
func reasons(t *testing.T) (list []enforce.Why) {
	t.Helper()
	source, err := os.ReadFile("why.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`(?m)^\tWhy\w+ +Why = "(.+?)"`).FindAllStringSubmatch(string(source), -1) {
		list = append(list, enforce.Why(found[1]))
	}
	if len(list) < 30 {
		t.Fatalf("these are not all: %v", list)
	}
	return list
}

func TestEveryReasonHasASentence(t *testing.T) {
	seen := map[string]enforce.Why{}
	for _, why := range reasons(t) {
		s := enforce.State{Decision: why, Restart: enforce.RestartState{Power: enforce.Restart}}
		sentence := enforce.Explain(policy(), s, start)[0]
		if !strings.HasSuffix(sentence, ".") || strings.ContainsAny(sentence, "{}") || strings.HasPrefix(sentence, "No turn") || seen[sentence] != "" {
			t.Errorf("%s: %q", why, sentence)
		}
		seen[sentence] = why
	}
}

func TestExplain(t *testing.T) {
	s := deferring(t)
	s.p.Zone = zone(t, "America/New_York")
	lines := strings.Join(enforce.Explain(s.p, s.s, s.now), "\n")
	want := strings.Join([]string{
		"A deferral runs until 2026-11-23 08:00:00 -0500, so nobody is asked before.",
		"The deadline is 2026-11-26 04:00:00 -0500, in 2 days 23 hours.",
		"It counts from 2026-11-23 04:00:00 -0500, when a required update was first found, for 3 days.",
		"Pending: macOS Ventura 13.7, which softwareupdate installs in the background.",
		"1 deferral used so far.",
	}, "\n")
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}

func TestExplainSaysWhatIsOutOfTheOrdinary(t *testing.T) {
	s := deferring(t)
	s.p.Workday = enforce.Workday{Start: 8, End: 18, Days: [7]bool{true, true, true, true, true, true, true}}
	for _, row := range []struct {
		name   string
		change func(*enforce.State)
		want   string
	}{
		{"no turn yet", func(s *enforce.State) { *s = enforce.State{} }, "No turn has been taken yet."},
		{"no deadline", func(s *enforce.State) { *s = enforce.State{} }, "No deadline is set"},
		{"the deadline has passed", func(s *enforce.State) { s.Deadline = start }, "which has passed"},
		{"it was moved", func(s *enforce.State) { s.Deadline = start.Add(time.Hour) }, "It was moved earlier since then."},
		{"it fell into working time", func(s *enforce.State) { s.Deadline = start.Add(81 * time.Hour) }, "moved to the end of the working day"},
		{"no deferral", func(s *enforce.State) { s.Limit = enforce.LimitNone }, "SkipDeferral is set"},
		{"a date for all", func(s *enforce.State) { s.Limit = enforce.LimitDate }, "It is the date that DeadlineDate sets for all."},
		{"the last deferral", func(s *enforce.State) { s.Limit = enforce.LimitCount }, "It came when the last of 0 deferrals was used."},
		{"macOS enforces it", func(s *enforce.State) { s.Limit = enforce.LimitDeclaration }, "on which macOS enforces the update itself"},
		{"macOS was to enforce it", func(s *enforce.State) {
			s.Declared, s.Lapsed = enforce.Declaration{Version: "13.7", At: start}, true
		}, "macOS was to enforce macOS 13.7 by 2026-11-23 09:00:00 +0000, and that has come to nothing."},
		{"it was taken over", func(s *enforce.State) { s.Began = time.Time{} }, "It was taken over from the preference values."},
		{"looks fail", func(s *enforce.State) { s.Look = enforce.LookState{Failures: 2, Cause: "no {network}"} }, "2 looks in a row proved nothing, the last because: no {network}."},
		{"installations fail", func(s *enforce.State) { s.Install = enforce.InstallState{Failures: 3, Cause: "no"} }, "asked to install in Software Update"},
		{"the clock was set back", func(s *enforce.State) { s.SetBack = time.Hour }, "set back by 1h0m0s in all"},
	} {
		t.Run(row.name, func(t *testing.T) {
			state := s.s
			row.change(&state)
			if lines := strings.Join(enforce.Explain(s.p, state, s.now), "\n"); !strings.Contains(lines, row.want) {
				t.Errorf("does not say %q:\n%s", row.want, lines)
			}
		})
	}
}

// running is a Mac in the middle of a deferral, which is what nearly all turns find.
func running() (enforce.State, enforce.TurnStarted) {
	s := enforce.State{
		Began: start, Allowed: 72 * time.Hour, Deadline: start.Add(72 * time.Hour), DeferredUntil: start.Add(4 * time.Hour),
		Pending: []enforce.Update{macOS, safari}, Clock: enforce.ClockState{Seen: start, Boot: start.Add(-time.Hour)},
	}
	return s, enforce.TurnStarted{Boot: start.Add(-time.Hour), Wish: enforce.Wish{ForcedAfter: s.Deadline, DeferredUntil: s.DeferredUntil}}
}

func TestATurnWithinADeferralCostsNothing(t *testing.T) {
	p, now := policy(), start.Add(time.Hour)
	s, e := running()
	if n := testing.AllocsPerRun(100, func() { enforce.Step(p, s, now, e) }); n > 2 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkStep(b *testing.B) {
	p, now := policy(), start.Add(time.Hour)
	s, e := running()
	b.ReportAllocs()
	for b.Loop() {
		enforce.Step(p, s, now, e)
	}
}
