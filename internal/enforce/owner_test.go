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

func TestWhoCanDoNothingAndAgreesIsToldToAskForHelp(t *testing.T) {
	agrees := func(t *testing.T, updates ...enforce.Update) *story {
		s := tell(t)
		s.p.System = enforce.ByPerson
		s.turn("Look turn")
		if len(updates) > 1 {
			s.hears(enforce.Looked{Updates: updates, Scene: helpless()}, "Download not-cached")
			s.hears(enforce.Downloaded{Scene: helpless()}, "Prompt due")
		} else {
			s.hears(enforce.Looked{Updates: updates, Scene: helpless()}, "Prompt due")
		}
		s.must(s.action.(enforce.Prompt).NoOwner, "they are not told beforehand")
		return s
	}
	click := enforce.Answered{Answer: enforce.AnswerInstall, Scene: helpless()}
	t.Run("instead of being shown Software Update", func(t *testing.T) {
		s := agrees(t, macOS)
		s.hears(click, "Remind no-owner")
		if r := s.action.(enforce.Remind); !r.NoOwner || r.Open || r.Overdue {
			t.Errorf("the reminder is %+v", r)
		}
		s.must(s.s.Agreed.IsZero(), "they have agreed to what they cannot do")
		s.hears(enforce.Reminded{}, "Look reminded")
		s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: helpless()}, "Wait deferred")
	})
	t.Run("once softwareupdate has done its part", func(t *testing.T) {
		s := agrees(t, macOS, safari)
		s.hears(click, "Install agreed")
		s.hears(enforce.Installed{Scene: helpless()}, "Look verify")
		s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: helpless()}, "Remind no-owner")
		s.hears(enforce.Reminded{}, "Look reminded")
		s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: helpless()}, "Wait no-owner")
	})
	t.Run("but not for what macOS installs by itself", func(t *testing.T) {
		d := enforce.Declaration{Version: "13.7", At: start.Add(10 * time.Hour)}
		s := tell(t)
		s.p.Declarations = true
		s.turn("Look turn")
		s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: helpless(), Declaration: d}, "Prompt due")
		s.must(!s.action.(enforce.Prompt).NoOwner, "they are told to ask for help")
		s.hears(click, "Wait declared")
		s.must(s.s.Agreed.IsZero() && s.s.Reminders == 0, "%d reminders", s.s.Reminders)
	})
}

func TestWhoHasAnOwnersRightsIsNotToldToAskForHelp(t *testing.T) {
	for name, scene := range map[string]enforce.Scene{"an owner": somebody, "of what is not macOS": helpless()} {
		s := tell(t)
		s.p.System, s.p.Packages = enforce.ByPerson, enforce.ByPerson
		s.turn("Look turn")
		s.hears(enforce.Looked{Updates: []enforce.Update{macOS, safari}, Scene: scene}, "Prompt due")
		s.must(!s.action.(enforce.Prompt).NoOwner, "%s: they are told to", name)
	}
}
