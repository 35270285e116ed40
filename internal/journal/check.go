package journal

import (
	"fmt"
	"strings"
)

// Check is what reading a journal has shown.
type Check struct {
	Lines  []Line // those that are good, up to the first that is not
	Torn   int    // lines that a crash has cut off while they were written: nothing is wrong with these
	Broken string // where and why the chain breaks; empty if it is whole
}

// Head is where the good part of the journal ends.
func (c Check) Head() Head {
	if len(c.Lines) == 0 {
		return Head{}
	}
	return c.Lines[len(c.Lines)-1].Head
}

// Passes tells whether the journal passes through a head that was noted earlier. One that is older than the first line,
// which was rotated away, cannot be told and passes.
func (c Check) Passes(h Head) bool {
	if h.N == 0 || len(c.Lines) > 0 && h.N < c.Lines[0].N {
		return true
	}
	for _, l := range c.Lines {
		if l.N == h.N {
			return l.Hash == h.Hash
		}
	}
	return false
}

// Read reads a journal from its parts, the oldest first: a journal that has grown is continued in a new file, and a
// crash in between may have left the same lines in both. The first line need not be the first ever.
func Read(parts ...[]byte) Check {
	var c Check
	for _, part := range parts {
		rows := strings.Split(string(part), "\n")
		for i, row := range rows {
			ended := i < len(rows)-1
			switch {
			case c.Broken != "":
				return c
			case row == "":
			default:
				c.row(row, ended)
			}
		}
	}
	return c
}

// row takes in one row of text. A row that cannot be read may be a torn line: if so it is the last, or the next line
// follows the one before it as if it were not there.
func (c *Check) row(row string, ended bool) {
	line, err := parse(row)
	last := c.Head()
	switch {
	case err != nil && (!ended || isPart(row)):
		c.Torn++
	case err != nil:
		c.Broken = fmt.Sprintf("the line after line %d %v", last.N, err)
	case last.N > 0 && line.N <= last.N && c.Passes(line.Head): // left twice by a crash while the journal was rotated
	case last.N > 0 && line.N != last.N+1:
		c.Broken = fmt.Sprintf("line %d follows line %d", line.N, last.N)
	case last.N > 0 && line.Prev != last.Hash:
		c.Broken = fmt.Sprintf("line %d does not follow the line %d that is there", line.N, last.N)
	case last.N == 0 && line.N == 1 && line.Prev != "":
		c.Broken = "line 1 is not the first"
	default:
		c.Lines = append(c.Lines, line)
	}
}

// isPart tells whether a row is the beginning of a line, cut off before its end.
func isPart(row string) bool {
	return strings.HasPrefix(row, `{"n":`) && !strings.HasSuffix(row, `"}`)
}
