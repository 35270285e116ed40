package agent_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

func TestMain(m *testing.M) {
	// A play takes some ten milliseconds. Give -rapid.checks for more than these.
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	m.Run()
}

// room is what a random play may hold.
type room struct {
	faults  bool // tools misbehave for a while
	sleeps  bool
	clocks  bool // people set the clock
	edits   bool // administrators change the profile and the local values
	absence bool // people log out and come back, and the network comes and goes
	crashes bool // the daemon is killed
	odd     bool // updates that fail, only prepare, are deferred or are upgrades
}

func everything() room {
	return room{faults: true, sleeps: true, clocks: true, edits: true, absence: true, crashes: true, odd: true}
}

func minutes(t *rapid.T, least, most int, name string) time.Duration {
	return time.Duration(rapid.IntRange(least, most).Draw(t, name)) * time.Minute
}

func chance(t *rapid.T, percent int, name string) bool {
	return rapid.IntRange(0, 99).Draw(t, name) >= 100-percent // so that it shrinks to none
}

// random draws a play.
func random(t *rapid.T, r room) *play {
	s := sim.Scenario{Start: playStart(), Settings: settingsOf(t), Limit: 5 * 24 * time.Hour}
	s.MacOS = rapid.SampledFrom([]string{"10.15.6", "10.13.6", "10.14.6", "11.6", "12.6", "13.7.3", "15.3", "26.1", "27"}).Draw(t, "macOS")
	s.Person = personOf(t)
	s.Offers = offersOf(t, r)
	s.Plan = planOf(t, r)
	if r.faults {
		for range rapid.IntRange(0, 3).Draw(t, "faults") {
			f := rapid.SampledFrom(faultyTools()).Draw(t, "tool")
			f.Kind = rapid.SampledFrom(faultKinds()).Draw(t, "kind")
			f.Skip, f.Times = rapid.IntRange(0, 20).Draw(t, "skip"), rapid.IntRange(1, 2).Draw(t, "times")
			s.Faults = append(s.Faults, f)
		}
	}
	p := newPlay(s)
	if r.crashes {
		p.CrashAt = rapid.SliceOfN(rapid.IntRange(1, 400), 0, 5).Draw(t, "crashes")
	}
	return p
}

func settingsOf(t *rapid.T) map[string]any {
	seconds := func(d time.Duration) int64 { return int64(d / time.Second) }
	most := minutes(t, 60, 9*60, "MaxDeferralTime")
	period := max(10*time.Minute, min(minutes(t, 20, 4*60, "DeferralPeriod"), most-time.Minute))
	settings := map[string]any{
		"MaxDeferralTime": seconds(most), "DeferralPeriod": seconds(period),
		"PromptTimeout":    seconds(min(minutes(t, 1, 60, "PromptTimeout"), period-time.Minute)),
		"UpdateDelay":      seconds(minutes(t, 1, 20, "UpdateDelay")),
		"HardRestartDelay": seconds(minutes(t, 1, 15, "HardRestartDelay")),
	}
	if chance(t, 10, "has working hours") {
		settings["WorkdayStartHour"], settings["WorkdayEndHour"] = int64(8), int64(18)
	}
	if chance(t, 8, "SkipDeferral") {
		settings["SkipDeferral"] = true
	}
	if chance(t, 10, "AllowMajorUpgrades") {
		settings["AllowMajorUpgrades"] = true
	}
	return settings
}

func personOf(t *rapid.T) sim.Person {
	act := func(acts ...string) func(*rapid.T) sim.Act {
		return func(t *rapid.T) sim.Act {
			return sim.Act{Do: rapid.SampledFrom(acts).Draw(t, "do"), After: time.Duration(rapid.IntRange(1, 900).Draw(t, "after")) * time.Second}
		}
	}
	answers := act(sim.Defer, sim.Ignore, sim.Install, sim.Quit, sim.Kill)
	return sim.Person{
		Away: chance(t, 15, "away"), Unsaved: chance(t, 30, "unsaved"),
		Answers: rapid.SliceOfN(rapid.Custom(answers), 0, 4).Draw(t, "answers"),
		Final:   rapid.SliceOfN(rapid.Custom(act(sim.Ignore, sim.Install, sim.Quit, sim.Kill, sim.LogOut)), 0, 4).Draw(t, "final"),
	}
}

