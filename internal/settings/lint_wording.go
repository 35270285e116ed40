package settings

import (
	"maps"
	"slices"
	"strings"

	lang "github.com/install-or-defer/install-or-defer/internal/language"
)

// halves finds texts of a language that nobody sees, since what goes with them is not to be had in it: as
// [Settings.Wording] has it, a window speaks one language.
func (l *linter) halves() {
	languages, _ := l.given[Localizations].(map[string]map[string]string)
	for _, tag := range slices.Sorted(maps.Keys(languages)) {
		if strings.EqualFold(tag, lang.Base) { // whose other texts are always there
			continue
		}
		comes := slices.ContainsFunc(lang.Tags(), func(t string) bool { return strings.EqualFold(t, tag) })
		own := func(key string) bool { return languages[tag][key] != "" }
		has := func(key string) bool {
			_, changed := l.given[key]
			return own(key) || comes && !changed
		}
		for _, key := range windowTexts() {
			if other := counterpart(key.Name); own(key.Name) && !has(other) {
				at := Localizations + "." + tag + "."
				l.add(Remarkable, at+key.Name, "%s is not shown without %s: a window speaks one language, and falls back to the base; give both", at+key.Name, at+other)
			}
		}
		for _, key := range labels() {
			speaks := func(heading string) bool { return has(heading) && has(counterpart(heading)) }
			if at := Localizations + "." + tag + "." + key.Name; own(key.Name) && !slices.ContainsFunc(bearers(key.Name), speaks) {
				l.add(Remarkable, at, "%s is not shown: no window with that button has both its heading and its message in %s; give them", at, tag)
			}
		}
	}
}

// counterpart is the message that goes with a heading, or the heading that goes with a message.
func counterpart(key string) string {
	if stem, is := strings.CutSuffix(key, "Heading"); is {
		return stem + "Message"
	}
	return strings.TrimSuffix(key, "Message") + "Heading"
}

// bearers are the headings of the windows that have a button of a label.
func bearers(label string) []string {
	if label == DeferButtonLabel {
		return []string{PromptHeading}
	}
	return []string{PromptHeading, FinalHeading, ManualHeading}
}
