//go:build unix

package daemon

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Files is the file tree, as a program sees it that runs as root and trusts nobody else. It implements [macos.Tree],
// [macos.Lister] and [macos.Ledger].
type Files struct {
	// Before is asked before every step that changes the file tree. One that it refuses is not taken, and fails with its
	// error. This is where tests fill the disk and pull the plug; nil for nobody.
	Before func(Step) error

	mu sync.Mutex

	homeless atomic.Bool                                    // a home did not answer, so that none is looked into any more
	reading  func(path string, limit int64) ([]byte, error) // reads in homes, for tests; nil for readWhole
}

// Reasons to leave a file alone.
var (
	errNotRegular = errors.New("is not a regular file")
	errNotFolder  = errors.New("is not a folder")
	errWritable   = errors.New("can be written by everybody, which is refused")
	errForeign    = errors.New("does not belong to root, which is refused")
	errRelative   = errors.New("is not an absolute path")
)

// Read implements [macos.Tree]. It waits for nobody: a named pipe is refused like a folder or a device is, and a home that
// does not answer is given up.
func (f *Files) Read(path string, limit int64) ([]byte, error) {
	if macos.Personal(path) {
		return f.readAtHome(path, limit)
	}
	return readWhole(path, limit)
}

// readWhole reads a file, as long as it is no larger than a limit.
func readWhole(path string, limit int64) ([]byte, error) {
	file, err := openToRead(path)
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
	file, err := openToRead(path)
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

// openRegular opens a regular file to change it, and follows no link at its path. Its folder is one that only root can
// change.
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
