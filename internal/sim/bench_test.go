package sim_test

import (
	"context"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// BenchmarkRound plays a whole round of 72 hours, with some two hundred turns.
func BenchmarkRound(b *testing.B) {
	scenario := sim.Scenarios()[0]
	for b.Loop() {
		m := sim.New(scenario)
		tally := m.Play(context.Background(), func(ctx context.Context, host macos.Host) error {
			return (&agent.Agent{Host: host, Root: true}).Turn(ctx)
		})
		if !tally.Removed {
			b.Fatal("the round does not end")
		}
	}
}
