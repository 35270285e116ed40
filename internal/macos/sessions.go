package macos

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Sessions is who is logged in, and how.
type Sessions struct {
	Person Person // who is at the console; nobody at the login window, during Setup Assistant, and while people change
	Others int    // people who are logged in and not at the console
	Setup  bool   // Setup Assistant is at the console
	Locked bool   // the person's screen is locked
	Remote bool   // nobody is at the console, and yet somebody is logged in: see [Console.Sessions]
}

// Sessions asks scutil(8) who is logged in, and where somebody is at the console, ioreg(8) whether the screen is locked.
// Where scutil does not answer, the owner of /dev/console is all that is known, and it is an error if that is nobody, as
// people may be logged in behind the login window. A lock that cannot be told is none.
//
// Remote people are either such who share the screen from afar in a session of their own, or such who have gone to
// the login window and left their programs running. Which of the two it is, scutil does not say; nobody is in front of
// the Mac in either case.
func (c Console) Sessions(ctx context.Context) (Sessions, error) {
	s, err := c.sessions(ctx)
	if err != nil {
		return Sessions{}, fmt.Errorf("find console user: %w", err)
	}
	if !s.Person.Nobody() {
		s.Locked = c.locked(ctx)
	}
	return s, nil
}

// Behind tells whether a person is logged in and not at the console: they have gone to the login window, or left the Mac to
// somebody else, and are still logged in. Where that cannot be told, they are not.
func (c Console) Behind(ctx context.Context, person Person) bool {
	out, err := c.Host.Runner.Run(ctx, Command{
		Path: scutilPath, Stdin: "show State:/Users/ConsoleUser\n", Timeout: shortly,
	})
	if err != nil || out.TimedOut {
		return false
	}
	_, list, _ := readSessions(out.Stdout)
	return slices.ContainsFunc(list, func(e session) bool {
		return !e.on && e.done && e.person.UID == person.UID && !e.person.Nobody()
	})
}

func (c Console) sessions(ctx context.Context) (Sessions, error) {
	out, err := c.Host.Runner.Run(ctx, Command{
		Path: scutilPath, Stdin: "show State:/Users/ConsoleUser\n", Timeout: shortly,
	})
	if err == nil && !out.TimedOut {
		if s, ok := parseSessions(out.Stdout); ok {
			return s, nil
		}
	}
	return c.owner(ctx)
}

// locked tells whether the screen is. The key is there only while it is locked; this rests on captures of public tools.
func (c Console) locked(ctx context.Context) bool {
	out, err := c.Host.Runner.Run(ctx, Command{Path: ioregPath, Args: []string{"-n", "Root", "-d1"}, Timeout: shortly})
	return err == nil && registrySays(consoleSession(out.Stdout), "CGSSessionScreenIsLocked")
}

// setupUser is the account under which Setup Assistant runs.
const setupUser = "_mbsetupuser"

// session is one entry of SessionInfo.
type session struct {
	person Person
	on     bool // the console is its
	done   bool // the login is complete
}

// parseSessions reads a dictionary as scutil prints it: keys and values apart by " : ", values to the end of the line,
// spaces included. Its own keys are indented by two spaces, sessions by four and their keys by six; braces do not tell,
// since a full name may hold one. The person is nobody while the session on the console is another's, as it is for the
// moment of a first login by fast user switching (known from kolide/launcher).
func parseSessions(text string) (s Sessions, ok bool) {
	owner, list, ok := readSessions(text)
	if !ok {
		return Sessions{}, false
	}
	return Sessions{Person: owner}.among(list), true
}

// readSessions reads who owns the console, and all sessions.
func readSessions(text string) (owner Person, list []session, ok bool) {
	switch {
	case strings.TrimSpace(text) == "No such key":
		return Person{}, nil, true
	case strings.HasPrefix(strings.TrimSpace(text), "<dictionary> {") && !strings.HasSuffix(strings.TrimRight(text, " \t\r\n"), "\n}"):
		return Person{}, nil, false // cut off: who has no user id yet is not nobody
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		body := strings.TrimLeft(line, " ")
		key, value, _ := strings.Cut(body, " : ")
		switch indent := len(line) - len(body); {
		case indent <= 2 && key == "Name":
			owner.Name, ok = value, true
		case indent <= 2 && key == "UID":
			var known bool
			if owner.UID, known = userID(value); !known {
				return Person{}, nil, false
			}
		case indent == 4 && value == "<dictionary> {":
			list = append(list, session{done: true})
		case indent > 2 && len(list) > 0:
			if !list[len(list)-1].read(key, value) {
				return Person{}, nil, false
			}
		}
	}
	return owner, list, ok
}

// userID reads a user id. What is none is a person that is not known, which is not nobody.
func userID(text string) (id int, ok bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return int(n), err == nil && n <= math.MaxUint32
}

// read reads a key of a session, and tells whether it could be. Some captures hold no more than the first three.
func (e *session) read(key, value string) (ok bool) {
	ok = true
	switch key {
	case "kCGSSessionOnConsoleKey":
		e.on = value == "TRUE"
	case "kCGSSessionUserIDKey":
		e.person.UID, ok = userID(value)
	case "kCGSSessionUserNameKey":
		e.person.Name = value
	case "kCGSessionLoginDoneKey":
		e.done = value == "TRUE"
	}
	return ok
}

// among completes what the dictionary says by the sessions that it lists.
func (s Sessions) among(list []session) Sessions {
	s.Setup = s.Person.Name == setupUser
	for _, e := range list {
		s.Setup = s.Setup || e.on && e.person.Name == setupUser
		if e.on && e.person.UID != 0 && e.person.UID != s.Person.UID {
			s.Person = Person{}
		}
	}
	if s.Person.Nobody() || hasControl(s.Person.Name) { // no account is called so
		s.Person = Person{}
	}
	for _, e := range list {
		if !e.on && e.done && !e.person.Nobody() && e.person.UID != s.Person.UID {
			s.Others++
		}
	}
	s.Remote = s.Person.Nobody() && !s.Setup && s.Others > 0
	return s
}
