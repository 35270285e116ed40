package jamftest_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

const policies = "/JSSResource/policies"

// furnish gives a server what policies refer to: a category, two groups, two packages and a script.
func furnish(t *testing.T, o jamftest.Options) *browser {
	b := visit(t, o)
	b.must(201, "POST", "/api/v1/categories", category)
	b.must(201, "POST", smartGroups, silicon)
	b.must(201, "POST", staticGroups, `{"name":"Test Macs","assignments":[]}`)
	b.must(201, "POST", "/api/v1/packages", pkg)
	b.must(201, "POST", "/api/v1/packages", strings.NewReplacer(`"p"`, `"q"`, "p.pkg", "q.pkg").Replace(pkg))
	b.must(201, "POST", "/api/v1/scripts", script)
	return b
}

const policy = `<?xml version="1.0" encoding="UTF-8"?>
<policy>
  <general>
    <name>Install or Defer</name>
    <enabled>true</enabled>
    <trigger_checkin>true</trigger_checkin>
    <frequency>Once every week</frequency>
    <category><name>Software Updates</name></category>
  </general>
  <scope>
    <computer_groups><computer_group><id>1</id></computer_group><computer_group><name>Test Macs</name></computer_group></computer_groups>
  </scope>
  <package_configuration><packages><package><id>1</id></package><package><id>2</id><action>Cache</action></package></packages></package_configuration>
  <scripts><script><id>1</id><priority>Before</priority><parameter4>--purge</parameter4></script></scripts>
</policy>`

func TestPoliciesAreReadWithEverySection(t *testing.T) {
	b := furnish(t, jamftest.Options{})
	if r := b.must(201, "POST", policies+"/id/0", policy); r.body != `<?xml version="1.0" encoding="UTF-8"?><policy><id>1</id></policy>` {
		t.Errorf("created: %s", r.body)
	}
	r := b.must(200, "GET", policies+"/id/1", "")
	for _, want := range []string{
		"<general><id>1</id><name>Install or Defer</name><enabled>true</enabled><trigger>EVENT</trigger><trigger_checkin>true</trigger_checkin>",
		"<frequency>Once every week</frequency>", "<category><id>1</id><name>Software Updates</name></category>", "<site><id>-1</id><name>None</name></site>",
		// Lists come back in another order.
		"<computer_groups><computer_group><id>2</id><name>Test Macs</name></computer_group><computer_group><id>1</id><name>Silicon</name></computer_group></computer_groups>",
		"<packages><size>2</size><package><id>2</id><name>q</name><action>Cache</action>", "<package><id>1</id><name>p</name><action>Install</action><fut>false</fut>",
		"<scripts><size>1</size><script><id>1</id><name>Uninstall</name><priority>Before</priority><parameter4>--purge</parameter4>",
		"<retry_event>none</retry_event><retry_attempts>-1</retry_attempts>", "<all_computers>false</all_computers>", "<exclusions><computers/>",
		"<reboot><message>", "<maintenance><recon>false</recon>", "<self_service><use_for_self_service>false</use_for_self_service>",
		"<user_interaction>", "<disk_encryption>", "<files_processes>", "<account_maintenance>", "<dock_items><size>0</size></dock_items>", "<printers>",
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("without %s: %s", want, r.body)
		}
	}
	if dropped := b.server.Counts().Dropped; len(dropped) > 0 {
		t.Errorf("dropped: %q", dropped)
	}
}

func TestPoliciesAreReadAsJSON(t *testing.T) {
	b := furnish(t, jamftest.Options{})
	b.must(201, "POST", policies+"/id/0", policy)
	r := b.accept("application/json", policies+"/id/1")
	if r.number("policy.general.id") != 1 || r.at("policy.general.enabled") != true || r.text("policy.general.frequency") != "Once every week" ||
		r.number("policy.package_configuration.packages.1.id") != 1 || r.number("policy.scope.computer_groups.0.id") != 2 ||
		r.number("policy.general.category.id") != 1 || r.text("policy.scripts.0.name") != "Uninstall" {
		t.Error(r.body)
	}
	r = b.accept("application/json", policies)
	if r.number("policies.0.id") != 1 || r.text("policies.0.name") != "Install or Defer" {
		t.Error(r.body)
	}
	if r := b.accept("text/html, */*", policies); r.body != `<?xml version="1.0" encoding="UTF-8"?><policies><size>1</size><policy><id>1</id><name>Install or Defer</name></policy></policies>` {
		t.Error(r.body)
	}
}

