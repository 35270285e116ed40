package enforce_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// due begins a turn at a time, with the updates that are offered, in a scene, and wants what comes of it.
func (s *story) due(at time.Time, scene enforce.Scene, want string, updates ...enforce.Update) {
	s.Helper()
	if len(updates) == 0 {
		updates = []enforce.Update{macOS}
	}
	s.now = at
	s.hears(enforce.TurnStarted{Boot: s.boot, Wish: s.wish}, "Look turn")
	s.hears(enforce.Looked{Updates: updates, Scene: scene}, want)
}

func TestWhoIsNotAtTheConsoleIsNotAsked(t *testing.T) {
	for _, row := range []struct {
		name  string
		scene enforce.Scene
		hours int // since the round began
		want  string
	}{
		{"nobody is asked where nobody is", nobody, 4, "Wait nobody"},
		{"one person in the background keeps the Mac from being restarted", enforce.Scene{Others: 1}, 72, "Wait others"},
		{"and is not asked", enforce.Scene{Others: 1}, 4, "Wait others"},
		{"Setup Assistant keeps it too", enforce.Scene{SettingUp: true}, 72, "Wait setting-up"},
		{"with nobody at all it is installed at the deadline", nobody, 72, "Install deadline-nobody"},
		{"who is at the console is warned, whoever else is logged in", enforce.Scene{Somebody: true, Others: 2}, 72, "Warn deadline"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := tell(t)
			s.begins()
			s.answers(enforce.AnswerDefer, "Wait deferred")
			s.due(start.Add(time.Duration(row.hours)*time.Hour), row.scene, row.want)
		})
	}
}

func TestTheLastMinuteIsForTheWarning(t *testing.T) {
	for left, want := range map[time.Duration]string{time.Minute: "Prompt due", time.Minute - time.Second: "Warn deadline"} {
		s := tell(t)
		s.begins()
		s.answers(enforce.AnswerUnseen, "Wait unseen")
		s.due(s.s.Deadline.Add(-left), somebody, want)
	}
	for left, want := range map[time.Duration]string{time.Minute: "Prompt due", time.Minute - time.Second: "Remind by-hand-overdue"} {
		s := tell(t)
		s.p.System = enforce.ByPerson
		s.turn("Look turn")
		s.looked("Prompt due", macOS)
		s.answers(enforce.AnswerUnseen, "Wait unseen")
		s.due(s.s.Deadline.Add(-left), somebody, want)
	}
}

func TestAClickOnTheWarningCountsBeforeTheDeadlineToo(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.due(s.s.Deadline.Add(-30*time.Second), somebody, "Warn deadline")
	s.hears(enforce.Warned{Clicked: true, Scene: somebody}, "Install warned")
}

func TestAWarningThatWasSeenNeedsNoOtherAfterAnInterruption(t *testing.T) {
	for name, event := range map[string]enforce.Warned{"seen to its end": {Scene: somebody}, "never to be shown": {Unseen: true, Scene: somebody}} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			s.overdue()
			want := "Install warned"
			if event.Unseen {
				s.s.Unwarned, want = 2, "Install unwarned"
			}
			s.hears(event, want)
			s.pass(10 * time.Minute) // killed
			s.turn("Look verify")
			s.looked(want, macOS)
		})
	}
}

func TestAnAgreementIsOfOnePerson(t *testing.T) {
	const alex, robin = 501, 502
	by := func(uid int) enforce.Scene { return enforce.Scene{Somebody: true, UID: uid} }
	low := enforce.Scene{Somebody: true, UID: alex, OnBattery: true, Charge: 15}
	rows := map[string]struct {
		scene           enforce.Scene
		agreed, overdue string
	}{
		"they are still there":              {by(alex), "Install agreed", "Install warned"},
		"another person is there":           {by(robin), "Wait deferred", "Warn deadline"},
		"nobody is at the console":          {enforce.Scene{Others: 1}, "Install agreed", "Install warned"},
		"it cannot be told who is there":    {by(0), "Install agreed", "Install warned"},
		"nobody is logged in any more":      {nobody, "Install agreed", "Install warned"},
		"another person, and they are away": {enforce.Scene{Somebody: true, UID: robin, Others: 1}, "Wait deferred", "Warn deadline"},
	}
	for name, row := range rows {
		t.Run(name+", after a click", func(t *testing.T) {
			s := tell(t)
			s.p.MinimumBattery = 20
			s.begins()
			s.hears(enforce.Answered{Answer: enforce.AnswerInstall, By: alex, Scene: low}, "Hold power")
			s.hears(enforce.Held{Scene: row.scene}, row.agreed)
		})
		t.Run(name+", in the next turn", func(t *testing.T) {
			s := tell(t)
			s.p.MinimumBattery = 20
			s.begins()
			s.hears(enforce.Answered{Answer: enforce.AnswerInstall, By: alex, Scene: low}, "Hold power")
			s.hears(enforce.Held{Scene: low}, "Wait power")
			s.pass(20 * time.Minute)
			s.turn("Look interrupted")
			s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: row.scene}, row.agreed)
		})
		t.Run(name+", after the warning", func(t *testing.T) {
			s := tell(t)
			s.overdue()
			s.p.MinimumBattery = 20
			s.hears(enforce.Warned{By: alex, Scene: low}, "Hold power")
			s.hears(enforce.Held{Scene: row.scene}, row.overdue)
		})
	}
	t.Run("of a warning that nobody saw", func(t *testing.T) {
		s := tell(t)
		s.overdue()
		s.p.MinimumBattery = 20
		s.hears(enforce.Warned{Scene: enforce.Scene{OnBattery: true, Charge: 15}}, "Wait power")
		s.pass(20 * time.Minute)
		s.turn("Look interrupted")
		s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: by(robin)}, "Warn deadline")
	})
}

