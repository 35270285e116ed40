package enforce

import (
	"slices"
	"strings"
	"time"
)

// looked answers a conclusive look.
func (t *turn) looked(e Looked) Action {
	s := &t.s
	required := t.p.Scope.Required(e.Updates)
	if len(required) == 0 && e.Partial {
		return t.lookFailed(LookFailed{Cause: "the listing was cut before it named a required update"})
	}
	s.Look = LookState{At: t.now}
	tried := s.Install
	left := stillOffered(tried.Tried, e.Updates)
	restarted := tried.Restarted || s.Clock.Boot.After(tried.At)
	if power := power(tried.Tried); power != Stay && left == 0 && !restarted {
		return t.restart(power, e.Scene) // installed, and the restart that it needs has not been
	}
	s.Install.forget()
	if len(required) == 0 {
		return Finish{Why: WhyNothingLeft}
	}
	if s.Deadline.IsZero() && t.now.Before(t.p.Built) {
		return Wait{Why: WhyClock}
	}
	t.begin()
	s.Pending = required
	set := fingerprint(required)
	if s.Install.Set != set {
		s.Install.Failures, s.Install.Cause, s.Install.Set = 0, "", ""
	}
	if left > 0 && left == len(tried.Tried) && (tried.Ended || restarted) {
		s.Agreed = time.Time{}
		return t.failed("still offered after it was installed: " + tried.Tried[0].Name())
	}
	if t.byHand() || e.Scene.Converting || s.Cache.Set == set && (s.Cache.Done || s.Cache.Failures >= maxDownloads) {
		return t.ask(e.Scene)
	}
	return Download{Updates: required, Why: WhyNotCached}
}

// begin begins a round, unless one runs.
func (t *turn) begin() {
	s := &t.s
	if !s.Began.IsZero() {
		return
	}
	s.Began, s.Allowed = t.now, t.p.MaxDeferral
	s.Deadline = earlier(s.Deadline, t.p.deadline(t.now))
	s.DeferredUntil = t.clamp(s.DeferredUntil)
}

func (t *turn) lookFailed(e LookFailed) Action {
	s := &t.s
	retry := firstRetry << min(s.Look.Failures, 10)
	s.Look.Failures++
	s.Look.Cause = e.Cause
	s.Look.RetryAt = t.now.Add(min(retry, lastRetry))
	t.note("look for updates: " + e.Cause)
	return Wait{Until: s.Look.RetryAt, Why: WhyLookFailed}
}

func (t *turn) downloaded(e Downloaded) Action {
	s := &t.s
	set := fingerprint(s.Pending)
	if s.Cache.Set != set {
		s.Cache = CacheState{Set: set}
	}
	s.Cache.Done = e.Cause == ""
	if !s.Cache.Done {
		s.Cache.Failures++
		t.note("download updates: " + e.Cause)
	}
	return t.ask(e.Scene)
}

// stillOffered counts how many of the tried updates are among the offered, by label.
func stillOffered(tried, offered []Update) int {
	n := 0
	for _, u := range tried {
		if slices.ContainsFunc(offered, func(o Update) bool { return strings.TrimSpace(o.Label) == strings.TrimSpace(u.Label) }) {
			n++
		}
	}
	return n
}
