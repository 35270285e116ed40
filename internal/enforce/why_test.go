package enforce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestExplainInFull(t *testing.T) {
	const counts = "It counts from 2026-11-23 09:00:00 +0000, when a required update was first found, for 3 days."
	round := func(change func(*enforce.Policy, *enforce.State)) func() (enforce.Policy, enforce.State) {
		return func() (enforce.Policy, enforce.State) {
			p, s := policy(), enforce.State{Began: start, Deadline: start.Add(72 * time.Hour), Decision: enforce.WhyDue}
			change(&p, &s)
			return p, s
		}
	}
	const due = "No deferral runs and the deadline has not passed, so the person is asked."
	for _, row := range []struct {
		name string
		of   func() (enforce.Policy, enforce.State)
		want []string
	}{
		{"a round that has just begun", round(func(*enforce.Policy, *enforce.State) {}), []string{due, "The deadline is 2026-11-26 09:00:00 +0000, in 3 days.", counts}},
		{
			"durations to the second", round(func(p *enforce.Policy, s *enforce.State) {
				p.MaxDeferral = 25*time.Hour + time.Minute + time.Second
				s.Deadline = start.Add(p.MaxDeferral)
			}),
			[]string{
				due, "The deadline is 2026-11-24 10:01:01 +0000, in 1 day 1 hour 1 minute 1 second.",
				"It counts from 2026-11-23 09:00:00 +0000, when a required update was first found, for 1 day 1 hour 1 minute 1 second.",
			},
		},
		{"less than a second", round(func(_ *enforce.Policy, s *enforce.State) {
			s.Deadline, s.Limit = start.Add(time.Millisecond), enforce.LimitNone
		}), []string{
			due, "The deadline is 2026-11-23 09:00:00 +0000, in no time.", "SkipDeferral is set, so there is no deferral.",
		}},
		{"a single failure of each kind", round(func(_ *enforce.Policy, s *enforce.State) {
			s.Deferrals = 1
			s.Look, s.Install = enforce.LookState{Failures: 1, Cause: "a"}, enforce.InstallState{Failures: 1, Cause: "b"}
		}), []string{
			due, "The deadline is 2026-11-26 09:00:00 +0000, in 3 days.", counts, "1 deferral used so far.",
			"1 look in a row proved nothing, the last because: a.", "1 installation in a row did not work, the last because: b.",
		}},
		{"how updates are installed, and why so", round(func(p *enforce.Policy, s *enforce.State) {
			p.System, p.MethodReason, s.Pending = enforce.ByPerson, "this Mac has an owner", []enforce.Update{macOS, safari}
		}), []string{
			due, "The deadline is 2026-11-26 09:00:00 +0000, in 3 days.", counts,
			"Pending: Safari 17, which softwareupdate installs in the background.",
			"Pending: macOS Ventura 13.7, which the person installs in Software Update.", "The method: this Mac has an owner.",
		}},
		{"no reason where nothing is pending", round(func(p *enforce.Policy, _ *enforce.State) { p.MethodReason = "of old" }), []string{
			due, "The deadline is 2026-11-26 09:00:00 +0000, in 3 days.", counts,
		}},
		{"how many deferrals are left", round(func(p *enforce.Policy, s *enforce.State) {
			p.MaxDeferrals, s.Deferrals, s.Limit = 2, 2, enforce.LimitCount
		}), []string{
			due, "The deadline is 2026-11-26 09:00:00 +0000, in 3 days.", "It came when the last of 2 deferrals was used.",
			"0 deferrals left.", "2 deferrals used so far.",
		}},
		{"no deferrals are left where no round runs", func() (enforce.Policy, enforce.State) {
			p := policy()
			p.MaxDeferrals = 2
			return p, enforce.State{Decision: enforce.WhyTurn}
		}, []string{
			"Nothing speaks against looking for updates now.", "No deadline is set: none is before a look has found a required update.",
		}},
		{"one update that Apple does not give yet", round(func(p *enforce.Policy, s *enforce.State) {
			s.Pending, s.Ramped, s.Later = []enforce.Update{macOS, safari}, []string{macOS.Label}, start.Add(time.Hour)
		}), []string{
			due, "The deadline is 2026-11-26 09:00:00 +0000, in 3 days.", "It counts from 2026-11-23 09:00:00 +0000, when a required update was first found, for 3 days.",
			"Pending: macOS Ventura 13.7 and Safari 17, which softwareupdate installs in the background.",
			"Apple does not let this Mac have macOS Ventura 13.7 yet. That is tried again 2026-11-23 10:00:00 +0000.",
		}},
		{"a declaration that has come to nothing", round(func(p *enforce.Policy, s *enforce.State) {
			p.Declarations, p.MethodReason, s.Lapsed, s.Limit = true, "this Mac has an Intel processor", true, enforce.LimitDeclaration
			s.Declared, s.Pending = enforce.Declaration{Version: "13.7", At: start}, []enforce.Update{macOS}
		}), []string{
			due, "The deadline is 2026-11-26 09:00:00 +0000, in 3 days.", "It is the date on which macOS enforces the update itself, as the management says.",
			"Pending: macOS Ventura 13.7, which the person installs in Software Update.",
			"The method: this Mac has an Intel processor.",
			"macOS was to enforce macOS 13.7 by 2026-11-23 09:00:00 +0000, and that has come to nothing.",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			p, s := row.of()
			if diff := cmp.Diff(row.want, enforce.Explain(p, s, start)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A deadline that is later than the policy of today would set it says no more than what it counts from.
func TestExplainOfADeadlineThatNoRuleExplains(t *testing.T) {
	p := policy()
	p.Workday = enforce.Workday{Start: 8, End: 18, Days: [7]bool{true, true, true, true, true, true, true}}
	s := enforce.State{Began: start, Deadline: start.Add(90 * time.Hour), Decision: enforce.WhyDue}
	if text := strings.Join(enforce.Explain(p, s, start), "\n"); strings.Contains(text, "moved") {
		t.Error(text)
	}
}

func TestWhenTheNextLookIsDue(t *testing.T) {
	for _, row := range []struct {
		retry time.Time
		want  string
	}{
		{time.Time{}, "The look proved nothing, so all stays as it was. The next is due with the next turn."},
		{start.Add(time.Hour), "The look proved nothing, so all stays as it was. The next is due at 2026-11-23 10:00:00 +0000."},
	} {
		s := enforce.State{Decision: enforce.WhyLookFailed, Look: enforce.LookState{RetryAt: row.retry}}
		if got := enforce.Explain(policy(), s, start)[0]; got != row.want {
			t.Errorf("%q, want %q", got, row.want)
		}
	}
}

// The zero Speech is English, whoever speaks.
func TestWithoutALanguageItIsEnglish(t *testing.T) {
	var none enforce.Speech
	if got := none.Remaining(3*time.Hour) + none.Remaining(0) + none.List([]enforce.Update{macOS, safari}); got != "3 hoursvery soonmacOS Ventura 13.7 and Safari 17" {
		t.Errorf("%q", got)
	}
}
