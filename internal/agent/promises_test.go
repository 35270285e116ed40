package agent_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// promise plays at random, and demands what every play has to keep and more. The promises are judged in one place, package
// promisetest, all of them in each play: what differs is what happens.
func promise(t *testing.T, r promisetest.Room, more func(*rapid.T, *promisetest.Play)) {
	t.Parallel()
	plays := 0
	rapid.Check(t, func(t *rapid.T) {
		p := promisetest.Random(t, r)
		p.ToEnd(context.Background())
		p.Hold(t)
		if more != nil {
			more(t, p)
		}
		plays++
	})
	prooftest.Count(t, "plays at random", plays)
}

func TestP01NothingIsForcedBeforeTheDeadline(t *testing.T) {
	promise(t, promisetest.Room{Absence: true, Odd: true, Clocks: true}, nil)
}

func TestP01AnAgreementIsNotForWhatComesNext(t *testing.T) {
	for _, macOS := range []string{"10.15.6", "13.7.3"} { // the latter restarts during the installation, which the daemon does not outlive
		first, second := update(), update()
		first.Label, first.Title, first.Becomes = "A-1", "A", ""
		second.Label, second.Title, second.Becomes, second.After = "B-1", "B", "", "A-1"
		s := short(ordinary(answering(sim.Act{Do: sim.Install}, sim.Act{Do: sim.Defer})))
		s.MacOS, s.Offers = macOS, []sim.Offer{first, second}
		p := playOut(t, s)
		p.Removed(t)
		if p.Tally.Prompts != 4 || p.Tally.Restarts != 2 || len(p.Windows(promisetest.IsFinal)) != 1 {
			t.Errorf("macOS %s: %+v", macOS, p.Tally)
		}
	}
}

func TestP02EnforcementBeginsWithinOneIntervalOfTheDeadline(t *testing.T) {
	promise(t, promisetest.Room{Sleeps: true}, nil)
}

func TestP03WhoeverIsThereIsWarnedForUpdateDelay(t *testing.T) {
	promise(t, promisetest.Room{Sleeps: true, Absence: true, Faults: true}, nil)
}

func TestP04ADeferralIsHonouredInFull(t *testing.T) {
	promise(t, promisetest.Room{Sleeps: true, Absence: true, Odd: true}, nil)
}

func TestP05TheDeadlineNeverMovesLater(t *testing.T) {
	promise(t, promisetest.Room{Clocks: true, Edits: true, Sleeps: true, Absence: true}, nil)
}

func TestP06NoDeadlineIsSetWhileTheClockIsImplausible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := brief(promisetest.PersonOf(t))
		behind := promisetest.Minutes(t, 1, 60*24*365*20, "behind")
		s.Start = promisetest.Built().Add(-behind)
		set := promisetest.Minutes(t, 1, 20*60, "set after")
		s.Plan = []sim.Event{{At: set, Do: sim.SetClock, For: behind + 24*time.Hour}}
		p := promisetest.New(s).ToEnd(context.Background())
		p.Hold(t)
		if len(p.Decisions) > 0 && behind > set+20*time.Minute && !p.Said("before this program was built") {
			t.Errorf("it is not said why\n%s", p.Log.String())
		}
		if !p.Tally.Removed || p.Tally.Restarts != 1 {
			t.Errorf("%+v\n%s", p.Tally, p.Story())
		}
	})
}

func TestP07ARestartHappensOnlyIfAnInstalledUpdateNeedsIt(t *testing.T) {
	promise(t, promisetest.Everything(), nil)
}

func TestP08AForcedRestartIsToldOfAndComesNoSoonerThanHardRestartDelay(t *testing.T) {
	promise(t, promisetest.Room{Absence: true, Sleeps: true}, nil)
}

func TestP09UpdatesThatAppearAfterARestartBelongToTheRound(t *testing.T) {
	promise(t, promisetest.Room{Sleeps: true, Absence: true}, nil)
}

func TestP10WhatIsOutOfScopeIsNeverInstalledNorShown(t *testing.T) {
	promise(t, promisetest.Room{Odd: true, Edits: true, Faults: true}, nil)
}

func TestP11TheDaemonGoesWhenNothingIsLeftAndLeavesNothing(t *testing.T) {
	promise(t, promisetest.Everything(), nil)
}

