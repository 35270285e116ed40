//go:build unix

package daemon

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
)

// instead runs one program in the place of every tool, for a while at most.
type instead struct {
	*Runner
	program string
	limit   time.Duration
}

func (r instead) Run(ctx context.Context, c macos.Command) (macos.Output, error) {
	c.Path, c.Timeout = r.program, r.limit
	return r.Runner.Run(ctx, c)
}

// What only a real process can do: not be startable in one of many ways, leave children behind, print fifty megabytes. A
// look that meets any of it proves nothing, says why, and is over in time; and what it left behind is known.
func TestALookIsSafeFromARealProcessThatMisbehaves(t *testing.T) {
	const ready = `: > "$0.ready"; ` // a tool that is to be cut off says that it has got so far
	const found = "Software Update found the following new or updated software:\\n* Label: x\\n\\tTitle: x, Version: 1, Size: 1K, Recommended: YES, \\n"
	for _, row := range []struct {
		name   string
		script string
		mode   os.FileMode
		want   string // what the error says; empty for a look that is believed
		child  bool   // a process runs on that the tool has left behind
	}{
		{"it hangs", ready + "sleep 1000", 0o755, "timed out after", false},
		{"it hangs with a child, and neither ends when asked", strings.ReplaceAll(stubborn, "& echo $$; ", "& "+ready), 0o755, "timed out after", false},
		{"it hangs within a line", "printf 'Software Update fou'; " + ready + "sleep 1000", 0o755, "timed out after", false},
		{"it hangs after it has said all", "printf 'No new software available.\\n' >&2; " + ready + "sleep 1000", 0o755, "timed out after", false},
		{"it fails without a word", "exit 1", 0o755, "printed nothing", false},
		{"it is killed", "kill -9 $$", 0o755, "ended by a signal", false},
		{"it says nothing", "exit 0", 0o755, "printed nothing", false},
		{"it prints bytes that are no text", `printf '\377\376\000\001\033[2J'`, 0o755, "printed nothing known", false},
		{"it prints fifty megabytes of lines", "yes 'a line that means nothing' | head -c 50000000", 0o755, "printed too much", false},
		{"it prints fifty megabytes without a line end", "head -c 50000000 /dev/zero", 0o755, "printed too much", false},
		{"it prints for ever", ready + "yes", 0o755, "timed out after", false},
		{"it ends within the line that says what is found", "printf 'Software Update fou'", 0o755, "printed nothing known", false},
		{"it ends within an entry", "printf '" + found[:len(found)-40] + "'", 0o755, "printed no complete entry", false},
		{"it speaks German", "echo 'Keine neue Software verfügbar.'", 0o755, "printed nothing known", false},
		{"it leaves a child that holds on to its output", "printf '" + found + "'; sleep 1000 & echo $! > \"$0.child\"", 0o755, "", true},
		{"it cannot be run", "exit 0", 0o644, "not found", false},
		{"it is empty", "", 0o755, "exec format error", false},
		{"its interpreter is missing", "#!/nowhere/sh\nexit 0", 0o755, "not found", false},
		{"it is a folder", "", os.ModeDir | 0o755, "not found", false},
		{"it is a link to itself", "", os.ModeSymlink, "not found", false},
		{"it is missing", "", 0, "not found", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			program := filepath.Join(t.TempDir(), "softwareupdate")
			place(t, program, row.script, row.mode)
			var listing macos.Listing
			var err error
			look := func(limit, slow time.Duration) {
				runner := instead{&Runner{allowed: []string{program}, slow: slow}, program, limit}
				listing, err = macos.SoftwareUpdate{Host: macos.Host{Runner: runner}}.List(t.Context())
			}
			switch {
			case strings.Contains(row.script, ready):
				patiently(t, func(limit time.Duration) bool {
					look(limit, 0)
					_, notYet := os.Stat(program + ".ready")
					return notYet == nil
				})
			case row.child: // whose end is waited for only so long
				patiently(t, func(slow time.Duration) bool {
					look(time.Hour, slow)
					behind(t, program+".child")
					return err == nil && listing.Conclusive()
				})
			default:
				look(time.Hour, time.Minute) // it is over long before that
			}
			if err == nil && listing.Err != nil {
				err = listing.Err
			}
			switch {
			case row.want == "" && (err != nil || !listing.Conclusive()):
				t.Errorf("%+v, %v", listing, err)
			case row.want != "" && (listing.Conclusive() || err == nil || !strings.Contains(err.Error(), row.want)):
				t.Errorf("%+v, %v, want %q", listing, err, row.want)
			}
			prooftest.Count(t, "plays with a real process that misbehaves", 1)
		})
	}
}

// place puts a tool somewhere.
func place(t *testing.T, program, script string, mode os.FileMode) {
	t.Helper()
	var err error
	switch {
	case mode == 0:
		return
	case mode&os.ModeDir != 0:
		err = os.Mkdir(program, mode.Perm())
	case mode&os.ModeSymlink != 0:
		err = os.Symlink(program, program)
	default:
		if script != "" && !strings.HasPrefix(script, "#!") {
			script = "#!/bin/sh\n" + script + "\n"
		}
		// A process that another test starts meanwhile would hold the file open for writing, and Linux then starts no program
		// from it.
		syscall.ForkLock.RLock()
		err = os.WriteFile(program, []byte(script), mode)
		syscall.ForkLock.RUnlock()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// behind ends a process that a tool has left behind, whose process id is in a file.
func behind(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || !alive(t, pid) {
		t.Errorf("process %q does not run on: %v", text, err)
		return
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}
