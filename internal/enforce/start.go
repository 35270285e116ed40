package enforce

import (
	"time"
)

// started answers the beginning of a turn. It is all that runs while a deferral does.
func (t *turn) started(e TurnStarted) Action {
	s := &t.s
	s.Reminders, s.Holds = 0, 0
	t.heed(e.Wish)
	t.recall(e.Memory)
	t.tighten()
	t.declared(e.Declaration)
	t.await()
	t.limit()
	switch {
	case s.Restart.Power != Stay && !t.restarted(e.Boot):
		s.Restart.Asked, s.Restart.Up, s.Restart.Forced = t.now, t.up(), time.Time{}
		s.Restart.Asks++
		return AskRestart{Power: s.Restart.Power, Why: WhyRestartPending}
	case s.Restart.Power != Stay:
		s.Restart = RestartState{}
		s.Install.Restarted = true
		return Look{Why: WhyRestarted}
	case len(s.Install.Tried) > 0:
		return Look{Why: WhyVerify}
	case t.agreed():
		return Look{Why: WhyInterrupted}
	case t.deferred():
		return Wait{Until: s.DeferredUntil, Why: WhyDeferred}
	case len(s.Pending) > 0 && len(t.left()) == 0:
		return t.later()
	case t.now.Before(s.Look.RetryAt) && !t.overdue():
		return Wait{Until: s.Look.RetryAt, Why: WhyBackOff}
	default:
		return Look{Why: WhyTurn}
	}
}

// heed takes over what the local preference values ask for, as far as it is earlier. A later time is refused: nothing
// but the end of a round moves a deadline or a deferral on.
//
// A value that is the same as before, or that we wrote ourselves, is nobody's wish: a write of ours may have come late,
// or not at all.
func (t *turn) heed(w Wish) {
	s := &t.s
	found := s.Mirror.Found
	s.Mirror.Found = w
	if s.Deadline.IsZero() {
		if wished(w.ForcedAfter, found.ForcedAfter, s.Mirror.Written.ForcedAfter) {
			t.takeOver(w)
		}
		return
	}
	if wished(w.ForcedAfter, found.ForcedAfter, s.Mirror.Written.ForcedAfter) {
		t.bring(w.ForcedAfter, LimitValue)
	}
	if wished(w.DeferredUntil, found.DeferredUntil, s.Mirror.Written.DeferredUntil) && w.DeferredUntil.Before(s.DeferredUntil) {
		s.DeferredUntil = w.DeferredUntil
	}
}

// limit refuses a deadline that is later than any that this policy would set now, and a wait that is longer than any
// between two looks: such a one was not set by us.
func (t *turn) limit() {
	s := &t.s
	if latest := t.now.Add(t.p.MaxDeferral + 24*time.Hour); s.Deadline.After(latest) {
		s.Deadline, s.Limit = t.p.DeadlineFrom(t.now)
	}
	if s.Later.After(t.now.Add(laterAgain)) || !t.now.Before(s.Later) {
		s.Ramped, s.Later = nil, time.Time{}
	}
	if s.Look.RetryAt.After(t.now.Add(lastRetry)) {
		s.Look.RetryAt = time.Time{}
	}
	s.DeferredUntil = t.clamp(s.DeferredUntil)
}

func wished(t, found, written time.Time) bool {
	return !t.IsZero() && !t.Equal(found) && !t.Equal(written)
}

// takeOver continues a round that is known from the preference values alone: another program of the same contract left
// them, or our own state was lost. One that would end later than this policy lets a round end that begins now ends then.
func (t *turn) takeOver(w Wish) {
	if latest, limit := t.p.DeadlineFrom(t.now); w.ForcedAfter.After(latest) {
		t.s.Deadline, t.s.Limit = latest, limit
		return
	}
	t.s.Deadline, t.s.Limit = w.ForcedAfter, LimitValue
	if !w.DeferredUntil.After(t.now.Add(t.p.DeferralPeriod)) {
		t.s.DeferredUntil = t.clamp(w.DeferredUntil)
	}
}

// recall takes up a round whose state is lost, as a record of our own tells it. Where the preference values tell of it too,
// the earlier deadline counts.
func (t *turn) recall(w Wish) {
	switch {
	case w.ForcedAfter.IsZero():
	case t.s.Deadline.IsZero():
		t.takeOver(w)
	default:
		t.bring(w.ForcedAfter, LimitValue)
	}
}

// tighten obeys a policy that has become stricter within the round.
func (t *turn) tighten() {
	s := &t.s
	if s.Began.IsZero() || s.Deadline.IsZero() {
		return
	}
	if t.p.SkipDeferral {
		t.bring(t.now, LimitNone)
	} else if t.p.MaxDeferral < s.Allowed {
		s.Allowed = t.p.MaxDeferral
		t.bring(t.p.DeadlineFrom(s.Began))
	}
	t.bring(t.p.LatestDeadline, LimitDate)
	t.spent()
}
