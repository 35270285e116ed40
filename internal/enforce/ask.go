package enforce

import (
	"slices"
	"time"
)

// ask turns to the person: with a prompt before the deadline, with the final warning after it.
func (t *turn) ask(scene Scene) Action {
	s := &t.s
	t.disown(scene)
	if t.acting() {
		t.lapse()
	}
	ours := t.pending(ByTool)
	switch {
	case scene.Converting:
		return Wait{Why: WhyConverting}
	case len(t.left()) == 0:
		return t.later()
	case len(ours) == 0:
		return t.askByHand(scene)
	case t.agreed():
		return t.install(t.agreedHow(), scene)
	case t.deferred():
		return Wait{Until: s.DeferredUntil, Why: WhyDeferred}
	case t.acting() && power(ours) != Stay: // two restarts would meet
		return t.leaveToMacOS()
	case !scene.Somebody && t.overdue() && t.p.InstallLoggedOut && scene.empty():
		return t.install(WhyDeadlineNobody, scene)
	case !scene.Somebody:
		return Wait{Why: scene.whoIsNotAsked()}
	case s.Deadline.Sub(t.now) < min(shortestPrompt, t.p.UpdateDelay): // the warning ends after the deadline
		if lack := t.lacks(scene); lack != LackNothing { // what cannot be started is not announced
			return t.install(WhyDeadline, scene)
		}
		return Warn{Updates: ours, Why: WhyDeadline}
	default:
		return t.prompt(scene)
	}
}

// empty tells that nobody is at the Mac and nobody has left anything open on it.
func (s Scene) empty() bool { return !s.Somebody && s.Others == 0 && !s.SettingUp }

// whoIsNotAsked says why nobody is asked, where nobody is at the console.
func (s Scene) whoIsNotAsked() Why {
	switch {
	case s.SettingUp:
		return WhySettingUp
	case s.Others > 0:
		return WhyOthers
	default:
		return WhyNobody
	}
}

// askByHand turns to the person where only they, or macOS itself, can install.
func (t *turn) askByHand(scene Scene) Action {
	s := &t.s
	s.Lack = lacking(scene, t.p.MinimumBattery, t.p.MinimumSpace) // who installs by hand needs all of it, however late
	overdue, most := s.Deadline.Sub(t.now) < shortestPrompt, maxReminders
	if overdue {
		most = maxRemindersOverdue
	}
	switch {
	case len(t.byHand()) == 0:
		return t.leaveToMacOS()
	case !scene.Somebody && t.overdue() && t.p.InstallLoggedOut && scene.empty() && t.triesAlone():
		return t.installAlone(scene) // there is nobody to hand the updates to
	case !scene.Somebody:
		return Wait{Why: scene.whoIsNotAsked()}
	case s.Reminders >= most:
		return Wait{Why: WhyReminded}
	case (overdue || t.agreed()) && t.helpless(scene):
		return t.sendForHelp()
	case overdue:
		return t.remind(Remind{Standing: true, Overdue: true, Why: WhyByHandOverdue})
	case t.agreed() && !t.p.QuietManual:
		return t.remind(Remind{Standing: true, Why: WhyByHand})
	case t.deferred():
		return Wait{Until: s.DeferredUntil, Why: WhyDeferred}
	default:
		return t.prompt(scene)
	}
}

// leaveToMacOS waits for what macOS is about to do.
func (t *turn) leaveToMacOS() Action {
	return Wait{Until: t.s.Declared.due().Add(declarationGrace), Why: WhyDeclared}
}

// byHand lists what the person can install: what is left to them, and what macOS is to install later than now.
func (t *turn) byHand() []Update {
	if t.acting() {
		return t.pending(ByPerson)
	}
	return t.pending(ByPerson, ByDeclaration)
}

// triesAlone tells whether softwareupdate would do for what is left to the person, and was not tried for a day.
func (t *turn) triesAlone() bool {
	alone := *t
	alone.alone = true
	return len(alone.pending(ByTool)) > 0 && t.now.Sub(t.s.Install.FailedAt) >= retryAlone
}

// helpless tells whether the person can do nothing about what they are asked for: macOS takes no password but an owner's.
func (t *turn) helpless(scene Scene) bool {
	return scene.NoOwner && !slices.ContainsFunc(t.byHand(), func(u Update) bool { return !u.system() })
}

// sendForHelp tells who can only ask for help to do so, as often as others can defer. What macOS is to install needs none.
func (t *turn) sendForHelp() Action {
	s := &t.s
	if len(t.pending(ByPerson)) == 0 {
		return t.leaveToMacOS()
	}
	if ago := t.now.Sub(s.Told); ago >= 0 && ago < t.p.DeferralPeriod {
		return Wait{Until: s.Told.Add(t.p.DeferralPeriod), Why: WhyNoOwner}
	}
	s.Told = t.now
	return t.remind(Remind{Standing: true, NoOwner: true, Why: WhyNoOwner})
}

