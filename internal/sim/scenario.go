package sim

import (
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// Scenario is a Mac, its updates and its person, before the first turn.
type Scenario struct {
	Name    string
	Title   string // what happens, in a sentence
	MacOS   string // as "10.15.7"
	Build   string
	Silicon bool

	SwiftDialog bool // swiftDialog is installed

	Battery      Battery
	Free         int64 // gigabytes free on the disk at the start; 0 is 200
	Management   Management
	Declarations []Declaration
	InstallLog   string // what the install log holds at the start

	Start    time.Time      // in the Mac's zone; the zero time is Scenarios' common start
	Settings map[string]any // what the configuration profile sets, by key
	Offers   []Offer
	Person   Person
	Other    Person // who takes the Mac over by fast user switching; without a name it is "robin", 502
	Plan     []Event
	Faults   []Fault
	Limit    time.Duration // virtual time after which the play ends; 0 is 14 days
	Seed     uint64        // varies how quickly the person reacts; 0 does not
}

// Offer is an update that Software Update offers, and how it behaves.
type Offer struct {
	enforce.Update
	After    string        // label of an update that must be installed before this one is offered
	Download time.Duration // how long a download takes; 0 is made from the size
	Install  time.Duration // how long an installation takes; 0 is made from the kind
	Fails    int           // so many installations of it fail first
	Prepares bool          // an installation only prepares it: it stays offered
	Replaces string        // label of an offer that it takes the place of, when it is released
	Becomes  string        // the macOS version that runs once it is installed; empty for the same
	Ramped   time.Duration // for so long after the start, Apple lists it and does not let the Mac have it
}

// Person is who uses the Mac.
type Person struct {
	Name      string   // short account name; empty is "alex"
	UID       int      // 0 is 501
	Away      bool     // not logged in at the start
	Unsaved   bool     // keeps a document open that has not been saved, so a polite restart does not come about
	Languages []string // that they prefer, the best first; none is English
	NoOwner   bool     // their password does not let macOS be updated on Apple silicon
	SettingUp bool     // Setup Assistant runs at the start, and until they log in
	Handy     bool     // installs in Software Update when that is opened for them
	Answers   []Act    // to one prompt after the other; the last stands for all that follow; none is to ignore them all
	Final     []Act    // to one final warning after the other, likewise
}

// Act is what a person does about a window.
type Act struct {
	Do    string        // one of the acts below
	After time.Duration // how long after the window appeared; 0 is 20 seconds
	For   time.Duration // for Sleep: how long; for SetClock: by how much, to the past when negative
}

// The acts.
const (
	Install   = "install"   // clicks the button that agrees
	Defer     = "defer"     // clicks the button that defers
	Ignore    = "ignore"    // does nothing
	Quit      = "quit"      // quits the window
	Kill      = "kill"      // kills the program that shows the window
	LogOut    = "log out"   // logs out
	Sleep     = "sleep"     // closes the lid
	SetClock  = "clock"     // sets the clock
	LogIn     = "log in"    // in a plan: logs in
	Save      = "save"      // in a plan: saves the document
	Offline   = "offline"   // in a plan: the network is gone
	Online    = "online"    // in a plan: the network is back
	Write     = "write"     // in a plan: an administrator writes a local preference value
	Profile   = "profile"   // in a plan: the configuration profile changes
	Release   = "release"   // in a plan: Apple releases an update
	Reload    = "reload"    // in a plan: an administrator unloads and loads the job
	Restart   = "restart"   // in a plan: somebody restarts the Mac
	Encrypt   = "encrypt"   // in a plan: FileVault starts to convert the disk, For so long
	Reinstall = "reinstall" // in a plan: a policy installs the package again

	Plug         = "plug"           // in a plan: plugs the power supply in
	Unplug       = "unplug"         // in a plan: pulls it out
	Space        = "space"          // in a plan: Value is how many gigabytes are free from then on
	MeetingStart = "meeting starts" // in a plan: Key is the program, such as "zoom.us", "caffeinate", or "camera" for that alone
	MeetingEnd   = "meeting ends"   // in a plan: likewise; without Key all end
	Lock         = "lock"           // in a plan: locks the screen, and sees no window
	Unlock       = "unlock"         // in a plan: unlocks it
	SwitchUser   = "switch user"    // in a plan: another person takes the Mac over, by fast user switching
	SwitchBack   = "switch back"    // in a plan: the first person is back, and the other stays logged in
	LoginWindow  = "login window"   // in a plan: whoever is there goes to the login window, and stays logged in
)

// Event is something that happens by itself.
type Event struct {
	At    time.Duration // after the start, in real time
	Do    string
	For   time.Duration // for Sleep, SetClock and Encrypt
	Key   string        // for Write, Profile, MeetingStart and MeetingEnd
	Value any           // for Write, Profile and Space; a time.Duration stands for the time so far from then, in Unix seconds
	Offer Offer         // for Release
}

// Fault makes a tool misbehave.
type Fault struct {
	Tool  string // the last part of its path
	Arg   string // only calls with this argument; empty for all
	Kind  string // one of the kinds below
	Skip  int    // so many calls behave first
	Times int    // then so many misbehave; 0 is all
}

// The kinds of faults.
const (
	Hang    = "hang"
	Exit    = "exit"    // prints nothing and exits with 1
	Killed  = "killed"  // ends by a signal
	Empty   = "empty"   // prints nothing and exits with 0
	Garbage = "garbage" // prints what no tool prints
	Huge    = "huge"    // prints megabytes
	Half    = "half"    // does its work, and prints half of what it should
	Foreign = "foreign" // does its work, and says so in German
	Missing = "missing" // is not there
)

// Happenings lists what a plan may hold.
func Happenings() []string {
	return []string{
		Sleep, SetClock, LogIn, LogOut, Save, Offline, Online, Write, Profile, Release, Reload, Restart, Encrypt, Reinstall,
		Plug, Unplug, Space, MeetingStart, MeetingEnd, Lock, Unlock, SwitchUser, SwitchBack, LoginWindow,
	}
}

// FaultKinds lists the kinds of faults.
func FaultKinds() []string {
	return []string{Hang, Exit, Killed, Empty, Garbage, Huge, Half, Foreign, Missing}
}

// CommonStart is when a play begins that says nothing else: a Monday morning.
func CommonStart() time.Time { return time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC) }

func (s Scenario) withDefaults() Scenario {
	if s.MacOS == "" {
		s.MacOS, s.Build = "10.15.6", "19G2021"
	}
	if s.Build == "" {
		s.Build = "1A1"
	}
	if s.Start.IsZero() {
		s.Start = CommonStart()
	}
	if s.Person.Name == "" {
		s.Person.Name = "alex"
	}
	if s.Person.UID == 0 {
		s.Person.UID = 501
	}
	if s.Other.Name == "" {
		s.Other.Name = "robin"
	}
	if s.Other.UID == 0 {
		s.Other.UID = s.Person.UID + 1
	}
	if s.Free == 0 {
		s.Free = 200
	}
	if s.Limit == 0 {
		s.Limit = 14 * 24 * time.Hour
	}
	return s
}
