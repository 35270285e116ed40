package enforce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestMethods(t *testing.T) {
	quiet := macOS
	quiet.Action = enforce.Stay
	for _, row := range []struct {
		name             string
		system, packages enforce.Method
		change           func(*enforce.Policy, *enforce.State)
		want             []enforce.Method // of macOS, of macOS without a restart, of Safari
	}{
		{"softwareupdate installs all", enforce.ByTool, enforce.ByTool, nil, []enforce.Method{enforce.ByTool, enforce.ByTool, enforce.ByTool}},
		{
			"macOS is the person's to install, by its title or by its restart", enforce.ByPerson, enforce.ByTool, nil,
			[]enforce.Method{enforce.ByPerson, enforce.ByPerson, enforce.ByTool},
		},
		{"what is not macOS may be theirs too", enforce.ByPerson, enforce.ByPerson, nil, []enforce.Method{enforce.ByPerson, enforce.ByPerson, enforce.ByPerson}},
		{
			"three failures hand all over", enforce.ByTool, enforce.ByTool,
			func(_ *enforce.Policy, s *enforce.State) { s.Install.Failures = 3 },
			[]enforce.Method{enforce.ByPerson, enforce.ByPerson, enforce.ByPerson},
		},
		{
			"two do not", enforce.ByTool, enforce.ByTool,
			func(_ *enforce.Policy, s *enforce.State) { s.Install.Failures = 2 },
			[]enforce.Method{enforce.ByTool, enforce.ByTool, enforce.ByTool},
		},
		{
			"what is declared is for macOS itself", enforce.ByTool, enforce.ByTool,
			func(p *enforce.Policy, s *enforce.State) { p.Declarations, s.Declared.Version = true, "13.7" },
			[]enforce.Method{enforce.ByDeclaration, enforce.ByDeclaration, enforce.ByTool},
		},
		{
			"unless declarations do not count", enforce.ByTool, enforce.ByTool,
			func(_ *enforce.Policy, s *enforce.State) { s.Declared.Version = "13.7" },
			[]enforce.Method{enforce.ByTool, enforce.ByTool, enforce.ByTool},
		},
		{
			"or this one has come to nothing", enforce.ByTool, enforce.ByTool,
			func(p *enforce.Policy, s *enforce.State) {
				p.Declarations, s.Declared.Version, s.Lapsed = true, "13.7", true
			},
			[]enforce.Method{enforce.ByPerson, enforce.ByPerson, enforce.ByTool},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			p, s := policy(), enforce.State{Pending: []enforce.Update{macOS, quiet, safari}}
			p.System, p.Packages = row.system, row.packages
			if row.change != nil {
				row.change(&p, &s)
			}
			if diff := cmp.Diff(row.want, enforce.Methods(p, s, start)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// declares is a Mac whose management has declared that macOS enforces 13.7 itself in ten hours.
func declares(t *testing.T) (*story, enforce.Declaration) {
	s := tell(t)
	s.p.Declarations = true
	d := enforce.Declaration{Version: "13.7", At: start.Add(10 * time.Hour)}
	s.turn("Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: somebody, Declaration: d}, "Prompt due")
	s.at("the deadline", s.s.Deadline, d.At)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	return s, d
}

// awaits takes turns until a time, as a Mac does that is awake, in which its record says so.
func (s *story) awaits(until time.Time, d enforce.Declaration) {
	for s.now.Before(until) {
		s.now = s.now.Add(min(s.p.Interval, until.Sub(s.now)))
		if !s.now.Before(s.boot) {
			s.s, _ = enforce.Step(s.p, s.s, s.now, enforce.TurnStarted{Boot: s.boot, Declaration: d})
		}
	}
}

// declared takes a turn at a time, in which the Mac's record says so.
func (s *story) declared(at time.Time, d enforce.Declaration, want string) {
	s.Helper()
	s.now = at
	s.hears(enforce.TurnStarted{Boot: s.boot, Wish: s.wish, Declaration: d}, "Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: somebody, Declaration: d}, want)
}

func TestMacOSIsGivenTimeForWhatItEnforcesItself(t *testing.T) {
	for _, row := range []struct {
		name   string
		after  time.Duration // the date of the declaration
		boot   time.Duration // likewise: when the Mac started
		padded time.Duration // likewise: to when macOS has put it off
		want   string
	}{
		{"before its date the person is asked as ever", -time.Hour, -13 * time.Hour, 0, "Prompt due"},
		{"at its date it is macOS that acts", 0, -13 * time.Hour, 0, "Wait declared"},
		{"two hours are given", 2*time.Hour - time.Second, -13 * time.Hour, 0, "Wait declared"},
		{"and not more", 2 * time.Hour, -13 * time.Hour, 0, "Remind by-hand-overdue"},
		{"two hours after a start of the Mac, too", 3 * time.Hour, 2 * time.Hour, 0, "Wait declared"},
		{"and not more after that", 4 * time.Hour, 2 * time.Hour, 0, "Remind by-hand-overdue"},
		{"macOS may put its date off", 4 * time.Hour, -13 * time.Hour, 3 * time.Hour, "Wait declared"},
		{"as far as it says", 5 * time.Hour, -13 * time.Hour, 3 * time.Hour, "Remind by-hand-overdue"},
		{"a day is the end of patience", 24 * time.Hour, -13 * time.Hour, 23 * time.Hour, "Remind by-hand-overdue"},
		{"not less than a day", 24*time.Hour - time.Second, -13 * time.Hour, 23 * time.Hour, "Wait declared"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, d := declares(t)
			s.boot = d.At.Add(row.boot)
			if row.padded != 0 {
				d.Padded = d.At.Add(row.padded)
			}
			s.awaits(d.At.Add(row.after), d)
			s.declared(d.At.Add(row.after), d, row.want)
			if wait, ok := s.action.(enforce.Wait); ok {
				due := d.At.Add(row.padded)
				s.at("the wait", wait.Until, due.Add(2*time.Hour))
			}
			lapsed := strings.HasPrefix(row.want, "Remind")
			s.must(s.s.Lapsed == lapsed && strings.Contains(s.s.Problem.Text, "macOS 13.7 has come to nothing") == lapsed,
				"lapsed %t, problem %q", s.s.Lapsed, s.s.Problem.Text)
		})
	}
}

func TestWhatHasComeToNothingIsTakenOver(t *testing.T) {
	s, d := declares(t)
	s.awaits(d.At.Add(3*time.Hour), d)
	s.declared(d.At.Add(3*time.Hour), d, "Remind by-hand-overdue")
	s.concerns(macOS)
	s.hears(enforce.Reminded{}, "Look reminded")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: somebody, Declaration: d}, "Remind by-hand-overdue")
}

func TestWhatHasComeToNothingIsInstalledWhereThereIsNobodyToRemind(t *testing.T) {
	lapsed := func(t *testing.T) (*story, enforce.Declaration) {
		s, d := declares(t)
		s.awaits(d.At.Add(3*time.Hour), d)
		s.hears(enforce.TurnStarted{Boot: s.boot, Declaration: d}, "Look turn")
		return s, d
	}
	look := func(d enforce.Declaration) enforce.Looked {
		return enforce.Looked{Updates: []enforce.Update{macOS}, Declaration: d}
	}
	t.Run("on Intel's processors", func(t *testing.T) {
		s, d := lapsed(t)
		s.hears(look(d), "Install deadline-nobody")
		s.concerns(macOS)
		s.must(s.s.Lapsed, "it has not lapsed")
	})
	t.Run("not where softwareupdate cannot", func(t *testing.T) {
		s, d := lapsed(t)
		s.p.System = enforce.ByPerson
		s.hears(look(d), "Wait nobody")
	})
	t.Run("not while it may still come", func(t *testing.T) {
		s, d := lapsed(t)
		d.Padded = s.now.Add(time.Hour)
		s.hears(look(d), "Wait declared")
	})
}

func TestAMacThatSleptOverTheDateIsGivenTimeAfterThat(t *testing.T) {
	s, d := declares(t)
	s.declared(d.At.Add(40*time.Hour), d, "Wait declared") // it wakes, and macOS is yet to notice
	s.awaits(s.now.Add(40*time.Minute-time.Second), d)
	s.declared(s.now, d, "Wait declared")
	s.awaits(s.now.Add(time.Second), d)
	s.declared(s.now, d, "Remind by-hand-overdue")
	d.Padded = s.now.Add(time.Hour) // it has noticed after all
	s.hears(enforce.Reminded{}, "Look reminded")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: somebody, Declaration: d}, "Wait declared")
	s.must(!s.s.Lapsed, "it has lapsed")
}

func TestADateThatIsPutOffForADayOfAwakeTimeIsNoDateAnyMore(t *testing.T) {
	s, d := declares(t)
	for range 23 {
		d.Padded = s.now.Add(time.Hour)
		s.awaits(s.now.Add(time.Hour), d)
		s.now = s.now.Add(12 * time.Hour) // it sleeps
	}
	for s.now.Before(d.At) || s.s.Awaited < 24*time.Hour {
		d.Padded = s.now.Add(time.Hour)
		s.must(!s.s.Lapsed, "it has lapsed after %s", s.s.Awaited)
		s.awaits(s.now.Add(20*time.Minute), d)
	}
	d.Padded = s.now.Add(time.Hour)
	s.declared(s.now, d, "Remind by-hand-overdue")
}

func TestSeldomTurnsShowLittleAwakeTime(t *testing.T) {
	s, d := declares(t)
	s.p.Interval = 24 * time.Hour
	s.declared(d.At.Add(24*time.Hour), d, "Remind by-hand-overdue")
	s.must(s.s.Awaited == time.Hour, "%s awake", s.s.Awaited)
}

func TestBeforeADateThatIsLaterThanTheDeadlineThePersonIsReminded(t *testing.T) {
	d := enforce.Declaration{Version: "13.7", At: start.Add(100 * time.Hour)}
	late := func(t *testing.T, change func(*story)) *story {
		s := tell(t)
		s.p.Declarations = true
		change(s)
		s.hears(enforce.TurnStarted{Boot: s.boot, Declaration: d}, "Look turn")
		return s
	}
	look := func(scene enforce.Scene) enforce.Looked {
		return enforce.Looked{Updates: []enforce.Update{macOS}, Scene: scene, Declaration: d}
	}
	over := func(s *story) { s.s.Deadline, s.s.Began, s.now = start, start, start.Add(time.Hour) }
	t.Run("as of all that they can install", func(t *testing.T) {
		s := late(t, over)
		s.hears(look(somebody), "Remind by-hand-overdue")
		s.concerns(macOS)
	})
	t.Run("where there is no deferral", func(t *testing.T) {
		late(t, func(s *story) { s.p.SkipDeferral = true }).hears(look(somebody), "Remind by-hand-overdue")
	})
	t.Run("until a minute before it", func(t *testing.T) {
		s := late(t, func(s *story) { over(s); s.now = d.At.Add(-time.Minute) })
		s.hears(look(somebody), "Wait declared")
		s.at("the wait", s.action.(enforce.Wait).Until, d.At.Add(2*time.Hour))
	})
	t.Run("but for who cannot", func(t *testing.T) {
		late(t, over).hears(look(enforce.Scene{Somebody: true, NoOwner: true}), "Wait declared")
	})
}

func TestNothingOfOursRestartsAMacThatMacOSMayRestart(t *testing.T) {
	older := enforce.Declaration{Version: "13.6.9", At: start.Add(10 * time.Hour)}
	s := tell(t)
	s.p.Declarations = true
	s.hears(enforce.TurnStarted{Boot: s.boot, Declaration: older}, "Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS, safari}, Scene: somebody, Declaration: older}, "Download not-cached")
	s.hears(enforce.Downloaded{Scene: somebody}, "Prompt due")
	s.at("the deadline", s.s.Deadline, older.At)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.now = older.At
	s.hears(enforce.TurnStarted{Boot: s.boot, Declaration: older}, "Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS, safari}, Scene: somebody, Declaration: older}, "Wait declared")
	s.hears(enforce.Looked{Updates: []enforce.Update{safari}, Scene: somebody, Declaration: older}, "Download not-cached")
	s.hears(enforce.Downloaded{Scene: somebody}, "Warn deadline")
	s.awaits(older.At.Add(2*time.Hour), older)
	s.hears(enforce.TurnStarted{Boot: s.boot, Declaration: older}, "Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS, safari}, Scene: somebody, Declaration: older}, "Download not-cached")
	s.hears(enforce.Downloaded{Scene: somebody}, "Warn deadline")
}

func TestWhatThePersonInstallsIsNotWaitedForOnAccountOfADeclaration(t *testing.T) {
	s, d := declares(t)
	s.p.Packages = enforce.ByPerson
	s.now = d.At
	s.hears(enforce.TurnStarted{Boot: s.boot, Declaration: d}, "Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS, safari}, Scene: somebody, Declaration: d}, "Remind by-hand-overdue")
}

func TestADeclarationThatHasComeToNothingIsThatUntilThereIsAnother(t *testing.T) {
	old := enforce.Declaration{Version: "13.7", Build: "22H1", At: start}
	for _, row := range []struct {
		name   string
		change func(*enforce.Declaration)
		lapsed bool
	}{
		{"the same", func(*enforce.Declaration) {}, true},
		{"macOS had put it off", func(d *enforce.Declaration) { d.Padded = start }, true},
		{"macOS puts it off", func(d *enforce.Declaration) { d.Padded = start.Add(time.Second) }, false},
		{"another date", func(d *enforce.Declaration) { d.At = start.Add(time.Hour) }, false},
		{"another version", func(d *enforce.Declaration) { d.Version = "13.7.1" }, false},
		{"another build", func(d *enforce.Declaration) { d.Build = "22H2" }, false},
		{"none", func(d *enforce.Declaration) { *d = enforce.Declaration{} }, false},
	} {
		for _, lapsed := range []bool{true, false} {
			d := old
			row.change(&d)
			s := enforce.State{Declared: old, Lapsed: lapsed, Clock: enforce.ClockState{Boot: start.Add(-time.Hour)}}
			s, _ = enforce.Step(policy(), s, start, enforce.TurnStarted{Boot: start.Add(-time.Hour), Declaration: d})
			if s.Declared != d || s.Lapsed != (row.lapsed && lapsed) {
				t.Errorf("%s, lapsed %t: %+v, lapsed %t", row.name, lapsed, s.Declared, s.Lapsed)
			}
		}
	}
}

func TestADeclarationBringsTheDeadline(t *testing.T) {
	round := enforce.State{Began: start, Allowed: 72 * time.Hour, Deadline: start.Add(72 * time.Hour), Pending: []enforce.Update{safari, macOS}}
	for _, row := range []struct {
		name  string
		state enforce.State
		d     enforce.Declaration
		want  time.Time
	}{
		{"an earlier date", round, enforce.Declaration{Version: "13.7", At: start.Add(time.Hour)}, start.Add(time.Hour)},
		{"a later one", round, enforce.Declaration{Version: "13.7", At: start.Add(100 * time.Hour)}, round.Deadline},
		{"one of a later version", round, enforce.Declaration{Version: "14.1", At: start.Add(time.Hour)}, start.Add(time.Hour)},
		{"one of an earlier version", round, enforce.Declaration{Version: "13.6.9", At: start.Add(time.Hour)}, start.Add(time.Hour)},
		{"one that is over", round, enforce.Declaration{Version: "13.7", At: start.Add(-time.Hour)}, start.Add(-time.Hour)},
		{"one that is over, of an earlier version", round, enforce.Declaration{Version: "13.6.9", At: start.Add(-time.Hour)}, round.Deadline},
		{"one without a date", round, enforce.Declaration{Version: "13.7"}, round.Deadline},
		{"one where no round runs", enforce.State{Pending: round.Pending}, enforce.Declaration{Version: "13.7", At: start.Add(time.Hour)}, time.Time{}},
	} {
		s, _ := enforce.Step(policy(), row.state, start, enforce.TurnStarted{Boot: start.Add(-time.Hour), Declaration: row.d})
		if !s.Deadline.Equal(row.want) || row.want.Equal(row.d.At) && s.Limit != enforce.LimitDeclaration {
			t.Errorf("%s: the deadline is %s, for %q", row.name, s.Deadline, s.Limit)
		}
	}
}

func TestNoDeclaration(t *testing.T) {
	if !(enforce.Declaration{Build: "22H1", At: start}).None() || (enforce.Declaration{Version: "13"}).None() {
		t.Error("a declaration is one of a version")
	}
}

func TestTheTimeThatMacOSHasHadIsAwakeTimeSinceItsDate(t *testing.T) {
	s, d := declares(t)
	s.must(s.s.Awaited == 0, "before the date it had %s", s.s.Awaited)
	s.awaits(d.At.Add(time.Hour), d)
	s.must(s.s.Awaited == time.Hour, "an hour after it, it had %s", s.s.Awaited)
	s.now = s.now.Add(-30 * time.Minute)
	s.s, _ = enforce.Step(s.p, s.s, s.now, enforce.TurnStarted{Boot: s.boot, Declaration: d})
	s.must(s.s.Awaited == time.Hour, "when the clock is set back it had %s", s.s.Awaited)
	s = tell(t)
	s.begins()
	s.awaits(start.Add(2*time.Hour), enforce.Declaration{})
	s.must(s.s.Awaited == 0, "without a declaration it had %s", s.s.Awaited)
}

func TestAfterADayOfAwakeTimeAnotherDateOfMacOSIsNotBelieved(t *testing.T) {
	for awaited, lapsed := range map[time.Duration]bool{24*time.Hour - time.Second: false, 24 * time.Hour: true} {
		s, d := declares(t)
		s.now = d.At.Add(48 * time.Hour)
		s.s.Clock.Seen, s.s.Lapsed, s.s.Awaited = s.now, true, awaited
		d.Padded = s.now.Add(time.Hour)
		s.s, _ = enforce.Step(s.p, s.s, s.now, enforce.TurnStarted{Boot: s.boot, Declaration: d})
		s.must(s.s.Lapsed == lapsed, "after %s it has lapsed: %t", awaited, s.s.Lapsed)
	}
}

func TestADeclarationThatDoesNotCountHoldsNothingUp(t *testing.T) {
	s, d := declares(t)
	s.p.Declarations = false
	s.now = d.At
	s.hears(enforce.TurnStarted{Boot: s.boot, Declaration: d}, "Look turn")
	s.hears(enforce.Looked{Updates: []enforce.Update{macOS}, Scene: somebody, Declaration: d}, "Download not-cached")
	s.hears(enforce.Downloaded{Scene: somebody}, "Warn deadline")
}

func TestADeclarationIsOfAnUpdateAndOfAllBeforeIt(t *testing.T) {
	for _, row := range []struct {
		declared, offered string
		covered           bool
	}{
		{"27.0", "27", true},
		{"27", "27.0", true},
		{"26.1", "15.7.2", true},
		{"26.1", "26.1", true},
		{"26.1", "26.1.1", true}, // 26.1 stands for the newest of it
		{"26.1", "26.2", false},
		{"26.1", "26.10", false},
		{"26.10", "26.9", true},
		{"26.1", "27", false},
		{"26.1 (a)", "26.1", true},
		{"26.1", "26.1 (a)", false},
		{"26.1 (b)", "26.1 (a)", true},
		{"26.1 (a)", "26.1 (b)", false},
		{"26.1", "15beta.7", false},
		{"26.1", "beta", false},
		{"26.1", "", false},
		{"26.1", "1.2.3.4", false},
		{"beta", "15.7.2", false},
		{"27.beta", "26.1", false},
	} {
		u := macOS
		u.Version = row.offered
		p := policy()
		p.Declarations = true
		got := enforce.Methods(p, enforce.State{Pending: []enforce.Update{u}, Declared: enforce.Declaration{Version: row.declared}}, start)[0]
		if (got == enforce.ByDeclaration) != row.covered {
			t.Errorf("%q of %q: %s", row.declared, row.offered, got)
		}
	}
}
