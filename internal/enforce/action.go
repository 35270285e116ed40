package enforce

import "time"

// Action is the one thing to do next. The types below are all there are. Except for [Wait] and [Finish], which end the
// turn, each is answered with the event that its comment names.
//
//sumtype:decl
type Action interface {
	action()
	// Reason says why this is the thing to do.
	Reason() Why
}

// Look lists the pending updates: [Looked] or [LookFailed].
type Look struct{ Why }

// Download caches updates, so that the installation is short: [Downloaded].
type Download struct {
	Updates []Update
	Why
}

// Prompt asks the person to install or defer: [Answered].
type Prompt struct {
	Updates  []Update  // those that it is about
	NoOwner  bool      // the person cannot install those that are left to them, and is to ask for help
	Until    time.Time // the prompt is gone by then
	Last     bool      // a deferral now lasts to the deadline
	Deadline time.Time // what the person is told: where deferrals are limited by number, these may be used up before the deadline
	Why
}

// Warn shows the final warning, which cannot be dismissed, for at least UpdateDelay of awake time or until the person
// clicks its button: [Warned].
type Warn struct {
	Updates []Update // those that are installed then
	Why
}

// Install installs updates: [Installed].
type Install struct {
	Updates []Update
	Restart bool // an update among them needs a restart or shut down
	Why
}

// AskRestart asks the person's programs to quit and the Mac to restart or shut down, says when it will be forced, and
// waits for HardRestartDelay: [StillUp]. With nobody logged in there is nobody to ask and nothing to wait for. Who is logged
// in and not at the console has that time to come back, and is asked then.
type AskRestart struct {
	Power Power
	Why
}

// ForceRestart restarts or shuts down the Mac at once: [RestartForced].
type ForceRestart struct {
	Power Power
	Why
}

// Remind asks the person to install in Software Update: [Reminded].
type Remind struct {
	Updates  []Update // those that are left to the person
	Open     bool     // open Software Update, since the person just agreed
	Standing bool     // keep a window up
	Overdue  bool     // the deadline has passed: the window cannot be dismissed
	NoOwner  bool     // the person cannot install, and is to ask for help
	Lack     Lack     // what the Mac lacks for it
	Why
}

// Hold asks the person for what is lacking before updates can be installed, and waits a few minutes for it: [Held].
type Hold struct {
	Lack    Lack
	Overdue bool // the deadline has passed: the window cannot be dismissed
	Why
}

// Finish reports to Jamf Pro and removes the daemon. It ends the turn.
type Finish struct{ Why }

// Wait ends the turn: launchd starts the next.
type Wait struct {
	Until time.Time // when there is something to do again; zero where a time cannot be told
	Why
}

func (Look) action()         {}
func (Download) action()     {}
func (Prompt) action()       {}
func (Warn) action()         {}
func (Install) action()      {}
func (AskRestart) action()   {}
func (ForceRestart) action() {}
func (Remind) action()       {}
func (Hold) action()         {}
func (Finish) action()       {}
func (Wait) action()         {}
