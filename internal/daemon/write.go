//go:build unix

package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Write implements [macos.Tree]. The folder is made when it is missing, and has to be one that only root can change. A
// link at path is replaced, not followed.
//
// What is written is on disk before it gets its name, and the name is on disk before Write returns: a Mac that loses its
// power shows the old content or the new.
func (f *Files) Write(path string, data []byte, mode fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	folder, err := f.openFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close() //nolint:errcheck // the folder's own changes are synced
	base := filepath.Base(path)
	f.sweep(folder, base)
	temporary := temporaryName(base, os.Getpid())
	if err := f.replace(folder, base, temporary, newFile{data, mode}); err != nil {
		_ = f.removeIn(folder, temporary)
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := f.syncFolder(folder); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

type newFile struct {
	data []byte
	mode fs.FileMode
}

// replace writes a file that does not exist yet, down to the disk, and then gives it the name of another. Its mode is
// exact, whatever the umask. It is locked for as long as it has its temporary name: see [Files.sweep].
func (f *Files) replace(folder *os.Root, name, temporary string, n newFile) error {
	path := filepath.Join(folder.Name(), temporary)
	var file *os.File
	err := f.step(Step{Do: StepCreate, Path: path}, func() (err error) {
		file, err = folder.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
		return err
	})
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it is synced
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return err
	}
	for _, s := range []struct {
		Step
		take func() error
	}{
		{Step{Do: StepWrite, Path: path, Data: n.data}, func() error { _, err := file.Write(n.data); return err }},
		{Step{Do: StepMode, Path: path}, func() error { return file.Chmod(n.mode) }},
		{Step{Do: StepSync, Path: path}, file.Sync},
		{Step{Do: StepRename, Path: path, To: filepath.Join(folder.Name(), name)}, func() error { return folder.Rename(temporary, name) }},
	} {
		if err := f.step(s.Step, s.take); err != nil {
			return err
		}
	}
	return nil
}

// Append implements [macos.Ledger].
func (f *Files) Append(path string, data []byte, mode fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	folder, err := f.openFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close() //nolint:errcheck // the file's own changes are synced
	file, err := openRegular(path, os.O_RDWR|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) {
		err = f.step(Step{Do: StepCreate, Path: path}, func() (err error) {
			file, err = openRegular(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
			return err
		})
	}
	if err != nil {
		return err
	}
	err = f.appendTo(file, folder, newFile{data, mode})
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("append to %s: %w", path, err)
	}
	return nil
}

// appendTo writes at the end of an open file, down to the disk. The mode is exact, whatever the umask. An empty file may
// be a new one, whose name has to reach the disk first, or a Mac that loses its power has neither.
func (f *Files) appendTo(file *os.File, folder *os.Root, n newFile) error {
	about, err := file.Stat()
	if err != nil {
		return err
	}
	if about.Mode().Perm() != n.mode {
		if err := f.step(Step{Do: StepMode, Path: file.Name()}, func() error { return file.Chmod(n.mode) }); err != nil {
			return err
		}
	}
	data := n.data
	if size := about.Size(); size > 0 {
		last := make([]byte, 1)
		if _, err := file.ReadAt(last, size-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			data = append([]byte{'\n'}, data...)
		}
	} else if err := f.syncFolder(folder); err != nil {
		return err
	}
	err = f.step(Step{Do: StepWrite, Path: file.Name(), Data: data}, func() error { _, err := file.Write(data); return err })
	if err != nil {
		return err
	}
	return f.step(Step{Do: StepSync, Path: file.Name()}, file.Sync)
}

// syncFolder sees to it that what was created, renamed and removed in a folder outlives a loss of power.
func (f *Files) syncFolder(folder *os.Root) error {
	dir, err := folder.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close() //nolint:errcheck // it was only read
	err = f.step(Step{Do: StepSyncFolder, Path: folder.Name()}, dir.Sync)
	if err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err // some network volumes cannot sync a folder, and say so with one of these
	}
	return nil
}

func (f *Files) syncPath(path string) error {
	folder, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	defer folder.Close() //nolint:errcheck // its changes are synced
	return f.syncFolder(folder)
}

// openFolder opens a folder to change it, and makes it when it is missing. One that others can change is refused, as
// they could put a link in the way. What is opened is held on to: nobody can exchange it afterwards.
func (f *Files) openFolder(path string) (*os.Root, error) {
	refused := func(err error) error { return &fs.PathError{Op: "open folder", Path: path, Err: err} }
	if !filepath.IsAbs(path) {
		return nil, refused(errRelative)
	}
	seen, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		seen, err = f.makeFolder(path)
	}
	if err != nil {
		return nil, err
	}
	owner := ownerOf(seen)
	switch {
	case seen.Mode()&fs.ModeSymlink != 0:
		return nil, refused(macos.ErrLink)
	case !seen.IsDir():
		return nil, refused(errNotFolder)
	case seen.Mode().Perm()&0o002 != 0:
		return nil, refused(errWritable)
	case os.Geteuid() == 0 && owner.UID != 0:
		return nil, refused(errForeign)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	opened, err := root.Stat(".")
	if err == nil && !os.SameFile(seen, opened) {
		err = refused(macos.ErrLink)
	}
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	return root, nil
}

// makeFolder makes a folder that outlives a loss of power. Its mode is exact, whatever the umask.
func (f *Files) makeFolder(path string) (fs.FileInfo, error) {
	err := f.step(Step{Do: StepMkdir, Path: path}, func() error { return os.Mkdir(path, 0o755) })
	if err == nil {
		err = f.step(Step{Do: StepMode, Path: path}, func() error { return os.Chmod(path, 0o755) })
	} else if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err == nil {
		err = f.syncPath(filepath.Dir(path))
	}
	if err != nil {
		return nil, err
	}
	return os.Lstat(path)
}

const temporarySuffix = ".tmp"

// temporaryName is where a process writes a file before it gets its name.
func temporaryName(base string, pid int) string {
	return "." + base + "." + strconv.Itoa(pid) + temporarySuffix
}
