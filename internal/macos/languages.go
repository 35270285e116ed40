package macos

import "strings"

const (
	usersFolder     = "/Users"
	globalDomain    = ".GlobalPreferences.plist"
	languagesKey    = "AppleLanguages"
	mostLanguages   = 20
	longestLanguage = 35 // characters that a language tag may have
)

// Languages lists the languages that a person prefers, the best first, as language tags: their own, and after them the
// system's. It reads the files that hold them; one that is missing or cannot be read adds nothing. A person can write
// anything into theirs, so what is no tag is left out.
func Languages(host Host, person Person) []string {
	var tags []string
	if name, ok := personalPreferences(person); ok {
		tags = languagesIn(host, name)
	}
	return append(tags, languagesIn(host, preferencesFolder+globalDomain)...)
}

func languagesIn(host Host, name string) []string {
	values, err := ReadList(host, name)
	if err != nil {
		return nil
	}
	list, _ := values[languagesKey].([]any)
	var tags []string
	for _, item := range list[:min(len(list), mostLanguages)] {
		if tag, ok := item.(string); ok && isLanguage(tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

func isLanguage(tag string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return tag != "" && len(tag) <= longestLanguage && strings.Trim(tag, allowed) == ""
}
