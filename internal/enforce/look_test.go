package enforce_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestACutListingIsGoodToActUpon(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Partial: true, Scene: somebody}, "Download not-cached")
}

func TestAGoodLookEndsTheRowOfBadOnes(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.hears(enforce.LookFailed{Cause: "no network"}, "Wait look-failed")
	s.must(s.s.Look.Failures == 1 && s.s.Look.Cause == "no network", "noted is %+v", s.s.Look)
	s.must(s.s.Problem.Text == "look for updates: no network", "the problem is %+v", s.s.Problem)
	s.pass(20 * time.Minute)
	s.turn("Look turn")
	s.looked("Download not-cached", macOS)
	s.must(s.s.Look.Failures == 0 && s.s.Look.Cause == "" && s.s.Look.RetryAt.IsZero(), "noted is %+v", s.s.Look)
	s.at("the look", s.s.Look.At, s.now)
}

func TestAfterTheDeadlineTheNextTurnLooksAgain(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.now = s.s.Deadline
	s.turn("Look turn")
	s.hears(enforce.LookFailed{Cause: "timed out"}, "Wait look-failed")
	s.must(s.action.(enforce.Wait).Until.IsZero() && s.s.Look.RetryAt.IsZero(), "it waits until %s", s.s.Look.RetryAt)
}

func TestARoundThatRunsIsNotStoppedByAnImplausibleClock(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.now = s.p.Built.AddDate(-1, 0, 0)
	s.boot = s.now.Add(-2 * time.Hour) // it has been up for so long that nothing will put the clock right
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
}

func TestWhoAgreedToOneUpdateHasNotAgreedToTwo(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.pass(20 * time.Minute) // killed
	s.turn("Look verify")
	s.looked("Download not-cached", macOS, safari)
	s.hears(enforce.Downloaded{Scene: somebody}, "Wait deferred")
}

func TestWhatTheToolRestartedForAndIsStillOfferedHasFailed(t *testing.T) {
	s := tell(t)
	s.begins()
	s.s.Install.Cause = "no space" // of an earlier one
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.restarts() // by the tool, which has not been seen to end
	s.turn("Look verify")
	s.looked("Wait install-failed", macOS)
	s.must(s.s.Install.Cause == "still offered after it was installed: macOS Ventura 13.7", "the cause is %q", s.s.Install.Cause)
	s.pass(time.Minute)
	s.turn("Wait deferred")
}

func TestWhatTheToolSaidNothingAgainstAndIsStillOfferedHasFailed(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.hears(enforce.Installed{Outcome: enforce.OutcomeUnproven, Scene: somebody}, "Look verify")
	s.looked("Wait install-failed", macOS)
	s.must(s.s.Install.Cause == "still offered after it was installed: macOS Ventura 13.7", "the cause is %q", s.s.Install.Cause)
}

func TestOfManyUpdatesTheFirstAreRemembered(t *testing.T) {
	var updates []enforce.Update
	for n := range 60 {
		u := safari
		u.Label = fmt.Sprintf("%s %d", u.Label, n)
		updates = append(updates, u)
	}
	s := tell(t)
	s.turn("Look turn")
	s.looked("Download not-cached", updates...)
	s.must(len(s.s.Offered) == 50 && len(s.s.Pending) == 60, "%d offered, %d pending", len(s.s.Offered), len(s.s.Pending))
}

func TestADownloadThatFailsIsNoted(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.looked("Download not-cached", macOS)
	s.hears(enforce.Downloaded{Cause: "no space", Scene: somebody}, "Prompt due")
	s.must(s.s.Problem.Text == "download updates: no space", "the problem is %+v", s.s.Problem)
	s.must(s.s.Cache.Failures == 1 && !s.s.Cache.Done, "noted is %+v", s.s.Cache)
}
