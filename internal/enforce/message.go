package enforce

import (
	"strings"
	"time"
)

// Facts are what a message may speak of.
type Facts struct {
	Left      time.Duration // to the deadline
	Deadline  string        // the deadline, worded
	Contact   string        // whom to ask
	Updates   string        // the pending updates, worded
	Mechanism string        // where updates are installed by hand
	Restart   bool          // a restart is needed: the text between << and >> stays
	Last      bool          // this is the last prompt before the deadline: the text between {{ and }} goes
}

// Expand makes the text of a window from a message. Sections are settled first, then placeholders are replaced, each
// once, from left to right: what is put in is text and is not looked at again. A marker without its partner is dropped
// and the text stays.
//
// Messages written for the original framework say "%DEFER_HOURS% hours"; both that and the bare placeholder become a
// duration with its unit.
func Expand(message string, f Facts) string {
	message = section(message, "<<", ">>", f.Restart)
	message = section(message, "{{", "}}", !f.Last)
	hours := Remaining(f.Left)
	after := "after " + hours
	if hours == verySoon {
		after = verySoon
	}
	return strings.NewReplacer(
		"after %DEFER_HOURS% hours", after,
		"after %DEFER_HOURS%", after,
		"%DEFER_HOURS% hours", hours,
		"%DEFER_HOURS%", hours,
		"%DEADLINE_DATE%", f.Deadline,
		"%SUPPORT_CONTACT%", f.Contact,
		"%UPDATE_LIST%", f.Updates,
		"%UPDATE_MECHANISM%", f.Mechanism,
	).Replace(message)
}

// section keeps or removes the text between each pair of markers, and removes the markers.
func section(message, open, end string, keep bool) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(message, open)
		if !found {
			break
		}
		out.WriteString(strings.ReplaceAll(before, end, ""))
		inner, after, closed := strings.Cut(rest, end)
		if keep || !closed {
			out.WriteString(strings.ReplaceAll(inner, open, ""))
		}
		message = after
	}
	out.WriteString(strings.ReplaceAll(message, end, ""))
	return out.String()
}

const verySoon = "very soon"

// Remaining words a duration in the one unit that suits it, rounded down: days above two days, hours above two hours,
// minutes above one minute, and "very soon". An hour is forgiven where it is days, a minute where it is hours, so that a
// deadline set by a turn whose download took a while is still three days away.
func Remaining(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d <= time.Minute:
		return verySoon
	case d+time.Hour > 2*day:
		return plural(int((d+time.Hour)/day), "day")
	case d+time.Minute > 2*time.Hour:
		return plural(int((d+time.Minute)/time.Hour), "hour")
	default:
		return plural(int(d/time.Minute), "minute")
	}
}

// words gives a duration exactly, in days, hours, minutes and seconds: "3 days", "1 hour 30 minutes".
func words(d time.Duration) string {
	const day = 24 * time.Hour
	var parts []string
	for _, unit := range []struct {
		length time.Duration
		noun   string
	}{{day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / unit.length; n > 0 {
			parts = append(parts, plural(int(n), unit.noun))
			d -= n * unit.length
		}
	}
	if len(parts) == 0 {
		return "no time"
	}
	return strings.Join(parts, " ")
}

// List words the names of updates: "Safari 14.0 and macOS 10.15.7 Update".
func List(updates []Update) string {
	names := make([]string, len(updates))
	for i, u := range updates {
		names[i] = u.Name()
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
