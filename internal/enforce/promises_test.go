package enforce_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// Each test below is named after a promise of docs/promises.md and tries to break it.

// without takes some kinds of trouble away.
func without(change func(*troubles)) troubles {
	w := everything()
	change(&w)
	return w
}

// each calls check for every moment of every history.
func each(t *testing.T, w troubles, check func(m moment) (broken string)) {
	t.Helper()
	histories(t, w, func(t *rapid.T, h *history) {
		for _, m := range h.moments {
			if broken := check(m); broken != "" {
				t.Fatalf("%s, in turn %d at %s\n%s", broken, m.turn, m.true, h)
			}
		}
	})
}

// hour is how long an agreement counts, and so may go before an installation that was interrupted.
const hour = time.Hour

// P1: before the deadline nothing is installed and nothing restarts, unless the person clicked the install button.
func TestP1NoForcedInstallBeforeTheDeadline(t *testing.T) {
	histories(t, everything(), func(t *rapid.T, h *history) {
		agreed := false // something was installed that may restart
		for _, m := range h.moments {
			overdue := !m.after.Deadline.IsZero() && !m.wall.Before(m.after.Deadline)
			clicked := m.consent(m.clicked, m.clicker)
			if _, ok := m.action.(enforce.Install); ok {
				if !overdue && !clicked {
					t.Fatalf("installs before the deadline, at %s\n%s", m.true, h)
				}
				agreed = true
			}
			if restarts(m.action) && !agreed {
				t.Fatalf("restarts without an installation, at %s\n%s", m.true, h)
			}
		}
	})
}

func restarts(a enforce.Action) bool { return restart(a) != enforce.Stay }

// restart is what an action asks or forces the Mac to do.
func restart(a enforce.Action) enforce.Power {
	if ask, ok := a.(enforce.AskRestart); ok {
		return ask.Power
	}
	if force, ok := a.(enforce.ForceRestart); ok {
		return force.Power
	}
	return enforce.Stay
}

// P2: while the Mac is awake and its tools work, enforcement begins within one interval of the deadline.
func TestP2EnforcementBeginsWithinOneInterval(t *testing.T) {
	w := troubles{awake: true}
	histories(t, w, func(t *rapid.T, h *history) {
		for i, m := range h.moments {
			wait, waits := m.action.(enforce.Wait)
			if !waits || m.after.Deadline.IsZero() || m.wall.Before(m.after.Deadline) {
				continue
			}
			nobody := m.chapter.nobody && !m.policy.InstallLoggedOut || m.chapter.nobody && m.policy.System == enforce.ByPerson
			if !nobody && !m.chapter.converting && !enforcedIn(h.moments[:i+1]) && m.chapter.answer != enforce.AnswerUnseen {
				t.Fatalf("a turn ends after the deadline (%s) without enforcing\n%s", wait.Why, h)
			}
		}
	})
}

// enforcedIn tells whether the turn of the last moment has enforced.
func enforcedIn(moments []moment) bool {
	turn := moments[len(moments)-1].turn
	return slices.ContainsFunc(moments, func(m moment) bool {
		if m.turn != turn {
			return false
		}
		_, warns := m.action.(enforce.Warn)
		_, installs := m.action.(enforce.Install)
		_, reminds := m.action.(enforce.Remind)
		return warns || installs || reminds || restarts(m.action)
	})
}

// P2, with all that can go wrong: nothing but what keeps a Mac from installing lets a turn end after the deadline.
func TestP2NoWaitWithoutReasonAfterTheDeadline(t *testing.T) {
	each(t, everything(), func(m moment) string {
		wait, ok := m.action.(enforce.Wait)
		if !ok || m.after.Deadline.IsZero() || m.wall.Before(m.after.Deadline) {
			return ""
		}
		if slices.Contains([]enforce.Why{enforce.WhyDeferred, enforce.WhyBackOff, enforce.WhyTurn, enforce.WhyNoEvent}, wait.Why) {
			return "waits after the deadline: " + string(wait.Why)
		}
		if wait.Why == enforce.WhyClock && !m.wall.Before(m.policy.Built) {
			return "waits for a clock that is right"
		}
		return ""
	})
}

