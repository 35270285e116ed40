package agent_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

func deferringDaily(plan ...sim.Event) sim.Scenario {
	s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
	s.Plan = plan
	return s
}

func TestTheTwoValuesAreIntegersThatShowTheRound(t *testing.T) {
	p := promisetest.New(deferringDaily())
	checked := 0
	p.Before = func(n int) {
		if n == 0 {
			return
		}
		values, state := p.Values(t), p.State(t)
		if values[promisetest.ForcedAfter] != state.Deadline.Unix() {
			t.Errorf("turn %d: %s is %v", n, promisetest.ForcedAfter, values[promisetest.ForcedAfter])
		}
		if !state.DeferredUntil.IsZero() && values[promisetest.DeferredUntil] != state.DeferredUntil.Unix() {
			t.Errorf("turn %d: %s is %v", n, promisetest.DeferredUntil, values[promisetest.DeferredUntil])
		}
		checked++
	}
	p.ToEnd(t.Context())
	p.Hold(t)
	p.Removed(t)
	if checked < 50 {
		t.Errorf("%d turns", checked)
	}
	for _, args := range p.Calls("defaults") {
		if !strings.Contains(args, `"-int"`) && args != `["delete" "/Library/Preferences/com.github.mpanighetti.install-or-defer"]` {
			t.Errorf("defaults ran as %s", args)
		}
	}
}

func TestWritingNowToDeferredUntilAndReloadingBringsThePromptBack(t *testing.T) {
	at := 2*time.Hour + 7*time.Minute
	p := playOut(t, deferringDaily(
		sim.Event{At: at, Do: sim.Write, Key: promisetest.DeferredUntil, Value: time.Duration(0)}, sim.Event{At: at + time.Second, Do: sim.Reload},
	))
	p.Removed(t)
	prompts := p.Windows(promisetest.IsPrompt)
	if since := prompts[1].At.Sub(sim.CommonStart()); since < at || since > at+21*time.Minute {
		t.Errorf("the second prompt comes after %v", since)
	}
}

func TestAnEarlierForcedAfterForcesWithAWarning(t *testing.T) {
	at := 2*time.Hour + 7*time.Minute
	p := playOut(t, deferringDaily(sim.Event{At: at, Do: sim.Write, Key: promisetest.ForcedAfter, Value: time.Duration(0)}))
	p.Removed(t)
	warn := promisetest.Actions[enforce.Warn](p)
	if len(warn) != 1 || p.Tally.Prompts != 1 {
		t.Fatalf("%d warnings, %+v", len(warn), p.Tally)
	}
	if since := warn[0].At.Sub(sim.CommonStart()); since < at || since > at+21*time.Minute {
		t.Errorf("it is enforced after %v", since)
	}
}

func TestLaterValuesAreRefusedAndReported(t *testing.T) {
	at := 2*time.Hour + 7*time.Minute
	for key, sentence := range map[string]string{
		promisetest.ForcedAfter:   "Preference AppleSoftwareUpdatesForcedAfter asked for a later deadline, which is refused.",
		promisetest.DeferredUntil: "Preference AppleSoftwareUpdatesDeferredUntil asked for a longer deferral, which is refused.",
	} {
		calm := playOut(t, deferringDaily())
		p := playOut(t, deferringDaily(sim.Event{At: at, Do: sim.Write, Key: key, Value: 100 * time.Hour}))
		p.Removed(t)
		if !p.Said(sentence) {
			t.Errorf("%s: it is not reported", key)
		}
		if p.Tally != calm.Tally {
			t.Errorf("%s: %+v, without %+v", key, p.Tally, calm.Tally)
		}
	}
}

func TestTheOldNamesAreTakenOverOnceAndDeleted(t *testing.T) {
	p := promisetest.New(deferringDaily())
	forced, deferred := sim.CommonStart().Add(9*time.Hour), sim.CommonStart().Add(3*time.Hour)
	p.Put(macos.PreferencesPath(agent.Identifier), []byte(`<plist><dict><key>UpdatesForcedAfter</key><integer>`+
		strconv.FormatInt(forced.Unix(), 10)+`</integer><key>UpdatesDeferredUntil</key><integer>`+
		strconv.FormatInt(deferred.Unix(), 10)+`</integer></dict></plist>`), 0o644)
	p.Meddle = func(n int) {
		if n == 1 {
			values := p.Values(t)
			if len(values) != 2 || values[promisetest.ForcedAfter] != forced.Unix() || values[promisetest.DeferredUntil] != deferred.Unix() {
				t.Errorf("after the first turn the values are %v", values)
			}
		}
	}
	p.ToEnd(t.Context())
	p.Hold(t)
	p.Removed(t)
	if first := p.Windows(promisetest.IsPrompt)[0].At; first.Before(deferred) || first.Sub(deferred) > 25*time.Minute {
		t.Errorf("the first prompt comes at %v", first)
	}
	if warn := promisetest.Actions[enforce.Warn](p)[0]; !warn.State.Deadline.Equal(forced) {
		t.Errorf("the deadline is %v", warn.State.Deadline)
	}
	if strings.Contains(p.Log.String(), "does not show the round") || strings.Contains(p.Log.String(), "stays:") {
		t.Error("a problem is reported that is none")
	}
}

