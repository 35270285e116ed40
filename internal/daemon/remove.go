//go:build unix

package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Remove implements [macos.Tree]. What is removed stays so when the Mac loses its power: the next step may rest on it.
func (f *Files) Remove(path string) error {
	if !filepath.IsAbs(path) {
		return &fs.PathError{Op: "remove", Path: path, Err: errRelative}
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	remove := func() error {
		return f.step(Step{Do: StepRemove, Path: path}, func() error { return os.Remove(path) })
	}
	err := remove()
	if errors.Is(err, syscall.ENOTEMPTY) && f.tidy(path) {
		err = remove()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.syncPath(filepath.Dir(path))
}

func (f *Files) removeIn(folder *os.Root, name string) error {
	return f.step(Step{Do: StepRemove, Path: filepath.Join(folder.Name(), name)}, func() error { return folder.Remove(name) })
}

// tidy removes from a folder what killed processes of ours left in it while they wrote.
func (f *Files) tidy(path string) bool {
	folder, err := f.openFolder(path)
	if err != nil {
		return false
	}
	defer folder.Close() //nolint:errcheck // it was only read
	f.sweep(folder, "")
	return true
}

// sweep removes what processes left behind that were killed while they wrote the file of that name, or any file where no
// name is given. Who still writes holds a lock on what they write. The process id in the name tells nothing: after a
// restart it is another's.
func (f *Files) sweep(folder *os.Root, base string) {
	dir, err := folder.Open(".")
	if err != nil {
		return
	}
	defer dir.Close() //nolint:errcheck // it was only read
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		stem, ok := strings.CutSuffix(name, temporarySuffix)
		dot := strings.LastIndexByte(stem, '.')
		if !ok || dot < 1 || stem[0] != '.' || base != "" && stem[:dot] != "."+base {
			continue
		}
		if pid, err := strconv.Atoi(stem[dot+1:]); err == nil && pid > 0 && abandoned(folder, name) {
			_ = f.removeIn(folder, name)
		}
	}
}

// abandoned tells whether nobody writes a temporary file any more.
func abandoned(folder *os.Root, name string) bool {
	file, err := folder.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer file.Close() //nolint:errcheck // it was only read
	return syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil
}
