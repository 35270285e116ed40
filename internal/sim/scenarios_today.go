package sim

import (
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// minor is an update of macOS 15 or 26.
func minor(name, version, build string) Offer {
	title := "macOS " + name + " " + version
	return Offer{Update: enforce.Update{
		Label: title + "-" + build, Title: title, Version: version, Build: build, SizeKiB: 1_900_000, Recommended: true, Action: enforce.Restart,
	}, Becomes: version}
}

func tahoe() Offer { return minor("Tahoe", "26.7", "25G229") }

// modernSafari is a package, which softwareupdate installs in the background on any Mac.
func modernSafari() Offer {
	return Offer{Update: enforce.Update{
		Label: "Safari26.7TahoeAuto-26.7", Title: "Safari", Version: "26.7", SizeKiB: 175_218, Recommended: true,
	}}
}

// today are scenarios about Macs of these years: Apple silicon, and what macOS enforces itself.
func today() []Scenario {
	deferring, handy := []Act{{Do: Defer}}, Person{Answers: []Act{{Do: Defer}, {Do: Defer}, {Do: Install}}, Handy: true}
	return []Scenario{
		{
			Name: "mixed", Title: "Apple silicon: Safari is installed in the background, macOS by the person.",
			MacOS: "26.6", Silicon: true, Offers: []Offer{tahoe(), modernSafari()}, Person: handy,
		},
		{
			Name: "declared", Title: "macOS enforces the update itself, by a declaration whose date is before our deadline.",
			MacOS: "26.6", Silicon: true, Offers: []Offer{tahoe()}, Person: Person{Answers: deferring},
			Declarations: []Declaration{{Version: "26.7", Build: "25G229", Due: 30 * time.Hour}},
		},
		{
			Name: "lapsed", Title: "A declaration comes to nothing, so the person is reminded to install by hand.",
			MacOS: "26.6", Silicon: true, Offers: []Offer{tahoe()},
			Person:       Person{Answers: deferring, Handy: true, Final: []Act{{Do: Ignore}, {Do: Install}}},
			Declarations: []Declaration{{Version: "26.7", Due: 30 * time.Hour}}, Management: Management{Unescrowed: true},
		},
		{
			Name: "no-owner", Title: "Apple silicon, and the person is no volume owner: they are told whom to ask, and the report names it.",
			MacOS: "26.6", Silicon: true, Offers: []Offer{tahoe()}, Person: Person{Answers: deferring, NoOwner: true},
			Management: Management{Unescrowed: true, Unsupervised: true}, Limit: 5 * 24 * time.Hour,
		},
		{
			Name: "golden-gate", Title: "macOS 27, whose listing has no name beside the version.",
			MacOS: "27.0", Silicon: true, Offers: SampleOffers("27.0"), Person: handy,
		},
		{
			Name: "ramped", Title: "Apple does not let the Mac have one update for a day: nobody is asked for it, and the other does not wait.",
			MacOS: "15.7.1", Offers: []Offer{held(minor("Sequoia", "15.7.2", "24G325"), 24*time.Hour), modernSafari()}, Person: Person{Answers: []Act{{Do: Install}}},
		},
		{
			Name: "superseded", Title: "A newer update takes the place of the first one: the deadline stays.",
			MacOS: "15.7", Offers: []Offer{minor("Sequoia", "15.7.1", "24G231")}, Person: Person{Answers: deferring},
			Plan: []Event{{At: 30 * time.Hour, Do: Release, Offer: replacing(minor("Sequoia", "15.7.2", "24G325"), "macOS Sequoia 15.7.1-24G231")}},
		},
	}
}

// replacing is an offer that takes the place of another.
func replacing(o Offer, label string) Offer {
	o.Replaces = label
	return o
}

// held is an offer that Apple lets Macs have in turn.
func held(o Offer, back time.Duration) Offer {
	o.Ramped = back
	return o
}

// surroundings are scenarios about what a Mac is in the middle of, and who else uses it.
func surroundings() []Scenario {
	deferring := []Act{{Do: Defer}}
	return []Scenario{
		{
			Name: "meeting", Title: "A person is in a call when the prompt is due: it waits, but not for ever.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Install}}},
			Plan: []Event{{At: 0, Do: MeetingStart, Key: "Talk"}, {At: 5 * time.Hour, Do: MeetingEnd}},
		},
		{
			Name: "battery", Title: "A person agrees on a low battery, and plugs the Mac in when a window asks for it.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Install}}}, Battery: Battery{Percent: 12, Unplugged: true},
			Plan: []Event{{At: 4 * time.Minute, Do: Plug}},
		},
		{
			Name: "full-disk", Title: "The disk is full until the second day: the person is told, and nothing is begun.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Install}}}, Free: 3,
			Plan: []Event{{At: 26 * time.Hour, Do: Space, Value: int64(60)}},
		},
		{
			Name: "switched", Title: "Somebody has left a session for the login window: nothing is forced upon what is open in it.",
			Offers: []Offer{catalina()}, Person: Person{Answers: deferring},
			Plan: []Event{{At: 70 * time.Hour, Do: LoginWindow}, {At: 80 * time.Hour, Do: SwitchBack}},
		},
		{
			Name: "two-people", Title: "Another person takes the Mac over by fast user switching, and is the one who is asked from then on.",
			Offers: []Offer{catalina()}, Person: Person{Answers: deferring}, Other: Person{Answers: []Act{{Do: Defer}, {Do: Install}}},
			Plan: []Event{{At: 10 * time.Hour, Do: SwitchUser}},
		},
		{
			Name: "locked", Title: "The screen is locked for two days: the prompt waits, the deadline does not.",
			Offers: []Offer{catalina()}, Person: Person{Answers: deferring},
			Plan: []Event{{At: 30 * time.Hour, Do: Lock}, {At: 78 * time.Hour, Do: Unlock}},
		},
		{
			Name: "setup", Title: "Setup Assistant runs for three hours: nobody is asked, nothing is installed.",
			Offers: []Offer{catalina()}, Person: Person{SettingUp: true, Answers: []Act{{Do: Install}}},
			Plan: []Event{{At: 3 * time.Hour, Do: LogIn}},
		},
		{
			Name: "count", Title: "MaxDeferralCount is 3: the third deferral is the last.",
			Offers: []Offer{catalina()}, Person: Person{Answers: deferring}, Settings: map[string]any{"MaxDeferralCount": int64(3)},
		},
		{
			Name: "date", Title: "DeadlineDate comes before the three days are over.",
			Offers: []Offer{catalina()}, Person: Person{Answers: deferring}, Settings: map[string]any{"DeadlineDate": "2026-12-01T18:00:00Z"},
		},
		{
			Name: "swiftdialog", Title: "swiftDialog shows the windows.",
			Offers: []Offer{catalina()}, Person: Person{Answers: deferring}, SwiftDialog: true,
			Settings: map[string]any{"PromptStyle": "swiftdialog"},
		},
		{
			Name: "crashing-dialog", Title: "swiftDialog breaks down at its start, so jamfHelper shows the windows.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Install}}}, SwiftDialog: true,
			Settings: map[string]any{"PromptStyle": "swiftdialog"}, Faults: []Fault{{Tool: "Dialog", Kind: Killed}},
		},
	}
}
