package enforce_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// What Apple does not let a Mac have yet keeps nothing else back, as a Mac may have several updates pending.

func TestTheRestIsDownloadedWithoutIt(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.looked("Download not-cached", macOS, safari)
	s.hears(enforce.Downloaded{Cause: "ramped", Later: []string{" " + macOS.Label}, Scene: somebody}, "Download not-cached")
	s.concerns(safari)
	s.hears(enforce.Downloaded{Scene: somebody}, "Prompt due")
	s.concerns(safari)
	s.at("the next try", s.s.Later, start.Add(4*time.Hour))
	s.must(s.s.Cache.Done && s.s.Cache.Failures == 0, "noted is %+v", s.s.Cache)
}

func TestWhatIsKnownToBeHeldBackIsNoNews(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.looked("Download not-cached", macOS, safari)
	held := enforce.Downloaded{Cause: "ramped", Later: []string{macOS.Label}, Scene: somebody}
	s.hears(held, "Download not-cached")
	s.pass(time.Hour)
	s.hears(held, "Prompt due") // else it would be downloaded again without end
	s.must(s.s.Cache.Failures == 1 && len(s.s.Ramped) == 1, "noted is %+v, %q", s.s.Cache, s.s.Ramped)
	s.at("the next try", s.s.Later, start.Add(4*time.Hour))
}

func TestTheRestIsInstalledWithoutIt(t *testing.T) {
	later := enforce.Installed{Outcome: enforce.OutcomeLater, Cause: "ramped", Later: []string{macOS.Label}, Scene: somebody}
	t.Run("by softwareupdate, with the same agreement", func(t *testing.T) {
		s := tell(t)
		s.begins(macOS, safari)
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.hears(later, "Look verify")
		s.looked("Download not-cached", macOS, safari)
		s.hears(enforce.Downloaded{Scene: somebody}, "Install agreed")
		s.concerns(safari)
		s.must(s.s.Install.Failures == 0, "it counts as %d failures", s.s.Install.Failures)
		s.installed("Look verify")
		s.looked("Wait later", macOS)
		s.must(s.s.Agreed.IsZero(), "an agreement is left")
	})
	t.Run("by the person", func(t *testing.T) {
		s := tell(t)
		s.p.System, s.p.Packages = enforce.ByTool, enforce.ByPerson
		s.begins(macOS, safari)
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.hears(later, "Look verify")
		s.looked("Remind by-hand", macOS, safari)
		s.concerns(safari)
	})
	t.Run("if it was not installed already", func(t *testing.T) {
		s := tell(t)
		s.begins(macOS, safari)
		s.answers(enforce.AnswerInstall, "Install agreed")
		s.hears(enforce.Installed{Outcome: enforce.OutcomeLater, Later: []string{safari.Label}, Scene: somebody}, "Look verify")
		s.looked("AskRestart installed", safari)
	})
	t.Run("after the deadline", func(t *testing.T) {
		s := tell(t)
		s.overdue(macOS, safari)
		s.hears(enforce.Warned{Scene: somebody}, "Install warned")
		s.hears(later, "Look verify")
		s.looked("Download not-cached", macOS, safari)
	})
}

func TestTheDeadlineOfTheRestStays(t *testing.T) {
	s := tell(t)
	s.begins(macOS, safari)
	s.s.Ramped, s.s.Later = []string{"macOS Ventura 13.7-22H1"}, start.Add(73*time.Hour)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.now = s.s.Deadline
	s.s.Later = s.now.Add(time.Hour)
	s.turn("Look turn")
	s.looked("Download not-cached", macOS, safari)
	s.hears(enforce.Downloaded{Scene: somebody}, "Warn deadline")
	s.concerns(safari)
}

func TestWhatThePersonCannotGetTheyAreNotAskedFor(t *testing.T) {
	s := tell(t)
	s.p.System = enforce.ByPerson
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
	s.answers(enforce.AnswerInstall, "Remind by-hand")
	s.hears(enforce.Reminded{Later: []string{macOS.Label}}, "Look reminded")
	s.looked("Wait later", macOS)
	s.now = s.s.Later
	s.turn("Look turn")
	s.looked("Prompt due", macOS)
}

func TestWhatIsNotPendingIsNotHeldBack(t *testing.T) {
	s := tell(t)
	s.begins()
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.hears(enforce.Installed{Outcome: enforce.OutcomeLater, Cause: "ramped", Later: []string{"another"}, Scene: somebody}, "Look verify")
	s.must(s.s.Later.IsZero() && len(s.s.Ramped) == 0, "%q is waited for", s.s.Ramped)
	s.looked("Wait install-failed", macOS)
	s = tell(t)
	s.begins(safari)
	s.answers(enforce.AnswerInstall, "Install agreed")
	s.hears(enforce.Installed{Outcome: enforce.OutcomeLater, Cause: "ramped", Later: []string{"another"}, Scene: somebody}, "Wait install-failed")
}

func TestAWeekAfterTheDeadlineItIsNotBelievedAnyMore(t *testing.T) {
	for after, want := range map[time.Duration]string{7*24*time.Hour - time.Second: "Wait later", 7 * 24 * time.Hour: "Look verify"} {
		s := tell(t)
		s.overdue()
		s.hears(enforce.Warned{Scene: somebody}, "Install warned")
		s.now = s.s.Deadline.Add(after)
		s.hears(enforce.Installed{Outcome: enforce.OutcomeLater, Cause: "ramped", Later: []string{macOS.Label}, Scene: somebody}, want)
	}
}

func TestWithheld(t *testing.T) {
	s := enforce.State{Pending: []enforce.Update{macOS, safari}, Ramped: []string{safari.Label}, Later: start}
	if got := enforce.Withheld(s, start.Add(-time.Second)); !cmp.Equal(got, []enforce.Update{safari}) {
		t.Errorf("before: %v", got)
	}
	if got := enforce.Withheld(s, start); len(got) != 0 {
		t.Errorf("then: %v", got)
	}
	if len(s.Pending) != 2 || s.Pending[1].Label != safari.Label {
		t.Errorf("the state has changed: %v", s.Pending)
	}
}

func TestOneMoreUpdateIsHeldBack(t *testing.T) {
	s := tell(t)
	s.turn("Look turn")
	s.looked("Download not-cached", macOS, safari)
	s.hears(enforce.Downloaded{Cause: "ramped", Later: []string{macOS.Label}, Scene: somebody}, "Download not-cached")
	before := s.s
	s.hears(enforce.Downloaded{Cause: "ramped", Later: []string{safari.Label}, Scene: somebody}, "Wait later")
	s.must(len(before.Ramped) == 1 && len(s.s.Ramped) == 2, "%q, then %q", before.Ramped, s.s.Ramped)
	s.s.Later = s.now.Add(-time.Second)
	s.hears(enforce.Downloaded{Cause: "ramped", Later: []string{safari.Label}, Scene: somebody}, "Download not-cached")
	s.concerns(macOS)
	s.must(len(s.s.Ramped) == 1, "what was held back once is held back again: %q", s.s.Ramped)
}