// consent tells whether what somebody agreed to, or was warned of, at a time is recent, and theirs who is at the Mac now.
func (m moment) consent(at time.Time, by int) bool {
	return !at.IsZero() && m.true.Sub(at) <= hour+m.slack && (m.uid == 0 || m.uid == by)
}

// P3: whoever is logged in has seen the final warning before a forced installation.
func TestP3TheFinalWarningComesFirst(t *testing.T) {
	each(t, everything(), func(m moment) string {
		install, ok := m.action.(enforce.Install)
		switch {
		case !ok || m.consent(m.clicked, m.clicker) || m.consent(m.warned, m.seer):
			return ""
		case install.Why == enforce.WhyUnwarned && m.after.Unwarned >= 3: // it was tried in turn after turn, and could not be shown
			return ""
		case install.Why == enforce.WhyDeadlineNobody && m.alone && m.policy.InstallLoggedOut:
			return ""
		default:
			return "installs without a warning"
		}
	})
}

// P4: a deferral lasts as long as it was said to last, unless the deadline ends it, and no two prompts are closer.
func TestP4ADeferralIsHonouredInFull(t *testing.T) {
	histories(t, everything(), func(t *rapid.T, h *history) {
		var last *moment // the last prompt that a person saw and whose answer arrived
		for i := range h.moments {
			m := &h.moments[i]
			if _, ok := m.action.(enforce.Prompt); !ok {
				continue
			}
			if last != nil && m.excused == last.excused {
				gap := m.true.Sub(last.true) + m.forward - last.forward + m.hasty - last.hasty + 5*time.Second
				if gap < last.policy.DeferralPeriod {
					t.Fatalf("asks again after %s, at %s\n%s", gap, m.true, h)
				}
			}
			last = nil
			if i+1 < len(h.moments) {
				if e, ok := h.moments[i+1].event.(enforce.Answered); ok && e.Answer != enforce.AnswerUnseen {
					last = &h.moments[i+1] // counted from the answer …
					if e.Answer == enforce.AnswerInstall {
						last = m // … or from the prompt, where that was to install
					}
				}
			}
		}
	})
}

// P5: the deadline only moves earlier, by the clock on the wall and in true time.
func TestP5TheDeadlineNeverMovesLater(t *testing.T) {
	histories(t, everything(), func(t *rapid.T, h *history) {
		var best time.Time // the earliest deadline so far, in true time
		var slack time.Duration
		for _, m := range h.moments {
			if _, ended := m.action.(enforce.Finish); ended {
				best, slack = time.Time{}, m.slack
				continue // the round is over
			}
			if !m.before.Deadline.IsZero() && (m.after.Deadline.IsZero() || m.after.Deadline.After(m.before.Deadline)) {
				t.Fatalf("the deadline moves from %s to %s\n%s", m.before.Deadline, m.after.Deadline, h)
			}
			e, ok := m.event.(enforce.TurnStarted)
			if !ok || e.Boot.IsZero() || m.after.Deadline.IsZero() || m.after.Decision == enforce.WhyClock {
				continue
			}
			deadline := m.after.Deadline.Add(m.true.Sub(m.wall))
			if !best.IsZero() && deadline.Sub(best) > m.slack-slack+6*time.Second {
				t.Fatalf("the true deadline moves from %s to %s, with %s of slack\n%s", best, deadline, m.slack-slack, h)
			}
			if best.IsZero() || deadline.Before(best) {
				best, slack = deadline, m.slack
			}
		}
	})
}

// P5: a deferral steps back with the clock, and is never longer than the deadline allows.
func TestP5TheDeferralStaysWithinTheDeadline(t *testing.T) {
	each(t, everything(), func(m moment) string {
		s := m.after
		if !s.Deadline.IsZero() && s.DeferredUntil.After(s.Deadline) {
			return "a deferral outlasts the deadline"
		}
		return ""
	})
}

