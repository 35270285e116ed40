package promisetest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// killed is what the journal says of a daemon that was killed.
const killed = "The daemon is killed."

// unpowered is what it says when the power is lost.
const unpowered = "The Mac loses its power."

// unsaved begins the error of a turn that could not save its last decision.
const unsaved = "save state: "

// moment is an entry of the journal with its true time, and the time so far that the Mac was awake.
type moment struct {
	sim.Entry
	real  time.Time
	awake time.Duration // since the start
	asked bool          // somebody is at the console
	apart bool          // nobody is, and somebody is logged in all the same
	agree bool          // they click the button that agrees
	who   person        // and who that is

	decision *Decision // where that is what the entry is about
}

// moments goes through the journal. The Mac's clock is not to be trusted, since people set it, so it is followed.
func (p *Play) moments() []moment {
	var list []moment
	var skew, asleep time.Duration
	seats := seating{main: !p.Scenario().Person.Away && !p.Scenario().Person.SettingUp}
	decided := 0
	var window *sim.Window // the last that could be clicked
	for _, e := range p.Journal {
		if e.Kind == sim.KindWindow && len(e.Window.Buttons) > 0 {
			window = e.Window
		}
		at := e.At.Add(-skew)
		if e.Kind == sim.KindPerson || e.Kind == sim.KindSystem {
			seats.follow(e.Text)
			if by, ok := strings.CutPrefix(e.Text, "sets the clock by "); ok {
				d, _ := time.ParseDuration(by)
				skew += d
			}
		}
		m := moment{Entry: e, real: at, awake: at.Sub(p.start()) - asleep, asked: seats.taken(), apart: seats.apart(), who: seats.who()}
		m.agree = e.Kind == sim.KindPerson && window != nil && e.Text == "clicks "+strconv.Quote(window.Buttons[0])
		if e.Kind == sim.KindDecision && decided < len(p.Decisions) {
			m.decision = &p.Decisions[decided]
			decided++
		}
		list = append(list, m)
		if by, ok := strings.CutPrefix(e.Text, "closes the lid for "); ok && e.Kind == sim.KindPerson {
			d, _ := time.ParseDuration(by)
			asleep += d
		}
	}
	return list
}

func (p *Play) start() time.Time { return p.Scenario().Start }

// setting is a duration as the settings have it, the least of all that it is in the play.
func (p *Play) setting(key string) time.Duration {
	values := p.Scenario().Settings
	least := decode(values).Duration(key)
	for _, e := range p.Scenario().Plan {
		if e.Do == sim.Profile {
			least = min(least, decode(changed(values, e)).Duration(key))
		}
	}
	return least
}

// plans tells whether the play's plan, or its person, does one of these things.
func (p *Play) plans(what ...string) bool {
	s := p.Scenario()
	acts := slices.Concat(s.Person.Answers, s.Person.Final)
	return slices.ContainsFunc(s.Plan, func(e sim.Event) bool { return slices.Contains(what, e.Do) }) ||
		slices.ContainsFunc(acts, func(a sim.Act) bool { return slices.Contains(what, a.Do) })
}

// faulty tells whether one of these tools misbehaves at some time in the play; of any tool where none is named.
func (p *Play) faulty(tools ...string) bool {
	return slices.ContainsFunc(p.Scenario().Faults, func(f sim.Fault) bool {
		return len(tools) == 0 || slices.Contains(tools, f.Tool)
	})
}

// offers are all updates of the play, those that come later too.
func (p *Play) offers() []sim.Offer {
	list := slices.Clone(p.Scenario().Offers)
	for _, e := range p.Scenario().Plan {
		if e.Do == sim.Release {
			list = append(list, e.Offer)
		}
	}
	return list
}

// acted tells whether a decision is known to have been acted upon, so that it was saved: its turn went on, or to its end,
// and not to one for want of saving it.
func (p *Play) acted(i int) bool {
	turn := p.Decisions[i].Turn
	t := p.Turns[turn]
	return t.Whole && (t.Err == nil || !strings.HasPrefix(t.Err.Error(), unsaved)) || i+1 < len(p.Decisions) && p.Decisions[i+1].Turn == turn
}

// blind tells whether it may be unknown when the Mac has started, or it has started between the same two turns between
// which its clock was set, so that neither tells of the other.
func (p *Play) blind() bool {
	set, started, turn := false, false, -1
	for _, e := range p.Journal {
		if e.Kind == sim.KindTurn {
			if turn++; p.looked(turn) {
				set, started = false, false
			}
		}
		set = set || strings.HasPrefix(e.Text, "sets the clock by")
		started = started || strings.HasPrefix(e.Text, "The Mac has started")
		if set && started {
			return true
		}
	}
	return p.faulty("sysctl")
}

// looked tells whether a turn has come so far as to act upon what it has found.
func (p *Play) looked(turn int) bool {
	return turn < len(p.Turns) && len(p.decisionsOf(turn)) > 0 && p.acted(p.Turns[turn].Decisions)
}

// decided tells whether a moment is the decision for an action of this type.
func decided[A enforce.Action](m moment) (action A, ok bool) {
	if m.decision != nil {
		action, ok = m.decision.Action.(A)
	}
	return action, ok
}

// restarts tells whether a line says that our program restarts the Mac.
func restarts(text string) bool {
	return slices.Contains([]string{
		"The Mac is restarted at once.", "The Mac is shut down at once, and starts again.",
		"The programs have quit, and the Mac restarts.", "softwareupdate asks all programs to quit, and restarts the Mac.",
		"softwareupdate restarts the Mac, on which nobody is logged in.",
	}, text)
}

// asleep is for how long the Mac was asleep, or off for a restart, between two true times.
func (p *Play) asleep(from, to time.Time) (sum time.Duration) {
	var before time.Time
	for _, m := range p.moments() {
		if strings.HasPrefix(m.Text, "The Mac has started") && m.Kind == sim.KindSystem {
			sum += max(0, earlier(to, m.real).Sub(later(from, before)))
		}
		before = m.real
		by, ok := strings.CutPrefix(m.Text, "closes the lid for ")
		if d, err := time.ParseDuration(by); ok && err == nil && m.Kind == sim.KindPerson {
			sum += max(0, earlier(to, m.real.Add(d)).Sub(later(from, m.real)))
		}
	}
	return sum
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
