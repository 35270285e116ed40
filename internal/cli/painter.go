package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
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

// confirm asks a person at a terminal. Elsewhere nobody can be asked, and has to say so beforehand.
func (o *jamfOptions) confirm(ctx context.Context, question string) error {
	if o.yes {
		return nil
	}
	in, out := o.command.InOrStdin(), o.command.ErrOrStderr()
	file, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return usagef("say --yes where nobody can be asked", "not confirmed: %s", question)
	}
	_, _ = fmt.Fprintf(out, "%s Write yes to go on: ", question)
	if strings.ToLower(answer(ctx, file)) != "yes" {
		return usagef("", "not confirmed: nothing was changed")
	}
	return nil
}

// answer is the line that somebody writes, or nothing if that is interrupted. The reading goes on then until the program
// ends, since a terminal cannot be asked to stop.
func answer(ctx context.Context, from io.Reader) string {
	written := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(from).ReadString('\n')
		if err != nil {
			line = ""
		}
		written <- strings.TrimSpace(line)
	}()
	select {
	case line := <-written:
		return line
	case <-ctx.Done():
		return ""
	}
}
