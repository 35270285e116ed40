package enforce

import (
	"fmt"
	"strings"
	"time"
)

// Why is the reason of an action. Its text is a short code that is stored and reported; [Explain] makes sentences of it.
type Why string

// Reason implements the method of [Action] of that name, for the actions, which embed their reason.
func (w Why) Reason() Why { return w }

// The reasons.
const (
	WhyTurn            Why = "turn"             // nothing is known that speaks against a look
	WhyVerify          Why = "verify"           // an installation ended: see what it did
	WhyRestarted       Why = "restarted"        // the Mac restarted: see what is left
	WhyInterrupted     Why = "interrupted"      // an agreed installation was interrupted
	WhyReminded        Why = "reminded"         // the person was reminded
	WhyDeferred        Why = "deferred"         // a deferral runs
	WhyBackOff         Why = "back-off"         // the last look failed, and the next is not due
	WhyClock           Why = "clock"            // the clock is implausible, so no deadline is set
	WhyLookFailed      Why = "look-failed"      // the look proved nothing
	WhyNothingLeft     Why = "nothing-left"     // no required update is offered
	WhyNotCached       Why = "not-cached"       // this set of updates is not downloaded yet
	WhyConverting      Why = "converting"       // FileVault is converting the disk
	WhyDue             Why = "due"              // no deferral runs, and the deadline has not passed
	WhyNobody          Why = "nobody"           // nobody is logged in
	WhyDeadline        Why = "deadline"         // the deadline has passed
	WhyDeadlineNobody  Why = "deadline-nobody"  // the deadline has passed, and nobody is logged in
	WhyAgreed          Why = "agreed"           // the person clicked the install button
	WhyWarned          Why = "warned"           // the final warning was seen to its end
	WhyUnwarned        Why = "unwarned"         // the final warning could not be shown, turn after turn
	WhyInstalled       Why = "installed"        // an installed update needs it
	WhyInstalledNobody Why = "installed-nobody" // an installed update needs it, and nobody is logged in
	WhyRestartPending  Why = "restart-pending"  // a restart was asked for, and has not happened
	WhyStillUp         Why = "still-up"         // the polite restart did not come about
	WhyRestarting      Why = "restarting"       // the system was told to restart
	WhyRestartRefused  Why = "restart-refused"  // the system did not take the order
	WhyUnseen          Why = "unseen"           // no window could be shown
	WhyInstallFailed   Why = "install-failed"   // the installation did not work
	WhyByHand          Why = "by-hand"          // the person agreed to install in Software Update
	WhyByHandOverdue   Why = "by-hand-overdue"  // the deadline has passed, and only the person can install
	WhyNoEvent         Why = "no-event"         // Step was called without an event
	WhyPower           Why = "power"            // the battery is low
	WhySpace           Why = "space"            // there is too little free space
	WhyBusy            Why = "busy"             // the person is in a call, or shows something
	WhyLocked          Why = "locked"           // the screen is locked
	WhyOthers          Why = "others"           // people are logged in, and nobody is at the console
	WhySettingUp       Why = "setting-up"       // Setup Assistant is at the console
	WhyNoOwner         Why = "no-owner"         // the person cannot authorize a new macOS
	WhyDeclared        Why = "declared"         // macOS enforces the update itself
	WhyLater           Why = "later"            // Apple does not let this Mac have the updates yet
)

// Because says in a sentence why the last action was taken: the first of those of [Explain].
func Because(p Policy, s State, now time.Time) string { return explainer{p, s, now}.reason() }

// Explain says in sentences where a round stands and why the last action was taken. Times are given in the policy's zone.
func Explain(p Policy, s State, now time.Time) []string {
	e := explainer{p, s, now}
	lines := []string{e.reason()}
	lines = append(lines, e.deadline()...)
	lines = append(lines, e.methods()...)
	if s.Deferrals > 0 {
		lines = append(lines, fmt.Sprintf("%s used so far.", plural(s.Deferrals, "deferral")))
	}
	if s.Look.Failures > 0 {
		lines = append(lines, fmt.Sprintf("%s in a row proved nothing, the last because: %s.", plural(s.Look.Failures, "look"), s.Look.Cause))
	}
	if s.Install.Failures > 0 {
		lines = append(lines, e.failures())
	}
	if s.SetBack > 0 {
		lines = append(lines, fmt.Sprintf("The clock was set back by %s in all; deadline and deferral went back with it.", s.SetBack))
	}
	return lines
}

