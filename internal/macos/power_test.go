package macos

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestParseBootTime(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       time.Time
		ok         bool
	}{
		{"as sysctl prints it", "{ sec = 1600000000, usec = 123456 } Sun Sep 13 12:26:40 2020\n", time.Unix(1600000000, 123456000), true},
		{"without microseconds", "{ sec = 1600000000 }", time.Unix(1600000000, 0), true},
		{"microseconds first are not seconds", "{ usec = 5, sec = 1600000000 }", time.Unix(1600000000, 5000), true},
		{"zero", "{ sec = 0, usec = 0 }", time.Time{}, false},
		{"negative", "{ sec = -1, usec = 0 }", time.Time{}, false},
		{"too large", "{ sec = 99999999999999999999, usec = 0 }", time.Time{}, false},
		{"more microseconds than a second has", "{ sec = 1600000000, usec = 1000000 }", time.Time{}, false},
		{"empty", "", time.Time{}, false},
		{"another text", "kern.boottime: no such name", time.Time{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, ok := parseBootTime(row.text); !got.Equal(row.want) || ok != row.ok {
				t.Errorf("got %v, %t; want %v, %t", got, ok, row.want, row.ok)
			}
		})
	}
}

func TestPowerArguments(t *testing.T) {
	r := &answers{out: map[string]Output{"launchctl": {}, "shutdown": {}, "sysctl": {Stdout: "{ sec = 1600000000, usec = 0 }"}}}
	p := Power{Host: Host{Runner: r}}
	ann := Person{Name: "ann lee", UID: 501}
	for _, err := range []error{
		p.Ask(t.Context(), ann, enforce.Restart), p.Ask(t.Context(), ann, enforce.ShutDown),
		p.Force(t.Context(), enforce.Restart), p.Force(t.Context(), enforce.ShutDown),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if boot, err := p.Booted(t.Context()); err != nil || boot.Unix() != 1600000000 {
		t.Errorf("booted at %v, %v", boot, err)
	}
	ask := []string{"/bin/launchctl", "asuser", "501", "/usr/bin/sudo", "-u", "ann lee", "/usr/bin/osascript", "-e"}
	want := [][]string{
		append(ask[:8:8], `tell application "loginwindow" to «event aevtrrst»`),
		append(ask[:8:8], `tell application "loginwindow" to «event aevtrsdn»`),
		{"/sbin/shutdown", "-r", "now"},
		{"/sbin/shutdown", "-h", "now"},
		{"/usr/sbin/sysctl", "-n", "kern.boottime"},
	}
	if diff := cmp.Diff(want, r.argv()); diff != "" {
		t.Error(diff)
	}
	for _, c := range r.seen {
		if c.Timeout <= 0 {
			t.Errorf("%s runs without a limit", c.Path)
		}
	}
}

func TestPowerTellsWhatWentWrong(t *testing.T) {
	captured := Output{Code: 1, Stderr: "58:102: execution error: Not authorized to send Apple events to System Events. (-1743)\n"}
	r := &answers{out: map[string]Output{"launchctl": captured, "shutdown": {Code: 1, Stderr: "shutdown: NOT super-user\n"}, "sysctl": {}}}
	p := Power{Host: Host{Runner: r}}
	for _, row := range []struct {
		err  error
		want string
	}{
		{p.Ask(t.Context(), Person{"ann", 501}, enforce.Restart), "ask for restart: osascript: exit status 1: 58:102: execution error: Not authorized to send Apple events to System Events. (-1743)"},
		{p.Force(t.Context(), enforce.ShutDown), "force shut down: shutdown: exit status 1: shutdown: NOT super-user"},
	} {
		if errorText(row.err) != row.want {
			t.Errorf("got %q, want %q", errorText(row.err), row.want)
		}
	}
	if _, err := p.Booted(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "find boot time: sysctl: ") {
		t.Errorf("got %v", err)
	}
	none := Power{Host: Host{Runner: &answers{}}}
	_, err := none.Booted(t.Context())
	for _, err := range []error{
		err, none.Ask(t.Context(), Person{"ann", 501}, enforce.Restart), none.Force(t.Context(), enforce.Restart),
	} {
		if !errorIs[*MissingError](err) {
			t.Errorf("got %v, want a missing tool", err)
		}
	}
}

func TestShutDownEndedByTheRestartItselfIsAccepted(t *testing.T) {
	r := &answers{out: map[string]Output{"shutdown": {Code: -1}}}
	if err := (Power{Host: Host{Runner: r}}).Force(t.Context(), enforce.Restart); err != nil {
		t.Error(err)
	}
	r = &answers{out: map[string]Output{"shutdown": {Code: -1, TimedOut: true, Awake: time.Minute}}}
	if err := (Power{Host: Host{Runner: r}}).Force(t.Context(), enforce.Restart); errorText(err) != "force restart: shutdown: timed out after 1m0s" {
		t.Errorf("a shutdown that hangs: %v", err)
	}
}

func TestTools(t *testing.T) {
	listed := map[string]bool{}
	for _, path := range Tools() {
		if listed[path] || !strings.HasPrefix(path, "/") {
			t.Errorf("%s is listed twice, or is not absolute", path)
		}
		listed[path] = true
	}
	for _, need := range Needs() {
		if !listed[need.Path] || need.For == "" {
			t.Errorf("%s is needed and not among the tools, or not said for what", need.Path)
		}
	}
	for _, never := range []string{"/bin/sh", "/bin/bash", "/bin/kill", "/usr/bin/killall", "/usr/bin/pkill", "/usr/bin/python"} {
		if listed[never] {
			t.Errorf("%s may be run", never)
		}
	}
	if text := (&UnlistedError{Path: "/bin/sh"}).Error(); text != "/bin/sh: not a known tool, so it is not run" {
		t.Error(text)
	}
	if !errors.Is(errors.Join(ErrLink), ErrLink) {
		t.Error("errors do not wrap")
	}
}
