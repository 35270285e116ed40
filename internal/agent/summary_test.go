package agent_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

func TestTheReportSaysWhereTheRoundStands(t *testing.T) {
	schema := reportSchema(t)
	seen := map[agent.Status]int{}
	writes := map[string]bool{}
	last := agent.Summary{}
	p := promisetest.New(deferringDaily(sim.Event{At: 26 * time.Hour, Do: sim.Offline}, sim.Event{At: 28 * time.Hour, Do: sim.Online}))
	check := func(int) {
		data, ok := p.File(agent.ReportPath)
		if !ok {
			return
		}
		writes[string(data)] = true
		var value any
		if err := json.Unmarshal(data, &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%v\n%s", err, data)
		}
		if err := json.Unmarshal(data, &last); err != nil {
			t.Fatal(err)
		}
		if last.JournalWhole != "yes" || last.Journal != written(p).Head().String() {
			t.Errorf("the journal ends with %v, and is told as %q, %q", written(p).Head(), last.Journal, last.JournalWhole)
		}
		seen[last.Status]++
	}
	p.Before = check
	p.ToEnd(t.Context())
	p.Removed(t)
	if seen[agent.StatusDeferred] == 0 || seen[agent.StatusRestarting] == 0 {
		t.Errorf("%v", seen)
	}
	if len(writes) > len(p.Turns)/2 {
		t.Errorf("it is written anew in %d of %d turns", len(writes), len(p.Turns))
	}
	if _, ok := p.File(agent.ReportPath); ok {
		t.Error("it stays when the program is gone")
	}
	if want := "macOS Catalina 10.15.7 Update; Safari 14.0.3"; last.Pending != want || last.PendingCount != 2 || last.Deadline[:10] != "2026-12-01" {
		t.Errorf("%+v", last)
	}
}

func TestTheLastReportSaysThatTheMacIsCompliant(t *testing.T) {
	p := promisetest.New(deferringDaily())
	var last agent.Summary
	p.Play(t.Context(), func(c ctx, host macos.Host) error {
		host.Runner = recon{host.Runner, func() {
			data, _ := p.File(agent.ReportPath)
			if err := json.Unmarshal(data, &last); err != nil {
				t.Error(err)
			}
		}}
		p.Turns = append(p.Turns, promisetest.Turn{})
		return p.Agent(host).Turn(c)
	})
	p.Removed(t)
	if last.Status != agent.StatusCompliant || last.Deadline != "" || last.PendingCount != 0 {
		t.Errorf("%+v", last)
	}
}

// recon looks on while the inventory is taken.
type recon struct {
	macos.Runner
	look func()
}

func (r recon) Run(c ctx, command macos.Command) (macos.Output, error) {
	if strings.HasSuffix(command.Path, "/jamf") {
		r.look()
	}
	return r.Runner.Run(c, command)
}

func reportSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open("../../schema/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("report.json", document); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("report.json")
}

func TestEveryStatusIsToldInOneWord(t *testing.T) {
	now := sim.CommonStart()
	for name, row := range map[string]struct {
		state enforce.State
		want  agent.Status
	}{
		"no look yet":         {enforce.State{}, agent.StatusUnknown},
		"looks fail":          {enforce.State{Look: enforce.LookState{At: now, Failures: 1}}, agent.StatusUnknown},
		"nothing to enforce":  {enforce.State{Look: enforce.LookState{At: now}}, agent.StatusCompliant},
		"a prompt is due":     {enforce.State{Deadline: now.Add(1)}, agent.StatusPending},
		"a deferral runs":     {enforce.State{Deadline: now.Add(9), DeferredUntil: now.Add(2)}, agent.StatusDeferred},
		"the deadline is now": {enforce.State{Deadline: now}, agent.StatusEnforcing},
		"it installs":         {enforce.State{Deadline: now, Install: enforce.InstallState{Tried: []enforce.Update{{}}}}, agent.StatusInstalling},
		"it failed":           {enforce.State{Deadline: now, Install: enforce.InstallState{Failures: 2}}, agent.StatusFailed},
		"it restarts":         {enforce.State{Restart: enforce.RestartState{Power: enforce.Restart}}, agent.StatusRestarting},
	} {
		if got := agent.StatusOf(row.state, now); got != row.want {
			t.Errorf("%s: %s, not %s", name, got, row.want)
		}
	}
}
