package settings_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

type values = map[string]any

// profile and built are the two usual sources.
func profile(v values) settings.Source { return settings.Source{Name: "managed profile", Values: v} }
func built(v values) settings.Source   { return settings.Source{Name: "package", Values: v} }

// decode decodes on an Intel Mac, and returns the findings as sentences.
func decode(sources ...settings.Source) (settings.Settings, []string) {
	s, findings := settings.Decode(settings.Platform{}, sources...)
	var sentences []string
	for _, f := range findings {
		sentences = append(sentences, f.String())
	}
	return s, sentences
}

func compare(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUsableValues(t *testing.T) {
	christmas := time.Date(2026, 12, 25, 23, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		key       string
		raw, want any
	}{
		"a number":                               {settings.UpdateDelay, int64(60), int64(60)},
		"a number as digits":                     {settings.UpdateDelay, "60", int64(60)},
		"a number as digits with space around":   {settings.UpdateDelay, " 60\n", int64(60)},
		"a number with leading zeros":            {settings.UpdateDelay, "0060", int64(60)},
		"a number as Go's own type":              {settings.UpdateDelay, 60, int64(60)},
		"the longest duration":                   {settings.UpdateDelay, int64(315360000), int64(315360000)},
		"true":                                   {settings.SkipDeferral, true, true},
		"one for true":                           {settings.SkipDeferral, int64(1), true},
		"zero for false":                         {settings.InstallWhenLoggedOut, int64(0), false},
		"yes in capitals":                        {settings.SkipDeferral, "YES", true},
		"no in mixed case":                       {settings.InstallWhenLoggedOut, "No", false},
		"the word true":                          {settings.SkipDeferral, "True", true},
		"the digit one":                          {settings.SkipDeferral, "1", true},
		"text":                                   {settings.SupportContact, "Help Desk", "Help Desk"},
		"text of several lines with a tab":       {settings.PromptMessage, "a\n\tb", "a\n\tb"},
		"text as long as allowed":                {settings.InstallButtonLabel, strings.Repeat("ä", 64), strings.Repeat("ä", 64)},
		"shell text":                             {settings.SupportContact, "$(reboot) `id` | a & b / c", "$(reboot) `id` | a & b / c"},
		"an absolute path":                       {settings.MessagingLogo, "/a b/logo.png", "/a b/logo.png"},
		"working days, each counting once":       {settings.WorkdayDays, []any{int64(5), "1", int64(5)}, []int64{1, 5}},
		"holidays as text and as dates":          {settings.Holidays, []any{"2027-01-01", christmas, "2027-01-01"}, []string{"2026-12-25", "2027-01-01"}},
		"a leap day":                             {settings.Holidays, []any{"2028-02-29"}, []string{"2028-02-29"}},
		"no holidays at all":                     {settings.Holidays, []any{}, []string{}},
		"patterns in the administrator's order":  {settings.ExcludedUpdates, []any{"Safari*", "A"}, []string{"Safari*", "A"}},
		"a pattern whose trailing space belongs": {settings.ExcludedUpdates, []any{"Update 1 "}, []string{"Update 1 "}},
	} {
		t.Run(name, func(t *testing.T) {
			s, findings := decode(profile(values{row.key: row.raw}))
			compare(t, settings.Value{Value: row.want, Source: "managed profile"}, s.Of(row.key))
			compare(t, []string(nil), findings)
		})
	}
}

func TestHostileValuesAreIgnoredAndNamed(t *testing.T) {
	number := "not a whole number of seconds; ignored"
	for name, row := range map[string]struct {
		key     string
		raw     any
		problem string
	}{
		"words for a number":                   {settings.UpdateDelay, "4 hours", `is the text "4 hours", ` + number},
		"shell arithmetic":                     {settings.UpdateDelay, "a[$(reboot)]", `is the text "a[$(reboot)]", ` + number},
		"a date as text":                       {settings.MaxDeferralTime, "2026-11-23 12:00:00 +0000", `is the text "2026-11-23 12:00:00 +0000", ` + number},
		"a date":                               {settings.MaxDeferralTime, time.Unix(0, 0), `is the date 1970-01-01T00:00:00Z, ` + number},
		"a real number":                        {settings.UpdateDelay, 60.0, `is the real number 60, ` + number},
		"a boolean for a number":               {settings.UpdateDelay, true, `is the boolean true, ` + number},
		"data":                                 {settings.UpdateDelay, []byte("600"), `is data of 3 bytes, ` + number},
		"an array for a number":                {settings.UpdateDelay, []any{int64(600)}, `is an array of 1 items, ` + number},
		"a dictionary":                         {settings.UpdateDelay, values{}, `is a dictionary of 0 keys, ` + number},
		"nothing":                              {settings.UpdateDelay, nil, `is no value, ` + number},
		"a type of no property list":           {settings.UpdateDelay, struct{}{}, `is a value of type struct {}, ` + number},
		"empty text for a number":              {settings.UpdateDelay, "", `is the text "", ` + number},
		"digits of another script":             {settings.UpdateDelay, "٦٠", `is the text "٦٠", ` + number},
		"a sign":                               {settings.UpdateDelay, "-60", `is the text "-60", ` + number},
		"hexadecimal":                          {settings.UpdateDelay, "0x3c", `is the text "0x3c", ` + number},
		"zero":                                 {settings.UpdateDelay, int64(0), `is 0, below the smallest allowed, 1; ignored`},
		"a negative number":                    {settings.HardRestartDelay, int64(-1), `is -1, below the smallest allowed, 1; ignored`},
		"more than ten years":                  {settings.UpdateDelay, int64(315360001), `is 315360001, above the largest allowed, 315360000; ignored`},
		"digits beyond all numbers":            {settings.UpdateDelay, strings.Repeat("9", 30), `is 9223372036854775807 or more, above the largest allowed, 315360000; ignored`},
		"an unsigned number beyond all":        {settings.UpdateDelay, uint64(1) << 63, `is 9223372036854775807 or more, above the largest allowed, 315360000; ignored`},
		"two for a boolean":                    {settings.SkipDeferral, int64(2), `is the number 2, not true or false; ignored`},
		"on for a boolean":                     {settings.SkipDeferral, "on", `is the text "on", not true or false; ignored`},
		"a real for a boolean":                 {settings.SkipDeferral, 1.0, `is the real number 1, not true or false; ignored`},
		"a number for text":                    {settings.SupportContact, int64(5), `is the number 5, not text; ignored`},
		"empty text":                           {settings.InstallButtonLabel, " \n", `is empty; ignored`},
		"text that is not UTF-8":               {settings.SupportContact, "a\xff", `is the text "a\xff", not valid UTF-8; ignored`},
		"a NUL":                                {settings.SupportContact, "a\x00b", `is the text "a\x00b", with a control character at byte 1; ignored`},
		"an escape sequence":                   {settings.PromptMessage, "\x1b[2J", `is the text "\x1b[2J", with a control character at byte 0; ignored`},
		"a label that is too long":             {settings.InstallButtonLabel, strings.Repeat("ä", 65), `has 65 characters, more than 64; ignored`},
		"a message that is too long":           {settings.PromptMessage, strings.Repeat("x", 4097), `has 4097 characters, more than 4096; ignored`},
		"a relative path":                      {settings.MessagingLogo, "logo.png", `is the text "logo.png", not an absolute path; ignored`},
		"long text is shortened":               {settings.UpdateDelay, strings.Repeat("x\n", 40), `is the text "` + strings.Repeat(`x\n`, 30) + `"…, ` + number},
		"a number for an array":                {settings.WorkdayDays, int64(1), `is the number 1, not an array; ignored`},
		"no working day":                       {settings.WorkdayDays, []any{}, `is an empty array; ignored`},
		"an eighth day":                        {settings.WorkdayDays, []any{int64(1), int64(8)}, `has an item 2 that is 8, above the largest allowed, 7; ignored`},
		"a day by its name":                    {settings.WorkdayDays, []any{"Monday"}, `has an item 1 that is the text "Monday", not a whole number; ignored`},
		"no good holiday":                      {settings.Holidays, []any{"2026-02-30"}, `has an item 1 that is the text "2026-02-30", not a date as YYYY-MM-DD; ignored`},
		"text for an array":                    {settings.ExcludedUpdates, "Safari", `is the text "Safari", not an array; ignored`},
		"an empty pattern":                     {settings.ExcludedUpdates, []any{""}, `has an item 1 that is empty; ignored`},
		"more items than anybody has holidays": {settings.Holidays, make([]any, 1001), `has 1001 items, more than 1000; ignored`},
	} {
		t.Run(name, func(t *testing.T) {
			defaults, _ := decode()
			s, findings := decode(profile(values{row.key: row.raw}))
			compare(t, defaults.All(), s.All())
			compare(t, []string{"managed profile: " + row.key + " " + row.problem}, findings)
		})
	}
}

func TestBadItemsAreLeftOutOneByOne(t *testing.T) {
	s, findings := decode(profile(values{
		settings.Holidays:        []any{"2026-12-25", "Boxing Day", int64(4), "2026-12-24"},
		settings.ExcludedUpdates: []any{"Safari*", true},
	}))
	compare(t, []string{"2026-12-24", "2026-12-25"}, s.Texts(settings.Holidays))
	compare(t, []string{"Safari*"}, s.Texts(settings.ExcludedUpdates))
	compare(t, []string{
		`managed profile: Holidays has an item 2 that is the text "Boxing Day", not a date as YYYY-MM-DD; ignored`,
		`managed profile: Holidays has an item 3 that is the number 4, not a date as YYYY-MM-DD; ignored`,
		`managed profile: ExcludedUpdates has an item 2 that is the boolean true, not text; ignored`,
	}, findings)
}

func TestPrecedence(t *testing.T) {
	for name, row := range map[string]struct {
		profile, built any
		want           settings.Value
	}{
		"the profile wins over the package":           {int64(60), int64(90), settings.Value{Value: int64(60), Source: "managed profile"}},
		"the package wins over the default":           {nil, int64(90), settings.Value{Value: int64(90), Source: "package"}},
		"a bad value lets the package count":          {"soon", int64(90), settings.Value{Value: int64(90), Source: "package"}},
		"two bad values let the default count":        {"soon", int64(0), settings.Value{Value: int64(600), Source: "default"}},
		"a bad value in the package does not disturb": {int64(60), "soon", settings.Value{Value: int64(60), Source: "managed profile"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := decode(profile(values{settings.UpdateDelay: row.profile}), built(values{settings.UpdateDelay: row.built}))
			compare(t, row.want, s.Of(settings.UpdateDelay))
		})
	}
}

func TestManualUpdatesDependsOnThePlatform(t *testing.T) {
	for _, silicon := range []bool{true, false} {
		s, findings := settings.Decode(settings.Platform{AppleSilicon: silicon})
		compare(t, settings.Value{Value: silicon, Source: "default"}, s.Of(settings.ManualUpdates))
		compare(t, 0, len(findings))
		s, _ = settings.Decode(settings.Platform{AppleSilicon: silicon}, profile(values{settings.ManualUpdates: !silicon}))
		compare(t, !silicon, s.Bool(settings.ManualUpdates))
	}
}

func TestUnknownKeys(t *testing.T) {
	for name, row := range map[string]struct{ key, want string }{
		"a key near to one of ours": {"DeferalPeriod", "DeferalPeriod is an unknown key; ignored (did you mean DeferralPeriod?)"},
		"another letter case":       {"maxdeferraltime", "maxdeferraltime is an unknown key; ignored (did you mean MaxDeferralTime?)"},
		"a key near to none":        {"Color", "Color is an unknown key; ignored"},
		"an empty key":              {"", `"" is an unknown key; ignored`},
		"a key of several lines":    {"a\nb", `"a\nb" is an unknown key; ignored`},
		"a very long key":           {strings.Repeat("k", 5000), `"` + strings.Repeat("k", 60) + `"… is an unknown key; ignored`},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := decode(built(values{row.key: true}))
			compare(t, []string{"package: " + row.want}, findings)
		})
	}
	t.Run("what macOS adds to a payload is not reported", func(t *testing.T) {
		_, findings := decode(profile(values{"PayloadUUID": "x", "PayloadVersion": int64(1)}))
		compare(t, []string(nil), findings)
	})
}

