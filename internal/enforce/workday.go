package enforce

import (
	"slices"
	"time"
)

// Date is a day of the calendar, whatever the time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Workday is when people work, and a Mac is not to be interrupted by a deadline. The zero value has no working time.
type Workday struct {
	Start, End int     // hours, Start < End; both 0 for no working time
	Days       [7]bool // the working days, by time.Weekday
	Holidays   []Date  // not working days
}

// Working tells whether t, in its own time zone, is working time.
func (w Workday) Working(t time.Time) bool {
	if !w.Days[t.Weekday()] || t.Hour() < w.Start || t.Hour() >= w.End {
		return false
	}
	year, month, day := t.Date()
	return !slices.Contains(w.Holidays, Date{year, month, day})
}

// After moves a time that falls into working time forward to its end, and leaves any other as it is. It goes by the
// clock on the wall, so on days on which that is put forward or back the working time is shorter or longer.
func (w Workday) After(t time.Time) time.Time {
	if !w.Working(t) {
		return t
	}
	// The end of the day by the calendar is at most a few hours off where the clock is changed in between: walk the
	// last stretch by the minute.
	end := time.Date(t.Year(), t.Month(), t.Day(), w.End, 0, 0, 0, t.Location()).Add(-4 * time.Hour)
	if end.Before(t) {
		end = t
	}
	for end.Day() == t.Day() && end.Hour() < w.End {
		end = end.Truncate(time.Minute).Add(time.Minute)
	}
	return end
}
