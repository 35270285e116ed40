package rollout_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// TestAPolicyThatIsOnAndNotDeclaredAnyMoreIsTurnedOff takes the policy that removes the program out of the file while it is
// on: with the other one on again, they would install and remove in turns.
func TestAPolicyThatIsOnAndNotDeclaredAnyMoreIsTurnedOff(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	w.rollback(true)
	w.d.Jamf.Uninstall = nil
	const note = `policy "Install or Defer - Uninstall" is on, and is not declared any more`
	plan := w.apply(rollout.Options{})
	expect(t, outline(plan), "")
	if notes := strings.Join(plan.Notes, "\n"); !strings.Contains(notes, note) {
		t.Error(notes)
	}
	if pruned := w.plan(rollout.Options{Prune: true}); strings.Contains(strings.Join(pruned.Notes, "\n"), note) {
		t.Error("it is to be deleted, and the note says that it stays")
	}
	plan = w.apply(rollout.Options{Resume: true})
	expect(t, outline(plan), "disable policy Install or Defer - Uninstall\nenable policy Install or Defer")
	if w.policy("Install or Defer - Uninstall").Enabled || !w.policy("Install or Defer").Enabled {
		t.Error("both are on, or both off")
	}
	if plan = w.plan(rollout.Options{Resume: true}); plan.Due() || strings.Contains(strings.Join(plan.Notes, "\n"), note) {
		t.Error(outline(plan), plan.Notes)
	}
}

func TestAPolicyThatIsOnUnderItsOldNameIsTold(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	w.d.Jamf.Policy.Name = "Other"
	if notes := strings.Join(w.apply(rollout.Options{}).Notes, "\n"); !strings.Contains(notes, `policy "Install or Defer" is on, and is not declared any more`) {
		t.Error(notes)
	}
	if err := w.client().Policies().Delete(t.Context(), w.policy("Install or Defer").ID); err != nil {
		t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
	if plan := w.plan(rollout.Options{Resume: true}); plan.Due() || strings.Contains(strings.Join(plan.Notes, "\n"), "not declared any more") {
		t.Error(outline(plan), plan.Notes)
	}
}

// TestTheProgramCanBeRemovedWhereNoPolicyInstallsIt deletes the policy that installs it first.
func TestTheProgramCanBeRemovedWhereNoPolicyInstallsIt(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	if err := w.client().Policies().Delete(t.Context(), w.policy("Install or Defer").ID); err != nil {
		t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
	if _, err := w.rollout().PlanRollback(t.Context(), false); !errors.Is(err, rollout.ErrNoPolicy) {
		t.Error(err)
	}
	w.server.ResetCounts()
	plan := w.rollback(true)
	if plan.Policy != "" || len(plan.Notes) != 1 || w.writes() != 1 {
		t.Errorf("%+v, %d writes", plan, w.writes())
	}
	if !w.policy("Install or Defer - Uninstall").Enabled {
		t.Error("nothing removes the program")
	}
	// What was stopped does not begin again by itself.
	w.apply(rollout.Options{})
	if w.policy("Install or Defer").Enabled {
		t.Error("it is installed and removed in turns")
	}
}
