package enforce

import "time"

// Limit is what a deadline rests on. Of several, the earliest counts.
type Limit string

// The limits.
const (
	LimitTime        Limit = "time"        // MaxDeferral since the look that began the round
	LimitCount       Limit = "count"       // so many deferrals
	LimitDate        Limit = "date"        // a date that the administrator has set for all
	LimitDeclaration Limit = "declaration" // macOS enforces the update itself then
	LimitValue       Limit = "value"       // an administrator has written an earlier time on this Mac
	LimitNone        Limit = "none"        // SkipDeferral: there is no deferral
)

// DeadlineFrom is when a round that begins at the given time is enforced, and why then.
func (p Policy) DeadlineFrom(began time.Time) (time.Time, Limit) {
	deadline, limit := began, LimitNone
	if !p.SkipDeferral {
		deadline, limit = p.Workday.After(began.Add(p.MaxDeferral).In(p.zone())), LimitTime
	}
	if !p.LatestDeadline.IsZero() && p.LatestDeadline.Before(deadline) {
		return p.LatestDeadline, LimitDate
	}
	return deadline, limit
}

// bring moves the deadline to an earlier time, and never to a later one.
func (t *turn) bring(to time.Time, why Limit) {
	s := &t.s
	if to.IsZero() || !s.Deadline.IsZero() && !to.Before(s.Deadline) {
		return
	}
	s.Deadline, s.Limit = to, why
	s.DeferredUntil = t.clamp(s.DeferredUntil)
}

// spent brings the deadline forward to the end of the running deferral once all that there are have been used.
func (t *turn) spent() {
	s := &t.s
	if t.p.MaxDeferrals == 0 || s.Deferrals < t.p.MaxDeferrals || s.Deadline.IsZero() {
		return
	}
	end := s.DeferredUntil
	if end.Before(t.now) {
		end = t.now
	}
	t.bring(end, LimitCount)
}

// DeferralsLeft tells how often the person can still defer, where that is limited by number; else it is -1.
func DeferralsLeft(p Policy, s State) int {
	if p.MaxDeferrals == 0 {
		return -1
	}
	return max(0, p.MaxDeferrals-s.Deferrals)
}
