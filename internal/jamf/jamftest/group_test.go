package jamftest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

const (
	smartGroups  = "/api/v3/computer-groups/smart-groups"
	staticGroups = "/api/v3/computer-groups/static-groups"
	silicon      = `{"name":"Silicon","criteria":[{"name":"Apple Silicon","priority":0,"andOr":"and","searchType":"is","value":"Yes"}]}`
)

func TestSmartGroups(t *testing.T) {
	b := visit(t, jamftest.Options{Fleet: jamftest.Fleet{Count: 50}})
	b.must(201, "POST", smartGroups, silicon)
	r := b.must(200, "GET", smartGroups+"/1", "")
	if strings.Contains(r.body, `"id"`) || r.text("siteId") != "-1" || r.text("criteria.0.andOr") != "and" || r.at("criteria.0.openingParen") != false {
		t.Errorf("read: %s", r.body)
	}
	r = b.must(202, "PUT", smartGroups+"/1", strings.Replace(silicon, "Yes", "No", 1))
	if r.text("criteria.0.value") != "No" {
		t.Errorf("replaced: %s", r.body)
	}
	list := b.must(200, "GET", smartGroups, "")
	members, _ := b.must(200, "GET", "/api/v3/computer-groups/smart-group-membership/1", "").at("members").([]any)
	count := b.must(200, "POST", "/api/v1/smart-computer-groups/1/recalculate", "").number("count")
	if n := list.number("results.0.membershipCount"); n == 0 || n == 50 || n != len(members) || n != count || strings.Contains(list.body, "criteria") {
		t.Errorf("%d members: %v, %d: %s", n, members, count, list.body)
	}
	if got := b.server.Members("Silicon"); len(got) != count {
		t.Errorf("Members: %v", got)
	}
	b.must(400, "POST", "/api/v1/smart-computer-groups/9/recalculate", "")
	b.must(204, "DELETE", smartGroups+"/1", "")
	b.must(404, "GET", smartGroups+"/1", "")
	if w := b.server.Counts().Writes; w != 3 {
		t.Errorf("%d writes: a recalculation is none", w)
	}
}

func TestVersionsOfSmartGroups(t *testing.T) {
	k := func(priority, andOr string) string {
		return fmt.Sprintf(`{"name":"Serial Number"%s,"andOr":"%s","searchType":"is","value":"x"}`, priority, andOr)
	}
	group := func(criteria ...string) string {
		return `{"name":"g","criteria":[` + strings.Join(criteria, ",") + `]}`
	}
	first := k(`,"priority":0`, "and")
	rows := []struct {
		name, body string
		v2, v3     int
	}{
		{"no criteria", group(), 201, 201},
		{"criteria in order", group(first, k(`,"priority":1`, "or")), 201, 201},
		{"no priority", group(k("", "and")), 201, 400},
		{"a priority too far", group(first, k(`,"priority":2`, "and")), 201, 400},
		{"priorities from 1", group(k(`,"priority":1`, "and")), 201, 400},
		{"the same priority twice", group(first, first), 201, 400},
		{"another join", group(first, k(`,"priority":1`, "xor")), 201, 400},
		{"a join in capitals", group(first, k(`,"priority":1`, "OR")), 201, 400},
		{"a value of 255 characters", group(strings.Replace(first, `"x"`, `"`+strings.Repeat("x", 255)+`"`, 1)), 201, 201},
		{"a value of 256 characters", group(strings.Replace(first, `"x"`, `"`+strings.Repeat("x", 256)+`"`, 1)), 201, 400},
		{"no value", group(strings.Replace(first, `,"value":"x"`, "", 1)), 400, 400},
		{"an operator that nobody knows", group(strings.Replace(first, `"is"`, `"resembles"`, 1)), 400, 400},
		{"an attribute that is not there", group(strings.Replace(first, "Serial Number", "Status", 1)), 400, 400},
		{"parentheses that do not match", group(strings.Replace(first, `"x"`, `"x","openingParen":true`, 1)), 400, 400},
		{"no name", `{"criteria":[]}`, 400, 400},
		{"a site", `{"name":"g","siteId":"3","criteria":[]}`, 403, 403},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			for api, want := range map[string]int{"v2": row.v2, "v3": row.v3} {
				b := visit(t, jamftest.Options{})
				if r := b.do("POST", "/api/"+api+"/computer-groups/smart-groups", row.body); r.status != want {
					t.Errorf("%s: %d, want %d: %s", api, r.status, want, r.body)
				}
			}
		})
	}
	t.Run("the third is not strict if that is switched off", func(t *testing.T) {
		b := visit(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Strictness}})
		b.must(201, "POST", smartGroups, group(k("", "and")))
	})
}

