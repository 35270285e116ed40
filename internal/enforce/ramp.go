package enforce

import (
	"slices"
	"strings"
	"time"
)

// Apple gives an update to some Macs sooner than to others. Nothing is wrong with a Mac that does not get one yet: nobody is
// asked for what cannot be had, and it keeps nothing else back.

// rampPatience is how long after the deadline that is believed: what is said of it stands in a log that others can write to.
const rampPatience = 7 * 24 * time.Hour

// later waits for what Apple does not let this Mac have yet.
func (t *turn) later() Action { return Wait{Until: t.s.Later, Why: WhyLater} }

// withhold notes that Apple does not let this Mac have some of the pending updates yet, and tells whether that is news that is
// believed.
func (t *turn) withhold(labels []string) bool {
	s := &t.s
	if !t.now.Before(s.Deadline.Add(rampPatience)) {
		return false
	}
	if !t.now.Before(s.Later) {
		s.Ramped = nil
	}
	news := false
	for _, u := range s.Pending {
		label := strings.TrimSpace(u.Label)
		if slices.ContainsFunc(labels, func(l string) bool { return strings.TrimSpace(l) == label }) && !t.ramped(u) {
			s.Ramped = append(slices.Clone(s.Ramped), label)
			s.Later = t.now.Add(laterAgain)
			news = true
		}
	}
	return news
}

// ramped tells whether Apple does not let this Mac have an update yet.
func (t *turn) ramped(u Update) bool {
	return t.now.Before(t.s.Later) && slices.Contains(t.s.Ramped, strings.TrimSpace(u.Label))
}

// left lists the pending updates that can be had.
func (t *turn) left() []Update {
	return slices.DeleteFunc(slices.Clone(t.s.Pending), t.ramped)
}

// Withheld lists the pending updates that Apple does not let this Mac have yet.
func Withheld(s State, now time.Time) []Update {
	t := turn{s: s, now: now}
	return slices.DeleteFunc(slices.Clone(s.Pending), func(u Update) bool { return !t.ramped(u) })
}
