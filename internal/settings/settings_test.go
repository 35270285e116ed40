package settings_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// call calls a getter, and returns what it panicked with, as text.
func call(get func()) (complaint string) {
	defer func() {
		if r := recover(); r != nil {
			complaint = fmt.Sprint(r)
		}
	}()
	get()
	return ""
}

func allTypes() []settings.Type {
	return []settings.Type{
		settings.Integer, settings.Boolean, settings.String, settings.Path, settings.Choice, settings.Date,
		settings.Integers, settings.Strings, settings.Dates, settings.Dictionary,
	}
}

func TestEveryGetterForEveryKey(t *testing.T) {
	s, _ := decode()
	getters := map[string]struct {
		get   func(string)
		types []settings.Type
	}{
		"Of":       {func(n string) { s.Of(n) }, allTypes()},
		"Duration": {func(n string) { s.Duration(n) }, []settings.Type{settings.Integer}},
		"Int":      {func(n string) { s.Int(n) }, []settings.Type{settings.Integer}},
		"Bool":     {func(n string) { s.Bool(n) }, []settings.Type{settings.Boolean}},
		"Text":     {func(n string) { s.Text(n) }, []settings.Type{settings.String, settings.Path, settings.Choice}},
		"Ints":     {func(n string) { s.Ints(n) }, []settings.Type{settings.Integers}},
		"Texts":    {func(n string) { s.Texts(n) }, []settings.Type{settings.Strings, settings.Dates}},
	}
	for name, getter := range getters {
		for _, key := range settings.Table() {
			fits := slices.Contains(getter.types, key.Type) && (name != "Duration" || key.Unit == settings.Seconds)
			complaint := call(func() { getter.get(key.Name) })
			if fits != (complaint == "") {
				t.Errorf("%s(%q) of a key of type %s: panic %q", name, key.Name, key.Type, complaint)
			}
			if complaint != "" && !strings.HasPrefix(complaint, fmt.Sprintf("settings: %s(%q): the key is ", name, key.Name)) {
				t.Errorf("%s(%q): unclear panic %q", name, key.Name, complaint)
			}
		}
		compare(t, fmt.Sprintf("settings: %s(%q): there is no such key", name, "Color"), call(func() { getter.get("Color") }))
	}
}

func TestTheZeroSettingsHasTheDefaults(t *testing.T) {
	defaults, _ := decode()
	compare(t, defaults.All(), settings.Settings{}.All())
}

func TestAllIsInTheOrderOfTheTable(t *testing.T) {
	s, _ := decode(built(values{settings.SupportContact: "Help"}))
	all := s.All()
	for i, key := range settings.Table() {
		compare(t, key.Name, all[i].Name)
		if key.Name == settings.SupportContact {
			compare(t, settings.NamedValue{Name: key.Name, Value: "Help", Source: "package"}, all[i])
		}
	}
}

func TestPolicyOfTheDefaults(t *testing.T) {
	s, _ := decode()
	date := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	compare(t, enforce.Policy{
		MaxDeferral: 72 * time.Hour, DeferralPeriod: 4 * time.Hour, PromptTimeout: time.Hour,
		UpdateDelay: 10 * time.Minute, HardRestartDelay: 5 * time.Minute,
		Workday: enforce.Workday{Days: [7]bool{true, true, true, true, true, true, true}},
		Scope:   enforce.Scope{Running: "13.7.4", Excluded: []string{}},
		System:  enforce.ByTool, Packages: enforce.ByTool, Declarations: true, MethodReason: "this Mac has an Intel processor",
		MinimumBattery: 50, MinimumSpace: 15e9, MeetingPatience: time.Hour,
		InstallLoggedOut: true, Built: date, Interval: 20 * time.Minute,
	}, s.Policy(settings.Environment{Running: "13.7.4", Built: date, Interval: 20 * time.Minute}))
}

func TestPolicyOfAllThatCanBeSet(t *testing.T) {
	s, findings := decode(profile(values{
		settings.MaxDeferralTime: int64(50), settings.DeferralPeriod: int64(40), settings.PromptTimeout: int64(30),
		settings.UpdateDelay: int64(20), settings.HardRestartDelay: int64(10), settings.SkipDeferral: true,
		settings.WorkdayStartHour: int64(8), settings.WorkdayEndHour: int64(16), settings.WorkdayDays: []any{int64(1), int64(7)},
		settings.Holidays: []any{"2026-12-25"}, settings.AllowMajorUpgrades: true, settings.ExcludedUpdates: []any{"A*"},
		settings.ManualUpdates: true, settings.DisablePostInstallAlert: true, settings.InstallWhenLoggedOut: false,
	}))
	compare(t, []string(nil), findings)
	got := s.Policy(settings.Environment{Zone: time.UTC})
	if got.Zone != time.UTC {
		t.Error("the time zone is lost")
	}
	got.Zone = nil
	compare(t, enforce.Policy{
		MaxDeferral: 50 * time.Second, DeferralPeriod: 40 * time.Second, PromptTimeout: 30 * time.Second,
		UpdateDelay: 20 * time.Second, HardRestartDelay: 10 * time.Second, SkipDeferral: true,
		Workday: enforce.Workday{
			Start: 8, End: 16, Days: [7]bool{time.Sunday: true, time.Monday: true},
			Holidays: []enforce.Date{{Year: 2026, Month: time.December, Day: 25}},
		},
		Scope:  enforce.Scope{AllowMajor: true, Excluded: []string{"A*"}},
		System: enforce.ByPerson, Packages: enforce.ByPerson, Declarations: true, MethodReason: "ManualUpdates is true",
		QuietManual: true, MinimumBattery: 50, MinimumSpace: 15e9, MeetingPatience: time.Hour,
	}, got)
}
