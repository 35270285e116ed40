package enforce_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// The tests below are about what Macs of today ask for: limits by number and date, updates that only the person or macOS
// itself can install, calls, batteries and disks. Each is a sentence, under random histories.

// covered tells whether macOS itself is to install an update.
func covered(m moment, u enforce.Update) bool {
	return m.policy.Declarations && !m.after.Lapsed && !m.after.Declared.None() && u.Version == m.after.Declared.Version
}

func TestWhatMacOSEnforcesItselfIsNeitherInstalledNorForcedByUs(t *testing.T) {
	each(t, everything(), func(m moment) string {
		if a, ok := m.action.(enforce.Install); ok && slices.ContainsFunc(a.Updates, func(u enforce.Update) bool { return covered(m, u) }) {
			return "installs what macOS enforces itself"
		}
		return ""
	})
}

func TestTheDeadlineIsNeverLaterThanTheDeclaration(t *testing.T) {
	each(t, everything(), func(m moment) string {
		s := m.after
		pending := slices.ContainsFunc(s.Pending, func(u enforce.Update) bool { return u.Version == s.Declared.Version })
		_, looked := m.event.(enforce.Looked)
		if (pending || m.wall.Before(s.Declared.At)) && looked && !s.Declared.None() && s.Deadline.After(s.Declared.At) {
			return "has a deadline later than that of macOS"
		}
		return ""
	})
}

func TestOnlyThePersonInstallsWhatOnlyTheyCan(t *testing.T) {
	each(t, everything(), func(m moment) string {
		a, ok := m.action.(enforce.Install)
		if !ok {
			return ""
		}
		for _, u := range a.Updates {
			if m.policy.System == enforce.ByPerson && u.Action != enforce.Stay || m.policy.Packages == enforce.ByPerson {
				return "installs " + u.Name() + " itself"
			}
		}
		return ""
	})
}

func TestNothingIsBegunWithoutPowerOrSpace(t *testing.T) {
	each(t, everything(), func(m moment) string {
		if _, ok := m.action.(enforce.Install); !ok {
			return ""
		}
		patience := m.wall.Before(m.after.Deadline.Add(24 * time.Hour))
		switch c := m.chapter; {
		case c.battery > 0 && c.battery < 10:
			return "begins on an empty battery"
		case c.battery > 0 && c.battery < m.policy.MinimumBattery && patience:
			return "begins on a low battery"
		case c.free > 0 && c.free < m.policy.MinimumSpace && patience:
			return "begins without space"
		}
		return ""
	})
}

func TestNobodysOpenSessionIsRestartedAway(t *testing.T) {
	each(t, everything(), func(m moment) string {
		_, installs := m.action.(enforce.Install)
		if installs && m.chapter.nobody && (m.chapter.others > 0 || m.chapter.settingUp) {
			if m.true.Sub(m.warned) > hour && m.true.Sub(m.clicked) > hour { // else they were at the console until now
				return "installs while somebody is logged in who cannot see it"
			}
		}
		return ""
	})
}

func TestAPromptWaitsForACallAndNoLongerThanPatienceLasts(t *testing.T) {
	each(t, everything(), func(m moment) string {
		_, prompts := m.action.(enforce.Prompt)
		wait, waits := m.action.(enforce.Wait)
		s, p := m.after, m.policy
		switch {
		case prompts && m.chapter.locked:
			return "asks a locked screen"
		case waits && wait.Why == enforce.WhyBusy && !m.wall.Before(s.Deadline):
			return "waits for a call beyond the deadline"
		case waits && wait.Why == enforce.WhyBusy && m.wall.Add(p.Interval).Sub(s.HeldBack) >= p.MeetingPatience:
			return "waits longer for a call than patience lasts"
		case prompts && m.chapter.busy && m.before.HeldBack.IsZero() && p.MeetingPatience > p.Interval:
			return "asks in the middle of a call"
		}
		return ""
	})
}

func TestWhatAppleDoesNotGiveYetIsNotAskedForAndKeepsNothingElseBack(t *testing.T) {
	each(t, everything(), func(m moment) string {
		held := enforce.Withheld(m.after, m.wall)
		switch wait, waits := m.action.(enforce.Wait); {
		case waits:
			if wait.Why == enforce.WhyLater && len(held) < len(m.after.Pending) {
				return "waits though there is more to do"
			}
		case slices.ContainsFunc(about(m.action), func(u enforce.Update) bool { return slices.Contains(held, u) }):
			return fmt.Sprintf("%T is about what cannot be had", m.action)
		case speaks(m.action) && len(about(m.action)) == 0:
			return fmt.Sprintf("%T is about nothing", m.action)
		}
		return ""
	})
}

