package enforce_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestLacks(t *testing.T) {
	battery := func(charge int) enforce.Scene { return enforce.Scene{OnBattery: true, Charge: charge} }
	const day = 24 * time.Hour
	for _, row := range []struct {
		name    string
		scene   enforce.Scene
		since   time.Duration // the deadline; negative before it
		minimum int
		want    enforce.Lack
	}{
		{"a Mac on power lacks nothing", enforce.Scene{Charge: 1}, 0, 20, enforce.LackNothing},
		{"a battery that is too low", battery(19), 0, 20, enforce.LackPower},
		{"one that is just enough", battery(20), 0, 20, enforce.LackNothing},
		{"it is waited for until a day after the deadline", battery(15), day - time.Second, 20, enforce.LackPower},
		{"and not longer", battery(15), day, 20, enforce.LackNothing},
		{"long before the deadline", battery(15), -3 * day, 20, enforce.LackPower},
		{"nearly empty is never enough", battery(9), 3 * day, 20, enforce.LackPower},
		{"nearly empty ends at ten percent", battery(10), 3 * day, 20, enforce.LackNothing},
		{"an administrator may want less than that", battery(7), 3 * day, 5, enforce.LackNothing},
		{"and has it before the deadline, too", battery(7), -day, 5, enforce.LackNothing},
		{"a disk that is too full", enforce.Scene{Free: 14}, 0, 20, enforce.LackSpace},
		{"it is waited for until a day after the deadline, too", enforce.Scene{Free: 1}, day - time.Second, 20, enforce.LackSpace},
		{"and then softwareupdate decides", enforce.Scene{Free: 1}, day, 20, enforce.LackNothing},
		{"one with just enough room", enforce.Scene{Free: 15}, 0, 20, enforce.LackNothing},
		{"a disk of which nothing is known is taken for empty", enforce.Scene{Free: 0}, 0, 20, enforce.LackNothing},
		{"power is said first", enforce.Scene{Free: 1, OnBattery: true, Charge: 1}, 0, 20, enforce.LackPower},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := policy()
			p.MinimumBattery, p.MinimumSpace = row.minimum, 15
			s := enforce.State{Deadline: start}
			if got := enforce.Lacks(p, s, start.Add(row.since), row.scene); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
	p := policy()
	p.MinimumBattery = 20
	if got := enforce.Lacks(p, enforce.State{}, start, battery(15)); got != enforce.LackPower {
		t.Errorf("without a deadline it is %q", got)
	}
}

// low is a person at a Mac on a battery that is too low.
func low() enforce.Scene { return enforce.Scene{Somebody: true, OnBattery: true, Charge: 11} }

// full is a person at a Mac whose disk is full.
func full() enforce.Scene { return enforce.Scene{Somebody: true, Free: 1} }

func needy(t *testing.T) *story {
	s := tell(t)
	s.p.MinimumBattery, s.p.MinimumSpace = 20, 15e9
	return s
}

func TestWhoAgreesIsAskedForPowerOnceATurn(t *testing.T) {
	s := needy(t)
	s.begins()
	s.hears(enforce.Answered{Answer: enforce.AnswerInstall, Scene: low()}, "Hold power")
	if h := s.action.(enforce.Hold); h.Lack != enforce.LackPower || h.Overdue {
		t.Errorf("%+v", h)
	}
	s.hears(enforce.Held{Scene: low()}, "Wait power")
	s.must(s.s.Lack == enforce.LackPower, "lacks %q", s.s.Lack)
	s.pass(20 * time.Minute)
	s.turn("Look interrupted")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: low()}, "Hold power") // once more, in another turn
	s.hears(enforce.Held{Scene: somebody}, "Install agreed")
	s.must(s.s.Lack == enforce.LackNothing, "lacks %q", s.s.Lack)
}

func TestWithoutPowerNoWarningIsShown(t *testing.T) {
	s := needy(t)
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	s.due(s.s.Deadline, low(), "Hold power")
	s.must(s.action.(enforce.Hold).Overdue, "it is not said that it is overdue")
	s.hears(enforce.Held{Scene: somebody}, "Warn deadline")
	s.must(s.s.Lack == enforce.LackNothing, "lacks %q", s.s.Lack)
	s.hears(enforce.Warned{Scene: low()}, "Wait power") // unplugged meanwhile: asked for once a turn
}