type explainer struct {
	p   Policy
	s   State
	now time.Time
}

func (e explainer) at(t time.Time) string {
	return t.In(e.p.zone()).Format("2006-01-02 15:04:05 -0700")
}

func (e explainer) retry() string {
	if e.s.Look.RetryAt.IsZero() {
		return "with the next turn"
	}
	return "at " + e.at(e.s.Look.RetryAt)
}

func (e explainer) failures() string {
	s := e.s.Install
	text := fmt.Sprintf("%s in a row did not work, the last because: %s.", plural(s.Failures, "installation"), s.Cause)
	if e.s.ByHand() {
		text += " So the person is asked to install in Software Update."
	}
	return text
}

func (e explainer) deadline() []string {
	s := e.s
	if s.Deadline.IsZero() {
		return []string{"No deadline is set: none is before a look has found a required update."}
	}
	text := fmt.Sprintf("The deadline is %s", e.at(s.Deadline))
	if e.now.Before(s.Deadline) {
		text += fmt.Sprintf(", in %s.", words(s.Deadline.Sub(e.now).Truncate(time.Second)))
	} else {
		text += ", which has passed."
	}
	if s.Began.IsZero() {
		return []string{text, "It was taken over from the preference values."}
	}
	return []string{text, e.limit()}
}

// limit says what the deadline rests on.
func (e explainer) limit() string {
	s := e.s
	switch s.Limit {
	case LimitNone:
		return "SkipDeferral is set, so there is no deferral."
	case LimitDate:
		return "It is the date that DeadlineDate sets for all."
	case LimitCount:
		return fmt.Sprintf("It came when the last of %s was used.", plural(e.p.MaxDeferrals, "deferral"))
	case LimitDeclaration:
		return "It is the date on which macOS enforces the update itself, as the management says."
	case LimitTime, LimitValue:
	}
	ruled, _ := e.p.DeadlineFrom(s.Began)
	from := fmt.Sprintf("It counts from %s, when a required update was first found, for %s.", e.at(s.Began), words(e.p.MaxDeferral))
	switch {
	case s.Deadline.Before(ruled):
		from += " It was moved earlier since then."
	case ruled.After(s.Began.Add(e.p.MaxDeferral)) && s.Deadline.Equal(ruled):
		from += " That falls into working time, so it was moved to the end of the working day."
	}
	return from
}

// methods says how the pending updates are installed, and what is in the way of it.
func (e explainer) methods() []string {
	var lines []string
	by := map[Method][]Update{}
	for i, m := range Methods(e.p, e.s, e.now) {
		by[m] = append(by[m], e.s.Pending[i])
	}
	for _, m := range []Method{ByTool, ByPerson, ByDeclaration} {
		if len(by[m]) == 0 {
			continue
		}
		form := map[Method]string{
			ByTool: "Pending: %s, which softwareupdate installs in the background.", ByPerson: "Pending: %s, which the person installs in Software Update.",
			ByDeclaration: "Pending: %s, which macOS installs itself, as the management says.",
		}[m]
		lines = append(lines, fmt.Sprintf(form, List(by[m])))
	}
	if ramped := Withheld(e.s, e.now); len(ramped) > 0 {
		lines = append(lines, fmt.Sprintf("Apple does not let this Mac have %s yet. That is tried again %s.", List(ramped), e.at(e.s.Later)))
	}
	if len(lines) > 0 && e.p.MethodReason != "" {
		lines = append(lines, "The method: "+e.p.MethodReason+".")
	}
	if d := e.s.Declared; e.s.Lapsed {
		lines = append(lines, fmt.Sprintf("macOS was to enforce macOS %s by %s, and that has come to nothing.", d.Version, e.at(d.due())))
	}
	if left := DeferralsLeft(e.p, e.s); left >= 0 && !e.s.Deadline.IsZero() {
		lines = append(lines, fmt.Sprintf("%s left.", plural(left, "deferral")))
	}
	return lines
}

