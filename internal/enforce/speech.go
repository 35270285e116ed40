package enforce

import (
	"fmt"
	"strings"
	"time"
)

// Speech is how a language words durations and lists. Each unit has a form for 1 and one for more. The zero Speech
// stands for English.
type Speech struct {
	Day, Hour, Minute [2]string
	Gap               string   // between a number and its unit
	Soon              string   // for less than a minute
	Around            []string // phrases with %DEFER_HOURS% that Soon replaces as a whole, as "after %DEFER_HOURS%"
	Comma, And        string   // between the items of a list, and before the last
}

// English is the speech of the default messages.
func English() Speech {
	return Speech{
		Day: [2]string{"day", "days"}, Hour: [2]string{"hour", "hours"}, Minute: [2]string{"minute", "minutes"}, Gap: " ",
		Soon: "very soon", Around: []string{"after %DEFER_HOURS%", "in %DEFER_HOURS%"}, Comma: ", ", And: " and ",
	}
}

func (s Speech) orEnglish() Speech {
	if s.Soon == "" {
		return English()
	}
	return s
}

// Remaining words a duration in the one unit that suits it, rounded down: days above two days, hours above two hours,
// minutes above one minute, and for less "very soon". An hour is forgiven where it is days, a minute where it is hours,
// so that a deadline set by a turn whose download took a while is still three days away.
func (s Speech) Remaining(d time.Duration) string {
	const day = 24 * time.Hour
	s = s.orEnglish()
	switch {
	case d <= time.Minute:
		return s.Soon
	case d+time.Hour > 2*day:
		return s.count(int((d+time.Hour)/day), s.Day)
	case d+time.Minute > 2*time.Hour:
		return s.count(int((d+time.Minute)/time.Hour), s.Hour)
	default:
		return s.count(int(d/time.Minute), s.Minute)
	}
}

func (s Speech) count(n int, forms [2]string) string {
	form := forms[1]
	if n == 1 {
		form = forms[0]
	}
	return fmt.Sprintf("%d%s%s", n, s.Gap, form)
}

// List words the names of updates: "Safari 14.0 and macOS 10.15.7 Update".
func (s Speech) List(updates []Update) string {
	s = s.orEnglish()
	names := make([]string, len(updates))
	for i, u := range updates {
		names[i] = u.Name()
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], s.Comma) + s.And + names[last]
}

// Remaining words a duration in English. See [Speech.Remaining].
func Remaining(d time.Duration) string { return English().Remaining(d) }

// List words the names of updates in English. See [Speech.List].
func List(updates []Update) string { return English().List(updates) }
