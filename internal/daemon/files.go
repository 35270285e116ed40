//go:build unix

package daemon

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Files is the file tree, as a program sees it that runs as root and trusts nobody else. It implements [macos.Tree] and
// [macos.Lister].
type Files struct{ mu sync.Mutex }

// Reasons to leave a file alone.
var (
	errNotRegular = errors.New("is not a regular file")
	errNotFolder  = errors.New("is not a folder")
	errWritable   = errors.New("can be written by everybody, which is refused")
	errForeign    = errors.New("does not belong to root, which is refused")
	errRelative   = errors.New("is not an absolute path")
)

// Read implements [macos.Tree]. It waits for nobody: a named pipe is refused like a folder or a device is.
func (*Files) Read(path string, limit int64) ([]byte, error) {
	file, err := openRegular(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: %d bytes", macos.ErrTooLarge, limit)}
	}
	return data, nil
}

// Tail implements [macos.Ledger]. What is added to the file meanwhile is left to the next look.
func (*Files) Tail(path string, most int64) ([]byte, error) {
	file, err := openRegular(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	about, err := file.Stat()
	if err != nil {
		return nil, err
	}
	begin := max(0, about.Size()-max(0, most))
	return io.ReadAll(io.NewSectionReader(file, begin, about.Size()-begin))
}

// openRegular opens a regular file, and follows no link at its path.
func openRegular(path string, flag int, mode fs.FileMode) (*os.File, error) {
	refused := func(err error) error { return &fs.PathError{Op: "open", Path: path, Err: err} }
	if !filepath.IsAbs(path) {
		return nil, refused(errRelative)
	}
	file, err := os.OpenFile(path, flag|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, mode)
	if errors.Is(err, syscall.ELOOP) {
		return nil, refused(macos.ErrLink)
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = refused(fmt.Errorf("%w but %s", errNotRegular, kind(info.Mode())))
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// kind words the type of a file.
func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	default:
		return "something else"
	}
}

// Write implements [macos.Tree]. The folder is made when it is missing, and has to be one that only root can change. A
// link at path is replaced, not followed.
func (f *Files) Write(path string, data []byte, mode fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	folder, err := openFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close() //nolint:errcheck // the folder's own changes are synced
	base := filepath.Base(path)
	sweep(folder, base)
	temporary := temporaryName(base, os.Getpid())
	err = writeNew(folder, temporary, data, mode)
	if err == nil {
		err = folder.Rename(temporary, base)
	}
	if err != nil {
		_ = folder.Remove(temporary)
	} else {
		err = syncFolder(folder)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Append implements [macos.Ledger].
func (f *Files) Append(path string, data []byte, mode fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	folder, err := openFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close() //nolint:errcheck // the file's own changes are synced
	file, err := openRegular(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = appendTo(file, data, mode)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("append to %s: %w", path, err)
	}
	return nil
}

// appendTo writes at the end of an open file, down to the disk. The mode is exact, whatever the umask.
func appendTo(file *os.File, data []byte, mode fs.FileMode) error {
	about, err := file.Stat()
	if err != nil {
		return err
	}
	if about.Mode().Perm() != mode {
		if err := file.Chmod(mode); err != nil {
			return err
		}
	}
	if size := about.Size(); size > 0 {
		last := make([]byte, 1)
		if _, err := file.ReadAt(last, size-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			data = append([]byte{'\n'}, data...)
		}
	}
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Sync()
}

// writeNew writes a file that does not exist yet, down to the disk. Its mode is exact, whatever the umask.
func writeNew(folder *os.Root, name string, data []byte, mode fs.FileMode) error {
	file, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Chmod(mode)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func syncFolder(folder *os.Root) error {
	dir, err := folder.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close() //nolint:errcheck // it was only read
	if err := dir.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err // some network volumes cannot sync a folder, and say so with one of these
	}
	return nil
}

// openFolder opens a folder to change it, and makes it when it is missing. One that others can change is refused, as
// they could put a link in the way. What is opened is held on to: nobody can exchange it afterwards.
func openFolder(path string) (*os.Root, error) {
	refused := func(err error) error { return &fs.PathError{Op: "open folder", Path: path, Err: err} }
	if !filepath.IsAbs(path) {
		return nil, refused(errRelative)
	}
	if err := os.Mkdir(path, 0o755); err == nil {
		err = os.Chmod(path, 0o755) // whatever the umask
		if err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	seen, err := os.Lstat(path)
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

const temporarySuffix = ".tmp"

// temporaryName is where a process writes a file before it gets its name.
func temporaryName(base string, pid int) string {
	return "." + base + "." + strconv.Itoa(pid) + temporarySuffix
}

// sweep removes what processes left behind that were killed while they wrote the file of that name, or any file where no
// name is given.
func sweep(folder *os.Root, base string) {
	dir, err := folder.Open(".")
	if err != nil {
		return
	}
	defer dir.Close() //nolint:errcheck // it was only read
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		stem, ok := strings.CutSuffix(name, temporarySuffix)
		dot := strings.LastIndexByte(stem, '.')
		if !ok || dot < 1 || base != "" && stem[:dot] != "."+base {
			continue
		}
		pid, err := strconv.Atoi(stem[dot+1:])
		if err != nil || pid <= 0 {
			continue
		}
		if pid == os.Getpid() || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = folder.Remove(name)
		}
	}
}

// Remove implements [macos.Tree].
func (*Files) Remove(path string) error {
	if !filepath.IsAbs(path) {
		return &fs.PathError{Op: "remove", Path: path, Err: errRelative}
	}
	err := os.Remove(path)
	if errors.Is(err, syscall.ENOTEMPTY) && tidy(path) {
		err = os.Remove(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// tidy removes from a folder what killed processes of ours left in it while they wrote.
func tidy(path string) bool {
	folder, err := openFolder(path)
	if err != nil {
		return false
	}
	defer folder.Close() //nolint:errcheck // it was only read
	sweep(folder, "")
	return true
}

// Stat implements [macos.Lister].
func (*Files) Stat(path string) (macos.Entry, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return macos.Entry{}, err
	}
	return ownerOf(info), nil
}

func ownerOf(info fs.FileInfo) macos.Entry {
	entry := macos.Entry{Mode: info.Mode(), UID: -1, GID: -1, Size: info.Size(), Modified: info.ModTime()}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		entry.UID, entry.GID = int(sys.Uid), int(sys.Gid)
	}
	return entry
}

// Lock implements [macos.Lister].
func (*Files) Lock(path string) (release func(), err error) {
	folder, err := openFolder(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer folder.Close() //nolint:errcheck // nothing was written through it
	const tries = 3
	for range tries {
		file, err := openRegular(path, os.O_RDWR|os.O_CREATE, 0o600)
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
