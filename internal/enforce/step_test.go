package enforce_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestTheFirstLookSetsTheDeadline(t *testing.T) {
	s := tell(t)
	s.begins()
	s.at("the deadline", s.s.Deadline, start.Add(72*time.Hour))
	if p := s.action.(enforce.Prompt); p.Last || !p.Until.Equal(start.Add(time.Hour)) {
		t.Errorf("the prompt is %+v", p)
	}
}

func TestTheDeadlineMovesToTheEndOfTheWorkingDay(t *testing.T) {
	s := tell(t)
	s.p.Workday = enforce.Workday{Start: 8, End: 18, Days: [7]bool{true, true, true, true, true, true, true}}
	s.begins()
	s.at("the deadline", s.s.Deadline, start.Add(81*time.Hour))
}

func TestADeferralBuysFourHours(t *testing.T) {
	s := tell(t)
	s.begins()
	s.pass(time.Minute)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.pass(4*time.Hour - time.Second)
	s.turn("Wait deferred")
	s.pass(time.Second)
	s.turn("Look turn")
	s.looked("Prompt due", macOS) // cached, so not downloaded again
}

func TestTheLastDeferralIsClampedToTheDeadline(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.now = s.s.Deadline.Add(-3 * time.Hour)
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	if p := s.action.(enforce.Prompt); !p.Last {
		t.Error("the last prompt is not flagged")
	}
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.at("the deferral", s.s.DeferredUntil, s.s.Deadline)
}

func TestAPromptEndsAtTheDeadline(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.now = s.s.Deadline.Add(-10 * time.Minute)
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.at("the prompt's end", s.action.(enforce.Prompt).Until, s.s.Deadline)
	s.now = s.s.Deadline
	s.answers(enforce.AnswerIgnored, "Warn deadline")
}

func TestAnUnansweredPromptIsADeferral(t *testing.T) {
	for _, a := range []enforce.Answer{enforce.AnswerIgnored, enforce.AnswerClosed} {
		s := tell(t)
		s.begins()
		s.pass(time.Hour)
		s.answers(a, "Wait deferred")
		s.at("the deferral", s.s.DeferredUntil, start.Add(5*time.Hour))
	}
}

func TestAnUnseenPromptBuysNothing(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.pass(20 * time.Minute)
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.Answer(99), "Wait unseen")
	if s.s.Deferrals != 0 || s.s.Unseen != 2 {
		t.Errorf("%d deferrals, %d unseen", s.s.Deferrals, s.s.Unseen)
	}
}

func TestAfterTheDeadline(t *testing.T) {
	s := tell(t)
	s.overdue()
	s.hears(enforce.Warned{}, "Install warned")
	s.pass(time.Hour)
	s.installed("AskRestart installed")
	s.pass(s.p.HardRestartDelay)
	s.hears(enforce.StillUp{}, "ForceRestart still-up")
	s.hears(enforce.RestartForced{}, "Wait restarting")
	s.restarts()
	s.turn("Look restarted")
	s.looked("Finish nothing-left")
}

func TestARestartThatIsRefusedIsAskedForAgain(t *testing.T) {
	s := tell(t)
	s.overdue()
	s.hears(enforce.Warned{}, "Install warned")
	s.installed("AskRestart installed")
	s.hears(enforce.StillUp{}, "ForceRestart still-up")
	s.hears(enforce.RestartForced{Cause: "no"}, "Wait restart-refused")
	s.pass(20 * time.Minute)
	s.turn("AskRestart restart-pending")
	s.hears(enforce.StillUp{}, "ForceRestart still-up")
}

func TestLoggingOutOfAnEarlyWarningDoesNotBringTheDeadlineForward(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.looked("Download not-cached", macOS)
	s.pass(s.s.Deadline.Sub(s.now) - 30*time.Second)
	s.hears(enforce.Downloaded{Scene: enforce.Scene{Somebody: true}}, "Warn deadline")
	s.hears(enforce.Warned{}, "Wait nobody")
}

func TestAFinishedRoundIsForgottenEvenIfTheRemovalFails(t *testing.T) {
	s := tell(t)
	s.overdue()
	s.turn("Look turn")
	s.looked("Finish nothing-left")
	if s.s.Deadline != (time.Time{}) || len(s.s.Pending) > 0 {
		t.Errorf("%+v", s.s)
	}
	s.turn("Look turn")
	s.looked("Download not-cached", macOS)
	if left := s.s.Deadline.Sub(s.now); left != s.p.MaxDeferral {
		t.Errorf("the next round has %s left", left)
	}
}

func TestAWarningThatNobodySawIsNone(t *testing.T) {
	s := tell(t)
	s.overdue()
	s.hears(enforce.Warned{Unseen: true}, "Wait unseen")
	s.turn("Look turn")
	s.looked("Warn deadline", macOS)
	s.hears(enforce.Warned{Unseen: true}, "Wait unseen")
	s.turn("Look turn")
	s.looked("Warn deadline", macOS)
	s.hears(enforce.Warned{Unseen: true}, "Install unwarned")
}

