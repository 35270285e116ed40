package rollout_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// renameGroup gives a smart group another name, by somebody's hand.
func (w *world) renameGroup(name, other string) {
	w.t.Helper()
	g, found, err := w.client().SmartGroups().Find(w.context(), name)
	if err != nil || !found {
		w.t.Fatal(found, err)
	}
	_, err = w.client().SmartGroups().Update(context.Background(), g.ID, func(g *jamf.SmartGroup) error {
		g.Name = other
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
}

// TestWithoutTheGroupThatTellsNoMacIsCompliant renames the group of Macs that lack an update: that no Mac is in it says
// nothing then.
func TestWithoutTheGroupThatTellsNoMacIsCompliant(t *testing.T) {
	says := reports{"RING1": "Not installed", "RING2": "Compliant", "RING3": "Deferred"}
	w := fleet(t, says, staged)
	w.mac("RING1", "15.7.1")
	w.mac("RING2", "15.7.1")
	w.mac("RING3", "15.6")
	const note = `there is no group "Old" on the server, which tells of Macs that lack an update`
	before := w.status(rollout.StatusOptions{})
	if before.Total.Compliant != 2 || strings.Contains(strings.Join(before.Notes, "\n"), note) {
		t.Errorf("%+v", before)
	}
	w.renameGroup("Old", "old")
	for _, id := range w.server.Macs() {
		w.server.Recon(id)
	}
	after := w.status(rollout.StatusOptions{})
	if c := after.Total; c.Compliant != 0 || c.Waiting != 1 || c.Unknown != 1 || c.Deferred != 1 {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(strings.Join(after.Notes, "\n"), note) {
		t.Error(after.Notes)
	}
	_, plan := w.planStage("test", rollout.StatusOptions{})
	if got := gate(plan.Gate); !strings.Contains(got, "finished does not hold: 0.0 % (0 of 3)") {
		t.Error(got)
	}
}

func TestMacsThatHaveNeverRunThePackageDoNotOpenTheGate(t *testing.T) {
	says := reports{"RING1": "Not installed", "RING2": "Unknown", "RING3": ""}
	w := fleet(t, says, staged)
	for serial := range says {
		w.mac(serial, "15.6")
	}
	_, plan := w.planStage("test", rollout.StatusOptions{})
	if got := gate(plan.Gate); !strings.Contains(got, "reporting holds: 100.0 % (3 of 3)") || !strings.Contains(got, "failed does not hold: not known: no Mac has told how it is, wanted at most 20 %") {
		t.Error(got)
	}
	// Those that tell nothing do not thin out those that fail.
	says["RING4"], says["RING5"] = "Failed", "Pending"
	w.mac("RING4", "15.6")
	w.mac("RING5", "15.6")
	_, plan = w.planStage("test", rollout.StatusOptions{})
	if got := gate(plan.Gate); !strings.Contains(got, "failed does not hold: 50.0 % (1 of 2)") {
		t.Error(got)
	}
}

func TestMacsThatTheServersScopeExcludesAreNotCounted(t *testing.T) {
	says := reports{"RING1": "Failed", "RING2": "Compliant", "RING3": "Deferred"}
	w := fleet(t, says, staged)
	g, err := w.client().SmartGroups().Create(t.Context(), jamf.SmartGroup{
		Name: "Theirs", Criteria: []jamf.Criterion{{Name: "Serial Number", AndOr: jamf.And, Operator: "is", Value: "RING1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
	for serial := range says {
		w.mac(serial, map[bool]string{true: "15.7.1", false: "15.6"}[says[serial] == "Compliant"])
	}
	w.change("Install or Defer", func(p *jamf.Policy) {
		p.Scope.ExcludedGroups = append(p.Scope.ExcludedGroups, jamf.Reference{ID: g.ID})
	})
	report := w.status(rollout.StatusOptions{})
	if c := report.Total; c.InScope != 2 || c.Failed != 0 || report.Outside.Failed != 1 {
		t.Errorf("%+v %+v", c, report.Outside)
	}
	const note = "exclusions/buildings: 1: Macs that it shuts out by that are counted all the same"
	if notes := strings.Join(report.Notes, "\n"); strings.Contains(notes, "shuts out") {
		t.Error(notes)
	}
	w.wrap = rewritten("/JSSResource/policies/id/", func(body string) string {
		return strings.Replace(body, "<exclusions>", "<exclusions><buildings><building><id>1</id></building></buildings>", 1)
	})
	if notes := strings.Join(w.status(rollout.StatusOptions{}).Notes, "\n"); !strings.Contains(notes, note) {
		t.Error(notes)
	}
}
