package agent_test

import (
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// partly is a play in which an installation fails after one of two updates is installed, and waits for a restart or a shut
// down. Nothing that softwareupdate prints since macOS 11 tells.
func partly(macOS string, power enforce.Power, plan ...sim.Event) *promisetest.Play {
	one, two := update(), update()
	one.Label, one.Title, one.Action, one.Becomes = "A-1", "A", power, ""
	two.Label, two.Title, two.Becomes, two.Fails = "B-1", "B", "", 1
	s := short(ordinary(answering(sim.Act{Do: sim.Install})))
	s.MacOS, s.Offers, s.Plan, s.Person.Unsaved = macOS, []sim.Offer{one, two}, plan, true
	return promisetest.New(s)
}

// What was installed before the installation failed gets its shut down, and not the restart of what is installed later.
func TestWhatIsInstalledWhenTheRestFailsGetsItsShutDown(t *testing.T) {
	for _, macOS := range []string{"10.15.6", "11.6", "13.7.3"} {
		p := partly(macOS, enforce.ShutDown).ToEnd(t.Context())
		p.Hold(t)
		p.Removed(t)
		if asked := promisetest.Actions[enforce.AskRestart](p); len(asked) == 0 || asked[0].Action.(enforce.AskRestart).Power != enforce.ShutDown {
			t.Errorf("macOS %s: %+v", macOS, asked)
		}
	}
}

// The daemon does not leave before that, though nobody wants the rest any more.
func TestWhatIsInstalledWhenTheRestFailsGetsItsRestartThoughTheRestIsExcluded(t *testing.T) {
	for _, macOS := range []string{"10.15.6", "11.6", "13.7.3"} {
		p := partly(macOS, enforce.Restart, sim.Event{At: time.Hour, Do: sim.Profile, Key: "ExcludedUpdates", Value: []any{"B*"}}).ToEnd(t.Context())
		if !p.Tally.Removed || p.Tally.Restarts != 1 {
			t.Errorf("macOS %s: %+v\n%s", macOS, p.Tally, p.Story())
		}
	}
}
