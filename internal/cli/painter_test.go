package cli

import (
	"bytes"
	"testing"
)

func TestColoursAreForTerminalsWhoseOwnersWantThem(t *testing.T) {
	if newPainter(new(bytes.Buffer)).on {
		t.Error("a file is painted")
	}
	for name, row := range map[string]struct {
		noColor, term string
		want          bool
	}{
		"a terminal":                     {"", "xterm", true},
		"one whose owner wants none":     {"1", "xterm", false},
		"one that can show none":         {"", "dumb", false},
		"one with an empty NO_COLOR set": {"", "vt100", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("NO_COLOR", row.noColor)
			t.Setenv("TERM", row.term)
			if got := wanted(true); got != row.want {
				t.Error(got)
			}
		})
	}
	p := painter{on: true}
	if p.red("x") != "\x1b[31mx\x1b[0m" || (painter{}).red("x") != "x" {
		t.Error(p.red("x"))
	}
}

func TestWhatAServerSaysCannotSteerATerminal(t *testing.T) {
	if got := harmless("a\x1b[31mb\rc\u202ed\n\te\u009b"); got != "a[31mbcd\n\te" {
		t.Errorf("%q", got)
	}
}
