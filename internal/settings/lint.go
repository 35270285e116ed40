package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Severity is how much a finding of [Check] matters.
type Severity string

// The severities.
const (
	Wrong      Severity = "error"   // a Mac would not do what the settings say
	Doubtful   Severity = "warning" // it would, and that is hardly meant
	Remarkable Severity = "note"    // worth knowing
)

// LintFinding is what is to be said about settings before they are deployed.
type LintFinding struct {
	Severity Severity
	Key      string // the key, or a part such as Localizations.de.PromptMessage; empty for none
	Message  string // a sentence on one line, without a full stop
}

// LintContext is what is known about where settings will be used. What is not known is left out, and then what depends
// on it is not looked at.
type LintContext struct {
	PolicyFrequency string    // how often the policy that installs the package runs: one of Frequencies
	ResetOnInstall  bool      // the package forgets the deadline of an earlier installation
	MDMDeferral     int       // for how many days after a release a management profile holds updates back
	MacOS           string    // the version that Macs run, as "13.7"
	LogoInPackage   bool      // the package brings a logo along
	Now             time.Time // today
	Declaration     time.Time // when a declaration of the management enforces an update
}

// Frequencies are how often a policy of Jamf Pro runs, in its words.
func Frequencies() []string {
	return []string{
		"Once per computer", "Once per user per computer", "Once per user",
		"Once every day", "Once every week", "Once every month", ongoing,
	}
}

const ongoing = "Ongoing"

// rerun is the shortest time between two runs of a policy; zero when it does not run again by itself.
func rerun(frequency string) time.Duration {
	const day, checkIn = 24 * time.Hour, 15 * time.Minute
	switch frequency {
	case "Once every day":
		return day
	case "Once every week":
		return 7 * day
	case "Once every month":
		return 28 * day
	case ongoing:
		return checkIn
	default:
		return 0
	}
}

// Check says all there is to say about settings before they are deployed: what [Decode] would not take as it stands,
// and what [Lint] finds. The values are as in a [Source]. Errors come first, then warnings, then notes.
func Check(values map[string]any, c LintContext) []LintFinding {
	lint := Lint(values, c)
	explained := func(f Finding) bool { // lint says the same, and why
		return slices.ContainsFunc(lint, func(l LintFinding) bool {
			key, _ := Lookup(l.Key)
			return l.Severity == Wrong && l.Key == f.Key && key.Below != "" && strings.Contains(f.Problem, key.Below)
		})
	}
	var all []LintFinding
	_, findings := Decode(Platform{}, Source{Name: "file", Values: values})
	for _, f := range findings {
		if !explained(f) {
			all = append(all, LintFinding{Wrong, f.Key, strings.TrimSpace(f.Key + " " + f.Problem)})
		}
	}
	all = append(all, lint...)
	order := []Severity{Wrong, Doubtful, Remarkable}
	slices.SortStableFunc(all, func(a, b LintFinding) int {
		return cmp.Compare(slices.Index(order, a.Severity), slices.Index(order, b.Severity))
	})
	return all
}

// Lint looks at settings as a whole: values that are good each by itself, and work against each other, against the
// texts or against where they will be used. What is wrong with a value by itself is for [Decode] to say.
func Lint(values map[string]any, c LintContext) []LintFinding {
	l := &linter{context: c, given: map[string]any{}}
	l.settings, _ = Decode(Platform{}, Source{Name: "file", Values: values})
	for _, key := range Table() {
		if raw, ok := values[key.Name]; ok {
			if value, _, ok := convert(key, raw); ok {
				l.given[key.Name] = value
			}
		}
	}
	l.order()
	l.skips()
	l.reruns()
	l.held()
	l.absoluteDeadline()
	l.declaration()
	l.deferrals()
	l.meetings()
	l.hours()
	l.holidays()
	l.methods()
	l.versions()
	l.logo()
	l.labels()
	l.texts()
	l.halves()
	return l.findings
}

// linter is one run of Lint.
type linter struct {
	context  LintContext
	settings Settings       // the effective values
	given    map[string]any // the values that are set and good each by itself
	findings []LintFinding
}

func (l *linter) add(severity Severity, key, format string, args ...any) {
	l.findings = append(l.findings, LintFinding{severity, key, fmt.Sprintf(format, args...)})
}

// seconds is a duration as it is given, or else as it counts.
func (l *linter) seconds(name string) (n int64, given bool) {
	if n, given := l.given[name].(int64); given {
		return n, true
	}
	return int64(l.settings.Duration(name) / time.Second), false
}

// named names a duration with its value: "PromptTimeout (3600 s, 1 hour)".
func (l *linter) named(name string) string {
	n, given := l.seconds(name)
	note := ""
	if !given {
		note = ", the default"
		if l.settings.Of(name).Source != DefaultSource {
			note = ", all that " + strings.TrimPrefix(l.settings.Of(name).Source, limitedBy) + " leaves room for"
		}
	}
	return fmt.Sprintf("%s (%d s, %s%s)", name, n, inWords(n), note)
}

// inWords words seconds in days, hours, minutes and seconds.
func inWords(seconds int64) string {
	var parts []string
	for _, unit := range []struct {
		length int64
		noun   string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}} {
		n := seconds / unit.length
		if seconds %= unit.length; n > 0 {
			parts = append(parts, counted(n, unit.noun))
		}
	}
	return strings.Join(parts, " ")
}

func counted[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
