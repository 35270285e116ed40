package enforce

import "time"

// Policy is what the administrator wants, in the core's terms. All durations are positive.
type Policy struct {
	MaxDeferral      time.Duration // from the look that begins a round to its deadline
	SkipDeferral     bool          // no deferral at all: the deadline is now
	DeferralPeriod   time.Duration // what one deferral buys
	PromptTimeout    time.Duration // an unanswered prompt counts as a deferral after this
	UpdateDelay      time.Duration // how long the final warning stands before a forced install
	HardRestartDelay time.Duration // from the polite restart to the forced one
	Workday          Workday
	Scope            Scope
	Manual           bool // the person installs in Software Update; we remind and check
	QuietManual      bool // with Manual: no standing reminder before the deadline
	InstallLoggedOut bool // past the deadline with nobody logged in: install without a warning

	Built    time.Time      // when this program was built: an earlier clock is wrong
	Interval time.Duration  // how often launchd starts a turn
	Zone     *time.Location // the Mac's time zone; nil is UTC
}

func (p Policy) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

// deadline is when a round that begins at the given time is enforced.
func (p Policy) deadline(began time.Time) time.Time {
	if p.SkipDeferral {
		return began
	}
	return p.Workday.After(began.Add(p.MaxDeferral).In(p.zone()))
}
