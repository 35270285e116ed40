//go:build unix

package daemon

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// folder makes a folder that may be written to, with a file in it.
func folder(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	file = filepath.Join(dir, "state.json")
	if err := os.WriteFile(file, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, file
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadTakesRegularFilesUpToALimit(t *testing.T) {
	_, file := folder(t)
	for limit, want := range map[int64]error{2: macos.ErrTooLarge, 3: nil, 4: nil} {
		data, err := (&Files{}).Read(file, limit)
		if !errors.Is(err, want) || err == nil && string(data) != "old" {
			t.Errorf("limit %d: %q, %v", limit, data, err)
		}
	}
}

func TestReadRefusesWhatIsNoRegularFile(t *testing.T) {
	dir, file := folder(t)
	link, dangling, pipe := filepath.Join(dir, "link"), filepath.Join(dir, "dangling"), filepath.Join(dir, "pipe")
	must(t, os.Symlink(file, link))
	must(t, os.Symlink(filepath.Join(dir, "nowhere"), dangling))
	must(t, syscall.Mkfifo(pipe, 0o600))
	for _, row := range []struct {
		path string
		want error
		text string
	}{
		{link, macos.ErrLink, "is a symbolic link"},
		{dangling, macos.ErrLink, "is a symbolic link"},
		{pipe, errNotRegular, "a named pipe"},
		{dir, errNotRegular, "a folder"},
		{"/dev/null", errNotRegular, "a device"},
		{filepath.Join(dir, "absent"), fs.ErrNotExist, ""},
		{filepath.Join(file, "below"), syscall.ENOTDIR, ""},
		{"state.json", errRelative, ""},
	} {
		_, err := (&Files{}).Read(row.path, 10)
		if !errors.Is(err, row.want) || !strings.Contains(err.Error(), row.text) || !strings.Contains(err.Error(), row.path) {
			t.Errorf("%s: %v", row.path, err)
		}
	}
}

func TestWriteReplacesAFileAsAWhole(t *testing.T) {
	dir, file := folder(t)
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	files := &Files{}
	for _, mode := range []fs.FileMode{0o644, 0o600, 0o755} {
		want := bytes.Repeat([]byte{'x'}, int(mode))
		must(t, files.Write(file, want, mode))
		entry, err := files.Stat(file)
		got, readErr := files.Read(file, 1<<20)
		if err != nil || readErr != nil || entry.Mode != mode || !bytes.Equal(got, want) {
			t.Errorf("%o: %+v, %v, %v", mode, entry, err, readErr)
		}
	}
	if got := names(t, dir); got != "state.json" {
		t.Errorf("left: %s", got)
	}
}

func TestWriteDoesNotFollowALink(t *testing.T) {
	dir, file := folder(t)
	link := filepath.Join(dir, "link")
	must(t, os.Symlink(file, link))
	must(t, (&Files{}).Write(link, []byte("new"), 0o644))
	if data, err := os.ReadFile(file); err != nil || string(data) != "old" {
		t.Errorf("the target holds %q, %v", data, err)
	}
	if info, err := os.Lstat(link); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
}

func TestWriteMakesTheFolder(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "new")
	must(t, (&Files{}).Write(filepath.Join(dir, "a"), nil, 0o644))
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("%v, %v", info, err)
	}
	if err := (&Files{}).Write(filepath.Join(dir, "no", "such", "a"), nil, 0o644); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestWriteAndLockRefuseAFolderThatOthersCanChange(t *testing.T) {
	dir, file := folder(t)
	link, open := filepath.Join(dir, "link"), filepath.Join(dir, "open")
	must(t, os.Mkdir(filepath.Join(dir, "real"), 0o755))
	must(t, os.Symlink("real", link))
	must(t, os.Mkdir(open, 0o755))
	must(t, os.Chmod(open, 0o1777))
	rows := []struct {
		folder string
		want   error
	}{{link, macos.ErrLink}, {open, errWritable}, {file, errNotFolder}, {".", errRelative}}
	if os.Geteuid() == 0 {
		foreign := filepath.Join(dir, "foreign")
		must(t, os.Mkdir(foreign, 0o755))
		must(t, os.Chown(foreign, 501, 20))
		rows = append(rows, struct {
			folder string
			want   error
		}{foreign, errForeign})
	}
	for _, row := range rows {
		path := row.folder + "/a"
		if err := (&Files{}).Write(path, nil, 0o644); !errors.Is(err, row.want) {
			t.Errorf("%s: %v", row.folder, err)
		}
		if _, err := (&Files{}).Lock(path); !errors.Is(err, row.want) {
			t.Errorf("%s: %v", row.folder, err)
		}
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s was written", path)
		}
	}
}

func TestWriteThatFailsLeavesAllAsItWas(t *testing.T) {
	dir, _ := folder(t)
	target := filepath.Join(dir, "taken")
	must(t, os.MkdirAll(filepath.Join(target, "full"), 0o755))
	if err := (&Files{}).Write(target, []byte("new"), 0o644); err == nil || !strings.Contains(err.Error(), target) {
		t.Error(err)
	}
	if got := names(t, dir); got != "state.json taken" {
		t.Errorf("left: %s", got)
	}
}

