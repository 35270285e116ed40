package settings

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// problem is what is wrong with a value or with a part of it.
type problem struct {
	at   string // the part, as ".de.PromptMessage", on one line; empty for the value itself
	text string // continues the name, and ends before "; ignored"
}

// convert turns what a source holds into a value of the key's type within the key's limits. With arrays of dates and
// texts and with dictionaries a bad item is a problem of its own and the others count: then ok is true all the same.
func convert(key Key, raw any) (value any, problems []problem, ok bool) {
	var bad string
	switch key.Type {
	case Boolean:
		value, bad = boolean(raw)
	case Integer:
		value, bad = integer(key, raw)
	case String, Path:
		value, bad = text(key, raw)
	case Choice:
		value, bad = choose(key, raw)
	case Date:
		value, bad = moment(raw)
	case Integers:
		value, bad = integers(key, raw)
	case Dictionary:
		return localizations(raw)
	case Strings:
		return items(key, raw, text)
	case Dates:
		value, problems, ok = items(key, raw, day)
		if list, is := value.([]string); is {
			slices.Sort(list)
			value = slices.Compact(list)
		}
		return value, problems, ok
	}
	if bad != "" {
		return nil, []problem{{text: bad}}, false
	}
	return value, nil, true
}

// boolean accepts true and false as such, as 1 and 0, and as the words that `defaults write` users type.
func boolean(raw any) (value any, problem string) {
	switch v := raw.(type) {
	case bool:
		return v, ""
	case string:
		switch strings.ToLower(trim(v)) {
		case "true", "yes", "1":
			return true, ""
		case "false", "no", "0":
			return false, ""
		}
	default:
		if n, ok := whole(raw); ok && (n == 0 || n == 1) {
			return n == 1, ""
		}
	}
	return nil, fmt.Sprintf("is %s, not true or false", describe(raw))
}

// integer accepts whole numbers, and texts of digits, which are decimal whatever they begin with.
func integer(key Key, raw any) (value any, problem string) {
	n, ok := whole(raw)
	if s, is := raw.(string); is {
		n, ok = digits(trim(s))
	}
	switch {
	case !ok && key.Unit == Hours:
		return nil, fmt.Sprintf("is %s, not an hour as a whole number", describe(raw))
	case !ok && key.Unit != "":
		return nil, fmt.Sprintf("is %s, not a whole number of %s", describe(raw), key.Unit)
	case !ok:
		return nil, fmt.Sprintf("is %s, not a whole number", describe(raw))
	case n < key.Min:
		return nil, fmt.Sprintf("is %d, below the smallest allowed, %d", n, key.Min)
	case n > key.Max:
		return nil, fmt.Sprintf("is %s, above the largest allowed, %d", large(n), key.Max)
	default:
		return n, ""
	}
}

func large(n int64) string {
	if n == math.MaxInt64 {
		return "9223372036854775807 or more"
	}
	return fmt.Sprint(n)
}

// whole reads a number of one of the types in which whole numbers come.
func whole(raw any) (n int64, ok bool) {
	switch v := raw.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case uint64:
		return int64(min(v, math.MaxInt64)), true
	default:
		return 0, false
	}
}

// digits reads a text of ASCII digits, and nothing else, as a decimal number; one too large becomes the largest.
func digits(text string) (n int64, ok bool) {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64
			continue
		}
		n = n*10 + int64(c-'0')
	}
	return n, text != ""
}

func trim(text string) string { return strings.Trim(text, " \t\r\n") }

// text accepts text that can be shown, and keeps it verbatim.
func text(key Key, raw any) (value any, problem string) {
	s, ok := raw.(string)
	if !ok {
		return nil, fmt.Sprintf("is %s, not text", describe(raw))
	}
	control := strings.IndexFunc(s, unprintable)
	switch {
	case !utf8.ValidString(s):
		return nil, fmt.Sprintf("is %s, not valid UTF-8", describe(raw))
	case strings.TrimSpace(s) == "":
		return nil, "is empty"
	case control >= 0:
		return nil, fmt.Sprintf("is %s, with a control character at byte %d", describe(raw), control)
	case utf8.RuneCountInString(s) > key.MaxLength:
		return nil, fmt.Sprintf("has %d characters, more than %d", utf8.RuneCountInString(s), key.MaxLength)
	case key.Type == Path && !strings.HasPrefix(s, "/"):
		return nil, fmt.Sprintf("is %s, not an absolute path", describe(raw))
	default:
		return s, ""
	}
}

