package rollout

import "time"

// Days are how long Macs took from the first snapshot in which they lacked an update to the first in which they did not.
// They are as exact as snapshots are frequent.
type Days struct {
	Macs   int `json:"macs"`      // rounds that have ended
	Median int `json:"median"`    // in whole days, begun ones included
	P90    int `json:"p90"`       // within so many days nine of ten
	Open   int `json:"open"`      // rounds that have not ended
	Taken  int `json:"snapshots"` // that this is from, the present one included
}

// story is what the snapshots tell of one Mac.
type story struct {
	began time.Time // of the round that is under way; zero for none
	stage string    // the last one in whose scope it was
	ended []int     // how many days each round took that has ended
}

// add goes on with the next sighting. A round begins with one in which the Mac is in the scope of the policy and not
// compliant, and ends with one in which it is. One of which nothing is known does neither.
func (s *story) add(now Sighting) {
	if now.InScope {
		s.stage = now.Stage
	}
	switch now.Outcome {
	case Compliant:
		if !s.began.IsZero() {
			s.ended = append(s.ended, daysBetween(s.began, now.At))
			s.began = time.Time{}
		}
	case Pending, Deferred, Enforcing, Failed, Waiting:
		if s.began.IsZero() && now.InScope {
			s.began = now.At
		}
	case Unknown, NotReporting:
	}
}

// complete adds to what is seen of a Mac what the snapshots know. One that was in the scope of the policy, and has left the
// groups because it has all updates, counts for its stage on.
func (s *story) complete(now Sighting) Sighting {
	if now.Stage == "" && now.Outcome == Compliant && s.stage != "" {
		now.Stage, now.InScope = s.stage, true
	}
	return now
}

func daysBetween(from, to time.Time) int {
	const day = 24 * time.Hour
	return int((to.Sub(from) + day - 1) / day)
}

// dayCounts count whole days, which is all that a median needs: no list of Macs.
type dayCounts struct {
	counts [maxDays + 1]int
	ended  int
	open   int
}

const maxDays = 3650 // what took longer counts as that

func (d *dayCounts) add(s *story) {
	for _, n := range s.ended {
		d.counts[min(max(n, 0), maxDays)]++
		d.ended++
	}
	if !s.began.IsZero() {
		d.open++
	}
}

// quantile is the least number of days within which a share of the rounds has ended.
func (d *dayCounts) quantile(percent int) int {
	need, sum := (d.ended*percent+99)/100, 0
	for days, n := range d.counts {
		if sum += n; sum >= need && sum > 0 {
			return days
		}
	}
	return 0
}

func (d *dayCounts) summary(snapshots int) *Days {
	return &Days{Macs: d.ended, Median: d.quantile(50), P90: d.quantile(90), Open: d.open, Taken: snapshots}
}
