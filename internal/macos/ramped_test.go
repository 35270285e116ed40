package macos

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
	for _, row := range []struct {
		name  string
		log   logFile
		since time.Time
		want  bool
	}{
		{"since it began", logFile{text: "x\n" + line + "y"}, at.Add(-time.Minute), true},
		{"in the same second", logFile{text: line}, at, true},
		{"long before", logFile{text: line}, at.Add(time.Minute), false},
		{"a line without a time", logFile{text: line[23:]}, at.Add(-time.Minute), false},
		{"another line", logFile{text: noUpdates}, time.Time{}, false},
		{"no log", logFile{err: fs.ErrNotExist}, time.Time{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Ramped(Host{Ledger: row.log}, row.since); got != row.want {
				t.Errorf("got %t", got)
			}
		})
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
