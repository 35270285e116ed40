package agent_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// TestAYearMakesNothingGrow plays Macs for a year on which an update never comes about, which is what leaves most behind, and
// demands that no file of ours ever outgrows its limit. Without a proof the year is short.
func TestAYearMakesNothingGrow(t *testing.T) {
	t.Parallel()
	days := 20
	if prooftest.Full() {
		days = 366
	}
	limits := map[string]int{
		agent.StatePath: 8 << 10, agent.ReportPath: 4 << 10, agent.JournalPath: 512 << 10, agent.SupportFolder + "/journal.1.jsonl": 512 << 10,
		agent.LogPath: 520 << 10, macos.PreferencesPath(agent.Identifier): 4 << 10,
	}
	for name, change := range map[string]func(*sim.Scenario){
		"a full disk":           func(s *sim.Scenario) { s.Plan = []sim.Event{{At: time.Minute, Do: sim.Space, Value: int64(1)}} },
		"a person who only can": func(s *sim.Scenario) { s.Settings["InstallMethod"] = "manual" },
		"no network":            func(s *sim.Scenario) { s.Plan = []sim.Event{{At: time.Hour, Do: sim.Offline}} },
	} {
		t.Run(name, func(t *testing.T) {
			s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
			s.Settings["DiagnosticLog"] = true
			s.Limit = time.Duration(days) * 24 * time.Hour
			change(&s)
			m := sim.New(s)
			peak, turns := map[string]int{}, 0
			m.Play(t.Context(), func(ctx context.Context, host macos.Host) error {
				turns++
				err := (&agent.Agent{Host: host, Root: true, Built: promisetest.Built(), Zone: time.UTC}).Turn(ctx)
				for file := range limits {
					data, _ := m.File(file)
					peak[file] = max(peak[file], len(data))
				}
				return err
			})
			must(t, turns > 17*days, "only %d turns are taken", turns)
			for _, file := range slices.Sorted(maps.Keys(limits)) {
				must(t, peak[file] <= limits[file], "%s has %d bytes at its largest; %d are allowed", file, peak[file], limits[file])
			}
			must(t, peak[agent.StatePath] > 0 && peak[agent.JournalPath] > 0 && peak[agent.LogPath] > 0, "it is not looked at: %v", peak)
			prooftest.Count(t, "days of Macs that cannot be updated", days)
		})
	}
}
