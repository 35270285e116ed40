package enforce_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestARestartThatIsAskedForAgainCountsFromThen(t *testing.T) {
	s := tell(t)
	s.overdue()
	s.hears(enforce.Warned{Scene: somebody}, "Install warned")
	s.installed("AskRestart installed")
	s.hears(enforce.StillUp{}, "ForceRestart still-up")
	s.hears(enforce.RestartForced{}, "Wait restarting")
	s.pass(20 * time.Minute)
	s.turn("AskRestart restart-pending")
	r := s.s.Restart
	s.must(r.Asked.Equal(s.now) && r.Forced.IsZero() && r.Asks == 2 && r.Power == enforce.Restart, "noted is %+v", r)
	s.restarts()
	s.turn("Look restarted")
	s.must(s.s.Restart == enforce.RestartState{} && s.s.Install.Restarted, "noted is %+v", s.s.Restart)
}

func TestADeadlineThatIsBroughtForwardEndsTheWaitAfterABadLook(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.pass(20 * time.Minute)
	s.turn("Look turn")
	s.hears(enforce.LookFailed{Cause: "timed out"}, "Wait look-failed")
	s.pass(time.Minute)
	s.turn("Wait back-off")
	s.wish.ForcedAfter = s.now
	s.turn("Look turn")
}

// starts starts a turn in a state, at the start of all tests.
func starts(p enforce.Policy, s enforce.State, e enforce.TurnStarted) (enforce.State, enforce.Action) {
	e.Boot = start.Add(-time.Hour)
	return enforce.Step(p, s, start, e)
}

func TestWhatWasNotSetByUsIsNotKept(t *testing.T) {
	const latest = (72 + 24) * time.Hour
	for _, row := range []struct {
		name         string
		saved, after enforce.State
	}{
		{
			"a deadline that the longest weekend would explain",
			enforce.State{Began: start, Deadline: start.Add(latest)},
			enforce.State{Deadline: start.Add(latest)},
		},
		{
			"a deadline a second later than that",
			enforce.State{Began: start, Deadline: start.Add(latest + time.Second)},
			enforce.State{Deadline: start.Add(72 * time.Hour), Limit: enforce.LimitTime},
		},
		{"a wait for Apple as long as there is", enforce.State{Later: start.Add(4 * time.Hour)}, enforce.State{Later: start.Add(4 * time.Hour)}},
		{"one that is longer", enforce.State{Later: start.Add(4*time.Hour + 1)}, enforce.State{}},
		{
			"a wait for another look as long as there is",
			enforce.State{Look: enforce.LookState{RetryAt: start.Add(80 * time.Minute)}},
			enforce.State{Look: enforce.LookState{RetryAt: start.Add(80 * time.Minute)}},
		},
		{"one that is longer than that", enforce.State{Look: enforce.LookState{RetryAt: start.Add(80*time.Minute + 1)}}, enforce.State{}},
		{
			"a deferral beyond the deadline",
			enforce.State{Deadline: start.Add(time.Hour), DeferredUntil: start.Add(9 * time.Hour)},
			enforce.State{Deadline: start.Add(time.Hour), DeferredUntil: start.Add(time.Hour)},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := starts(policy(), row.saved, enforce.TurnStarted{})
			if !s.Deadline.Equal(row.after.Deadline) || !s.DeferredUntil.Equal(row.after.DeferredUntil) || s.Limit != row.after.Limit ||
				!s.Later.Equal(row.after.Later) || !s.Look.RetryAt.Equal(row.after.Look.RetryAt) {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestAValueThatIsTakenAwayIsNobodysWish(t *testing.T) {
	s := deferring(t)
	s.turn("Wait deferred") // finds the values
	s.wish = enforce.Wish{}
	s.turn("Wait deferred")
	s.at("the deferral", s.s.DeferredUntil, start.Add(4*time.Hour))
	s.at("the deadline", s.s.Deadline, start.Add(72*time.Hour))
}

func TestWhatWeWroteOurselvesMovesNothing(t *testing.T) {
	s := tell(t)
	s.now = start.Add(500 * time.Millisecond) // and the values are whole seconds
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	deadline, deferral := s.s.Deadline, s.s.DeferredUntil
	s.wish = enforce.Wish{ForcedAfter: deadline.Truncate(time.Second), DeferredUntil: deferral.Truncate(time.Second)}
	s.s.Mirror.Written = s.wish
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, deadline)
	s.at("the deferral", s.s.DeferredUntil, deferral)
}

func TestWithoutALookNothingSetsADeadline(t *testing.T) {
	dated := policy()
	dated.LatestDeadline = start.Add(time.Hour)
	skipping := policy()
	skipping.SkipDeferral = true
	alone := enforce.State{Deadline: start.Add(10 * time.Hour)} // taken over, with no look since
	for _, row := range []struct {
		name   string
		policy enforce.Policy
		saved  enforce.State
		event  enforce.TurnStarted
	}{
		{"nor the date for all", dated, enforce.State{}, enforce.TurnStarted{}},
		{"nor that, for a round that is taken over", dated, alone, enforce.TurnStarted{}},
		{"nor that, for a round that is broken", dated, enforce.State{Began: start.Add(-time.Hour)}, enforce.TurnStarted{}},
		{"nor that there is no deferral", skipping, alone, enforce.TurnStarted{}},
		{"nor a memory of a deferral", policy(), enforce.State{}, enforce.TurnStarted{Memory: enforce.Wish{DeferredUntil: start.Add(time.Hour)}}},
		{"nor the value of a deferral", policy(), enforce.State{}, enforce.TurnStarted{Wish: enforce.Wish{DeferredUntil: start.Add(time.Hour)}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := starts(row.policy, row.saved, row.event)
			if !s.Deadline.Equal(row.saved.Deadline) || !s.DeferredUntil.IsZero() || s.Limit != "" {
				t.Errorf("deadline %s, deferred until %s, limit %q", s.Deadline, s.DeferredUntil, s.Limit)
			}
		})
	}
}

func TestARestartThatNobodyNoticedIsNotTheOneAskedForLater(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.pass(4 * time.Hour)
	restarted := s.now
	s.boot = time.Time{} // since then sysctl does not answer
	s.pass(time.Hour)
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.installed("AskRestart installed")
	s.hears(enforce.StillUp{}, "ForceRestart still-up")
	s.hears(enforce.RestartForced{Cause: "not now"}, "Wait restart-refused")
	s.pass(20 * time.Minute)
	s.boot = restarted
	s.turn("AskRestart restart-pending")
}

func TestARestartIsNotTakenToHaveBeenOnceItIsKnownWhenTheMacStarted(t *testing.T) {
	for name, restarts := range map[string]bool{"it has not": false, "it has": true} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			known := s.boot
			s.boot = time.Time{} // sysctl does not answer
			s.begins()
			s.answers(enforce.AnswerInstall, "Install agreed")
			s.pass(10 * time.Minute)
			s.installed("AskRestart installed")
			s.pass(5 * time.Minute)
			s.hears(enforce.StillUp{}, "ForceRestart still-up")
			s.hears(enforce.RestartForced{Cause: "not now"}, "Wait restart-refused")
			s.pass(20 * time.Minute)
			s.boot = known
			if restarts {
				s.boot = s.now.Add(-time.Minute)
				s.turn("Look restarted")
				return
			}
			s.turn("AskRestart restart-pending")
		})
	}
}
