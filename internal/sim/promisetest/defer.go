package promisetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// deferredInFull is P4: prompts are never closer together than a deferral lasts.
func (p *Play) deferredInFull() (broken []string) {
	for _, pair := range p.hasty() {
		if !pair.cut {
			broken = append(broken, fmt.Sprintf("a prompt %v after the one before", pair.gap))
		}
	}
	return broken
}

// pair is two prompts that are closer together than a deferral lasts.
type pair struct {
	gap time.Duration
	cut bool // the daemon was killed, or the Mac restarted, in between
}

// hasty lists the prompts that come within the deferral that the one before has bought. It is judged where nobody sets the
// clock or the preference values, and a prompt whose answer was lost with a turn that was cut has bought none.
func (p *Play) hasty() (list []pair) {
	period := p.setting("DeferralPeriod")
	if slices.ContainsFunc(p.Scenario().Plan, func(e sim.Event) bool {
		return e.Do == sim.SetClock || e.Do == sim.Write || e.Do == sim.Profile && e.Key == "MaxDeferralTime"
	}) {
		return nil
	}
	if most := p.setting("MaxDeferralTime"); period >= most {
		return nil
	}
	var last *moment
	cut := false
	for _, m := range p.moments() {
		switch {
		case m.Kind == sim.KindWindow && IsPrompt(m.Window):
			if last != nil && m.real.Sub(last.real) < period {
				list = append(list, pair{m.real.Sub(last.real), cut})
			}
			last, cut = &m, false
		case m.Kind == sim.KindDecision && strings.Contains(m.Text, "No window could be shown"):
			last = nil // that was no prompt
		case cuts(m.Entry):
			if cut = true; last != nil && len(p.Turns) > 0 {
				last = p.answeredBefore(m, last)
			}
		}
	}
	return list
}

// cuts tells whether an entry says that the turn which is under way is over, whatever it was about.
func cuts(e sim.Entry) bool {
	return e.Kind == sim.KindSystem && (e.Text == killed || strings.HasPrefix(e.Text, "The turn ends: "+unsaved) || strings.HasPrefix(e.Text, "The Mac has started") ||
		strings.HasPrefix(e.Text, "An administrator unloads"))
}

// answeredBefore keeps a prompt in mind when its turn had saved an answer before it was cut.
func (p *Play) answeredBefore(cut moment, prompt *moment) *moment {
	for i, d := range p.Decisions {
		if p.acted(i) && d.Real.After(prompt.real) && !d.Real.After(cut.real) && d.State.DeferredUntil.After(d.At) {
			return prompt
		}
	}
	return nil
}

// continued is P14: after a turn that was killed the next one takes decisions, no state is lost, and nobody is asked twice
// within a deferral. What somebody does to the files between the turns is not the daemon's to answer for.
func (p *Play) continued() (broken []string) {
	for _, pair := range p.hasty() {
		if pair.cut {
			broken = append(broken, fmt.Sprintf("a prompt %v after the one before, whose answer was kept", pair.gap))
		}
	}
	if p.meddled() {
		return broken
	}
	for i := range p.Turns {
		if i > 0 && p.killedIn(i-1) && p.Turns[i].Whole && len(p.decisionsOf(i)) == 0 {
			broken = append(broken, fmt.Sprintf("turn %d decides nothing after one that was killed: %v", i+1, p.Turns[i].Err))
		}
	}
	for _, loss := range []string{"State not used", "State put right", "the state of the round was gone"} {
		if p.Said(loss) {
			broken = append(broken, "the state is lost: "+loss)
		}
	}
	return broken
}

func (p *Play) killedIn(turn int) bool {
	t := p.Turns[turn]
	return slices.ContainsFunc(p.Journal[t.From:t.To], func(e sim.Entry) bool { return e.Kind == sim.KindSystem && e.Text == killed })
}

// neverLater is P5: in true time, a deadline only moves earlier. A clock's own regulation is forgiven, and a deadline
// that comes back from the preference values is one of whole seconds. A clock that is set while a turn is under way is
// noticed in full at the next turn, from the time at which the Mac started, so where people set it that is when it is
// looked at, and not before it was seen twice.
func (p *Play) neverLater() (broken []string) {
	const slack = 6 * time.Second
	clocks := slices.ContainsFunc(p.Scenario().Plan, func(e sim.Event) bool { return e.Do == sim.SetClock })
	if clocks && p.blind() {
		return nil
	}
	var deadline time.Time
	late := !clocks
	for i, d := range p.Decisions {
		first := i == 0 || p.Decisions[i-1].Turn != d.Turn
		if _, ended := d.Action.(enforce.Finish); ended {
			deadline, late = time.Time{}, !clocks // what comes then is another round
		}
		if d.State.Deadline.IsZero() || clocks && !first || !p.acted(i) {
			continue
		}
		if now := d.Deadline(); deadline.IsZero() || now.Before(deadline) {
			deadline, late = now, !clocks
		} else if now.Sub(deadline) > slack {
			if late {
				broken = append(broken, fmt.Sprintf("the deadline moved later by %v at %v", now.Sub(deadline), d.Real))
			}
			late = true
		}
	}
	return broken
}

// plausibly is P6: no deadline appears by a clock that shows a time before the program was built.
func (p *Play) plausibly() (broken []string) {
	for i, d := range p.Decisions {
		fresh := i == 0 || p.Decisions[i-1].State.Deadline.IsZero()
		if fresh && !d.State.Deadline.IsZero() && d.At.Before(Built()) {
			broken = append(broken, fmt.Sprintf("a deadline is set at %v by the Mac's clock", d.At))
		}
	}
	return broken
}

// oneRound is P9: a round has one beginning, and what appears meanwhile belongs to it. It is judged where nobody sets the
// clock, which moves the beginning along, or takes the state away.
func (p *Play) oneRound() (broken []string) {
	if p.meddled() || p.plans(sim.SetClock) {
		return nil
	}
	var began time.Time
	for i, d := range p.Decisions {
		_, ended := d.Action.(enforce.Finish)
		switch {
		case ended:
			began = time.Time{}
		case d.State.Began.IsZero() || !p.acted(i):
		case began.IsZero():
			began = d.State.Began
		case !d.State.Began.Equal(began):
			broken = append(broken, fmt.Sprintf("a second round begins at %v, after the one of %v", d.State.Began, began))
			began = d.State.Began
		}
	}
	return broken
}
