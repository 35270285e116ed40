package agent_test

import (
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// short is a play that comes to its end sooner: a day, an hour and ten minutes.
func short(s sim.Scenario) sim.Scenario {
	s.Settings = map[string]any{"MaxDeferralTime": int64(24 * 3600), "DeferralPeriod": int64(6 * 3600), "PromptTimeout": int64(1800)}
	return s
}

func TestNobodyIsAskedBeforeTheDeadlineAndUpdatesAreInstalledAfterIt(t *testing.T) {
	s := short(ordinary(sim.Person{Away: true}))
	p := playOut(t, s)
	p.Removed(t)
	if p.Tally.Prompts+p.Tally.Warnings > 0 || len(p.Windows(func(*sim.Window) bool { return true })) > 0 {
		t.Errorf("somebody was asked: %+v", p.Tally)
	}
	install := promisetest.Actions[enforce.Install](p)
	if len(install) != 1 || install[0].Action.Reason() != enforce.WhyDeadlineNobody || install[0].At.Before(install[0].State.Deadline) {
		t.Errorf("installed: %+v", install)
	}
	if forced := promisetest.Actions[enforce.ForceRestart](p); len(forced) != 1 || len(promisetest.Actions[enforce.AskRestart](p)) != 0 {
		t.Errorf("nobody is there to be asked for a restart: %+v", forced)
	}
}

func TestWithInstallWhenLoggedOutFalseEnforcementWaitsForSomebody(t *testing.T) {
	s := short(ordinary(sim.Person{Away: true}))
	s.Settings["InstallWhenLoggedOut"] = false
	s.Plan = []sim.Event{{At: 60 * time.Hour, Do: sim.LogIn}}
	p := playOut(t, s)
	p.Removed(t)
	install := promisetest.Actions[enforce.Install](p)
	if len(install) != 1 || install[0].Action.Reason() != enforce.WhyWarned || install[0].Real.Before(sim.CommonStart().Add(60*time.Hour)) {
		t.Errorf("installed: %+v", install)
	}
	if len(p.Windows(promisetest.IsFinal)) != 1 {
		t.Error("whoever logs in is not warned")
	}
}

func TestSomebodyWhoLogsInAfterTheDeadlineIsWarned(t *testing.T) {
	s := short(ordinary(sim.Person{Away: true}))
	s.Offers[0].Download = 3 * time.Hour // so that the first turn after the deadline is not at it
	s.Plan = []sim.Event{{At: 23*time.Hour + 50*time.Minute, Do: sim.LogIn}}
	p := playOut(t, s)
	p.Removed(t)
	if len(p.Windows(promisetest.IsPrompt))+len(p.Windows(promisetest.IsFinal)) == 0 {
		t.Error("they see nothing")
	}
}

func TestWhoLogsOutDuringTheWarningIsNotWaitedFor(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
	s.Person.Final = []sim.Act{{Do: sim.LogOut, After: 2 * time.Minute}}
	p := playOut(t, s)
	p.Removed(t)
	warn, install := promisetest.Actions[enforce.Warn](p), promisetest.Actions[enforce.Install](p)
	if len(install) != 1 || install[0].At.Sub(warn[0].At) > 3*time.Minute || p.Tally.Forced != 1 {
		t.Errorf("%v after the warning, %+v", install[0].At.Sub(warn[0].At), p.Tally)
	}
}

func TestWhoTakesOverTheConsoleDuringTheWarningIsWarnedForItsWholeTime(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
	began := promisetest.Actions[enforce.Warn](playOut(t, s))[0].Real.Sub(sim.CommonStart())
	for _, after := range []time.Duration{time.Minute, 9*time.Minute + 50*time.Second} {
		s.Plan = []sim.Event{{At: began + after, Do: sim.SwitchUser}}
		p := playOut(t, s)
		p.Removed(t)
		finals, install := p.Windows(promisetest.IsFinal), promisetest.Actions[enforce.Install](p)
		if len(finals) < 2 || install[0].At.Sub(finals[len(finals)-1].At) < 10*time.Minute {
			t.Errorf("%d warnings, and the installation %v after the last", len(finals), install[0].At.Sub(finals[len(finals)-1].At))
		}
	}
}

func TestWhoGoesToTheLoginWindowWhileItInstallsIsNotRestartedAtOnce(t *testing.T) {
	for back, want := range map[time.Duration]struct{ notices, minutes int }{
		time.Hour:       {0, 5}, // after the delay, and not longer
		2 * time.Minute: {1, 7},
	} {
		s := short(ordinary(answering(sim.Act{Do: sim.Install})))
		s.Person.Unsaved = true
		installed := promisetest.Actions[enforce.AskRestart](playOut(t, s))[0].Real.Sub(sim.CommonStart())
		s.Plan = []sim.Event{{At: installed - time.Minute, Do: sim.LoginWindow}, {At: installed + back, Do: sim.SwitchBack}}
		p := playOut(t, s)
		asked, forced := promisetest.Actions[enforce.AskRestart](p), promisetest.Actions[enforce.ForceRestart](p)
		if len(asked) != 1 || len(forced) != 1 || len(p.Windows(promisetest.IsRestartNotice)) != want.notices {
			t.Fatalf("asked %d times, forced %d times, told %d times", len(asked), len(forced), len(p.Windows(promisetest.IsRestartNotice)))
		}
		if after := forced[0].At.Sub(asked[0].At); after.Truncate(time.Minute) != time.Duration(want.minutes)*time.Minute {
			t.Errorf("back after %v, it is forced after %v", back, after)
		}
	}
}

func TestTwoPeopleWhoTakeTurnsAtTheConsoleDoNotHoldEnforcementUp(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
	began := promisetest.Actions[enforce.Warn](playOut(t, s))[0].Real.Sub(sim.CommonStart())
	for at := began + time.Minute; at < began+5*time.Hour; at += 6 * time.Minute {
		s.Plan = append(s.Plan, sim.Event{At: at, Do: sim.SwitchUser}, sim.Event{At: at + 3*time.Minute, Do: sim.SwitchBack})
	}
	p := playOut(t, s)
	p.Removed(t)
	warn, install := promisetest.Actions[enforce.Warn](p), promisetest.Actions[enforce.Install](p)
	if len(install) != 1 || install[0].At.Sub(warn[0].At) > 21*time.Minute {
		t.Errorf("%d installations, the first %v after the warning", len(install), install[0].At.Sub(warn[0].At))
	}
}

func TestWhoLogsOutAtThePromptIsAskedAgainAfterTheDeferral(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.LogOut}, sim.Act{Do: sim.Install})))
	s.Plan = []sim.Event{{At: time.Hour, Do: sim.LogIn}}
	p := playOut(t, s)
	p.Removed(t)
	prompts := p.Windows(promisetest.IsPrompt)
	if len(prompts) != 2 || prompts[1].At.Sub(prompts[0].At) < 6*time.Hour {
		t.Errorf("%d prompts", len(prompts))
	}
}

