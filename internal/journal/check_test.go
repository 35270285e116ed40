package journal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/journal"
)

// forged makes a line out of anything, with the hash that it should have: who can write the file can do so.
func forged(body string) (line, hash string) {
	digest := sha256.Sum256([]byte(body))
	hash = hex.EncodeToString(digest[:])
	return body + `,"hash":"` + hash + "\"}\n", hash
}

// chain makes lines of numbers and previous hashes; an empty text stands for the hash of the line before.
func chain(links ...string) string {
	var text, hash string
	for _, link := range links {
		number, prev, given := strings.Cut(link, " ")
		if !given {
			prev = hash
		}
		var line string
		line, hash = forged(fmt.Sprintf(`{"n":%s,"prev":"%s","what":"x"`, number, prev))
		text += line
	}
	return text
}

func TestALineThatWasForgedShows(t *testing.T) {
	for _, row := range []struct {
		name, text string
		broken     string // the beginning of it; empty where nothing shows
		lines      int
	}{
		{"a chain is whole", chain("1", "2", "3"), "", 3},
		{"also if its beginning was rotated away", chain("7 0123", "8", "9"), "", 3},
		{"what goes before the first line is nothing", chain("1 0123"), "line 1 is not the first", 0},
		{"the second line may go after anything", chain("2 0123"), "", 1},
		{"a line is left out", chain("1", "3"), "line 3 follows line 1", 1},
		{"a line is put in", chain("1", "2", "2"), "line 2 follows line 2", 2},
		{"a line from before the first may have been rotated away", chain("3 01", "4", "2"), "", 2},
		{"a line comes after another one", chain("1", "2 0123"), "line 2 does not follow the line 1 that is there", 1},
		{"a line in the middle does", chain("5 01", "6", "7 0123", "8"), "line 7 does not follow the line 6 that is there", 2},
		{"numbers begin with one", chain("0"), "the line after line 0 is none that this program writes", 0},
		{"and are numbers", chain("x"), "the line after line 0 is none that this program writes", 0},
		{"numbers are not negative", chain("1", "-2"), "the line after line 1 is none that this program writes", 1},
		{"numbers are not beyond all counting", chain("99999999999999999999"), "the line after line 0 is none that this program writes", 0},
		{"a line is more than its hash", mustForge(""), "the line after line 0 is none that this program writes", 0},
		{"a line has a number", mustForge(`{"prev":"","what":"x"`), "the line after line 0 is none that this program writes", 0},
		{"a line goes after one", mustForge(`{"n":1,"what":"x"`), "the line after line 0 is none that this program writes", 0},
		{"and says which", mustForge(`{"n":1,"prev":"`), "the line after line 0 is none that this program writes", 0},
		{"a line is an object", mustForge(`1,"prev":"","what":"x"`), "the line after line 0 is none that this program writes", 0},
		{"of fields alone", mustForge(`{"n":1,"prev":"",what`), "the line after line 0 is none that this program writes", 0},
		{"whose number is one of JSON", mustForge(`{"n":+1,"prev":"","what":"x"`), "the line after line 0 is none that this program writes", 0},
		{"a line has a hash", `{"n":1,"prev":"","what":"x"}` + "\n", "the line after line 0 is not complete", 0},
		{"a line has a hash, and ends with it", strings.TrimSuffix(chain("1"), "\"}\n") + "\n", "", 0},
		{"what stands alone is no line", "hash\n", "the line after line 0 is not complete", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := journal.Read([]byte(row.text))
			if (c.Broken == "") != (row.broken == "") || !strings.HasPrefix(c.Broken, row.broken) || len(c.Lines) != row.lines {
				t.Errorf("broken %q, %d lines, %d torn", c.Broken, len(c.Lines), c.Torn)
			}
		})
	}
}

func mustForge(body string) string {
	line, _ := forged(body)
	return line
}

func TestWhatACrashHasCutOffIsTornAndNothingElse(t *testing.T) {
	first, second := chain("1"), strings.TrimPrefix(chain("1", "2"), chain("1"))
	for _, row := range []struct {
		name, text  string
		torn, lines int
		broken      bool
	}{
		{"the last line without its end is a line", first + strings.TrimSuffix(second, "\n"), 0, 2, false},
		{"the last line is cut within its hash", first + second[:len(second)-9], 1, 1, false},
		{"the last line is cut in its first letter", first + "{", 1, 1, false},
		{"whatever stands at the end without a line end", first + "hello", 1, 1, false},
		{"a line is cut, and the next stands on a line of its own", first + second[:20] + "\n" + second, 1, 2, false},
		{"a line is cut before it has a number", first + "{\"\n" + second, 0, 1, true},
		{"a word between lines is none of ours", first + "hello\n" + second, 0, 1, true},
		{"a line that is changed and whole", first + strings.Replace(second, "x", "y", 1), 0, 1, true},
		{"empty lines are nothing", first + "\n\n" + second + "\n", 0, 2, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := journal.Read([]byte(row.text))
			if c.Torn != row.torn || len(c.Lines) != row.lines || (c.Broken != "") != row.broken {
				t.Errorf("%d torn, %d lines, broken %q", c.Torn, len(c.Lines), c.Broken)
			}
		})
	}
}

func TestWhatIsLeftTwiceByARotationIsReadOnce(t *testing.T) {
	whole := chain("1", "2", "3", "4")
	half := chain("1", "2", "3")
	if c := journal.Read([]byte(half), []byte(whole)); c.Broken != "" || len(c.Lines) != 4 {
		t.Errorf("broken %q, %d lines", c.Broken, len(c.Lines))
	}
	if c := journal.Read([]byte(chain("1")), []byte(half)); c.Broken != "" || len(c.Lines) != 3 {
		t.Errorf("a single line: broken %q, %d lines", c.Broken, len(c.Lines))
	}
	other := chain("1", "2", "3 0123")
	if c := journal.Read([]byte(whole), []byte(other)); c.Broken != "line 3 follows line 4" {
		t.Errorf("another line 3: broken %q", c.Broken)
	}
}

func TestARecordIsWrittenAsItIs(t *testing.T) {
	line, _, err := journal.Next(journal.Head{}, map[string]string{"what": "<a> & b"})
	if err != nil || !strings.Contains(string(line), `"<a> & b"`) {
		t.Errorf("%s, %v", line, err)
	}
	if _, _, err := journal.Next(journal.Head{}, func() {}); err == nil || !strings.Contains(err.Error(), "unsupported type") {
		t.Errorf("what cannot be written: %v", err)
	}
}

func TestAHeadIsPassedOrWasRotatedAway(t *testing.T) {
	c := journal.Read([]byte(chain("5 0123")))
	first := c.Head()
	for _, row := range []struct {
		name string
		head journal.Head
		want bool
	}{
		{"that of an empty journal", journal.Head{}, true},
		{"one from before the only line", journal.Head{N: 4, Hash: "x"}, true},
		{"the first line itself", first, true},
		{"another first line", journal.Head{N: 5, Hash: "x"}, false},
		{"one that is yet to come", journal.Head{N: 6, Hash: "x"}, false},
	} {
		if got := c.Passes(row.head); got != row.want {
			t.Errorf("%s: %t", row.name, got)
		}
	}
}
