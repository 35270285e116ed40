package settings_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Whatever the property lists of a profile and of a package hold, every value is of its type and within its limits, comes
// from where it says, and what was not taken is named in a line.
func FuzzDecode(f *testing.F) {
	for _, values := range []map[string]any{
		{"MaxDeferralTime": int64(3600), "DeferralPeriod": int64(7200), "UpdateDelay": int64(-1), "SkipDeferral": "YES"},
		{"WorkdayStartHour": "08", "WorkdayEndHour": int64(7), "Holidays": []any{"2026-12-25", "2026-02-30", int64(3)}},
		{"PromptHeading": "a\x01b", "MessagingLogo": "../x", "ExcludedUpdates": []any{"*", "", true}, "Nope": map[string]any{"x": int64(1)}},
		{"Localizations": map[string]any{"de": map[string]any{"PromptHeading": "Hallo", "UpdateDelay": "5"}, "": map[string]any{}}},
		{"DeadlineDate": "2026-12-03T09:00:00Z", "MinimumBattery": 5.5, "InstallMethod": "manual", "MaxDeferrals": int64(1) << 40},
	} {
		data, err := plist.Encode(values)
		if err != nil {
			f.Logf("%v: %v", values, err)
			continue
		}
		f.Add(data, []byte(strings.ReplaceAll(string(data), "integer", "string")), true)
	}
	f.Fuzz(func(t *testing.T, profile, pack []byte, silicon bool) {
		var from []settings.Source
		for name, data := range map[string][]byte{"managed profile": profile, "package": pack} {
			if values, err := plist.Decode(data); err == nil {
				from = append(from, settings.Source{Name: name, Values: values})
			}
		}
		s, findings := settings.Decode(settings.Platform{AppleSilicon: silicon}, from...)
		for _, key := range settings.Table() {
			within(t, key, s.Of(key.Name).Value)
			sourced(t, s.Of(key.Name).Source, from)
		}
		related(t, s)
		for _, finding := range findings {
			if line := finding.String(); !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) || len(line) > 2000 {
				t.Errorf("not one line: %q", line)
			}
		}
		s.Policy(settings.Environment{})
	})
}
