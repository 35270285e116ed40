package enforce_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// A deferrer defers each prompt, each time after as long. All times of theirs are whole minutes, so that a round can be
// worked out minute by minute.
type deferrer struct {
	policy enforce.Policy
	takes  time.Duration // to answer; longer than the prompt stands for never
}

// diary is what somebody with a calendar and a watch works out for a round: who looks at the clock each minute, and knows
// nothing of states and events.
func (d deferrer) diary() []string {
	const never = time.Duration(1 << 62)
	p, lines := d.policy, []string(nil)
	deadline := d.deadline()
	quiet, answer := time.Duration(0), never // since the start; no prompt is up while answer is never
	deferrals := 0
	for now := time.Duration(0); ; now += time.Minute {
		if now == answer {
			deferrals++
			quiet, answer = min(now+p.DeferralPeriod, deadline), never
			if p.MaxDeferrals > 0 && deferrals >= p.MaxDeferrals {
				deadline = min(deadline, max(quiet, now))
			}
			if now >= deadline {
				return append(lines, fmt.Sprintf("%s warning", now))
			}
			continue // the turn is over
		}
		if now%p.Interval != 0 || answer != never || now < quiet && now < deadline {
			continue
		}
		if now >= deadline {
			return append(lines, fmt.Sprintf("%s warning", now))
		}
		answer = min(now+d.takes, now+p.PromptTimeout, deadline)
		last := now+p.DeferralPeriod >= deadline || p.MaxDeferrals > 0 && deferrals+1 >= p.MaxDeferrals
		end := deadline
		if left := p.MaxDeferrals - deferrals; left > 0 {
			end = min(deadline, now+time.Duration(left)*p.DeferralPeriod)
		}
		lines = append(lines, fmt.Sprintf("%s prompt until %s, last %t, by %s", now, min(now+p.PromptTimeout, deadline), last, end))
	}
}

// deadline is when the round ends, counted from its start.
func (d deferrer) deadline() time.Duration {
	p := d.policy
	if p.SkipDeferral {
		return 0
	}
	end := start.Add(p.MaxDeferral).In(p.Zone)
	w := p.Workday
	for hour := end.Hour(); p.Workday.Days[end.Weekday()] && hour >= w.Start && hour < w.End; hour = end.Hour() {
		if slices.Contains(w.Holidays, enforce.Date{Year: end.Year(), Month: end.Month(), Day: end.Day()}) {
			break
		}
		end = end.Add(time.Minute)
	}
	if !p.LatestDeadline.IsZero() && p.LatestDeadline.Before(end) {
		end = p.LatestDeadline
	}
	return end.Sub(start)
}

// round plays the same by Step.
func (d deferrer) round(t *rapid.T) []string {
	var s enforce.State
	var lines []string
	now := start
	for {
		var event enforce.Event = enforce.TurnStarted{Boot: start.Add(-time.Hour)}
		for ends := false; !ends; {
			var action enforce.Action
			s, action = enforce.Step(d.policy, s, now, event)
			switch a := action.(type) {
			case enforce.Look:
				event = enforce.Looked{Updates: []enforce.Update{macOS}, Scene: somebody}
			case enforce.Download:
				event = enforce.Downloaded{Scene: somebody}
			case enforce.Prompt:
				lines = append(lines, fmt.Sprintf("%s prompt until %s, last %t, by %s", now.Sub(start), a.Until.Sub(start), a.Last, a.Deadline.Sub(start)))
				event = enforce.Answered{Answer: enforce.AnswerDefer, Scene: somebody}
				if now = now.Add(d.takes); !now.Before(a.Until) {
					now, event = a.Until, enforce.Answered{Answer: enforce.AnswerIgnored, Scene: somebody}
				}
			case enforce.Warn:
				return append(lines, fmt.Sprintf("%s warning", now.Sub(start)))
			case enforce.Wait:
				ends = true
			case enforce.AskRestart, enforce.Finish, enforce.ForceRestart, enforce.Hold, enforce.Install, enforce.Remind:
				t.Fatalf("%T, which nobody has agreed to", action)
			}
		}
		now = now.Truncate(d.policy.Interval).Add(d.policy.Interval)
	}
}

// Deadline, deferrals, prompts and the warning come when somebody works out by hand that they do.
func TestARoundAgreesWithADiary(t *testing.T) {
	zones := []*time.Location{time.UTC, time.FixedZone("", 5*3600+1800), zone(t, "America/New_York")}
	try(t, "rounds worked out by the minute", func(t *rapid.T) {
		p := policy()
		p.DeferralPeriod = minutes(t, 30, 300, "DeferralPeriod")
		p.MaxDeferral = p.DeferralPeriod + minutes(t, 1, 3000, "MaxDeferral, more")
		p.PromptTimeout = minutes(t, 1, 29, "PromptTimeout")
		p.UpdateDelay = minutes(t, 1, 30, "UpdateDelay")
		p.MaxDeferrals = rapid.IntRange(0, 5).Draw(t, "MaxDeferrals")
		p.SkipDeferral = oneIn(t, 10, "SkipDeferral")
		p.Zone = rapid.SampledFrom(zones).Draw(t, "zone")
		if oneIn(t, 3, "LatestDeadline") {
			p.LatestDeadline = start.Add(minutes(t, 1, 3000, "LatestDeadline"))
		}
		if oneIn(t, 2, "workday") {
			p.Workday.Start = rapid.IntRange(0, 22).Draw(t, "from")
			p.Workday.End = rapid.IntRange(p.Workday.Start+1, 23).Draw(t, "to")
			for i := range p.Workday.Days {
				p.Workday.Days[i] = !oneIn(t, 3, "free")
			}
			if oneIn(t, 3, "holiday") {
				day := start.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "after so many days"))
				p.Workday.Holidays = []enforce.Date{{Year: day.Year(), Month: day.Month(), Day: day.Day()}}
			}
		}
		d := deferrer{p, minutes(t, 1, 40, "takes")}
		got, want := strings.Join(d.round(t), "\n"), strings.Join(d.diary(), "\n")
		if got != want {
			t.Fatalf("played\n%s\nworked out\n%s", got, want)
		}
	})
}
