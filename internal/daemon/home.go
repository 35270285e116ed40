//go:build unix

package daemon

import (
	"io/fs"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// homeTime is how long a file in a person's home is waited for.
const homeTime = 5 * time.Second

// readAtHome reads a file in a person's home. A home may lie on a volume whose server does not answer, and a person may
// have one of those put into it; a read then hangs, and cannot be told to end. So it is left behind when its time is up,
// and ends with the process, which soon does: a process is one turn. One such read is enough, so that no other is begun.
func (f *Files) readAtHome(path string, limit int64) ([]byte, error) {
	slow := &fs.PathError{Op: "read", Path: path, Err: macos.ErrSlow}
	if f.homeless.Load() {
		return nil, slow
	}
	read := readWhole
	if f.reading != nil {
		read = f.reading
	}
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1) // one is kept, so that a read that ends late finds its end
	go func() {
		data, err := read(path, limit)
		done <- result{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-after(homeTime):
		f.homeless.Store(true)
		return nil, slow
	}
}