// reason says why the last action was taken.
func (e explainer) reason() string {
	s := e.s
	text := sentence(s.Decision)
	switch {
	case text == "":
		return "No turn has been taken yet."
	case !strings.Contains(text, "{"):
		return text
	}
	return strings.NewReplacer(
		"{until}", e.at(s.DeferredUntil),
		"{retry}", e.retry(),
		"{now}", e.at(e.now),
		"{power}", string(s.Restart.Power),
		"{warning}", words(e.p.UpdateDelay),
		"{delay}", words(e.p.HardRestartDelay),
		"{unseen}", plural(s.Unseen, "time"),
		"{cause}", s.Install.Cause,
		"{busy}", e.at(s.HeldBack),
		"{declared}", s.Declared.Version,
		"{date}", e.at(s.Declared.due()),
		"{later}", e.at(s.Later),
	).Replace(text)
}

// sentence is what is said of a reason. The names in braces stand for what explainer.reason puts in.
func sentence(why Why) string { //nolint:funlen // a table, in the order of the codes
	switch why {
	case WhyTurn:
		return "Nothing speaks against looking for updates now."
	case WhyVerify:
		return "An installation has ended, and only a look shows what it did."
	case WhyRestarted:
		return "The Mac has restarted for its updates, and only a look shows what is left."
	case WhyInterrupted:
		return "An installation that was agreed to is not done yet."
	case WhyReminded:
		return "The person was asked to install in Software Update."
	case WhyDeferred:
		return "A deferral runs until {until}, so nobody is asked before."
	case WhyBackOff:
		return "The last look proved nothing, and the next is due {retry}."
	case WhyClock:
		return "The clock says {now}, which is before this program was built, so no deadline is set."
	case WhyLookFailed:
		return "The look proved nothing, so all stays as it was. The next is due {retry}."
	case WhyNothingLeft:
		return "No required update is offered, so the work is done."
	case WhyNotCached:
		return "These updates are not downloaded yet."
	case WhyConverting:
		return "FileVault is converting the disk, and a restart in between is unwise."
	case WhyDue:
		return "No deferral runs and the deadline has not passed, so the person is asked."
	case WhyNobody:
		return "Nobody is logged in, so there is nobody to ask."
	case WhyDeadline:
		return "The deadline has passed, so the final warning is shown."
	case WhyDeadlineNobody:
		return "The deadline has passed and nobody is logged in, so nobody needs a warning."
	case WhyAgreed:
		return "The person clicked the install button."
	case WhyWarned:
		return "The final warning was shown, for {warning} or until its button was clicked."
	case WhyUnwarned:
		return "The deadline has passed and no window could be shown, {unseen} in a row, so it is done without one."
	case WhyInstalled:
		return "An installed update needs a {power}. Programs are asked to quit; it is forced {delay} later."
	case WhyInstalledNobody:
		return "An installed update needs a {power}, and nobody is logged in."
	case WhyRestartPending:
		return "A {power} was asked for and has not happened, so it is asked for again."
	case WhyStillUp:
		return "The {power} was asked for {delay} ago and has not happened, so it is forced."
	case WhyRestarting:
		return "The system was told to {power}."
	case WhyRestartRefused:
		return "The system did not take the order to {power}; the next turn asks again."
	case WhyUnseen:
		return "No window could be shown, {unseen} in a row; the next turn tries again."
	case WhyInstallFailed:
		return "The installation did not work: {cause}."
	case WhyByHand:
		return "The person installs in Software Update, and is shown how."
	case WhyByHandOverdue:
		return "The deadline has passed and only the person can install, so they are reminded until it is done."
	case WhyNoEvent:
		return "Nothing happened."
	case WhyPower:
		return "The Mac runs on its battery, which is low, so nothing is installed before it is connected to power."
	case WhySpace:
		return "There is too little free space on the disk for the updates, so nothing is installed before there is more."
	case WhyBusy:
		return "The person is in a call or shows something, since {busy}, so the prompt waits for a while."
	case WhyLocked:
		return "The screen is locked, so nobody would see a prompt; it waits, until the deadline at most."
	case WhyOthers:
		return "Nobody is at the console, and others are logged in who could lose their work, so nothing is installed."
	case WhySettingUp:
		return "Setup Assistant is at the console, so nobody is asked and nothing is installed."
	case WhyDeclared:
		return "macOS itself enforces macOS {declared} by {date}, as the management says, so we neither install it nor restart."
	case WhyNoOwner:
		return "The person is no owner of the volume that macOS is on, so they cannot install it; they are told, and asked to get help."
	case WhyLater:
		return "Apple does not let this Mac have the updates yet, since it gives them to some sooner than to others; it is tried again {later}."
	}
	return ""
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
