package rollout

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// History are earlier snapshots in one file, each after the one before, as [Rollout.Snapshot] writes them. Only where each
// begins is held: they are read side by side, Mac by Mac.
type History struct {
	file io.ReaderAt
	runs []run
}

// run is one snapshot in a file.
type run struct {
	at       time.Time
	from, to int64
}

// ErrHistory says that a file is not made of snapshots.
var ErrHistory = errors.New("is not made of snapshots")

// maxLine is how long a line of a snapshot may be.
const maxLine = 64 << 10

// OpenHistory finds the snapshots in a file. A last line without its end was cut off, and does not count.
func OpenHistory(file io.ReaderAt, size int64) (*History, error) {
	h := &History{file: file}
	scanner := bufio.NewScanner(io.NewSectionReader(file, 0, size))
	scanner.Buffer(nil, maxLine)
	scanner.Split(wholeLines)
	var at, number int64
	var last Sighting
	for scanner.Scan() {
		number++
		s, err := readSighting(scanner.Bytes())
		if err != nil {
			return nil, fmt.Errorf("history: line %d %w: %w", number, ErrHistory, err)
		}
		switch {
		case len(h.runs) == 0 || s.At.After(last.At):
			h.runs = append(h.runs, run{at: s.At, from: at})
		case !s.At.Equal(last.At) || compareIDs(s.ID, last.ID) <= 0:
			return nil, fmt.Errorf("history: line %d %w: it is not in order", number, ErrHistory)
		}
		last = s
		at += int64(len(scanner.Bytes())) + 1
		h.runs[len(h.runs)-1].to = at
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("history: line %d %w: %w", number+1, ErrHistory, err)
	}
	return h, nil
}

// HistoryEnd tells where the last whole line of a file of snapshots ends, which is where the next one goes, and when the last
// snapshot was taken. Of an empty file that is no time. It looks at the end only.
func HistoryEnd(file io.ReaderAt, size int64) (end int64, last time.Time, err error) {
	from := max(size-2*maxLine, 0) // the last whole line, and one that was cut off
	tail := make([]byte, size-from)
	if _, err := file.ReadAt(tail, from); err != nil && !errors.Is(err, io.EOF) {
		return 0, last, fmt.Errorf("history: %w", err)
	}
	whole := tail[:bytes.LastIndexByte(tail, '\n')+1]
	const start = `{"at":"`
	if end = from + int64(len(whole)); end == 0 && bytes.HasPrefix(tail, []byte(start)[:min(len(tail), len(start))]) {
		return 0, last, nil // nothing, or the beginning of a first line
	}
	line := bytes.TrimSuffix(whole, []byte("\n"))
	s, err := readSighting(line[bytes.LastIndexByte(line, '\n')+1:])
	if err != nil {
		return 0, last, fmt.Errorf("history: its end %w: %w", ErrHistory, err)
	}
	return end, s.At, nil
}

// wholeLines splits into lines that have an end.
func wholeLines(data []byte, _ bool) (advance int, line []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	return 0, nil, nil
}

func readSighting(line []byte) (Sighting, error) {
	var s Sighting
	if err := json.Unmarshal(line, &s); err != nil {
		return s, err
	}
	if s.ID == "" || s.At.IsZero() {
		return s, errors.New("it lacks a number or a time")
	}
	return s, nil
}

// compareIDs compares numbers as numbers.
func compareIDs(a, b string) int { return cmp.Or(len(a)-len(b), cmp.Compare(a, b)) }

// past are snapshots that are read side by side.
type past struct {
	cursors []*cursor
	last    string
}

// cursor is where the reading of one snapshot is.
type cursor struct {
	lines *bufio.Scanner
	next  Sighting
	done  bool
}

// begin starts to read. What was not taken before now does not count.
func (h *History) begin(now time.Time) (*past, error) {
	p := &past{}
	if h == nil {
		return p, nil
	}
	for _, r := range h.runs {
		if r.at.After(now) {
			return nil, fmt.Errorf("history: it has a snapshot of %s, and it is %s now", r.at.Format(time.RFC3339), now.Format(time.RFC3339))
		}
		c := &cursor{lines: bufio.NewScanner(io.NewSectionReader(h.file, r.from, r.to-r.from))}
		const usual = 1 << 10
		c.lines.Buffer(make([]byte, 0, usual), maxLine)
		if err := c.step(); err != nil {
			return nil, err
		}
		p.cursors = append(p.cursors, c)
	}
	return p, nil
}

func (c *cursor) step() (err error) {
	if !c.lines.Scan() {
		c.done = true
		return c.lines.Err()
	}
	c.next, err = readSighting(c.lines.Bytes())
	return err
}

// of tells the story of a Mac. Macs have to be asked for in the order of their numbers.
func (p *past) of(id string) (*story, error) {
	s := &story{}
	if p.last != "" && len(p.cursors) > 0 && compareIDs(id, p.last) <= 0 {
		return nil, fmt.Errorf("the server lists Macs out of order: %s after %s", id, p.last)
	}
	p.last = id
	for _, c := range p.cursors {
		for !c.done && compareIDs(c.next.ID, id) < 0 { // it is not in the inventory any more
			if err := c.step(); err != nil {
				return nil, err
			}
		}
		if !c.done && c.next.ID == id {
			s.add(c.next)
		}
	}
	return s, nil
}
