package agent_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// reporter is a test, or a random one.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Log(args ...any)
}

// hold demands what every play has to keep, whatever happens in it.
func (p *play) hold(t reporter) {
	t.Helper()
	broken := slices.Concat(p.unforced(), p.warnedFirst(), p.deferredInFull(), p.neverLater(), p.restartsNeeded(), p.patient(),
		p.inScope(), p.cleanly(), p.explained(), p.ending())
	if len(broken) > 0 {
		t.Errorf("%s: %s", p.scenario.Name, strings.Join(broken, "\n"))
		t.Log(p.story())
	}
}

// moment is an entry of the journal with its true time, and the time so far that the Mac was awake.
type moment struct {
	sim.Entry
	real  time.Time
	awake time.Duration // since the start
	asked bool          // somebody is logged in
}

// moments goes through the journal. The Mac's clock is not to be trusted, since people set it, so it is followed.
func (p *play) moments() []moment {
	var list []moment
	var skew, asleep time.Duration
	somebody := !p.scenario.Person.Away
	for _, e := range p.Journal {
		at := e.At.Add(-skew)
		if e.Kind == sim.KindPerson || e.Kind == sim.KindSystem {
			switch {
			case strings.HasPrefix(e.Text, "logs out"), strings.HasPrefix(e.Text, "The Mac has started"):
				somebody = false
			case strings.HasPrefix(e.Text, "logs in"):
				somebody = true
			}
			if by, ok := strings.CutPrefix(e.Text, "sets the clock by "); ok {
				d, _ := time.ParseDuration(by)
				skew += d
			}
		}
		list = append(list, moment{e, at, at.Sub(p.start()) - asleep, somebody})
		if by, ok := strings.CutPrefix(e.Text, "closes the lid for "); ok && e.Kind == sim.KindPerson {
			d, _ := time.ParseDuration(by)
			asleep += d
		}
	}
	return list
}

func (p *play) start() time.Time {
	if p.scenario.Start.IsZero() {
		return playStart()
	}
	return p.scenario.Start
}

// setting is a duration that the profile sets in seconds, the least of all that it sets in the play.
func (p *play) setting(key string, byDefault time.Duration) time.Duration {
	least := byDefault
	if n, ok := p.scenario.Settings[key].(int64); ok {
		least = time.Duration(n) * time.Second
	}
	for _, e := range p.scenario.Plan {
		if n, ok := e.Value.(int64); ok && e.Do == sim.Profile && e.Key == key {
			least = min(least, time.Duration(n)*time.Second)
		}
	}
	return least
}

// decided tells whether an entry is the decision for an action of this type.
func decided(e sim.Entry, action string) bool {
	return e.Kind == sim.KindDecision && strings.HasPrefix(e.Text, "enforce."+action+":")
}

func clicked(e sim.Entry) bool {
	return e.Kind == sim.KindPerson && strings.HasPrefix(e.Text, `clicks "Run`)
}

// holds is how long an agreement holds, and a little.
const holds = time.Hour + 30*time.Second

// unforced is P1: before the deadline nothing is installed without a click, given when one at least of these updates was
// pending, and nothing restarts without an installation.
func (p *play) unforced() (broken []string) {
	var click, installed time.Time
	var pending, agreed []enforce.Update
	decisions := p.decisions
	for _, m := range p.moments() {
		switch {
		case clicked(m.Entry):
			click, agreed = m.real, pending
		case m.Kind == sim.KindDecision:
			d := decisions[0]
			decisions, pending = decisions[1:], d.State.Pending
			install, ok := d.Action.(enforce.Install)
			if !ok {
				continue
			}
			installed = m.real
			early := d.deadline().Sub(m.real)
			told := slices.ContainsFunc(install.Updates, func(u enforce.Update) bool { return slices.Contains(agreed, u) })
			if early > time.Minute && (!told || m.real.Sub(click) > holds) {
				broken = append(broken, fmt.Sprintf("P1: %s: installed %v before the deadline, without a click", enforce.List(install.Updates), early))
			}
		case m.Kind == sim.KindSystem && restarts(m.Text) && installed.IsZero():
			broken = append(broken, "P1: restarted without an installation")
		}
	}
	return broken
}

// restarts tells whether a line says that our program restarts the Mac.
func restarts(text string) bool {
	return slices.Contains([]string{
		"The Mac is restarted at once.", "The Mac is shut down at once, and starts again.",
		"The programs have quit, and the Mac restarts.", "softwareupdate asks all programs to quit, and restarts the Mac.",
		"softwareupdate restarts the Mac, on which nobody is logged in.",
	}, text)
}

// warnedFirst is P3: whoever is logged in has seen a final warning for UpdateDelay of awake time, or has clicked.
func (p *play) warnedFirst() (broken []string) {
	const pauses = 30 * time.Second // in which a closed warning comes back
	delay := p.setting("UpdateDelay", 10*time.Minute)
	var agreed time.Time
	var warning *moment
	for _, m := range p.moments() {
		switch {
		case clicked(m.Entry), !m.asked:
			agreed = m.real
		case decided(m.Entry, "Warn"):
			warning = &m
		case decided(m.Entry, "Install"):
			if warning != nil && m.awake-warning.awake >= delay-min(pauses, delay/2) {
				agreed = m.real
			}
			if agreed.IsZero() || m.real.Sub(agreed) > holds {
				broken = append(broken, fmt.Sprintf("P3: installed at %v with a warning shorter than %v", m.real, delay))
			}
			warning = nil
		case m.Kind == sim.KindTurn:
			warning = nil
		}
	}
	return broken
}

