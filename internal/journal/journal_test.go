package journal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/journal"
)

type record struct {
	What string `json:"what"`
	Note string `json:"note,omitempty"`
}

// written is a journal of n lines, and its head.
func written(t testing.TB, n int) (lines [][]byte, head journal.Head) {
	t.Helper()
	for i := range n {
		line, next, err := journal.Next(head, record{What: fmt.Sprintf("step %d", i), Note: `<a "b", {c}>,"hash":"x`})
		if err != nil {
			t.Fatal(err)
		}
		lines, head = append(lines, line), next
	}
	return lines, head
}

func join(lines [][]byte) []byte { return bytes.Join(lines, nil) }

func TestWhatIsWrittenIsWhole(t *testing.T) {
	lines, head := written(t, 5)
	c := journal.Read(join(lines))
	if c.Broken != "" || c.Torn != 0 || len(c.Lines) != 5 || c.Head() != head || !c.Passes(head) {
		t.Errorf("%+v", c)
	}
	for _, line := range c.Lines {
		if !json.Valid(line.Raw) {
			t.Errorf("%s is not JSON", line.Raw)
		}
	}
	if text := head.String(); len(text) != len("5-")+12 || !strings.HasPrefix(head.Hash, text[2:]) {
		t.Errorf("the head is %q", text)
	}
	if text := (journal.Head{}).String(); text != "0" {
		t.Errorf("the head of none is %q", text)
	}
}

func TestALineIsOneObjectThatKeepsItsFields(t *testing.T) {
	line, _, err := journal.Next(journal.Head{}, record{What: "a\nb", Note: "c"})
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(line, &fields); err != nil {
		t.Fatal(err)
	}
	if fields["what"] != "a\nb" || fields["note"] != "c" || fields["n"] != 1.0 || fields["prev"] != "" || bytes.Count(line, []byte("\n")) != 1 {
		t.Errorf("%q", fields)
	}
}

func TestRecordsThatAreNoObjectsAreRefused(t *testing.T) {
	for _, bad := range []any{nil, 1, "text", []int{1}, struct{}{}, make(chan int)} {
		if _, head, err := journal.Next(journal.Head{N: 3}, bad); err == nil || head.N != 3 {
			t.Errorf("%T: %v, %v", bad, head, err)
		}
	}
}

func TestRead(t *testing.T) {
	lines, head := written(t, 6)
	changed := func(at int, from, to string) [][]byte {
		copied := append([][]byte{}, lines...)
		copied[at] = bytes.Replace(copied[at], []byte(from), []byte(to), 1)
		return copied
	}
	for name, row := range map[string]struct {
		parts  [][]byte
		broken string // the beginning of it
		torn   int
		lines  int
	}{
		"nothing":                        {nil, "", 0, 0},
		"an empty file":                  {[][]byte{{}}, "", 0, 0},
		"two parts":                      {[][]byte{join(lines[:2]), join(lines[2:])}, "", 0, 6},
		"the first part is gone":         {[][]byte{join(lines[2:])}, "", 0, 4},
		"left in both by a crash":        {[][]byte{join(lines[:4]), join(lines)}, "", 0, 6},
		"a part between two is gone":     {[][]byte{join(lines[:2]), join(lines[3:])}, "line 4 follows line 2", 0, 2},
		"the last line is cut":           {[][]byte{join(lines)[:len(join(lines))-20]}, "", 1, 5},
		"a cut line, and its successor":  {[][]byte{join(lines[:5]), lines[5][:30], []byte("\n"), lines[5]}, "", 1, 6},
		"a word is changed":              {[][]byte{join(changed(3, "step", "stop"))}, "the line after line 3 is not what was written", 0, 3},
		"a hash is changed":              {[][]byte{join(changed(3, `"hash":"`, `"hash":"0`))}, "the line after line 3 is not", 0, 3},
		"the last line says another end": {[][]byte{join(changed(5, "step", "stop"))}, "the line after line 5 is not", 0, 5},
		"a line is not JSON":             {[][]byte{join(lines[:3]), []byte("hello\n"), join(lines[3:])}, "the line after line 3 is not complete", 0, 3},
		"a line is there twice":          {[][]byte{join(lines[:3]), lines[2], join(lines[3:])}, "", 0, 6},
	} {
		t.Run(name, func(t *testing.T) {
			c := journal.Read(row.parts...)
			if !strings.HasPrefix(c.Broken, row.broken) || (c.Broken == "") != (row.broken == "") || c.Torn != row.torn || len(c.Lines) != row.lines {
				t.Errorf("broken %q, %d torn, %d lines", c.Broken, c.Torn, len(c.Lines))
			}
			if c.Broken == "" && row.lines == 6 && c.Head() != head {
				t.Errorf("head %v", c.Head())
			}
		})
	}
}

