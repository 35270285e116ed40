package jamftest

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Lifecycle is a simple model of what an update enforcer does on a Mac once it is installed: it asks, is deferred, asks
// again, and at the deadline at the latest it installs. The states are what a text attribute says of it; a date attribute
// says the deadline, and a whole number the deferrals so far.
type Lifecycle struct {
	Absent    string // "Not installed"
	Prompting string // "Prompting"
	Deferred  string // "Deferred"
	Enforcing string // "Enforcing"
	Compliant string // "Compliant"
	Failed    string // "Failed: 1"

	Prompt   time.Duration // how long a prompt stands before it is deferred; 0 is 20 minutes
	Deferral time.Duration // from one prompt to the next; 0 is 4 hours
	Deadline time.Duration // from the first prompt; 0 is 72 hours
	Install  time.Duration // how long an installation takes; 0 is 40 minutes
	Agree    float64       // share of prompts that people agree to; 0 is 0.15, less than 0 is none

	Target Release // what a Mac runs in the end; without a version it keeps what it runs

	// Leaves says that it removes itself when it is done, after it has told so once, and does so at once on a Mac that runs
	// Target already.
	Leaves bool
	// Says is what a text attribute says in a state; nil is the state itself.
	Says func(state string, a Attribute) string
}

func (l Lifecycle) withDefaults() Lifecycle {
	l.Absent = cmp.Or(l.Absent, "Not installed")
	l.Prompting = cmp.Or(l.Prompting, "Prompting")
	l.Deferred = cmp.Or(l.Deferred, "Deferred")
	l.Enforcing = cmp.Or(l.Enforcing, "Enforcing")
	l.Compliant = cmp.Or(l.Compliant, "Compliant")
	l.Failed = cmp.Or(l.Failed, "Failed: 1")
	l.Prompt = cmp.Or(l.Prompt, 20*time.Minute)
	l.Deferral = cmp.Or(l.Deferral, 4*time.Hour)
	l.Deadline = cmp.Or(l.Deadline, 72*time.Hour)
	l.Install = cmp.Or(l.Install, 40*time.Minute)
	l.Agree = cmp.Or(l.Agree, 0.15)
	return l
}

// life is that of an enforcer on one Mac. All that will happen is drawn when it begins.
type life struct {
	began time.Time
	asked int // the prompt that the person agrees to, from 0; past the deadline if to none
}

// begin starts a life, unless there is one.
func (m *machine) begin(l Lifecycle, at time.Time) {
	if m.life != nil || l.Leaves && m.live.Version == l.Target.Version {
		return
	}
	m.life = &life{began: at}
	for m.random.Float64() >= l.Agree && time.Duration(m.life.asked)*l.Deferral < l.Deadline {
		m.life.asked++
	}
}

// enforced is when the installation starts, from the beginning.
func (f *life) enforced(l Lifecycle) time.Duration {
	return min(time.Duration(f.asked)*l.Deferral, l.Deadline)
}

// state is what an enforcer does at a time.
func (m *machine) state(l Lifecycle, at time.Time) string {
	if m.life == nil {
		return l.Absent
	}
	since, enforced := at.Sub(m.life.began), m.life.enforced(l)
	switch {
	case since >= enforced+l.Install && m.live.Failing:
		return l.Failed
	case since >= enforced+l.Install:
		return l.Compliant
	case since >= enforced:
		return l.Enforcing
	case since%l.Deferral < l.Prompt:
		return l.Prompting
	}
	return l.Deferred
}

// grow lets a life have its effect on the Mac.
func (m *machine) grow(l Lifecycle, at time.Time) {
	if l.Target.Version != "" && m.state(l, at) == l.Compliant {
		m.live.Version, m.live.Build, m.live.Supplemental = l.Target.Version, l.Target.Build, l.Target.Build
	}
}

// evaluate is what an attribute says of a life.
func (m *machine) evaluate(l Lifecycle, a Attribute, at time.Time) string {
	switch a.DataType {
	case "DATE":
		if m.life == nil {
			return ""
		}
		return date(m.life.began.Add(l.Deadline))
	case "INTEGER":
		if m.life == nil {
			return ""
		}
		passed := min(at.Sub(m.life.began), m.life.enforced(l))
		return strconv.Itoa(int(passed / l.Deferral))
	}
	state := m.state(l, at)
	if l.Says != nil {
		return l.Says(state, a)
	}
	return state
}

// Installation is a package that a policy installs.
type Installation struct {
	Policy  string
	Package string // its name
	File    string
	At      time.Time
}

// ScriptRun is a script that a policy runs.
type ScriptRun struct {
	Policy     string
	Script     string    // its name
	Contents   string    // the script
	Parameters [8]string // 4 to 11
	At         time.Time
}

// errFile is why a policy fails whose package is not there, or not what its record says.
var errFile = errors.New("package could not be found")

// install does what installing a package does.
func (s *Server) install(m *machine, p Installation) error {
	if s.options.Install != nil {
		if err := s.options.Install(&m.live, p); err != nil {
			return err
		}
	} else {
		m.begin(s.options.Lifecycle, p.At)
	}
	m.live.receipt(p.File)
	return nil
}

// runScript does what running a script does.
func (s *Server) runScript(m *machine, r ScriptRun) error {
	if s.options.Script != nil {
		return s.options.Script(&m.live, r)
	}
	if strings.Contains(strings.ToLower(r.Script), "uninstall") {
		m.life = nil
	}
	return nil
}
