//go:build unix

package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Lock implements [macos.Lister].
func (f *Files) Lock(path string) (release func(), err error) {
	folder, err := f.openFolder(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer folder.Close() //nolint:errcheck // nothing was written through it
	const tries = 3
	for range tries {
		var file *os.File
		err := f.step(Step{Do: StepLock, Path: path}, func() (err error) {
			file, err = openRegular(path, os.O_RDWR|os.O_CREATE, 0o600)
			return err
		})
		if err != nil {
			return nil, err
		}
		held, err := lock(file, path)
		if held {
			return func() { _ = file.Close() }, nil
		}
		_ = file.Close()
		if err != nil {
			return nil, err
		}
	}
	return nil, &fs.PathError{Op: "lock", Path: path, Err: macos.ErrLocked}
}

// lock locks an open file. It is not held when the file was removed in the meantime, as by a turn that has finished: the
// lock on it would keep nobody out.
func lock(file *os.File, path string) (held bool, err error) {
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = macos.ErrLocked
	}
	if err != nil {
		return false, &fs.PathError{Op: "lock", Path: path, Err: err}
	}
	mine, err := file.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, there), err
}
