package settings_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

func TestKeysOfOurOwn(t *testing.T) {
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
			compare(t, want, findings)
		})
	}
}

func TestMinimumBatteryDependsOnThePlatform(t *testing.T) {
	for silicon, want := range map[bool]int64{true: 20, false: 50} {
		s, _ := settings.Decode(settings.Platform{AppleSilicon: silicon})
		compare(t, settings.Value{Value: want, Source: "default"}, s.Of(settings.MinimumBattery))
	}
}

func TestTheMethodFollowsFromSettingsAndMac(t *testing.T) {
	const tool, person = enforce.ByTool, enforce.ByPerson
	for name, row := range map[string]struct {
		values           values
		silicon          bool
		system, packages enforce.Method
		declarations     bool
	}{
		"Intel":                               {values{}, false, tool, tool, true},
		"Apple silicon":                       {values{}, true, person, tool, true},
		"by hand":                             {values{settings.ManualUpdates: true}, false, person, person, true},
		"not by hand, on Apple silicon":       {values{settings.ManualUpdates: false}, true, tool, tool, true},
		"softwareupdate, on Apple silicon":    {values{settings.InstallMethod: "softwareupdate"}, true, tool, tool, false},
		"manual, on Intel":                    {values{settings.InstallMethod: "manual"}, false, person, person, true},
		"declarative, on Intel":               {values{settings.InstallMethod: "declarative"}, false, person, tool, true},
		"auto says no more than the defaults": {values{settings.InstallMethod: "auto"}, true, person, tool, true},
		"the method outranks the old key":     {values{settings.InstallMethod: "softwareupdate", settings.ManualUpdates: true}, false, tool, tool, false},
	} {
		s, _ := settings.Decode(settings.Platform{AppleSilicon: row.silicon}, profile(row.values))
		p := s.Policy(settings.Environment{Silicon: row.silicon})
		if p.System != row.system || p.Packages != row.packages || p.Declarations != row.declarations || p.MethodReason == "" {
			t.Errorf("%s: %s, %s, %t, since %q", name, p.System, p.Packages, p.Declarations, p.MethodReason)
		}
	}
}

func TestLimitsAndNeedsReachThePolicy(t *testing.T) {
	at := time.Date(2026, 12, 1, 17, 0, 0, 0, time.UTC)
	s, _ := settings.Decode(settings.Platform{}, profile(values{
		settings.MaxDeferralCount: int64(5), settings.DeadlineDate: at, settings.MinimumBattery: int64(30), settings.MinimumFreeSpace: int64(20),
		settings.MeetingPatience: int64(1800),
	}))
	p := s.Policy(settings.Environment{})
	if p.MaxDeferrals != 5 || !p.LatestDeadline.Equal(at) || p.MinimumBattery != 30 || p.MinimumSpace != 20e9 || p.MeetingPatience != 30*time.Minute {
		t.Errorf("%+v", p)
	}
	s, _ = settings.Decode(settings.Platform{}, profile(values{settings.WaitForMeetings: false}))
	if p = s.Policy(settings.Environment{}); p.MeetingPatience != 0 || p.MaxDeferrals != 0 || !p.LatestDeadline.IsZero() || p.MinimumSpace != 15e9 {
		t.Errorf("%+v", p)
	}
}