func TestNamesOfGroupsAreUniqueAmongAllKinds(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", smartGroups, silicon)
	for _, r := range []reply{
		b.must(422, "POST", smartGroups, silicon),
		b.must(422, "POST", staticGroups, `{"name":"Silicon","assignments":[]}`),
	} {
		if r.text("errors.0.code") != "DUPLICATE_FIELD" {
			t.Error(r.body)
		}
	}
	r := b.must(409, "POST", "/JSSResource/computergroups/id/0", `<computer_group><name>Silicon</name><is_smart>false</is_smart></computer_group>`)
	if r.why() != "Duplicate name" {
		t.Error(r.body)
	}
}

func TestStaticGroups(t *testing.T) {
	b := visit(t, jamftest.Options{Fleet: jamftest.Fleet{Count: 3}})
	if r := b.must(500, "POST", staticGroups, `{"name":"Test Macs"}`); strings.Join(strings.Fields(r.body), "") != `{"httpStatus":500,"errors":[]}` {
		t.Errorf("without assignments: %s", r.body)
	}
	b.must(400, "POST", staticGroups, `{"name":"Test Macs","assignments":["99"]}`)
	b.must(201, "POST", staticGroups, `{"name":"Test Macs","assignments":["1","3"]}`)
	if r := b.must(200, "GET", staticGroups+"/1", ""); r.text("id") != "1" || strings.Contains(r.body, "assignments") {
		t.Errorf("read: %s", r.body)
	}
	if r := b.must(200, "GET", staticGroups, ""); r.number("results.0.count") != 2 {
		t.Errorf("listed: %s", r.body)
	}
	if r := b.must(202, "PUT", staticGroups+"/1", `{"name":"Test Macs","assignments":["2"]}`); r.text("assignments.0") != "2" {
		t.Errorf("replaced: %s", r.body)
	}
	if got := fmt.Sprint(b.server.Members("Test Macs")); got != "[2]" {
		t.Errorf("members: %s", got)
	}
	b.must(404, "GET", smartGroups+"/1", "")
	b.server.Switch(jamftest.Strictness, false)
	b.must(201, "POST", staticGroups, `{"name":"Other"}`)
}

func TestGroupsThatAreUsedStay(t *testing.T) {
	scope := `<scope><computer_groups><computer_group><id>1</id></computer_group></computer_groups></scope>`
	excluded := `<scope><exclusions><computer_groups><computer_group><name>Silicon</name></computer_group></computer_groups></exclusions></scope>`
	nested := `{"name":"Nested","criteria":[{"name":"Computer Group","priority":0,"andOr":"and","searchType":"member of","value":"Silicon"}]}`
	profile := `<payloads><![CDATA[<plist><dict/></plist>]]></payloads>`
	rows := []struct{ name, path, body, undo string }{
		{"by a policy", "/JSSResource/policies/id/0", "<policy><general><name>p</name></general>" + scope + "</policy>", "/JSSResource/policies/id/1"},
		{"by an exclusion", "/JSSResource/policies/id/0", "<policy><general><name>p</name></general>" + excluded + "</policy>", "/JSSResource/policies/id/1"},
		{"by a profile", "/JSSResource/osxconfigurationprofiles/id/0", "<os_x_configuration_profile><general><name>p</name>" + profile + "</general>" + scope + "</os_x_configuration_profile>", "/JSSResource/osxconfigurationprofiles/id/1"},
		{"by another group", smartGroups, nested, smartGroups + "/2"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := visit(t, jamftest.Options{})
			b.must(201, "POST", smartGroups, silicon)
			b.must(201, "POST", row.path, row.body)
			if r := b.must(422, "DELETE", smartGroups+"/1", ""); r.text("errors.0.code") != "HAS_DEPENDENCIES" {
				t.Error(r.body)
			}
			b.must(409, "DELETE", "/JSSResource/computergroups/id/1", "")
			b.do("DELETE", row.undo, "")
			b.must(204, "DELETE", smartGroups+"/1", "")
		})
	}
}

func TestAllGroupsInOneList(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", smartGroups, silicon)
	b.must(201, "POST", staticGroups, `{"name":"Test Macs","assignments":[]}`)
	r := b.must(200, "GET", "/api/v1/computer-groups", "")
	if r.text("0.id") != "1" || r.at("0.smartGroup") != true || r.text("1.name") != "Test Macs" || r.at("1.smartGroup") != false {
		t.Error(r.body)
	}
}

func TestTheClassicListTellsTheTwoKindsOfGroupsApart(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", "/api/v3/computer-groups/smart-groups", `{"name":"Silicon","criteria":[]}`)
	b.must(201, "POST", "/api/v3/computer-groups/static-groups", `{"name":"Ring","assignments":[]}`)
	list := b.must(200, "GET", "/JSSResource/computergroups", "").body
	for _, want := range []string{"<size>2</size>", "<name>Silicon</name><is_smart>true</is_smart>", "<name>Ring</name><is_smart>false</is_smart>"} {
		if !strings.Contains(list, want) {
			t.Errorf("%s is not in %s", want, list)
		}
	}
}
