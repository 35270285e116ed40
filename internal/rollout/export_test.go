package rollout_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// TestWhatIsExportedIsWhatIsApplied makes the objects by hand, with requests of their own, and plans.
func TestWhatIsExportedIsWhatIsApplied(t *testing.T) {
	w := newWorld(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Authentication, jamftest.Replication}}, example)
	files, err := w.rollout().Export()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(files["README.txt"]), "\n")
	made := 0
	for i, line := range lines {
		request, ok := strings.CutPrefix(line, "    POST ")
		if !ok {
			continue
		}
		made++
		w.post(request, files[lines[i-1]])
	}
	if made != 20 {
		t.Errorf("%d objects of %q", made, slices.Sorted(maps.Keys(files)))
	}
	plan := w.plan(rollout.Options{})
	expect(t, outline(plan), `
update script Install or Defer - Uninstall: category
update package install-or-defer-1.0.0: category
upload package install-or-defer-1.0.0`)
	if len(plan.Refusals) > 0 || !strings.Contains(strings.Join(plan.Notes, "\n"), `policy "Install or Defer" is off, and not by this program`) {
		t.Error(plan.Refusals, plan.Notes)
	}
	if dropped := w.server.Counts().Dropped; len(dropped) > 0 {
		t.Error("the server did not know:", dropped)
	}
	for name, data := range files {
		if strings.Contains(name, "/") || !bytes.HasSuffix(data, []byte("\n")) {
			t.Errorf("%s: %.40q", name, data)
		}
	}
}

func (w *world) post(path string, body []byte) {
	w.t.Helper()
	request, err := http.NewRequest(http.MethodPost, w.http.URL+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/JSSResource") {
		request.Header.Set("Content-Type", "application/xml")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if answer, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusCreated {
		w.t.Fatalf("POST %s: %s %s\n%s", path, response.Status, answer, body)
	}
}

func TestARollbackTurnsOffAndStaysOff(t *testing.T) {
	w := newWorld(t, jamftest.Options{Evaluate: func(*jamftest.Mac, jamftest.Attribute) string { return "Deferred" }}, small)
	w.server.AddMac(jamftest.Mac{Serial: "TEST1", Managed: true})
	w.apply(rollout.Options{})
	w.server.Recon(1)
	w.server.Advance(2 * time.Minute)
	r := w.rollout()
	plan, err := r.PlanRollback(t.Context(), true)
	if err != nil || plan.Policy != "Install or Defer" || plan.Uninstall != "Install or Defer - Uninstall" || plan.Macs != 1 {
		t.Fatal(plan, err)
	}
	w.server.ResetCounts()
	if err := r.Rollback(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if n := w.writes(); n != 2 {
		t.Errorf("%d writes", n)
	}
	again := w.apply(rollout.Options{})
	expect(t, outline(again), "")
	notes := strings.Join(again.Notes, "\n")
	if !strings.Contains(notes, "was turned off by a rollback on 2026-11-30") || !strings.Contains(notes, `policy "Install or Defer - Uninstall" is on`) {
		t.Error(notes)
	}
	if w.policy("Install or Defer").Enabled || !w.policy("Install or Defer - Uninstall").Enabled {
		t.Error("it does not stay that way")
	}
	if _, err := w.rollout().PlanStage(t.Context(), rollout.Next, rollout.StatusOptions{}); err == nil || !strings.Contains(err.Error(), "the policy is off") {
		t.Error(err)
	}
	expect(t, outline(w.apply(rollout.Options{Resume: true})), "disable policy Install or Defer - Uninstall\nenable policy Install or Defer")
	if !w.policy("Install or Defer").Enabled || w.policy("Install or Defer - Uninstall").Enabled {
		t.Error("it does not go on")
	}
	w.empty()
}

func TestARollbackIsOneWrite(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	r := w.rollout()
	plan, err := r.PlanRollback(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	w.server.ResetCounts()
	if err := r.Rollback(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	if counts := w.server.Counts(); counts.Writes != 1 || counts.Requests["PUT /JSSResource/policies/id/{id}"] != 1 {
		t.Errorf("%+v", counts.Requests)
	}
}

func TestDestroyDeletesWhatWasMadeAndNothingElse(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, example)
	foreign(t, w.client())
	w.apply(rollout.Options{})
	w.pkg = newPackage(t, "2.0.0", "the second package")
	w.apply(rollout.Options{})
	r := w.rollout()
	plan, err := r.PlanDestroy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Delete) != 21 || len(plan.Keep) > 0 || plan.Delete[0].Kind != rollout.KindPolicy || plan.Delete[20].Kind != rollout.KindCategory {
		t.Errorf("%+v", plan)
	}
	if err := r.Destroy(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
	others(t, w.client())
	state, err := rollout.ReadState(w.saved)
	if err != nil || len(state.Objects) > 0 || state.Stage != nil {
		t.Error(string(w.saved), err)
	}
	if plan, err = w.rollout().PlanDestroy(t.Context()); err != nil || len(plan.Delete)+len(plan.Keep) > 0 {
		t.Error(plan, err)
	}
}

func TestDestroyKeepsWhatItCannotProve(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	w.server.Advance(2 * time.Minute)
	w.saved = nil // then markers are all there is, and policies and categories have none
	plan, err := w.rollout().PlanDestroy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, k := range plan.Keep {
		kept = append(kept, string(k.Kind)+" "+k.Name+": "+k.Why)
	}
	expect(t, strings.Join(kept, "\n"), `
policy Install or Defer - Uninstall: nothing proves that it was made here
policy Install or Defer: nothing proves that it was made here
category Software Updates: nothing proves that it was made here`)
	w.d.Identifier = "com.example.other" // and what others have marked is not ours
	if plan, err = w.rollout().PlanDestroy(t.Context()); err != nil || len(plan.Delete) > 0 {
		t.Error(plan, err)
	}
}

func TestTheDoctorSaysWhatIsLacking(t *testing.T) {
	w := newWorld(t, jamftest.Options{FileShare: true, Clients: []jamftest.Client{{
		ID: jamftest.ClientID, Secret: jamftest.ClientSecret, Privileges: []string{"Read Policies", "Update Policies", "Read Computers", "Read Smart Computer Groups"},
	}}}, small)
	findings, err := w.rollout().Doctor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(findings)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"server","good":true,"text":"Jamf Pro 11.30.1"`, `"clock","good":true`, `"privileges to rollback","good":true,"text":"all 3 are there"`,
		`"privileges to status and snapshot","good":false,"text":"missing: Read Static Computer Groups"`,
		`"uploads","good":false`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s\nis not in %s", want, data)
		}
	}
	if w.writes() > 0 {
		t.Error("it has written something")
	}
}
