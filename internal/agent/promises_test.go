package agent_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// promise plays at random, and demands what every play has to keep and more.
func promise(t *testing.T, r room, more func(*rapid.T, *play)) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := random(t, r)
		p.run(context.Background())
		p.hold(t)
		if more != nil {
			more(t, p)
		}
	})
}

func TestP01NothingIsForcedBeforeTheDeadline(t *testing.T) {
	promise(t, room{absence: true, odd: true, clocks: true}, nil)
}

func TestP01AnAgreementIsNotForWhatComesNext(t *testing.T) {
	for _, macOS := range []string{"10.15.6", "13.7.3"} { // the latter restarts during the installation, which the daemon does not outlive
		first, second := update(), update()
		first.Label, first.Title, first.Becomes = "A-1", "A", ""
		second.Label, second.Title, second.Becomes, second.After = "B-1", "B", "", "A-1"
		s := short(ordinary(answering(sim.Act{Do: sim.Install}, sim.Act{Do: sim.Defer})))
		s.MacOS, s.Offers = macOS, []sim.Offer{first, second}
		p := playOut(t, s)
		p.removed(t)
		if p.tally.Prompts != 4 || p.tally.Restarts != 2 || len(p.windows(isFinal)) != 1 {
			t.Errorf("macOS %s: %+v", macOS, p.tally)
		}
	}
}

func TestP02EnforcementBeginsWithinOneIntervalOfTheDeadline(t *testing.T) {
	promise(t, room{}, func(t *rapid.T, p *play) {
		var ripe time.Time // the first deadline
		for _, d := range p.decisions {
			if d.State.Deadline.IsZero() {
				continue
			}
			if enforces(d.Action) {
				return
			}
			if late := d.real.Sub(d.deadline()); late > agent.Interval+time.Minute && ripe.IsZero() {
				ripe = d.real
				if !busy(p, d) {
					t.Errorf("%v after the deadline nothing is enforced\n%s", late, p.story())
				}
			}
		}
	})
}

// enforces tells whether an action is one of those with which enforcement begins.
func enforces(action enforce.Action) bool {
	switch action.(type) {
	case enforce.Warn, enforce.Install, enforce.AskRestart, enforce.ForceRestart, enforce.Finish:
		return true
	case enforce.Look, enforce.Download, enforce.Prompt, enforce.Remind, enforce.Hold, enforce.Wait:
	}
	return false
}

// busy tells whether the turn of a decision began before the deadline, with a download that had to be.
func busy(p *play, d decisionSeen) bool { return p.turns[d.turn].began.Before(d.deadline()) }

func TestP03WhoeverIsThereIsWarnedForUpdateDelay(t *testing.T) {
	promise(t, room{sleeps: true, absence: true, faults: true}, nil)
}

func TestP04ADeferralIsHonouredInFull(t *testing.T) {
	promise(t, room{sleeps: true, absence: true, odd: true}, nil)
}

func TestP05TheDeadlineNeverMovesLater(t *testing.T) {
	promise(t, room{clocks: true, edits: true, sleeps: true, absence: true}, nil)
}

func TestP06NoDeadlineIsSetWhileTheClockIsImplausible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := brief(personOf(t))
		behind := minutes(t, 1, 60*24*365*20, "behind")
		s.Start = programBuilt().Add(-behind)
		set := minutes(t, 1, 20*60, "set after")
		s.Plan = []sim.Event{{At: set, Do: sim.SetClock, For: behind + 24*time.Hour}}
		p := newPlay(s).run(context.Background())
		for _, d := range p.decisions {
			if !d.State.Deadline.IsZero() && d.At.Before(programBuilt()) {
				t.Fatalf("a deadline is set at %v", d.At)
			}
		}
		if len(p.decisions) > 0 && behind > set+20*time.Minute && !p.said("before this program was built") {
			t.Errorf("it is not said why\n%s", p.log.String())
		}
		if !p.tally.Removed || p.tally.Restarts != 1 {
			t.Errorf("%+v\n%s", p.tally, p.story())
		}
	})
}