func TestUpdatesOfPoliciesArePartial(t *testing.T) {
	rows := []struct {
		name, body string
		changed    [][2]string // in what is read: from, to
	}{
		{
			"one element", "<policy><general><enabled>false</enabled></general></policy>",
			[][2]string{{"<enabled>true</enabled>", "<enabled>false</enabled>"}},
		},
		{"nothing", "<policy/>", nil},
		{
			"a scope that is sent replaces all of it", "<policy><scope><all_computers>true</all_computers></scope></policy>",
			[][2]string{
				{"<all_computers>false", "<all_computers>true"},
				{"<computer_groups><computer_group><id>2</id><name>Test Macs</name></computer_group><computer_group><id>1</id><name>Silicon</name></computer_group></computer_groups>", "<computer_groups/>"},
			},
		},
		{
			"a list that is sent replaces the list",
			"<policy><package_configuration><packages><size>9</size><package><id>2</id></package></packages></package_configuration></policy>",
			[][2]string{
				{"<size>2</size><package><id>2</id><name>q</name><action>Cache</action>", "<size>1</size><package><id>2</id><name>q</name><action>Install</action>"},
				{"<package><id>1</id><name>p</name><action>Install</action><fut>false</fut><feu>false</feu><update_autorun>false</update_autorun></package>", ""},
			},
		},
		{
			"an empty list empties the list", "<policy><scripts/></policy>",
			[][2]string{{"<scripts><size>1</size><script><id>1</id><name>Uninstall</name><priority>Before</priority><parameter4>--purge</parameter4><parameter5/><parameter6/><parameter7/><parameter8/><parameter9/><parameter10/><parameter11/></script></scripts>", "<scripts><size>0</size></scripts>"}},
		},
		{
			"what the server makes is not taken", "<policy><general><id>77</id><trigger>USER_INITIATED</trigger></general></policy>", nil,
		},
		{
			"a category by its name", "<policy><general><category><name>No category assigned</name></category></general></policy>",
			[][2]string{{"<category><id>1</id><name>Software Updates</name></category>", "<category><id>-1</id><name>No category assigned</name></category>"}},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := furnish(t, jamftest.Options{})
			b.must(201, "POST", policies+"/id/0", policy)
			want := b.must(200, "GET", policies+"/id/1", "").body
			for _, pair := range row.changed {
				if !strings.Contains(want, pair[0]) {
					t.Fatalf("the policy has no %s: %s", pair[0], want)
				}
				want = strings.Replace(want, pair[0], pair[1], 1)
			}
			b.must(201, "PUT", policies+"/id/1", row.body)
			if got := b.must(200, "GET", policies+"/id/1", "").body; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestWhatPoliciesSilentlyLose(t *testing.T) {
	general := func(x string) string { return "<policy><general><name>p</name>" + x + "</general></policy>" }
	rows := []struct{ name, body, reads, dropped string }{
		{"a frequency that nobody knows", general("<frequency>Sometimes</frequency>"), "<frequency>Once per computer</frequency>", "policy/general/frequency Sometimes"},
		{"an element that nobody knows", general("<colour>red</colour>"), "<general>", "policy/general/colour"},
		{"a section that nobody knows", "<policy><general><name>p</name></general><sauce/></policy>", "<general>", "policy/sauce"},
		{"a number that is none", general("<retry_attempts>many</retry_attempts>"), "<retry_attempts>-1</retry_attempts>", "policy/general/retry_attempts many"},
		{"a truth that is none", general("<enabled>perhaps</enabled>"), "<enabled>true</enabled>", "policy/general/enabled perhaps"},
		{"a thing of another list", "<policy><general><name>p</name></general><scripts><package/></scripts></policy>", "<scripts><size>0</size></scripts>", "policy/scripts/package"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := visit(t, jamftest.Options{})
			b.must(201, "POST", policies+"/id/0", row.body)
			if r := b.must(200, "GET", policies+"/id/1", ""); !strings.Contains(r.body, row.reads) {
				t.Error(r.body)
			}
			if got, want := b.server.Counts().Dropped, []string{"POST " + policies + "/id/0: " + row.dropped}; !slices.Equal(got, want) {
				t.Errorf("dropped %q, want %q", got, want)
			}
			b.server.Switch(jamftest.Silence, false)
			if r := b.must(409, "POST", policies+"/id/0", strings.Replace(row.body, "<name>p", "<name>q", 1)); !strings.Contains(r.why(), row.dropped) {
				t.Errorf("switched off: %s", r.body)
			}
		})
	}
	t.Run("a retry that goes with another frequency", func(t *testing.T) {
		b := visit(t, jamftest.Options{})
		b.must(201, "POST", policies+"/id/0", general("<frequency>Ongoing</frequency><retry_event>check-in</retry_event><retry_attempts>3</retry_attempts>"))
		if r := b.must(200, "GET", policies+"/id/1", ""); !strings.Contains(r.body, "<retry_event>none</retry_event><retry_attempts>-1</retry_attempts>") {
			t.Error(r.body)
		}
	})
}

func TestWhatPoliciesAreRefusedFor(t *testing.T) {
	with := func(more string) string { return "<policy><general><name>other</name></general>" + more + "</policy>" }
	scope := func(x string) string { return with("<scope>" + x + "</scope>") }
	rows := []struct {
		name, body string
		status     int
		why        string
	}{
		{"a name that is taken", policy, 409, "Duplicate name"},
		{"no name", "<policy><general/></policy>", 409, "Unable to save without a name"},
		{"a category that is not there", "<policy><general><name>other</name><category><id>99</id></category></general></policy>", 409, "No match found for category 99"},
		{"a group that is not there", scope("<computer_groups><computer_group><id>99</id></computer_group></computer_groups>"), 409, "Problem with computer_group"},
		{"a package that is not there", with("<package_configuration><packages><package><id>99</id></package></packages></package_configuration>"), 409, "Problem with package"},
		{"a script that is not there", with("<scripts><script><id>99</id></script></scripts>"), 409, "Problem with script"},
		{"a building that is not there", scope("<buildings><building><id>99</id></building></buildings>"), 500, ""},
		{"a segment that is not there", scope("<limitations><network_segments><network_segment><id>1</id></network_segment></network_segments></limitations>"), 500, ""},
		{"a date that is none", "<policy><general><name>other</name><date_time_limitations><activation_date>soon</activation_date></date_time_limitations></general></policy>", 409, "Problem with general"},
		{"what is no XML", "<policy>", 400, "Unable to parse the request"},
		{"another object", "<script/>", 400, "Unable to find policy"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := furnish(t, jamftest.Options{})
			b.must(201, "POST", policies+"/id/0", policy)
			r := b.must(row.status, "POST", policies+"/id/0", row.body)
			if r.why() != row.why || !strings.HasPrefix(r.body, "<html>\n<head>\n   <title>Status page</title>") || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
				t.Errorf("%q: %s", r.why(), r.body)
			}
		})
	}
	b := visit(t, jamftest.Options{})
	if r := b.send("POST", policies+"/id/0", `{"policy":{}}`, "application/json"); r.status != 415 {
		t.Errorf("JSON: %d", r.status)
	}
	if r := b.send("POST", policies+"/id/0", policies, "text/xml"); r.status == 415 {
		t.Error("text/xml is XML, too")
	}
	b.must(404, "POST", policies+"/id/5", policy)
	b.must(404, "PUT", policies+"/id/5", policy)
	b.must(404, "GET", policies+"/id/5", "")
	b.must(404, "DELETE", policies+"/id/5", "")
}

