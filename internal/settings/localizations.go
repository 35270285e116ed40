package settings

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Languages returns the tags of the languages in which the administrator has given texts, in order.
func (s Settings) Languages() []string {
	return slices.Sorted(maps.Keys(s.localizations()))
}

// Localization returns the texts of a language by key: some of the ten headings and messages and the two button labels.
// Letter case does not matter in a tag. The caller may keep and change what it gets.
func (s Settings) Localization(tag string) (texts map[string]string, ok bool) {
	for have, texts := range s.localizations() {
		if strings.EqualFold(have, tag) {
			return texts, true
		}
	}
	return nil, false
}

func (s Settings) localizations() map[string]map[string]string {
	return s.value(s.typed("Localization", Localizations, Dictionary)).Value.(map[string]map[string]string)
}

// localizable are the keys whose texts can be given in several languages.
func localizable() []Key { return slices.Concat(windowTexts(), labels()) }

// localizations accepts a dictionary of languages, without the texts that are bad. If all are bad, there is no value.
func localizations(raw any) (value any, problems []problem, ok bool) {
	dict, is := raw.(map[string]any)
	switch {
	case !is:
		return nil, []problem{{text: fmt.Sprintf("is %s, not a dictionary", describe(raw))}}, false
	case len(dict) > maxItems:
		return nil, []problem{{text: fmt.Sprintf("has %d languages, more than %d", len(dict), maxItems)}}, false
	}
	good, seen := map[string]map[string]string{}, map[string]string{}
	for _, tag := range slices.Sorted(maps.Keys(dict)) {
		folded := strings.ToLower(tag)
		switch other, twice := seen[folded]; {
		case !isTag(tag):
			problems = append(problems, problem{"." + label(tag), "is not the tag of a language, such as de or pt-BR"})
		case twice:
			problems = append(problems, problem{"." + tag, "is the same language as " + other})
		default:
			seen[folded] = tag
			texts, bad := localization(tag, dict[tag], len(problems) < MaxFindings)
			if problems = append(problems, bad...); len(texts) > 0 {
				good[tag] = texts
			}
		}
	}
	return good, problems, len(good) > 0 || len(dict) == 0
}

// localization accepts the texts of one language. Hints cost time: they are only worth it where they will be read.
func localization(tag string, raw any, hints bool) (texts map[string]string, problems []problem) {
	dict, is := raw.(map[string]any)
	switch {
	case !is:
		return nil, []problem{{"." + tag, fmt.Sprintf("is %s, not a dictionary", describe(raw))}}
	case len(dict) == 0:
		return nil, []problem{{"." + tag, "is an empty dictionary"}}
	}
	texts, keys := map[string]string{}, localizable()
	for _, name := range slices.Sorted(maps.Keys(dict)) {
		at := slices.IndexFunc(keys, func(key Key) bool { return key.Name == name })
		if at < 0 {
			hint := ""
			if hints && len(problems) < MaxFindings {
				hint = meant(name, keys)
			}
			problems = append(problems, problem{"." + tag + "." + label(name), "is not one of the texts that have languages" + hint})
			continue
		}
		value, bad := text(keys[at], dict[name])
		if bad != "" {
			problems = append(problems, problem{"." + tag + "." + name, bad})
			continue
		}
		texts[name] = value.(string)
	}
	return texts, problems
}

// isTag tells whether a text looks like the tag of a language, after BCP 47: letters, then parts of letters and digits.
func isTag(tag string) bool {
	const longest, part = 35, 8
	letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	for i, p := range strings.Split(tag, "-") {
		if i == 0 && (len(p) < 2 || len(p) > 3) || len(p) < 1 || len(p) > part {
			return false
		}
		for _, c := range []byte(p) {
			if !letter(c) && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return len(tag) <= longest
}
