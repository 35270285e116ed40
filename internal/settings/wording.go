package settings

import (
	"slices"

	lang "github.com/install-or-defer/install-or-defer/internal/language"
)

// Wording is the words of one window in one language.
type Wording struct {
	Language       lang.Language
	Heading        string
	Message        string
	Install, Defer string // the button labels
}

// Wording chooses the words of a window, given the keys of its heading and its message and the languages that a person
// prefers, the best first.
//
// A window speaks one language. It is the first of the person's that both texts are to be had in: from Localizations,
// or, for a text that the administrator has not changed, from those that come with the program. An administrator's own
// text is never shown beside the translation of another: where it is not localized, the whole window is in the base
// language. A label that the administrator has set stands as it is, unless it is localized.
func (s Settings) Wording(preferred []string, heading, message string) Wording {
	there := append(lang.Tags(), s.Languages()...)
	tag := lang.Choose(preferred, there)
	own, _ := s.Localization(tag)
	spoken := lang.Language{Texts: map[string]string{}}
	if slices.Contains(lang.Tags(), tag) {
		spoken = lang.Find(tag)
	}
	find := func(key string) (text string, ok bool) {
		if text, ok = own[key]; ok {
			return text, true
		}
		if s.Of(key).Source != DefaultSource || tag == lang.Base {
			return s.Text(key), tag == lang.Base
		}
		text, ok = spoken.Texts[key]
		return text, ok
	}
	w := Wording{Language: spoken}
	var hasHeading, hasMessage bool
	w.Heading, hasHeading = find(heading)
	w.Message, hasMessage = find(message)
	if !hasHeading || !hasMessage {
		return s.base(heading, message)
	}
	if spoken.Tag == "" {
		w.Language = lang.Find(lang.Base) // for dates and durations there is nothing better
	}
	label := func(key string) string {
		if text, ok := find(key); ok {
			return text
		}
		return s.Text(key)
	}
	w.Install, w.Defer = label(InstallButtonLabel), label(DeferButtonLabel)
	return w
}

// base is the words of a window in the language of the defaults.
func (s Settings) base(heading, message string) Wording {
	return Wording{
		Language: lang.Find(lang.Base), Heading: s.Text(heading), Message: s.Text(message),
		Install: s.Text(InstallButtonLabel), Defer: s.Text(DeferButtonLabel),
	}
}
