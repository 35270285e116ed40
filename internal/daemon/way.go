//go:build unix

package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// mostLinks is how many links may lie on the way to a file, as many as systems allow.
const mostLinks = 32

// openToRead opens a regular file to read it. It follows no link at its path, and on the way to it none that others than
// root can have put there: in a person's home, none at all.
func openToRead(path string) (*os.File, error) {
	refused := func(err error) error {
		if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
			err = inner.Err // it knows a part of the path only
		}
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	if !filepath.IsAbs(path) {
		return nil, refused(errRelative)
	}
	folder, err := wayTo(filepath.Clean(path))
	if err != nil {
		return nil, refused(err)
	}
	defer folder.Close() //nolint:errcheck // nothing was written through it
	file, err := openIn(folder, filepath.Base(path))
	if err != nil {
		return nil, refused(err)
	}
	return file, nil
}

// openIn opens a regular file in a folder to read it.
func openIn(folder *os.Root, name string) (*os.File, error) {
	seen, err := folder.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case seen.Mode()&fs.ModeSymlink != 0:
		return nil, macos.ErrLink
	case !seen.Mode().IsRegular():
		return nil, fmt.Errorf("%w but %s", errNotRegular, kind(seen.Mode()))
	}
	file, err := folder.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil && !os.SameFile(seen, opened) {
		err = macos.ErrLink
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// wayTo opens the folder in which a path leads to something, folder by folder. Each is held on to while the next is opened,
// so that nobody can exchange one that is passed already.
func wayTo(path string) (*os.Root, error) {
	for range mostLinks {
		folder, instead, err := walk(path)
		if err != nil || folder != nil {
			return folder, err
		}
		path = instead
	}
	return nil, syscall.ELOOP
}

// walk goes down to the folder in which a path leads to something. Where there is a link of root's on the way, it returns the
// path that is meant instead.
func walk(path string) (folder *os.Root, instead string, err error) {
	folder, err = os.OpenRoot("/")
	if err != nil {
		return nil, "", err
	}
	parts := strings.Split(path, "/")[1:]
	for i, part := range parts[:len(parts)-1] {
		next, target, err := enter(folder, part)
		_ = folder.Close() // nothing was written through it
		if err != nil {
			return nil, "", err
		}
		if next == nil {
			if !filepath.IsAbs(target) {
				target = "/" + filepath.Join(append(parts[:i:i], target)...)
			}
			return nil, filepath.Join(append([]string{target}, parts[i+1:]...)...), nil
		}
		folder = next
	}
	return folder, "", nil
}

// enter opens a folder in another, or says where a link leads that root has put in its place. A link is somebody else's if
// it belongs to them, or lies where they can exchange it.
func enter(folder *os.Root, name string) (next *os.Root, target string, err error) {
	seen, err := folder.Lstat(name)
	if err != nil {
		return nil, "", err
	}
	if seen.Mode()&fs.ModeSymlink != 0 {
		around, err := folder.Stat(".")
		if err != nil {
			return nil, "", err
		}
		if ownerOf(around).Exchangeable() || ownerOf(seen).UID != 0 {
			return nil, "", macos.ErrLink
		}
		target, err = folder.Readlink(name)
		return nil, target, err
	}
	if !seen.IsDir() {
		return nil, "", syscall.ENOTDIR
	}
	next, err = folder.OpenRoot(name)
	if err != nil {
		return nil, "", err
	}
	opened, err := next.Stat(".")
	if err == nil && !os.SameFile(seen, opened) {
		err = macos.ErrLink
	}
	if err != nil {
		_ = next.Close()
		return nil, "", err
	}
	return next, "", nil
}
