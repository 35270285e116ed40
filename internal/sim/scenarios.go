package sim

import (
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// Scenarios are those that come with the program. The first is the one to show when none is asked for.
func Scenarios() []Scenario {
	return slices.Concat(behaviours(), surroundings(), updates(), today(), faults())
}

func catalina() Offer {
	return Offer{Update: enforce.Update{
		Label: "macOS Catalina 10.15.7 Update- ", Title: "macOS Catalina 10.15.7 Update", Version: "", SizeKiB: 3_045_000,
		Recommended: true, Action: enforce.Restart,
	}, Becomes: "10.15.7"}
}

func safari() Offer {
	return Offer{Update: enforce.Update{
		Label: "Safari14.0.3CatalinaAuto-14.0.3", Title: "Safari", Version: "14.0.3", SizeKiB: 67_300, Recommended: true,
	}}
}

func security() Offer {
	return Offer{Update: enforce.Update{
		Label: "Security Update 2021-002-10.15.7", Title: "Security Update 2021-002", Version: "10.15.7", SizeKiB: 1_510_000,
		Recommended: true, Action: enforce.Restart,
	}, After: "macOS Catalina 10.15.7 Update- "}
}

// ventura offers a minor update of macOS 13 and, beside it, an upgrade that nobody asked for.
func ventura() []Offer {
	return []Offer{
		{Update: enforce.Update{
			Label: "macOS Ventura 13.7.4-22H420", Title: "macOS Ventura 13.7.4", Version: "13.7.4", SizeKiB: 1_555_614,
			Recommended: true, Action: enforce.Restart,
		}, Becomes: "13.7.4"},
		{Update: enforce.Update{
			Label: "macOS Sequoia 15.3.1-24D70", Title: "macOS Sequoia 15.3.1", Version: "15.3.1", SizeKiB: 9_687_761,
			Recommended: true, Action: enforce.Restart,
		}, Becomes: "15.3.1"},
	}
}

// behaviours are scenarios about people.
func behaviours() []Scenario {
	deferring := []Act{{Do: Defer}}
	return []Scenario{
		{
			Name: "stubborn", Title: "A person defers until the deadline and leaves a document unsaved.",
			Offers: []Offer{catalina(), safari()}, Person: Person{Answers: deferring, Unsaved: true},
		},
		{
			Name: "helpful", Title: "A person runs the updates at the first prompt.",
			Offers: []Offer{catalina(), safari()}, Person: Person{Answers: []Act{{Do: Install, After: 40 * time.Second}}},
		},
		{
			Name: "busy", Title: "A person never answers, so each prompt times out.",
			Offers: []Offer{catalina()},
		},
		{
			Name: "quitter", Title: "A person quits every prompt, and the final warning again and again.",
			Offers: []Offer{catalina()}, Person: Person{
				Answers: []Act{{Do: Quit}}, Final: []Act{{Do: Quit, After: 30 * time.Second}},
			},
		},
		{
			Name: "killer", Title: "A person kills the program that shows the prompt.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Kill}}, Final: []Act{{Do: Kill}}},
		},
		{
			Name: "nobody", Title: "Nobody is logged in, from the first look to the deadline and beyond.",
			Offers: []Offer{catalina()}, Person: Person{Away: true},
		},
		{
			Name: "logout", Title: "A person logs out whenever a prompt appears, and is back after two hours.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: LogOut}, {Do: Defer}}},
			Plan: []Event{{At: 2 * time.Hour, Do: LogIn}},
		},
		{
			Name: "lid", Title: "A person closes the lid an hour before the deadline, for eight hours.",
			Offers: []Offer{catalina()}, Person: Person{Answers: deferring},
			Plan: []Event{{At: 71 * time.Hour, Do: Sleep, For: 8 * time.Hour}},
		},
		{
			Name: "clock", Title: "A person sets the clock back by two days, to gain time.",
			Offers: []Offer{catalina()}, Person: Person{Answers: deferring},
			Plan: []Event{{At: 50 * time.Hour, Do: SetClock, For: -48 * time.Hour}},
		},
	}
}

// updates are scenarios about what is offered.
func updates() []Scenario {
	helpful := Person{Answers: []Act{{Do: Install}}}
	return []Scenario{
		{
			Name: "sequential", Title: "A security update appears only after the update that it needs: one round, one deadline.",
			Offers: []Offer{catalina(), security()}, Person: Person{Answers: []Act{{Do: Install}, {Do: Defer}}},
		},
		{
			Name: "shutdown", Title: "An update of the T2 chip wants a shut down, not a restart.",
			Offers: []Offer{catalina(), {Update: enforce.Update{
				Label: "BridgeOSUpdateCustomer", Title: "BridgeOSUpdateCustomer", Version: "10.15.0.1.1.1560926689",
				SizeKiB: 390_674, Recommended: true, Action: enforce.ShutDown,
			}}}, Person: helpful,
		},
		{
			Name: "no-restart", Title: "Only Safari is pending, which needs no restart.",
			Offers: []Offer{safari()}, Person: helpful,
		},
		{
			Name: "modern", Title: "macOS 13 on Intel: softwareupdate restarts the Mac itself, and the upgrade to macOS 15 is left alone.",
			MacOS: "13.7.3", Build: "22H417", Offers: ventura(), Person: helpful,
		},
		{
			Name: "silicon", Title: "A Mac with Apple silicon: the person installs in Software Update, and is reminded.",
			MacOS: "13.7.3", Build: "22H417", Silicon: true, Offers: ventura(),
			Person: Person{Answers: []Act{{Do: Defer}, {Do: Install}}, Handy: true},
		},
		{
			Name: "nothing", Title: "No update is required: the daemon leaves at once.",
			Offers: []Offer{{Update: enforce.Update{Label: "iCal-1.0.2", Title: "iCal", Version: "1.0.2", SizeKiB: 6520}}},
		},
		{
			Name: "workday", Title: "The deadline falls into working time and moves to the end of the working day.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Defer}}},
			Settings: map[string]any{"WorkdayStartHour": int64(8), "WorkdayEndHour": int64(18)},
		},
		{
			Name: "skip", Title: "SkipDeferral is set: straight to enforcement, as for a test.",
			Offers: []Offer{catalina()}, Settings: map[string]any{"SkipDeferral": true},
		},
	}
}

// faults are scenarios about what goes wrong.
func faults() []Scenario {
	return []Scenario{
		{
			Name: "offline", Title: "The network is gone for a day: nothing is lost, and nothing is taken for done.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Defer}}},
			Plan: []Event{{At: 6 * time.Hour, Do: Offline}, {At: 30 * time.Hour, Do: Online}},
		},
		{
			Name: "failing", Title: "An installation fails three times, and the person is asked to install by hand.",
			Offers: []Offer{{Update: catalina().Update, Fails: 99}}, Person: Person{Answers: []Act{{Do: Install}}, Final: []Act{{Do: Install}}, Handy: true},
		},
		{
			Name: "hanging", Title: "softwareupdate hangs at every second look.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Defer}}},
			Faults: []Fault{{Tool: "softwareupdate", Arg: "--list", Kind: Hang, Times: 1}, {Tool: "softwareupdate", Arg: "--list", Kind: Hang, Skip: 4, Times: 1}},
		},
		{
			Name: "filevault", Title: "FileVault converts the disk for half a day: nothing is installed meanwhile.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Install}}},
			Plan: []Event{{At: 0, Do: Encrypt, For: 12 * time.Hour}},
		},
		{
			Name: "no-jamfhelper", Title: "jamfHelper is missing, so plain dialogs stand in.",
			Offers: []Offer{catalina()}, Person: Person{Answers: []Act{{Do: Defer}, {Do: Install}}},
			Faults: []Fault{{Tool: "jamfHelper", Kind: Missing}},
		},
	}
}
