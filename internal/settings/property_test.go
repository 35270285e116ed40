package settings_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// anything draws a value of any type that a property list can hold, and some that it cannot.
func anything(depth int) *rapid.Generator[any] {
	kinds := []*rapid.Generator[any]{
		rapid.Map(rapid.String(), func(v string) any { return v }),
		rapid.Map(rapid.StringMatching(`[0-9]{1,25}`), func(v string) any { return v }),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 9), func(v []byte) any { return string(v) }),
		rapid.SampledFrom([]any{"yes", "NO", "08", " 9 ", "$(reboot)", "2026-02-30", "2026-12-25", "/x", true, false, nil, 1.5, uint64(1) << 63}),
		rapid.Map(rapid.Int64(), func(v int64) any { return v }),
		rapid.Map(rapid.Int64Range(-2, 24), func(v int64) any { return v }),
		rapid.Map(rapid.Int64Range(1, 300_000), func(v int64) any { return v }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(v []byte) any { return v }),
		rapid.Map(rapid.Int64(), func(v int64) any { return time.Unix(v, 0) }),
		rapid.Just[any](struct{}{}),
	}
	if depth > 0 {
		kinds = append(kinds,
			rapid.Map(rapid.SliceOfN(anything(depth-1), 0, 5), func(v []any) any { return v }),
			rapid.Map(rapid.MapOfN(rapid.String(), anything(depth-1), 0, 3), func(v map[string]any) any { return v }))
	}
	return rapid.OneOf(kinds...)
}

// anyLanguages draws dictionaries that look like localizations, more or less.
func anyLanguages() *rapid.Generator[any] {
	tag := rapid.OneOf(rapid.SampledFrom([]string{"de", "DE", "pt-BR", "pt_BR", "x", ""}), rapid.String())
	name := rapid.OneOf(rapid.SampledFrom([]string{settings.PromptMessage, settings.DeferButtonLabel, settings.SupportContact}), rapid.String())
	texts := rapid.Map(rapid.MapOfN(name, anything(0), 0, 3), func(v map[string]any) any { return v })
	return rapid.Map(rapid.MapOfN(tag, rapid.OneOf(texts, anything(0)), 0, 4), func(v map[string]any) any { return v })
}

func sources() *rapid.Generator[[]settings.Source] {
	names := []string{}
	for _, key := range settings.Table() {
		names = append(names, key.Name)
	}
	key := rapid.OneOf(rapid.SampledFrom(names), rapid.SampledFrom(names[:8]), rapid.Just(settings.Localizations), rapid.String())
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) settings.Source {
		return settings.Source{
			Name:   rapid.SampledFrom([]string{"managed profile", "package", "file"}).Draw(t, "name"),
			Values: rapid.MapOfN(key, rapid.OneOf(anything(2), anyLanguages()), 0, 20).Draw(t, "values"),
		}
	}), 0, 4)
}

func TestWhateverIsSetEveryValueIsWithinItsLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		platform := settings.Platform{AppleSilicon: rapid.Bool().Draw(t, "silicon")}
		from := sources().Draw(t, "sources")
		s, findings := settings.Decode(platform, from...)
		for _, key := range settings.Table() {
			within(t, key, s.Of(key.Name).Value)
			sourced(t, s.Of(key.Name).Source, from)
		}
		related(t, s)
		s.Policy(settings.Environment{})
		if len(findings) > len(from)*(settings.MaxFindings+1) {
			t.Fatalf("%d findings", len(findings))
		}
		for _, f := range findings {
			line := f.String()
			if !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) || len(line) > 2000 {
				t.Fatalf("not one line: %q", line)
			}
		}
	})
}

// failer is a test, or a random one.
type failer interface {
	Fatalf(format string, args ...any)
}

// within fails unless a value is of its key's type and within its limits.
func within(t failer, key settings.Key, value any) {
	ok := false
	switch v := value.(type) {
	case int64:
		ok = key.Type == settings.Integer && v >= key.Min && v <= key.Max
	case bool:
		ok = key.Type == settings.Boolean
	case string:
		ok = key.Type == settings.Choice && slices.Contains(key.Choices, v) || readable(key, v) && (key.Type == settings.String && v != "" ||
			key.Type == settings.Path && (v == "" || strings.HasPrefix(v, "/")))
	case []int64:
		ok = key.Type == settings.Integers && len(v) > 0 && slices.IsSorted(v) && v[0] >= key.Min && v[len(v)-1] <= key.Max
	case []string:
		ok = key.Type == settings.Strings && !slices.ContainsFunc(v, func(s string) bool { return s == "" || !readable(key, s) }) ||
			key.Type == settings.Dates && !slices.ContainsFunc(v, func(s string) bool { _, err := time.Parse(time.DateOnly, s); return err != nil })
	case time.Time:
		ok = key.Type == settings.Date && v.Location() == time.UTC
	case map[string]map[string]string:
		ok = key.Type == settings.Dictionary && !slices.ContainsFunc(slices.Collect(maps.Values(v)), func(texts map[string]string) bool {
			return len(texts) == 0 || !localized(texts)
		})
	case nil:
		ok = key.Default == nil
	}
	if !ok {
		t.Fatalf("%s is %#v", key.Name, value)
	}
}

// localized tells whether every text of a language is within the limits of its key.
func localized(texts map[string]string) bool {
	for name, text := range texts {
		if key, ok := settings.Lookup(name); !ok || text == "" || !readable(key, text) {
			return false
		}
	}
	return true
}

func readable(key settings.Key, text string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= key.MaxLength &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

// sourced fails unless a source is one of those given, or a default.
func sourced(t failer, source string, from []settings.Source) {
	known := []string{settings.DefaultSource, "limited by MaxDeferralTime", "limited by DeferralPeriod"}
	for _, s := range from {
		known = append(known, s.Name)
	}
	if !slices.Contains(known, source) {
		t.Fatalf("unknown source %q", source)
	}
}

// related fails unless the values fit each other. A second is the least of any duration, also where there is no room.
func related(t failer, s settings.Settings) {
	fits := func(shorter, longer time.Duration) bool { return shorter < longer || shorter == time.Second }
	if !fits(s.Duration(settings.DeferralPeriod), s.Duration(settings.MaxDeferralTime)) ||
		!fits(s.Duration(settings.PromptTimeout), s.Duration(settings.DeferralPeriod)) {
		t.Fatalf("the durations do not fit: %v", s.All())
	}
	start, one := s.Int(settings.WorkdayStartHour)
	end, other := s.Int(settings.WorkdayEndHour)
	if one != other || one && start >= end {
		t.Fatalf("the working hours do not fit: %v", s.All())
	}
}

func TestDecodeIsTheSameTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := sources().Draw(t, "sources")
		first, findings := settings.Decode(settings.Platform{}, from...)
		second, again := settings.Decode(settings.Platform{}, from...)
		if !slices.Equal(findings, again) {
			t.Fatalf("findings differ:\n%v\n%v", findings, again)
		}
		for i, v := range first.All() {
			if w := second.All()[i]; v.Source != w.Source {
				t.Fatalf("%v and %v", v, w)
			}
		}
	})
}
