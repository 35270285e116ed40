package enforce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestAnInstallationSaysWhetherItRestarts(t *testing.T) {
	for name, updates := range map[string][]enforce.Update{"restarts": {macOS, safari}, "does not": {safari}} {
		s := tell(t)
		s.begins(updates...)
		s.answers(enforce.AnswerInstall, "Install agreed")
		a := s.action.(enforce.Install)
		if a.Restart != (name == "restarts") || len(a.Updates) != len(updates) {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestWhatWasNotedOfAnEarlierInstallationIsForgotten(t *testing.T) {
	old := enforce.InstallState{Tried: []enforce.Update{safari}, Ended: true, Restarted: true, Failures: 1}
	s, _ := enforce.Step(policy(), enforce.State{Pending: []enforce.Update{macOS}, Install: old}, start, enforce.Answered{Scene: somebody})
	if i := s.Install; i.Ended || i.Restarted || i.Failures != 1 || i.Tried[0].Label != macOS.Label || !i.At.Equal(start) {
		t.Errorf("%+v", i)
	}
}

func TestAFailureLeavesThePersonAloneForADeferralFromThen(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.pass(time.Hour)
	s.hears(enforce.Installed{Outcome: enforce.OutcomeFailed, Cause: "no space", Scene: somebody}, "Look verify")
	s.looked("Wait install-failed", macOS)
	s.at("the deferral", s.s.DeferredUntil, start.Add(5*time.Hour))
	i := s.s.Install
	s.must(i.Failures == 1 && i.Cause == "no space" && i.FailedAt.Equal(s.now) && len(i.Tried) == 0, "noted is %+v", i)
	s.must(s.s.Problem.Text == "no space" && s.s.Problem.At.Equal(s.now), "the problem is %+v", s.s.Problem)
}

func TestAFailureEndsTheAgreementAlsoWhereThePersonInstallsTheRest(t *testing.T) {
	s := tell(t)
	s.p.System = enforce.ByPerson
	s.begins(macOS, safari)
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.hears(enforce.Installed{Outcome: enforce.OutcomeFailed, Cause: "no", Scene: somebody}, "Wait install-failed")
	s.pass(20 * time.Minute)
	s.turn("Wait deferred")
}

func TestWhatIsNoLongerOfferedWasNotInstalledAndNeedsNoRestart(t *testing.T) {
	newer := macOS
	newer.Label += " and one"
	gone := func(labels ...string) enforce.Installed {
		return enforce.Installed{Outcome: enforce.OutcomeFailed, Cause: "no such update", NoSuch: labels, Scene: somebody}
	}
	t.Run("all of it", func(t *testing.T) {
		s := tell(t)
		s.begins()
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.hears(gone(strings.TrimSpace(macOS.Label)), "Wait install-failed")
		s.must(len(s.s.Install.Tried) == 0 && s.s.Install.Failures == 1, "noted is %+v", s.s.Install)
		s.now = s.s.DeferredUntil
		s.turn("Look turn")
		s.looked("Download not-cached", newer)
		s.must(s.s.Install.Failures == 0, "%d failures of another update", s.s.Install.Failures)
	})
	t.Run("a part of it", func(t *testing.T) {
		s := tell(t)
		s.begins(macOS, safari)
		s.answers(enforce.AnswerInstall, "Install agreed")
		before := s.s
		s.hears(gone(macOS.Label), "Wait install-failed")
		s.must(len(before.Install.Tried) == 2 && before.Install.Tried[0].Label == macOS.Label, "the state that was passed in is changed: %+v", before.Install.Tried)
		s.now = s.s.DeferredUntil
		s.turn("Look turn")
		s.looked("Download not-cached", newer, safari)
	})
	t.Run("and what may have been installed beside it is looked for", func(t *testing.T) {
		s := tell(t)
		s.begins(macOS, safari)
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.hears(gone(safari.Label), "Look verify")
		s.looked("AskRestart installed", safari)
	})
	t.Run("what the tool did beside that counts", func(t *testing.T) {
		s := tell(t)
		s.begins(macOS, safari)
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.hears(enforce.Installed{NoSuch: []string{safari.Label}, Scene: somebody}, "AskRestart installed")
	})
}

func TestWhoHasGoneToTheLoginWindowIsNotRestartedAtOnce(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.hears(enforce.Installed{Scene: enforce.Scene{Others: 1}}, "AskRestart installed")
}

func TestWhoHasAgreedInstallsTheRestThemselves(t *testing.T) {
	s := tell(t)
	s.p.System = enforce.ByPerson
	s.begins(macOS, safari)
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.installed("Look verify")
	s.looked("Remind by-hand", macOS)
}

func TestWithoutAnOwnersPasswordOneFailureIsEnough(t *testing.T) {
	for before, want := range map[int]int{0: 3, 2: 3, 3: 4} {
		s := tell(t)
		s.begins()
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.s.Install.Failures = before
		s.hears(enforce.Installed{Outcome: enforce.OutcomeFailed, Owner: true, Cause: "failed to authenticate", Scene: somebody}, "Wait install-failed")
		s.must(s.s.Install.Failures == want && s.s.ByHand(), "after %d it is %d failures", before, s.s.Install.Failures)
	}
}

func TestWhatAppleDoesNotGiveYetIsWaitedFor(t *testing.T) {
	t.Run("when it is installed", func(t *testing.T) {
		s := tell(t)
		s.begins()
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.hears(enforce.Installed{Outcome: enforce.OutcomeLater, Later: []string{macOS.Label}, Scene: somebody}, "Wait later")
		s.at("the next try", s.action.(enforce.Wait).Until, start.Add(4*time.Hour))
		s.must(len(s.s.Install.Tried) == 0 && s.s.Install.Failures == 0, "noted is %+v", s.s.Install)
		s.s.DeferredUntil = time.Time{}
		s.pass(4*time.Hour - time.Second)
		s.turn("Wait later")
		s.pass(time.Second)
		s.turn("Look turn")
		s.must(s.s.Later.IsZero() && len(s.s.Ramped) == 0, "%q is waited for until %s", s.s.Ramped, s.s.Later)
		s.looked("Prompt due", macOS)
	})
	t.Run("when it is downloaded", func(t *testing.T) {
		s := tell(t)
		s.turn("Look turn")
		s.looked("Download not-cached", macOS)
		s.hears(enforce.Downloaded{Cause: "ramped", Later: []string{macOS.Label}, Scene: somebody}, "Wait later")
		s.must(s.s.Cache.Failures == 0 && !s.s.Cache.Done, "noted is %+v", s.s.Cache)
		s.pass(20 * time.Minute)
		s.turn("Wait later")
	})
	t.Run("whoever agreed is asked again", func(t *testing.T) {
		s := tell(t)
		s.begins()
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.hears(enforce.Installed{Outcome: enforce.OutcomeLater, Later: []string{macOS.Label}, Scene: somebody}, "Wait later")
		s.s.Later, s.s.DeferredUntil = time.Time{}, time.Time{}
		s.turn("Look turn")
		s.looked("Prompt due", macOS)
	})
	t.Run("no longer than that", func(t *testing.T) {
		s := tell(t)
		s.s.Later, s.s.Ramped, s.s.Pending = start.AddDate(1, 0, 0), []string{macOS.Label}, []enforce.Update{macOS}
		s.turn("Look turn")
		s.must(s.s.Later.IsZero() && s.s.Ramped == nil, "%q is waited for until %s", s.s.Ramped, s.s.Later)
	})
}

// byHand is a Mac at which installing has failed three times, the last time at the deadline.
func byHand(t *testing.T, change func(*enforce.Policy)) *story {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.now = s.s.Deadline
	s.s.Install = enforce.InstallState{Failures: 3, FailedAt: s.now, Cause: "no", Set: s.s.Cache.Set}
	change(&s.p)
	return s
}

func TestAMacWithNobodyAtItTriesAgainOnceADay(t *testing.T) {
	const day = 24 * time.Hour
	asItIs := func(*enforce.Policy) {}
	for _, row := range []struct {
		name   string
		change func(*enforce.Policy)
		after  time.Duration
		scene  enforce.Scene
		want   string
	}{
		{"a day after the last failure", asItIs, day, nobody, "Install deadline-nobody"},
		{"not sooner", asItIs, day - time.Second, nobody, "Wait nobody"},
		{"not where that is not wanted", func(p *enforce.Policy) { p.InstallLoggedOut = false }, day, nobody, "Wait nobody"},
		{"not while others are logged in", asItIs, day, enforce.Scene{Others: 1}, "Wait others"},
		{"not during Setup Assistant", asItIs, day, enforce.Scene{SettingUp: true}, "Wait setting-up"},
		{"not where only a person can install", func(p *enforce.Policy) { p.System = enforce.ByPerson }, day, nobody, "Wait nobody"},
		{"who is there is reminded instead", asItIs, day, somebody, "Remind by-hand-overdue"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := byHand(t, row.change)
			s.due(s.now.Add(row.after), row.scene, row.want)
		})
	}
	t.Run("before the deadline nothing is installed", func(t *testing.T) {
		s := byHand(t, asItIs)
		s.s.Install.FailedAt = start.Add(-2 * day)
		s.due(s.s.Deadline.Add(-time.Hour), nobody, "Wait nobody")
	})
	t.Run("and it counts on from where it was", func(t *testing.T) {
		s := byHand(t, asItIs)
		s.due(s.now.Add(day), nobody, "Install deadline-nobody")
		a := s.action.(enforce.Install)
		s.must(s.s.Install.Failures == 3 && len(a.Updates) == 1 && a.Restart, "%+v, noted is %+v", a, s.s.Install)
		s.hears(enforce.Installed{Outcome: enforce.OutcomeFailed, Cause: "no"}, "Look verify")
		s.looked("Wait install-failed", macOS)
		s.must(s.s.Install.Failures == 4, "%d failures", s.s.Install.Failures)
	})
}

func TestARestartThatNobodyWaitsForIsKnownToBeTaken(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.due(s.s.Deadline, nobody, "Install deadline-nobody")
	s.hears(enforce.Installed{Scene: nobody}, "ForceRestart installed-nobody")
	s.hears(enforce.RestartForced{}, "Wait restarting")
	s.boot = time.Time{} // nobody can tell when the Mac started
	s.pass(20 * time.Minute)
	s.turn("Look restarted")
}

func TestARestartThatIsRefusedIsNoted(t *testing.T) {
	s := tell(t)
	s.overdue()
	s.hears(enforce.Warned{Scene: somebody}, "Install warned")
	s.installed("AskRestart installed")
	s.hears(enforce.StillUp{}, "ForceRestart still-up")
	s.hears(enforce.RestartForced{Cause: "not permitted"}, "Wait restart-refused")
	s.must(s.s.Problem.Text == "not permitted", "the problem is %+v", s.s.Problem)
}

// Of updates that need a restart, some may be installed when the installation of another fails: only a look can tell, and
// the work is not done before the restart that these need.
func TestAFailedInstallationMayHaveInstalledSome(t *testing.T) {
	security := enforce.Update{Label: "security-1 ", Title: "Security Update", Recommended: true, Action: enforce.ShutDown}
	for name, left := range map[string][]enforce.Update{"the rest is offered": {macOS}, "the rest is withdrawn": nil} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			s.begins(macOS, security)
			s.answers(enforce.AnswerInstall, "Install agreed")
			s.hears(enforce.Installed{Outcome: enforce.OutcomeFailed, Cause: "no space", Scene: somebody}, "Look verify")
			s.looked("AskRestart installed", left...)
			s.must(s.action.(enforce.AskRestart).Power == enforce.ShutDown, "it asks for a %s", s.action.(enforce.AskRestart).Power)
		})
	}
}
