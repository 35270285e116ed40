package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// stateFile is where the state is.
func (o *jamfOptions) stateFile() string {
	if o.state != "" {
		return o.state
	}
	return strings.TrimSuffix(o.config, filepath.Ext(o.config)) + ".jamf.json"
}

func (o *jamfOptions) readState() (*rollout.State, error) {
	data, err := readInput(nil, o.stateFile())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read state: %w", err)
	}
	state, err := rollout.ReadState(data)
	if err != nil {
		return nil, usagef("mend it, or move it away: what was made is found again on the server, as far as it is marked", "%s: %w", o.stateFile(), err)
	}
	return state, nil
}

func (o *jamfOptions) saveState(s *rollout.State) error {
	data, err := s.Bytes()
	if err != nil {
		return err
	}
	if !o.swept {
		o.swept = true
		sweep(o.stateFile(), now().Add(-oldest))
	}
	return replace(o.stateFile(), data)
}

// oldest is how old a temporary file has to be until it is nobody's any more: to write a state takes no time at all.
const oldest = time.Hour

// sweep deletes the temporary files that were left beside a file by whoever was killed while it was replaced: those of the
// name that [replace] gives them, and older than a time. What cannot be deleted stays, and does no harm.
func sweep(file string, before time.Time) {
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return
	}
	for _, e := range entries {
		number, ours := strings.CutPrefix(e.Name(), "."+filepath.Base(file)+".")
		if !ours || number == "" || strings.Trim(number, "0123456789") != "" || !e.Type().IsRegular() {
			continue
		}
		if about, err := e.Info(); err == nil && about.ModTime().Before(before) {
			_ = os.Remove(filepath.Join(filepath.Dir(file), e.Name()))
		}
	}
}

// errLocked says that another process holds a lock.
var errLocked = errors.New("is locked")

// lockState keeps other commands from changing the same state until it is unlocked, or this process ends in whatever way. A
// command that changes nothing needs no lock. The state itself cannot be locked, since each save puts another file in its place.
func (o *jamfOptions) lockState() (*os.File, error) {
	if o.command.Flags().Lookup("yes") == nil { // those that change something ask
		return nil, nil
	}
	name := filepath.Join(filepath.Dir(o.stateFile()), "."+filepath.Base(o.stateFile())+".lock")
	for {
		const private = 0o600
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, private)
		if err != nil {
			return nil, fmt.Errorf("lock state: %w", err)
		}
		err = lockFile(file)
		if errors.Is(err, errLocked) {
			_ = file.Close() // nothing was written
			return nil, fmt.Errorf("lock state: another command is changing %s; let it end, or end it, and call this one again", o.stateFile())
		}
		if err != nil {
			_ = file.Close() // nothing was written
			return nil, fmt.Errorf("lock state: %s: %w", name, err)
		}
		if stillAt(file, name) {
			return file, nil
		}
		_ = file.Close() // whoever had it before has deleted it in between
	}
}

// stillAt tells whether an open file is the one that has a name now.
func stillAt(file *os.File, name string) bool {
	held, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(name)
	return err == nil && os.SameFile(held, there)
}

// unlockState gives a lock back. The file is deleted while the lock is still held, so that nobody who waits for the old one
// takes it for the lock; where open files cannot be deleted, it stays, empty.
func unlockState(file *os.File) {
	if file != nil {
		_ = os.Remove(file.Name())
		_ = file.Close()
	}
}
