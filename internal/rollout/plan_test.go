package rollout_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// refusals are what keeps a plan from being applied, a line each.
func refusals(p *rollout.Plan) string {
	var list []string
	for _, r := range p.Refusals {
		list = append(list, r.String())
	}
	return strings.Join(list, "\n")
}

// refused asserts that an apply is refused before anything is written, on the server or into the state, and returns why.
func (w *world) refused(o rollout.Options) string {
	w.t.Helper()
	writes, saves := w.writes(), w.saves
	plan, err := w.tryApply(w.context(), o)
	var refused *rollout.RefusedError
	if !errors.As(err, &refused) {
		w.t.Fatalf("it is not refused: %v", err)
	}
	if w.writes() != writes || w.saves != saves {
		w.t.Errorf("%d writes, %d savings of the state, and then it is refused", w.writes()-writes, w.saves-saves)
	}
	return refusals(plan)
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestNamesThatLeadNowhereAreRefused(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, `
jamf:
  extension_attributes: {fields: [status]}
  groups:
    - {name: Old Macs, criteria: {computer_group: {member_of: Nobody}}}
    - {name: Static, criteria: {attribute: Ring, is: "1"}}
    - {name: Ready, criteria: {attribute: stage, is: "1"}}
  policy: {exclusions: [vip]}
  stages: [{name: test, groups: [Test Macs]}]
`)
	c := w.client()
	static := must[jamf.StaticGroup](t)
	group := must[jamf.SmartGroup](t)
	static(c.StaticGroups().Create(t.Context(), jamf.StaticGroup{Name: "TEST Macs"}))
	static(c.StaticGroups().Create(t.Context(), jamf.StaticGroup{Name: "Static"}))
	group(c.SmartGroups().Create(t.Context(), jamf.SmartGroup{Name: "OLD Macs"}))
	must[jamf.ExtensionAttribute](t)(c.ExtensionAttributes().Create(t.Context(), jamf.ExtensionAttribute{
		Name: "Stage", DataType: jamf.DataString, Enabled: true, Display: jamf.DisplayAttributes, Input: jamf.InputText,
	}))
	w.server.Advance(2 * time.Minute)
	expect(t, w.refused(rollout.Options{}), `
computer group "Nobody": there is no such group; make it in Jamf Pro, or declare it under groups
computer group "Test Macs": there is no computer group "Test Macs", but one that differs by case, which the server takes for the same: ["TEST Macs"]; write "TEST Macs" in the file, or rename that one in Jamf Pro
computer group "vip": there is no such group; make it in Jamf Pro, or declare it under groups
extension attribute "Ring": there is no such attribute; make it in Jamf Pro: a criterion cannot ask for what is not there
extension attribute "stage": there is no extension attribute "stage", but one that differs by case, which the server takes for the same: ["Stage"]; write "Stage" in the file, or rename that one in Jamf Pro
smart group "Old Macs": there is no smart group "Old Macs", but one that differs by case, which the server takes for the same: ["OLD Macs"]; write "OLD Macs" in the file, or rename that one in Jamf Pro
smart group "Static": there is a static group of this name; write another name, or rename the static group in Jamf Pro`)
	_, err := w.tryApply(t.Context(), rollout.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "the plan is refused:\n  computer group \"Nobody\": ") {
		t.Error(err)
	}
}

// TestNamesThatLeadToSeveralAreRefused has a list say a group twice, as servers do that were merged or restored.
func TestNamesThatLeadToSeveralAreRefused(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.d.Jamf.Policy.Exclusions = []string{"VIP"}
	w.group("VIP")
	w.wrap = rewritten("/JSSResource/computergroups", func(body string) string {
		return strings.Replace(body, "</computer_groups>", "<computer_group><id>99</id><name>VIP</name><is_smart>false</is_smart></computer_group></computer_groups>", 1)
	})
	expect(t, w.refused(rollout.Options{}), `computer group "VIP": there are 2 computer groups named "VIP", with the ids 1, 99; rename all but one of them in Jamf Pro`)
}

// rewritten changes what a path answers with.
func rewritten(path string, change func(string) string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, path) {
				next.ServeHTTP(out, r)
				return
			}
			heard := httptest.NewRecorder()
			next.ServeHTTP(heard, r)
			for name, values := range heard.Header() {
				out.Header()[name] = values
			}
			out.WriteHeader(heard.Code)
			_, _ = out.Write([]byte(change(heard.Body.String())))
		})
	}
}

