package enforce_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestAnInterruptedInstallationGoesOnWithinAnHour(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.pass(59 * time.Minute) // killed; the next turn
	s.turn("Look verify")
	s.looked("Install agreed", macOS)
	s.pass(time.Hour) // killed again
	s.turn("Look verify")
	s.looked("Wait deferred", macOS)
}

func TestAnAgreementFromTheFutureIsNone(t *testing.T) {
	s := tell(t)
	s.begins()
	s.s.Agreed = start.Add(24 * time.Hour)
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
}

func TestARestartByTheToolIsNoticed(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.restarts()
	s.turn("Look verify")
	s.looked("Finish nothing-left")
}

func TestKilledBetweenInstallationAndRestart(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.pass(20 * time.Minute) // killed after the tool had ended
	s.turn("Look verify")
	s.looked("AskRestart installed") // nothing is offered any more, and the Mac has not restarted
}

func TestWhereNobodyKnowsWhenTheMacStarted(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.installed("AskRestart installed")
	s.pass(20 * time.Minute)
	s.boot = time.Time{}
	s.turn("AskRestart restart-pending") // it may have been refused, or its turn killed
	s.pass(20 * time.Minute)
	s.turn("AskRestart restart-pending")
	s.pass(20 * time.Minute)
	s.turn("Look restarted") // and not one restart after another
	s.looked("Finish nothing-left")
}

func TestWhereNobodyKnowsWhenTheMacStartedAnAcceptedOrderCounts(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.installed("AskRestart installed")
	s.boot = time.Time{}
	s.hears(enforce.StillUp{}, "ForceRestart still-up")
	s.hears(enforce.RestartForced{Cause: "no"}, "Wait restart-refused")
	s.pass(20 * time.Minute)
	s.turn("AskRestart restart-pending") // never removed before the restart that was asked for
	s.hears(enforce.StillUp{}, "ForceRestart still-up")
	s.hears(enforce.RestartForced{}, "Wait restarting")
	s.pass(20 * time.Minute)
	s.turn("Look restarted")
}

func TestARestartIsNoticedThoughTheClockWasSetBackMeanwhile(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.installed("AskRestart installed")
	s.pass(-5 * time.Hour)
	s.boot = s.now.Add(-time.Minute)
	s.turn("Look restarted")
}

func TestFailedLooksKeepEverythingAndBackOff(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.pass(4 * time.Hour)
	kept := s.s
	for _, wait := range []time.Duration{10, 20, 40, 80, 80} {
		s.turn("Look turn")
		s.hears(enforce.LookFailed{Cause: "timed out"}, "Wait look-failed")
		s.at("the next look", s.s.Look.RetryAt, s.now.Add(wait*time.Minute))
		s.pass(wait*time.Minute - time.Second)
		s.turn("Wait back-off")
		s.pass(time.Second)
	}
	s.at("the deadline", s.s.Deadline, kept.Deadline)
	if s.s.Deferrals != kept.Deferrals || len(s.s.Pending) != 1 {
		t.Errorf("the round has become %+v", s.s)
	}
	s.now = s.s.Deadline.Add(-time.Minute)
	s.turn("Look turn")
	s.hears(enforce.LookFailed{Cause: "timed out"}, "Wait look-failed")
	s.at("the next look", s.action.(enforce.Wait).Until, s.s.Deadline)
	s.now = s.s.Deadline
	s.turn("Look turn") // nothing waits past the deadline
	s.hears(enforce.LookFailed{Cause: "timed out"}, "Wait look-failed")
	s.turn("Look turn")
}

func TestAWaitLongerThanAnyIsNotKept(t *testing.T) {
	s := tell(t)
	s.s.Look.RetryAt = start.AddDate(10, 0, 0)
	s.turn("Look turn")
}

func TestAFailedFirstLookSetsNoDeadline(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.hears(enforce.LookFailed{Cause: "no network"}, "Wait look-failed")
	s.at("the deadline", s.s.Deadline, time.Time{})
}

func TestACutListingNeverFinishes(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.hears(enforce.Looked{Partial: true, Scene: somebody}, "Wait look-failed")
	s.pass(10 * time.Minute)
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{{Label: "x", Cut: true}}, Partial: true, Scene: somebody}, "Wait look-failed")
}

func TestWhileFileVaultConvertsTheDiskNothingIsAsked(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: enforce.Scene{Somebody: true, Converting: true}}, "Wait converting")
	s.at("the deadline", s.s.Deadline, start.Add(72*time.Hour)) // it counts all the same
}

