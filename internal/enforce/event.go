package enforce

import "time"

// Event is something that happened, told to [Step]. The types below are all there are.
//
//sumtype:decl
type Event interface{ event() }

// TurnStarted opens a turn.
type TurnStarted struct {
	Boot   time.Time // when the Mac started, by its own clock; zero where that is not known
	Wish   Wish
	Memory Wish // what a record of our own says of the round, where the state of it is lost

	Declaration Declaration // what macOS enforces itself
}

// Wish is what the two local preference values ask for. A zero time asks for nothing.
type Wish struct {
	ForcedAfter   time.Time `json:"forced_after,omitzero"`
	DeferredUntil time.Time `json:"deferred_until,omitzero"`
}

// Scene is what the person at the Mac, and the Mac itself, are up to. What is not known is as if all were well.
type Scene struct {
	Somebody   bool  // a person is logged in at the console
	UID        int   // their user id; 0 for nobody, and where it is not known
	Locked     bool  // their screen is locked
	Busy       bool  // they are in a call, or show something
	NoOwner    bool  // the person cannot authorize a new macOS
	Others     int   // people who are logged in, and not at the console
	SettingUp  bool  // Setup Assistant is at the console
	Converting bool  // FileVault is encrypting or decrypting the disk
	OnBattery  bool  // the Mac draws from its battery
	Charge     int   // its charge in percent, where OnBattery
	Free       int64 // free space in bytes; 0 for unknown
}

// Looked tells what a conclusive look found.
type Looked struct {
	Updates []Update // all that is offered, none where nothing is
	Partial bool     // the listing may have been cut: that something is not in it proves nothing
	Scene   Scene

	Declaration Declaration // what macOS enforces itself
}

// LookFailed tells that a look proved nothing.
type LookFailed struct{ Cause string }

// Downloaded tells that a download ended; Cause says what went wrong, and is empty when nothing did.
type Downloaded struct {
	Cause string
	Later []string // labels of those that Apple does not let this Mac have yet
	Scene Scene
}

// Answered tells how a prompt ended.
type Answered struct {
	Answer Answer
	By     int // the user id of who was asked
	Scene  Scene
}

// Warned tells how the final warning ended.
type Warned struct {
	Unseen  bool // no window could be shown
	Clicked bool // the person clicked its button; else it stood to its end, or the person logged out
	By      int  // the user id of who clicked, or saw its end; 0 for nobody
	Scene   Scene
}

// Installed tells how an installation ended.
type Installed struct {
	Outcome Outcome
	Power   Power // what the tool said the Mac must do; Stay where it said nothing
	Cause   string
	Owner   bool     // it needs the password of an owner of the Mac, which we do not have
	NoSuch  []string // labels of which the tool said that there is no such update: these it has not installed
	Later   []string // with OutcomeLater: labels of those that Apple does not let this Mac have yet
	Scene   Scene
}

// StillUp tells that the Mac runs on though a restart was asked for, and that the time for it is over.
type StillUp struct{}

// RestartForced tells how the forced restart or shut down was taken; Cause is empty when it was accepted.
type RestartForced struct{ Cause string }

// Reminded tells that a reminder to install by hand was shown, or could not be.
type Reminded struct {
	Unseen bool
	Later  []string // labels of those that Apple has not let the person have
}

// Held tells that a window that asked for power or space is gone, and how things are now.
type Held struct{ Scene Scene }

func (TurnStarted) event()   {}
func (Looked) event()        {}
func (LookFailed) event()    {}
func (Downloaded) event()    {}
func (Answered) event()      {}
func (Warned) event()        {}
func (Installed) event()     {}
func (StillUp) event()       {}
func (RestartForced) event() {}
func (Reminded) event()      {}
func (Held) event()          {}

// Answer is how a prompt ended.
type Answer int

// The answers. All but the first and the last buy a deferral: a person has seen the prompt and has not agreed.
const (
	AnswerInstall Answer = iota // the install button
	AnswerDefer                 // the defer button
	AnswerIgnored               // nothing, until the prompt timed out
	AnswerClosed                // the window was quit, closed or killed, or the person logged out
	AnswerUnseen                // the window could not be shown, or its answer cannot be a person's
)

// Outcome is how an installation ended.
type Outcome int

// The outcomes.
const (
	OutcomeInstalled Outcome = iota // the tool said so
	OutcomeUnproven                 // the tool said nothing: only another look can tell
	OutcomeFailed                   // the tool said so, or was stopped
	OutcomeLater                    // Apple does not let this Mac have some of the updates yet
)
