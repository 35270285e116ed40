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
	tried := s.Install
	gone := notOffered(tried.Tried, e.Updates)
	switch {
	case len(required) == 0 && e.Partial:
		return t.lookFailed(LookFailed{Cause: "the listing was cut before it named a required update"})
	case len(gone) > 0 && e.Partial:
		return t.lookFailed(LookFailed{Cause: "the listing was cut before it showed what was installed"})
	}
	s.Look = LookState{At: t.now}
	restarted := tried.Restarted || s.Clock.Boot.After(tried.At)
	if power := power(gone); power != Stay && !restarted {
		return t.restart(power, e.Scene) // installed, and the restart that it needs has not been
	}
	s.Install.forget()
	if len(required) == 0 { // that macOS enforces something else is no work of ours
		*s = State{Look: s.Look, Clock: s.Clock, Mirror: s.Mirror} // the round ends here, whether or not the removal works
		return Finish{Why: WhyNothingLeft}
	}
	if s.Deadline.IsZero() && t.now.Before(t.p.Built) {
		return Wait{Why: WhyClock}
	}
	t.begin()
	if len(notOffered(required, s.Pending)) > 0 {
		s.Agreed = time.Time{} // who agreed has not seen these
	}
	s.Pending, s.Offered = required, e.Updates[:min(len(e.Updates), maxOffered)]
	if s.Install.Set != fingerprint(required) {
		s.Install.Failures, s.Install.Cause, s.Install.Set = 0, "", ""
	}
	t.declared(e.Declaration)
	ours := t.pending(ByTool)
	set := fingerprint(ours)
	if len(tried.Tried) > 0 && len(gone) == 0 && (tried.Ended || restarted) {
		s.Agreed = time.Time{}
		cause := tried.Cause
		if cause == "" || !tried.Ended {
			cause = "still offered after it was installed: " + tried.Tried[0].Name()
		}
		return t.failed(cause)
	}
	if len(ours) == 0 || e.Scene.Converting || s.Cache.Set == set && (s.Cache.Done || s.Cache.Failures >= maxDownloads) ||
		t.lacks(e.Scene) == LackSpace {
		return t.ask(e.Scene)
	}
	return Download{Updates: ours, Why: WhyNotCached}
}

// begin begins a round, unless one runs.
func (t *turn) begin() {
	s := &t.s
	if !s.Began.IsZero() {
		return
	}
	s.Began, s.Allowed = t.now, t.p.MaxDeferral
	t.bring(t.p.DeadlineFrom(t.now))
	s.DeferredUntil = t.clamp(s.DeferredUntil)
}

func (t *turn) lookFailed(e LookFailed) Action {
	s := &t.s
	retry := firstRetry << min(max(s.Look.Failures, 0), 10)
	s.Look.Failures++
	s.Look.Cause = e.Cause
	s.Look.RetryAt = t.now.Add(min(retry, lastRetry))
	if t.overdue() {
		s.Look.RetryAt = time.Time{} // the next turn looks again
	} else {
		s.Look.RetryAt = t.clamp(s.Look.RetryAt)
	}
	t.note("look for updates: " + e.Cause)
	return Wait{Until: s.Look.RetryAt, Why: WhyLookFailed}
}

func (t *turn) downloaded(e Downloaded) Action {
	s := &t.s
	withheld := t.withhold(e.Later)
	ours := t.pending(ByTool)
	if set := fingerprint(ours); s.Cache.Set != set {
		s.Cache = CacheState{Set: set}
	}
	switch {
	case withheld && len(ours) > 0:
		return Download{Updates: ours, Why: WhyNotCached} // without it
	case withheld:
		return t.ask(e.Scene)
	}
	s.Cache.Done = e.Cause == ""
	if !s.Cache.Done {
		s.Cache.Failures++
		t.note("download updates: " + e.Cause)
	}
	return t.ask(e.Scene)
}

// notOffered returns the tried updates that are not among the offered, by label.
func notOffered(tried, offered []Update) []Update {
	var gone []Update
	for _, u := range tried {
		if !slices.ContainsFunc(offered, func(o Update) bool { return strings.TrimSpace(o.Label) == strings.TrimSpace(u.Label) }) {
			gone = append(gone, u)
		}
	}
	return gone
}

// withoutLabels returns the updates whose labels are not among these.
func withoutLabels(updates []Update, labels []string) []Update {
	return slices.DeleteFunc(slices.Clone(updates), func(u Update) bool {
		return slices.ContainsFunc(labels, func(label string) bool { return strings.TrimSpace(label) == strings.TrimSpace(u.Label) })
	})
}
