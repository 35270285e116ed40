package enforce

import (
	"slices"
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
	Speech    Speech        // the language of the durations; the zero Speech is English
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
	speech := f.Speech.orEnglish()
	hours := speech.Remaining(f.Left)
	var pairs []string
	for _, phrase := range append(slices.Clone(speech.Around), hoursPlaceholder) {
		with := strings.Replace(phrase, hoursPlaceholder, hours, 1)
		if hours == speech.Soon {
			with = hours // "very soon", not "after very soon"
		}
		pairs = append(pairs, phrase+" hours", with, phrase, with)
	}
	return strings.NewReplacer(append(pairs,
		"%DEADLINE_DATE%", f.Deadline,
		"%SUPPORT_CONTACT%", f.Contact,
		"%UPDATE_LIST%", f.Updates,
		"%UPDATE_MECHANISM%", f.Mechanism,
	)...).Replace(message)
}

const hoursPlaceholder = "%DEFER_HOURS%"

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
