package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
)

// painter colours words, on a terminal whose owner has not asked for none (https://no-color.org).
type painter struct{ on bool }

func newPainter(out io.Writer) painter { return painter{wanted(isTerminal(out))} }

// wanted tells whether colours are, by who has set up a terminal.
func wanted(terminal bool) bool {
	return terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func (p painter) paint(code int, text string) string {
	if !p.on {
		return text
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", code, text)
}

func (p painter) red(text string) string    { return p.paint(31, text) }
func (p painter) green(text string) string  { return p.paint(32, text) }
func (p painter) yellow(text string) string { return p.paint(33, text) }
func (p painter) dim(text string) string    { return p.paint(2, text) }

// harmless is a text of a server without the characters that a terminal would obey.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, text)
}
