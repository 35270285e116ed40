//go:build unix

package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

const shell = "/bin/sh"

// script is a command of the shell, for a runner that allows it.
func script(text string) macos.Command {
	return macos.Command{Path: shell, Args: []string{"-c", text}, Timeout: time.Minute}
}

func shellRunner() *Runner { return &Runner{allowed: []string{shell}, files: &Files{}} }

func mustRun(t *testing.T, c macos.Command) macos.Output {
	t.Helper()
	out, err := shellRunner().Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRunTellsHowAToolEnded(t *testing.T) {
	for _, row := range []struct {
		name, text         string
		stdout, stderr, in string
		code               int
	}{
		{name: "its streams and exit status are kept apart", text: "echo out; echo err >&2; exit 3", stdout: "out\n", stderr: "err\n", code: 3},
		{name: "death by a signal is -1", text: "kill -9 $$", code: -1},
		{name: "it reads what it is given", text: "cat", in: "two\nlines\n", stdout: "two\nlines\n"},
		{name: "it reads nothing where it is given nothing", text: "cat"},
		{name: "what it does not read is no failure", text: "exit 0", in: strings.Repeat("x", 1<<20)},
		{name: "it starts at the root", text: "pwd", stdout: "/\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := script(row.text)
			c.Stdin = row.in
			out := mustRun(t, c)
			if out.Stdout != row.stdout || out.Stderr != row.stderr || out.Code != row.code || out.TimedOut || out.Cut {
				t.Errorf("%+v", out)
			}
		})
	}
}

