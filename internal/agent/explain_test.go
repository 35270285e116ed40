package agent

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

func TestExplainSaysWhatATurnWouldDo(t *testing.T) {
	now := newStillMac().now
	for _, row := range []struct {
		name     string
		change   func(*enforce.State)
		decision enforce.Why
		action   string
		until    time.Time
		sentence string
	}{
		{"a deferral is waited for", func(*enforce.State) {}, enforce.WhyDeferred, "wait", now.Add(3 * time.Hour), "A turn that starts now ends at once."},
		{"a deferral that is over ends in a look", func(s *enforce.State) { s.DeferredUntil = now }, enforce.WhyTurn, "look", time.Time{}, "A turn that starts now looks for updates."},
		{"a restart that has not happened is asked for", func(s *enforce.State) {
			s.Restart = enforce.RestartState{Power: enforce.Restart, Asked: now.Add(-time.Minute)}
		}, enforce.WhyRestartPending, "ask-restart", time.Time{}, "A turn that starts now asks for a restart."},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := newStillMac()
			m.tools["sysctl"] = macos.Output{Stdout: "{ sec = 1700000000, usec = 0 } Tue Nov 14 22:13:20 2023\n"}
			s := deferredState(now)
			s.Clock = enforce.ClockState{Seen: now.Add(-time.Hour), Boot: time.Unix(1700000000, 0)}
			row.change(&s)
			m.state(t, s)
			before := maps.Clone(m.files)
			e, err := m.agent(false).Explain(t.Context())
			if err != nil || e.Decision != row.decision || e.Action != row.action || !e.Until.Equal(row.until) || e.Sentences[0] != row.sentence {
				t.Errorf("%+v, %v", e, err)
			}
			last := e.Sentences[len(e.Sentences)-1]
			if !strings.HasPrefix(last, "The last decision, at 2026-11-20 11:00:00 +0000: A deferral runs until") {
				t.Errorf("%q", last)
			}
			if !maps.Equal(before, m.files) {
				t.Error("files have changed")
			}
			m.unchanged(t)
		})
	}
}

func TestExplainGivesAReasonForEachUpdate(t *testing.T) {
	m := newStillMac()
	s := deferredState(m.now)
	major := elm()
	major.Title, major.Version = "macOS Oak 14.1", "14.1"
	s.Offered = append(slices.Clone(s.Pending), major)
	m.state(t, s)
	m.list(t, macos.ManagedPath(Identifier), map[string]any{"ExcludedUpdates": []any{"Safari*"}, "Nonsense": true})
	e, err := m.agent(false).Explain(t.Context())
	if err != nil || len(e.Updates) != 3 {
		t.Fatalf("%+v, %v", e, err)
	}
	for i, want := range []string{
		"macOS Elm 13.7.5: enforced (recommended, and needs a restart)",
		"Safari 14.1: not enforced (excluded by ExcludedUpdates (Safari*))",
		"macOS Oak 14.1: not enforced (a major upgrade from macOS 13.7.4",
	} {
		if !strings.Contains(e.Text(), want) || e.Updates[i].Reason == "" {
			t.Errorf("%q is not in\n%s", want, e.Text())
		}
	}
	if !strings.Contains(e.Text(), "Setting Nonsense (managed profile)") {
		t.Errorf("no problem is told in\n%s", e.Text())
	}
}

func TestExplainHeedsWhatAnAdministratorHasWritten(t *testing.T) {
	m := newStillMac()
	m.state(t, deferredState(m.now))
	m.list(t, macos.PreferencesPath(Identifier), map[string]any{"AppleSoftwareUpdatesForcedAfter": m.now.Add(-time.Minute).Unix()})
	e, err := m.agent(false).Explain(t.Context())
	if err != nil || e.Action != "look" || !slices.ContainsFunc(e.Sentences, func(s string) bool { return strings.HasSuffix(s, "which has passed.") }) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestExplainOfAFreshMac(t *testing.T) {
	m := &stillMac{now: newStillMac().now}
	e, err := m.agent(false).Explain(t.Context())
	if err != nil || e.Action != "look" || e.Updates == nil || e.Problems == nil || strings.Contains(e.Text(), "last decision") {
		t.Errorf("%+v, %v", e, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.agent(false).Explain(ctx); err == nil {
		t.Error("an explanation that was told to end is given")
	}
}

func TestEveryActionIsDescribed(t *testing.T) {
	until := newStillMac().now
	named := map[string]bool{}
	for _, action := range []enforce.Action{
		enforce.Look{},
		enforce.Download{},
		enforce.Prompt{Until: until},
		enforce.Warn{},
		enforce.Install{},
		enforce.AskRestart{},
		enforce.ForceRestart{},
		enforce.Remind{},
		enforce.Finish{},
		enforce.Wait{Until: until},
	} {
		name, words, _ := describe(action)
		if name == "none" || words == "" || named[name] {
			t.Errorf("%T: %q, %q", action, name, words)
		}
		named[name] = true
	}
}
