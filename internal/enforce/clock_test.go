package enforce_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestTheFirstLooksThatFailBackOffThoughThereIsNoDeadline(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.hears(enforce.LookFailed{Cause: "no network"}, "Wait look-failed")
	s.at("the next look", s.action.(enforce.Wait).Until, start.Add(10*time.Minute))
	s.pass(9 * time.Minute)
	s.turn("Wait back-off")
}

func TestAnAgreementHoldsForAnHour(t *testing.T) {
	for after, want := range map[time.Duration]string{time.Hour - 1: "Look interrupted", time.Hour: "Wait deferred"} {
		s := deferring(t)
		s.s.Agreed = s.now
		s.pass(after)
		s.turn(want)
	}
}

func TestADeferralThatOutlastsTheDeadlineIsNone(t *testing.T) {
	late := enforce.State{Deadline: start, DeferredUntil: start.Add(time.Hour), Pending: []enforce.Update{macOS}}
	if _, action := enforce.Step(policy(), late, start, enforce.Downloaded{Scene: somebody}); action.Reason() != enforce.WhyDeadline {
		t.Errorf("%T %s", action, action.Reason())
	}
}

// Where nobody knows when the Mac started, a clock that cannot be right is waited for; else for an hour after the start.
func TestAClockThatCannotBeRightIsGivenAnHour(t *testing.T) {
	for _, row := range []struct {
		name string
		up   time.Duration // since the start of the Mac; 0 for unknown
		want string
	}{
		{"an hour but a moment", time.Hour - 1, "Wait clock"},
		{"an hour", time.Hour, "Wait deferred"},
		{"nobody knows", 0, "Wait clock"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := deferring(t)
			s.now = s.p.Built.AddDate(-1, 0, 0)
			if s.boot = (time.Time{}); row.up != 0 {
				s.boot = s.now.Add(-row.up)
			}
			s.turn(row.want)
		})
	}
}

// A restart is known by the time for which the Mac has been up, whatever its clock says.
func TestAMacThatHasBeenUpForLessLongHasRestarted(t *testing.T) {
	for _, row := range []struct {
		name string
		less time.Duration // than when the restart was asked for
		want string
	}{
		{"as long", 0, "AskRestart restart-pending"},
		{"less by what a clock may be off", 5 * time.Second, "AskRestart restart-pending"},
		{"less by more than that", 5*time.Second + 1, "Look restarted"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := tell(t)
			s.begins()
			s.answers(enforce.AnswerInstall, "Install agreed")
			s.installed("AskRestart installed")
			s.boot = s.boot.Add(row.less)
			s.turn(row.want)
		})
	}
}

// Times go back with the clock as far as there are years for them.
func TestTimesGoBackWithTheClockIntoTheFirstYearAndNotBeforeIt(t *testing.T) {
	day := func(n int) time.Time { return time.Date(1, time.January, n, 0, 0, 0, 0, time.UTC) }
	s := enforce.State{
		Look: enforce.LookState{At: day(20)}, Problem: enforce.Problem{At: day(5)}, Clock: enforce.ClockState{Seen: start.AddDate(0, 0, 10)},
	}
	s, _ = starts(policy(), s, enforce.TurnStarted{})
	if !s.Look.At.Equal(day(10)) || !s.Problem.At.Equal(day(5)) || !s.Began.IsZero() || s.SetBack != 10*24*time.Hour {
		t.Errorf("%+v", s)
	}
}

func TestCheckedKeepsWhatIsRight(t *testing.T) {
	for _, power := range []enforce.Power{enforce.Restart, enforce.ShutDown} {
		s := enforce.State{Restart: enforce.RestartState{Power: power, Asked: start, Asks: 1}}
		if got, err := s.Checked(); err != nil || got.Restart != s.Restart {
			t.Errorf("%s: %+v, %v", power, got.Restart, err)
		}
	}
	if got, err := (enforce.State{Prompts: -3, Restart: enforce.RestartState{Asks: -1}}).Checked(); err == nil || got.Prompts != 0 || got.Restart.Asks != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
