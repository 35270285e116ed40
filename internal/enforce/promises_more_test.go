package enforce_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// finishes plays turns at which all works until the work is done, and fails where it never is.
func (m *mac) finishes(t *rapid.T) {
	for range 200 {
		if m.finished {
			break
		}
		m.play(&chapter{pause: 6 * time.Hour, clockRight: true, polite: true, early: true, takes: time.Minute})
	}
	if !m.finished || len(m.policy.Scope.Required(m.offered)) > 0 {
		t.Fatalf("the work is never done\n%s", &m.history)
	}
}

// P13: whatever the saved values are, they are put right or do no harm: enforcement goes on, and comes to an end.
func TestP13NoSavedValueStopsEnforcement(t *testing.T) {
	try(t, countHistories, func(t *rapid.T) {
		m := newMac(drawPolicy(t))
		hostile := drawState(t)
		m.saved, _ = hostile.Checked()
		if again, err := m.saved.Checked(); err != nil || !cmp.Equal(again, m.saved) {
			t.Fatalf("a checked state is not usable: %v", err)
		}
		m.prefs = enforce.Wish{ForcedAfter: drawTime(t), DeferredUntil: drawTime(t)}
		for range rapid.IntRange(0, 10).Draw(t, "chapters") {
			if !m.finished {
				m.play(drawChapter(t, everything()))
			}
			if _, err := json.Marshal(m.saved); err != nil {
				t.Fatalf("the state cannot be saved: %v", err)
			}
		}
		m.finishes(t)
	})
}

func drawTime(t *rapid.T) time.Time {
	switch rapid.IntRange(0, 3).Draw(t, "time") {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "any time"), 0).UTC()
	default:
		return start.Add(minutes(t, -10000, 10000, "time about now"))
	}
}

func drawCount(t *rapid.T) int {
	return rapid.OneOf(rapid.IntRange(-3, 9), rapid.Int()).Draw(t, "count")
}

func drawUpdates(t *rapid.T) []enforce.Update {
	var updates []enforce.Update
	for n := range rapid.IntRange(0, 4).Draw(t, "updates") {
		u := offer(n + rapid.IntRange(0, 9).Draw(t, "offer"))
		u.Action = enforce.Power(rapid.SampledFrom([]string{"", "restart", "shut down", "$(reboot)", "a\nb"}).Draw(t, "action"))
		updates = append(updates, u)
	}
	return updates
}

// drawState draws a state as a file may hold it that somebody has edited.
func drawState(t *rapid.T) enforce.State {
	s := enforce.State{
		Began: drawTime(t), Deadline: drawTime(t), DeferredUntil: drawTime(t), Prompted: drawTime(t), Agreed: drawTime(t),
		Allowed: time.Duration(rapid.Int64().Draw(t, "allowed")), SetBack: time.Duration(rapid.Int64().Draw(t, "set back")),
		Prompts: drawCount(t), Deferrals: drawCount(t), Unseen: drawCount(t), Reminders: drawCount(t), Pending: drawUpdates(t),
		Decision: enforce.Why(rapid.String().Draw(t, "decision")),
	}
	s.Look = enforce.LookState{At: drawTime(t), Failures: drawCount(t), RetryAt: drawTime(t)}
	s.Cache = enforce.CacheState{Set: "x", Done: rapid.Bool().Draw(t, "done"), Failures: drawCount(t)}
	s.Install = enforce.InstallState{
		Tried: drawUpdates(t), At: drawTime(t), Ended: rapid.Bool().Draw(t, "ended"), Failures: drawCount(t),
		Restarted: rapid.Bool().Draw(t, "restarted"),
	}
	s.Restart = enforce.RestartState{
		Power: enforce.Power(rapid.SampledFrom([]string{"", "restart", "shut down", "halt"}).Draw(t, "power")), Asked: drawTime(t),
	}
	s.Clock = enforce.ClockState{Seen: drawTime(t), Boot: drawTime(t)}
	return s
}

// P14: killed at any instruction, the daemon goes on at its next turn, and the work gets done.
func TestP14AKilledTurnLosesNothing(t *testing.T) {
	for _, w := range []troubles{{kills: true}, {kills: true, restarts: true, tools: true}} {
		try(t, countHistories, func(t *rapid.T) {
			m := newMac(drawPolicy(t))
			for range rapid.IntRange(1, 25).Draw(t, "chapters") {
				if !m.finished {
					m.play(drawChapter(t, w))
				}
			}
			m.finishes(t)
			if m.staged != enforce.Stay {
				t.Fatalf("the work is done before the restart\n%s", &m.history)
			}
		})
	}
}