func TestThePersonIsFoundAnewAfterAUserSwitch(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Install})))
	p := promisetest.New(s)
	p.ToEnd(t.Context())
	p.Hold(t)
	n := 0
	for _, turn := range p.Turns {
		for _, tool := range p.Tools(turn) {
			if tool == "scutil" {
				n++
			}
		}
	}
	if n < 4 { // after the look, the download, the prompt and the installation, and before the restart
		t.Errorf("who is there is looked up %d times", n)
	}
}

func TestSequentialUpdatesShareTheRoundAndItsDeadline(t *testing.T) {
	second := browser()
	second.Label, second.Title, second.Action, second.After = "Security Update 2", "Security Update 2", enforce.Restart, update().Label
	for _, row := range []struct {
		name    string
		answers []sim.Act
		prompts int
	}{
		{"the second is deferred", []sim.Act{{Do: sim.Defer}, {Do: sim.Install}, {Do: sim.Defer}}, 4},
		{"the first is enforced", []sim.Act{{Do: sim.Defer}}, 4},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := short(ordinary(answering(row.answers...)))
			s.Offers = []sim.Offer{update(), second}
			p := playOut(t, s)
			p.Removed(t)
			deadline := sim.CommonStart().Add(24*time.Hour + 25*time.Second)
			for _, d := range p.Decisions {
				if !d.State.Deadline.IsZero() && !d.State.Deadline.Equal(deadline) {
					t.Fatalf("the deadline is %v, by %T", d.State.Deadline, d.Action)
				}
			}
			if p.Tally.Restarts != 2 || p.Tally.Prompts != row.prompts || p.Tally.Ended.Sub(deadline) > 3*time.Hour {
				t.Errorf("%+v", p.Tally)
			}
			if installs := promisetest.Actions[enforce.Install](p); len(installs) != 2 {
				t.Errorf("%d installations", len(installs))
			}
		})
	}
}

