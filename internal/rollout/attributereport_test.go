package rollout

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// written are the reports that the daemon writes on Macs in memory, one for each way in which they say where a round stands.
func written(t *testing.T) map[string][]byte {
	t.Helper()
	reports := map[string][]byte{}
	for _, s := range sim.Scenarios() {
		switch s.Name {
		case "stubborn", "mixed", "declared", "no-owner", "failing", "offline", "workday":
		default:
			continue
		}
		p := promisetest.New(s)
		p.Before = func(int) {
			data, ok := p.File(agent.ReportPath)
			if !ok {
				return
			}
			var said agent.Summary
			if err := json.Unmarshal(data, &said); err != nil {
				t.Fatal(err)
			}
			reports[strings.Join([]string{string(said.Status), said.Phase, said.DeadlineBy, said.Method, said.MethodReason, said.Blockers}, "|")] = data
		}
		p.Take = func(ctx context.Context, host macos.Host) error {
			a := p.Agent(host)
			a.Named = "1.2.3"
			return a.Turn(ctx)
		}
		p.ToEnd(t.Context())
	}
	return reports
}

// TestEachAttributePrintsWhatTheDaemonHasWritten runs the scripts on reports that nobody has made up. Each field says
// something in one of them, so that a script which prints nothing is found out.
func TestEachAttributePrintsWhatTheDaemonHasWritten(t *testing.T) {
	reports, said := written(t), map[string]bool{}
	for name, data := range reports {
		var fields map[string]any
		if err := json.Unmarshal(data, &fields); err != nil {
			t.Fatal(err)
		}
		folder := mac(t, true, data, 0)
		for _, f := range deployment.AttributeFields() {
			want := strings.ReplaceAll(fmt.Sprint(fields[f.Name]), `"`, "'")
			said[f.Name] = said[f.Name] || want != ""
			if got := printed(t, "/bin/sh", folder, f); got != "<result>"+want+"</result>\n" {
				t.Errorf("%s: %s prints %q, and the report says %q", name, f.Name, got, want)
			}
		}
	}
	for _, f := range deployment.AttributeFields() {
		if !said[f.Name] {
			t.Errorf("%s is empty in all of %d reports", f.Name, len(reports))
		}
	}
}
