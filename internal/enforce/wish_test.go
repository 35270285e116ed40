package enforce_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// deferring begins a round and defers, and shows it in the preference values as the agent does.
func deferring(t *testing.T) *story {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.wish = enforce.Wish{ForcedAfter: s.s.Deadline, DeferredUntil: s.s.DeferredUntil}
	s.s.Mirror.Written = s.wish
	s.pass(time.Hour)
	return s
}

func TestAnEarlierDeadlineIsObeyed(t *testing.T) {
	s := deferring(t)
	s.wish.ForcedAfter = s.now
	s.turn("Look turn")
	s.looked("Warn deadline", macOS)
	s.at("the deadline", s.s.Deadline, s.now)
}

func TestAnEarlierPromptIsObeyed(t *testing.T) {
	s := deferring(t)
	s.wish.DeferredUntil = s.now
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
}

func TestLaterTimesAreRefused(t *testing.T) {
	s := deferring(t)
	before := s.s
	s.wish = enforce.Wish{ForcedAfter: start.AddDate(1, 0, 0), DeferredUntil: start.AddDate(0, 1, 0)}
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, before.Deadline)
	s.at("the deferral", s.s.DeferredUntil, before.DeferredUntil)
}

func TestAValueThatWasThereBeforeIsNobodysWish(t *testing.T) {
	s := deferring(t)
	s.turn("Wait deferred") // finds the values
	s.pass(3 * time.Hour)
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.s.Mirror.Written.DeferredUntil = s.s.DeferredUntil // but the value was not written
	s.pass(time.Hour)
	s.turn("Wait deferred")
	s.at("the deferral", s.s.DeferredUntil, start.Add(8*time.Hour))
}

func TestAMissingValueIsNobodysWish(t *testing.T) {
	s := deferring(t)
	s.wish = enforce.Wish{}
	before := s.s
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, before.Deadline)
}

func TestARoundIsTakenOverFromTheTwoValues(t *testing.T) {
	for _, row := range []struct {
		name           string
		forced, asked  time.Duration // from now; 0 is none
		want           string
		deadline, next time.Duration
	}{
		{"with its deferral", 10 * time.Hour, 3 * time.Hour, "Wait deferred", 10 * time.Hour, 3 * time.Hour},
		{"a deferral that is longer than any is not", 10 * time.Hour, 9 * time.Hour, "Look turn", 10 * time.Hour, 0},
		{"one after the deadline ends with it", 2 * time.Hour, 3 * time.Hour, "Wait deferred", 2 * time.Hour, 2 * time.Hour},
		{"a deadline that has passed is enforced", -time.Hour, 3 * time.Hour, "Look turn", -time.Hour, -time.Hour},
		{"one that is later than any ends as one that begins now", 73 * time.Hour, time.Hour, "Look turn", 72 * time.Hour, 0},
		{"a deferral without a deadline is none", 0, time.Hour, "Look turn", 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := tell(t)
			when := func(d time.Duration) time.Time {
				if d == 0 {
					return time.Time{}
				}
				return start.Add(d)
			}
			s.wish = enforce.Wish{ForcedAfter: when(row.forced), DeferredUntil: when(row.asked)}
			s.turn(row.want)
			s.at("the deadline", s.s.Deadline, when(row.deadline))
			s.at("the deferral", s.s.DeferredUntil, when(row.next))
		})
	}
}

func TestAPolicyThatBecomesStricterIsObeyed(t *testing.T) {
	s := deferring(t)
	s.p.MaxDeferral = 2 * time.Hour
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, start.Add(2*time.Hour))
	s.at("the deferral", s.s.DeferredUntil, start.Add(2*time.Hour))
}

func TestAPolicyThatBecomesLaxerMovesNoDeadline(t *testing.T) {
	s := deferring(t)
	s.p.MaxDeferral = 200 * time.Hour
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, start.Add(72*time.Hour))
}

func TestAPolicyThatBecomesStricterAndLaxAgainStaysStrict(t *testing.T) {
	s := deferring(t)
	s.p.MaxDeferral = 24 * time.Hour
	s.turn("Wait deferred")
	s.p.MaxDeferral = 72 * time.Hour
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, start.Add(24*time.Hour))
}

func TestAPolicyThatHasBecomeStricterIsObeyedOnce(t *testing.T) {
	s := deferring(t)
	s.p.MaxDeferral = 24 * time.Hour // and from nine to five nobody is interrupted
	s.p.Workday = enforce.Workday{Start: 9, End: 17, Days: [7]bool{true, true, true, true, true, true, true}}
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, start.Add(32*time.Hour))
	s.p.Workday = enforce.Workday{}
	s.turn("Wait deferred")
	s.at("the deadline that was told", s.s.Deadline, start.Add(32*time.Hour))
}

func TestADateForAllIsObeyedWithinARound(t *testing.T) {
	s := deferring(t)
	s.p.LatestDeadline = start.Add(10 * time.Hour)
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, start.Add(10*time.Hour))
	s.must(s.s.Limit == enforce.LimitDate, "the limit is %s", s.s.Limit)
}

func TestSkipDeferralEnforcesAtOnce(t *testing.T) {
	s := tell(t)
	s.p.SkipDeferral = true
	s.turn("Look turn")
	s.looked("Download not-cached", macOS)
	s.hears(enforce.Downloaded{Scene: somebody}, "Warn deadline")
}

