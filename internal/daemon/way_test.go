//go:build unix

package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// ann is a person's user id, or our own where files can be given to nobody else.
func ann() int {
	if os.Geteuid() == 0 {
		return 501
	}
	return os.Getuid()
}

func TestReadRefusesALinkThatAPersonCanHavePutOnTheWay(t *testing.T) {
	dir := t.TempDir()
	elsewhere, home := filepath.Join(dir, "elsewhere"), filepath.Join(dir, "Users", "ann")
	must(t, os.MkdirAll(filepath.Join(elsewhere, "Preferences"), 0o755))
	must(t, os.WriteFile(filepath.Join(elsewhere, "Preferences", "list"), []byte("x"), 0o644))
	must(t, os.MkdirAll(filepath.Join(home, "Library", "Preferences"), 0o755))
	must(t, os.WriteFile(filepath.Join(home, "Library", "Preferences", "list"), []byte("x"), 0o644))
	must(t, os.Symlink(elsewhere, filepath.Join(home, "out")))
	must(t, os.Symlink("Library", filepath.Join(home, "within")))
	must(t, os.Symlink("loop", filepath.Join(home, "loop")))
	must(t, os.Symlink(elsewhere, filepath.Join(home, "moved"))) // root's, from where root had it
	must(t, os.Mkdir(filepath.Join(dir, "shared"), 0o755))
	must(t, os.Chmod(filepath.Join(dir, "shared"), fs.ModeSticky|0o777))
	must(t, os.Symlink(elsewhere, filepath.Join(dir, "shared", "out")))
	must(t, os.Lchown(filepath.Join(dir, "shared", "out"), ann(), -1))
	for _, path := range []string{"", "Library", "Library/Preferences", "Library/Preferences/list", "out", "within", "loop"} {
		must(t, os.Lchown(filepath.Join(home, path), ann(), -1))
	}
	for path, want := range map[string]error{
		"Users/ann/Library/Preferences/list":            nil,
		"Users/ann/Library/../Library/Preferences/list": nil,
		"Users/ann/out/Preferences/list":                macos.ErrLink,
		"Users/ann/within/Preferences/list":             macos.ErrLink,
		"Users/ann/moved/Preferences/list":              macos.ErrLink,
		"Users/ann/loop/list":                           macos.ErrLink,
		"Users/ann/Library/Preferences/none":            fs.ErrNotExist,
		"Users/bea/Library/Preferences/list":            fs.ErrNotExist,
		"shared/out/Preferences/list":                   macos.ErrLink,
	} {
		path = dir + "/" + path
		if data, err := (&Files{}).Read(path, 10); !errors.Is(err, want) || want == nil && string(data) != "x" {
			t.Errorf("%s: %q, %v", path, data, err)
		}
		if data, err := (&Files{}).Tail(path, 10); !errors.Is(err, want) || want == nil && string(data) != "x" {
			t.Errorf("the end of %s: %q, %v", path, data, err)
		}
	}
}

func TestReadFollowsALinkThatRootHasPutOnTheWay(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can put a link of root's somewhere")
	}
	dir := t.TempDir()
	for path := dir; path != "/"; path = filepath.Dir(path) {
		if entry, err := (&Files{}).Stat(path); err != nil || entry.Exchangeable() {
			t.Skipf("others than root can change %s: %+v, %v", path, entry, err)
		}
	}
	must(t, os.MkdirAll(filepath.Join(dir, "private", "var", "log"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "private", "var", "log", "install.log"), []byte("x"), 0o644))
	must(t, os.Symlink("private/var", filepath.Join(dir, "var")))
	must(t, os.Symlink(filepath.Join(dir, "var", "log"), filepath.Join(dir, "private", "logs")))
	must(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	for _, path := range []string{"var/log/install.log", "private/logs/install.log", "var/../var/log/install.log"} {
		if data, err := (&Files{}).Read(filepath.Join(dir, path), 10); string(data) != "x" || err != nil {
			t.Errorf("%s: %q, %v", path, data, err)
		}
	}
	if _, err := (&Files{}).Read(filepath.Join(dir, "loop", "install.log"), 10); err == nil {
		t.Error("a loop of links is read")
	}
}

func TestP15AHomeThatDoesNotAnswerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer, began := make(chan struct{}), time.Now()
		var reads atomic.Int32
		files := &Files{reading: func(string, int64) ([]byte, error) {
			reads.Add(1)
			<-answer
			return nil, nil
		}}
		for range 3 {
			_, err := files.Read("/Users/ann/Library/Preferences/.GlobalPreferences.plist", 10)
			if took := time.Since(began); !errors.Is(err, macos.ErrSlow) || took != homeTime || reads.Load() != 1 {
				t.Errorf("after %v and %d reads: %v", took, reads.Load(), err)
			}
		}
		close(answer)
	})
}

func TestAHomeThatAnswersIsRead(t *testing.T) {
	dir, file := folder(t)
	files := &Files{reading: func(path string, limit int64) ([]byte, error) { return readWhole(dir+path, limit) }}
	must(t, os.MkdirAll(filepath.Join(dir, "Users", "ann"), 0o755))
	must(t, os.Rename(file, filepath.Join(dir, "Users", "ann", "list")))
	for range 2 {
		if data, err := files.Read("/Users/ann/list", 10); string(data) != "old" || err != nil {
			t.Errorf("%q, %v", data, err)
		}
		if _, err := files.Read("/Users/ann/list", 2); !errors.Is(err, macos.ErrTooLarge) {
			t.Error(err)
		}
	}
	if _, err := (&Files{reading: files.reading}).Read("/Users/bea/list", 10); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