func TestAJournalWrittenAnewDoesNotPassThroughTheHead(t *testing.T) {
	lines, head := written(t, 4)
	forged, _, err := journal.Next(journal.Head{}, record{What: "nothing ever happened"})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"written anew": forged, "empty": nil, "cut": join(lines[:3])} {
		if c := journal.Read(data); c.Broken != "" || c.Passes(head) {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if c := journal.Read(join(lines[2:])); !c.Passes(journal.Head{N: 1, Hash: "whatever"}) {
		t.Error("a head that was rotated away does not pass")
	}
}

// Whatever byte is changed, whatever lines are removed, doubled or exchanged: it shows, in the chain or at its head.
func TestNoChangeGoesUnnoticed(t *testing.T) {
	lines, head := written(t, 7)
	whole := string(join(lines))
	rapid.Check(t, func(t *rapid.T) {
		var data string
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			at := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
			data = whole[:at] + string(rune(rapid.IntRange(1, 127).Draw(t, "byte"))) + whole[at+1:]
		case 1:
			from := rapid.IntRange(0, len(whole)-1).Draw(t, "from")
			data = whole[:from] + whole[rapid.IntRange(from, len(whole)).Draw(t, "to"):]
		case 2:
			order := rapid.SliceOfN(rapid.IntRange(0, len(lines)-1), 0, 9).Draw(t, "order")
			for _, i := range order {
				data += string(lines[i])
			}
		}
		c := journal.Read([]byte(data))
		same := c.Head() == head && len(c.Lines) > 0
		for i, l := range c.Lines {
			same = same && string(l.Raw)+"\n" == string(lines[len(lines)-len(c.Lines)+i])
		}
		if c.Broken == "" && c.Passes(head) && !same {
			t.Fatalf("unnoticed: %q", data)
		}
	})
}

func FuzzRead(f *testing.F) {
	lines, _ := written(f, 3)
	f.Add(join(lines), []byte{})
	f.Add(join(lines[:1]), join(lines[1:]))
	f.Add([]byte("{\"n\":1,\"prev\":\"\",\"hash\":\"\"}\n"), []byte("\n\n{"))
	f.Add([]byte(mustForge(`1,"prev":"","what":"x"`)), []byte(mustForge(`{"n":2,"prev":"",what`)))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		c := journal.Read(one, two)
		for i, l := range c.Lines {
			if i > 0 && (l.N != c.Lines[i-1].N+1 || l.Prev != c.Lines[i-1].Hash) {
				t.Errorf("line %d does not follow", l.N)
			}
			if !bytes.Contains(one, l.Raw) && !bytes.Contains(two, l.Raw) || !json.Valid(l.Raw) {
				t.Errorf("line %d is not in the text, or no object: %q", l.N, l.Raw)
			}
		}
		var good []byte // what was read, written again, is read as the same, with nothing amiss
		for _, l := range c.Lines {
			good = append(append(good, l.Raw...), '\n')
		}
		again := journal.Read(good)
		if again.Broken != "" || again.Torn != 0 || len(again.Lines) != len(c.Lines) || again.Head() != c.Head() || !again.Passes(c.Head()) {
			t.Errorf("%+v, and read again %+v", c, again)
		}
	})
}
