package jamftest_test

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

// examples is an optional collection of bodies that Jamf's schemas take, beside the repository.
const examples = "../../../../shared/reference/jamf-payloads"

func TestExamplesAreAccepted(t *testing.T) {
	if _, err := os.Stat(examples); err != nil {
		t.Skipf("the optional examples of bodies are not at %s", examples)
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(examples, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	b := visit(t, jamftest.Options{Fleet: jamftest.Fleet{Count: 20}})
	steps := []struct {
		category, group, pkg, script int // the numbers that the example expects
		method, path, file           string
		status                       int
	}{
		{category: 12, method: "POST", path: "/api/v1/categories", file: "category.json", status: 201},
		{script: 9, method: "POST", path: "/api/v1/scripts", file: "script.json", status: 201},
		{method: "POST", path: "/api/v1/computer-extension-attributes", file: "extension-attribute.json", status: 201},
		{group: 41, method: "POST", path: smartGroups, file: "smart-group-safari-13.0.4.v3.json", status: 201},
		{group: 42, method: "POST", path: smartGroups, file: "smart-group-catalina-10.15.2.v3.json", status: 201},
		{group: 55, method: "POST", path: smartGroups, file: "smart-group-secupd-2019-007.v3.json", status: 201},
		{pkg: 160, method: "POST", path: "/api/v1/packages", file: "package.json", status: 201},
		{method: "PUT", path: "/JSSResource/computergroups/id/41", file: "smart-group-safari-13.0.4.classic.xml", status: 201},
		{method: "POST", path: policies + "/id/0", file: "policy-rollback-script.classic.xml", status: 201},
		{method: "PUT", path: policies + "/id/1", file: "policy-disable.classic.xml", status: 201},
		{method: "POST", path: plans + "/group", file: "msu-plan-group.json", status: 201},
	}
	for _, step := range steps {
		t.Run(step.file, func(t *testing.T) {
			b.t = t
			b.server.SkipNumbers(cmp.Or(step.category, 100), cmp.Or(step.group, 1), cmp.Or(step.pkg, 1), cmp.Or(step.script, 1))
			b.must(step.status, step.method, step.path, read(step.file))
		})
	}
	t.Run("policy.classic.xml", func(t *testing.T) {
		b.t = t
		b.server.SkipNumbers(100, 77, 200, 200)
		b.must(201, "POST", staticGroups, `{"name":"Excluded","assignments":[]}`)
		b.must(201, "POST", policies+"/id/0", read("policy.classic.xml"))
	})
	if dropped := b.server.Counts().Dropped; len(dropped) > 0 {
		t.Errorf("dropped: %q", dropped)
	}
	t.Run("api-role.json holds names that a role can have", func(t *testing.T) {
		b.t = t
		b.must(200, "POST", "/api/v1/api-roles", read("api-role.json"))
		names := b.must(200, "GET", "/api/v1/api-role-privileges", "").body
		for _, name := range strings.Split(read("api-role.json"), `"`) {
			for _, verb := range []string{"Read ", "Create ", "Update ", "Delete ", "Send ", "View "} {
				if strings.HasPrefix(name, verb) && !strings.Contains(names, `"`+name+`"`) {
					t.Errorf("%q is no privilege", name)
				}
			}
		}
	})
}