func TestAShortWarningDoesNotBeginBeforeTheDeadline(t *testing.T) {
	s := tell(t)
	s.p.UpdateDelay = 10 * time.Second
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.s.DeferredUntil = time.Time{}
	s.now = s.s.Deadline.Add(-30 * time.Second)
	s.turn("Look turn")
	s.looked("Prompt due", macOS) // else it would install 20 seconds before the deadline
}

func TestWithNobodyLoggedIn(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}}, "Download not-cached")
	s.hears(enforce.Downloaded{}, "Wait nobody")
	s.now = s.s.Deadline
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}}, "Install deadline-nobody")
	s.hears(enforce.Installed{Scene: nobody}, "ForceRestart installed-nobody")
}

func TestWithNobodyLoggedInNothingIsInstalledWhereThatIsNotWanted(t *testing.T) {
	s := tell(t)
	s.p.InstallLoggedOut = false
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.now = s.s.Deadline
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}}, "Wait nobody")
}

func TestSequentialUpdatesKeepTheDeadline(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.installed("AskRestart installed")
	s.restarts()
	s.turn("Look restarted")
	s.looked("Download not-cached", safari)
	s.hears(enforce.Downloaded{Scene: somebody}, "Wait deferred") // asked already within the last four hours
	s.at("the deadline", s.s.Deadline, start.Add(72*time.Hour))
}

func TestUpdatesWithoutARestartAreVerified(t *testing.T) {
	s := tell(t)
	s.begins(safari)
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.installed("Look verify")
	s.looked("Finish nothing-left")
}

func TestTheToolKnowsBestWhatTheMacMustDo(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.hears(enforce.Installed{Power: enforce.ShutDown, Scene: somebody}, "AskRestart installed")
	if power := s.action.(enforce.AskRestart).Power; power != enforce.ShutDown {
		t.Errorf("asks for a %s", power)
	}
}

func TestOnlyWhatIsGoneAsksForItsRestart(t *testing.T) {
	for _, row := range []struct {
		name    string
		left    enforce.Update
		partial bool
		want    string
	}{
		{"the update that restarts is installed", safari, false, "AskRestart installed"},
		{"the other one is", macOS, false, "Wait deferred"},
		{"a listing that was cut proves neither", safari, true, "Wait look-failed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := tell(t)
			s.begins(macOS, safari)
			s.answers(enforce.AnswerInstall, "Install agreed")
			s.hears(enforce.Installed{Outcome: enforce.OutcomeUnproven, Scene: somebody}, "Look verify")
			e := enforce.Looked{Updates: []enforce.Update{row.left}, Partial: row.partial, Scene: somebody}
			if row.want == "Wait deferred" { // the set is another one, so it is downloaded first
				s.hears(e, "Download not-cached")
				s.hears(enforce.Downloaded{Scene: somebody}, row.want)
				return
			}
			s.hears(e, row.want)
		})
	}
}

func TestThreeFailedInstallationsHandOverToThePerson(t *testing.T) {
	s := tell(t)
	s.begins()
	for n := range 3 {
		if n > 0 {
			s.turn("Look turn")
			s.looked("Prompt due", macOS)
		}
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.hears(enforce.Installed{Outcome: enforce.OutcomeFailed, Cause: "no", Scene: somebody}, "Look verify")
		s.looked("Wait install-failed", macOS)
		s.pass(10 * time.Minute)
		s.turn("Wait deferred") // the person is left alone
		s.pass(4 * time.Hour)
	}
	if !s.s.ByHand() {
		t.Fatal("the person is not asked to install")
	}
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.AnswerInstall, "Remind by-hand")
	s.hears(enforce.Reminded{}, "Look reminded")
	s.looked("Finish nothing-left")
}

func TestAnInstallationThatDidNothingIsAFailure(t *testing.T) {
	s := tell(t)
	s.begins(safari)
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.installed("Look verify")
	s.looked("Wait install-failed", safari)
	if s.s.Install.Failures != 1 {
		t.Errorf("%d failures", s.s.Install.Failures)
	}
}

func TestAnotherSetOfUpdatesForgetsTheFailures(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.hears(enforce.Installed{Outcome: enforce.OutcomeFailed, Cause: "no", Scene: somebody}, "Look verify")
	s.looked("Wait install-failed", macOS)
	s.pass(4 * time.Hour)
	s.turn("Look turn")
	s.looked("Download not-cached", macOS, safari)
	if s.s.Install.Failures != 0 {
		t.Errorf("%d failures", s.s.Install.Failures)
	}
}

func TestTheSameUpdatesInAnotherOrderAreTheSameSet(t *testing.T) {
	s := tell(t)
	s.begins(macOS, safari)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.pass(4 * time.Hour)
	s.turn("Look turn")
	s.looked("Prompt due", safari, macOS)
}

func TestADownloadThatFailsIsTriedThreeTimesInAll(t *testing.T) {
	s := tell(t)
	for n := range 4 {
		s.turn("Look turn")
		if n < 3 {
			s.looked("Download not-cached", macOS)
			s.hears(enforce.Downloaded{Cause: "no space", Scene: somebody}, "Prompt due")
		} else {
			s.looked("Prompt due", macOS)
		}
		s.answers(enforce.AnswerDefer, "Wait deferred")
		s.pass(4 * time.Hour)
	}
}
