package agent_test

import (
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

func TestMain(m *testing.M) {
	const plays = 40 // each takes some ten milliseconds
	if err := prooftest.Sample(plays); err != nil {
		panic(err)
	}
	m.Run()
}

// playOut plays a scenario to its end, and holds it to the promises.
func playOut(t *testing.T, s sim.Scenario) *promisetest.Play {
	t.Helper()
	p := promisetest.New(s).ToEnd(t.Context())
	p.Hold(t)
	return p
}

func must(t *testing.T, ok bool, format string, args ...any) {
	t.Helper()
	if !ok {
		t.Errorf(format, args...)
	}
}

func update() sim.Offer {
	return sim.Offer{Update: enforce.Update{
		Label: "macOS Catalina 10.15.7 Update- ", Title: "macOS Catalina 10.15.7 Update", SizeKiB: 3_000_000, Recommended: true,
		Action: enforce.Restart,
	}, Becomes: "10.15.7"}
}

func browser() sim.Offer {
	return sim.Offer{Update: enforce.Update{
		Label: "Safari14.0.3CatalinaAuto-14.0.3", Title: "Safari", Version: "14.0.3", SizeKiB: 67_000, Recommended: true,
	}}
}

// answering is a person who does this at every prompt.
func answering(acts ...sim.Act) sim.Person { return sim.Person{Answers: acts} }

// ordinary is a Mac with an update that needs a restart and one that does not.
func ordinary(person sim.Person) sim.Scenario {
	return sim.Scenario{Start: sim.CommonStart(), Offers: []sim.Offer{update(), browser()}, Person: person}
}
