package settings_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

const planned = "is planned, and has no effect in this version"

func TestPlannedKeys(t *testing.T) {
	at := time.Date(2026, 12, 1, 17, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		key       string
		raw, want any
		problem   string
	}{
		"a date":                    {settings.DeadlineDate, at.In(time.FixedZone("", 3600)), at, ""},
		"a date as text":            {settings.DeadlineDate, "2026-12-01T18:00:00+01:00", at, ""},
		"a day without a time":      {settings.DeadlineDate, "2026-12-01", nil, `is the text "2026-12-01", not a date and time as 2026-12-01T18:00:00Z; ignored`},
		"a number for a date":       {settings.DeadlineDate, int64(5), nil, `is the number 5, not a date and time as 2026-12-01T18:00:00Z; ignored`},
		"a count":                   {settings.MaxDeferralCount, int64(5), int64(5), ""},
		"a count of none":           {settings.MaxDeferralCount, int64(0), nil, "is 0, below the smallest allowed, 1; ignored"},
		"a method":                  {settings.InstallMethod, " manual ", "manual", ""},
		"a method in capitals":      {settings.InstallMethod, "Manual", "auto", `is the text "Manual", not one of auto, softwareupdate, manual, declarative; ignored`},
		"a style":                   {settings.PromptStyle, "swiftdialog", "swiftdialog", ""},
		"a style that is no text":   {settings.PromptStyle, true, "auto", "is the boolean true, not one of auto, jamfhelper, swiftdialog, osascript; ignored"},
		"no waiting for meetings":   {settings.WaitForMeetings, "no", false, ""},
		"some patience":             {settings.MeetingPatience, int64(60), int64(60), ""},
		"more charge than there is": {settings.MinimumBattery, int64(101), int64(50), "is 101, above the largest allowed, 100; ignored"},
		"some free space":           {settings.MinimumFreeSpace, "30", int64(30), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var want []string
			if row.problem != "" {
				want = append(want, "managed profile: "+row.key+" "+row.problem)
			}
			s, findings := decode(profile(values{row.key: row.raw}))
			compare(t, row.want, s.Of(row.key).Value)
			compare(t, append(want, "managed profile: "+row.key+" "+planned), findings)
		})
	}
}

func TestMinimumBatteryDependsOnThePlatform(t *testing.T) {
	for silicon, want := range map[bool]int64{true: 20, false: 50} {
		s, _ := settings.Decode(settings.Platform{AppleSilicon: silicon})
		compare(t, settings.Value{Value: want, Source: "default"}, s.Of(settings.MinimumBattery))
	}
}

func TestPlannedKeysAreNotListed(t *testing.T) {
	s, _ := decode()
	compare(t, len(settings.Table()), len(s.All()))
}
