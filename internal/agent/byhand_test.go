package agent_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// silicon is a Mac with Apple silicon, on which the person has to install macOS.
func silicon(person sim.Person, offers ...sim.Offer) sim.Scenario {
	s := short(sim.Scenario{Start: sim.CommonStart(), MacOS: "26.6", Silicon: true, Offers: offers, Person: person})
	s.Limit = 30 * time.Hour
	return s
}

func tahoe() sim.Offer {
	return sim.Offer{Update: enforce.Update{
		Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 1_900_000, Recommended: true,
		Action: enforce.Restart,
	}, Becomes: "26.7"}
}

// isReminder tells whether a window asks to install in Software Update, and offers nothing else.
func isReminder(w *sim.Window) bool {
	return !promisetest.IsPrompt(w) && !promisetest.IsFinal(w) && !promisetest.IsRestartNotice(w)
}

func TestAfterTheDeadlineTheReminderCannotBeDismissedAndReturnsWithinMinutes(t *testing.T) {
	p := promisetest.New(silicon(answering(sim.Act{Do: sim.Defer}), tahoe())).ToEnd(t.Context())
	p.Hold(t)
	deadline := sim.CommonStart().Add(24 * time.Hour)
	var last time.Time
	reminders, short := 0, 0
	for _, e := range p.Windows(isReminder) {
		if e.At.Before(deadline) {
			continue
		}
		reminders++
		must(t, e.Window.Locked, "at %v it can be closed", e.At)
		if gap := e.At.Sub(last); !last.IsZero() {
			must(t, gap < 26*time.Minute, "at %v it is back after %v", e.At, gap)
			if gap < 5*time.Minute {
				short++
			}
		}
		last = e.At
	}
	must(t, reminders > 10 && short > reminders/2, "%d reminders, %d of them within minutes of the one before", reminders, short)
}

func TestWithDisablePostInstallAlertNoReminderStandsAfterAClick(t *testing.T) {
	for name, want := range map[string]bool{"standing": true, "none": false} {
		t.Run(name, func(t *testing.T) {
			s := silicon(answering(sim.Act{Do: sim.Install}), tahoe())
			s.Limit = 3 * time.Hour
			s.Settings["DisablePostInstallAlert"] = !want
			p := promisetest.New(s).ToEnd(t.Context())
			p.Hold(t)
			must(t, len(p.Windows(promisetest.IsPrompt)) > 0, "nobody is asked")
			must(t, len(p.Calls("launchctl")) > 0, "Software Update is not opened")
			must(t, len(p.Windows(isReminder)) > 0 == want, "reminders: %d", len(p.Windows(isReminder)))
		})
	}
}

// Apple lists upgrades to a next macOS that a profile defers, or that nobody wants.
func TestALeakedMajorUpgradeKeepsNoReminderUp(t *testing.T) {
	major := tahoe()
	major.Label, major.Title, major.Version, major.Build, major.Becomes = "macOS Golden 27.0-26A200", "macOS Golden 27.0", "27.0", "26A200", "27.0"
	s := silicon(sim.Person{Answers: []sim.Act{{Do: sim.Install}}, Handy: true}, tahoe(), major)
	p := playOut(t, s)
	p.Removed(t)
	must(t, len(p.Remaining()) == 1 && p.Remaining()[0] == major.Label, "left: %q", p.Remaining())
	must(t, p.Tally.Ended.Sub(sim.CommonStart()) < 3*time.Hour, "it ends at %v", p.Tally.Ended)
}
