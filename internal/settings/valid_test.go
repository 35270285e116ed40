package settings_test

import (
	"strings"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// validSettings draws settings, as a source holds them, that are taken without a finding. Some are in a form that is
// accepted but not the one that is written.
func validSettings() *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		v := values{}
		for _, key := range settings.Table() {
			if key.Below != "" || key.Name == settings.MaxDeferralTime || key.Unit == settings.Hours {
				continue // these have to fit each other
			}
			if rapid.Bool().Draw(t, "set "+key.Name) {
				v[key.Name] = validValue(key).Draw(t, key.Name)
			}
		}
		if rapid.Bool().Draw(t, "set durations") {
			longest := rapid.Int64Range(3, 315360000).Draw(t, "longest")
			period := rapid.Int64Range(2, longest-1).Draw(t, "period")
			v[settings.MaxDeferralTime], v[settings.DeferralPeriod] = longest, period
			v[settings.PromptTimeout] = rapid.Int64Range(1, period-1).Draw(t, "timeout")
		}
		if rapid.Bool().Draw(t, "set hours") {
			end := rapid.Int64Range(1, 23).Draw(t, "end")
			v[settings.WorkdayStartHour], v[settings.WorkdayEndHour] = rapid.Int64Range(0, end-1).Draw(t, "start"), end
		}
		return v
	})
}

func validValue(key settings.Key) *rapid.Generator[any] {
	switch key.Type {
	case settings.Boolean:
		return rapid.SampledFrom([]any{true, false, "YES", "no", int64(1), int64(0)})
	case settings.Integer:
		return rapid.Map(rapid.Int64Range(key.Min, key.Max), toAny[int64])
	case settings.String:
		return rapid.Map(validText(key.MaxLength), toAny[string])
	case settings.Path:
		return rapid.Map(validText(key.MaxLength-1), func(s string) any { return "/" + s })
	case settings.Integers:
		return list(rapid.Map(rapid.Int64Range(key.Min, key.Max), toAny[int64]), 1)
	case settings.Strings:
		return list(rapid.Map(validText(key.MaxLength), toAny[string]), 0)
	case settings.Dates:
		return list(rapid.SampledFrom([]any{"2026-12-25", "2027-01-01", "2028-02-29", "0001-01-01", "9999-12-31"}), 0)
	case settings.Dictionary:
		return validLanguages()
	case settings.Choice:
		return rapid.Map(rapid.SampledFrom(key.Choices), toAny[string])
	case settings.Date:
		return rapid.SampledFrom([]any{"2026-12-01T18:00:00+01:00", "2026-12-01T17:00:00Z", time.Date(2028, 2, 29, 1, 2, 3, 0, time.UTC)})
	}
	panic("no generator for " + key.Name)
}

func toAny[T any](v T) any { return v }

func list(item *rapid.Generator[any], least int) *rapid.Generator[any] {
	return rapid.Map(rapid.SliceOfN(item, least, 9), toAny[[]any])
}

func validText(longest int) *rapid.Generator[string] {
	some := []rune("ab <>&\"'\n\t%{}äß漢😀\u00a0\u200f\u2028]]>!--;\\/\ufffd\U0010ffff")
	chars := rapid.OneOf(rapid.SampledFrom(some), rapid.Rune())
	good := func(s string) bool {
		return strings.TrimSpace(s) != "" && !strings.ContainsFunc(s, func(r rune) bool {
			return unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF
		})
	}
	return rapid.Map(rapid.SliceOfN(chars, 1, min(longest, 40)), func(r []rune) string { return string(r) }).Filter(good)
}

func validLanguages() *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		languages := values{}
		for _, tag := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"de", "fr", "pt-BR", "zh-Hans", "tlh", "es-419"}), 0, 4, rapid.ID).Draw(t, "tags") {
			texts := values{}
			for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
				settings.PromptHeading, settings.PromptMessage, settings.RestartMessage, settings.InstallButtonLabel,
			}), 1, 4, rapid.ID).Draw(t, "names") {
				texts[name] = validText(64).Draw(t, name)
			}
			languages[tag] = texts
		}
		return languages
	})
}
