package promisetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// holds is how long an agreement holds, and a little.
const holds = time.Hour + 30*time.Second

// unforced is P1: before the deadline nothing is installed without a click, given when one at least of these updates was
// pending, and nothing restarts without an installation.
func (p *Play) unforced() (broken []string) {
	var click, installed time.Time
	var pending, agreed []enforce.Update
	for _, m := range p.moments() {
		if m.agree {
			click, agreed = m.real, pending
		}
		if m.Kind == sim.KindSystem && restarts(m.Text) && installed.IsZero() {
			broken = append(broken, "restarted without an installation")
		}
		if m.decision != nil {
			pending = m.decision.State.Pending
		}
		if install, ok := decided[enforce.Install](m); ok {
			installed = m.real
			early := m.decision.Deadline().Sub(m.real)
			told := slices.ContainsFunc(install.Updates, func(u enforce.Update) bool { return slices.Contains(agreed, u) })
			if early > time.Minute && (!told || m.real.Sub(click) > holds) {
				broken = append(broken, fmt.Sprintf("%s: installed %v before the deadline, without a click", enforce.List(install.Updates), early))
			}
		}
	}
	return broken
}

// inTime is P2: a turn that begins after the deadline enforces, unless it is cut, and no more than an interval of awake
// time goes by without a turn. It is judged up to the first enforcement of a play, and where no tool misbehaves and
// neither the network, the disk, the clock, a setting nor a file that was changed keeps the Mac from it.
func (p *Play) inTime() []string {
	if p.meddled() || p.hindered() {
		return nil
	}
	return p.late()
}

// hindered tells whether something keeps the Mac from enforcing in time.
func (p *Play) hindered() bool {
	return p.Hindered || p.faulty() || p.plans(sim.Offline, sim.Encrypt, sim.SetClock) || p.sets("InstallWhenLoggedOut")
}

// sets tells whether the profile has one of these settings, from the start or later.
func (p *Play) sets(keys ...string) bool {
	s := p.Scenario()
	return slices.ContainsFunc(keys, func(key string) bool { _, ok := s.Settings[key]; return ok }) ||
		slices.ContainsFunc(s.Plan, func(e sim.Event) bool { return e.Do == sim.Profile && slices.Contains(keys, e.Key) })
}

// late tells of turns that begin too late or do not enforce.
func (p *Play) late() (broken []string) {
	for i, turn := range p.Turns {
		decisions := p.decisionsOf(i)
		enforced := slices.ContainsFunc(decisions, func(d Decision) bool { return enforces(d.Action) })
		if len(decisions) == 0 || decisions[0].State.Deadline.IsZero() && !enforced {
			continue
		}
		if deadline := decisions[0].Deadline(); !decisions[0].State.Deadline.IsZero() && !turn.Began.Before(deadline) {
			since := deadline
			if i > 0 && p.Turns[i-1].Ended.After(since) {
				since = p.Turns[i-1].Ended
			}
			if late := turn.Began.Sub(since) - p.asleep(since, turn.Began); i > 0 && late > agent.Interval+time.Minute {
				broken = append(broken, fmt.Sprintf("no turn for %v after the deadline", late))
			}
			if turn.Whole && !enforced && !p.excused(decisions[len(decisions)-1]) {
				broken = append(broken, fmt.Sprintf("%v after the deadline nothing is enforced", turn.Ended.Sub(deadline)))
			}
		}
		if len(broken) > 0 || enforced {
			return broken
		}
	}
	return nil
}

// excused tells whether a turn that does not enforce waits for what the Mac cannot do without: where only a person can
// install, that is also a person.
func (p *Play) excused(d Decision) bool {
	switch d.Action.Reason() { //nolint:exhaustive // the others excuse nothing
	case enforce.WhyPower, enforce.WhySpace, enforce.WhySettingUp, enforce.WhyOthers:
		return true
	case enforce.WhyNobody:
		return p.byHand()
	case enforce.WhyLater: // all of it, or the rest is enforced
		return len(enforce.Withheld(d.State, d.At)) == len(d.State.Pending)
	case enforce.WhyDeclared: // it is macOS's turn, unless who is there cannot do anything but wait for that
		return !d.At.Add(time.Minute).Before(d.State.Declared.At) || p.Scenario().Person.NoOwner || p.Scenario().Other.NoOwner
	default:
		return false
	}
}

// byHand tells whether it may be that only a person can install.
func (p *Play) byHand() bool { return p.Scenario().Silicon || p.sets("ManualUpdates", "InstallMethod") }

// decisionsOf lists the decisions of a turn.
func (p *Play) decisionsOf(turn int) []Decision {
	end := len(p.Decisions)
	if turn+1 < len(p.Turns) {
		end = p.Turns[turn+1].Decisions
	}
	return p.Decisions[p.Turns[turn].Decisions:end]
}

// enforces tells whether an action is one of those with which enforcement begins.
func enforces(action enforce.Action) bool {
	switch a := action.(type) {
	case enforce.Warn, enforce.Install, enforce.AskRestart, enforce.ForceRestart, enforce.Finish:
		return true
	case enforce.Remind: // whom macOS does not let install can only be told
		return a.Overdue || a.NoOwner
	case enforce.Hold:
		return a.Overdue
	case enforce.Look, enforce.Download, enforce.Prompt, enforce.Wait:
	}
	return false
}

// warnedFirst is P3: whoever is logged in has seen a final warning for UpdateDelay of awake time, or has clicked, or no
// window could be shown in three turns in a row.
func (p *Play) warnedFirst() (broken []string) {
	c := newConsent(p.setting("UpdateDelay"), p.faulty("scutil"))
	for _, m := range p.moments() {
		broken = append(broken, c.see(m)...)
	}
	return broken
}
