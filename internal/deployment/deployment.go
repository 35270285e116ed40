package deployment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Deployment is what an administrator has chosen. Nothing in it is required.
type Deployment struct {
	Identifier    string                       // the preference domain and the name of the daemon; empty for the program's own
	Organization  string                       // shown with the profile
	Logo          string                       // a picture that the package brings along: a path where the package is built
	Settings      map[string]any               // by key, but for texts: int64, bool, string, []any of int64 or of string
	Messages      map[string]string            // headings, messages and button labels by key
	Localizations map[string]map[string]string // the same by language tag
	Package       PackageOptions
	Jamf          *Jamf // nil for none
}

// PackageOptions are how the installer package is made.
type PackageOptions struct {
	Version        string        // of the package; empty for the program's own
	StartInterval  time.Duration // how often launchd starts a turn, in whole seconds; zero for the usual
	ResetOnInstall bool          // an installation forgets the deadline of an earlier one
}

// Values are the settings as a profile sets them: a flat dictionary of the types that package plist knows.
func (d Deployment) Values() map[string]any {
	values := map[string]any{}
	for key, value := range d.Settings {
		values[key] = value
	}
	for key, text := range d.Messages {
		values[key] = text
	}
	if len(d.Localizations) > 0 {
		languages := map[string]any{}
		for tag, texts := range d.Localizations {
			language := map[string]any{}
			for key, text := range texts {
				language[key] = text
			}
			languages[tag] = language
		}
		values[settings.Localizations] = languages
	}
	return values
}

// empty tells whether nothing is chosen.
func (d Deployment) empty() bool {
	return d.Identifier+d.Organization+d.Logo == "" && len(d.Settings)+len(d.Messages)+len(d.Localizations) == 0 && d.Package == (PackageOptions{}) && d.Jamf == nil
}

// Problem is what is wrong at one place of a file.
type Problem struct {
	File         string
	Line, Column int    // from 1; 0 where it is not known
	Key          string // the key, as settings.PromptTimeout; empty for the file as a whole
	Message      string // what is wrong and what to write instead, on one line
}

// String is the problem in the form that compilers use.
func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	if p.Key == "" {
		return where + ": " + p.Message
	}
	return where + ": " + p.Key + ": " + p.Message
}

// ProblemError is all that is wrong with a file.
type ProblemError struct {
	Problems []Problem
}

// Error lists the problems, one a line.
func (e *ProblemError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n  ")
}

func sortProblems(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// textKeys are the keys that stand under messages and, for each language, under localizations.
func textKeys() []settings.Key {
	return slices.DeleteFunc(settings.Table(), func(key settings.Key) bool { return !isText(key) })
}

// settingKeys are the keys that stand under settings.
func settingKeys() []settings.Key {
	return slices.DeleteFunc(settings.Table(), func(key settings.Key) bool {
		return isText(key) || key.Name == settings.Localizations
	})
}

// isText tells whether a key is a heading, a message or a button's label.
func isText(key settings.Key) bool {
	return key.Group == settings.GroupMessages && key.Type == settings.String ||
		key.Name == settings.InstallButtonLabel || key.Name == settings.DeferButtonLabel
}

func names(keys []settings.Key) []string {
	list := make([]string, len(keys))
	for i, key := range keys {
		list[i] = key.Name
	}
	return list
}