func TestWriteSweepsWhatAKilledProcessLeft(t *testing.T) {
	dir, file := folder(t)
	writing := filepath.Join(dir, temporaryName("state.json", 2))
	for _, name := range []string{
		temporaryName("state.json", os.Getpid()), temporaryName("state.json", os.Getppid()), // whoever has these numbers now
		filepath.Base(writing), temporaryName("other", 3), ".state.json.x.tmp", ".state.json.-1.tmp",
	} {
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	writer, err := os.Open(writing)
	must(t, err)
	must(t, syscall.Flock(int(writer.Fd()), syscall.LOCK_EX))
	must(t, (&Files{}).Write(file, nil, 0o644))
	kept := []string{temporaryName("other", 3), ".state.json.-1.tmp", filepath.Base(writing), ".state.json.x.tmp", "state.json"}
	slices.Sort(kept)
	if got := names(t, dir); got != strings.Join(kept, " ") {
		t.Errorf("left: %s, want %s", got, kept)
	}
	must(t, writer.Close())
	must(t, (&Files{}).Write(file, nil, 0o644))
	if got := names(t, dir); strings.Contains(got, filepath.Base(writing)) {
		t.Errorf("left: %s", got)
	}
}

func TestRemoveRemovesWhatIsThere(t *testing.T) {
	dir, file := folder(t)
	link, empty, full := filepath.Join(dir, "link"), filepath.Join(dir, "empty"), filepath.Join(dir, "full")
	must(t, os.Symlink(file, link))
	must(t, os.Mkdir(empty, 0o755))
	must(t, os.MkdirAll(filepath.Join(full, "x"), 0o755))
	files := &Files{}
	for _, path := range []string{link, empty, filepath.Join(dir, "absent"), filepath.Join(dir, "no", "folder")} {
		if err := files.Remove(path); err != nil {
			t.Error(err)
		}
	}
	if err := files.Remove(full); err == nil {
		t.Error("a full folder is removed")
	}
	if err := files.Remove("state.json"); !errors.Is(err, errRelative) {
		t.Error(err)
	}
	if got := names(t, dir); got != "full state.json" {
		t.Errorf("left: %s", got)
	}
	must(t, files.Remove(file))
}

func TestStatFollowsNoLink(t *testing.T) {
	dir, file := folder(t)
	link := filepath.Join(dir, "link")
	must(t, os.Symlink("nowhere", link))
	entry, err := (&Files{}).Stat(link)
	if err != nil || entry.Mode.Type() != fs.ModeSymlink {
		t.Errorf("%+v, %v", entry, err)
	}
	entry, err = (&Files{}).Stat(file)
	if err != nil || entry.UID != os.Getuid() || entry.Size != 3 || entry.Modified.IsZero() || entry.Mode != 0o644 {
		t.Errorf("%+v, %v", entry, err)
	}
	if _, err := (&Files{}).Stat(filepath.Join(dir, "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestP12TheLockIsHeldByOne(t *testing.T) {
	dir, _ := folder(t)
	path := filepath.Join(dir, "new", "turn.lock")
	files := &Files{}
	release, err := files.Lock(path)
	must(t, err)
	if _, err := files.Lock(path); !errors.Is(err, macos.ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
	if entry, err := files.Stat(path); err != nil || entry.Mode.Perm() != 0o600 {
		t.Errorf("%+v, %v", entry, err)
	}
	release()
	release, err = files.Lock(path)
	must(t, err)
	release()
}

func TestTheLockRefusesALink(t *testing.T) {
	dir, file := folder(t)
	link := filepath.Join(dir, "turn.lock")
	must(t, os.Symlink(file, link))
	if _, err := (&Files{}).Lock(link); !errors.Is(err, macos.ErrLink) {
		t.Error(err)
	}
}

func TestALockOnARemovedFileIsNotHeld(t *testing.T) {
	_, file := folder(t)
	open, err := openRegular(file, os.O_RDWR, 0)
	must(t, err)
	defer open.Close() //nolint:errcheck // it was only read
	must(t, os.Remove(file))
	if held, err := lock(open, file); held || err != nil {
		t.Error(held, err)
	}
	must(t, os.WriteFile(file, nil, 0o600)) // another's
	if held, err := lock(open, file); held || err != nil {
		t.Error(held, err)
	}
}

func TestRemoveTakesAwayWhatKilledProcessesLeftInAFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(folder, temporaryName("logo.png", os.Getppid()))
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&Files{}).Remove(folder); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other")
	if err := os.MkdirAll(filepath.Join(other, "kept"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := (&Files{}).Remove(other); err == nil {
		t.Error("a folder with something in it is removed")
	}
}

func TestAppendAddsToTheEnd(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "journal")
	files := &Files{}
	for _, line := range []string{"one\n", "two\n"} {
		if err := files.Append(path, []byte(line), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "one\ntwo\n" {
		t.Errorf("%q, %v", data, err)
	}
	if about, err := os.Stat(path); err != nil || about.Mode() != 0o644 {
		t.Errorf("%v, %v", about.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("one\ntw"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := files.Append(path, []byte("three\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(path); string(data) != "one\ntw\nthree\n" {
		t.Errorf("after a crash: %q", data)
	}
}

func TestAppendRefusesWhatItCannotTrust(t *testing.T) {
	folder := t.TempDir()
	path, target := filepath.Join(folder, "journal"), filepath.Join(folder, "target")
	if err := os.WriteFile(target, []byte("keep"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	files := &Files{}
	if err := files.Append(path, []byte("x\n"), 0o644); !errors.Is(err, macos.ErrLink) {
		t.Errorf("a link: %v", err)
	}
	if data, _ := os.ReadFile(target); string(data) != "keep" {
		t.Errorf("the target holds %q", data)
	}
	if err := files.Append(folder, []byte("x\n"), 0o644); err == nil {
		t.Error("a folder is appended to")
	}
	if err := files.Append("relative", []byte("x\n"), 0o644); err == nil {
		t.Error("a relative path is appended to")
	}
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := files.Append(filepath.Join(folder, "other"), []byte("x\n"), 0o644); err == nil {
		t.Error("a folder that all can write to is written to")
	}
}
