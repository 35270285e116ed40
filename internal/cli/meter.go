package cli

import (
	"fmt"
	"io"
	"sync"
)

// meter shows how far an upload is: on a terminal as a line that changes, elsewhere only when it begins and ends.
type meter struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	name     string
	size     int64
	shown    int64 // in hundredths
}

func newMeter(out io.Writer, terminal bool, name string, size int64) *meter {
	_, _ = fmt.Fprintf(out, "Uploading %s, %.1f MB.\n", name, float64(size)/1e6)
	return &meter{out: out, terminal: terminal, name: name, size: size, shown: -1}
}

// tell takes how many bytes were sent. It may be called from any goroutine.
func (m *meter) tell(sent int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	done := int64(100)
	if m.size > 0 {
		done = sent * 100 / m.size
	}
	if !m.terminal || done == m.shown {
		return
	}
	m.shown = done
	_, _ = fmt.Fprintf(m.out, "\r%3d %%", done)
}

// end takes the line away.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.terminal && m.shown >= 0 {
		_, _ = fmt.Fprint(m.out, "\r      \r")
	}
}
