package promisetest

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// inScope is P10: what is not to be enforced is neither installed nor downloaded nor shown.
func (p *Play) inScope() (broken []string) {
	old := slices.Contains([]string{"10.13.6", "10.14.6"}, p.Scenario().MacOS) // whose listings cannot say that an update is deferred
	for _, o := range p.offers() {
		if (!o.Deferred || old) && !p.isUpgrade(o) {
			continue
		}
		for _, e := range p.Journal {
			if e.Kind == sim.KindTool && e.Text == "softwareupdate" && slices.Contains(e.Args, o.Label) ||
				e.Kind == sim.KindWindow && strings.Contains(e.Window.Text, o.Title) {
				broken = append(broken, fmt.Sprintf("%s is out of scope: %s %q", o.Title, e.Text, e.Args))
			}
		}
	}
	return broken
}

// isUpgrade tells whether an update is one to another macOS, which the settings do not allow. Which macOS it is for shows
// in its version.
func (p *Play) isUpgrade(o sim.Offer) bool {
	allowed, _ := p.Scenario().Settings["AllowMajorUpgrades"].(bool)
	return !allowed && strings.HasPrefix(o.Title, "macOS ") && generation(o.Version) > generation(p.Scenario().MacOS)
}

func generation(version string) int {
	first, _, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(first)
	return n
}

// cleanly is P11: the daemon goes when nothing is left to enforce, and leaves nothing.
func (p *Play) cleanly() (broken []string) {
	if !p.Tally.Removed {
		return nil
	}
	if left := p.Leftovers(); len(left) > 0 && (!p.Hindered && !p.cutIn(len(p.Turns)-1) || !inert(left)) {
		broken = append(broken, fmt.Sprintf("it has left %q", left))
	}
	if name := p.waiting(); name != "" && !p.blind() {
		broken = append(broken, fmt.Sprintf("it has gone before the restart that %s needs", name))
	}
	for _, o := range p.offers() {
		wanted := (o.Recommended || o.Action != enforce.Stay) && !o.Deferred && !p.isUpgrade(o)
		if wanted && !o.Prepares && p.releasedBefore(o) && slices.Contains(p.Remaining(), o.Label) {
			broken = append(broken, fmt.Sprintf("it has gone, and %q is still offered", o.Label))
		}
	}
	return broken
}

// waiting names an update that is installed and, at the end of the play, still waits for a restart; nothing if none does.
func (p *Play) waiting() (name string) {
	for _, e := range p.Journal {
		if installed, ok := strings.CutSuffix(e.Text, " is installed."); ok && e.Kind == sim.KindSystem && p.power(installed) != enforce.Stay {
			name = installed
		}
		if strings.HasPrefix(e.Text, "The Mac has started") {
			name = ""
		}
	}
	return name
}

// cutIn tells whether a turn was killed, or the power was lost.
func (p *Play) cutIn(turn int) bool {
	return p.killedIn(turn) || slices.ContainsFunc(p.Journal[p.Turns[turn].From:p.Turns[turn].To], func(e sim.Entry) bool {
		return e.Kind == sim.KindSystem && e.Text == unpowered
	})
}

// inert tells whether what is left is a program that nothing starts any more. A turn that is cut in its very last
// moments, when its job is gone and the program is not, leaves that: no order is safe at every instruction, and a program
// without a job is better than a job without a program.
func inert(left []string) bool {
	return !slices.ContainsFunc(left, func(name string) bool {
		return name != agent.BinaryPath && name != agent.BuildPath && name != agent.SupportFolder && path.Base(name) != "turn.lock"
	})
}

// releasedBefore tells whether an update was offered before the last look.
func (p *Play) releasedBefore(o sim.Offer) bool {
	looks := Actions[enforce.Look](p)
	for _, e := range p.Scenario().Plan {
		if e.Do == sim.Release && e.Offer.Label == o.Label {
			return len(looks) > 0 && p.start().Add(e.At).Before(looks[len(looks)-1].Real)
		}
	}
	return true
}
