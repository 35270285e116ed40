package enforce_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// helpless is a person who owns no volume: macOS does not take their password for an update of itself.
func helpless() enforce.Scene { return enforce.Scene{Somebody: true, NoOwner: true} }

// asking is a Mac whose macOS only the person can install.
func asking(t *testing.T) *story {
	s := tell(t)
	s.p.System = enforce.ByPerson
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	return s
}

func TestWhoCanDoNothingIsToldToAskForHelpAsOftenAsOthersCanDefer(t *testing.T) {
	s := asking(t)
	s.due(s.s.Deadline, helpless(), "Remind no-owner")
	if r := s.action.(enforce.Remind); !r.Standing || !r.NoOwner || r.Overdue || r.Open {
		t.Errorf("the reminder is %+v", r)
	}
	told := s.now
	s.at("told", s.s.Told, told)
	s.hears(enforce.Reminded{}, "Look reminded")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: helpless()}, "Wait no-owner")
	s.at("the wait", s.action.(enforce.Wait).Until, told.Add(4*time.Hour))
	s.due(told.Add(4*time.Hour-time.Second), helpless(), "Wait no-owner")
	s.due(told.Add(4*time.Hour), helpless(), "Remind no-owner")
}

func TestWhoCanDoSomethingIsAskedForIt(t *testing.T) {
	t.Run("before the deadline everybody is asked as ever", func(t *testing.T) {
		s := asking(t)
		s.due(s.s.Deadline.Add(-time.Hour), helpless(), "Prompt due")
	})
	t.Run("an owner is reminded", func(t *testing.T) {
		s := asking(t)
		s.due(s.s.Deadline, somebody, "Remind by-hand-overdue")
	})
	t.Run("what is not macOS needs no owner", func(t *testing.T) {
		s := asking(t)
		s.p.Packages = enforce.ByPerson
		s.due(s.s.Deadline, helpless(), "Remind by-hand-overdue", macOS, safari)
	})
	t.Run("who was told in the future is told now", func(t *testing.T) {
		s := asking(t)
		s.now = s.s.Deadline
		s.s.Told = s.now.Add(time.Hour)
		s.due(s.s.Deadline, helpless(), "Remind no-owner")
	})
}
