package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// stateOptions are those of a command that changes something, with the state in a folder of its own.
func stateOptions(t *testing.T, folder string) *jamfOptions {
	t.Helper()
	o := &jamfOptions{}
	command := &cobra.Command{}
	o.flags(command)
	o.yesFlag(command)
	o.state = filepath.Join(folder, "a.jamf.json")
	return o
}

func inFolder(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestWhatAKilledSaveLeftIsSwept has files of our pattern and others beside the state, all of which are old but one.
func TestWhatAKilledSaveLeftIsSwept(t *testing.T) {
	folder := t.TempDir()
	old := time.Now().Add(-2 * time.Hour)
	for name, age := range map[string]time.Time{
		".a.jamf.json.123": old, ".a.jamf.json.456": time.Now(), ".a.jamf.json.bak": old, ".a.jamf.json.": old, ".b.jamf.json.123": old, "a.jamf.json.123": old,
	} {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, age, age); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, ".a.jamf.json.789"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(folder, ".a.jamf.json.789"), old, old); err != nil {
		t.Fatal(err)
	}
	state, err := rollout.ReadState(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := stateOptions(t, folder).saveState(state); err != nil {
		t.Fatal(err)
	}
	want := []string{".a.jamf.json.", ".a.jamf.json.456", ".a.jamf.json.789", ".a.jamf.json.bak", ".b.jamf.json.123", "a.jamf.json", "a.jamf.json.123"}
	if got := inFolder(t, folder); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestTwoCommandsDoNotChangeAStateAtOnce(t *testing.T) {
	folder := t.TempDir()
	first, err := stateOptions(t, folder).lockState()
	if err != nil {
		t.Fatal(err)
	}
	second := stateOptions(t, folder)
	if _, err := second.lockState(); err == nil || !strings.Contains(err.Error(), "another command is changing "+second.state) {
		t.Error(err)
	}
	other, err := stateOptions(t, t.TempDir()).lockState() // of another deployment
	if err != nil {
		t.Error(err)
	}
	unlockState(other)
	reads := &jamfOptions{state: second.state}
	reads.command = &cobra.Command{}
	if lock, err := reads.lockState(); lock != nil || err != nil {
		t.Error("a command that changes nothing waits:", err)
	}
	unlockState(first)
	if got := inFolder(t, folder); len(got) > 0 {
		t.Errorf("%q are left", got)
	}
	// Whoever is killed leaves the file, and not the lock.
	if err := os.WriteFile(filepath.Join(folder, ".a.jamf.json.lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if first, err = second.lockState(); err != nil {
		t.Error(err)
	}
	unlockState(first)
}

// TestALockIsHeldByOneOnly has many take it and give it back, so that some meet a file that is deleted in between.
func TestALockIsHeldByOneOnly(t *testing.T) {
	folder := t.TempDir()
	var inside, taken atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			o := stateOptions(t, folder)
			for range 3000 {
				lock, err := o.lockState()
				if err != nil {
					continue
				}
				if taken.Add(1); inside.Add(1) != 1 {
					t.Error("two hold it")
				}
				runtime.Gosched()
				inside.Add(-1)
				unlockState(lock)
			}
		})
	}
	all.Wait()
	if taken.Load() == 0 {
		t.Error("nobody got it")
	}
}
