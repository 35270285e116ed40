package jamftest_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

// deploy makes a policy that installs a package on every Mac.
func deploy(b *browser, general string) {
	b.t.Helper()
	b.must(201, "POST", "/api/v1/packages", pkg)
	b.upload("/api/v1/packages/1/upload", "file", "p.pkg", "content")
	b.must(201, "POST", policies+"/id/0", "<policy><general><name>Deploy</name><trigger_checkin>true</trigger_checkin>"+general+"</general>"+
		"<scope><all_computers>true</all_computers></scope><package_configuration><packages><package><id>1</id></package></packages></package_configuration></policy>")
}

// logs are what the history of a Mac tells of policies, oldest first.
func logs(b *browser, id int) (statuses []string) {
	b.t.Helper()
	r := b.must(200, "GET", fmt.Sprintf("/JSSResource/computerhistory/id/%d/subset/PolicyLogs", id), "")
	for _, part := range strings.Split(r.body, "<status>")[1:] {
		status, _, _ := strings.Cut(part, "<")
		statuses = append(statuses, status)
	}
	return statuses
}

func TestHowOftenPoliciesRun(t *testing.T) {
	rows := []struct {
		general string
		after   time.Duration
		runs    int
	}{
		{"<frequency>Once per computer</frequency>", 40 * 24 * time.Hour, 1},
		{"<frequency>Once every day</frequency>", 71 * time.Hour, 3},
		{"<frequency>Once every week</frequency>", 15 * 24 * time.Hour, 3},
		{"<frequency>Once every month</frequency>", 40 * 24 * time.Hour, 2},
		{"<frequency>Ongoing</frequency>", 2 * time.Hour, 8},
		{"<frequency>Ongoing</frequency><enabled>false</enabled>", 2 * time.Hour, 0},
		{"<frequency>Ongoing</frequency><trigger_checkin>false</trigger_checkin><trigger_other>go</trigger_other>", 2 * time.Hour, 0},
		{"<frequency>Ongoing</frequency><date_time_limitations><activation_date>2027-01-01 00:00:00</activation_date></date_time_limitations>", 2 * time.Hour, 0},
	}
	for _, row := range rows {
		t.Run(row.general, func(t *testing.T) {
			b := planned(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer}}, able())
			deploy(b, strings.Replace(row.general, "<trigger_checkin>false</trigger_checkin>", "", 1))
			if strings.Contains(row.general, "<trigger_checkin>false") {
				b.must(201, "PUT", policies+"/id/1", "<policy><general><trigger_checkin>false</trigger_checkin></general></policy>")
			}
			b.server.Advance(row.after)
			got := logs(b, 1)
			if n := len(got); n < row.runs || n > row.runs+1 && row.runs > 3 || n > row.runs && row.runs <= 3 {
				t.Errorf("%d runs, want %d: %q", n, row.runs, got)
			}
			if slices.ContainsFunc(got, func(s string) bool { return s != "Completed" }) {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestWhyPoliciesFail(t *testing.T) {
	always := errors.New("no")
	failing := func(*jamftest.Mac, jamftest.Installation) error { return always }
	retry := "<retry_event>check-in</retry_event><retry_attempts>2</retry_attempts>"
	rows := []struct {
		name, general string
		o             jamftest.Options
		want          string
	}{
		{"the package is not there yet", "", jamftest.Options{Transfer: 100 * time.Hour}, "Failed"},
		{"it does not install", "", jamftest.Options{Install: failing}, "Failed"},
		{"it is tried again", retry, jamftest.Options{Install: failing}, "Pending Pending Failed"},
		{"it is tried again until it is there", retry, jamftest.Options{Transfer: 20 * time.Minute, CheckIn: 15 * time.Minute, Settle: time.Second}, "Pending Completed"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if row.o.Transfer == 0 {
				row.o.Off = []jamftest.Behaviour{jamftest.Transfer}
			}
			b := planned(t, row.o, able())
			deploy(b, row.general)
			b.server.Advance(3 * time.Hour)
			if got := strings.Join(logs(b, 1), " "); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
	t.Run("the hash is another", func(t *testing.T) {
		b := planned(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer}}, able())
		deploy(b, "")
		b.must(200, "PUT", "/api/v1/packages/1", strings.Replace(pkg, `"packageName"`, `"hashType":"MD5","hashValue":"00","packageName"`, 1))
		b.server.Advance(time.Hour)
		if got := logs(b, 1); !slices.Equal(got, []string{"Failed"}) {
			t.Errorf("%q", got)
		}
	})
}

func TestScopes(t *testing.T) {
	group := func(list string) string {
		return "<computer_groups><computer_group><name>" + list + "</name></computer_group></computer_groups>"
	}
	mac := func(id int) string { return fmt.Sprintf("<computers><computer><id>%d</id></computer></computers>", id) }
	rows := []struct {
		name, scope string
		in          []int
	}{
		{"nobody", "", []int{}},
		{"everybody", "<all_computers>true</all_computers>", []int{1, 2, 3}},
		{"one", mac(2), []int{2}},
		{"a smart group", group("Silicon"), []int{1, 3}},
		{"a static group", group("Pilot"), []int{1, 2}},
		{"everybody but one", "<all_computers>true</all_computers><exclusions>" + mac(3) + "</exclusions>", []int{1, 2}},
		{"one group without another", group("Silicon") + "<exclusions>" + group("Pilot") + "</exclusions>", []int{3}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			intel := able()
			intel.AppleSilicon = false
			b := planned(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer}}, able(), intel, able())
			b.must(201, "POST", smartGroups, silicon)
			b.must(201, "POST", staticGroups, `{"name":"Pilot","assignments":["1","2"]}`)
			deploy(b, "")
			b.must(201, "PUT", policies+"/id/1", "<policy><scope>"+row.scope+"</scope></policy>")
			b.server.Advance(time.Hour)
			var ran []int
			for _, id := range b.server.Macs() {
				if len(logs(b, id)) > 0 {
					ran = append(ran, id)
				}
			}
			if !slices.Equal(ran, row.in) && len(ran)+len(row.in) > 0 {
				t.Errorf("it has run on %v, want %v", ran, row.in)
			}
			if got := b.server.InScope("Deploy"); !slices.Equal(got, row.in) {
				t.Errorf("in scope: %v, want %v", got, row.in)
			}
		})
	}
}

