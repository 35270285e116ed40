package agent_test

import "github.com/install-or-defer/install-or-defer/internal/sim"

func faultKinds() []string {
	return []string{sim.Hang, sim.Exit, sim.Killed, sim.Empty, sim.Garbage, sim.Huge, sim.Missing}
}
