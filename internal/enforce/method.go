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

// covers tells whether macOS itself enforces an update, or a later version, which makes the update needless.
func (d Declaration) covers(u Update) bool {
	if d.None() || !strings.HasPrefix(u.Title, "macOS ") {
		return false
	}
	if d.Version == u.Version || d.Build != "" && d.Build == u.Build || notAfter(u.Version, d.Version) {
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
	// declarationAwake is for how long the Mac has to have been awake since the date: until then macOS may not have noticed
	// that it is over.
	declarationAwake = time.Hour
	// declarationLast is the end of patience, however often macOS has put its date off: so long has the Mac been awake.
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
	declared := t.p.Declarations && t.s.Declared.covers(u)
	switch {
	case declared && !t.s.Lapsed:
		return ByDeclaration
	case method == ByPerson, (declared || t.s.ByHand()) && !t.alone:
		return ByPerson
	default:
		return ByTool
	}
}

// pending lists the pending updates that can be had and are installed by one of the methods.
func (t *turn) pending(methods ...Method) []Update {
	var updates []Update
	for _, u := range t.left() {
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

// declared takes up what the Mac's own record says. The deadline is never later than the date on which macOS restarts the
// Mac, for whatever update: then there is one date, and it is the earlier one.
func (t *turn) declared(d Declaration) {
	s := &t.s
	if d.Version != s.Declared.Version || d.Build != s.Declared.Build || !d.At.Equal(s.Declared.At) {
		s.Lapsed, s.Awaited = false, 0
	}
	s.Declared = d
	if d.Padded.After(t.now) && s.Awaited < declarationLast {
		s.Lapsed = false // macOS is at it again
	}
	if !s.Deadline.IsZero() && (slices.ContainsFunc(s.Pending, d.covers) || t.now.Before(d.At)) {
		t.bring(d.At, LimitDeclaration)
	}
}

// await counts the time that macOS has had since the date of the declaration. A Mac that slept had none.
func (t *turn) await() {
	if s := &t.s; !s.Declared.None() && !t.now.Before(s.Declared.At) && t.gap > 0 {
		s.Awaited += min(t.gap, t.now.Sub(s.Declared.At), t.p.Interval, declarationAwake)
	}
}

// lapse notes it where the declaration by which macOS may act has come to nothing. From then on the updates are left to the person.
func (t *turn) lapse() {
	s := &t.s
	if t.late() {
		s.Lapsed = true
		t.note("the declaration of macOS " + s.Declared.Version + " has come to nothing: its date is over, and the update is still offered")
	}
}

// late tells whether macOS has had all the time that it is given.
func (t *turn) late() bool {
	s := &t.s
	due, started := s.Declared.due().Add(declarationGrace), s.Clock.Boot.Add(declarationGrace)
	return !t.now.Before(due) && !t.now.Before(started) && s.Awaited >= declarationAwake || s.Awaited >= declarationLast
}

// acting tells whether macOS may restart the Mac at any moment, to enforce what is declared.
func (t *turn) acting() bool {
	d := t.s.Declared
	return t.p.Declarations && !d.None() && !t.s.Lapsed && !t.now.Add(shortestPrompt).Before(d.At)
}
