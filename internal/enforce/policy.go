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
	MaxDeferrals     int       // so many deferrals at most; 0 for any number
	LatestDeadline   time.Time // no deadline is later than this; zero for none
	Scope            Scope
	System           Method // how updates of macOS itself are installed: ByTool or ByPerson
	Packages         Method // how others are, such as Safari
	Declarations     bool   // what macOS enforces itself is left to it
	MethodReason     string // why these methods, as a phrase
	QuietManual      bool   // no standing reminder before the deadline, where the person installs
	InstallLoggedOut bool   // past the deadline with nobody logged in: install without a warning

	MinimumBattery  int           // on battery below this charge, in percent, nothing is installed
	MinimumSpace    int64         // nor with less free space than this, in bytes
	MeetingPatience time.Duration // how long a call or a presentation can hold a prompt back; 0 for not at all

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
