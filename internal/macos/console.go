package macos

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// shortly is the limit for tools that only look something up.
const shortly = 15 * time.Second

// Person is who is logged in at the console. The zero Person is nobody.
type Person struct {
	Name string
	UID  int
}

// Nobody tells that no person is logged in: the login window or Setup Assistant owns the console.
func (p Person) Nobody() bool {
	switch p.Name {
	case "", "root", "loginwindow", "_mbsetupuser":
		return true
	}
	return p.UID <= 0
}

// Console tells who is at the Mac.
type Console struct{ Host Host }

// Person asks scutil(8), which also knows people that were logged in automatically, and where it does not answer, the
// owner of /dev/console.
func (c Console) Person(ctx context.Context) (Person, error) {
	out, err := c.Host.Runner.Run(ctx, Command{
		Path: scutilPath, Stdin: "show State:/Users/ConsoleUser\n", Timeout: shortly,
	})
	if err == nil && !out.TimedOut {
		if person, ok := parseConsoleUser(out.Stdout); ok {
			return person, nil
		}
	}
	return c.owner(ctx)
}

// owner asks who owns /dev/console.
func (c Console) owner(ctx context.Context) (Person, error) {
	out, err := c.Host.Runner.Run(ctx, Command{Path: statPath, Args: []string{"-f%Su", "/dev/console"}, Timeout: shortly})
	if err != nil {
		return Person{}, fmt.Errorf("find console user: %w", err)
	}
	person := Person{Name: firstLine(out.Stdout), UID: 1}
	if person.Name == "" {
		return Person{}, fmt.Errorf("find console user: %w", out.failure(statPath))
	}
	if person.Nobody() {
		return Person{}, nil
	}
	out, err = c.Host.Runner.Run(ctx, Command{Path: idPath, Args: []string{"-u", person.Name}, Timeout: shortly})
	if err != nil {
		return Person{}, fmt.Errorf("find console user: %w", err)
	}
	person.UID, err = strconv.Atoi(firstLine(out.Stdout))
	if err != nil || person.UID < 0 {
		return Person{}, fmt.Errorf("find console user: id -u %q: %q is not a user id", person.Name, firstLine(out.Stdout))
	}
	return person, nil
}

// parseConsoleUser reads a dictionary as scutil prints it: keys and values apart by " : ", values to the end of the
// line, spaces included. Its own keys are indented by two spaces, those of sessions by more; braces do not tell, since
// a full name may hold one. The user is nobody while the session on the console is another's, as it is for the moment
// of a first login by fast user switching (known from kolide/launcher).
func parseConsoleUser(text string) (person Person, ok bool) {
	if strings.TrimSpace(text) == "No such key" {
		return Person{}, true
	}
	const outer = 2
	session, onConsole := 0, 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		body := strings.TrimLeft(line, " ")
		indent := len(line) - len(body)
		key, value, _ := strings.Cut(body, " : ")
		switch {
		case indent <= outer && key == "Name":
			person.Name, ok = value, true
		case indent <= outer && key == "UID":
			person.UID, _ = strconv.Atoi(value)
		case key == "kCGSSessionOnConsoleKey":
			session = 0
			if value == "TRUE" {
				session = 1
			}
		case key == "kCGSSessionUserIDKey" && session == 1:
			onConsole, _ = strconv.Atoi(value)
		}
	}
	if onConsole != 0 && onConsole != person.UID {
		return Person{}, ok
	}
	if person.Nobody() {
		return Person{}, ok
	}
	return person, ok
}

// firstLine returns the first line of a text, trimmed.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}
