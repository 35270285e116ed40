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
	return macos.Command{Path: shell, Args: []string{"-c", text}, Timeout: time.Hour}
}

// shellRunner is a runner of the shell that waits for it as long as a busy machine may need.
func shellRunner() *Runner {
	return &Runner{allowed: []string{shell}, files: &Files{}, slow: time.Minute}
}

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

// gone waits for the end of a process, for a minute at least.
func gone(t *testing.T, pid int) bool {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 6000 {
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

// onePID is the process id that a tool has printed.
func onePID(t *testing.T, text string) int {
	t.Helper()
	list := pids(t, text)
	if len(list) != 1 {
		t.Fatalf("%q is not one process id", text)
	}
	return list[0]
}

// writes is a part of a script: it writes something into a file, which is there as a whole or not at all.
func writes(file, what string) string {
	return "echo " + what + " > " + file + ".new; mv " + file + ".new " + file
}

// stubborn does not end when asked, nor does its child.
const stubborn = `trap '' TERM; sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' & echo $$; while :; do sleep 1; done`

// patiently tries something with a limit that grows, until what is to be cut off had got as far as it was to: on a machine
// that is busy with something else, a tool takes long to start.
func patiently(t *testing.T, try func(limit time.Duration) (ready bool)) {
	t.Helper()
	limit := 300 * time.Millisecond
	for range 6 {
		if try(limit) {
			return
		}
		limit *= 4
	}
	t.Fatalf("no tool got ready within %s", limit)
}

func TestP15AHangingToolIsKilledWithItsChildren(t *testing.T) {
	for _, row := range []struct {
		name, text string
		slow       time.Duration
		limit      func(*macos.Command, time.Duration)
	}{
		{"at its timeout", "sleep 1000 & echo $!; echo $$; wait", time.Minute, func(c *macos.Command, d time.Duration) { c.Timeout = d }},
		{"at a time on the wall clock", "sleep 1000 & echo $!; echo $$; wait", time.Minute, func(c *macos.Command, d time.Duration) {
			c.Until = time.Now().Add(d)
		}},
		{"though it does not end when asked", stubborn, 0, func(c *macos.Command, d time.Duration) { c.Timeout = d }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			patiently(t, func(limit time.Duration) bool {
				c, began := script(row.text), time.Now()
				row.limit(&c, limit)
				runner := shellRunner()
				runner.slow = row.slow
				out, err := runner.Run(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if lived := time.Since(began); !out.TimedOut || lived < limit-limit/8 || out.Awake <= 0 {
					t.Errorf("with %s, after %s: %+v", limit, lived, out)
				}
				started := pids(t, out.Stdout)
				for _, pid := range started {
					if !gone(t, pid) {
						t.Errorf("process %d runs on", pid)
					}
				}
				return len(started) == 2
			})
		})
	}
}

func TestRunEndsAToolThatIsAskedToEnd(t *testing.T) {
	patiently(t, func(limit time.Duration) bool {
		c := script("trap 'echo bye; exit 7' TERM; echo ready; sleep 1000 & wait")
		c.Timeout = limit
		out := mustRun(t, c)
		ready := strings.HasPrefix(out.Stdout, "ready\n")
		if !out.TimedOut || ready && (out.Stdout != "ready\nbye\n" || out.Code != 7) {
			t.Errorf("%+v", out)
		}
		return ready
	})
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
	file := filepath.Join(t.TempDir(), "pid")
	ready := make(chan struct{})
	go func() {
		defer close(ready)
		awaitFile(t, file)
		cancel()
	}()
	out, err := shellRunner().Run(ctx, script("echo $$; "+writes(file, "$$")+"; sleep 1000"))
	<-ready
	if err != nil || out.TimedOut || out.Code != -1 {
		t.Errorf("%+v, %v", out, err)
	}
	if pid := onePID(t, out.Stdout); !gone(t, pid) {
		t.Errorf("process %d runs on", pid)
	}
	if _, err := shellRunner().Run(ctx, script("true")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestRunLeavesAloneWhatAToolLeavesBehind(t *testing.T) {
	patiently(t, func(limit time.Duration) bool {
		runner := shellRunner()
		runner.slow = limit // for which it waits for more from what is left behind
		out, err := runner.Run(t.Context(), script("sleep 1000 & echo $!"))
		if err != nil || out.TimedOut || out.Code != 0 {
			t.Errorf("%+v, %v", out, err)
		}
		started := pids(t, out.Stdout)
		for _, pid := range started {
			if !alive(t, pid) {
				t.Errorf("process %d has ended", pid)
			}
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		return len(started) == 1
	})
}

func TestRunKeepsBothEndsOfALongOutput(t *testing.T) {
	out := mustRun(t, script(`echo first; yes "a line that is fifty bytes long and says no more" | head -n 40000; echo last; echo whole >&2`))
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

// awaitFile waits for a file, for a minute at least, and reads it.
func awaitFile(t *testing.T, name string) string {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 6000 {
		if data, err := os.ReadFile(name); err == nil {
			return string(data)
		}
		<-tick.C
	}
	t.Errorf("%s does not appear", name)
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
