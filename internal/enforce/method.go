package enforce

import (
	"slices"
	"strings"
	"time"
)

// Method is how an update gets installed.
type Method string

// The methods, by the names that the setting InstallMethod has for them.
const (
	ByTool        Method = "softwareupdate" // softwareupdate installs it in the background
	ByPerson      Method = "manual"         // the person installs it in Software Update, reminded by us
	ByDeclaration Method = "declarative"    // macOS enforces it itself, as a declaration of the management says
)

// Declaration is the Mac's own record of an update that macOS enforces. The zero Declaration is none.
type Declaration struct {
	Version string    `json:"version,omitempty"` // the macOS that it asks for; "15.7" stands for the newest of 15.7
	Build   string    `json:"build,omitempty"`   // empty where the declaration names none
	At      time.Time `json:"at,omitzero"`       // macOS enforces it then
	Padded  time.Time `json:"padded,omitzero"`   // later than that, where macOS has put it off
}

// None tells that there is no declaration.
func (d Declaration) None() bool { return d.Version == "" }

// covers tells whether macOS itself enforces an update.
func (d Declaration) covers(u Update) bool {
	if d.None() || !strings.HasPrefix(u.Title, "macOS ") {
		return false
	}
	if d.Version == u.Version || d.Build != "" && d.Build == u.Build {
		return true
	}
	rest, ok := strings.CutPrefix(u.Version, d.Version+".")
	return ok && !strings.Contains(rest, ".") // 15.7 asks for 15.7.2, and 15 for nothing in particular
}

// due is when macOS is to have enforced it.
func (d Declaration) due() time.Time {
	if d.Padded.After(d.At) {
		return d.Padded
	}
	return d.At
}

const (
	// declarationGrace is what macOS is given beyond its own date, or after a start of the Mac, before it is said that the
	// declaration came to nothing: macOS starts an hour after a start that came too late.
	declarationGrace = 2 * time.Hour
	// declarationLast is the end of patience, however often macOS has put its date off.
	declarationLast = 24 * time.Hour
)

// system tells whether an update is a part of macOS itself, which on Apple silicon only an owner of the Mac, or macOS,
// can install. The title and the restart decide; a label says nothing reliable.
func (u Update) system() bool { return u.Action != Stay || strings.HasPrefix(u.Title, "macOS ") }

// method is how an update gets installed under this policy, as things stand.
func (t *turn) method(u Update) Method {
	method := t.p.Packages
	if u.system() {
		method = t.p.System
	}
	switch {
	case t.p.Declarations && t.s.Declared.covers(u) && !t.s.Lapsed:
		return ByDeclaration
	case method == ByPerson, t.s.ByHand():
		return ByPerson
	default:
		return ByTool
	}
}

// pending lists the pending updates that are installed by one of the methods.
func (t *turn) pending(methods ...Method) []Update {
	var updates []Update
	for _, u := range t.s.Pending {
		for _, m := range methods {
			if t.method(u) == m {
				updates = append(updates, u)
			}
		}
	}
	return updates
}

// Methods tells of each pending update how it gets installed.
func Methods(p Policy, s State, now time.Time) []Method {
	t := turn{p: p, s: s, now: now}
	methods := make([]Method, len(s.Pending))
	for i, u := range s.Pending {
		methods[i] = t.method(u)
	}
	return methods
}

// declared takes up what the Mac's own record says. The deadline is never later than the date on which macOS enforces
// the update: then there is one date, and it is the earlier one.
func (t *turn) declared(d Declaration) {
	s := &t.s
	if d != s.Declared {
		s.Lapsed = s.Lapsed && d.Version == s.Declared.Version && d.Build == s.Declared.Build && d.At.Equal(s.Declared.At)
		s.Declared = d
	}
	if !s.Deadline.IsZero() && slices.ContainsFunc(s.Pending, d.covers) {
		t.bring(d.At, LimitDeclaration)
	}
}

// lapse tells whether the declaration, which has not lapsed before, has come to nothing. From then on the person is reminded.
func (t *turn) lapse() bool {
	s := &t.s
	d := s.Declared
	started := s.Clock.Boot.Add(declarationGrace)
	late := !t.now.Before(d.due().Add(declarationGrace)) && !t.now.Before(started) || !t.now.Before(d.At.Add(declarationLast))
	if late {
		s.Lapsed = true
		t.note("the declaration of macOS " + d.Version + " has come to nothing: its date is over, and the update is still offered")
	}
	return late
}