// prompt asks, unless there is a reason to come back a little later.
func (t *turn) prompt(scene Scene) Action {
	s := &t.s
	switch {
	case scene.Locked:
		return Wait{Until: s.Deadline, Why: WhyLocked}
	case t.busy(scene):
		return Wait{Until: earlier(s.HeldBack.Add(t.p.MeetingPatience), s.Deadline), Why: WhyBusy}
	}
	s.HeldBack = time.Time{}
	s.Prompts++
	s.Prompted = t.now
	last := !t.now.Add(t.p.DeferralPeriod).Before(s.Deadline) || t.p.MaxDeferrals > 0 && s.Deferrals+1 >= t.p.MaxDeferrals
	return Prompt{
		Updates: t.left(), NoOwner: len(t.pending(ByPerson)) > 0 && t.helpless(scene),
		Until: earlier(t.now.Add(t.p.PromptTimeout), s.Deadline), Last: last, Deadline: t.mandatory(), Why: WhyDue,
	}
}

// mandatory is when a person who defers from now on is out of time: at the deadline, or when the last deferral ends.
func (t *turn) mandatory() time.Time {
	left := DeferralsLeft(t.p, t.s)
	if left > 0 && t.s.Deadline.Sub(t.now)/t.p.DeferralPeriod >= time.Duration(left) {
		return t.now.Add(time.Duration(left) * t.p.DeferralPeriod)
	}
	return t.s.Deadline
}

// busy tells whether a call or a presentation holds the prompt back. It does so no longer than the administrator's
// patience lasts: the next turn comes too late to end it in time, so it is ended with this one.
func (t *turn) busy(scene Scene) bool {
	s := &t.s
	if !scene.Busy {
		s.HeldBack = time.Time{}
		return false
	}
	if s.HeldBack.IsZero() {
		s.HeldBack = t.now
	}
	return t.now.Add(t.p.Interval).Before(s.HeldBack.Add(t.p.MeetingPatience))
}

func (t *turn) answered(e Answered) Action {
	s := &t.s
	switch e.Answer {
	case AnswerInstall:
		s.Unseen = 0
		t.agree(e.By, WhyAgreed)
		s.DeferredUntil = t.clamp(s.Prompted.Add(t.p.DeferralPeriod)) // whatever comes of it, no prompt sooner
		switch {
		case len(t.pending(ByTool)) > 0:
			return t.ask(e.Scene)
		case t.helpless(e.Scene):
			s.Agreed = time.Time{}
			return t.sendForHelp()
		default:
			return t.remind(Remind{Open: true, Standing: !t.p.QuietManual, Why: WhyByHand})
		}
	case AnswerUnseen:
		return t.unseen()
	case AnswerDefer, AnswerIgnored, AnswerClosed:
		s.Unseen = 0
		s.Deferrals++
		s.DeferredUntil = t.clamp(t.now.Add(t.p.DeferralPeriod))
		t.spent()
		return t.ask(e.Scene)
	}
	return t.unseen()
}

func (t *turn) warned(e Warned) Action {
	if e.Unseen {
		return t.unwarned(e.Scene)
	}
	t.s.Unwarned = 0
	if !e.Clicked && !e.Scene.Somebody && !e.Scene.empty() { // who is logged in now has not been warned
		return Wait{Why: e.Scene.whoIsNotAsked()}
	}
	if !e.Clicked && !t.overdue() { // the person logged out, and the deadline is yet to come
		return Wait{Until: t.s.Deadline, Why: WhyNobody}
	}
	t.s.Unseen = 0
	t.agree(e.By, WhyWarned)
	return t.ask(e.Scene)
}

// unwarned answers a final warning that could not be shown. Once it could not turn after turn, it is done without.
func (t *turn) unwarned(scene Scene) Action {
	wait := t.unseen()
	if !t.overdue() {
		return wait
	}
	t.s.Unwarned++
	if t.s.Unwarned < maxUnwarned {
		return wait
	}
	t.agree(scene.UID, WhyUnwarned)
	return t.ask(scene)
}

// unseen ends a turn in which no window could be shown. Nothing is bought and nothing is lost by it.
func (t *turn) unseen() Action {
	t.s.Unseen++
	t.note("show window: it did not appear, or closed at once")
	return Wait{Why: WhyUnseen}
}

func (t *turn) remind(r Remind) Action {
	t.s.Reminders++
	r.Updates, r.Lack = t.byHand(), t.s.Lack
	return r
}

func (t *turn) reminded(e Reminded) Action {
	t.withhold(e.Later)
	switch {
	case e.Unseen:
		return t.unseen()
	case t.p.QuietManual && !t.overdue():
		t.s.Agreed = time.Time{}
		return Wait{Until: t.s.DeferredUntil, Why: WhyReminded}
	default:
		t.s.Unseen = 0
		return Look{Why: WhyReminded}
	}
}
