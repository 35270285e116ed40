package agent

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Explanation says what a turn that starts now would do first, and why.
type Explanation struct {
	Decision  enforce.Why       `json:"decision"` // the reason, as a code
	Action    string            `json:"action"`   // the name of the action in lower case, such as "look" or "wait"
	Until     time.Time         `json:"until,omitzero"`
	Sentences []string          `json:"sentences"`
	Updates   []ExplainedUpdate `json:"updates"` // those that the last look found
	Problems  []string          `json:"problems"`
}

// ExplainedUpdate is an update, and what the settings make of it.
type ExplainedUpdate struct {
	PendingUpdate
	Enforced bool   `json:"enforced"`
	Reason   string `json:"reason"`
}

// Explain says what a turn that starts now would do first, and why. It changes nothing and needs no rights.
func (a *Agent) Explain(ctx context.Context) (Explanation, error) {
	s := a.sight(ctx)
	if err := ctx.Err(); err != nil {
		return Explanation{}, fmt.Errorf("explain decision: %w", err)
	}
	now := a.Host.Clock.Now()
	boot, err := macos.Power{Host: a.Host}.Booted(ctx)
	if err != nil {
		boot = s.state.Clock.Boot
	}
	declaration := s.declaration(ctx)
	next, action := enforce.Step(s.policy, s.state, now, enforce.TurnStarted{
		Boot: boot, Wish: s.local.wish, Declaration: declaration,
	})
	name, words, until := describe(action)
	e := Explanation{
		Decision: action.Reason(), Action: name, Until: until,
		Sentences: append([]string{"A turn that starts now " + words + "."}, enforce.Explain(s.policy, next, now)...),
		Updates:   []ExplainedUpdate{},
		Problems:  append(append([]string{}, s.problems...), s.doubts...),
	}
	end, whole := endOfJournal(a.Host, s.journal.head)
	e.Sentences = append(e.Sentences, "The journal "+journalText(end.String(), whole)+".")
	if s.state.Decision != "" {
		last := enforce.Because(s.policy, s.state, s.state.Decided)
		at := s.state.Decided.In(s.zone()).Format("2006-01-02 15:04:05 -0700")
		e.Sentences = append(e.Sentences, fmt.Sprintf("The last decision, at %s: %s", at, last))
	}
	for _, v := range s.policy.Scope.Judge(s.state.Offered) {
		e.Updates = append(e.Updates, ExplainedUpdate{
			PendingUpdate{v.Label, v.Title, v.Version, v.Action, "", v.Name()}, v.Enforced, v.Reason,
		})
	}
	return e, nil
}

// describe names an action, says what it is in words that follow "A turn that starts now", and until when it lasts.
func describe(action enforce.Action) (name, words string, until time.Time) {
	switch a := action.(type) {
	case enforce.Look:
		return "look", "looks for updates", time.Time{}
	case enforce.Download:
		return "download", "downloads updates", time.Time{}
	case enforce.Prompt:
		return "prompt", "asks the person", a.Until
	case enforce.Warn:
		return "warn", "shows the final warning", time.Time{}
	case enforce.Install:
		return "install", "installs updates", time.Time{}
	case enforce.AskRestart:
		return "ask-restart", fmt.Sprintf("asks for a %s", a.Power), time.Time{}
	case enforce.ForceRestart:
		return "force-restart", fmt.Sprintf("forces a %s", a.Power), time.Time{}
	case enforce.Remind:
		return "remind", "reminds the person to install in Software Update", time.Time{}
	case enforce.Hold:
		return "hold", fmt.Sprintf("asks the person for %s", a.Lack), time.Time{}
	case enforce.Finish:
		return "finish", "removes the program", time.Time{}
	case enforce.Wait:
		return "wait", "ends at once", a.Until
	}
	return "none", "does nothing", time.Time{}
}

// Text is the explanation for people.
func (e Explanation) Text() string {
	lines := append([]string{}, e.Sentences...)
	for _, u := range e.Updates {
		verdict := "not enforced"
		if u.Enforced {
			verdict = "enforced"
		}
		lines = append(lines, fmt.Sprintf("  %s: %s (%s)", u.name, verdict, u.Reason))
	}
	return strings.Join(append(lines, e.Problems...), "\n") + "\n"
}
