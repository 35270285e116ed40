//go:build unix

package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// watched are files whose steps are noted, each with the last part of its path.
func watched(dir string, steps *[]string) *Files {
	return &Files{Before: func(s Step) error {
		*steps = append(*steps, string(s.Do)+" "+strings.TrimPrefix(s.Path, dir))
		return nil
	}}
}

// A Mac that loses its power may keep or lose whatever was not synced, in any order. So the order is what counts.
func TestTheOrderInWhichThingsReachTheDisk(t *testing.T) {
	dir, file := folder(t)
	log := filepath.Join(dir, "log")
	temporary := temporaryName("state.json", os.Getpid())
	var steps []string
	f := watched(dir, &steps)
	for _, row := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"a file is written", func() error { return f.Write(file, []byte("x"), 0o644) }, []string{
			"create /" + temporary, "write /" + temporary, "chmod /" + temporary, "sync /" + temporary, "rename /" + temporary, "sync folder ",
		}},
		{"a new log is begun", func() error { return f.Append(log, []byte("x\n"), 0o600) }, []string{
			"create /log", "sync folder ", "write /log", "sync /log",
		}},
		{"a log goes on", func() error { return f.Append(log, []byte("x\n"), 0o600) }, []string{"write /log", "sync /log"}},
		{"a file is removed", func() error { return f.Remove(file) }, []string{"remove /state.json", "sync folder "}},
		{"there is nothing to remove", func() error { return f.Remove(file) }, nil},
		{"a folder is made", func() error { return f.Write(filepath.Join(dir, "new", "state.json"), nil, 0o600) }, []string{
			"mkdir /new", "chmod /new", "sync folder ", "create /new/" + temporary, "write /new/" + temporary, "chmod /new/" + temporary,
			"sync /new/" + temporary, "rename /new/" + temporary, "sync folder /new",
		}},
	} {
		steps = nil
		if err := row.do(); err != nil {
			t.Errorf("%s: %v", row.name, err)
		}
		if !slices.Equal(steps, row.want) {
			t.Errorf("%s: %q, want %q", row.name, steps, row.want)
		}
	}
}

// A new log that was made and not written to when its writer was killed has a name that may not be on disk.
func TestAnEmptyLogIsTakenForANewOne(t *testing.T) {
	dir, file := folder(t)
	must(t, os.WriteFile(file, nil, 0o644))
	var steps []string
	must(t, watched(dir, &steps).Append(file, []byte("x\n"), 0o644))
	if !slices.Equal(steps, []string{"sync folder ", "write /state.json", "sync /state.json"}) {
		t.Errorf("%q", steps)
	}
}

// Whatever step fails, a write leaves the old content or the new, and nothing else.
func TestAStepThatFails(t *testing.T) {
	for n := range 8 {
		dir, file := folder(t)
		must(t, os.WriteFile(file, []byte("old"), 0o644))
		failed := false
		f := &Files{}
		f.Before = func(Step) error {
			if n--; n == -1 {
				failed = true
				return syscall.ENOSPC
			}
			return nil
		}
		err := f.Write(file, []byte("new"), 0o644)
		data, readErr := os.ReadFile(file)
		must(t, readErr)
		if failed != errors.Is(err, syscall.ENOSPC) || err == nil && string(data) != "new" || !slices.Contains([]string{"old", "new"}, string(data)) {
			t.Errorf("%v: %q", err, data)
		}
		if got := names(t, dir); strings.Contains(got, "tmp") {
			t.Errorf("left: %s", got)
		}
	}
}