// speaks tells whether an action is about updates.
func speaks(action enforce.Action) bool {
	switch action.(type) {
	case enforce.Download, enforce.Prompt, enforce.Warn, enforce.Install, enforce.Remind:
		return true
	case enforce.Look, enforce.AskRestart, enforce.ForceRestart, enforce.Hold, enforce.Finish, enforce.Wait:
	}
	return false
}

// about lists the updates that an action is about.
func about(action enforce.Action) []enforce.Update {
	switch a := action.(type) {
	case enforce.Download:
		return a.Updates
	case enforce.Prompt:
		return a.Updates
	case enforce.Warn:
		return a.Updates
	case enforce.Install:
		return a.Updates
	case enforce.Remind:
		return a.Updates
	case enforce.Look, enforce.AskRestart, enforce.ForceRestart, enforce.Hold, enforce.Finish, enforce.Wait:
	}
	return nil
}

func TestDeferralsAreLimitedByNumberAndNoneIsTakenAway(t *testing.T) {
	histories(t, troubles{tools: true, scenes: true, awake: true}, func(t *rapid.T, h *history) {
		for _, m := range h.moments {
			most, s := m.policy.MaxDeferrals, m.after
			if most == 0 {
				continue
			}
			if p, ok := m.action.(enforce.Prompt); ok {
				if s.Deferrals >= most {
					t.Fatalf("asks again after %d of %d deferrals\n%s", s.Deferrals, most, h)
				}
				if last := s.Deferrals == most-1; last && !p.Last {
					t.Fatalf("does not say that this is the last\n%s", h)
				}
				if p.Deadline.After(s.Deadline) || p.Last && p.Deadline.After(m.wall.Add(m.policy.DeferralPeriod)) {
					t.Fatalf("tells a deadline of %s\n%s", p.Deadline, h)
				}
			}
			if s.Limit == enforce.LimitCount && s.Deferrals < most {
				t.Fatalf("takes a deferral away\n%s", h)
			}
		}
	})
}

func TestNoDeadlineIsLaterThanTheDateForAll(t *testing.T) {
	each(t, everything(), func(m moment) string {
		latest := m.policy.LatestDeadline
		if _, looked := m.event.(enforce.Looked); looked && !latest.IsZero() && m.after.Deadline.After(latest) {
			return "has a deadline later than the date for all"
		}
		return ""
	})
}

func TestWhatIsLackingIsAskedForOnceATurn(t *testing.T) {
	histories(t, everything(), func(t *rapid.T, h *history) {
		turn, holds := 0, 0
		for _, m := range h.moments {
			if m.turn != turn {
				turn, holds = m.turn, 0
			}
			if a, ok := m.action.(enforce.Hold); ok {
				if holds++; holds > 1 {
					t.Fatalf("asks %d times for %s in one turn\n%s", holds, a.Lack, h)
				}
				if m.alone {
					t.Fatalf("asks nobody for %s\n%s", a.Lack, h)
				}
			}
		}
	})
}

// The histories are worth nothing unless what the promises are about happens in them.
func TestTheHistoriesHoldWhatTheyAreFor(t *testing.T) {
	if testing.Short() {
		t.Skip("a small sample does not hold everything")
	}
	seen := map[string]bool{}
	look := func(_ *rapid.T, h *history) {
		for _, m := range h.moments {
			seen["because "+string(m.action.Reason())], seen["limit "+string(m.after.Limit)] = true, true
			_, holds := m.action.(enforce.Hold)
			seen["hold"], seen["lapsed"] = seen["hold"] || holds, seen["lapsed"] || m.after.Lapsed
		}
	}
	wanted := []string{"limit time", "limit count", "limit date", "limit declaration", "limit value", "limit none", "lapsed", "hold"}
	for _, why := range reasons(t) {
		if why != enforce.WhyNoEvent && why != enforce.WhyRestarting {
			wanted = append(wanted, "because "+string(why))
		}
	}
	for range 5 { // what is rare may be missing from some
		histories(t, everything(), look)
		if wanted = slices.DeleteFunc(wanted, func(what string) bool { return seen[what] }); len(wanted) == 0 {
			return
		}
	}
	t.Errorf("never happens: %q", wanted)
}
