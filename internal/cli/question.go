package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"
)

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

// askSecret has something typed that the terminal does not show. An interrupt ends that, and the terminal shows again what is
// typed: it would not if the program just ended.
func askSecret(terminal *os.File, prompt io.Writer, question string) (string, error) {
	fd := int(terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	_, _ = fmt.Fprint(prompt, question)
	defer func() { _, _ = fmt.Fprintln(prompt) }()
	type typing struct {
		text []byte
		err  error
	}
	typed := make(chan typing, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		typed <- typing{text, err}
	}()
	select {
	case t := <-typed:
		return string(t.text), t.err
	case <-ctx.Done():
		return "", errors.Join(errors.New("interrupted"), term.Restore(fd, before))
	}
}