func TestWindowsThatCannotBeShownAreCountedInARow(t *testing.T) {
	unseen := func(t *testing.T) *story {
		s := tell(t)
		s.begins()
		s.answers(enforce.AnswerUnseen, "Wait unseen")
		if s.s.Unseen != 1 || s.s.Problem.Text == "" || !s.s.Problem.At.Equal(s.now) {
			t.Fatalf("%d unseen, problem %+v", s.s.Unseen, s.s.Problem)
		}
		return s
	}
	t.Run("a deferral ends the row", func(t *testing.T) {
		s := unseen(t)
		s.answers(enforce.AnswerDefer, "Wait deferred")
		s.must(s.s.Unseen == 0, "%d unseen", s.s.Unseen)
	})
	t.Run("so does the install button", func(t *testing.T) {
		s := unseen(t)
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.must(s.s.Unseen == 0, "%d unseen", s.s.Unseen)
	})
	t.Run("so does a warning, and the row of warnings ends with it", func(t *testing.T) {
		s := tell(t)
		s.overdue()
		s.hears(enforce.Warned{Unseen: true, Scene: somebody}, "Wait unseen")
		s.must(s.s.Unseen == 1 && s.s.Unwarned == 1, "%d unseen, %d unwarned", s.s.Unseen, s.s.Unwarned)
		s.hears(enforce.Warned{Scene: somebody}, "Install warned")
		s.must(s.s.Unseen == 0 && s.s.Unwarned == 0, "%d unseen, %d unwarned", s.s.Unseen, s.s.Unwarned)
	})
	t.Run("a warning before the deadline is not of that row", func(t *testing.T) {
		s := tell(t)
		s.begins()
		s.now = s.s.Deadline.Add(-time.Second)
		s.hears(enforce.Warned{Unseen: true, Scene: somebody}, "Wait unseen")
		s.must(s.s.Unwarned == 0, "%d unwarned", s.s.Unwarned)
	})
	t.Run("so does a reminder", func(t *testing.T) {
		s := unseen(t)
		s.hears(enforce.Reminded{}, "Look reminded")
		s.must(s.s.Unseen == 0, "%d unseen", s.s.Unseen)
	})
}

func (s *story) must(ok bool, format string, args ...any) {
	s.Helper()
	if !ok {
		s.Errorf(format, args...)
	}
}

func TestPromptsAreCounted(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.due(start.Add(4*time.Hour), somebody, "Prompt due")
	s.must(s.s.Prompts == 2 && s.s.Deferrals == 1, "%d prompts, %d deferrals", s.s.Prompts, s.s.Deferrals)
	s.at("the last prompt", s.s.Prompted, start.Add(4*time.Hour))
}

func TestACallHoldsThePromptBackForAsLongAsPatienceLasts(t *testing.T) {
	s := tell(t)
	s.p.MeetingPatience = time.Hour
	busy := enforce.Scene{Somebody: true, Busy: true}
	s.turn("Look turn")
	s.looked("Download not-cached", macOS)
	s.hears(enforce.Downloaded{Scene: busy}, "Wait busy")
	s.at("the end of patience", s.action.(enforce.Wait).Until, start.Add(time.Hour))
	s.due(start.Add(20*time.Minute), busy, "Wait busy")
	s.at("the call since", s.s.HeldBack, start)
	s.due(start.Add(40*time.Minute), busy, "Prompt due") // the next turn would come too late
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.due(start.Add(5*time.Hour), busy, "Wait busy") // another call, with patience of its own
	s.at("the call since", s.s.HeldBack, start.Add(5*time.Hour))
	s.due(start.Add(5*time.Hour+20*time.Minute), somebody, "Prompt due")
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.must(s.s.HeldBack.IsZero(), "still held back since %s", s.s.HeldBack)
}

