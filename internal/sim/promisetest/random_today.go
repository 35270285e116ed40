package promisetest

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// modernize gives a play, perhaps, what Macs of today have: their processor, batteries, full disks, declarations, more than
// one person, and the settings that are about these.
func modernize(t *rapid.T, s *sim.Scenario) {
	s.Silicon = chance(t, 40, "Apple silicon")
	s.SwiftDialog = chance(t, 30, "swiftDialog")
	s.Person.Handy, s.Person.NoOwner = chance(t, 50, "handy"), chance(t, 20, "no owner")
	s.Person.SettingUp = chance(t, 5, "Setup Assistant")
	s.Other = PersonOf(t)
	s.Management = sim.Management{Unescrowed: chance(t, 20, "no token"), Unsupervised: chance(t, 10, "unsupervised")}
	if chance(t, 30, "battery") {
		s.Battery = sim.Battery{Percent: rapid.IntRange(1, 100).Draw(t, "percent"), Unplugged: chance(t, 50, "unplugged")}
	}
	if chance(t, 15, "full disk") {
		s.Free = int64(rapid.IntRange(1, 30).Draw(t, "free"))
	}
	if chance(t, 60, "macOS itself") {
		offer := sim.SampleOffers(s.MacOS)[0]
		if chance(t, 15, "held back") {
			offer.Ramped = Minutes(t, 1, 20*60, "ramped")
		}
		s.Offers = append(s.Offers, offer)
		if offer.Version != "" && chance(t, 40, "declaration") {
			s.Declarations = []sim.Declaration{{
				Version: offer.Version, Due: Minutes(t, 30, 48*60, "due"), Since: Minutes(t, 0, 20, "since"), Silent: chance(t, 20, "silent"),
			}}
		}
	}
	modernSettings(t, s.Settings)
	goes := slices.ContainsFunc(s.Plan, func(e sim.Event) bool { return e.Do == sim.LogOut })
	s.Plan = append(s.Plan, comings(t, goes)...)
}

// modernSettings draws the settings about limits, methods and windows.
func modernSettings(t *rapid.T, settings map[string]any) {
	if chance(t, 20, "MaxDeferralCount") {
		settings["MaxDeferralCount"] = int64(rapid.IntRange(1, 6).Draw(t, "count"))
	}
	if chance(t, 15, "DeadlineDate") {
		settings["DeadlineDate"] = sim.CommonStart().Add(Minutes(t, -60, 12*60, "date")).Format(time.RFC3339)
	}
	if chance(t, 15, "InstallMethod") {
		settings["InstallMethod"] = rapid.SampledFrom([]string{"softwareupdate", "manual", "declarative"}).Draw(t, "method")
	}
	if chance(t, 30, "PromptStyle") {
		settings["PromptStyle"] = rapid.SampledFrom([]string{"jamfhelper", "swiftdialog", "osascript"}).Draw(t, "style")
	}
	if chance(t, 30, "MeetingPatience") {
		settings["MeetingPatience"] = int64(rapid.IntRange(0, 4*3600).Draw(t, "patience"))
	}
}

// comings are what people do with a Mac that several use, in the first twelve hours. What is begun ends. Who logs out by
// the plan does not also leave the Mac to another: the journal would not tell whose session has ended.
func comings(t *rapid.T, goes bool) (plan []sim.Event) {
	add := func(name, begin, end, key string, percent int) {
		if !chance(t, percent, name) {
			return
		}
		at := time.Duration(rapid.IntRange(0, 12*3600).Draw(t, "at")) * time.Second
		plan = append(plan, sim.Event{At: at, Do: begin, Key: key}, sim.Event{At: at + Minutes(t, 1, 10*60, "for"), Do: end, Key: key})
	}
	add("call", sim.MeetingStart, sim.MeetingEnd, "Talk", 25)
	add("lock", sim.Lock, sim.Unlock, "", 25)
	if !goes {
		add("switch user", sim.SwitchUser, sim.SwitchBack, "", 10)
	}
	add("login window", sim.LoginWindow, sim.SwitchBack, "", 10)
	add("unplug", sim.Unplug, sim.Plug, "", 15)
	if chance(t, 10, "space") {
		at := time.Duration(rapid.IntRange(0, 12*3600).Draw(t, "at")) * time.Second
		plan = append(plan, sim.Event{At: at, Do: sim.Space, Value: int64(rapid.IntRange(0, 100).Draw(t, "GB"))},
			sim.Event{At: at + Minutes(t, 1, 10*60, "for"), Do: sim.Space, Value: int64(200)})
	}
	if chance(t, 10, "log in after Setup Assistant") {
		plan = append(plan, sim.Event{At: Minutes(t, 1, 10*60, "at"), Do: sim.LogIn})
	}
	return plan
}
