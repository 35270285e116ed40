//go:build unix

package daemon

import (
	"os"
	"path/filepath"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// trusted looks whether others than root could exchange a program that root is about to run: the file, each folder on the
// way to it, and where it is a link, those on the way to its target. Whoever can is root as soon as it is run. Nothing is
// demanded of a process that is not root, which has nothing to give away.
func trusted(program string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	target, err := filepath.EvalSymlinks(program)
	if err != nil {
		return err
	}
	for _, way := range []string{program, target} {
		for path := way; ; path = filepath.Dir(path) {
			info, err := os.Lstat(path)
			if err != nil {
				return err
			}
			if ownerOf(info).Exchangeable() {
				return &macos.UntrustedError{Path: program, Because: path}
			}
			if path == filepath.Dir(path) {
				break
			}
		}
	}
	return nil
}
