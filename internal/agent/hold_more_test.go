package agent_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// isUpgrade tells by its title whether an update of these tests is a major upgrade.
func isUpgrade(o sim.Offer) bool {
	return strings.HasPrefix(o.Title, "macOS Upgrade") || strings.HasPrefix(o.Title, "macOS Sequoia")
}

// inScope is P10: what is not to be enforced is neither installed nor downloaded nor shown.
func (p *play) inScope() (broken []string) {
	allow, _ := p.scenario.Settings["AllowMajorUpgrades"].(bool)
	for _, o := range p.offers() {
		major := isUpgrade(o)
		old := slices.Contains([]string{"10.13.6", "10.14.6"}, p.scenario.MacOS) // whose listings cannot say so
		if (!o.Deferred || old) && (!major || allow) {
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
		wanted := (o.Recommended || o.Action != enforce.Stay) && !o.Deferred && (allow || !isUpgrade(o))
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
