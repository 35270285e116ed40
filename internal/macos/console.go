package macos

import (
	"context"
	"errors"
	"fmt"
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
	case "", "root", "loginwindow", setupUser:
		return true
	}
	return p.UID <= 0
}

// Console tells who is at the Mac.
type Console struct{ Host Host }

// Person asks scutil(8), which also knows people that were logged in automatically, and where it does not answer, the
// owner of /dev/console.
func (c Console) Person(ctx context.Context) (Person, error) {
	s, err := c.sessions(ctx)
	if err != nil {
		return Person{}, fmt.Errorf("find console user: %w", err)
	}
	return s.Person, nil
}

// errHidden is that nobody owns the console, which says nothing about who is logged in behind the login window.
var errHidden = errors.New("scutil does not say who is logged in behind the login window")

// errNoUserID does not say whose, since no line of the log names a person.
var errNoUserID = errors.New("id -u does not print the user id of who owns /dev/console")

// owner asks who owns /dev/console. That is root at the login window, whether or not people are logged in behind it.
func (c Console) owner(ctx context.Context) (Sessions, error) {
	out, err := c.Host.Runner.Run(ctx, Command{Path: statPath, Args: []string{"-f%Su", "/dev/console"}, Timeout: shortly})
	if err != nil {
		return Sessions{}, err
	}
	person := Person{Name: firstLine(out.Stdout), UID: 1}
	if person.Name == "" {
		return Sessions{}, out.failure(statPath)
	}
	switch {
	case person.Name == setupUser:
		return Sessions{Setup: true}, nil
	case person.Nobody():
		return Sessions{}, errHidden
	}
	out, err = c.Host.Runner.Run(ctx, Command{Path: idPath, Args: []string{"-u", person.Name}, Timeout: shortly})
	if err != nil {
		return Sessions{}, err
	}
	var known bool
	if person.UID, known = userID(firstLine(out.Stdout)); !known || person.UID < 0 {
		return Sessions{}, errNoUserID // what it printed may hold the name
	}
	if person.Nobody() {
		return Sessions{}, errHidden
	}
	return Sessions{Person: person}, nil
}

// firstLine returns the first line of a text, trimmed.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}
