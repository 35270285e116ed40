//go:build linux

package crashtest

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/install-or-defer/install-or-defer/internal/daemon"
)

// disk tells what of the steps of a turn would outlive a loss of power: the content of a file from when it was synced, and
// its name from when its folder was.
type disk struct {
	names, synced map[string]*inode // by path; nil where there is nothing
}

// inode is a file, whatever its name.
type inode struct {
	known
	synced []byte // its content on the disk
}

// step takes note of a step that was taken.
func (r *rig) step(s daemon.Step) {
	d := &r.disk
	for _, path := range []string{s.Path, s.To} {
		if _, ok := d.names[path]; !ok && path != "" && s.Do != daemon.StepSyncFolder {
			file := r.inode(path)
			d.names[path], d.synced[path] = file, file
		}
	}
	file := d.names[s.Path]
	switch s.Do {
	case daemon.StepCreate:
		d.names[s.Path] = &inode{known: known{mode: 0o644}}
	case daemon.StepLock:
		if file == nil {
			d.names[s.Path] = &inode{known: known{mode: 0o600}}
		}
	case daemon.StepWrite:
		file.data = append(slices.Clip(file.data), s.Data...)
	case daemon.StepSync:
		file.synced = file.data
	case daemon.StepRename:
		d.names[s.To], d.names[s.Path] = file, nil
	case daemon.StepRemove:
		d.names[s.Path] = nil
	case daemon.StepSyncFolder:
		for path, file := range d.names {
			if filepath.Dir(path) == s.Path {
				d.synced[path] = file
			}
		}
	case daemon.StepMkdir:
		d.names[s.Path] = &inode{known: known{mode: fs.ModeDir | 0o755}}
	case daemon.StepMode: // comes to nothing: root may read in any case
	}
}

// inode is a file as it was when nothing had yet been done to it in this turn; nil where there is none.
func (r *rig) inode(path string) *inode {
	k, ok := r.known[path]
	if !ok {
		return nil
	}
	return &inode{k, k.data}
}

// remains is what there is of a file when the Mac starts again.
func (d *disk) remains(path string, k kind) (file *inode, data []byte) {
	file = d.names[path]
	if k == powerLost {
		file = d.synced[path]
	}
	switch {
	case file == nil:
		return nil, nil
	case k == powerWhole:
		return file, file.data
	case k == powerTorn:
		return file, file.data[:(len(file.synced)+len(file.data))/2]
	}
	return file, file.synced
}

// wreck leaves on disk what outlives the loss of power.
func (r *rig) wreck() {
	r.Helper()
	for _, path := range slices.Sorted(maps.Keys(r.disk.names)) {
		file, data := r.disk.remains(path, r.mishap.kind)
		_, err := os.Lstat(r.at(path))
		switch {
		case file == nil:
			r.check(os.RemoveAll(r.at(path)))
		case file.mode.IsRegular() && !isProgram(path):
			r.check(os.WriteFile(r.at(path), data, file.mode.Perm()))
			r.known[path] = known{size: -1} // so that it is looked at
		case err != nil:
			r.put(path, file.known)
		}
	}
}