func TestAnUpdateThatIsReplacedWhileThePromptStandsIsNotTakenForInstalled(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Install, After: 20 * time.Minute})))
	newer := update()
	newer.Label, newer.Title, newer.Becomes = "macOS Catalina 10.15.8 Update- ", "macOS Catalina 10.15.8 Update", "10.15.8"
	newer.Replaces = update().Label
	s.Offers = []sim.Offer{update()}
	s.Plan = []sim.Event{{At: 15 * time.Minute, Do: sim.Release, Offer: newer}}
	p := playOut(t, s) // and held to it that no restart comes without an installed update that needs it
	p.Removed(t)
	if p.Tally.Restarts != 1 || p.Tally.Prompts != 2 {
		t.Errorf("%+v", p.Tally)
	}
}

func TestAPromptEndsWithPromptTimeoutAndNeverAfterTheDeadline(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Ignore})))
	s.Settings["MaxDeferralTime"] = int64(7 * 3600)
	p := playOut(t, s)
	p.Removed(t)
	prompts := promisetest.Actions[enforce.Prompt](p)
	for i, d := range prompts {
		prompt, _ := d.Action.(enforce.Prompt)
		if long := prompt.Until.Sub(d.At); long > 30*time.Minute || prompt.Until.After(d.State.Deadline) {
			t.Errorf("prompt %d lasts %v, to %v before the deadline", i, long, d.State.Deadline.Sub(prompt.Until))
		}
	}
	if len(prompts) != 2 {
		t.Fatalf("%d prompts", len(prompts))
	}
	last, _ := prompts[1].Action.(enforce.Prompt)
	if windows := p.Windows(promisetest.IsPrompt); !last.Last || strings.Contains(windows[1].Window.Text, "defer them") || !strings.Contains(windows[0].Window.Text, "defer them") {
		t.Error("the last prompt is worded as the first")
	}
}

func TestAPromptThatTheDeadlineOvertakesIsCutOff(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Ignore})))
	s.Settings["MaxDeferralTime"], s.Settings["DeferralPeriod"], s.Settings["PromptTimeout"] = int64(4000), int64(3600), int64(3500)
	p := playOut(t, s)
	p.Removed(t)
	// 3500 s of a prompt, 3600 s of a deferral that the deadline cuts.
	if warn := promisetest.Actions[enforce.Warn](p); len(warn) != 1 || warn[0].At.Sub(warn[0].State.Deadline) > 20*time.Minute {
		t.Errorf("warned %+v", warn)
	}
}

func TestASleepingMacIsWarnedForItsWholeDelayWhenItWakes(t *testing.T) {
	for _, at := range []time.Duration{23 * time.Hour, 24*time.Hour + 6*time.Minute} {
		s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
		s.Plan = []sim.Event{{At: at, Do: sim.Sleep, For: 8 * time.Hour}}
		p := playOut(t, s)
		p.Removed(t)
		if p.Tally.Prompts != 4 || len(p.Windows(promisetest.IsFinal)) != 1 {
			t.Errorf("%+v", p.Tally)
		}
	}
}

func TestFileVaultConvertingHoldsInstallationsBack(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Install})))
	s.Plan = []sim.Event{{Do: sim.Encrypt, For: 30 * time.Hour}}
	p := playOut(t, s)
	p.Removed(t)
	for _, d := range promisetest.Actions[enforce.Install](p) {
		if d.Real.Before(sim.CommonStart().Add(30 * time.Hour)) {
			t.Errorf("installed at %v", d.Real)
		}
	}
}

func TestWhatAWindowReadIsGoneThoughItsTurnWasKilled(t *testing.T) {
	s := short(ordinary(answering(sim.Act{Do: sim.Install, After: time.Minute})))
	s.MacOS, s.SwiftDialog = "13.7.3", true // this macOS restarts while the daemon waits for softwareupdate
	s.Settings["PromptStyle"] = "swiftdialog"
	for n := range time.Duration(12) { // the window that says what goes on closes with the session; only then the Mac restarts
		s.Plan = []sim.Event{{At: 5 * (n + 1) * time.Minute, Do: sim.LogOut}}
		playOut(t, s).Removed(t)
	}
}
