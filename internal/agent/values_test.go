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
)

func deferringDaily(plan ...sim.Event) sim.Scenario {
	s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
	s.Plan = plan
	return s
}

func TestTheTwoValuesAreIntegersThatShowTheRound(t *testing.T) {
	p := newPlay(deferringDaily())
	checked := 0
	p.before = func(n int) {
		if n == 0 {
			return
		}
		values, state := p.values(t), p.stored(t)
		if values[forcedAfter] != state.Deadline.Unix() {
			t.Errorf("turn %d: %s is %v", n, forcedAfter, values[forcedAfter])
		}
		if !state.DeferredUntil.IsZero() && values[deferredUntil] != state.DeferredUntil.Unix() {
			t.Errorf("turn %d: %s is %v", n, deferredUntil, values[deferredUntil])
		}
		checked++
	}
	p.run(t.Context())
	p.hold(t)
	p.removed(t)
	if checked < 50 {
		t.Errorf("%d turns", checked)
	}
	for _, args := range p.runs("defaults") {
		if !strings.Contains(args, `"-int"`) && args != `["delete" "/Library/Preferences/com.github.mpanighetti.install-or-defer"]` {
			t.Errorf("defaults ran as %s", args)
		}
	}
}

func TestWritingNowToDeferredUntilAndReloadingBringsThePromptBack(t *testing.T) {
	at := 2*time.Hour + 7*time.Minute
	p := playOut(t, deferringDaily(
		sim.Event{At: at, Do: sim.Write, Key: deferredUntil, Value: time.Duration(0)}, sim.Event{At: at + time.Second, Do: sim.Reload},
	))
	p.removed(t)
	prompts := p.windows(isPrompt)
	if since := prompts[1].At.Sub(playStart()); since < at || since > at+21*time.Minute {
		t.Errorf("the second prompt comes after %v", since)
	}
}

func TestAnEarlierForcedAfterForcesWithAWarning(t *testing.T) {
	at := 2*time.Hour + 7*time.Minute
	p := playOut(t, deferringDaily(sim.Event{At: at, Do: sim.Write, Key: forcedAfter, Value: time.Duration(0)}))
	p.removed(t)
	warn := actions[enforce.Warn](p)
	if len(warn) != 1 || p.tally.Prompts != 1 {
		t.Fatalf("%d warnings, %+v", len(warn), p.tally)
	}
	if since := warn[0].At.Sub(playStart()); since < at || since > at+21*time.Minute {
		t.Errorf("it is enforced after %v", since)
	}
}

func TestLaterValuesAreRefusedAndReported(t *testing.T) {
	at := 2*time.Hour + 7*time.Minute
	for key, sentence := range map[string]string{
		forcedAfter:   "Preference AppleSoftwareUpdatesForcedAfter asked for a later deadline, which is refused.",
		deferredUntil: "Preference AppleSoftwareUpdatesDeferredUntil asked for a longer deferral, which is refused.",
	} {
		calm := playOut(t, deferringDaily())
		p := playOut(t, deferringDaily(sim.Event{At: at, Do: sim.Write, Key: key, Value: 100 * time.Hour}))
		p.removed(t)
		if !p.said(sentence) {
			t.Errorf("%s: it is not reported", key)
		}
		if p.tally != calm.tally {
			t.Errorf("%s: %+v, without %+v", key, p.tally, calm.tally)
		}
	}
}

func TestTheOldNamesAreTakenOverOnceAndDeleted(t *testing.T) {
	p := newPlay(deferringDaily())
	forced, deferred := playStart().Add(9*time.Hour), playStart().Add(3*time.Hour)
	p.Put(macos.PreferencesPath(agent.Identifier), []byte(`<plist><dict><key>UpdatesForcedAfter</key><integer>`+
		strconv.FormatInt(forced.Unix(), 10)+`</integer><key>UpdatesDeferredUntil</key><integer>`+
		strconv.FormatInt(deferred.Unix(), 10)+`</integer></dict></plist>`), 0o644)
	p.before = func(n int) {
		if n == 1 {
			values := p.values(t)
			if len(values) != 2 || values[forcedAfter] != forced.Unix() || values[deferredUntil] != deferred.Unix() {
				t.Errorf("after the first turn the values are %v", values)
			}
		}
	}
	p.run(t.Context())
	p.hold(t)
	p.removed(t)
	if first := p.windows(isPrompt)[0].At; first.Before(deferred) || first.Sub(deferred) > 25*time.Minute {
		t.Errorf("the first prompt comes at %v", first)
	}
	if warn := actions[enforce.Warn](p)[0]; !warn.State.Deadline.Equal(forced) {
		t.Errorf("the deadline is %v", warn.State.Deadline)
	}
	if strings.Contains(p.log.String(), "does not show the round") || strings.Contains(p.log.String(), "stays:") {
		t.Error("a problem is reported that is none")
	}
}

