package enforce_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// story plays one Mac by hand: it tells Step what happens, and says what it wants to hear.
type story struct {
	*testing.T
	p      enforce.Policy
	s      enforce.State
	now    time.Time
	boot   time.Time
	wish   enforce.Wish
	action enforce.Action
}

func tell(t *testing.T) *story {
	t.Helper()
	return &story{T: t, p: policy(), now: start, boot: start.Add(-3 * time.Hour)}
}

var (
	somebody = enforce.Scene{Somebody: true}
	nobody   = enforce.Scene{}
	macOS    = enforce.Update{Label: "macOS Ventura 13.7-22H1", Title: "macOS Ventura 13.7", Version: "13.7", Recommended: true, Action: enforce.Restart}
	safari   = enforce.Update{Label: "Safari17-17", Title: "Safari", Version: "17", Recommended: true}
)

// hears tells an event and wants an action with a reason, such as "Prompt due".
func (s *story) hears(event enforce.Event, want string) {
	s.Helper()
	s.s, s.action = enforce.Step(s.p, s.s, s.now, event)
	got := strings.TrimPrefix(fmt.Sprintf("%T %s", s.action, s.action.Reason()), "enforce.")
	if got != want {
		s.Fatalf("%s: on %T%+v: %s, want %s", s.now.Format(time.DateTime), event, event, got, want)
	}
}

// turn starts a turn.
func (s *story) turn(want string) {
	s.Helper()
	s.hears(enforce.TurnStarted{Boot: s.boot, Wish: s.wish}, want)
}

func (s *story) pass(d time.Duration) { s.now = s.now.Add(d) }

func (s *story) restarts() {
	s.pass(time.Minute)
	s.boot = s.now
	s.pass(time.Minute)
}

func (s *story) looked(want string, updates ...enforce.Update) {
	s.Helper()
	s.hears(enforce.Looked{Updates: updates, Scene: somebody}, want)
}

// begins takes the first turn up to its prompt.
func (s *story) begins(updates ...enforce.Update) {
	s.Helper()
	if len(updates) == 0 {
		updates = []enforce.Update{macOS}
	}
	s.turn("Look turn")
	s.looked("Download not-cached", updates...)
	s.hears(enforce.Downloaded{Scene: somebody}, "Prompt due")
}

func (s *story) answers(a enforce.Answer, want string) {
	s.Helper()
	s.hears(enforce.Answered{Answer: a, Scene: somebody}, want)
}

// overdue goes on to the deadline of a round that has begun, up to the final warning.
func (s *story) overdue(updates ...enforce.Update) {
	s.Helper()
	s.begins(updates...)
	s.answers(enforce.AnswerDefer, "Wait deferred")
	s.now = s.s.Deadline
	s.turn("Look turn")
	if len(updates) == 0 {
		updates = []enforce.Update{macOS}
	}
	s.looked("Warn deadline", updates...)
	s.pass(s.p.UpdateDelay)
}

func (s *story) installed(want string) {
	s.Helper()
	s.hears(enforce.Installed{Scene: somebody}, want)
}

// at wants two times to be the same.
func (s *story) at(what string, got, want time.Time) {
	s.Helper()
	if !got.Equal(want) {
		s.Errorf("%s is %s, want %s", what, got, want)
	}
}

// concerns wants the action to be about these updates.
func (s *story) concerns(updates ...enforce.Update) {
	s.Helper()
	got := about(s.action)
	if !slices.Equal(got, updates) {
		s.Errorf("%T is about %v, want %v", s.action, got, updates)
	}
}