// TestWhatTheServerDoesNotTakeIsAnError has the server show something else than was written, which is all that is seen of
// what it has dropped.
func TestWhatTheServerDoesNotTakeIsAnError(t *testing.T) {
	for name, row := range map[string]struct{ path, was, is, want string }{
		"a frequency":  {"/JSSResource/policies/id/", "Once every week", "Once per computer", `policy "Install or Defer": the server has not taken frequency: it shows "Once per computer" instead of "Once every week"`},
		"a criterion":  {"/api/v3/computer-groups/smart-groups/", `"Serial Number"`, `"Model"`, `smart group "Test Macs": the server has not taken criteria`},
		"a setting":    {"/JSSResource/osxconfigurationprofiles/id/", "432000", "1", `configuration profile "Install or Defer": the server has not taken settings`},
		"being on":     {"/JSSResource/policies/id/", "<enabled>true</enabled>", "<enabled>false</enabled>", `policy "Install or Defer": the server has not taken enabled`},
		"a data type":  {"/api/v1/computer-extension-attributes/", `"STRING"`, `"INTEGER"`, "the server has not taken data type"},
		"a script's":   {"/api/v1/scripts/", "exit 0", "exit 1", "the server has not taken contents"},
		"its category": {"/api/v1/packages/", `"categoryId": "1"`, `"categoryId": "-1"`, "the server has not taken category"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jamftest.Options{}, small)
			w.wrap = rewritten(row.path, func(body string) string { return strings.ReplaceAll(body, row.was, row.is) })
			_, err := w.tryApply(t.Context(), rollout.Options{})
			var not *rollout.NotTakenError
			if !errors.As(err, &not) || !strings.Contains(err.Error(), row.want) {
				t.Error(err)
			}
		})
	}
}

func TestAPolicyWithoutAPackageIsRefused(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.pkg = nil
	expect(t, w.refused(rollout.Options{}), `policy "Install or Defer": there is no package for it; make one with install-or-defer pkg build, and give it with --package`)
}

func TestWhatIsKnownOfThePackageIsTold(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.pkg.Notes = []string{"the package is large"}
	if notes := w.plan(rollout.Options{}).Notes; !slices.Contains(notes, "the package is large") {
		t.Error(notes)
	}
}

func TestAFrequencyThatDoesNotSuitTheSettingsIsTold(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.d.Jamf.Policy.Frequency = "once_every_day"
	if notes := strings.Join(w.plan(rollout.Options{}).Notes, "\n"); !strings.Contains(notes, "every day") {
		t.Error(notes)
	}
}

func TestMissingPrivilegesAreNamedBeforeAnythingIsWritten(t *testing.T) {
	reading := []string{
		"Read Categories", "Read Scripts", "Read Computer Extension Attributes", "Read Smart Computer Groups", "Read Static Computer Groups",
		"Read Packages", "Read macOS Configuration Profiles", "Read Policies",
	}
	for name, row := range map[string]struct {
		held []string
		want string
	}{
		"none at all":      {[]string{}, `the account "` + jamftest.ClientID + `" lacks the privileges Read Categories, Read Computer Extension Attributes, Read Packages, Read Policies, Read Scripts, Read Smart Computer Groups, Read Static Computer Groups, Read macOS Configuration Profiles; add them to its API role in Jamf Pro, under Settings > API roles and clients`},
		"only for reading": {reading, `the account "` + jamftest.ClientID + `" lacks the privileges Create Categories, Create Computer Extension Attributes, Create Packages, Create Policies, Create Scripts, Create Smart Computer Groups, Create macOS Configuration Profiles, Read Cloud Distribution Point, Update Packages, Update Policies, Update Smart Computer Groups; add them to its API role in Jamf Pro, under Settings > API roles and clients`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jamftest.Options{Clients: []jamftest.Client{{ID: jamftest.ClientID, Secret: jamftest.ClientSecret, Privileges: row.held}}}, small)
			expect(t, w.refused(rollout.Options{}), row.want)
		})
	}
}