func TestPoliciesByOtherWays(t *testing.T) {
	b := furnish(t, jamftest.Options{})
	b.must(201, "POST", policies+"/id/0", policy)
	b.must(201, "POST", policies+"/id/0", "<policy><general><name>A/B</name></general></policy>")
	if r := b.must(200, "GET", policies+"/name/"+url.PathEscape("install OR defer"), ""); r.between("<id>", "</id>") != "1" {
		t.Errorf("by name: %s", r.body)
	}
	b.must(404, "GET", policies+"/name/A%2FB", "")
	b.must(201, "PUT", policies+"/name/Install%20or%20Defer", "<policy><general><enabled>false</enabled></general></policy>")
	if r := b.must(200, "GET", policies+"/category/Software%20Updates", ""); !strings.Contains(r.body, "<size>1</size><policy><id>1</id>") {
		t.Errorf("by category: %s", r.body)
	}
	r := b.must(200, "GET", policies+"/id/1/subset/General%26Scope", "")
	if !strings.Contains(r.body, "<scope>") || !strings.Contains(r.body, "<enabled>false</enabled>") || strings.Contains(r.body, "<scripts>") {
		t.Errorf("a part: %s", r.body)
	}
	if r := b.must(200, "GET", policies+"/id/1/subset/Scoop", ""); !strings.Contains(r.body, "<scripts>") {
		t.Errorf("a part that nobody knows is all of it: %s", r.body)
	}
	if r := b.must(200, "DELETE", policies+"/name/Install%20or%20Defer", ""); !strings.Contains(r.body, "<id>1</id>") {
		t.Errorf("deleted: %s", r.body)
	}
}