func TestSkipDeferralWithinARound(t *testing.T) {
	s := deferring(t)
	s.p.SkipDeferral = true
	s.turn("Look turn")
	s.looked("Warn deadline", macOS)
}

func TestADeadlineThatIsNotOursIsRefused(t *testing.T) {
	s := deferring(t)
	s.s.Deadline = start.AddDate(5, 0, 0)
	s.wish = enforce.Wish{}
	s.turn("Wait deferred")
	s.at("the deadline", s.s.Deadline, s.now.Add(72*time.Hour))
}

func TestUpdatesByHand(t *testing.T) {
	s := tell(t)
	s.p.System, s.p.Packages = enforce.ByPerson, enforce.ByPerson
	s.turn("Look turn")
	s.looked("Prompt due", macOS) // the person's Mac downloads by itself
	s.answers(enforce.AnswerInstall, "Remind by-hand")
	if r := s.action.(enforce.Remind); !r.Open || !r.Standing || r.Overdue {
		t.Errorf("the reminder is %+v", r)
	}
	for range 3 {
		s.pass(4 * time.Minute)
		s.hears(enforce.Reminded{}, "Look reminded")
		s.looked("Remind by-hand", macOS)
	}
	s.hears(enforce.Reminded{}, "Look reminded")
	s.looked("Wait reminded", macOS) // a turn ends
	s.pass(20 * time.Minute)
	s.turn("Look interrupted")
	s.looked("Remind by-hand", macOS)
	s.hears(enforce.Reminded{}, "Look reminded")
	s.looked("Finish nothing-left")
}

func TestUpdatesByHandAfterTheDeadline(t *testing.T) {
	s := tell(t)
	s.p.System, s.p.Packages = enforce.ByPerson, enforce.ByPerson
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.now = s.s.Deadline
	s.turn("Look turn")
	s.looked("Remind by-hand-overdue", macOS)
	if r := s.action.(enforce.Remind); r.Open || !r.Standing || !r.Overdue {
		t.Errorf("the reminder is %+v", r)
	}
	s.hears(enforce.Reminded{Unseen: true}, "Wait unseen")
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}}, "Wait nobody")
}

func TestUpdatesByHandQuietly(t *testing.T) {
	s := tell(t)
	s.p.System, s.p.Packages, s.p.QuietManual = enforce.ByPerson, enforce.ByPerson, true
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.AnswerInstall, "Remind by-hand")
	if r := s.action.(enforce.Remind); !r.Open || r.Standing {
		t.Errorf("the reminder is %+v", r)
	}
	s.hears(enforce.Reminded{}, "Wait reminded")
	s.pass(time.Hour)
	s.turn("Wait deferred")
	s.now = s.s.Deadline
	s.turn("Look turn")
	s.looked("Remind by-hand-overdue", macOS) // quiet only until the deadline
	s.hears(enforce.Reminded{}, "Look reminded")
}

func TestEventsThatCannotBeAreAnswered(t *testing.T) {
	s := tell(t)
	s.hears(nil, "Wait no-event")
	s.hears(enforce.StillUp{}, "Wait turn")
	s.hears(enforce.Installed{Outcome: enforce.Outcome(9)}, "Look verify")
}

func TestALostRoundIsTakenUpFromOurOwnRecord(t *testing.T) {
	now := start
	in := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	for name, row := range map[string]struct {
		wish, memory       enforce.Wish
		deadline, deferral time.Time
	}{
		"from the record alone":                    {memory: enforce.Wish{ForcedAfter: in(20), DeferredUntil: in(2)}, deadline: in(20), deferral: in(2)},
		"the earlier one counts":                   {wish: enforce.Wish{ForcedAfter: in(30)}, memory: enforce.Wish{ForcedAfter: in(20)}, deadline: in(20)},
		"also if it is the value":                  {wish: enforce.Wish{ForcedAfter: in(10)}, memory: enforce.Wish{ForcedAfter: in(20)}, deadline: in(10)},
		"one too late ends as one that begins now": {memory: enforce.Wish{ForcedAfter: in(200), DeferredUntil: in(2)}, deadline: in(72)},
		"nor is too long a deferral":               {memory: enforce.Wish{ForcedAfter: in(20), DeferredUntil: in(9)}, deadline: in(20)},
		"none is none":                             {},
	} {
		s, _ := enforce.Step(policy(), enforce.State{}, now, enforce.TurnStarted{Boot: now.Add(-time.Hour), Wish: row.wish, Memory: row.memory})
		if !s.Deadline.Equal(row.deadline) || !s.DeferredUntil.Equal(row.deferral) {
			t.Errorf("%s: deadline %v, deferred until %v", name, s.Deadline, s.DeferredUntil)
		}
	}
	s := enforce.State{Began: now, Deadline: in(40)}
	if s, _ = enforce.Step(policy(), s, now, enforce.TurnStarted{Boot: now.Add(-time.Hour), Memory: enforce.Wish{ForcedAfter: in(50)}}); !s.Deadline.Equal(in(40)) {
		t.Errorf("a later one moves it to %v", s.Deadline)
	}
}