func TestCustomTriggers(t *testing.T) {
	b := planned(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer, jamftest.Attendance}}, able())
	deploy(b, "<frequency>Ongoing</frequency><trigger_other>go, now</trigger_other>")
	b.server.Advance(time.Hour)
	b.server.Event(1, "later")
	if got := logs(b, 1); len(got) != 0 {
		t.Errorf("nobody has asked for it: %q", got)
	}
	b.server.Event(1, "now")
	b.server.CheckIn(1)
	if got := logs(b, 1); len(got) != 2 {
		t.Errorf("%q", got)
	}
	if b.server.Event(9, "now") || b.server.CheckIn(9) || b.server.Recon(9) {
		t.Error("a Mac that is not there does things")
	}
}

func TestHistories(t *testing.T) {
	b := planned(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer, jamftest.Attendance}}, able(), able())
	deploy(b, "<frequency>Once per computer</frequency>")
	b.server.CheckIn(1)
	b.server.CheckIn(2)
	m, _ := b.server.Mac(1)
	r := b.must(200, "GET", "/JSSResource/computerhistory/serialnumber/"+m.Serial+"/subset/PolicyLogs", "")
	for _, want := range []string{
		"<computer_history><policy_logs><policy_log><policy_id>1</policy_id><policy_name>Deploy</policy_name>",
		"<date_time_epoch>1796029200000</date_time_epoch>", "<date_time_utc>2026-11-30T09:00:00.000+0000</date_time_utc>", "<status>Completed</status>",
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("without %s: %s", want, r.body)
		}
	}
	r = b.accept("application/json", "/JSSResource/computerhistory/udid/"+m.UDID+"/subset/PolicyLogs")
	if r.number("computer_history.policy_logs.0.policy_id") != 1 {
		t.Error(r.body)
	}
	if r := b.must(200, "GET", "/JSSResource/computerhistory/id/1/subset/PolicyLog", ""); !strings.Contains(r.body, "<audits/>") {
		t.Errorf("a part that nobody knows is all of it: %s", r.body)
	}
	b.must(404, "GET", "/JSSResource/computerhistory/id/9/subset/PolicyLogs", "")

	b.must(409, "DELETE", "/JSSResource/logflush/policy/id/1/interval/Ten%20Days", "")
	b.must(404, "DELETE", "/JSSResource/logflush/policy/id/9/interval/Zero%20Days", "")
	b.must(200, "DELETE", "/JSSResource/logflush/policy/id/1/interval/One%20Weeks", "")
	b.server.CheckIn(1)
	if got := logs(b, 1); len(got) != 1 {
		t.Errorf("it has run again: %q", got)
	}
	b.must(200, "DELETE", "/JSSResource/logflush", "<logflush><log>policy</log><log_id>1</log_id><interval>Zero Days</interval><computers><computer><id>1</id></computer></computers></logflush>")
	if one, two := logs(b, 1), logs(b, 2); len(one) != 0 || len(two) != 1 {
		t.Errorf("%q, %q", one, two)
	}
	b.must(200, "DELETE", "/JSSResource/logflush/policy/id/1/interval/Zero+Days", "")
	b.server.CheckIn(2)
	if got := logs(b, 2); len(got) != 1 {
		t.Errorf("it has not run again: %q", got)
	}
}