func TestNobodyIsAskedForPowerWhereNobodyIs(t *testing.T) {
	s := needy(t)
	s.begins()
	s.answers(enforce.AnswerUnseen, "Wait unseen")
	alone := enforce.Scene{OnBattery: true, Charge: 11}
	s.due(s.s.Deadline, alone, "Wait power")
	s.due(s.s.Deadline.Add(20*time.Minute), enforce.Scene{Free: 1}, "Wait space")
}

func TestAFullDiskIsNotFilledFurther(t *testing.T) {
	s := needy(t)
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: full()}, "Prompt due") // and not downloaded
	s.hears(enforce.Answered{Answer: enforce.AnswerInstall, Scene: full()}, "Hold space")
	s.hears(enforce.Held{Scene: full()}, "Wait space")
	s.must(s.s.Lack == enforce.LackSpace, "lacks %q", s.s.Lack)
}

func TestALowBatteryKeepsNothingFromBeingDownloaded(t *testing.T) {
	s := needy(t)
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: low()}, "Download not-cached")
}

func TestWhatThePersonInstallsNeedsNoPowerOfOurs(t *testing.T) {
	held := func(t *testing.T, overdue bool) *story {
		s := needy(t)
		s.p.System = enforce.ByPerson // and Safari by softwareupdate
		s.begins(macOS, safari)
		s.hears(enforce.Answered{Answer: enforce.AnswerInstall, Scene: low()}, "Hold power")
		if overdue {
			s.now = s.s.Deadline
		}
		return s
	}
	t.Run("after the deadline they are reminded", func(t *testing.T) {
		held(t, true).hears(enforce.Held{Scene: low()}, "Remind by-hand-overdue")
	})
	t.Run("not before it", func(t *testing.T) {
		held(t, false).hears(enforce.Held{Scene: low()}, "Wait power")
	})
	t.Run("not where nobody is", func(t *testing.T) {
		held(t, true).hears(enforce.Held{Scene: enforce.Scene{OnBattery: true, Charge: 11}}, "Wait power")
	})
	t.Run("not where there is nothing for them to install", func(t *testing.T) {
		s := needy(t)
		s.begins()
		s.hears(enforce.Answered{Answer: enforce.AnswerInstall, Scene: low()}, "Hold power")
		s.now = s.s.Deadline
		s.hears(enforce.Held{Scene: low()}, "Wait power")
	})
	t.Run("one update that is theirs is enough", func(t *testing.T) {
		s := held(t, true)
		s.must(len(s.s.Pending) == 2, "%d pending", len(s.s.Pending))
		s.hears(enforce.Held{Scene: low()}, "Remind by-hand-overdue")
	})
}

func TestWhatWasLackingIsForgottenOnceItIsThere(t *testing.T) {
	t.Run("when the warning is shown", func(t *testing.T) {
		s := needy(t)
		s.begins()
		s.answers(enforce.AnswerUnseen, "Wait unseen")
		s.s.Lack = enforce.LackPower // in an earlier turn
		s.due(s.s.Deadline, low(), "Hold power")
		s.must(s.s.Holds == 1, "%d windows have asked for it", s.s.Holds)
		s.hears(enforce.Held{Scene: somebody}, "Warn deadline")
		s.must(s.s.Lack == enforce.LackNothing, "lacks %q", s.s.Lack)
	})
	t.Run("when it is installed without a word about it", func(t *testing.T) {
		s := needy(t)
		s.begins()
		s.s.Lack = enforce.LackSpace
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.must(s.s.Lack == enforce.LackNothing, "lacks %q", s.s.Lack)
	})
}

func TestWhatIsLackingIsKnownWhereThePersonInstallsToo(t *testing.T) {
	s := needy(t)
	s.p.System = enforce.ByPerson
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: low()}, "Prompt due")
	s.must(s.s.Lack == enforce.LackPower, "lacks %q", s.s.Lack)
	s.hears(enforce.Answered{Answer: enforce.AnswerInstall, Scene: low()}, "Remind by-hand")
	s.must(s.action.(enforce.Remind).Lack == enforce.LackPower, "the reminder is %+v", s.action)
	s.hears(enforce.Reminded{}, "Look reminded")
	s.looked("Remind by-hand", macOS)
	s.must(s.s.Lack == enforce.LackNothing, "lacks %q", s.s.Lack)
	for lack, scene := range map[enforce.Lack]enforce.Scene{enforce.LackPower: low(), enforce.LackSpace: full()} { // however late
		s.due(s.s.Deadline.Add(48*time.Hour), scene, "Remind by-hand-overdue")
		s.must(s.action.(enforce.Remind).Lack == lack && s.s.Lack == lack, "the reminder is %+v", s.action)
	}
}
