package enforce

import (
	"time"
)

// ask turns to the person: with a prompt before the deadline, with the final warning after it.
func (t *turn) ask(scene Scene) Action {
	switch {
	case scene.Converting:
		return Wait{Why: WhyConverting}
	case t.byHand():
		return t.askByHand(scene)
	case t.agreed():
		return t.install(WhyAgreed)
	case t.deferred():
		return Wait{Until: t.s.DeferredUntil, Why: WhyDeferred}
	case !scene.Somebody && t.overdue() && t.p.InstallLoggedOut:
		return t.install(WhyDeadlineNobody)
	case !scene.Somebody:
		return Wait{Why: WhyNobody}
	case t.s.Deadline.Sub(t.now) < min(shortestPrompt, t.p.UpdateDelay): // the warning ends after the deadline
		return Warn{Why: WhyDeadline}
	default:
		return t.prompt()
	}
}

// askByHand turns to the person where only they can install.
func (t *turn) askByHand(scene Scene) Action {
	overdue := t.s.Deadline.Sub(t.now) < shortestPrompt
	switch {
	case !scene.Somebody && t.overdue() && t.p.InstallLoggedOut && !t.p.Manual && t.now.Sub(t.s.Install.FailedAt) >= retryAlone:
		return t.install(WhyDeadlineNobody) // there is nobody to hand the updates to
	case !scene.Somebody:
		return Wait{Why: WhyNobody}
	case t.s.Reminders >= maxReminders:
		return Wait{Why: WhyReminded}
	case overdue:
		return t.remind(Remind{Standing: true, Overdue: true, Why: WhyByHandOverdue})
	case t.agreed() && !t.p.QuietManual:
		return t.remind(Remind{Standing: true, Why: WhyByHand})
	case t.deferred():
		return Wait{Until: t.s.DeferredUntil, Why: WhyDeferred}
	default:
		return t.prompt()
	}
}

func (t *turn) prompt() Action {
	s := &t.s
	s.Prompts++
	s.Prompted = t.now
	return Prompt{
		Until: earlier(t.now.Add(t.p.PromptTimeout), s.Deadline),
		Last:  !t.now.Add(t.p.DeferralPeriod).Before(s.Deadline),
		Why:   WhyDue,
	}
}

func (t *turn) answered(e Answered) Action {
	s := &t.s
	switch e.Answer {
	case AnswerInstall:
		s.Unseen = 0
		s.Agreed = t.now
		s.DeferredUntil = t.clamp(s.Prompted.Add(t.p.DeferralPeriod)) // whatever comes of it, no prompt sooner
		if t.byHand() {
			return t.remind(Remind{Open: true, Standing: !t.p.QuietManual, Why: WhyByHand})
		}
		return t.install(WhyAgreed)
	case AnswerUnseen:
		return t.unseen()
	case AnswerDefer, AnswerIgnored, AnswerClosed:
		s.Unseen = 0
		s.Deferrals++
		s.DeferredUntil = t.clamp(t.now.Add(t.p.DeferralPeriod))
		return t.ask(e.Scene)
	}
	return t.unseen()
}

func (t *turn) warned(e Warned) Action {
	if e.Unseen {
		return t.unwarned()
	}
	t.s.Unwarned = 0
	if !e.Clicked && !t.overdue() { // the person logged out, and the deadline is yet to come
		return Wait{Until: t.s.Deadline, Why: WhyNobody}
	}
	t.s.Unseen = 0
	t.s.Agreed = t.now
	return t.install(WhyWarned)
}

// unwarned answers a final warning that could not be shown. Once it could not turn after turn, it is done without.
func (t *turn) unwarned() Action {
	wait := t.unseen()
	if !t.overdue() {
		return wait
	}
	t.s.Unwarned++
	if t.s.Unwarned < maxUnwarned {
		return wait
	}
	t.s.Agreed = t.now
	return t.install(WhyUnwarned)
}

// unseen ends a turn in which no window could be shown. Nothing is bought and nothing is lost by it.
func (t *turn) unseen() Action {
	t.s.Unseen++
	t.note("show window: it did not appear, or closed at once")
	return Wait{Why: WhyUnseen}
}

func (t *turn) remind(r Remind) Action {
	t.s.Reminders++
	return r
}

func (t *turn) reminded(e Reminded) Action {
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