func offersOf(t *rapid.T, r room) []sim.Offer {
	var offers []sim.Offer
	for i := range rapid.IntRange(0, 4).Draw(t, "offers") {
		o := sim.Offer{Update: enforce.Update{
			Label: fmt.Sprintf("Update, %d: one-%d ", i, i), Title: fmt.Sprintf("Walnut %d, the <&> nut", i), Version: fmt.Sprintf("1.%d", i),
			SizeKiB: int64(rapid.IntRange(0, 4_000_000).Draw(t, "size")), Recommended: chance(t, 70, "recommended"),
			Action: rapid.SampledFrom([]enforce.Power{enforce.Stay, enforce.Restart, enforce.ShutDown}).Draw(t, "action"),
		}}
		if i > 0 && chance(t, 30, "sequential") {
			o.After = offers[i-1].Label
		}
		if r.odd {
			o = oddly(t, o, i)
		}
		offers = append(offers, o)
	}
	return offers
}

// oddly makes an update, perhaps, one that does not simply install.
func oddly(t *rapid.T, o sim.Offer, i int) sim.Offer {
	switch rapid.IntRange(0, 9).Draw(t, "oddity") {
	case 9:
		o.Fails = rapid.IntRange(1, 2).Draw(t, "fails")
	case 8:
		o.Deferred = true // only macOS 10.15 and later can say so
		if o.Action == enforce.Stay {
			o.Recommended = false
		}
	case 7:
		o.Title, o.Version, o.Action, o.Recommended = fmt.Sprintf("macOS Upgrade%d 99.%d", i, i), fmt.Sprintf("99.%d", i), enforce.Restart, true
	case 6:
		o.Download = minutes(t, 0, 170, "download")
	}
	return o
}

// planOf draws what happens by itself, all of it in the first twelve hours. What is taken away comes back.
func planOf(t *rapid.T, r room) []sim.Event {
	var plan []sim.Event
	at := func() time.Duration {
		return time.Duration(rapid.IntRange(0, 12*3600).Draw(t, "at")) * time.Second
	}
	add := func(allowed bool, name string, events func(time.Duration) []sim.Event) {
		if allowed && chance(t, 35, name) {
			plan = append(plan, events(at())...)
		}
	}
	add(r.sleeps, "sleep", func(at time.Duration) []sim.Event {
		return []sim.Event{{At: at, Do: sim.Sleep, For: minutes(t, 1, 16*60, "for")}}
	})
	add(r.clocks, "clock", func(at time.Duration) []sim.Event {
		by := time.Duration(rapid.IntRange(-48*3600, 10*3600).Draw(t, "by")) * time.Second
		return []sim.Event{{At: at, Do: sim.SetClock, For: by}}
	})
	add(r.absence, "log out", func(at time.Duration) []sim.Event {
		return []sim.Event{{At: at, Do: sim.LogOut}, {At: at + minutes(t, 1, 16*60, "for"), Do: sim.LogIn}}
	})
	add(r.absence, "offline", func(at time.Duration) []sim.Event {
		return []sim.Event{{At: at, Do: sim.Offline}, {At: at + minutes(t, 1, 16*60, "for"), Do: sim.Online}}
	})
	add(r.absence, "restart", func(at time.Duration) []sim.Event { return []sim.Event{{At: at, Do: sim.Restart}} })
	add(r.absence, "encrypt", func(at time.Duration) []sim.Event {
		return []sim.Event{{At: at, Do: sim.Encrypt, For: minutes(t, 1, 10*60, "for")}}
	})
	add(r.edits, "reinstall", func(at time.Duration) []sim.Event { return []sim.Event{{At: at, Do: sim.Reinstall}} })
	add(r.edits, "reload", func(at time.Duration) []sim.Event { return []sim.Event{{At: at, Do: sim.Reload}} })
	add(r.edits, "write", func(at time.Duration) []sim.Event {
		ahead := time.Duration(rapid.IntRange(-5, 100).Draw(t, "ahead")) * time.Hour
		return []sim.Event{{At: at, Do: sim.Write, Key: rapid.SampledFrom([]string{forcedAfter, deferredUntil}).Draw(t, "key"), Value: ahead}}
	})
	add(r.edits, "junk", func(at time.Duration) []sim.Event {
		junk := rapid.SampledFrom([]any{"soon", int64(-1), 1.5, true, "$(reboot)", playStart(), int64(1) << 62}).Draw(t, "junk value")
		return []sim.Event{{At: at, Do: sim.Write, Key: rapid.SampledFrom([]string{forcedAfter, deferredUntil}).Draw(t, "key"), Value: junk}}
	})
	add(r.edits, "profile", func(at time.Duration) []sim.Event {
		value := rapid.SampledFrom([]any{int64(3600), int64(7200), int64(400_000), "never", nil}).Draw(t, "value")
		return []sim.Event{{At: at, Do: sim.Profile, Key: "MaxDeferralTime", Value: value}}
	})
	add(r.odd, "release", func(at time.Duration) []sim.Event {
		o := browser()
		o.Title, o.Label = "Chestnut", "Chestnut-1 "
		return []sim.Event{{At: at, Do: sim.Release, Offer: o}}
	})
	return plan
}
