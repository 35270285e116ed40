package promisetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// apart is P12: no turn begins before the one before has ended, no decision belongs to a turn that is over, and a turn
// that was started while another was under way has said so and done nothing.
func (p *Play) apart() (broken []string) {
	for i, t := range p.Turns {
		if i > 0 && t.Began.Before(p.Turns[i-1].Ended) {
			broken = append(broken, fmt.Sprintf("turn %d begins %v before the one before has ended", i+1, p.Turns[i-1].Ended.Sub(t.Began)))
		}
	}
	for i, d := range p.Decisions {
		t := p.Turns[d.Turn]
		if i > 0 && d.Turn < p.Decisions[i-1].Turn || d.Real.Before(t.Began) || d.Real.After(t.Ended) {
			broken = append(broken, fmt.Sprintf("turn %d decides at %v, when it is not its turn", d.Turn+1, d.Real))
		}
	}
	for _, s := range p.Seconds {
		switch {
		case !errors.Is(s.Err, macos.ErrLocked):
			broken = append(broken, fmt.Sprintf("a second turn ends with %v", s.Err))
		case s.Decided > 0:
			broken = append(broken, fmt.Sprintf("a second turn decides %d times", s.Decided))
		case !strings.Contains(s.Said, "Another turn is under way"):
			broken = append(broken, fmt.Sprintf("a second turn does not say why it leaves: %q", s.Said))
		}
		for _, e := range p.Journal[s.From:s.To] {
			if e.Kind == sim.KindTool && e.Text != "logger" {
				broken = append(broken, fmt.Sprintf("a second turn runs %s", e.Text))
			}
		}
	}
	return broken
}

// ending is P15: every turn ends within the limits of its tools, and none takes too many steps.
func (p *Play) ending() (broken []string) {
	const longest = 12 * time.Hour // a look, a download and an installation that hang, and a prompt
	longestPrompt := p.setting("PromptTimeout") + p.setting("UpdateDelay")
	for _, turn := range p.Turns {
		took := turn.Ended.Sub(turn.Began)
		if took > longest+longestPrompt && took-p.asleep(turn.Began, turn.Ended) > longest+longestPrompt {
			broken = append(broken, fmt.Sprintf("a turn took %v", took))
		}
	}
	if slices.ContainsFunc(p.Turns, func(t Turn) bool { return errors.Is(t.Err, agent.ErrBudget) }) || p.Said("this is an error of the program") {
		broken = append(broken, "a turn took too many steps")
	}
	return broken
}

// explained is what a play shows of P16: every decision has its reason in words.
func (p *Play) explained() (broken []string) {
	for _, d := range p.Decisions {
		if len(d.Why) < 10 || strings.HasPrefix(d.Why, "No turn") || strings.Contains(d.Why, "{") {
			broken = append(broken, fmt.Sprintf("%T is explained by %q", d.Action, d.Why))
		}
	}
	return broken
}
