package promisetest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// The names of the local preference values, which are a contract and so are spelled out here.
const (
	ForcedAfter   = "AppleSoftwareUpdatesForcedAfter"
	DeferredUntil = "AppleSoftwareUpdatesDeferredUntil"
)

// Room is what a random play may hold.
type Room struct {
	Faults  bool // tools misbehave for a while
	Sleeps  bool
	Clocks  bool // people set the clock
	Edits   bool // administrators change the profile and the local values
	Absence bool // people log out and come back, and the network comes and goes
	Crashes bool // the daemon is killed
	Odd     bool // updates that fail, only prepare, are deferred or are upgrades
	Today   bool // what Macs of today have: see modernize
}

// Everything is room for all of it.
func Everything() Room {
	return Room{Faults: true, Sleeps: true, Clocks: true, Edits: true, Absence: true, Crashes: true, Odd: true, Today: true}
}

// Minutes draws a span of time.
func Minutes(t *rapid.T, least, most int, name string) time.Duration {
	return time.Duration(between(t, least, most, name)) * time.Minute
}

func chance(t *rapid.T, percent int, name string) bool {
	return between(t, 0, 99, name) >= 100-percent // so that it shrinks to none
}

// between draws a number, each as likely as any other: rapid's own ranges hold mostly small ones, so that nearly all would
// happen in the first seconds of a play, and what has a chance of a third in one of ten. It shrinks to the least, or to
// nought where that is within.
func between(t *rapid.T, least, most int, name string) int {
	const bits = 20
	n := 0
	for range bits {
		n <<= 1
		if rapid.Bool().Draw(t, name) {
			n++
		}
	}
	n = n * (most - least + 1) >> bits
	if least < 0 && most >= 0 { // 0, -1, …, least, 1, …, most
		if n <= -least {
			return -n
		}
		return n + least
	}
	return least + n
}

// Random draws a play.
func Random(t *rapid.T, r Room) *Play {
	s := sim.Scenario{Start: sim.CommonStart(), Settings: settingsOf(t), Limit: 8 * 24 * time.Hour}
	s.MacOS = rapid.SampledFrom([]string{"10.15.6", "10.13.6", "10.14.6", "11.6", "12.6", "13.7.3", "15.3", "26.1", "27"}).Draw(t, "macOS")
	s.Person = PersonOf(t)
	s.Offers = offersOf(t, r)
	s.Plan = planOf(t, r)
	if r.Today {
		modernize(t, &s)
	}
	if r.Faults {
		for range rapid.IntRange(0, 3).Draw(t, "faults") {
			f := rapid.SampledFrom(FaultyTools()).Draw(t, "tool")
			f.Kind = rapid.SampledFrom(sim.FaultKinds()).Draw(t, "kind")
			f.Skip, f.Times = rapid.IntRange(0, 20).Draw(t, "skip"), rapid.IntRange(1, 2).Draw(t, "times")
			s.Faults = append(s.Faults, f)
		}
	}
	p := New(s)
	if r.Crashes {
		p.CrashAt = rapid.SliceOfN(rapid.IntRange(1, 400), 0, 5).Draw(t, "crashes")
	}
	return p
}