// unprintable tells whether a character has no place in a text: control characters other than new line and tab, and the
// two that XML cannot hold.
func unprintable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF
}

// choose accepts one of the words of a choice.
func choose(key Key, raw any) (value any, problem string) {
	if s, ok := raw.(string); ok && slices.Contains(key.Choices, trim(s)) {
		return trim(s), ""
	}
	return nil, fmt.Sprintf("is %s, not one of %s", describe(raw), strings.Join(key.Choices, ", "))
}

// moment accepts a date, or date, time and zone as text.
func moment(raw any) (value any, problem string) {
	t, ok := raw.(time.Time)
	if s, is := raw.(string); is {
		parsed, err := time.Parse(time.RFC3339, trim(s))
		t, ok = parsed, err == nil
	}
	if t = t.UTC(); !ok || t.Year() < 1 || t.Year() > 9999 {
		return nil, fmt.Sprintf("is %s, not a date and time as 2026-12-01T18:00:00Z", describe(raw))
	}
	return t, ""
}

// day accepts a day of the calendar as text, or a date, which stands for its day in UTC.
func day(_ Key, raw any) (value any, problem string) {
	if t, ok := raw.(time.Time); ok {
		if t = t.UTC(); t.Year() >= 1 && t.Year() <= 9999 {
			return t.Format(time.DateOnly), ""
		}
	}
	if s, ok := raw.(string); ok {
		if t, err := time.Parse(time.DateOnly, trim(s)); err == nil && t.Year() >= 1 {
			return t.Format(time.DateOnly), ""
		}
	}
	return nil, fmt.Sprintf("is %s, not a date as YYYY-MM-DD", describe(raw))
}

// integers accepts an array whose items are all good: half a set of working days would be another set.
func integers(key Key, raw any) (value any, problem string) {
	list, problem := array(raw)
	if problem != "" {
		return nil, problem
	}
	if len(list) == 0 {
		return nil, "is an empty array"
	}
	numbers := make([]int64, 0, len(list))
	for i, item := range list {
		n, problem := integer(key, item)
		if problem != "" {
			return nil, fmt.Sprintf("has an item %d that %s", i+1, problem)
		}
		numbers = append(numbers, n.(int64))
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), ""
}

// items accepts an array of texts, without those that are bad. If all are bad, there is no value.
func items(key Key, raw any, one func(Key, any) (any, string)) (value any, problems []problem, ok bool) {
	list, bad := array(raw)
	if bad != "" {
		return nil, []problem{{text: bad}}, false
	}
	good := []string{}
	for i, item := range list {
		v, bad := one(key, item)
		if bad != "" {
			problems = append(problems, problem{text: fmt.Sprintf("has an item %d that %s", i+1, bad)})
			continue
		}
		good = append(good, v.(string))
	}
	return good, problems, len(good) > 0 || len(list) == 0
}

func array(raw any) (list []any, problem string) {
	switch list, ok := raw.([]any); {
	case !ok:
		return nil, fmt.Sprintf("is %s, not an array", describe(raw))
	case len(list) > maxItems:
		return nil, fmt.Sprintf("has %d items, more than %d", len(list), maxItems)
	default:
		return list, ""
	}
}

// describe names a value with its type, on one line.
func describe(raw any) string {
	switch v := raw.(type) {
	case nil:
		return "no value"
	case string:
		return "the text " + excerpt(v)
	case bool:
		return fmt.Sprintf("the boolean %t", v)
	case int, int64, uint64:
		return fmt.Sprintf("the number %d", v)
	case float64:
		return fmt.Sprintf("the real number %v", v)
	case time.Time:
		return "the date " + v.UTC().Format(time.RFC3339)
	case []byte:
		return fmt.Sprintf("data of %d bytes", len(v))
	case []any:
		return fmt.Sprintf("an array of %d items", len(v))
	case map[string]any:
		return fmt.Sprintf("a dictionary of %d keys", len(v))
	default:
		return fmt.Sprintf("a value of type %T", raw)
	}
}