// P14: a prompt whose answer arrived is not repeated within its deferral, however often the daemon is killed later.
func TestP14NobodyIsAskedTwiceWithinADeferral(t *testing.T) {
	histories(t, troubles{kills: true, restarts: true, awake: true}, func(t *rapid.T, h *history) {
		var quiet time.Time
		for _, m := range h.moments {
			if _, ok := m.action.(enforce.Prompt); ok && m.true.Before(quiet) {
				t.Fatalf("asks at %s, within a deferral until %s\n%s", m.true, quiet, h)
			}
			if e, ok := m.event.(enforce.Answered); ok && e.Answer > enforce.AnswerInstall && e.Answer < enforce.AnswerUnseen {
				quiet = m.true.Add(m.policy.DeferralPeriod)
			}
		}
	})
}

// P16: the same policy, state, time and event lead to the same decision, also by way of the disk, and every decision can
// be explained.
func TestP16TheSameDecisionWithAReason(t *testing.T) {
	each(t, everything(), func(m moment) string {
		data, err := json.Marshal(m.before)
		var loaded enforce.State
		if err != nil || json.Unmarshal(data, &loaded) != nil {
			return "cannot save the state"
		}
		after, action := enforce.Step(m.policy, m.before, m.wall, m.event)
		afterDisk, actionDisk := enforce.Step(m.policy, loaded, m.wall, m.event)
		if !cmp.Equal(after, afterDisk) || !cmp.Equal(action, actionDisk) || !cmp.Equal(action, m.action) {
			return "decides otherwise: " + cmp.Diff(action, actionDisk) + cmp.Diff(after, afterDisk)
		}
		lines := enforce.Explain(m.policy, m.after, m.wall)
		if len(lines) == 0 || slices.Contains(lines, "") || strings.ContainsAny(strings.Join(lines, ""), "{}") {
			return "explains badly: " + strings.Join(lines, "|")
		}
		return ""
	})
}

// Step answers every event in every state, and no turn goes on for ever: from whatever a turn has come to, it ends as soon
// as its world is fair.
func TestEveryTurnEnds(t *testing.T) {
	histories(t, troubles{}, func(t *rapid.T, _ *history) {
		s, p, now := drawState(t), drawPolicy(t), start
		var action enforce.Action
		for range rapid.IntRange(0, 20).Draw(t, "events") {
			now = now.Add(minutes(t, -600, 600, "pass"))
			s, action = enforce.Step(p, s, now, drawEvent(t))
			if action == nil || action.Reason() == "" {
				t.Fatal("no action, or one without a reason")
			}
		}
		m := newMac(p)
		m.saved, _ = s.Checked()
		m.now, m.boot = now, now.Add(-time.Hour)
		m.play(drawChapter(t, everything())) // panics after 60 actions
	})
}

func drawEvent(t *rapid.T) enforce.Event {
	scene := enforce.Scene{Somebody: rapid.Bool().Draw(t, "somebody"), Converting: oneIn(t, 9, "converting")}
	cause := rapid.SampledFrom([]string{"", "broken"}).Draw(t, "cause")
	power := rapid.SampledFrom([]enforce.Power{enforce.Stay, enforce.Restart, enforce.ShutDown, "halt"}).Draw(t, "power")
	return rapid.SampledFrom([]enforce.Event{
		nil,
		enforce.TurnStarted{Boot: drawTime(t), Wish: enforce.Wish{ForcedAfter: drawTime(t), DeferredUntil: drawTime(t)}},
		enforce.Looked{Updates: drawUpdates(t), Partial: oneIn(t, 4, "partial"), Scene: scene},
		enforce.LookFailed{Cause: cause},
		enforce.Downloaded{Cause: cause, Scene: scene},
		enforce.Answered{Answer: enforce.Answer(rapid.IntRange(-1, 6).Draw(t, "answer")), Scene: scene},
		enforce.Warned{Unseen: cause != ""},
		enforce.Installed{Outcome: enforce.Outcome(rapid.IntRange(-1, 4).Draw(t, "outcome")), Power: power, Cause: cause, Scene: scene},
		enforce.StillUp{},
		enforce.RestartForced{Cause: cause},
		enforce.Reminded{Unseen: cause != ""},
	}).Draw(t, "event")
}