func TestMacsReport(t *testing.T) {
	asked := 0
	b := planned(t, jamftest.Options{
		Off: []jamftest.Behaviour{jamftest.Attendance},
		Evaluate: func(m *jamftest.Mac, a jamftest.Attribute) string {
			asked++
			return map[string]string{"STRING": m.Version, "INTEGER": "many", "DATE": "2026-12-03 09:00:00"}[a.DataType]
		},
	}, able())
	b.must(201, "POST", "/api/v1/computer-extension-attributes", attribute)
	b.must(201, "POST", "/api/v1/computer-extension-attributes", strings.NewReplacer("Status", "Deferrals", "STRING", "INTEGER").Replace(attribute))
	b.must(201, "POST", "/api/v1/computer-extension-attributes", strings.NewReplacer("Status", "Off", `"SCRIPT"`, `"SCRIPT","enabled":false`).Replace(attribute))
	old := `{"name":"Old","criteria":[{"name":"Operating System Version","priority":0,"andOr":"and","searchType":"less than","value":"15.7.1"}]}`
	b.must(201, "POST", smartGroups, old)
	b.server.ChangeMac(1, false, func(m *jamftest.Mac) { m.Version = "15.7.1" })
	if got := b.server.Members("Old"); len(got) != 1 {
		t.Errorf("the server knows before it is told: %v", got)
	}
	b.server.Recon(1)
	m, _ := b.server.Mac(1)
	if got := b.server.Members("Old"); len(got) != 0 || asked != 2 || m.Attributes["Status"] != "15.7.1" || m.Attributes["Deferrals"] != "" || !m.LastReport.Equal(b.server.Now()) {
		t.Errorf("members %v, asked %d: %+v", got, asked, m)
	}
}

func TestMacsThatAreSilentStaySo(t *testing.T) {
	silent := able()
	silent.Silent = true
	b := planned(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer}}, able(), silent)
	deploy(b, "")
	b.server.Advance(48 * time.Hour)
	now := b.server.Now()
	one, _ := b.server.Mac(1)
	two, _ := b.server.Mac(2)
	if now.Sub(one.LastContact) > 20*time.Minute || now.Sub(one.LastReport) > 25*time.Hour || now.Sub(two.LastContact) < 47*time.Hour || len(logs(b, 2)) > 0 {
		t.Errorf("contacts %v, %v; report %v", one.LastContact, two.LastContact, one.LastReport)
	}
}

func TestAFleetComesToTheEnd(t *testing.T) {
	b := visit(t, longLived(jamftest.Options{
		Off: []jamftest.Behaviour{jamftest.Transfer, jamftest.Replication}, Seed: 7,
		Fleet:     jamftest.Fleet{Count: 400, Failing: 0.05, Silent: 0.1, Releases: []jamftest.Release{{Version: "15.7", Build: "24G222", Share: 1}}},
		Lifecycle: jamftest.Lifecycle{Target: jamftest.Release{Version: "15.7.1", Build: "24G231"}},
	}))
	b.must(201, "POST", "/api/v1/computer-extension-attributes", attribute)
	deploy(b, "<frequency>Once every week</frequency>")
	tally := func() map[string]int {
		out := map[string]int{}
		for page := range 4 {
			r := b.must(200, "GET", fmt.Sprintf("/api/v4/computers-inventory?section=EXTENSION_ATTRIBUTES&section=OPERATING_SYSTEM&page-size=100&page=%d", page), "")
			for i := range 100 {
				values, _ := r.at(fmt.Sprintf("results.%d.extensionAttributes.0.values", i)).([]any)
				version := r.text(fmt.Sprintf("results.%d.operatingSystem.version", i))
				out[strings.TrimSpace(fmt.Sprintln(values...))]++
				out["on "+version]++
			}
		}
		return out
	}
	b.server.Advance(16 * time.Minute)
	early := tally()
	b.server.Advance(24 * time.Hour)
	middle := tally()
	b.server.Advance(72 * time.Hour)
	late := tally()
	silent := early[""]
	if early["Prompting"]+early["Enforcing"]+silent != 400 || silent < 20 || silent > 60 {
		t.Errorf("early: %v", early)
	}
	if middle["Deferred"] == 0 || middle["Compliant"] == 0 || middle["Compliant"] >= late["Compliant"] {
		t.Errorf("in the middle: %v", middle)
	}
	if late["Compliant"]+late["Failed: 1"]+silent != 400 || late["Failed: 1"] < 5 || late["Failed: 1"] > 40 || late["on 15.7.1"] != late["Compliant"] {
		t.Errorf("late: %v", late)
	}
}