func TestAnImplausibleClock(t *testing.T) {
	s := tell(t)
	s.now = s.p.Built.Add(-time.Second)
	s.turn("Wait clock")
	s.now = start
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	before := s.s
	s.now = time.Unix(0, 0)
	s.boot = s.now.Add(-time.Minute)
	s.turn("Wait clock") // the network will set it
	s.at("the deadline", s.s.Deadline, before.Deadline)
	s.now, s.boot = start.Add(4*time.Hour), start.Add(3*time.Hour)
	s.turn("Look turn")
}

func TestAClockThatStaysImplausibleIsTakenAsItIs(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.now = s.p.Built.AddDate(-1, 0, 0)
	s.boot = s.now.Add(-2 * time.Hour)
	s.turn("Wait deferred")
	if left := s.s.Deadline.Sub(s.now); left > 72*time.Hour {
		t.Errorf("the deadline is %s away", left)
	}
}

func TestAClockSetBack(t *testing.T) {
	const day = 24 * time.Hour
	for _, row := range []struct {
		name   string
		back   time.Duration
		passes time.Duration // between the turns
		boot   string
		want   time.Duration // by how much the deadline moves
	}{
		{"seen by the wall clock alone, less what has passed", 2 * day, time.Hour, "unknown", 2*day - time.Hour},
		{"seen in full by when the Mac started", 2 * day, time.Hour, "known", 2 * day},
		{"by less than has passed, seen by when the Mac started", 30 * time.Minute, time.Hour, "known", 30 * time.Minute},
		{"by less than has passed, and nobody can see it", 30 * time.Minute, time.Hour, "unknown", 0},
		{"across a restart, less what has passed", 2 * day, time.Hour, "restarted", 2*day - time.Hour},
		{"by its own regulation", 5 * time.Second, time.Hour, "known", 0},
		{"by a little more", 6 * time.Second, time.Hour, "known", 6 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := tell(t)
			if row.boot == "unknown" {
				s.boot = time.Time{}
			}
			s.begins()
			s.answers(enforce.AnswerDefer, "Wait deferred")
			deadline, deferred := s.s.Deadline, s.s.DeferredUntil
			s.pass(row.passes - row.back)
			switch row.boot {
			case "known":
				s.boot = s.boot.Add(-row.back)
			case "restarted":
				s.boot = s.now.Add(-time.Minute)
			}
			s.turn("Wait deferred")
			s.at("the deadline", s.s.Deadline, deadline.Add(-row.want))
			s.at("the deferral", s.s.DeferredUntil, deferred.Add(-row.want))
			if s.s.SetBack != row.want {
				t.Errorf("set back by %s, want %s", s.s.SetBack, row.want)
			}
		})
	}
}

func TestSmallStepsBackAddUp(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	for range 10 {
		s.pass(20*time.Minute - 4*time.Second)
		s.boot = s.boot.Add(-4 * time.Second)
		s.turn("Wait deferred")
	}
	if s.s.SetBack != 40*time.Second {
		t.Errorf("set back by %s", s.s.SetBack)
	}
}

func TestSmallStepsBackWithinATurnAddUp(t *testing.T) {
	s := tell(t)
	s.boot = time.Time{}
	s.begins()
	s.pass(-4 * time.Second)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.pass(-4 * time.Second)
	s.turn("Wait deferred")
	if s.s.SetBack != 8*time.Second {
		t.Errorf("set back by %s", s.s.SetBack)
	}
}

func TestAClockSetFarBackWithinATurnSetsNoDeadline(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.now = time.Unix(0, 0)
	s.looked("Wait clock", macOS)
	s.at("the deadline", s.s.Deadline, time.Time{})
}

func TestAClockSetBackWithinATurn(t *testing.T) {
	s := tell(t)
	s.begins()
	s.pass(30*time.Minute - 10*time.Hour)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.at("the deadline", s.s.Deadline, start.Add(72*time.Hour-9*time.Hour-30*time.Minute)) // as far as the wall clock shows
	s.boot = s.boot.Add(-10 * time.Hour)
	s.pass(time.Minute)
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, start.Add(72*time.Hour-10*time.Hour)) // and then in full
}

func TestARestartAskedForInTheFutureIsNotAskedForForEver(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.s.Restart = enforce.RestartState{Power: enforce.Restart, Asked: start.AddDate(1, 0, 0)}
	s.turn("AskRestart restart-pending")
	s.restarts()
	s.turn("Look restarted")
}

func TestTimesStayThoseThatJSONCanHold(t *testing.T) {
	s := tell(t)
	s.s.Deadline = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)
	s.s.Clock.Seen = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	s.turn("Look turn")
	if _, err := json.Marshal(s.s); err != nil {
		t.Error(err)
	}
}