func TestTheNeededPrivilegesAreEnough(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, example)
	w.server = jamftest.New(jamftest.Options{Clients: []jamftest.Client{{
		ID: jamftest.ClientID, Secret: jamftest.ClientSecret, Privileges: w.rollout().Privileges(rollout.TaskApply),
	}}})
	w.apply(rollout.Options{})
	w.empty()
}

func TestAFileThatMacsMayKnowIsNeverReplaced(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	w.pkg = newPackage(t, "1.0.0", "something else")
	expect(t, w.refused(rollout.Options{}), `package "install-or-defer-1.0.0": the server has another file under the name "install-or-defer-1.0.0.pkg"; a file that Macs may know is never replaced: build the package with another version`)
	w.pkg = nil // what was distributed last is what counts then
	w.empty()
}

func TestAFileNameThatIsTakenIsRefused(t *testing.T) {
	for name, row := range map[string]struct{ record, file, want string }{
		"by another package":             {"Ann's", "install-or-defer-1.0.0.pkg", `its file "install-or-defer-1.0.0.pkg" is that of the package "Ann's"; build it with another version, or delete that package in Jamf Pro`},
		"in other letters":               {"Ann's", "Install-or-Defer-1.0.0.pkg", `there is no package file "install-or-defer-1.0.0.pkg", but one that differs by case, which the server takes for the same: ["Install-or-Defer-1.0.0.pkg"]; build it with another version, or delete that package in Jamf Pro`},
		"its name, by one of other file": {"install-or-defer-1.0.0", "ann.pkg", `its file is "ann.pkg" on the server; build it with another version, or delete that package in Jamf Pro`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jamftest.Options{}, small)
			must[jamf.Package](t)(w.client().Packages().Create(t.Context(), jamf.Package{Name: row.record, FileName: row.file, CategoryID: "-1", Priority: 10}))
			w.server.Advance(2 * time.Minute)
			got := w.refused(rollout.Options{Adopt: true})
			expect(t, got, `package "install-or-defer-1.0.0": `+row.want)
		})
	}
}

func TestAFileShareIsFilledByPeople(t *testing.T) {
	w := newWorld(t, jamftest.Options{FileShare: true}, small)
	expect(t, w.refused(rollout.Options{}), `package "install-or-defer-1.0.0": the server takes no uploads: its distribution point is a file share; copy the file there under the name install-or-defer-1.0.0.pkg, and say --copied`)
	w.apply(rollout.Options{Copied: true})
	w.empty()
	p, _, err := w.client().Packages().Find(t.Context(), "install-or-defer-1.0.0")
	if err != nil || p.HashType != jamf.HashSHA3 || p.HashValue != w.pkg.Hash {
		t.Error("Macs could not tell whether it is the file:", p.HashType, p.HashValue, err)
	}
}

func TestANewVersionIsANewPackage(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	w.pkg = newPackage(t, "2.0.0", "the second package")
	plan := w.apply(rollout.Options{})
	expect(t, outline(plan), "create package install-or-defer-2.0.0\nupload package install-or-defer-2.0.0\nupdate policy Install or Defer: package")
	policy := w.policy("Install or Defer")
	if len(policy.Packages) != 1 || policy.Packages[0].Name != "install-or-defer-2.0.0" {
		t.Error(policy.Packages)
	}
	w.empty()

	// The old one is offered for deletion, and deleted only when somebody says so.
	plan = w.plan(rollout.Options{})
	if len(plan.Leftovers) != 1 || plan.Leftovers[0].Name != "install-or-defer-1.0.0" {
		t.Error(plan.Leftovers)
	}
	expect(t, outline(w.apply(rollout.Options{Prune: true})), "delete package install-or-defer-1.0.0")
	w.server.Advance(2 * time.Minute)
	if _, found, err := w.client().Packages().Find(t.Context(), "install-or-defer-1.0.0"); found || err != nil {
		t.Error(found, err)
	}

	// A step back is a step like any other.
	w.pkg = newPackage(t, "1.0.0", "the first package")
	w.apply(rollout.Options{})
	w.empty()
}

// policy reads a policy, wherever it is known by now.
func (w *world) policy(name string) jamf.Policy {
	w.t.Helper()
	w.server.Advance(2 * time.Minute)
	p, found, err := w.client().Policies().Find(w.context(), name)
	if err != nil || !found {
		w.t.Fatal(name, found, err)
	}
	return p
}