// deferredInFull is P4: prompts are never closer together than a deferral lasts. It holds where nobody sets the clock or
// the preference values, and no turn is cut while it asks.
func (p *play) deferredInFull() (broken []string) {
	period := p.setting("DeferralPeriod", 4*time.Hour)
	if slices.ContainsFunc(p.scenario.Plan, func(e sim.Event) bool {
		return e.Do == sim.SetClock || e.Do == sim.Write || e.Do == sim.Profile && e.Key == "MaxDeferralTime"
	}) {
		return nil
	}
	if most := p.setting("MaxDeferralTime", 72*time.Hour); period >= most {
		return nil
	}
	var last *moment
	for _, m := range p.moments() {
		switch {
		case m.Kind == sim.KindWindow && isPrompt(m.Window):
			if last != nil && m.real.Sub(last.real) < period {
				broken = append(broken, fmt.Sprintf("P4: a prompt %v after the one before", m.real.Sub(last.real)))
			}
			last = &m
		case m.Kind == sim.KindDecision && strings.Contains(m.Text, "No window could be shown"):
			last = nil // that was no prompt
		case m.Kind == sim.KindSystem && (m.Text == "The daemon is killed." || strings.HasPrefix(m.Text, "The Mac has started") ||
			strings.HasPrefix(m.Text, "An administrator unloads")):
			if last != nil && len(p.turns) > 0 {
				last = p.answeredBefore(m, last)
			}
		}
	}
	return broken
}

// answeredBefore keeps a prompt in mind when its turn had saved an answer before it was cut.
func (p *play) answeredBefore(cut moment, prompt *moment) *moment {
	for i, d := range p.decisions {
		if p.acted(i) && d.real.After(prompt.real) && !d.real.After(cut.real) && d.State.DeferredUntil.After(d.At) {
			return prompt
		}
	}
	return nil
}

// neverLater is P5: in true time, a deadline only moves earlier. A clock's own regulation is forgiven, and a deadline
// that comes back from the preference values is one of whole seconds. A clock that is set while a turn is under way is
// noticed in full at the next turn, from the time at which the Mac started, so where people set it that is when it is
// looked at, and not before it was seen twice.
func (p *play) neverLater() (broken []string) {
	const slack = 6 * time.Second
	clocks := slices.ContainsFunc(p.scenario.Plan, func(e sim.Event) bool { return e.Do == sim.SetClock })
	if clocks && p.blind() {
		return nil
	}
	var deadline time.Time
	later := !clocks
	for i, d := range p.decisions {
		first := i == 0 || p.decisions[i-1].turn != d.turn
		if _, ended := d.Action.(enforce.Finish); ended {
			deadline, later = time.Time{}, !clocks // what comes then is another round
		}
		if d.State.Deadline.IsZero() || clocks && !first || !p.acted(i) {
			continue
		}
		if now := d.deadline(); deadline.IsZero() || now.Before(deadline) {
			deadline, later = now, !clocks
		} else if now.Sub(deadline) > slack {
			if later {
				broken = append(broken, fmt.Sprintf("P5: the deadline moved later by %v at %v", now.Sub(deadline), d.real))
			}
			later = true
		}
	}
	return broken
}

// acted tells whether a decision is known to have been acted upon, so that it was saved: its turn went on, or to its end.
func (p *play) acted(i int) bool {
	turn := p.decisions[i].turn
	return p.turns[turn].whole || i+1 < len(p.decisions) && p.decisions[i+1].turn == turn
}

// blind tells whether it may be unknown when the Mac has started, or it has started between the same two turns between
// which its clock was set, so that neither tells of the other.
func (p *play) blind() bool {
	set, started := false, false
	for _, e := range p.Journal {
		set = e.Kind != sim.KindTurn && set || strings.HasPrefix(e.Text, "sets the clock by")
		started = e.Kind != sim.KindTurn && started || strings.HasPrefix(e.Text, "The Mac has started")
		if set && started {
			return true
		}
	}
	return slices.ContainsFunc(p.scenario.Faults, func(f sim.Fault) bool { return f.Tool == "sysctl" })
}

// restartsNeeded is P7: the Mac restarts for an installed update that needs it, and for each only once, where it is known
// when the Mac has started.
func (p *play) restartsNeeded() (broken []string) {
	if p.blind() {
		return nil
	}
	needed := 0
	for _, m := range p.moments() {
		if m.Kind != sim.KindSystem {
			continue
		}
		if name, ok := strings.CutSuffix(m.Text, " is installed."); ok && p.power(name) != enforce.Stay {
			needed++
		}
		if strings.HasPrefix(m.Text, "The Mac has started") {
			needed = 0
		}
		if restarts(m.Text) && needed == 0 {
			broken = append(broken, fmt.Sprintf("P7: %s But nothing installed since the last start needs it.", m.Text))
		}
	}
	return broken
}

// power is what an update of the play needs.
func (p *play) power(name string) enforce.Power {
	for _, o := range p.offers() {
		if o.Name() == name {
			return o.Action
		}
	}
	return enforce.Stay
}

// offers are all updates of the play, those that come later too.
func (p *play) offers() []sim.Offer {
	list := slices.Clone(p.scenario.Offers)
	for _, e := range p.scenario.Plan {
		if e.Do == sim.Release {
			list = append(list, e.Offer)
		}
	}
	return list
}

// patient is P8: a forced restart comes no sooner than HardRestartDelay of awake time after the polite one, which a
// window tells of. With nobody logged in there is nobody to wait for.
func (p *play) patient() (broken []string) {
	delay := p.setting("HardRestartDelay", 5*time.Minute)
	var asked *moment
	for _, m := range p.moments() {
		switch {
		case decided(m.Entry, "AskRestart"):
			asked = &m
		case decided(m.Entry, "ForceRestart") && m.asked:
			if asked == nil || m.awake-asked.awake < delay {
				broken = append(broken, "P8: a restart was forced too soon")
			}
		}
	}
	return broken
}
