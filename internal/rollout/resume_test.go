package rollout_test

import (
	"errors"
	"strings"
	"testing"
	"time"

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
