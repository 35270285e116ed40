//go:build linux

package crashtest

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// tree is the file tree of a Mac as it lies on disk, for the processes that take it for the whole.
type tree struct {
	testing.TB
	dir     string
	program string // the file that all programs are links to
	known   map[string]known
}

// known is a file as it was when it was last looked at, on disk and in memory alike.
type known struct {
	data     []byte
	mode     fs.FileMode
	size     int64
	modified time.Time
}

func newTree(t testing.TB, dir, program string) *tree {
	tr := &tree{t, dir, program, map[string]known{}}
	tr.check(os.MkdirAll(tr.at("/dev"), 0o755))
	tr.check(os.WriteFile(tr.at("/dev/null"), nil, 0o666))
	return tr
}

func (tr *tree) at(path string) string { return filepath.Join(tr.dir, path) }

func (tr *tree) check(err error) {
	tr.Helper()
	if err != nil {
		tr.Fatal(err)
	}
}

// live are the folders in which the daemon and its tools change files.
func live() []string {
	return []string{
		agent.SupportFolder, "/Library/LaunchDaemons", "/Library/Preferences", "/usr/local/bin", "/var/log", filepath.Dir(agent.SupportFolder),
	}
}

func isProgram(path string) bool {
	return path == agent.BinaryPath || slices.Contains(macos.Tools(), path)
}

// lay puts on disk what there is in memory, and nothing else.
func (tr *tree) lay(m *sim.Mac) {
	tr.Helper()
	paths := m.Paths()
	for path := range tr.known {
		if _, found := slices.BinarySearch(paths, path); !found {
			tr.check(os.RemoveAll(tr.at(path)))
			delete(tr.known, path)
		}
	}
	for _, path := range paths {
		entry, err := m.Stat(path)
		tr.check(err)
		data, _ := m.File(path)
		k, ok := tr.known[path]
		if ok && k.mode == entry.Mode && bytes.Equal(k.data, data) && (k.modified.Equal(entry.Modified) || !entry.Mode.IsRegular()) {
			continue
		}
		tr.put(path, known{data, entry.Mode, int64(len(data)), entry.Modified})
	}
}

func (tr *tree) put(path string, k known) {
	tr.Helper()
	name := tr.at(path)
	tr.check(os.MkdirAll(filepath.Dir(name), 0o755))
	if !k.mode.IsDir() {
		tr.check(os.RemoveAll(name))
	}
	switch {
	case isProgram(path):
		tr.check(os.Link(tr.program, name))
	case k.mode&fs.ModeDevice != 0: // only its presence is looked at, by nobody in these tests
	case k.mode&fs.ModeSymlink != 0:
		target := string(k.data)
		if target == "" {
			target = agent.BinaryPath
		}
		tr.check(os.Symlink(target, name))
	case k.mode.IsDir():
		tr.check(os.MkdirAll(name, k.mode.Perm()))
	default:
		tr.check(os.WriteFile(name, k.data, k.mode.Perm()))
		tr.check(os.Chmod(name, k.mode.Perm()))
		tr.check(os.Chtimes(name, k.modified, k.modified))
	}
	tr.known[path] = k
}

// fetch takes into memory what processes have changed on disk.
func (tr *tree) fetch(m *sim.Mac) {
	tr.Helper()
	there := map[string]bool{}
	for _, folder := range live() {
		entries, err := os.ReadDir(tr.at(folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		tr.check(err)
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			there[path] = true
			if e.Type().IsRegular() && !isProgram(path) {
				tr.take(m, path)
			} else if _, ok := tr.known[path]; !ok && path != agent.SupportFolder && !e.IsDir() {
				tr.Errorf("%s, which is no file, has appeared", path)
			}
		}
	}
	for _, path := range slices.Backward(slices.Sorted(maps.Keys(tr.known))) { // a folder after what is in it
		if slices.Contains(live(), filepath.Dir(path)) && !there[path] {
			tr.check(m.Remove(path))
			delete(tr.known, path)
		}
	}
}

// take takes a file into memory if it has changed. One that has gone in this very moment, as the name under which a file
// was being written, is left to the next look.
func (tr *tree) take(m *sim.Mac, path string) {
	tr.Helper()
	info, err := os.Lstat(tr.at(path))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	tr.check(err)
	k, ok := tr.known[path]
	if ok && info.Size() == k.size && info.ModTime().Equal(k.modified) && info.Mode() == k.mode {
		return
	}
	data, err := os.ReadFile(tr.at(path))
	if err == nil {
		err = os.Chtimes(tr.at(path), m.Now(), m.Now())
	}
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	tr.check(err)
	m.Put(path, data, info.Mode())
	tr.known[path] = known{data, info.Mode(), info.Size(), m.Now()}
}

// leftovers tells whether there is something on the disk that package sim never leaves: a file that was being written.
func (tr *tree) leftovers() bool {
	for path := range tr.known {
		if strings.HasSuffix(path, ".tmp") {
			return true
		}
	}
	return false
}
