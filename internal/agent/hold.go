package agent

import (
	"context"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/language"
)

const (
	// holdStands is how long the window stands that asks for power or space.
	holdStands = 5 * time.Minute
	// holdLooks is how often it is looked meanwhile whether that has come.
	holdLooks = 15 * time.Second
)

// hold asks the person for what is lacking, and waits for it a while.
func (t *turn) hold(ctx context.Context, a enforce.Hold) enforce.Event {
	w := t.window(windowPrompt, false, t.state.Pending)
	texts := w.words.Language.Texts
	note, look := texts[language.PowerNote], t.power
	if a.Lack == enforce.LackSpace {
		note, look = texts[language.SpaceNote], t.space
	}
	w.Title, w.Text = texts[language.HoldHeading], note+"\n\n"+texts[language.HoldAfter]
	w.Timeout, w.Locked = holdStands, a.Overdue
	stop := t.stand(ctx, w.Window)
	defer stop()
	clock := t.agent.Host.Clock
	for range holdStands / holdLooks {
		if err := clock.Sleep(ctx, holdLooks); err != nil {
			return nil // told to end: the next turn asks again
		}
		if look(ctx); enforce.Lacks(t.policy, t.state, clock.Now(), t.seen) == enforce.LackNothing {
			t.log.say("What was lacking has come: %s.", a.Lack)
			break
		}
	}
	return enforce.Held{Scene: t.scene(ctx)}
}
