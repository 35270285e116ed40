package settings

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Source is one place that values come from.
type Source struct {
	Name   string         // for people: "managed profile", "package"
	Path   string         // the file it was read from; may be empty
	Values map[string]any // by key; types as package plist reads them
}

// DefaultSource is the [Value.Source] of a value that no source sets.
const DefaultSource = "default"

// Platform is what defaults depend on.
type Platform struct {
	AppleSilicon bool
}

// Finding says what is wrong with one value. It never stops anything: the value is ignored or limited, as Problem says.
type Finding struct {
	Key     string // the key, or a part such as Localizations.de.PromptMessage; quoted if it is no name; empty for the source as a whole
	Source  string // the Source's name
	Problem string // one line that continues the key, such as "is 0, below the smallest allowed, 1; ignored"
}

// String is the finding as a sentence on one line.
func (f Finding) String() string {
	if f.Key == "" {
		return fmt.Sprintf("%s: %s", f.Source, f.Problem)
	}
	return fmt.Sprintf("%s: %s %s", f.Source, f.Key, f.Problem)
}

// MaxFindings is how many findings one source can give rise to; one more says how many were left out.
const MaxFindings = 50

// report collects the findings on one source.
type report struct {
	source   string
	findings []Finding
	more     int
}

func (r *report) add(key, format string, args ...any) {
	if r.full() {
		r.more++
		return
	}
	r.findings = append(r.findings, Finding{Key: key, Source: r.source, Problem: fmt.Sprintf(format, args...)})
}

func (r *report) full() bool { return len(r.findings) >= MaxFindings }

func (r *report) all() []Finding {
	if r.more == 0 {
		return r.findings
	}
	return append(slices.Clone(r.findings), Finding{Source: r.source, Problem: fmt.Sprintf("and %d more", r.more)})
}

// excerpt quotes a text on one line, shortened to at most 60 characters of it.
func excerpt(text string) string {
	const most = 60
	runes := 0
	for at := range text {
		if runes++; runes > most {
			return fmt.Sprintf("%q…", text[:at])
		}
	}
	return fmt.Sprintf("%q", text)
}

// label is how a finding names a key that may be anything.
func label(name string) string {
	plain := name != "" && len(name) <= 60 && utf8.ValidString(name)
	for _, r := range name {
		plain = plain && r > ' ' && unicode.IsPrint(r)
	}
	if plain {
		return name
	}
	return excerpt(name)
}
