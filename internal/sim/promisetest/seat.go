package promisetest

import "strings"

// seating is who is logged in and who is at the console, as far as the journal tells.
type seating struct {
	main, other bool // logged in
	away        bool // the login window is at the console, or the other person
	window      bool // it is the login window
}

// taken tells whether somebody is at the console.
func (s seating) taken() bool {
	switch {
	case s.window:
		return false
	case s.away:
		return s.other
	default:
		return s.main
	}
}

// person is one of the people who may be at the console.
type person int

const (
	noPerson person = iota
	mainPerson
	otherPerson
)

// who tells who is at the console.
func (s seating) who() person {
	switch {
	case !s.taken():
		return noPerson
	case s.away:
		return otherPerson
	default:
		return mainPerson
	}
}

// apart tells whether nobody is at the console, and somebody is logged in.
func (s seating) apart() bool { return !s.taken() && (s.main || s.other) }

// follow takes in what the journal says of people and of the Mac.
func (s *seating) follow(text string) {
	is := func(begin string) bool { return strings.HasPrefix(text, begin) }
	switch {
	case is("The Mac has started"):
		*s = seating{}
	case is("logs in"):
		s.main = true
	case is("logs out") && s.away && !s.window:
		s.other, s.window = false, true
	case is("logs out"):
		s.main = false
	case is("leaves the Mac to"):
		s.other, s.away, s.window = true, true, false
	case is("goes to the login window"):
		s.away, s.window = true, true
	case is("is back at the Mac"):
		s.away, s.window = false, false
	}
}
