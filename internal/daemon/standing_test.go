//go:build unix

package daemon

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

func TestAStandingToolStandsUntilItIsStopped(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pids")
	standing, err := shellRunner().Start(t.Context(), macos.Command{Path: shell, Args: []string{"-c", "sleep 1000 & " + writes(file, "$! $$") + "; wait"}})
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
	standing, err := shellRunner().Start(t.Context(), macos.Command{Path: shell, Args: []string{"-c", writes(file, "$$")}})
	if err != nil {
		t.Fatal(err)
	}
	if pid := onePID(t, awaitFile(t, file)); !gone(t, pid) {
		t.Errorf("process %d runs on", pid)
	}
	standing.Stop()
}

func TestAStandingToolEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	file := filepath.Join(t.TempDir(), "pid")
	_, err := shellRunner().Start(ctx, macos.Command{Path: shell, Args: []string{"-c", writes(file, "$$") + "; sleep 1000"}})
	if err != nil {
		t.Fatal(err)
	}
	pid := onePID(t, awaitFile(t, file))
	cancel()
	if !gone(t, pid) {
		t.Errorf("process %d runs on", pid)
	}
}

func TestAStandingToolEndsWithItsTime(t *testing.T) {
	patiently(t, func(limit time.Duration) bool {
		file := filepath.Join(t.TempDir(), "pid")
		tool, err := shellRunner().Start(t.Context(), macos.Command{
			Path: shell, Args: []string{"-c", writes(file, "$$") + "; sleep 1000"}, Timeout: limit,
		})
		if err != nil {
			t.Fatal(err)
		}
		<-tool.(*standing).ended
		data, err := os.ReadFile(file)
		if err != nil {
			return false
		}
		if pid := onePID(t, string(data)); !gone(t, pid) {
			t.Errorf("process %d runs on", pid)
		}
		return true
	})
}