func TestP11AnOrdinaryRoundComesToItsEnd(t *testing.T) {
	promise(t, promisetest.Room{Sleeps: true, Clocks: true, Absence: true, Edits: true}, func(t *rapid.T, p *promisetest.Play) {
		if !p.Tally.Removed {
			t.Errorf("%+v, offered %q\n%s", p.Tally, p.Remaining(), p.Story())
		}
	})
}

func TestP12TurnsNeverOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := promisetest.Random(t, promisetest.Room{})
		nth := rapid.IntRange(0, 12).Draw(t, "at decision")
		p.Take = func(ctx context.Context, host macos.Host) error {
			a := p.Agent(host)
			watch := a.Watch
			a.Watch = func(d agent.Decision) {
				watch(d)
				if len(p.Decisions) != nth+1 {
					return
				}
				p.Intrude(ctx, host)
				other := &agent.Agent{Host: host, Root: true, Built: promisetest.Built()}
				for _, do := range []func(context.Context) error{other.Reset, other.Uninstall} {
					if err := do(ctx); !errors.Is(err, macos.ErrLocked) {
						t.Errorf("a second turn ends with %v", err)
					}
				}
			}
			return a.Turn(ctx)
		}
		p.ToEnd(context.Background())
		p.Hold(t)
		if len(p.Seconds) == 0 && len(p.Decisions) > nth {
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
		p := promisetest.New(s)
		local := rapid.MapOfN(rapid.SampledFrom([]string{promisetest.ForcedAfter, promisetest.DeferredUntil, "UpdatesForcedAfter", "UpdatesDeferredUntil"}), anyValue(), 0, 4).Draw(t, "values")
		state := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "state")
		p.Meddle = func(n int) {
			if n == 0 || n == 3 {
				for key, value := range local {
					happens(p, key, value)
				}
				p.Spoil(agent.StatePath, state)
			}
		}
		p.ToEnd(context.Background())
		p.Hold(t)
		if manual, _ := s.Settings["ManualUpdates"].(bool); !p.Tally.Removed && !manual && s.Settings["ManualUpdates"] == nil {
			t.Errorf("%+v\n%s", p.Tally, p.Log.String())
		}
	})
}

// happens writes a local preference value.
func happens(p *promisetest.Play, key string, value any) {
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
			int64(-1), int64(1) << 62, -1.5, "", "$(reboot)", "`id`", "08", "a[$(reboot)]", "2026-12-01", sim.CommonStart(), []byte("x"),
			[]any{"x", int64(1)},
			map[string]any{"a": "b"},
			"../../etc/passwd", "-1", strings.Repeat("long ", 2000),
		}).Draw(t, "value")
	})
}

func TestP14KilledAnywhereTheNextTurnContinues(t *testing.T) {
	promise(t, promisetest.Room{Crashes: true, Absence: true, Sleeps: true}, func(t *rapid.T, p *promisetest.Play) {
		if !p.Tally.Removed {
			t.Errorf("%+v, offered %q\n%s", p.Tally, p.Remaining(), p.Story())
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
			p := promisetest.New(brief(person))
			p.CrashAt = []int{n}
			p.ToEnd(t.Context())
			p.Hold(t)
			if len(p.Entries(sim.KindSystem, "The daemon is killed.")) == 0 {
				break
			}
			late := p.Tally.Ended.Sub(calm.Tally.Ended)
			if again := p.Entries(sim.KindSystem, "Somebody restarts the Mac."); len(again) > 0 { // its job was unloaded already
				p.Tally.Restarts--
				late -= 8 * time.Hour
			}
			if !p.Tally.Removed || len(p.Remaining()) > 0 || p.Tally.Prompts > calm.Tally.Prompts+1 || p.Tally.Restarts > calm.Tally.Restarts || late > 95*time.Minute {
				t.Errorf("killed at touch %d: %+v, without %+v\n%s", n, p.Tally, calm.Tally, p.Story())
			}
			if t.Failed() {
				return
			}
		}
	}
}

func TestP15ATurnAlwaysEnds(t *testing.T) {
	promise(t, promisetest.Everything(), nil)
}

func TestP16TheSamePlayTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := promisetest.Random(t, promisetest.Everything())
		q := promisetest.New(p.Scenario())
		q.CrashAt = p.CrashAt
		p.ToEnd(context.Background())
		q.ToEnd(context.Background())
		if diff := cmp.Diff(p.Journal, q.Journal, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the same play differs: %s", diff)
		}
	})
}