func TestAnOldNameAloneIsTakenOverWithoutAFalseReport(t *testing.T) {
	p := promisetest.New(deferringDaily())
	forced := sim.CommonStart().Add(9 * time.Hour)
	p.Put(macos.PreferencesPath(agent.Identifier), []byte(`<plist><dict><key>UpdatesForcedAfter</key><integer>`+
		strconv.FormatInt(forced.Unix(), 10)+`</integer></dict></plist>`), 0o644)
	p.ToEnd(t.Context())
	p.Hold(t)
	p.Removed(t)
	if p.Said("does not show the round") {
		t.Error("a problem is reported that is none")
	}
}

func TestSkipDeferralGoesStraightToEnforcement(t *testing.T) {
	for _, value := range []any{true, int64(1), "true", "YES"} {
		s := ordinary(answering(sim.Act{Do: sim.Defer}))
		s.Settings = map[string]any{"SkipDeferral": value}
		p := playOut(t, s)
		p.Removed(t)
		if p.Tally.Prompts != 0 || len(p.Windows(promisetest.IsFinal)) != 1 || p.Tally.Ended.Sub(sim.CommonStart()) > 2*time.Hour {
			t.Errorf("%v: %+v", value, p.Tally)
		}
	}
}

func TestAPolicyThatRunsAgainKeepsTheDeadline(t *testing.T) {
	var plan []sim.Event
	for at := time.Hour; at < 24*time.Hour; at += 3 * time.Hour {
		plan = append(plan, sim.Event{At: at, Do: sim.Reinstall}, sim.Event{At: at + time.Minute, Do: sim.Reload})
	}
	calm, p := playOut(t, deferringDaily()), playOut(t, deferringDaily(plan...))
	p.Removed(t)
	if p.Tally.Prompts != calm.Tally.Prompts || p.Tally.Ended.Sub(calm.Tally.Ended).Abs() > 20*time.Minute {
		t.Errorf("%+v, without %+v", p.Tally, calm.Tally)
	}
}

func TestALostStateComesBackFromTheValuesAndLostValuesFromTheState(t *testing.T) {
	for name, path := range map[string]string{"state": agent.StatePath, "values": macos.PreferencesPath(agent.Identifier)} {
		t.Run(name, func(t *testing.T) {
			calm := playOut(t, deferringDaily())
			p := promisetest.New(deferringDaily())
			p.Meddle = func(n int) {
				if n%5 == 4 {
					if err := p.Remove(path); err != nil {
						t.Error(err)
					}
				}
			}
			p.ToEnd(t.Context())
			p.Hold(t)
			p.Removed(t)
			if p.Tally.Ended.Sub(calm.Tally.Ended).Abs() > 21*time.Minute || p.Tally.Prompts != calm.Tally.Prompts {
				t.Errorf("%+v, without %+v", p.Tally, calm.Tally)
			}
			if name == "values" && len(p.Calls("defaults")) < 20 {
				t.Errorf("the values are not written again: %v", p.Calls("defaults"))
			}
		})
	}
}

func TestAProfileThatChangesIsObeyedAtTheNextTurn(t *testing.T) {
	at := 2*time.Hour + 7*time.Minute
	for _, row := range []struct {
		name, key string
		value     any
		want      time.Duration // the deadline, from the look that began the round
	}{
		{"a shorter deferral is obeyed", "MaxDeferralTime", int64(10 * 3600), 10 * time.Hour},
		{"a longer one is for the next round", "MaxDeferralTime", int64(90 * 3600), 24 * time.Hour},
		{"a value that is none changes nothing", "MaxDeferralTime", "soon", 24 * time.Hour},
		{"no deferral at all", "SkipDeferral", true, at + 14*time.Minute},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := playOut(t, deferringDaily(sim.Event{At: at, Do: sim.Profile, Key: row.key, Value: row.value}))
			p.Removed(t)
			warn := promisetest.Actions[enforce.Warn](p)[0]
			if got := warn.State.Deadline.Sub(sim.CommonStart()); (got - row.want).Abs() > 10*time.Minute {
				t.Errorf("the deadline is after %v", got)
			}
		})
	}
	p := playOut(t, deferringDaily(sim.Event{At: at, Do: sim.Profile, Key: "InstallButtonLabel", Value: "Run it"}))
	if prompts := p.Windows(promisetest.IsPrompt); prompts[0].Window.Buttons[0] != "Run Updates" || prompts[1].Window.Buttons[0] != "Run it" {
		t.Error("the new label is not shown")
	}
}

func TestResetForgetsTheRoundAndUninstallRemovesTheProgram(t *testing.T) {
	p := promisetest.New(deferringDaily())
	a := p.Agent(p.Host())
	p.Turns = append(p.Turns, promisetest.Turn{})
	if err := a.Turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, there := p.File(agent.StatePath); there || len(p.Values(t)) != 0 {
		t.Errorf("the round is not forgotten: %v", p.Values(t))
	}
	if err := a.Reset(t.Context()); err != nil {
		t.Errorf("a second time: %v", err)
	}
	func() {
		defer func() { _ = recover() }() // unloading the job ends the process
		_ = a.Uninstall(t.Context())
	}()
	if left := p.Leftovers(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	a.Root = false
	if a.Reset(t.Context()) == nil || a.Uninstall(t.Context()) == nil {
		t.Error("without root it is refused")
	}
}
