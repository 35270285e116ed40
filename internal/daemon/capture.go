//go:build unix

package daemon

import "sync"

// captureEnd is how much is kept of each end of what a tool prints on one stream, in bytes.
const captureEnd = 512 << 10

// capture keeps the beginning and the end of what is written to it. It can be read while it is still written to, which
// happens when a tool cannot even be killed.
type capture struct {
	mu   sync.Mutex
	head []byte
	tail []byte // a ring, once it is full
	next int    // where the ring continues
	cut  bool   // something between head and tail is gone
}

// Write implements io.Writer, and never fails.
func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(p)
	if room := captureEnd - len(c.head); room > 0 {
		take := min(room, len(p))
		c.head = append(c.head, p[:take]...)
		p = p[take:]
	}
	if room := captureEnd - len(c.tail); room > 0 {
		take := min(room, len(p))
		c.tail = append(c.tail, p[:take]...)
		p = p[take:]
	}
	if len(p) == 0 {
		return n, nil
	}
	c.cut = true
	p = p[max(0, len(p)-captureEnd):]
	for len(p) > 0 {
		copied := copy(c.tail[c.next:], p)
		c.next = (c.next + copied) % captureEnd
		p = p[copied:]
	}
	return n, nil
}

// text is what is kept. Where something is gone, a line end stands for it, so that no line is made of two.
func (c *capture) text() (text string, cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cut {
		return string(c.head) + string(c.tail), false
	}
	return string(c.head) + "\n" + string(c.tail[c.next:]) + string(c.tail[:c.next]), true
}
