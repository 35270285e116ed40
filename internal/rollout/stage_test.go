package rollout_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// gate is a gate in short.
func gate(g rollout.Gate) string {
	var list []string
	for _, c := range g.Checks {
		verdict := "holds"
		if !c.Holds {
			verdict = "does not hold"
		}
		list = append(list, fmt.Sprintf("%s %s: %s, wanted %s", c.Name, verdict, c.Measured, c.Required))
	}
	return strings.Join(list, "\n")
}

func (w *world) planStage(name string, o rollout.StatusOptions) (*rollout.Rollout, *rollout.StagePlan) {
	w.t.Helper()
	r := w.rollout()
	plan, err := r.PlanStage(w.context(), name, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return r, plan
}

// scope are the groups that the policy is for.
func (w *world) scope() string {
	var names []string
	for _, g := range w.policy("Install or Defer").Scope.Groups {
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func TestAStageWidensTheScopeWhenTheGateHolds(t *testing.T) {
	says := reports{"RING1": "Failed", "RING2": "Compliant", "RING3": "Compliant", "RING4": "Deferred", "X": "Not installed"}
	w := fleet(t, says, staged)
	for serial := range says {
		w.mac(serial, map[bool]string{true: "15.7.1", false: "15.6"}[says[serial] == "Compliant"])
	}
	theirs := w.group("Theirs")
	w.change("Install or Defer", func(p *jamf.Policy) { p.Scope.Groups = append(p.Scope.Groups, theirs) })
	r, plan := w.planStage(rollout.Next, rollout.StatusOptions{})
	expect(t, gate(plan.Gate), `
soak does not hold: 8m0s, wanted at least 2d
reporting holds: 100.0 % (4 of 4), wanted at least 50 %
failed does not hold: 25.0 % (1 of 4), wanted at most 20 %
finished holds: 50.0 % (2 of 4), wanted at least 40 %`)
	if plan.From != "test" || plan.To != "all" || plan.Macs != 1 || strings.Join(plan.Adds, ",") != "Old" {
		t.Errorf("%+v", plan)
	}
	before := w.scope()
	if err := r.Enter(t.Context(), plan, false); !errors.Is(err, rollout.ErrGateClosed) || w.scope() != before {
		t.Error(err, w.scope())
	}
	w.server.Advance(48 * time.Hour)
	says["RING1"] = "Enforcing"
	for _, id := range w.server.Macs() {
		w.server.Recon(id)
	}
	r, plan = w.planStage(rollout.Next, rollout.StatusOptions{})
	if !plan.Gate.Holds() {
		t.Fatal(gate(plan.Gate))
	}
	w.server.ResetCounts()
	if err := r.Enter(t.Context(), plan, false); err != nil {
		t.Fatal(err)
	}
	if n := w.writes(); n != 1 {
		t.Errorf("%d writes", n)
	}
	w.server.Advance(2 * time.Minute)
	expect(t, w.scope(), "Old, Ring, Theirs")
	w.empty() // the declaration is what it was
	state, err := rollout.ReadState(w.saved)
	if err != nil || state.Stage.Name != "all" || w.server.Now().Sub(state.Stage.Since) > time.Hour {
		t.Error(string(w.saved), err)
	}
	if _, err := w.rollout().PlanStage(t.Context(), rollout.Next, rollout.StatusOptions{}); !errors.Is(err, rollout.ErrLastStage) {
		t.Error(err)
	}
	w.server.ResetCounts()
	if _, err := w.rollout().PlanStage(t.Context(), "pilot", rollout.StatusOptions{}); !errors.Is(err, rollout.ErrNoStage) || !strings.Contains(err.Error(), "there are test, all") {
		t.Error(err)
	}
	if n := w.server.Counts().Requests["GET /api/v4/computers-inventory"]; n > 0 {
		t.Errorf("it has gone through the inventory, %d pages, to say so", n)
	}

	// A new package would go to all of them.
	w.pkg = newPackage(t, "2.0.0", "the second package")
	if notes := strings.Join(w.plan(rollout.Options{}).Notes, "\n"); !strings.Contains(notes, "the new package goes to all Macs up to stage all; whoever wants to begin with few goes back to stage test before") {
		t.Error(notes)
	}

	// And back.
	r, plan = w.planStage("test", rollout.StatusOptions{})
	if plan.Widens() || strings.Join(plan.Removes, ",") != "Old" {
		t.Errorf("%+v", plan)
	}
	if err := r.Enter(t.Context(), plan, false); err != nil {
		t.Error(err)
	}
	expect(t, w.scope(), "Ring, Theirs")
	if notes := strings.Join(w.plan(rollout.Options{}).Notes, "\n"); strings.Contains(notes, "the new package") {
		t.Error(notes)
	}
}

func TestAGateThatIsOverriddenLetsPass(t *testing.T) {
	w := fleet(t, reports{}, staged)
	r, plan := w.planStage("all", rollout.StatusOptions{})
	expect(t, gate(plan.Gate), `
soak does not hold: 2m0s, wanted at least 2d
reporting does not hold: no Macs, wanted at least 50 %
failed does not hold: no Macs, wanted at most 20 %
finished does not hold: no Macs, wanted at least 40 %`)
	if err := r.Enter(t.Context(), plan, true); err != nil || !strings.Contains(w.scope(), "Old") {
		t.Error(err, w.scope())
	}
}

func TestWithoutAStateItIsNotKnownHowLongAStageLasts(t *testing.T) {
	w := fleet(t, reports{}, staged)
	w.saved = nil
	_, plan := w.planStage(rollout.Next, rollout.StatusOptions{})
	if got := gate(plan.Gate); !strings.HasPrefix(got, "soak does not hold: not known: the state does not say since when the stage lasts") {
		t.Error(got)
	}
}

func TestAStageThatIsSkippedHasToBeOverridden(t *testing.T) {
	w := newWorld(t, jamftestOff(), `
jamf:
  policy: {}
  groups: [{name: A, criteria: {serial: {is: a}}}, {name: B, criteria: {serial: {is: b}}}, {name: C, update_needed: true, criteria: {serial: {is: c}}}]
  extension_attributes: {}
  stages: [{name: a, groups: [A]}, {name: b, groups: [B]}, {name: c, groups: [C], gate: {min_finished_percent: 10}}, {name: d, groups: [All Macs]}]
`)
	w.group("All Macs")
	w.apply(rollout.Options{})
	r, plan := w.planStage("c", rollout.StatusOptions{})
	if strings.Join(plan.Skipped, ",") != "b" || !plan.Gate.Holds() {
		t.Errorf("%+v", plan)
	}
	if err := r.Enter(t.Context(), plan, false); !errors.Is(err, rollout.ErrGateClosed) {
		t.Error(err)
	}
	if err := r.Enter(t.Context(), plan, true); err != nil {
		t.Error(err)
	}
	// Macs leave C when they are finished: how many have cannot be seen without snapshots.
	_, plan = w.planStage("d", rollout.StatusOptions{})
	expect(t, gate(plan.Gate), "finished does not hold: not known without earlier snapshots: Macs that are finished leave the groups, wanted at least 10 %")
	_, plan = w.planStage("d", rollout.StatusOptions{History: w.history(new(bytes.Buffer))})
	expect(t, gate(plan.Gate), "finished does not hold: no Macs, wanted at least 10 %")
}