func TestP07ARestartHappensOnlyIfAnInstalledUpdateNeedsIt(t *testing.T) {
	promise(t, everything(), func(t *rapid.T, p *play) {
		if !slices.ContainsFunc(p.offers(), func(o sim.Offer) bool { return o.Action != enforce.Stay }) {
			if n := len(p.of(sim.KindSystem, "The Mac has started")) - len(p.of(sim.KindSystem, "Somebody restarts")); n > 0 {
				t.Errorf("%d restarts, and no update needs one", n)
			}
		}
	})
}

func TestP08AForcedRestartIsToldOfAndComesNoSoonerThanHardRestartDelay(t *testing.T) {
	promise(t, room{absence: true, sleeps: true}, func(t *rapid.T, p *play) {
		if p.scenario.Person.Away || len(p.scenario.Plan) > 0 {
			return
		}
		if asked := actions[enforce.AskRestart](p); len(p.windows(isRestartNotice)) < len(asked) {
			t.Errorf("%d of %d restarts are told of", len(p.windows(isRestartNotice)), len(asked))
		}
	})
}

func TestP09UpdatesThatAppearAfterARestartBelongToTheRound(t *testing.T) {
	promise(t, room{sleeps: true, absence: true}, func(t *rapid.T, p *play) {
		var began time.Time
		for _, d := range p.decisions {
			switch {
			case d.State.Began.IsZero():
			case began.IsZero():
				began = d.State.Began
			case !d.State.Began.Equal(began):
				t.Errorf("a second round begins at %v\n%s", d.State.Began, p.story())
			}
		}
	})
}

func TestP10WhatIsOutOfScopeIsNeverInstalledNorShown(t *testing.T) {
	promise(t, room{odd: true, edits: true, faults: true}, nil)
}

func TestP11TheDaemonGoesWhenNothingIsLeftAndLeavesNothing(t *testing.T) {
	promise(t, everything(), nil)
}

func TestP11AnOrdinaryRoundComesToItsEnd(t *testing.T) {
	promise(t, room{sleeps: true, clocks: true, absence: true, edits: true}, func(t *rapid.T, p *play) {
		if !p.tally.Removed {
			t.Errorf("%+v, offered %q\n%s", p.tally, p.Remaining(), p.story())
		}
	})
}

func TestP12TurnsNeverOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := random(t, room{})
		nth := rapid.IntRange(0, 12).Draw(t, "at decision")
		tried := false
		p.Play(context.Background(), func(ctx context.Context, host macos.Host) error {
			a := p.agent(host)
			watch := a.Watch
			a.Watch = func(d agent.Decision) {
				watch(d)
				if len(p.decisions) != nth+1 {
					return
				}
				tried = true
				other := &agent.Agent{Host: host, Root: true, Built: programBuilt(), Watch: func(agent.Decision) { t.Error("two turns decide") }}
				for _, do := range []func(context.Context) error{other.Turn, other.Reset, other.Uninstall} {
					if err := do(ctx); !errors.Is(err, macos.ErrLocked) {
						t.Errorf("a second turn ends with %v", err)
					}
				}
			}
			p.turns = append(p.turns, turnSeen{})
			return a.Turn(ctx)
		})
		if !tried && len(p.decisions) > nth {
			t.Error("no second turn was tried")
		}
	})
}