func TestFindingsAreLimitedForEachSource(t *testing.T) {
	many := values{settings.UpdateDelay: "soon"}
	for i := range 20_000 {
		many[fmt.Sprintf("Unknown%05d", i)] = i
	}
	_, findings := decode(profile(many), built(values{"Color": true}))
	if len(findings) != settings.MaxFindings+2 {
		t.Fatalf("%d findings", len(findings))
	}
	compare(t, `managed profile: UpdateDelay is the text "soon", not a whole number of seconds; ignored`, findings[0])
	compare(t, "managed profile: and 19951 more", findings[settings.MaxFindings])
	compare(t, "package: Color is an unknown key; ignored", findings[settings.MaxFindings+1])
}

func TestSettingsDoNotShareMemory(t *testing.T) {
	days := []any{int64(1), int64(2)}
	s, _ := decode(profile(values{settings.WorkdayDays: days, settings.ExcludedUpdates: []any{"A"}}))
	days[0] = int64(7)
	s.Texts(settings.ExcludedUpdates)[0] = "B"
	s.Of(settings.WorkdayDays).Value.([]int64)[0] = 7
	compare(t, []int{1, 2}, s.Ints(settings.WorkdayDays))
	compare(t, []string{"A"}, s.Texts(settings.ExcludedUpdates))
}