// P6: while the clock cannot be right no deadline is set.
func TestP6NoDeadlineByAnImplausibleClock(t *testing.T) {
	each(t, everything(), func(m moment) string {
		if m.before.Deadline.IsZero() && !m.after.Deadline.IsZero() && m.wall.Before(m.policy.Built) {
			return "sets a deadline by an implausible clock"
		}
		return ""
	})
}

// P7: a restart happens only when an installed update needs it, and a shut down when one needs that.
func TestP7OnlyTheRestartThatIsNeeded(t *testing.T) {
	each(t, without(func(w *troubles) { w.clock, w.boot, w.admin = false, false, false }), func(m moment) string {
		if power := restart(m.action); power != enforce.Stay && power != m.staged {
			return "wants to " + string(power) + " where " + string(m.staged) + " is needed"
		}
		return ""
	})
}

// P8: the forced restart comes HardRestartDelay after the polite one, unless nobody is logged in.
func TestP8NoForcedRestartTooSoon(t *testing.T) {
	each(t, everything(), func(m moment) string {
		if _, ok := m.action.(enforce.ForceRestart); !ok || m.alone || m.chapter.nobody {
			return ""
		}
		if m.asked.IsZero() || m.true.Sub(m.asked) < m.policy.HardRestartDelay {
			return "forces a restart too soon"
		}
		return ""
	})
}

// P9: updates that turn up after a restart belong to the same round, under the same deadline.
func TestP9LaterUpdatesJoinTheRound(t *testing.T) {
	each(t, without(func(w *troubles) { w.admin = false }), func(m moment) string {
		b, a := m.before, m.after
		if _, ended := m.action.(enforce.Finish); ended || b.Began.IsZero() {
			return ""
		}
		moved := a.SetBack - b.SetBack // with the clock
		if !a.Began.Equal(b.Began.Add(-moved)) {
			return "begins another round"
		}
		nearer := a.Deadline.Before(b.Deadline.Add(-moved)) && slices.Contains([]enforce.Limit{
			enforce.LimitCount, enforce.LimitDate, enforce.LimitDeclaration,
		}, a.Limit)
		if !nearer && !a.Deadline.Equal(b.Deadline.Add(-moved)) {
			return "gives them another deadline"
		}
		return ""
	})
}

// P10: what is deferred by a profile, a major upgrade or excluded is not installed, not counted and not shown.
func TestP10NoUpdateOutOfScope(t *testing.T) {
	each(t, everything(), func(m moment) string {
		updates := m.after.Pending
		if a, ok := m.action.(enforce.Download); ok {
			updates = append(slices.Clone(updates), a.Updates...)
		}
		if a, ok := m.action.(enforce.Install); ok {
			updates = append(slices.Clone(updates), a.Updates...)
		}
		for _, u := range updates {
			if u.Deferred || u.Cut || u.Title == "Skip this" || u.Version == "14.1" {
				return "is after " + u.Name()
			}
		}
		return ""
	})
}

// P11, where it is not always known when the Mac has started: a restart that was asked for is not taken to have been because it
// is known again.
func TestP11ARestartIsNotTakenToHaveBeen(t *testing.T) {
	each(t, without(func(w *troubles) { w.clock, w.admin = false, false }), func(m moment) string {
		e, starts := m.event.(enforce.TurnStarted)
		if starts && !e.Boot.IsZero() && m.action.Reason() == enforce.WhyRestarted && m.staged != enforce.Stay {
			return "takes a restart to have been"
		}
		return ""
	})
}

// P11: the work is done only when a look has found nothing to enforce and no restart is due.
func TestP11FinishOnlyWhenNothingIsLeft(t *testing.T) {
	each(t, without(func(w *troubles) { w.clock, w.boot, w.admin = false, false, false }), func(m moment) string {
		if _, ok := m.action.(enforce.Finish); !ok {
			return ""
		}
		looked, ok := m.event.(enforce.Looked)
		switch {
		case !ok || looked.Partial:
			return "finishes without a conclusive look"
		case len(m.policy.Scope.Required(m.offered)) > 0:
			return "finishes with updates left"
		case m.staged != enforce.Stay || m.after.Restart.Power != enforce.Stay:
			return "finishes before the restart"
		}
		return ""
	})
}