func TestACallThatEndsUnseenDoesNotUseUpThePatienceOfTheNext(t *testing.T) {
	s := tell(t)
	s.p.MeetingPatience = time.Hour
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	busy := enforce.Scene{Somebody: true, Busy: true}
	s.due(start.Add(20*time.Minute), busy, "Wait busy")
	s.due(start.Add(40*time.Minute), enforce.Scene{Somebody: true, Locked: true}, "Wait locked")
	s.due(start.Add(60*time.Minute), somebody, "Prompt due")
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.due(start.Add(80*time.Minute), busy, "Wait busy")
	s.at("the call since", s.s.HeldBack, start.Add(80*time.Minute))
}

func TestNoCallAndNoLockedScreenHoldsAPromptBackBeyondTheDeadline(t *testing.T) {
	s := tell(t)
	s.p.MeetingPatience = 10 * time.Hour
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.due(s.s.Deadline.Add(-time.Hour), enforce.Scene{Somebody: true, Busy: true}, "Wait busy")
	s.at("the wait", s.action.(enforce.Wait).Until, s.s.Deadline)
	s.due(s.s.Deadline.Add(-30*time.Minute), enforce.Scene{Somebody: true, Locked: true}, "Wait locked")
	s.at("the wait", s.action.(enforce.Wait).Until, s.s.Deadline)
	s.due(s.s.Deadline, enforce.Scene{Somebody: true, Busy: true, Locked: true}, "Warn deadline")
}

func TestAQuietReminderStandsOnlyOnce(t *testing.T) {
	s := tell(t)
	s.p.System, s.p.QuietManual = enforce.ByPerson, true
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.AnswerInstall, "Remind by-hand")
	s.pass(20 * time.Minute) // killed while Software Update was opened
	s.turn("Look interrupted")
	s.looked("Wait deferred", macOS)
	s.hears(enforce.Reminded{}, "Wait reminded")
	s.pass(time.Minute)
	s.turn("Wait deferred") // the agreement is used up
}

func TestAReminderThatWasAgreedToStands(t *testing.T) {
	s := tell(t)
	s.p.System = enforce.ByPerson
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.AnswerInstall, "Remind by-hand")
	s.hears(enforce.Reminded{}, "Look reminded")
	s.looked("Remind by-hand", macOS)
	if r := s.action.(enforce.Remind); r.Open || !r.Standing || r.Overdue {
		t.Errorf("the reminder is %+v", r)
	}
}

func TestWhoIsBehindTheLoginWindowWhenAWarningEndsWasNotWarned(t *testing.T) {
	for name, row := range map[string]struct {
		end  enforce.Warned
		want string
	}{
		"somebody else is logged in, and nobody there": {enforce.Warned{Scene: enforce.Scene{Others: 1}}, "Wait others"},
		"who was there has clicked before":             {enforce.Warned{Clicked: true, Scene: enforce.Scene{Others: 1}}, "Install warned"},
		"nobody is logged in any more":                 {enforce.Warned{}, "Install warned"},
		"somebody is there":                            {enforce.Warned{Scene: somebody}, "Install warned"},
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			s.begins()
			s.answers(enforce.AnswerUnseen, "Wait unseen")
			s.due(s.s.Deadline, somebody, "Warn deadline")
			s.hears(row.end, row.want)
		})
	}
}

func TestRemindersEndWithTheTurn(t *testing.T) {
	for name, row := range map[string]struct {
		overdue bool
		most    int
	}{"before the deadline": {false, 4}, "after it, when an hour is full of them": {true, 13}} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			s.p.System = enforce.ByPerson
			s.turn("Look turn")
			s.looked("Prompt due", macOS)
			why := "by-hand"
			s.answers(enforce.AnswerInstall, "Remind by-hand")
			if row.overdue {
				why = "by-hand-overdue"
				s.now = s.s.Deadline
				s.turn("Look turn")
				s.looked("Remind "+why, macOS)
			}
			for range row.most - 1 {
				s.hears(enforce.Reminded{}, "Look reminded")
				s.looked("Remind "+why, macOS)
			}
			s.hears(enforce.Reminded{}, "Look reminded")
			s.looked("Wait reminded", macOS)
			s.pass(20 * time.Minute)
			s.s.Agreed = time.Time{}
			s.s.DeferredUntil = s.now
			s.turn("Look turn")
			s.must(s.s.Reminders == 0, "%d reminders in a turn that begins", s.s.Reminders)
		})
	}
}