func TestP13ValuesOfAnyKindFallBackAndNeverStopEnforcement(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := ordinary(answering(sim.Act{Do: sim.Install}))
		s.Settings = rapid.MapOfN(rapid.SampledFrom(keys()), anyValue(), 0, 8).Draw(t, "profile")
		s.Limit = 20 * 24 * time.Hour
		p := newPlay(s)
		local := rapid.MapOfN(rapid.SampledFrom([]string{forcedAfter, deferredUntil, "UpdatesForcedAfter", "UpdatesDeferredUntil"}), anyValue(), 0, 4).Draw(t, "values")
		state := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "state")
		p.before = func(n int) {
			if n == 0 || n == 3 {
				for key, value := range local {
					p.happens(key, value)
				}
				p.Put(agent.StatePath, state, 0o644)
			}
		}
		p.run(context.Background())
		if manual, _ := s.Settings["ManualUpdates"].(bool); !p.tally.Removed && !manual && s.Settings["ManualUpdates"] == nil {
			t.Errorf("%+v\n%s", p.tally, p.log.String())
		}
	})
}

// happens writes a local preference value.
func (p *play) happens(key string, value any) {
	other := sim.New(sim.Scenario{Settings: map[string]any{key: value}})
	if data, ok := other.File(macos.ManagedPath(agent.Identifier)); ok {
		p.Put(macos.PreferencesPath(agent.Identifier), data, 0o644)
	}
}

func keys() []string {
	return []string{
		"MaxDeferralTime", "DeferralPeriod", "PromptTimeout", "UpdateDelay", "HardRestartDelay", "WorkdayStartHour", "WorkdayEndHour",
		"InstallButtonLabel", "SupportContact", "PromptMessage", "MessagingLogo", "ExcludedUpdates", "ManualUpdates", "Holidays", "WorkdayDays", "Nonsense",
	}
}

// anyValue draws what is no good value for any key, but for a few texts.
func anyValue() *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		return rapid.SampledFrom([]any{
			int64(-1), int64(1) << 62, -1.5, "", "$(reboot)", "`id`", "08", "a[$(reboot)]", "2026-12-01", playStart(), []byte("x"),
			[]any{"x", int64(1)},
			map[string]any{"a": "b"},
			"../../etc/passwd", "-1", strings.Repeat("long ", 2000),
		}).Draw(t, "value")
	})
}

func TestP14KilledAnywhereTheNextTurnContinues(t *testing.T) {
	promise(t, room{crashes: true, absence: true, sleeps: true}, func(t *rapid.T, p *play) {
		if !p.tally.Removed {
			t.Errorf("%+v, offered %q\n%s", p.tally, p.Remaining(), p.story())
		}
	})
}

func TestP14KilledAtEveryTouchOfTheMac(t *testing.T) {
	t.Parallel()
	for _, person := range []sim.Person{
		{Answers: []sim.Act{{Do: sim.Defer}}, Unsaved: true}, {Answers: []sim.Act{{Do: sim.Defer}, {Do: sim.Install}}}, {Away: true},
	} {
		calm := playOut(t, brief(person))
		for n := 1; ; n += 1 + n/100 { // turns that only wait are alike
			p := newPlay(brief(person))
			p.CrashAt = []int{n}
			p.run(t.Context())
			p.hold(t)
			if len(p.of(sim.KindSystem, "The daemon is killed.")) == 0 {
				break
			}
			late := p.tally.Ended.Sub(calm.tally.Ended)
			if !p.tally.Removed || len(p.Remaining()) > 0 || p.tally.Prompts > calm.tally.Prompts+1 || p.tally.Restarts > calm.tally.Restarts || late > 95*time.Minute {
				t.Errorf("killed at touch %d: %+v, without %+v\n%s", n, p.tally, calm.tally, p.story())
			}
			if t.Failed() {
				return
			}
		}
	}
}

func TestP15ATurnAlwaysEnds(t *testing.T) {
	promise(t, everything(), nil)
}

func TestP16TheSamePlayTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := random(t, everything())
		q := newPlay(p.scenario)
		q.CrashAt = p.CrashAt
		p.run(context.Background())
		q.run(context.Background())
		if diff := cmp.Diff(p.Journal, q.Journal, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the same play differs: %s", diff)
		}
	})
}