func settingsOf(t *rapid.T) map[string]any {
	seconds := func(d time.Duration) int64 { return int64(d / time.Second) }
	most := Minutes(t, 60, 9*60, "MaxDeferralTime")
	period := max(10*time.Minute, min(Minutes(t, 20, 4*60, "DeferralPeriod"), most-time.Minute))
	settings := map[string]any{
		"MaxDeferralTime": seconds(most), "DeferralPeriod": seconds(period),
		"PromptTimeout":    seconds(min(Minutes(t, 1, 60, "PromptTimeout"), period-time.Minute)),
		"UpdateDelay":      seconds(Minutes(t, 1, 20, "UpdateDelay")),
		"HardRestartDelay": seconds(Minutes(t, 1, 15, "HardRestartDelay")),
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

// PersonOf draws somebody at the Mac.
func PersonOf(t *rapid.T) sim.Person {
	act := func(acts ...string) func(*rapid.T) sim.Act {
		return func(t *rapid.T) sim.Act {
			return sim.Act{Do: rapid.SampledFrom(acts).Draw(t, "do"), After: time.Duration(between(t, 1, 900, "after")) * time.Second}
		}
	}
	answers := act(sim.Defer, sim.Ignore, sim.Install, sim.Quit, sim.Kill)
	return sim.Person{
		Away: chance(t, 15, "away"), Unsaved: chance(t, 30, "unsaved"),
		Answers: rapid.SliceOfN(rapid.Custom(answers), 0, 4).Draw(t, "answers"),
		Final:   rapid.SliceOfN(rapid.Custom(act(sim.Ignore, sim.Install, sim.Quit, sim.Kill, sim.LogOut)), 0, 4).Draw(t, "final"),
	}
}

func offersOf(t *rapid.T, r Room) []sim.Offer {
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
		if r.Odd {
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
		o.Download = Minutes(t, 0, 170, "download")
	}
	return o
}

// planOf draws what happens by itself, all of it in the first twelve hours. What is taken away comes back.
func planOf(t *rapid.T, r Room) []sim.Event {
	var plan []sim.Event
	at := func() time.Duration {
		return time.Duration(between(t, 0, 12*3600, "at")) * time.Second
	}
	add := func(allowed bool, name string, events func(time.Duration) []sim.Event) {
		if allowed && chance(t, 35, name) {
			plan = append(plan, events(at())...)
		}
	}
	add(r.Sleeps, "sleep", func(at time.Duration) []sim.Event {
		return []sim.Event{{At: at, Do: sim.Sleep, For: Minutes(t, 1, 16*60, "for")}}
	})
	add(r.Clocks, "clock", func(at time.Duration) []sim.Event {
		by := time.Duration(between(t, -48*3600, 10*3600, "by")) * time.Second
		return []sim.Event{{At: at, Do: sim.SetClock, For: by}}
	})
	add(r.Absence, "log out", func(at time.Duration) []sim.Event {
		return []sim.Event{{At: at, Do: sim.LogOut}, {At: at + Minutes(t, 1, 16*60, "for"), Do: sim.LogIn}}
	})
	add(r.Absence, "offline", func(at time.Duration) []sim.Event {
		return []sim.Event{{At: at, Do: sim.Offline}, {At: at + Minutes(t, 1, 16*60, "for"), Do: sim.Online}}
	})
	add(r.Absence, "restart", func(at time.Duration) []sim.Event { return []sim.Event{{At: at, Do: sim.Restart}} })
	add(r.Absence, "encrypt", func(at time.Duration) []sim.Event {
		return []sim.Event{{At: at, Do: sim.Encrypt, For: Minutes(t, 1, 10*60, "for")}}
	})
	add(r.Edits, "reinstall", func(at time.Duration) []sim.Event { return []sim.Event{{At: at, Do: sim.Reinstall}} })
	add(r.Edits, "reload", func(at time.Duration) []sim.Event { return []sim.Event{{At: at, Do: sim.Reload}} })
	add(r.Edits, "write", func(at time.Duration) []sim.Event {
		ahead := time.Duration(between(t, -5, 100, "ahead")) * time.Hour
		return []sim.Event{{At: at, Do: sim.Write, Key: rapid.SampledFrom([]string{ForcedAfter, DeferredUntil}).Draw(t, "key"), Value: ahead}}
	})
	add(r.Edits, "junk", func(at time.Duration) []sim.Event {
		junk := rapid.SampledFrom([]any{"soon", int64(-1), 1.5, true, "$(reboot)", sim.CommonStart(), int64(1) << 62}).Draw(t, "junk value")
		return []sim.Event{{At: at, Do: sim.Write, Key: rapid.SampledFrom([]string{ForcedAfter, DeferredUntil}).Draw(t, "key"), Value: junk}}
	})
	add(r.Edits, "profile", func(at time.Duration) []sim.Event {
		value := rapid.SampledFrom([]any{int64(3600), int64(7200), int64(400_000), "never", nil}).Draw(t, "value")
		return []sim.Event{{At: at, Do: sim.Profile, Key: "MaxDeferralTime", Value: value}}
	})
	add(r.Odd, "release", func(at time.Duration) []sim.Event {
		chestnut := sim.Offer{Update: enforce.Update{Label: "Chestnut-1 ", Title: "Chestnut", Version: "14.0.3", SizeKiB: 67_000, Recommended: true}}
		return []sim.Event{{At: at, Do: sim.Release, Offer: chestnut}}
	})
	return plan
}