func TestRunGivesNoEnvironment(t *testing.T) {
	t.Setenv("DYLD_INSERT_LIBRARIES", "/tmp/evil")
	t.Setenv("PATH", "/tmp/evil")
	env := "/usr/bin/env"
	out, err := (&Runner{allowed: []string{env}, files: &Files{}}).Run(t.Context(), macos.Command{Path: env, Timeout: time.Minute})
	if err != nil || out.Stdout != "" || out.Code != 0 {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestRunRefusesWhatIsNotListed(t *testing.T) {
	var unlisted *macos.UnlistedError
	for _, path := range []string{shell, "softwareupdate", "/usr/sbin/../sbin/softwareupdate", ""} {
		if _, err := NewRunner(&Files{}).Run(t.Context(), macos.Command{Path: path, Timeout: time.Minute}); !errors.As(err, &unlisted) {
			t.Errorf("%q: %v", path, err)
		}
		if _, err := NewRunner(&Files{}).Start(t.Context(), macos.Command{Path: path}); !errors.As(err, &unlisted) {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestRunTellsWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, []byte("#!/bin/sh\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	orphan := filepath.Join(dir, "orphan")
	if err := os.WriteFile(orphan, []byte("#!/no/such/shell\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "absent"), plain, dir, orphan} {
		var missing *macos.MissingError
		_, err := (&Runner{allowed: []string{path}, files: &Files{}}).Run(t.Context(), macos.Command{Path: path, Timeout: time.Minute})
		if !errors.As(err, &missing) || missing.Path != path {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestRunTakesArgumentsVerbatim(t *testing.T) {
	args := []string{"-c", `printf '[%s]' "$@"`, "sh", "macOS Elm 31.2- ", "", "$(id)", "a\nb"}
	out := mustRun(t, macos.Command{Path: shell, Args: args, Timeout: time.Minute})
	if want := "[macOS Elm 31.2- ][][$(id)][a\nb]"; out.Stdout != want {
		t.Errorf("%q", out.Stdout)
	}
}

// alive tells whether a process runs. One that has ended and that nobody has reaped does not.
func alive(t *testing.T, pid int) bool {
	t.Helper()
	if err := syscall.Kill(pid, 0); err != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return !errors.Is(err, os.ErrNotExist) || notLinux()
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}

func notLinux() bool {
	_, err := os.Stat("/proc/self/stat")
	return err != nil
}

// gone waits for the end of a process, for five seconds at most.
func gone(t *testing.T, pid int) bool {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if !alive(t, pid) {
			return true
		}
		<-tick.C
	}
	return false
}

// pids are the process ids that a tool has printed.
func pids(t *testing.T, text string) []int {
	t.Helper()
	var list []int
	for _, word := range strings.Fields(text) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, pid)
	}
	return list
}

// stubborn does not end when asked, nor does its child.
const stubborn = `trap '' TERM; sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' & echo $$; while :; do sleep 1; done`

func TestP15AHangingToolIsKilledWithItsChildren(t *testing.T) {
	for _, row := range []struct {
		name, text string
		limit      func(*macos.Command)
	}{
		{"at its timeout", "sleep 1000 & echo $!; echo $$; wait", func(c *macos.Command) { c.Timeout = 300 * time.Millisecond }},
		{"at a time on the wall clock", "sleep 1000 & echo $!; echo $$; wait", func(c *macos.Command) { c.Until = time.Now().Add(300 * time.Millisecond) }},
		{"though it does not end when asked", stubborn, func(c *macos.Command) { c.Timeout = 300 * time.Millisecond }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := script(row.text)
			row.limit(&c)
			out := mustRun(t, c)
			if !out.TimedOut || out.Awake < 250*time.Millisecond || out.Awake > 10*time.Second {
				t.Errorf("%+v", out)
			}
			started := pids(t, out.Stdout)
			if len(started) != 2 {
				t.Fatalf("%q", out.Stdout)
			}
			for _, pid := range started {
				if !gone(t, pid) {
					t.Errorf("process %d runs on", pid)
				}
			}
		})
	}
}

func TestRunEndsAToolThatIsAskedToEnd(t *testing.T) {
	c := script("trap 'echo bye; exit 7' TERM; sleep 1000 & wait")
	c.Timeout = 300 * time.Millisecond
	if out := mustRun(t, c); out.Stdout != "bye\n" || out.Code != 7 || !out.TimedOut {
		t.Errorf("%+v", out)
	}
}

func TestRunIsOverAtATimeThatHasPassed(t *testing.T) {
	c := script("sleep 1000")
	c.Until = time.Now().Add(-time.Hour)
	if out := mustRun(t, c); !out.TimedOut || out.Code != -1 {
		t.Errorf("%+v", out)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	out, err := shellRunner().Run(ctx, script("echo $$; sleep 1000"))
	if err != nil || out.TimedOut || out.Code != -1 || !gone(t, pids(t, out.Stdout)[0]) {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := shellRunner().Run(ctx, script("true")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestRunLeavesAloneWhatAToolLeavesBehind(t *testing.T) {
	out := mustRun(t, script("sleep 1000 & echo $!"))
	pid := pids(t, out.Stdout)[0]
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	if out.TimedOut || out.Code != 0 || out.Awake > 10*time.Second || !alive(t, pid) {
		t.Errorf("%+v; alive: %t", out, alive(t, pid))
	}
}

func TestRunKeepsBothEndsOfALongOutput(t *testing.T) {
	out := mustRun(t, script(`echo first; i=0; while [ $i -lt 40000 ]; do echo "a line that is fifty bytes long and says no more"; i=$((i+1)); done; echo last; echo whole >&2`))
	if !out.Cut || !strings.HasPrefix(out.Stdout, "first\n") || !strings.HasSuffix(out.Stdout, "more\nlast\n") || out.Stderr != "whole\n" {
		t.Errorf("cut: %t, %d bytes, stderr %q", out.Cut, len(out.Stdout), out.Stderr)
	}
	if want := 2*captureEnd + 1; len(out.Stdout) != want {
		t.Errorf("%d bytes instead of %d", len(out.Stdout), want)
	}
}

func TestCaptureKeepsAllThatFits(t *testing.T) {
	for _, size := range []int{1, 7, 4096, captureEnd - 1, captureEnd, captureEnd + 1, 2*captureEnd + 5, 5 * captureEnd} {
		for _, total := range []int{0, captureEnd, 2 * captureEnd, 2*captureEnd + 1, 3*captureEnd + 17} {
			if size < 100 && total > 2*captureEnd {
				continue // slow
			}
			var all strings.Builder
			var c capture
			for all.Len() < total {
				part := make([]byte, min(size, total-all.Len()))
				for i := range part {
					part[i] = 'a' + byte((all.Len()+i)%26)
				}
				all.Write(part)
				if n, err := c.Write(part); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
			want := all.String()
			if total > 2*captureEnd {
				want = want[:captureEnd] + "\n" + want[total-captureEnd:]
			}
			if got, cut := c.text(); got != want || cut != (total > 2*captureEnd) {
				t.Errorf("%d bytes in parts of %d: %d bytes are kept, cut: %t", total, size, len(got), cut)
			}
		}
	}
}

func TestAStandingToolStandsUntilItIsStopped(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	standing, err := shellRunner().Start(t.Context(), macos.Command{Path: shell, Args: []string{"-c", "sleep 1000 & echo $! $$ > " + file + ".new; mv " + file + ".new " + file + "; wait"}})
	if err != nil {
		t.Fatal(err)
	}
	started := awaitFile(t, file)
	for _, pid := range pids(t, started) {
		if !alive(t, pid) {
			t.Errorf("process %d does not run", pid)
		}
	}
	standing.Stop()
	standing.Stop()
	for _, pid := range pids(t, started) {
		if !gone(t, pid) {
			t.Errorf("process %d runs on", pid)
		}
	}
}

func TestAStandingToolThatEndsIsReaped(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	standing, err := shellRunner().Start(t.Context(), macos.Command{Path: shell, Args: []string{"-c", "echo $$ > " + file + ".new; mv " + file + ".new " + file}})
	if err != nil {
		t.Fatal(err)
	}
	if pid := pids(t, awaitFile(t, file))[0]; !gone(t, pid) {
		t.Errorf("process %d runs on", pid)
	}
	standing.Stop()
}

func TestAStandingToolEndsWithItsContextAndItsTime(t *testing.T) {
	for _, row := range []struct {
		name    string
		timeout time.Duration
	}{{"context", 0}, {"timeout", time.Second}} {
		t.Run(row.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			file := filepath.Join(t.TempDir(), "pid")
			_, err := shellRunner().Start(ctx, macos.Command{
				Path: shell, Timeout: row.timeout,
				Args: []string{"-c", "echo $$ > " + file + ".new; mv " + file + ".new " + file + "; sleep 1000"},
			})
			if err != nil {
				t.Fatal(err)
			}
			pid := pids(t, awaitFile(t, file))[0]
			if row.timeout == 0 {
				cancel()
			}
			if !gone(t, pid) {
				t.Errorf("process %d runs on", pid)
			}
		})
	}
}

// awaitFile waits for a file, for five seconds at most, and reads it.
func awaitFile(t *testing.T, name string) string {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if data, err := os.ReadFile(name); err == nil {
			return string(data)
		}
		<-tick.C
	}
	t.Fatalf("%s does not appear", name)
	return ""
}

func TestClockSleepsAndIsWoken(t *testing.T) {
	watch := startWatch()
	if err := (Clock{}).Sleep(t.Context(), 50*time.Millisecond); err != nil || watch.awake() < 50*time.Millisecond {
		t.Error(err, watch.awake())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := (Clock{}).Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := (Clock{}).Sleep(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if now := (Clock{}).Now(); strings.Contains(now.String(), "m=") {
		t.Errorf("%s has a monotonic reading", now)
	}
}