func TestPoliciesLoseWhatWasDeleted(t *testing.T) {
	b := furnish(t, jamftest.Options{})
	b.must(201, "POST", policies+"/id/0", policy)
	b.must(204, "DELETE", "/api/v1/packages/1", "")
	b.must(204, "DELETE", "/api/v1/categories/1", "")
	r := b.must(200, "GET", policies+"/id/1", "")
	if !strings.Contains(r.body, "<packages><size>1</size><package><id>2</id>") || !strings.Contains(r.body, "<category><id>-1</id><name>No category assigned</name></category>") {
		t.Error(r.body)
	}
}

func TestClassicGroups(t *testing.T) {
	b := visit(t, jamftest.Options{Fleet: jamftest.Fleet{Count: 4}})
	group := func(x string) string { return "<computer_group>" + x + "</computer_group>" }
	smart := group("<name>s</name><is_smart>true</is_smart><criteria><criterion><name>Apple Silicon</name><and_or>xor</and_or><search_type>resembles</search_type><value>Yes</value></criterion></criteria>")
	b.must(201, "POST", "/JSSResource/computergroups/id/0", smart)
	r := b.must(200, "GET", "/JSSResource/computergroups/id/1", "")
	if !strings.Contains(r.body, "<criteria><size>1</size><criterion><name>Apple Silicon</name><priority>0</priority><and_or>and</and_or><search_type>is</search_type>") {
		t.Errorf("what nobody knows is replaced: %s", r.body)
	}
	if r := b.must(200, "GET", smartGroups+"/1", ""); r.text("criteria.0.searchType") != "is" {
		t.Errorf("the Pro API knows it, too: %s", r.body)
	}
	b.must(409, "POST", "/JSSResource/computergroups/id/0", strings.NewReplacer("<name>s<", "<name>t<", "Apple Silicon", "Colour").Replace(smart))

	b.must(201, "POST", "/JSSResource/computergroups/id/0", group("<name>t</name><is_smart>false</is_smart><computers><computer><id>1</id></computer></computers>"))
	one, _ := b.server.Mac(3)
	b.must(201, "PUT", "/JSSResource/computergroups/id/2", group("<computer_additions><computer><serial_number>"+one.Serial+"</serial_number></computer></computer_additions><computer_deletions><computer><id>1</id></computer></computer_deletions>"))
	if got := b.server.Members("t"); !slices.Equal(got, []int{3}) {
		t.Errorf("members: %v", got)
	}
	if r := b.must(409, "PUT", "/JSSResource/computergroups/id/2", group("<computer_deletions><computer><id>1</id></computer></computer_deletions>")); r.why() != "Computer 1 is not in the group" {
		t.Error(r.body)
	}
	if got := b.server.Members("t"); !slices.Equal(got, []int{3}) {
		t.Errorf("a change that is refused changes nothing: %v", got)
	}
	b.must(409, "PUT", "/JSSResource/computergroups/id/2", group("<computer_additions><computer><id>99</id></computer></computer_additions>"))
	b.server.ChangeMac(4, true, func(m *jamftest.Mac) { m.Managed = false })
	b.must(409, "PUT", "/JSSResource/computergroups/id/2", group("<computer_additions><computer><id>4</id></computer></computer_additions>"))
	b.must(200, "DELETE", "/JSSResource/computergroups/id/2", "")
}
