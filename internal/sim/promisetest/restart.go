package promisetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// restartsNeeded is P7: the Mac restarts for an installed update that needs it, and for each only once; where one of them
// needs a shut down, that is what is asked for. It is judged where it is known when the Mac has started.
func (p *Play) restartsNeeded() (broken []string) {
	if p.blind() {
		return nil
	}
	needed := enforce.Stay // since the last start
	for _, m := range p.moments() {
		if m.decision != nil && powerOf(m.decision.Action) == enforce.Restart && needed == enforce.ShutDown && !p.faulty("softwareupdate") {
			broken = append(broken, fmt.Sprintf("a restart at %v, and what is installed needs a shut down", m.real))
		}
		if m.Kind != sim.KindSystem {
			continue
		}
		if name, ok := strings.CutSuffix(m.Text, " is installed."); ok {
			needed = stronger(needed, p.power(name))
		}
		if strings.HasPrefix(m.Text, "The Mac has started") {
			needed = enforce.Stay
		}
		if restarts(m.Text) && needed == enforce.Stay {
			broken = append(broken, fmt.Sprintf("%s But nothing installed since the last start needs it.", m.Text))
		}
	}
	return broken
}

func stronger(a, b enforce.Power) enforce.Power {
	if a == enforce.ShutDown || b == enforce.Stay {
		return a
	}
	return b
}

// powerOf is what an action asks of the Mac.
func powerOf(action enforce.Action) enforce.Power {
	switch a := action.(type) {
	case enforce.AskRestart:
		return a.Power
	case enforce.ForceRestart:
		return a.Power
	case enforce.Look, enforce.Download, enforce.Prompt, enforce.Warn, enforce.Install, enforce.Remind, enforce.Hold, enforce.Wait, enforce.Finish:
	}
	return enforce.Stay
}

// power is what an update of the play needs.
func (p *Play) power(name string) enforce.Power {
	for _, o := range p.offers() {
		if o.Name() == name {
			return o.Action
		}
	}
	return enforce.Stay
}

// patient is P8: a forced restart comes no sooner than HardRestartDelay of awake time after the polite one, and before
// anything is asked for a window tells of it, where windows can be shown. With nobody logged in there is nobody to tell, and
// with nobody at the console nobody sees a window; who is logged in all the same has the time to come back.
func (p *Play) patient() (broken []string) {
	delay := p.setting("HardRestartDelay")
	var asked *moment
	told := true
	for _, m := range p.moments() {
		if _, ok := decided[enforce.AskRestart](m); ok {
			asked, told = &m, p.faulty()
		}
		if m.Kind == sim.KindWindow && IsRestartNotice(m.Window) {
			told = true
		}
		if m.Kind == sim.KindTool && slices.ContainsFunc(m.Args, asksForRestart) && !told && m.asked {
			broken = append(broken, fmt.Sprintf("a restart is asked for at %v, and nobody is told when it is forced", m.real))
		}
		if _, ok := decided[enforce.ForceRestart](m); ok && (m.asked || m.apart && !p.faulty("scutil")) && (asked == nil || m.awake-asked.awake < delay) {
			broken = append(broken, fmt.Sprintf("a restart was forced too soon, at %v", m.real))
		}
	}
	return broken
}

// asksForRestart tells whether an argument is the event that asks programs to quit, so that the Mac may restart.
func asksForRestart(arg string) bool {
	return strings.Contains(arg, "aevtrrst") || strings.Contains(arg, "aevtrsdn")
}
