package macos

import (
	"strings"
	"testing"
	"time"
)

func FuzzInstallLog(f *testing.F) {
	f.Add(declared(before, sequoia, sequoias, onThursday) + padded(after, atEleven) + noUpdates)
	f.Add("2026-08-30 15:23:36-04 host softwareupdated[754]: |EnforcedInstallDate:2026-08-21T13:00:00Z|VersionString:26.6.2)\n")
	f.Add("2025-11-13 08:59:56-05 host softwareupdated[754]: |EnforcedInstallDate:0000-12-31T23:00:00-01:00|VersionString:15.7.2|\n")
	f.Fuzz(func(t *testing.T, text string) {
		for entry := range declaredEntries(text, time.UTC) {
			d := entry.declared
			switch entry.kind {
			case logDeclared:
				if !isVersion(d.Version) || d.Enforced.IsZero() && !containsAny(text, "0001-01-01", "0000-12-31") || !strings.Contains(text, d.Version) || d.Build != "" && !isBuild(d.Build) {
					t.Errorf("%q: %+v", text, entry)
				}
			case logPadded:
				if !d.None() {
					t.Errorf("%q: %+v", text, entry)
				}
			case logNothing:
			}
		}
	})
}

// FuzzWeighing holds any log against a record: what comes of it is the record's declaration, or none.
func FuzzWeighing(f *testing.F) {
	at := time.Date(2025, time.November, 13, 9, 0, 0, 0, time.UTC)
	f.Add(declared(before, sequoia, sequoias, onThursday)+padded(after, atEleven), int64(0))
	f.Add(declared(before, "26.1", "(null)", onThursday)+noUpdates, int64(time.Hour))
	f.Fuzz(func(t *testing.T, text string, since int64) {
		d := Declaration{Version: sequoia, Build: sequoias, Enforced: at}
		var said []logEntry
		for entry := range declaredEntries(text, time.UTC) {
			said = append(said, entry)
		}
		now := at.Add(time.Duration(since))
		got, problem := d.weighed([]Declaration{d}, said, now)
		switch {
		case got.None():
			if problem == "" || got != (Declaration{}) {
				t.Errorf("%q: %v, %q", text, got, problem)
			}
		case !got.same(d) || got.Agreed == (problem != ""):
			t.Errorf("%q: %v, %q", text, got, problem)
		case !got.Padded.IsZero() && (got.Padded.Before(at) || got.Padded.Before(now.Add(-padding)) || !got.Agreed):
			t.Errorf("%q: %v has the date %v", text, got, got.Padded)
		}
	})
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]bool{
		"15.7.2": true, "27": true, "26.0": true, "": false, ".": false, "15.": false, "15..1": false, "v15": false, "15.7 (a)": false, "15.-1": false,
		"1234567": false, "1.2.3.4.5.6.7.8.9.10.11": false,
	} {
		if isVersion(text) != want {
			t.Errorf("%q: got %t", text, !want)
		}
	}
	for _, row := range []struct {
		a, b string
		want int
	}{{"15.7.2", "15.7.2", 0}, {"15.7", "15.7.0", 0}, {"15.10", "15.9", 1}, {"26", "15.7.2", 1}, {"15.7", "15.7.1", -1}, {"", "1", -1}, {"10.15.7", "11", -1}} {
		if got := compareVersions(row.a, row.b); got != row.want || compareVersions(row.b, row.a) != -row.want {
			t.Errorf("%q, %q: %d", row.a, row.b, got)
		}
	}
	for text, want := range map[string]bool{
		"24G325": true, "22E772610a": true, "26A434": true, "24G": false, "G325": false, "24g325": false, "24G325ab": false, "24G325A": false, "": false,
		"24G3 25": false, "1234567890A1": false, "24A1234567890": false,
	} {
		if isBuild(text) != want {
			t.Errorf("%q: got %t", text, !want)
		}
	}
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"24G325", "24G324", true},
		{"24G325", "24G325", false},
		{"24G99", "24G325", false},
		{"24H1", "24G325", true},
		{"25A1", "24Z999", true},
		{"", "24G1", false},
		{"24G325", "", false},
	} {
		if got := laterBuild(row.a, row.b); got != row.want {
			t.Errorf("%q, %q: %t", row.a, row.b, got)
		}
	}
}
