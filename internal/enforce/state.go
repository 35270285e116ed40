package enforce

import (
	"fmt"
	"strings"
	"time"
)

// State is all that is remembered from one turn to the next. The zero State is that of a Mac on which nothing has
// happened yet.
type State struct {
	// The round. Began and Deadline are zero while there is none.
	Began         time.Time     `json:"began,omitzero"`    // the first conclusive look that found a required update
	Allowed       time.Duration `json:"allowed,omitzero"`  // the MaxDeferral that the deadline was made from
	Deadline      time.Time     `json:"deadline,omitzero"` // enforcement begins then
	Limit         Limit         `json:"limit,omitempty"`   // what the deadline rests on
	DeferredUntil time.Time     `json:"deferred_until,omitzero"`
	Prompted      time.Time     `json:"prompted,omitzero"` // the last prompt
	Prompts       int           `json:"prompts,omitzero"`
	Deferrals     int           `json:"deferrals,omitzero"`
	Agreed        time.Time     `json:"agreed,omitzero"`      // a click on the install button, or a final warning seen to its end
	AgreedBy      int           `json:"agreed_by,omitzero"`   // by whom, a user id; 0 for nobody
	AgreedHow     Why           `json:"agreed_how,omitempty"` // and how: WhyAgreed, WhyWarned or WhyUnwarned
	Pending       []Update      `json:"pending,omitempty"`    // those to enforce
	Offered       []Update      `json:"offered,omitempty"`    // all that the last conclusive look found, the first of them where they are many

	Declared  Declaration   `json:"declared,omitzero"`  // what macOS enforces itself
	Lapsed    bool          `json:"lapsed,omitzero"`    // that came to nothing
	Awaited   time.Duration `json:"awaited,omitzero"`   // how long the Mac has been awake since the date of that, as the turns show
	Lack      Lack          `json:"lack,omitempty"`     // what kept the last installation from being started
	HeldBack  time.Time     `json:"held_back,omitzero"` // a call or a presentation holds the prompt back since then
	Told      time.Time     `json:"told,omitzero"`      // the person was told that only an owner of the Mac can install
	Ramped    []string      `json:"ramped,omitempty"`   // labels of updates that Apple does not let this Mac have yet
	Later     time.Time     `json:"later,omitzero"`     // when these are tried again
	Look      LookState     `json:"look,omitzero"`
	Cache     CacheState    `json:"cache,omitzero"`
	Install   InstallState  `json:"install,omitzero"`
	Restart   RestartState  `json:"restart,omitzero"`
	Clock     ClockState    `json:"clock,omitzero"`
	Mirror    Mirror        `json:"mirror,omitzero"`
	Unseen    int           `json:"unseen,omitzero"`    // windows in a row that could not be shown
	Unwarned  int           `json:"unwarned,omitzero"`  // of these, final warnings in a row since the deadline
	Reminders int           `json:"reminders,omitzero"` // reminders in this turn
	Holds     int           `json:"holds,omitzero"`     // windows in this turn that asked for power or space
	SetBack   time.Duration `json:"set_back,omitzero"`  // by how much the clock was set back in this round, in all
	Decision  Why           `json:"decision,omitzero"`  // why the last action was taken
	Decided   time.Time     `json:"decided,omitzero"`   // and when
	Problem   Problem       `json:"problem,omitzero"`   // the last thing that went wrong
}

// LookState is what is known of the looks.
type LookState struct {
	At       time.Time `json:"at,omitzero"`       // the last conclusive look
	Failures int       `json:"failures,omitzero"` // looks that proved nothing since then
	Cause    string    `json:"cause,omitempty"`   // why the last of them did not
	RetryAt  time.Time `json:"retry_at,omitzero"` // no look before this
}

// CacheState is what is known of the downloads.
type CacheState struct {
	Set      string `json:"set,omitempty"`     // the updates that were last downloaded or tried, by [fingerprint]
	Done     bool   `json:"done,omitzero"`     // they are cached
	Failures int    `json:"failures,omitzero"` // downloads of this set that went wrong
}

// InstallState is what is known of the installations.
type InstallState struct {
	Tried     []Update  `json:"tried,omitempty"`    // what the last one was to install, until a look has shown the result
	At        time.Time `json:"at,omitzero"`        // when it began
	Ended     bool      `json:"ended,omitzero"`     // it was seen to end; else the daemon or the Mac stopped first
	Restarted bool      `json:"restarted,omitzero"` // the Mac was restarted for it
	Set       string    `json:"set,omitempty"`      // the updates of the last failure, by [fingerprint]
	Failures  int       `json:"failures,omitzero"`
	Cause     string    `json:"cause,omitempty"`
	FailedAt  time.Time `json:"failed_at,omitzero"` // when the last one failed
}

// forget ends the wait for a look at what was tried. What is known of failures stays.
func (i *InstallState) forget() {
	i.Tried, i.At, i.Ended, i.Restarted = nil, time.Time{}, false, false
}

// RestartState is the restart or shut down that is under way.
type RestartState struct {
	Power  Power         `json:"power,omitzero"`
	Asked  time.Time     `json:"asked,omitzero"`
	Up     time.Duration `json:"up,omitzero"`     // for how long the Mac had been up then; 0 where that was not known
	Forced time.Time     `json:"forced,omitzero"` // the system took the order to force it
	Asks   int           `json:"asks,omitzero"`
}

