package rollout_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// rings has two stages of serial numbers, the first of which lasts a while.
const rings = `
jamf:
  extension_attributes: {fields: [status]}
  groups:
    - {name: A, criteria: {serial: {like: A}}}
    - {name: B, criteria: {serial: {like: B}}}
  policy: {}
  uninstall: {}
  stages: [{name: first, groups: [A], soak: 3d}, {name: second, groups: [B], soak: 1d}]
`

// rollback stops the rollout, as the command does.
func (w *world) rollback(uninstall bool) *rollout.RollbackPlan {
	w.t.Helper()
	r := w.rollout()
	plan, err := r.PlanRollback(w.context(), uninstall)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := r.Rollback(w.context(), plan); err != nil {
		w.t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
	return plan
}

// enter goes to a stage, whether the gate holds or not.
func (w *world) enter(name string) *rollout.StagePlan {
	w.t.Helper()
	r, plan := w.planStage(name, rollout.StatusOptions{})
	if err := r.Enter(w.context(), plan, true); err != nil {
		w.t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
	return plan
}

func TestARolloutThatWasStoppedCanBeNarrowed(t *testing.T) {
	w := newWorld(t, jamftestOff(), rings)
	w.apply(rollout.Options{})
	w.enter("second")
	w.rollback(false)
	if plan := w.enter("first"); !plan.Off || plan.Widens() {
		t.Errorf("%+v", plan)
	}
	expect(t, w.scope(), "A")
	if w.policy("Install or Defer").Enabled {
		t.Error("narrowing has turned it on")
	}
	for _, name := range []string{rollout.Next, "second"} {
		if _, err := w.rollout().PlanStage(t.Context(), name, rollout.StatusOptions{}); !errors.Is(err, rollout.ErrPolicyOff) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.apply(rollout.Options{Resume: true})
	expect(t, w.scope(), "A")
}

// TestAPolicyThatIsMadeAnewAfterARollbackStaysOff deletes the policy, or gives it another name.
func TestAPolicyThatIsMadeAnewAfterARollbackStaysOff(t *testing.T) {
	for name, change := range map[string]func(*world){
		"deleted on the server": func(w *world) {
			if err := w.client().Policies().Delete(w.context(), w.policy("Install or Defer").ID); err != nil {
				w.t.Fatal(err)
			}
			w.server.Advance(2 * time.Minute)
		},
		"renamed in the file": func(w *world) { w.d.Jamf.Policy.Name = "Other" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jamftest.Options{}, small)
			w.apply(rollout.Options{})
			w.rollback(false)
			change(w)
			plan := w.apply(rollout.Options{})
			ours := w.d.Jamf.Policy.Name
			expect(t, outline(plan), "create policy "+ours)
			if notes := strings.Join(plan.Notes, "\n"); !strings.Contains(notes, "is made, and stays off: a rollback stopped the rollout on ") {
				t.Error(notes)
			}
			w.empty()
			w.apply(rollout.Options{})
			if w.policy(ours).Enabled {
				t.Error("it is on")
			}
			if state, err := rollout.ReadState(w.saved); err != nil || state.Stopped == nil {
				t.Error("the rollback is forgotten:", string(w.saved), err)
			}
			expect(t, outline(w.apply(rollout.Options{Resume: true})), "enable policy "+ours)
			if !w.policy(ours).Enabled {
				t.Error("it is off")
			}
			w.empty()
		})
	}
}

// soak is what the gate says of how long the present stage has lasted.
func (w *world) soak() string {
	w.t.Helper()
	_, plan := w.planStage("first", rollout.StatusOptions{})
	first, _, _ := strings.Cut(gate(plan.Gate), "\n")
	return first
}

// renew gives the rollout another package.
func (w *world) renew(version string) { w.pkg = newPackage(w.t, version, "package "+version) }

func TestTheSoakTimeIsOfTheRolloutAsItIs(t *testing.T) {
	const hours = time.Hour
	const note = "the soak time of stage first begins anew with this apply"
	for name, row := range map[string]struct {
		change func(*world) *rollout.Plan
		note   bool
		soak   string
	}{
		"nothing has happened": {func(w *world) *rollout.Plan {
			w.server.Advance(90 * hours)
			return w.apply(rollout.Options{})
		}, false, "soak holds: 6d 21h, wanted at least 3d"},
		"it was stopped for a while": {func(w *world) *rollout.Plan {
			w.rollback(false)
			w.server.Advance(90 * hours)
			return w.apply(rollout.Options{Resume: true})
		}, true, "soak does not hold: 2m0s, wanted at least 3d"},
		"somebody else stopped it for a while": {func(w *world) *rollout.Plan {
			w.change("Install or Defer", func(p *jamf.Policy) { p.Enabled = false })
			w.server.Advance(90 * hours)
			return w.apply(rollout.Options{Resume: true})
		}, true, "soak does not hold: 2m0s, wanted at least 3d"},
		"there is a new package": {func(w *world) *rollout.Plan {
			w.server.Advance(90 * hours)
			w.renew("2.0.0")
			return w.apply(rollout.Options{})
		}, true, "soak does not hold: 2m0s, wanted at least 3d"},
		"there is a new frequency": {func(w *world) *rollout.Plan {
			w.server.Advance(90 * hours)
			w.d.Jamf.Policy.Frequency = "once_every_day"
			return w.apply(rollout.Options{})
		}, false, "soak holds: 6d 21h, wanted at least 3d"},
		"somebody else has turned it on again": {func(w *world) *rollout.Plan {
			w.rollback(false)
			w.server.Advance(90 * hours)
			w.change("Install or Defer", func(p *jamf.Policy) { p.Enabled = true })
			if got := w.soak(); !strings.HasPrefix(got, "soak does not hold: not known: a rollback stopped the rollout") {
				w.t.Error(got)
			}
			return w.apply(rollout.Options{})
		}, true, "soak does not hold: 2m0s, wanted at least 3d"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jamftestOff(), rings)
			w.apply(rollout.Options{})
			w.server.Advance(75 * hours)
			plan := row.change(w)
			if notes := strings.Join(plan.Notes, "\n"); strings.Contains(notes, note) != row.note {
				t.Error(notes)
			}
			w.server.Advance(2 * time.Minute)
			if got := w.soak(); got != row.soak {
				t.Error(got)
			}
			if state, err := rollout.ReadState(w.saved); err != nil || state.Stage.Name != "first" || state.Stopped != nil {
				t.Error(string(w.saved), err)
			}
			w.empty()
		})
	}
}

func TestANewPackageKeepsTheStage(t *testing.T) {
	w := newWorld(t, jamftestOff(), rings)
	w.apply(rollout.Options{})
	w.enter("second")
	w.server.Advance(75 * time.Hour)
	w.renew("2.0.0")
	w.apply(rollout.Options{})
	state, err := rollout.ReadState(w.saved)
	if err != nil || state.Stage.Name != "second" || w.server.Now().Sub(state.Stage.Since) > time.Hour {
		t.Error(string(w.saved), err)
	}
}