func TestAnUninstallScriptEndsIt(t *testing.T) {
	b := planned(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer, jamftest.Attendance}}, able())
	b.must(201, "POST", "/api/v1/computer-extension-attributes", attribute)
	b.must(201, "POST", "/api/v1/scripts", script)
	deploy(b, "")
	status := func() string {
		b.server.CheckIn(1)
		m, _ := b.server.Mac(1)
		return m.Attributes["Status"]
	}
	if s := status(); s != "Prompting" && s != "Enforcing" {
		t.Errorf("after installing: %q", s)
	}
	b.must(201, "POST", policies+"/id/0", "<policy><general><name>Rollback</name><trigger_checkin>true</trigger_checkin></general><scope><all_computers>true</all_computers></scope>"+
		"<scripts><script><id>1</id></script></scripts><maintenance><recon>true</recon></maintenance></policy>")
	if s := status(); s != "Not installed" {
		t.Errorf("after uninstalling: %q", s)
	}
}

func TestTheSameSeedMakesTheSameFleet(t *testing.T) {
	made := func(seed uint64) (out []jamftest.Mac) {
		s := jamftest.New(jamftest.Options{Seed: seed, Fleet: jamftest.Fleet{Count: 20}})
		s.Advance(48 * time.Hour)
		for _, id := range s.Macs() {
			m, _ := s.Mac(id)
			out = append(out, m)
		}
		return out
	}
	same := func(a, b jamftest.Mac) bool { return fmt.Sprint(a) == fmt.Sprint(b) }
	if one, two := made(1), made(1); !slices.EqualFunc(one, two, same) {
		t.Error("two fleets of one seed differ")
	}
	if one, two := made(1), made(2); slices.EqualFunc(one, two, same) {
		t.Error("the fleets of two seeds are the same")
	}
}

func TestOneAdvanceIsAsGoodAsMany(t *testing.T) {
	end := func(step time.Duration) string {
		b := visit(t, longLived(jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer, jamftest.Replication}, Fleet: jamftest.Fleet{Count: 10}}))
		b.must(201, "POST", "/api/v1/computer-extension-attributes", attribute)
		deploy(b, "<frequency>Once every day</frequency>")
		for range 48 * time.Hour / step {
			b.server.Advance(step)
		}
		var out strings.Builder
		for _, id := range b.server.Macs() {
			m, _ := b.server.Mac(id)
			fmt.Fprintln(&out, m, logs(b, id))
		}
		return out.String()
	}
	if many, one := end(time.Minute), end(48*time.Hour); many != one {
		t.Errorf("many:\n%s\none:\n%s", many, one)
	}
}

func TestAnEnforcerThatLeavesTellsOnceThatItIsDone(t *testing.T) {
	o := jamftest.Options{
		Off: []jamftest.Behaviour{jamftest.Transfer, jamftest.Replication},
		Lifecycle: jamftest.Lifecycle{
			Target: jamftest.Release{Version: "15.7.1", Build: "24G231"}, Agree: 1, Leaves: true,
			Says: func(state string, a jamftest.Attribute) string { return a.Name + ": " + state },
		},
	}
	b := planned(t, o, able())
	b.must(201, "POST", "/api/v1/computer-extension-attributes", attribute)
	deploy(b, "<frequency>Once every week</frequency>")
	var told []string
	for range 20 * 24 * 3 {
		b.server.Advance(20 * time.Minute)
		if m, _ := b.server.Mac(1); len(told) == 0 || told[len(told)-1] != m.Attributes["Status"] {
			told = append(told, m.Attributes["Status"])
		}
	}
	// It was installed again a week later, twice, and had nothing to do.
	if m, _ := b.server.Mac(1); !slices.Equal(told, []string{"Status: Enforcing", "Status: Compliant", "Status: Not installed"}) || m.Version != "15.7.1" || len(logs(b, 1)) != 3 {
		t.Errorf("%q, %s, %d", told, m.Version, len(logs(b, 1)))
	}
}
