package enforce_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestWorking(t *testing.T) {
	w := enforce.Workday{Start: 8, End: 18, Days: [7]bool{time.Wednesday: true}}
	for at, want := range map[string]bool{
		"2026-11-25 07:59:59": false, "2026-11-25 08:00:00": true, "2026-11-25 17:59:59": true, "2026-11-25 18:00:00": false, "2026-11-26 10:00:00": false,
	} {
		when, err := time.Parse(time.DateTime, at)
		if err != nil || w.Working(when) != want {
			t.Errorf("%s: %t, %v", at, !want, err)
		}
	}
	if midnight := time.Date(2026, time.November, 25, 0, 0, 0, 0, time.UTC); (enforce.Workday{Days: w.Days}).Working(midnight) {
		t.Error("there is no working time, and it is working time")
	}
}

func TestWorkdayAfter(t *testing.T) {
	all := [7]bool{true, true, true, true, true, true, true}
	week := [7]bool{false, true, true, true, true, true, false}
	christmas := enforce.Date{Year: 2026, Month: time.December, Day: 25}
	for _, row := range []struct {
		name     string
		zone     string
		workday  enforce.Workday
		at, want string
	}{
		{"no working time leaves a time alone", "UTC", enforce.Workday{Days: all}, "2026-11-25 10:00:00", "2026-11-25 10:00:00"},
		{"a time before work stays", "UTC", enforce.Workday{Start: 8, End: 18, Days: all}, "2026-11-25 07:59:59", "2026-11-25 07:59:59"},
		{"the first second of work moves to its end", "UTC", enforce.Workday{Start: 8, End: 18, Days: all}, "2026-11-25 08:00:00", "2026-11-25 18:00:00"},
		{"the last second of work moves to its end", "UTC", enforce.Workday{Start: 8, End: 18, Days: all}, "2026-11-25 17:59:59", "2026-11-25 18:00:00"},
		{"the end of work stays", "UTC", enforce.Workday{Start: 8, End: 18, Days: all}, "2026-11-25 18:00:00", "2026-11-25 18:00:00"},
		{"the hours 08 and 09 are not octal", "UTC", enforce.Workday{Start: 8, End: 9, Days: all}, "2026-11-25 08:30:30", "2026-11-25 09:00:00"},
		{"from midnight to eleven at night is a working day", "UTC", enforce.Workday{Start: 0, End: 23, Days: all}, "2026-11-25 00:00:00", "2026-11-25 23:00:00"},
		{"a Saturday is free", "UTC", enforce.Workday{Start: 8, End: 18, Days: week}, "2026-11-28 10:00:00", "2026-11-28 10:00:00"},
		{"a holiday is free", "UTC", enforce.Workday{Start: 8, End: 18, Days: week, Holidays: []enforce.Date{christmas}}, "2026-12-25 10:00:00", "2026-12-25 10:00:00"},
		{"the day before a holiday is not", "UTC", enforce.Workday{Start: 8, End: 18, Days: week, Holidays: []enforce.Date{christmas}}, "2026-12-24 10:00:00", "2026-12-24 18:00:00"},
		{"the clock is put forward in Berlin at work", "Europe/Berlin", enforce.Workday{Start: 1, End: 6, Days: all}, "2026-03-29 01:30:00", "2026-03-29 06:00:00"},
		{"the clock is put back in Berlin at work", "Europe/Berlin", enforce.Workday{Start: 1, End: 6, Days: all}, "2026-10-25 01:30:00", "2026-10-25 06:00:00"},
		{"work ends in the hour that Berlin skips", "Europe/Berlin", enforce.Workday{Start: 1, End: 2, Days: all}, "2026-03-29 01:30:00", "2026-03-29 03:00:00"},
		{"the clock is put forward in New York at work", "America/New_York", enforce.Workday{Start: 0, End: 23, Days: all}, "2026-03-08 00:30:00", "2026-03-08 23:00:00"},
		{"Lord Howe moves by half an hour", "Australia/Lord_Howe", enforce.Workday{Start: 1, End: 4, Days: all}, "2026-04-05 01:15:00", "2026-04-05 04:00:00"},
		{"work ends with the day where Nuuk skips its last hour", "America/Nuuk", enforce.Workday{Start: 9, End: 23, Days: all}, "2026-03-28 22:30:00", "2026-03-29 00:00:00"},
		{"Apia has skipped a Friday", "Pacific/Apia", enforce.Workday{Start: 8, End: 23, Days: all}, "2011-12-29 22:00:00", "2011-12-29 23:00:00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			z := zone(t, row.zone)
			at, err := time.ParseInLocation(time.DateTime, row.at, z)
			if err != nil {
				t.Fatal(err)
			}
			if got := row.workday.After(at).Format(time.DateTime); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

// After agrees with somebody at work who watches the clock on the wall, minute by minute, until it shows the end of work.
func TestWorkdayAfterAgreesWithAWalk(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{
		"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana", "Asia/Kathmandu",
		"Africa/Casablanca", "Pacific/Chatham", "America/Sao_Paulo", "Asia/Tehran",
	} {
		zones = append(zones, zone(t, name))
	}
	try(t, "working days walked by the minute", func(t *rapid.T) {
		w := enforce.Workday{Start: rapid.IntRange(0, 22).Draw(t, "start")}
		w.End = rapid.IntRange(w.Start+1, 23).Draw(t, "end")
		for i := range w.Days {
			w.Days[i] = !oneIn(t, 4, "free")
		}
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		at := time.Unix(rapid.Int64Range(1293840000, 1830000000).Draw(t, "at"), 0).In(z)
		if oneIn(t, 2, "about a change of the clock") {
			if _, end := at.ZoneBounds(); !end.IsZero() {
				at = end.Add(minutes(t, -1500, 1500, "off"))
			}
		}
		year, month, day := at.Date()
		if oneIn(t, 5, "holiday") {
			w.Holidays = []enforce.Date{{Year: year, Month: month, Day: day}}
		}
		want := at
		for working := w.Working(at); working && want.Day() == day && want.Hour() < w.End; {
			want = want.Add(time.Second * time.Duration(60-want.Second())).Add(-time.Duration(want.Nanosecond()))
		}
		if got := w.After(at); !got.Equal(want) {
			t.Fatalf("After(%s) is %s, want %s", at, got, want)
		}
	})
}
