package sim_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

func TestZZ(t *testing.T) {
	for _, s := range sim.Scenarios() {
		if w := os.Getenv("SC"); w != "" && w != s.Name {
			continue
		}
		m := sim.New(s)
		tally := m.Play(context.Background(), func(ctx context.Context, h macos.Host) error {
			a := &agent.Agent{Host: h, Root: true, Built: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Watch: func(d agent.Decision) { m.Note(fmt.Sprintf("%T %s", d.Action, d.Why)) }}
			return a.Turn(ctx)
		})
		fmt.Printf("== %s %+v left=%v %v\n", s.Name, tally, m.Remaining(), m.Leftovers())
		if os.Getenv("SC") != "" {
			for _, e := range m.Journal {
				if e.Kind == sim.KindTool && (e.Text == "logger" || e.Text == "sysctl" || e.Text == "fdesetup" || e.Text == "scutil") {
					continue
				}
				fmt.Println(e.At.Format("02 15:04:05"), e.Kind, e.Text, e.Args)
			}
		}
	}
}
