package macos

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestAnUpdateThatAppleHoldsBack(t *testing.T) {
	const says = "macOS Elm 31.2 is ramped, not downloadable at this time\n"
	for _, row := range []struct {
		name   string
		out    Output
		ramped bool
	}{
		{"it is said", Output{Stdout: "Downloading macOS Elm 31.2\n" + says}, true},
		{"with an exit status", Output{Stderr: says, Code: 1}, true},
		{"an update of that name is downloaded", Output{Stdout: "Downloaded not downloadable at this time\n"}, false},
		{"another complaint", Output{Stderr: "Failed to authenticate\n", Code: 1}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := SoftwareUpdate{Host: Host{Runner: &answers{out: map[string]Output{"softwareupdate": row.out}}}}
			err := s.Download(t.Context(), []string{"Elm", "Oak"})
			_, installErr := s.Install(t.Context(), Installation{Labels: []string{"Elm"}})
			if errors.Is(err, ErrRamped) != row.ramped || errors.Is(installErr, ErrRamped) != row.ramped {
				t.Errorf("got %v, %v", err, installErr)
			}
		})
	}
	if text := errorText(Transcript{Ramped: true, Problem: "not downloadable at this time"}.cause(nil, Output{})); text != "held back by Apple for now: not downloadable at this time" {
		t.Error(text)
	}
}

func TestTheLogTellsOfAnUpdateThatAppleHoldsBack(t *testing.T) {
	const line = "2025-11-13 09:00:00-05 host softwareupdated[754]: SUOSUServiceDaemon: MSU_UPDATE_24G325_patch_15.7.2_minor is ramped, not downloadable at this time\n"
	at := time.Date(2025, time.November, 13, 14, 0, 0, 500, time.UTC)
	sequoia := enforce.Update{Label: "macOS Sequoia 15.7.2-24G325", Title: "macOS Sequoia 15.7.2", Version: "15.7.2", Build: "24G325"}
	safari := enforce.Update{Label: "Safari26.1", Title: "Safari", Version: "15.7.2"}
	for _, row := range []struct {
		name  string
		log   logFile
		since time.Time
		want  bool
	}{
		{"since it began", logFile{text: "x\n" + line + "y"}, at.Add(-time.Minute), true},
		{"in the same second", logFile{text: line}, at, true},
		{"long before", logFile{text: line}, at.Add(time.Minute), false},
		{"in times to come", logFile{text: strings.Replace(line, "2025", "2026", 1)}, at.Add(-time.Minute), false},
		{"a line of another program", logFile{text: strings.Replace(line, "softwareupdated[", "logger[", 1)}, at, false},
		{"a line without a time", logFile{text: line[23:]}, at.Add(-time.Minute), false},
		{"another line", logFile{text: noUpdates}, time.Time{}, false},
		{"no log", logFile{err: fs.ErrNotExist}, time.Time{}, false},
		{"of another update", logFile{text: strings.ReplaceAll(strings.ReplaceAll(line, "15.7.2", "26.1"), "24G325", "25B78")}, at, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			host := Host{Ledger: row.log, Clock: fixedClock{at.Add(time.Hour)}}
			got := Ramped(host, row.since, []enforce.Update{sequoia, safari})
			if (len(got) == 1 && got[0] == sequoia) != row.want || len(got) > 1 {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestWhichUpdateAppleHoldsBack(t *testing.T) {
	tahoe := enforce.Update{Title: "macOS Tahoe 26.1", Version: "26.1", Build: "25B78"}
	later := enforce.Update{Title: "macOS Tahoe 26.1.1", Version: "26.1.1"}
	safari := enforce.Update{Title: "Safari", Version: "26.1"}
	tools := enforce.Update{Title: "Command Line Tools for Xcode", Version: "26.1"}
	all := []enforce.Update{tahoe, later, safari, tools, {Label: "nameless"}}
	for line, want := range map[string][]enforce.Update{
		"macOS Tahoe 26.1 is ramped":                             {tahoe},
		"\"macOS Tahoe 26.1\" is ramped.":                        {tahoe},
		"ramped: macOS Tahoe 26.1.":                              {tahoe},
		"macOS Tahoe 26.1.1 is ramped":                           {later},
		"macOS 26.1 is ramped":                                   {tahoe},
		"MSU_UPDATE_25B78_patch_26.1_minor is ramped":            {tahoe},
		"MSU_UPDATE_25B780_patch_26.2_minor is ramped":           nil,
		"macOS Tahoe 126.1 is ramped":                            nil,
		"macOS Tahoe 26.10 is ramped":                            nil,
		"Safari is ramped":                                       {safari},
		"SafariTechnologyPreview is ramped":                      nil,
		"an update is ramped":                                    nil,
		"macOS Tahoe 26.10 is ramped, not like macOS Tahoe 26.1": {tahoe},
	} {
		if got := rampedOf([]string{"x", line}, all); !cmp.Equal(got, want, cmpopts.EquateEmpty()) {
			t.Errorf("%s: %v", line, got)
		}
	}
}

func TestAnInstallationAsThePerson(t *testing.T) {
	r := &answers{out: map[string]Output{"launchctl": {Stdout: "Done.\n"}, "softwareupdate": {Stdout: "Done.\n"}}}
	s := SoftwareUpdate{Host: Host{Runner: r}}
	for _, who := range []Person{{}, {"ann lee", 501}, {"root", 0}} {
		if _, err := s.Install(t.Context(), Installation{Labels: []string{"Safari-26"}, Modern: true, As: who}); err != nil {
			t.Error(err)
		}
	}
	root := []string{"/usr/sbin/softwareupdate", "--install", "Safari-26", "--no-scan", "--agree-to-license"}
	want := [][]string{root, append([]string{"/bin/launchctl", "asuser", "501", "/usr/bin/sudo", "-u", "ann lee"}, root...), root}
	if diff := cmp.Diff(want, r.argv()); diff != "" {
		t.Error(diff)
	}
	for _, c := range r.seen {
		if c.Timeout != InstallLimit {
			t.Errorf("%s runs for %v", c.Path, c.Timeout)
		}
	}
}
