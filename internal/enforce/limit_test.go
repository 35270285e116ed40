package enforce_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestTheDeadlineIsTheEarliestOfAllThatLimitIt(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*enforce.Policy)
		want   time.Duration // after the start
		limit  enforce.Limit
	}{
		{"by itself it is so long after the first look", func(*enforce.Policy) {}, 72 * time.Hour, enforce.LimitTime},
		{"a date for all comes first", func(p *enforce.Policy) { p.LatestDeadline = start.Add(10 * time.Hour) }, 10 * time.Hour, enforce.LimitDate},
		{"a date that is later changes nothing", func(p *enforce.Policy) { p.LatestDeadline = start.Add(100 * time.Hour) }, 72 * time.Hour, enforce.LimitTime},
		{"a date that is over is the deadline all the same", func(p *enforce.Policy) { p.LatestDeadline = start.Add(-time.Hour) }, -time.Hour, enforce.LimitDate},
		{"without deferrals it is now", func(p *enforce.Policy) { p.SkipDeferral = true }, 0, enforce.LimitNone},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := tell(t)
			row.change(&s.p)
			s.turn("Look turn")
			s.looked("Download not-cached", macOS)
			s.at("the deadline", s.s.Deadline, start.Add(row.want))
			s.must(s.s.Limit == row.limit, "it rests on %q", s.s.Limit)
		})
	}
}

func TestTheLastDeferralBringsTheDeadline(t *testing.T) {
	s := tell(t)
	s.p.MaxDeferrals = 2
	s.begins()
	if p := s.action.(enforce.Prompt); p.Last || !p.Deadline.Equal(start.Add(8*time.Hour)) { // which is when both are used up
		t.Errorf("the first prompt is %+v", p)
	}
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.at("the deadline", s.s.Deadline, start.Add(72*time.Hour))
	s.due(start.Add(4*time.Hour), somebody, "Prompt due")
	if p := s.action.(enforce.Prompt); !p.Last || !p.Deadline.Equal(start.Add(8*time.Hour)) {
		t.Errorf("the last prompt is %+v", p)
	}
	s.pass(5 * time.Minute)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.at("the deadline", s.s.Deadline, start.Add(8*time.Hour+5*time.Minute))
	s.must(s.s.Limit == enforce.LimitCount, "it rests on %q", s.s.Limit)
	s.due(s.s.Deadline, somebody, "Warn deadline")
}

func TestThePersonIsToldTheEarlierOfTheDeadlineAndTheEndOfTheirDeferrals(t *testing.T) {
	for most, want := range map[int]time.Duration{0: 72 * time.Hour, 1: 4 * time.Hour, 17: 68 * time.Hour, 18: 72 * time.Hour, 19: 72 * time.Hour, 1000: 72 * time.Hour} {
		s := tell(t)
		s.p.MaxDeferrals = most
		s.begins()
		s.at("of "+strconv.Itoa(most)+", the end", s.action.(enforce.Prompt).Deadline, start.Add(want))
	}
	s := tell(t)
	s.p.MaxDeferrals, s.p.MaxDeferral, s.p.DeferralPeriod = 1000, 10*365*24*time.Hour, 10*364*24*time.Hour
	s.begins()
	s.at("of very long ones, the end", s.action.(enforce.Prompt).Deadline, s.s.Deadline)
}

func TestFewerDeferralsThanWereUsedAreNoneLeft(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.now = start.Add(time.Hour)
	s.p.MaxDeferrals = 1
	s.turn("Wait deferred") // which was said to last so long
	s.at("the deadline", s.s.Deadline, start.Add(4*time.Hour))

	s = tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.p.MaxDeferrals = 1
	s.due(start.Add(9*time.Hour), somebody, "Warn deadline") // when that has ended, it is now, and not some time ago
	s.at("the deadline", s.s.Deadline, start.Add(9*time.Hour))
}

func TestADeferralSetsNoDeadlineWhereThereIsNone(t *testing.T) {
	p := policy()
	p.MaxDeferrals = 1
	s, _ := enforce.Step(p, enforce.State{Pending: []enforce.Update{macOS}}, start, enforce.Answered{Answer: enforce.AnswerDefer, Scene: somebody})
	if !s.Deadline.IsZero() {
		t.Errorf("the deadline is %s", s.Deadline)
	}
}

func TestADeferralEndsWithTheDeadlineHoweverThatCameAbout(t *testing.T) {
	p := policy()
	p.Declarations = true
	late := enforce.State{Deadline: start.Add(time.Hour), DeferredUntil: start.Add(9 * time.Hour)}
	s, _ := enforce.Step(p, late, start, enforce.Looked{Updates: []enforce.Update{macOS}, Scene: somebody})
	if !s.DeferredUntil.Equal(start.Add(time.Hour)) {
		t.Errorf("a round that begins late defers until %s", s.DeferredUntil)
	}
	late.Began = start.Add(-time.Hour)
	declared := enforce.Declaration{Version: "13.7", At: start.Add(10 * time.Minute)}
	s, _ = enforce.Step(p, late, start, enforce.Looked{Updates: []enforce.Update{macOS}, Scene: somebody, Declaration: declared})
	if !s.DeferredUntil.Equal(declared.At) || !s.Deadline.Equal(declared.At) || s.Limit != enforce.LimitDeclaration {
		t.Errorf("a declaration: until %s, by %s, for %q", s.DeferredUntil, s.Deadline, s.Limit)
	}
}

func TestDeferralsLeft(t *testing.T) {
	for _, row := range []struct{ most, used, want int }{{0, 5, -1}, {1, 0, 1}, {3, 1, 2}, {3, 3, 0}, {3, 5, 0}} {
		p := policy()
		p.MaxDeferrals = row.most
		if got := enforce.DeferralsLeft(p, enforce.State{Deferrals: row.used}); got != row.want {
			t.Errorf("%d of %d used: %d left, want %d", row.used, row.most, got, row.want)
		}
	}
}
