package rollout_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func (*world) context() context.Context { return context.Background() }

// change lets somebody else change a policy.
func (w *world) change(name string, change func(*jamf.Policy)) {
	w.t.Helper()
	p := w.policy(name)
	_, err := w.client().Policies().Update(w.context(), p.ID, func(p *jamf.Policy) error {
		change(p)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
}

func (w *world) group(name string) jamf.Reference {
	w.t.Helper()
	g, err := w.client().StaticGroups().Create(w.context(), jamf.StaticGroup{Name: name})
	if err != nil {
		w.t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
	return jamf.Reference{ID: g.ID, Name: name}
}

func TestWhatOthersPutIntoAPolicyStays(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	theirs, never := w.group("Theirs"), w.group("Never")
	other, err := w.client().Packages().Create(t.Context(), jamf.Package{Name: "other", FileName: "other.pkg", CategoryID: "-1", Priority: 10})
	if err != nil {
		t.Fatal(err)
	}
	w.change("Install or Defer", func(p *jamf.Policy) {
		p.Scope.Groups = append(p.Scope.Groups, theirs)
		p.Scope.ExcludedGroups = append(p.Scope.ExcludedGroups, never)
		p.Packages = append(p.Packages, jamf.PolicyPackage{ID: other.ID, Action: jamf.PackageInstall})
	})
	plan := w.plan(rollout.Options{})
	expect(t, outline(plan), "")
	expect(t, strings.Join(plan.Notes, "\n"), `
policy "Install or Defer" is also for the group "Theirs", which is not declared: kept
policy "Install or Defer" excludes the group "Never", which is not declared: kept`)

	// Also when ours is changed beside it.
	w.d.Jamf.Policy.Exclusions = []string{"Theirs"}
	w.pkg = newPackage(t, "2.0.0", "the second package")
	w.apply(rollout.Options{})
	p := w.policy("Install or Defer")
	if len(p.Scope.Groups) != 2 || len(p.Scope.ExcludedGroups) != 2 || len(p.Packages) != 2 {
		t.Errorf("%+v", p)
	}
	w.empty()

	// What is not declared any more is taken out where we have put it, and only there.
	w.d.Jamf.Policy.Exclusions = nil
	w.apply(rollout.Options{})
	if p = w.policy("Install or Defer"); len(p.Scope.ExcludedGroups) != 1 || p.Scope.ExcludedGroups[0].Name != "Never" {
		t.Errorf("%+v", p.Scope)
	}
}

func TestAPolicyThatSomebodyTurnedOffStaysOff(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	w.change("Install or Defer", func(p *jamf.Policy) { p.Enabled = false })
	plan := w.apply(rollout.Options{})
	expect(t, outline(plan), "")
	expect(t, strings.Join(plan.Notes, "\n"), `policy "Install or Defer" is off, and not by this program; --resume turns it on`)
	w.saved = nil // nor on another computer
	if plan = w.plan(rollout.Options{}); strings.Contains(outline(plan), "enable") {
		t.Error(outline(plan))
	}
	if w.apply(rollout.Options{Adopt: true, Resume: true}); !w.policy("Install or Defer").Enabled {
		t.Error("it is still off")
	}
}

func TestDriftIsToldFromAChangeOfOurs(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	w.change("Install or Defer", func(p *jamf.Policy) { p.Frequency, p.SelfService = jamf.Ongoing, true })
	w.d.Jamf.Policy.Triggers = []string{"check_in", "startup"}
	plan := w.plan(rollout.Options{})
	expect(t, outline(plan), "update policy Install or Defer: triggers, frequency!, self service!")
	w.apply(rollout.Options{})
	w.empty()
}

func TestAnObjectThatWasThereBeforeIsTakenOverOnlyIfAsked(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	c := w.client()
	made, err := c.SmartGroups().Create(t.Context(), jamf.SmartGroup{Name: "Test Macs", Description: "Ann's"})
	if err != nil {
		t.Fatal(err)
	}
	must[jamf.Category](t)(c.Categories().Create(t.Context(), jamf.Category{Name: "Software Updates", Priority: 3}))
	w.server.Advance(2 * time.Minute)
	expect(t, w.refused(rollout.Options{}), `smart group "Test Macs": there is one already that was not made here, and it differs in criteria; --adopt makes it what is declared, or write another name`)
	plan := w.apply(rollout.Options{Adopt: true})
	if !strings.HasPrefix(outline(plan), "create script Install or Defer - Uninstall\ncreate extension attribute Install or Defer - Status\nupdate smart group Test Macs: criteria (adopted)\n") {
		t.Error(outline(plan))
	}
	w.empty()
	state, err := rollout.ReadState(w.saved)
	if err != nil || state.Objects["smart group/Test Macs"].Created || state.Objects["smart group/Test Macs"].ID != made.ID || state.Objects["category/Software Updates"].Created {
		t.Error("it passes for ours:", string(w.saved), err)
	}
}

// TestWhatWasTakenOverIsNeverDeleted changes it after that, and loses the state.
func TestWhatWasTakenOverIsNeverDeleted(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	c := w.client()
	must[jamf.SmartGroup](t)(c.SmartGroups().Create(t.Context(), jamf.SmartGroup{Name: "Test Macs", Description: "Ann's"}))
	must[jamf.Script](t)(c.Scripts().Create(t.Context(), jamf.Script{Name: "Install or Defer - Uninstall", Priority: jamf.ScriptAfter, CategoryID: "-1", Contents: "exit 1"}))
	w.server.Advance(2 * time.Minute)
	w.apply(rollout.Options{Adopt: true})
	w.empty()
	w.d.Jamf.Groups[0].Criteria.Test.Values = []string{"TEST2"}
	w.script += "exit 2\n"
	expect(t, outline(w.apply(rollout.Options{})), "update script Install or Defer - Uninstall: contents\nupdate smart group Test Macs: criteria")
	w.empty()
	kept := func() string {
		plan, err := w.rollout().PlanDestroy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, k := range plan.Keep {
			list = append(list, string(k.Kind)+" "+k.Name)
		}
		return strings.Join(list, "\n")
	}
	expect(t, kept(), "smart group Test Macs\nscript Install or Defer - Uninstall")
	w.server.Advance(2 * time.Minute)
	w.saved = nil
	w.empty()
	if got := kept(); !strings.Contains(got, "smart group Test Macs") || !strings.Contains(got, "script Install or Defer - Uninstall") {
		t.Errorf("without a state, %s are kept", got)
	}
	described := func(want string) {
		w.server.Advance(2 * time.Minute)
		if g, _, err := c.SmartGroups().Find(t.Context(), "Test Macs"); err != nil || g.Description != want {
			t.Errorf("%q %v", g.Description, err)
		}
	}
	described("Ann's")
	w.d.Jamf.Groups[0].Description = "The first ones"
	w.apply(rollout.Options{Adopt: true})
	w.empty()
	described("The first ones")
}

func TestALostStateIsMadeUpFromTheServer(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	w.server.Advance(2 * time.Minute)
	w.saved = nil
	w.empty()
	w.d.Jamf.Groups[0].Description = "Other words"
	w.apply(rollout.Options{}) // which the marker tells is ours
	w.empty()
}

// TestAProfileIsWrittenOnlyWhenItsSettingsDiffer counts what goes to every Mac.
func TestAProfileIsWrittenOnlyWhenItsSettingsDiffer(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, example)
	w.apply(rollout.Options{})
	w.apply(rollout.Options{})
	if n := w.server.Counts().Redeployed; n > 0 {
		t.Errorf("it went out %d times", n)
	}
	w.d.Settings = map[string]any{"MaxDeferralTime": int64(432000)} // without what was there
	plan := w.apply(rollout.Options{})
	expect(t, outline(plan), "update configuration profile Install or Defer: settings")
	expect(t, plan.Changes[0].Fields[0].Server, "MaxDeferralTime: 432000\n"+`SupportContact: "R\u0026D \u003cIT\u003e \"desk\""`)
	if counts := w.server.Counts(); counts.Redeployed != 1 || counts.Ghosts > 0 {
		t.Errorf("%+v", counts)
	}
	w.empty()
}

func TestARolloutThatWasWidenedElsewhereIsNotNarrowed(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, example)
	w.apply(rollout.Options{})
	pilot, found, err := w.client().SmartGroups().Find(t.Context(), "Pilot Macs")
	if err != nil || !found {
		t.Fatal(found, err)
	}
	w.change("Install or Defer", func(p *jamf.Policy) { p.Scope.Groups = append(p.Scope.Groups, jamf.Reference{ID: pilot.ID}) })
	plan := w.plan(rollout.Options{})
	if plan.Stage != "pilot" || plan.Due() {
		t.Error(plan.Stage, outline(plan))
	}
}

func TestAStateOfAnotherRolloutIsRefused(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	state, err := rollout.ReadState(w.saved)
	if err != nil {
		t.Fatal(err)
	}
	_, err = rollout.New(rollout.Config{Deployment: w.d, Server: "https://other.example.com", State: state, Client: w.client()})
	if err == nil || !strings.Contains(err.Error(), "it is of another rollout") {
		t.Error(err)
	}
	for _, bad := range []string{"{", `{"schema": 2}`, `{"schema": 1, "objects": {"x/y": {}}}`, `{"schema": 1, "secret": "x"}`, `{"schema": 1, "objects": {"policy/a": null}}`} {
		if _, err := rollout.ReadState([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	if _, err = rollout.New(rollout.Config{Deployment: deployment.Deployment{}}); err == nil {
		t.Error("nothing is declared, and nothing is said")
	}
}
