//go:build linux

package crashtest

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// A disk that really is full, or really cannot be written to, is as the tests assume that such a disk is.
func TestRealDisk(t *testing.T) {
	program := build(t)
	for _, kind := range []kind{full, readOnly} {
		t.Run(string(kind), func(t *testing.T) {
			dir := t.TempDir()
			if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); errors.Is(err, syscall.EPERM) {
				t.Skip("needs to be allowed to mount, which not even root is in every container; " + string(kind) + " disks are only simulated here")
			} else if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
					t.Error(err)
				}
			})
			data, err := os.ReadFile(program)
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, "process"), data, 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
			r := newRigIn(t, dir, filepath.Join(dir, "process"))
			r.mounted = true
			s := scenario(t, "stubborn")
			calm := promisetest.New(s).ToEnd(t.Context())
			r.judge(s, mishap{kind: kind, turn: 12, point: 1}, calm)
			if !r.play.Said("Nothing is done, since the state cannot be saved") && !r.play.Said("cannot be kept apart from others") {
				t.Errorf("nobody has noticed: %s", r.play.Story())
			}
		})
	}
}

// spoil makes the disk what the mishap says that it is, where it is one of its own.
func (r *rig) spoil() error {
	switch {
	case !r.mounted:
		return nil
	case r.mishap.kind == readOnly:
		return syscall.Mount("", r.dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	}
	file, err := os.Create(r.at("ballast"))
	if err != nil {
		return err
	}
	for size := 1 << 20; size > 0; {
		if n, err := file.Write(make([]byte, size)); err != nil && n == 0 {
			size /= 2
		}
	}
	return file.Close()
}

// heal makes it whole again.
func (r *rig) heal() {
	r.Helper()
	r.ill = false
	switch {
	case !r.mounted:
	case r.mishap.kind == readOnly:
		r.check(syscall.Mount("", r.dir, "", syscall.MS_REMOUNT, "size=16m"))
	default:
		r.check(os.Remove(r.at("ballast")))
	}
}
