//go:build unix

package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

func TestTheEndOfAFile(t *testing.T) {
	folder := t.TempDir()
	log, link := filepath.Join(folder, "log"), filepath.Join(folder, "link")
	if err := os.WriteFile(log, []byte("one\ntwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(log, link); err != nil {
		t.Fatal(err)
	}
	for most, want := range map[int64]string{-1: "", 0: "", 4: "two\n", 7: "ne\ntwo\n", 8: "one\ntwo\n", 1 << 40: "one\ntwo\n"} {
		if got, err := (&Files{}).Tail(log, most); string(got) != want || err != nil {
			t.Errorf("of %d bytes: %q, %v", most, got, err)
		}
	}
	for path, want := range map[string]error{
		link: macos.ErrLink, folder: errNotRegular, filepath.Join(folder, "none"): fs.ErrNotExist, "log": errRelative,
	} {
		if got, err := (&Files{}).Tail(path, 8); len(got) > 0 || !errors.Is(err, want) {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}
