package settings_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

func TestLintOfLimits(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	in := func(days int) settings.LintContext {
		return settings.LintContext{Now: now, Declaration: now.AddDate(0, 0, days)}
	}
	for name, row := range map[string]struct {
		values  values
		context settings.LintContext
		want    []string
	}{
		"a declaration long after the deadline": {values{}, in(7), []string{
			"warning MaxDeferralTime: a round that begins today would end by 2026-12-03T09:00:00Z, and a declaration enforces the update by 2026-12-07T09:00:00Z: " +
				"in between the person is reminded every few minutes to install it; let both end at one time",
		}},
		"a declaration where nothing is deferred": {values{"SkipDeferral": true}, in(1), []string{
			"warning SkipDeferral: SkipDeferral is true: updates are enforced as soon as they are found, after a warning of 10 minutes",
			"warning SkipDeferral: a round that begins today would end by 2026-11-30T09:00:00Z, and a declaration enforces the update by 2026-12-01T09:00:00Z: " +
				"in between the person is reminded every few minutes to install it; let both end at one time",
		}},
		"a declaration in working hours, out of which the deadline moves": {
			values{"WorkdayStartHour": int64(8), "WorkdayEndHour": int64(18)}, settings.LintContext{Now: now, Declaration: now.Add(75 * time.Hour)}, []string{
				"warning MaxDeferralTime: a round that begins today would end by 2026-12-03T18:00:00Z, and a declaration enforces the update by 2026-12-03T12:00:00Z: " +
					"the deadline moves there, so people have less time than MaxDeferralTime (259200 s, 3 days, the default) says",
			},
		},
		"a declaration before the deadline": {values{}, in(2), []string{
			"warning MaxDeferralTime: a round that begins today would end by 2026-12-03T09:00:00Z, and a declaration enforces the update by 2026-12-02T09:00:00Z: " +
				"the deadline moves there, so people have less time than MaxDeferralTime (259200 s, 3 days, the default) says",
		}},
		"a date for all that comes first": {values{"DeadlineDate": "2026-12-01T09:00:00Z"}, in(2), []string{
			"warning DeadlineDate: a round that begins today would end by 2026-12-01T09:00:00Z, and a declaration enforces the update by 2026-12-02T09:00:00Z: " +
				"in between the person is reminded every few minutes to install it; let both end at one time",
		}},
		"a declaration at the same time": {values{}, settings.LintContext{Now: now, Declaration: now.Add(72*time.Hour + 10*time.Minute)}, []string{
			"note MaxDeferralTime: a round that begins today would end by 2026-12-03T09:00:00Z, less than an hour before a declaration enforces the update: " +
				"macOS and we would ask at the same time",
		}},
		"two who install the same": {values{"InstallMethod": "softwareupdate"}, in(7), []string{
			"warning InstallMethod: InstallMethod is softwareupdate, and a declaration enforces an update by 2026-12-07T09:00:00Z: " +
				"two programs then install the same update; use auto",
		}},
		"a number of deferrals": {values{"MaxDeferralCount": int64(9)}, settings.LintContext{}, nil},
		"a number without effect": {values{"MaxDeferralCount": int64(18)}, settings.LintContext{}, []string{
			"note MaxDeferralCount: MaxDeferralCount (18) has hardly an effect: so many deferrals of DeferralPeriod (14400 s, 4 hours, the default) are not used up " +
				"before the deadline of MaxDeferralTime (259200 s, 3 days, the default)",
		}},
		"a small number": {values{"MaxDeferralCount": int64(2)}, settings.LintContext{}, []string{
			"note MaxDeferralCount: MaxDeferralCount (2) ends a round after 8 hours at the latest, if the Mac is in use all the time, long before " +
				"MaxDeferralTime (259200 s, 3 days, the default)",
		}},
		"a number of what there is none of": {values{"MaxDeferralCount": int64(2), "SkipDeferral": true}, settings.LintContext{}, []string{
			"warning SkipDeferral: SkipDeferral is true: updates are enforced as soon as they are found, after a warning of 10 minutes",
			"note MaxDeferralCount: MaxDeferralCount has no effect while SkipDeferral is true",
		}},
		"patience without waiting": {values{"MeetingPatience": int64(1800), "WaitForMeetings": false}, settings.LintContext{}, []string{
			"note MeetingPatience: MeetingPatience has no effect while WaitForMeetings is false",
		}},
		"too little patience": {values{"MeetingPatience": int64(600)}, settings.LintContext{}, []string{
			"warning MeetingPatience: MeetingPatience (600 s, 10 minutes) is no longer than the 20 minutes between two turns: a prompt waits for nobody",
		}},
		"too much patience": {values{"MeetingPatience": int64(14400)}, settings.LintContext{}, []string{
			"warning MeetingPatience: MeetingPatience (14400 s, 4 hours) is not shorter than DeferralPeriod (14400 s, 4 hours, the default): " +
				"people in calls all day are asked half as often",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			compare(t, row.want, worded(settings.Check(row.values, row.context)))
		})
	}
}
