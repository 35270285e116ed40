package enforce

import (
	"time"
)

const (
	// agreementHolds is how long a click on the install button, or a warning seen to its end, still counts when the
	// daemon or the Mac stopped before the installation was done.
	agreementHolds = time.Hour
	// maxInstallFailures in a row hand the updates over to the person.
	maxInstallFailures = 3
	// retryAlone is how often a Mac with nobody logged in tries again after that.
	retryAlone = 24 * time.Hour
	// maxUnwarned final warnings in a row that could not be shown, in as many turns, stop enforcement no longer.
	maxUnwarned = 3
	// maxBlindAsks for a restart are enough where it is not known when the Mac has started.
	maxBlindAsks = 3
	// maxOffered updates are remembered, to explain what becomes of each.
	maxOffered = 50
	// maxDownloads of the same updates that may go wrong before they are left to the installation.
	maxDownloads = 3
	// maxReminders in one turn, so that a turn ends; and past the deadline, when there is to be hardly a pause between them.
	maxReminders        = 4
	maxRemindersOverdue = 13
	// shortestPrompt is the least time that is worth a prompt: closer to the deadline, the warning begins.
	shortestPrompt = time.Minute
	// firstRetry is the wait after a look that proved nothing; it doubles with each that follows, up to lastRetry.
	firstRetry = 10 * time.Minute
	lastRetry  = 80 * time.Minute
	// laterAgain is how often it is tried again to get updates that Apple does not let this Mac have yet.
	laterAgain = 4 * time.Hour
	// jitter is how far a clock may go back by its own regulation.
	jitter = 5 * time.Second
)

// Step decides what happens next. It is a total function of its arguments: every event is answered in every state, and
// the same arguments always get the same answer. The state passed in is not changed.
func Step(policy Policy, state State, now time.Time, event Event) (State, Action) {
	t := turn{p: policy, s: state, now: now}
	action := t.step(event)
	t.s.Decision, t.s.Decided = action.Reason(), now
	return t.s, action
}

// turn is one call of [Step].
type turn struct {
	p   Policy
	s   State
	now time.Time
	// fresh tells that the Mac has been up for less long than it had been when a restart was asked for. No clock that was
	// set hides that.
	fresh bool
	gap   time.Duration // since the last event
	alone bool          // nobody is there to whom what has failed could be left
}

func (t *turn) step(event Event) Action {
	var boot time.Time
	if e, ok := event.(TurnStarted); ok {
		if boot = e.Boot; t.clockUnset(boot) {
			return Wait{Why: WhyClock}
		}
		t.fresh = t.now.Sub(boot) < t.s.Restart.Up-jitter
		t.s.Clock.Unsure = boot.IsZero()
	}
	t.gap = t.now.Sub(t.s.Clock.Seen)
	t.s.keepTime(t.now, boot)
	switch e := event.(type) {
	case TurnStarted:
		return t.started(e)
	case Looked:
		return t.looked(e)
	case LookFailed:
		return t.lookFailed(e)
	case Downloaded:
		return t.downloaded(e)
	case Answered:
		return t.answered(e)
	case Warned:
		return t.warned(e)
	case Installed:
		return t.installed(e)
	case StillUp:
		return t.stillUp()
	case RestartForced:
		return t.restartForced(e)
	case Reminded:
		return t.reminded(e)
	case Held:
		return t.held(e)
	}
	return Wait{Why: WhyNoEvent}
}

// agreed tells whether an installation was agreed to, or warned of, and may go ahead. An agreement from the future, but
// for what a clock may be off, is none.
func (t *turn) agreed() bool {
	return !t.s.Agreed.IsZero() && t.now.Sub(t.s.Agreed).Abs() < agreementHolds
}

// agree notes who has agreed to an installation, or was warned of it, and how.
func (t *turn) agree(by int, how Why) {
	t.s.Agreed, t.s.AgreedBy, t.s.AgreedHow = t.now, by, how
}

// agreedHow tells how an installation was agreed to.
func (t *turn) agreedHow() Why {
	if t.s.AgreedHow == "" {
		return WhyAgreed
	}
	return t.s.AgreedHow
}

// disown drops an agreement that is another person's than who is at the Mac now: they have neither agreed nor been warned.
// Nobody who logs out, or to the login window, takes theirs along.
func (t *turn) disown(scene Scene) {
	if scene.UID != 0 && scene.UID != t.s.AgreedBy {
		t.s.Agreed = time.Time{}
	}
}

func (t *turn) overdue() bool { return !t.s.Deadline.IsZero() && !t.now.Before(t.s.Deadline) }

func (t *turn) deferred() bool { return t.now.Before(t.s.DeferredUntil) && !t.overdue() }

// clamp keeps a deferral within the deadline.
func (t *turn) clamp(until time.Time) time.Time {
	if until.IsZero() {
		return until
	}
	return earlier(until, t.s.Deadline)
}

// restarted tells whether the Mac, which started at boot, has started since a restart was asked for. Where it is not
// known when it started, it is taken to have once the system took the order, or once it was asked for often enough: the
// alternative is to restart it again and again.
func (t *turn) restarted(boot time.Time) bool {
	r := t.s.Restart
	if boot.IsZero() {
		return !r.Forced.IsZero() || r.Asks >= maxBlindAsks
	}
	return t.fresh || t.s.Clock.Boot.After(r.Asked)
}

// up is for how long the Mac has been up; 0 where this turn cannot tell.
func (t *turn) up() time.Duration {
	if t.s.Clock.Unsure {
		return 0
	}
	return t.now.Sub(t.s.Clock.Boot)
}

// clockUnset tells whether the clock says a time before this program was built, as it does on a Mac that has lost its
// time, until the network sets it. No deadline is set then; one that is set is left alone for an hour after the start of
// the Mac, and from then on the clock is taken as it is, or setting it far back would stop enforcement for good.
func (t *turn) clockUnset(boot time.Time) bool {
	const settled = time.Hour
	if !t.now.Before(t.p.Built) {
		return false
	}
	return t.s.Deadline.IsZero() || boot.IsZero() || t.now.Sub(boot) < settled
}

func (t *turn) note(text string) { t.s.Problem = Problem{At: t.now, Text: text} }
