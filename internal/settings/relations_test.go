package settings_test

import (
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

func TestRelationsOfDurations(t *testing.T) {
	const largest, period, timeout = settings.MaxDeferralTime, settings.DeferralPeriod, settings.PromptTimeout
	type row struct {
		sources  []settings.Source
		want     map[string]settings.Value
		findings []string
	}
	from := func(source string, v int64) settings.Value { return settings.Value{Value: v, Source: source} }
	for name, row := range map[string]row{
		"values that fit": {
			sources: []settings.Source{profile(values{largest: int64(100), period: int64(50), timeout: int64(10)})},
			want: map[string]settings.Value{
				largest: from("managed profile", 100), period: from("managed profile", 50), timeout: from("managed profile", 10),
			},
		},
		"an equal value does not fit, and the next source counts": {
			sources: []settings.Source{profile(values{period: int64(259200)}), built(values{period: int64(7200)})},
			want:    map[string]settings.Value{period: from("package", 7200), timeout: from("default", 3600)},
			findings: []string{
				"managed profile: DeferralPeriod is 259200, not less than MaxDeferralTime (259200, the default); ignored",
			},
		},
		"a value at odds with one of another source": {
			sources: []settings.Source{profile(values{largest: int64(14000)}), built(values{period: int64(20000)})},
			want: map[string]settings.Value{
				largest: from("managed profile", 14000), period: from("limited by MaxDeferralTime", 13999), timeout: from("default", 3600),
			},
			findings: []string{
				"managed profile: DeferralPeriod becomes 13999, to fit into MaxDeferralTime: the default, 14400, does not",
				"package: DeferralPeriod is 20000, not less than MaxDeferralTime (14000, from the managed profile); ignored",
			},
		},
		"a short time for a test limits both": {
			sources: []settings.Source{profile(nil), built(values{largest: int64(60)})},
			want: map[string]settings.Value{
				period: from("limited by MaxDeferralTime", 59), timeout: from("limited by DeferralPeriod", 58),
			},
			findings: []string{
				"package: DeferralPeriod becomes 59, to fit into MaxDeferralTime: the default, 14400, does not",
				"package: PromptTimeout becomes 58, to fit into DeferralPeriod: the default, 3600, does not",
			},
		},
		"the shortest time of all": {
			sources: []settings.Source{profile(values{largest: int64(1)})},
			want: map[string]settings.Value{
				period: from("limited by MaxDeferralTime", 1), timeout: from("limited by DeferralPeriod", 1),
			},
			findings: []string{
				"managed profile: DeferralPeriod becomes 1, to fit into MaxDeferralTime: the default, 14400, does not",
				"managed profile: PromptTimeout becomes 1, to fit into DeferralPeriod: the default, 3600, does not",
			},
		},
		"a time-out against a limited period": {
			sources: []settings.Source{profile(values{largest: int64(60), timeout: int64(59)})},
			want:    map[string]settings.Value{timeout: from("limited by DeferralPeriod", 58)},
			findings: []string{
				"managed profile: DeferralPeriod becomes 59, to fit into MaxDeferralTime: the default, 14400, does not",
				"managed profile: PromptTimeout is 59, not less than DeferralPeriod (59, limited by MaxDeferralTime); ignored",
				"managed profile: PromptTimeout becomes 58, to fit into DeferralPeriod: the default, 3600, does not",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, findings := decode(row.sources...)
			for key, want := range row.want {
				compare(t, want, s.Of(key))
			}
			compare(t, row.findings, findings)
		})
	}
}

func TestWorkingHoursAreAPair(t *testing.T) {
	const start, end = settings.WorkdayStartHour, settings.WorkdayEndHour
	for name, row := range map[string]struct {
		profile, built values
		start, end     any
		findings       []string
	}{
		"both from one source":      {values{start: int64(9), end: int64(17)}, nil, int64(9), int64(17), nil},
		"one from each source":      {values{start: int64(9)}, values{end: int64(17)}, int64(9), int64(17), nil},
		"the widest working day":    {values{start: int64(0), end: int64(23)}, nil, int64(0), int64(23), nil},
		"midnight is not unset":     {values{start: int64(0), end: int64(1)}, nil, int64(0), int64(1), nil},
		"the profile's pair counts": {values{start: int64(8), end: int64(16)}, values{start: int64(9), end: int64(17)}, int64(8), int64(16), nil},
		"a start alone": {values{start: int64(9)}, nil, nil, nil, []string{
			"managed profile: WorkdayStartHour is 9, without a usable WorkdayEndHour; ignored",
		}},
		"an end alone": {nil, values{end: int64(17)}, nil, nil, []string{
			"package: WorkdayEndHour is 17, without a usable WorkdayStartHour; ignored",
		}},
		"a start with an end that is no hour": {values{start: int64(9), end: "noon"}, nil, nil, nil, []string{
			`managed profile: WorkdayEndHour is the text "noon", not an hour as a whole number; ignored`,
			"managed profile: WorkdayStartHour is 9, without a usable WorkdayEndHour; ignored",
		}},
		"an end of 24": {values{start: int64(9), end: int64(24)}, nil, nil, nil, []string{
			"managed profile: WorkdayEndHour is 24, above the largest allowed, 23; ignored",
			"managed profile: WorkdayStartHour is 9, without a usable WorkdayEndHour; ignored",
		}},
		"a night shift": {values{start: int64(22), end: int64(6)}, nil, nil, nil, []string{
			"managed profile: WorkdayStartHour is 22, not before WorkdayEndHour (6, from the managed profile); ignored",
			"managed profile: WorkdayEndHour is 6, not after WorkdayStartHour (22, from the managed profile); ignored",
		}},
		"a pair out of order lets the package's pair count": {values{start: int64(9), end: int64(9)}, values{start: int64(8), end: int64(16)}, int64(8), int64(16), []string{
			"managed profile: WorkdayStartHour is 9, not before WorkdayEndHour (9, from the managed profile); ignored",
			"managed profile: WorkdayEndHour is 9, not after WorkdayStartHour (9, from the managed profile); ignored",
		}},
		"a start that does not fit the package's end": {values{start: int64(20)}, values{start: int64(9), end: int64(17)}, int64(9), int64(17), []string{
			"managed profile: WorkdayStartHour is 20, not before WorkdayEndHour (17, from the package); ignored",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s, findings := decode(profile(row.profile), built(row.built))
			compare(t, row.start, s.Of(start).Value)
			compare(t, row.end, s.Of(end).Value)
			compare(t, row.findings, findings)
		})
	}
}
