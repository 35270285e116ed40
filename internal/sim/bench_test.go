package sim_test

import (
	"context"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/cputest"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// BenchmarkRound plays whole rounds, from the first look to the removal: of a person who runs the updates at the first
// prompt, which is four turns, and of one who defers for 72 hours, which is some two hundred.
func BenchmarkRound(b *testing.B) {
	for _, scenario := range sim.Scenarios() {
		if scenario.Name != "helpful" && scenario.Name != "stubborn" {
			continue
		}
		b.Run(scenario.Name, func(b *testing.B) {
			turns := 0
			defer cputest.Report(b, 1, "rounds/cpu-s")()
			for b.Loop() {
				m := sim.New(scenario)
				tally := m.Play(context.Background(), func(ctx context.Context, host macos.Host) error {
					return (&agent.Agent{Host: host, Root: true}).Turn(ctx)
				})
				if !tally.Removed {
					b.Fatal("the round does not end")
				}
				turns += tally.Turns
			}
			b.ReportMetric(float64(turns)/float64(b.N), "turns/round")
		})
	}
}
