package jamftest

import (
	"slices"
	"time"
)

// Options say what a server is like. The zero value is a server of version 11.30.1 with two nodes, one API client that
// may do everything, and no Macs.
type Options struct {
	Version string        // of Jamf Pro; empty is 11.30.1. What came later is not there: 404
	Start   time.Time     // of the virtual clock; zero is CommonStart
	Seed    uint64        // of everything that is random
	Nodes   int           // behind the sticky cookie; 0 is 2
	Lag     time.Duration // until a write on one node is seen on the others; 0 is a minute
	Clients []Client      // none is one with ClientID, ClientSecret and all privileges
	Users   []User        // who sign in with a password
	Off     []Behaviour   // what is switched off

	NeedMobile    bool          // creating update plans needs the privileges for mobile devices, too: not known, if a real server asks for them
	NullSections  bool          // sections of the inventory that were not asked for are null, not absent, as in the schema: not known
	TextDecoded   bool          // a profile as text, not in CDATA, is not decoded once more: sources disagree
	FileShare     bool          // the principal distribution point is a file share: packages cannot be uploaded
	Transfer      time.Duration // from the end of an upload until the file is there; 0 is a minute
	Settle        time.Duration // from then until a node knows without being told to look; 0 is two minutes
	ToggleDelay   time.Duration // until the toggle for update plans has moved; 0 is 30 seconds
	PlanStep      time.Duration // how long a plan stays in a state of passage; 0 is 30 seconds
	UpdateTime    time.Duration // how long a Mac takes to install what a plan forces; 0 is 40 minutes
	MacOSReleases []Release     // that Apple offers, for update plans; none is those of Releases

	Fleet     Fleet
	Macs      []Mac         // that are there besides, as by AddMac
	CheckIn   time.Duration // between the check-ins of a Mac; 0 is 15 minutes
	Recon     time.Duration // between the inventory updates of a Mac that has nothing to tell; 0 is a day
	Lifecycle Lifecycle

	// What follows is called while the server is locked, so it must not ask the server anything.

	// Install is what the installation of a package by a policy does to a Mac. An error is a failed policy. Nil starts
	// the life cycle.
	Install func(m *Mac, p Installation) error
	// Script is what running a script by a policy does to a Mac. Nil ends the life cycle if the script's name has
	// "uninstall" in it.
	Script func(m *Mac, s ScriptRun) error
	// Evaluate is what a script of an extension attribute prints at an inventory update. Nil tells of the life cycle.
	Evaluate func(m *Mac, a Attribute) string
}

// What a server knows that nobody told otherwise.
const (
	ClientID      = "2f1c6a3e-7d0b-4f5a-9c55-install-or-defer"
	ClientSecret  = "not-a-secret"
	LatestVersion = "11.30.1"
)

// CommonStart is when virtual time begins unless the options say otherwise: a Monday morning.
func CommonStart() time.Time { return time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC) }

// Behaviour is one of those that a real server has, and that can be switched off.
type Behaviour int

// The behaviours.
const (
	Authentication Behaviour = iota + 1 // off: every request may do everything, with or without a token
	Replication                         // off: every node sees every write at once
	Strictness                          // off: page sizes are not clamped; groups are not checked
	Silence                             // off: the Classic API refuses (409) what it would drop or replace, and keeps the order
	Rewriting                           // off: profiles stay as they were sent
	Transfer                            // off: a package is there when its upload ends
	Planning                            // off: the toggle moves at once, and plans go straight to where they wait
	Attendance                          // off: Macs do nothing unless told to
	Misfortune                          // off: faults do not happen
)

// Switch switches a behaviour on or off.
func (s *Server) Switch(b Behaviour, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on {
		s.options.Off = slices.DeleteFunc(slices.Clone(s.options.Off), func(o Behaviour) bool { return o == b })
	} else {
		s.options.Off = append(slices.Clone(s.options.Off), b)
	}
}

// has tells whether a behaviour is on.
func (s *Server) has(b Behaviour) bool { return !slices.Contains(s.options.Off, b) }

func (o Options) withDefaults() Options {
	if o.Version == "" {
		o.Version = LatestVersion
	}
	if o.Start.IsZero() {
		o.Start = CommonStart()
	}
	if o.Nodes <= 0 {
		o.Nodes = 2
	}
	if len(o.Clients) == 0 {
		o.Clients = []Client{{ID: ClientID, Secret: ClientSecret}}
	}
	if len(o.MacOSReleases) == 0 {
		o.MacOSReleases = Releases()
	}
	for _, d := range []struct {
		of   *time.Duration
		unit time.Duration
	}{
		{&o.Lag, time.Minute},
		{&o.Transfer, time.Minute},
		{&o.Settle, 2 * time.Minute},
		{&o.ToggleDelay, 30 * time.Second},
		{&o.PlanStep, 30 * time.Second},
		{&o.UpdateTime, 40 * time.Minute},
		{&o.CheckIn, 15 * time.Minute},
		{&o.Recon, 24 * time.Hour},
	} {
		if *d.of <= 0 {
			*d.of = d.unit
		}
	}
	o.Fleet = o.Fleet.withDefaults()
	o.Lifecycle = o.Lifecycle.withDefaults()
	return o
}
