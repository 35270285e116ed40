package agent

import (
	"context"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/language"
)

// holdStands is how long the window stands that asks for power or space.
const holdStands = 5 * time.Minute

// hold asks the person for what is lacking, and waits for it a while.
func (t *turn) hold(ctx context.Context, a enforce.Hold) enforce.Event {
	w := t.window(windowPrompt, false)
	texts := w.words.Language.Texts
	note := texts[language.PowerNote]
	if a.Lack == enforce.LackSpace {
		note = texts[language.SpaceNote]
	}
	w.Title, w.Text = texts[language.HoldHeading], note+"\n\n"+texts[language.HoldAfter]
	w.Timeout, w.Locked = holdStands, a.Overdue
	if _, err := t.screen().Ask(ctx, w.Window); err != nil {
		t.log.say("Window not shown: %v.", err)
	}
	return enforce.Held{Scene: t.scene(ctx)}
}
