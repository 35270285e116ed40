package agent_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// hold demands what every play has to keep, whatever happens in it.
func (p *play) hold(t testing.TB) {
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
		real := e.At.Add(-skew)
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
		list = append(list, moment{e, real, real.Sub(p.start()) - asleep, somebody})
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

const isDecision = "*enforce."

// decided tells which action an entry is the decision for.
func decided(e sim.Entry, action string) bool {
	return e.Kind == sim.KindDecision && (strings.HasPrefix(e.Text, "enforce."+action+":") || strings.HasPrefix(e.Text, isDecision+action+":"))
}

func clicked(e sim.Entry) bool {
	return e.Kind == sim.KindPerson && strings.HasPrefix(e.Text, `clicks "Run`)
}

// holds is how long an agreement holds, and a little.
const holds = time.Hour + 30*time.Second

// unforced is P1: before the deadline nothing is installed without a click, and nothing restarts without an
// installation.
func (p *play) unforced() (broken []string) {
	var click, installed time.Time
	decisions := p.decisions
	for _, m := range p.moments() {
		switch {
		case clicked(m.Entry):
			click = m.real
		case m.Kind == sim.KindDecision:
			d := decisions[0]
			decisions = decisions[1:]
			if !decided(m.Entry, "Install") {
				continue
			}
			installed = m.real
			early := d.deadline().Sub(m.real)
			if early > time.Minute && (click.IsZero() || m.real.Sub(click) > holds) {
				broken = append(broken, fmt.Sprintf("P1: installed %v before the deadline, without a click", early))
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

// deferredInFull is P4: prompts are never closer together than a deferral lasts. It holds where nobody moves the clock or
// the preference values, and no turn is cut while it asks.
func (p *play) deferredInFull() (broken []string) {
	period := p.setting("DeferralPeriod", 4*time.Hour)
	if slices.ContainsFunc(p.scenario.Plan, func(e sim.Event) bool {
		return e.Do == sim.SetClock && e.For > 0 || e.Do == sim.Write || e.Do == sim.Profile && e.Key == "MaxDeferralTime"
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
	for _, d := range p.decisions {
		if d.real.After(prompt.real) && !d.real.After(cut.real) && d.State.DeferredUntil.After(d.At) {
			return prompt
		}
	}
	return nil
}

// neverLater is P5: in true time, a deadline only moves earlier. A clock's own regulation is forgiven, and a deadline
// that comes back from the preference values is one of whole seconds.
func (p *play) neverLater() (broken []string) {
	const slack = 6 * time.Second
	var deadline time.Time
	for _, d := range p.decisions {
		if d.State.Deadline.IsZero() {
			continue
		}
		if now := d.deadline(); deadline.IsZero() || now.Before(deadline) {
			deadline = now
		} else if now.Sub(deadline) > slack {
			broken = append(broken, fmt.Sprintf("P5: the deadline moved later by %v at %v", now.Sub(deadline), d.real))
		}
	}
	return broken
}

// restartsNeeded is P7: the Mac restarts for an installed update that needs it, and for each only once.
func (p *play) restartsNeeded() (broken []string) {
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
		case !m.asked:
			asked = nil
			if decided(m.Entry, "AskRestart") {
				asked = &m
			}
		}
	}
	return broken
}

// inScope is P10: what is not to be enforced is neither installed nor downloaded nor shown.
func (p *play) inScope() (broken []string) {
	allow, _ := p.scenario.Settings["AllowMajorUpgrades"].(bool)
	for _, o := range p.offers() {
		major := strings.HasPrefix(o.Title, "macOS Upgrade")
		if !o.Deferred && (!major || allow) {
			continue
		}
		for _, e := range p.Journal {
			if e.Kind == sim.KindTool && e.Text == "softwareupdate" && slices.Contains(e.Args, o.Label) ||
				e.Kind == sim.KindWindow && strings.Contains(e.Window.Text, o.Title) {
				broken = append(broken, fmt.Sprintf("P10: %s is out of scope: %s %q", o.Title, e.Text, e.Args))
			}
		}
	}
	return broken
}

// cleanly is P11: the daemon goes when nothing is left to enforce, and leaves nothing.
func (p *play) cleanly() (broken []string) {
	if !p.tally.Removed {
		return nil
	}
	if left := p.Leftovers(); len(left) > 0 {
		broken = append(broken, fmt.Sprintf("P11: it has left %q", left))
	}
	allow, _ := p.scenario.Settings["AllowMajorUpgrades"].(bool)
	for _, o := range p.offers() {
		wanted := (o.Recommended || o.Action != enforce.Stay) && !o.Deferred && (allow || !strings.HasPrefix(o.Title, "macOS Upgrade"))
		if wanted && !o.Prepares && p.releasedBefore(o) && slices.Contains(p.Remaining(), o.Label) {
			broken = append(broken, fmt.Sprintf("P11: it has gone, and %q is still offered", o.Label))
		}
	}
	return broken
}

// releasedBefore tells whether an update was offered before the last look.
func (p *play) releasedBefore(o sim.Offer) bool {
	looks := actions[enforce.Look](p)
	for _, e := range p.scenario.Plan {
		if e.Do == sim.Release && e.Offer.Label == o.Label {
			return len(looks) > 0 && p.start().Add(e.At).Before(looks[len(looks)-1].real)
		}
	}
	return true
}

// explained is the last part of P16: every decision has its reason in words.
func (p *play) explained() (broken []string) {
	for _, d := range p.decisions {
		if len(d.Why) < 10 || strings.HasPrefix(d.Why, "No turn") || strings.Contains(d.Why, "{") {
			broken = append(broken, fmt.Sprintf("P16: %T is explained by %q", d.Action, d.Why))
		}
	}
	return broken
}

// ending is P15: every turn ends within the limits of its tools, and none takes too many steps.
func (p *play) ending() (broken []string) {
	const longest = 12 * time.Hour // a look, a download and an installation that hang, and a prompt
	asleep := time.Duration(0)
	for _, e := range p.scenario.Plan {
		if e.Do == sim.Sleep {
			asleep += e.For
		}
	}
	longestPrompt := p.setting("PromptTimeout", time.Hour) + p.setting("UpdateDelay", 10*time.Minute)
	for _, turn := range p.turns {
		if took := turn.ended.Sub(turn.began); took > longest+longestPrompt+asleep {
			broken = append(broken, fmt.Sprintf("P15: a turn took %v", took))
		}
	}
	if p.said(agent.ErrBudget.Error()) || p.said("this is an error of the program") {
		broken = append(broken, "P15: a turn took too many steps")
	}
	return broken
}