// ClockState is how a clock that is set back is noticed.
type ClockState struct {
	Seen   time.Time `json:"seen,omitzero"`   // the latest time seen
	Boot   time.Time `json:"boot,omitzero"`   // when the Mac started, by the clock of the last turn
	Unsure bool      `json:"unsure,omitzero"` // the last turn could not tell that
}

// Mirror is what is known of the two local preference values, which show the round to administrators. [Step] keeps Found;
// who writes the values keeps Written.
type Mirror struct {
	Found   Wish `json:"found,omitzero"`   // as the last turn found them
	Written Wish `json:"written,omitzero"` // as they were last written, or were to be
	Failed  bool `json:"failed,omitzero"`  // the last writing did not work
}

// Problem is something that went wrong, in words.
type Problem struct {
	At   time.Time `json:"at,omitzero"`
	Text string    `json:"text,omitempty"`
}

// Phase is where a round stands.
type Phase string

// The phases.
const (
	PhaseIdle       Phase = "idle"       // no required update is known
	PhasePrompting  Phase = "prompting"  // the next turn prompts
	PhaseDeferred   Phase = "deferred"   // a deferral runs
	PhaseEnforcing  Phase = "enforcing"  // the deadline has passed
	PhaseInstalling Phase = "installing" // an installation has begun, and its result is not known
	PhaseRestarting Phase = "restarting" // a restart or shut down was asked for
)

// Phase tells where the round stands at the given time.
func (s State) Phase(now time.Time) Phase {
	switch {
	case s.Restart.Power != Stay:
		return PhaseRestarting
	case len(s.Install.Tried) > 0:
		return PhaseInstalling
	case s.Deadline.IsZero():
		return PhaseIdle
	case !now.Before(s.Deadline):
		return PhaseEnforcing
	case now.Before(s.DeferredUntil):
		return PhaseDeferred
	default:
		return PhasePrompting
	}
}

// ByHand tells whether installing has failed so often that the person is asked to do it in Software Update.
func (s State) ByHand() bool { return s.Install.Failures >= maxInstallFailures }

// keepTime notices a clock that was set back, and moves the round back with it, so that this buys no time. The wall
// clock shows the step only as far as it goes behind the last time seen; the time the Mac started at, which the system
// moves along with the clock, shows all of it. Steps too small to tell from the clock's own regulation add up until
// they are not.
func (s *State) keepTime(now, boot time.Time) {
	var back time.Duration
	if !s.Clock.Seen.IsZero() {
		back = max(back, s.Clock.Seen.Sub(now))
	}
	known := !boot.IsZero() && !s.Clock.Boot.IsZero()
	if known {
		back = max(back, s.Clock.Boot.Sub(boot))
	}
	if back > jitter {
		s.moveBack(back)
		s.Clock.Seen = now
	} else if now.After(s.Clock.Seen) {
		s.Clock.Seen = now
	}
	if boot.After(s.Clock.Boot) || known && back > jitter {
		s.Clock.Boot = boot
	}
}

// moveBack moves every remembered time back.
func (s *State) moveBack(d time.Duration) {
	for _, t := range []*time.Time{
		&s.Began, &s.Deadline, &s.DeferredUntil, &s.Prompted, &s.Agreed, &s.Look.At, &s.Look.RetryAt, &s.Install.At, &s.Install.FailedAt,
		&s.Restart.Asked, &s.Restart.Forced, &s.Clock.Boot, &s.Decided, &s.Problem.At, &s.HeldBack, &s.Later, &s.Told,
	} {
		if moved := t.Add(-d); !t.IsZero() && moved.Year() > 0 { // before, JSON has no words for it
			*t = moved
		}
	}
	s.SetBack += d
}

// earlier returns the earlier of two times; a zero time is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Checked returns the state as it can be used: what is out of its range is put right, and the error says what that was.
func (s State) Checked() (State, error) {
	var wrong []string
	for _, count := range []struct {
		name string
		n    *int
	}{
		{"prompts", &s.Prompts},
		{"deferrals", &s.Deferrals},
		{"look.failures", &s.Look.Failures},
		{"cache.failures", &s.Cache.Failures},
		{"install.failures", &s.Install.Failures},
		{"unseen", &s.Unseen},
		{"unwarned", &s.Unwarned},
		{"reminders", &s.Reminders},
		{"holds", &s.Holds},
		{"restart.asks", &s.Restart.Asks},
	} {
		if *count.n < 0 {
			*count.n = 0
			wrong = append(wrong, count.name)
		}
	}
	switch s.Restart.Power {
	case Stay, Restart, ShutDown:
	default:
		s.Restart = RestartState{}
		wrong = append(wrong, "restart.power")
	}
	if s.Deadline.IsZero() && !s.Began.IsZero() {
		s.Began = time.Time{}
		wrong = append(wrong, "began")
	}
	if s.Deadline.IsZero() && !s.DeferredUntil.IsZero() {
		s.DeferredUntil = time.Time{}
		wrong = append(wrong, "deferred_until")
	}
	if len(wrong) > 0 {
		return s, fmt.Errorf("not usable: %s", strings.Join(wrong, ", "))
	}
	return s, nil
}