func TestAnOldNameAloneIsTakenOverWithoutAFalseReport(t *testing.T) {
	p := newPlay(deferringDaily())
	forced := playStart().Add(9 * time.Hour)
	p.Put(macos.PreferencesPath(agent.Identifier), []byte(`<plist><dict><key>UpdatesForcedAfter</key><integer>`+
		strconv.FormatInt(forced.Unix(), 10)+`</integer></dict></plist>`), 0o644)
	p.run(t.Context())
	p.hold(t)
	p.removed(t)
	if p.said("does not show the round") {
		t.Error("a problem is reported that is none")
	}
}

func TestSkipDeferralGoesStraightToEnforcement(t *testing.T) {
	for _, value := range []any{true, int64(1), "true", "YES"} {
		s := ordinary(answering(sim.Act{Do: sim.Defer}))
		s.Settings = map[string]any{"SkipDeferral": value}
		p := playOut(t, s)
		p.removed(t)
		if p.tally.Prompts != 0 || len(p.windows(isFinal)) != 1 || p.tally.Ended.Sub(playStart()) > 2*time.Hour {
			t.Errorf("%v: %+v", value, p.tally)
		}
	}
}

func TestAPolicyThatRunsAgainKeepsTheDeadline(t *testing.T) {
	var plan []sim.Event
	for at := time.Hour; at < 24*time.Hour; at += 3 * time.Hour {
		plan = append(plan, sim.Event{At: at, Do: sim.Reinstall}, sim.Event{At: at + time.Minute, Do: sim.Reload})
	}
	calm, p := playOut(t, deferringDaily()), playOut(t, deferringDaily(plan...))
	p.removed(t)
	if p.tally.Prompts != calm.tally.Prompts || p.tally.Ended.Sub(calm.tally.Ended).Abs() > 20*time.Minute {
		t.Errorf("%+v, without %+v", p.tally, calm.tally)
	}
}

func TestALostStateComesBackFromTheValuesAndLostValuesFromTheState(t *testing.T) {
	for name, path := range map[string]string{"state": agent.StatePath, "values": macos.PreferencesPath(agent.Identifier)} {
		t.Run(name, func(t *testing.T) {
			calm := playOut(t, deferringDaily())
			p := newPlay(deferringDaily())
			p.before = func(n int) {
				if n%5 == 4 {
					if err := p.Remove(path); err != nil {
						t.Error(err)
					}
				}
			}
			p.run(t.Context())
			p.hold(t)
			p.removed(t)
			if p.tally.Ended.Sub(calm.tally.Ended).Abs() > 21*time.Minute || p.tally.Prompts != calm.tally.Prompts {
				t.Errorf("%+v, without %+v", p.tally, calm.tally)
			}
			if name == "values" && len(p.runs("defaults")) < 20 {
				t.Errorf("the values are not written again: %v", p.runs("defaults"))
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
			p.removed(t)
			warn := actions[enforce.Warn](p)[0]
			if got := warn.State.Deadline.Sub(playStart()); (got - row.want).Abs() > 10*time.Minute {
				t.Errorf("the deadline is after %v", got)
			}
		})
	}
	p := playOut(t, deferringDaily(sim.Event{At: at, Do: sim.Profile, Key: "InstallButtonLabel", Value: "Run it"}))
	if prompts := p.windows(isPrompt); prompts[0].Window.Buttons[0] != "Run Updates" || prompts[1].Window.Buttons[0] != "Run it" {
		t.Error("the new label is not shown")
	}
}

func TestResetForgetsTheRoundAndUninstallRemovesTheProgram(t *testing.T) {
	p := newPlay(deferringDaily())
	a := p.agent(p.Host())
	p.turns = append(p.turns, turnSeen{})
	if err := a.Turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, there := p.File(agent.StatePath); there || len(p.values(t)) != 0 {
		t.Errorf("the round is not forgotten: %v", p.values(t))
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
