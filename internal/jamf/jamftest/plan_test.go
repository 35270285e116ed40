package jamftest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

const (
	plans  = "/api/v1/managed-software-updates/plans"
	latest = `{"updateAction":"DOWNLOAD_INSTALL_SCHEDULE","versionType":"SPECIFIC_VERSION","specificVersion":"15.7.1","forceInstallLocalDateTime":"2026-12-04T18:00:00"}`
)

// able is a Mac that can do what a plan says.
func able() jamftest.Mac {
	return jamftest.Mac{Version: "15.7", Build: "24G222", AppleSilicon: true, BootstrapToken: true, Supervised: true, Managed: true, Declarative: true}
}

func planned(t *testing.T, o jamftest.Options, macs ...jamftest.Mac) *browser {
	b := visit(t, longLived(o))
	for _, m := range macs {
		b.server.AddMac(m)
	}
	return b
}

func forDevices(config string, ids ...int) string {
	var devices []string
	for _, id := range ids {
		devices = append(devices, fmt.Sprintf(`{"deviceId":"%d","objectType":"COMPUTER"}`, id))
	}
	return `{"devices":[` + strings.Join(devices, ",") + `],"config":` + config + `}`
}

func TestPlansTakeTheirTime(t *testing.T) {
	b := planned(t, jamftest.Options{}, able())
	r := b.must(201, "POST", plans, forDevices(latest, 1))
	uuid := r.text("plans.0.planId")
	if len(uuid) != 36 || r.text("plans.0.device.deviceId") != "1" || r.text("plans.0.device.objectType") != "COMPUTER" || r.text("plans.0.href") == "" {
		t.Fatal(r.body)
	}
	state := func() string {
		r := b.must(200, "GET", plans+"/"+uuid, "")
		if r.text("specificVersion") != "15.7.1" || r.text("forceInstallLocalDateTime") != "2026-12-04T18:00:00" || r.text("recipeId") != "-1" {
			t.Error(r.body)
		}
		return r.text("status.state")
	}
	var seen []string
	for range 8 {
		seen = append(seen, state())
		b.server.Advance(30 * time.Second)
	}
	want := []string{
		"Init", "PendingPlanValidation", "AcceptingPlan", "ProcessingPlanType", "StartingPlan", "SchedulingDDM", "DDMPlanScheduled", "DDMPlanScheduled",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("states: %q", seen)
	}
	one, _ := b.server.Mac(1)
	item := func(key string) string {
		return b.must(200, "GET", "/api/v1/ddm/"+one.ManagementID+"/status-items/"+key, "").text("value")
	}
	if s := item("softwareupdate.install-state"); s != "waiting" {
		t.Errorf("install state: %s", s)
	}
	if r := b.must(200, "GET", plans+"/"+uuid+"/declarations", ""); !strings.Contains(r.text("declarations.0.payloadJson"), `"TargetOSVersion":"15.7.1"`) {
		t.Error(r.body)
	}
	b.server.Advance(time.Date(2026, 12, 4, 18, 0, 1, 0, time.UTC).Sub(b.server.Now()))
	if s := state(); s != "WaitingToStartDDMUpdate" {
		t.Errorf("at the deadline: %s", s)
	}
	b.server.Advance(2 * time.Minute)
	if s := item("softwareupdate.install-state"); s != "installing" {
		t.Errorf("install state: %s", s)
	}
	b.server.Advance(time.Hour)
	if s := state(); s != "PlanCompleted" {
		t.Errorf("in the end: %s", s)
	}
	if m, _ := b.server.Mac(1); m.Version != "15.7.1" || m.Build != "24G231" {
		t.Errorf("the Mac runs %s", m.Version)
	}
	events := b.must(200, "GET", plans+"/"+uuid+"/events", "").text("events")
	if !json.Valid([]byte(events)) || !strings.Contains(events, "PlanCompleted") {
		t.Errorf("events: %q", events)
	}
}

func TestWhyPlansFail(t *testing.T) {
	change := func(f func(*jamftest.Mac)) jamftest.Mac {
		m := able()
		f(&m)
		return m
	}
	rows := []struct {
		reason string
		mac    jamftest.Mac
	}{
		{"NOT_MANAGED", change(func(m *jamftest.Mac) { m.Managed = false })},
		{"NOT_SUPERVISED", change(func(m *jamftest.Mac) { m.Supervised = false })},
		{"APPLE_SILICON_NO_ESCROW_KEY", change(func(m *jamftest.Mac) { m.BootstrapToken = false })},
		{"DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_OS_VERSION", change(func(m *jamftest.Mac) { m.Version = "13.7" })},
		{"NO_UPDATES_AVAILABLE", change(func(m *jamftest.Mac) { m.Version = "15.7.1" })},
		{"DOWNGRADE_NOT_SUPPORTED", change(func(m *jamftest.Mac) { m.Version = "26.0" })},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			b := planned(t, jamftest.Options{}, row.mac)
			uuid := b.must(201, "POST", plans, forDevices(latest, 1)).text("plans.0.planId")
			if r := b.must(200, "GET", plans+"/"+uuid, ""); r.text("status.state") != "Init" {
				t.Errorf("it is known at once: %s", r.body)
			}
			b.server.Advance(2 * time.Minute)
			if r := b.must(200, "GET", plans+"/"+uuid, ""); r.text("status.state") != "PlanFailed" || r.text("status.errorReasons.0") != row.reason {
				t.Error(r.body)
			}
		})
	}
	t.Run("a version that is not there", func(t *testing.T) {
		b := planned(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Planning}}, able())
		b.must(201, "POST", plans, forDevices(strings.Replace(latest, "15.7.1", "15.9.9", 1), 1))
		if r := b.must(200, "GET", plans, ""); r.text("results.0.status.errorReasons.0") != "SPECIFIC_VERSION_UNAVAILABLE" {
			t.Error(r.body)
		}
	})
	t.Run("a Mac that says nothing, and one that cannot", func(t *testing.T) {
		b := planned(t, jamftest.Options{}, change(func(m *jamftest.Mac) { m.Silent = true }), change(func(m *jamftest.Mac) { m.Failing = true }))
		b.must(201, "POST", plans, forDevices(latest, 1, 2))
		b.server.Advance(6 * 24 * time.Hour)
		for id, reason := range map[string]string{
			"1": "NO_DEVICE_STATUS_BY_GRACE_PERIOD", "2": "DECLARATIVE_DEVICE_MANAGEMENT_STATUS_RESPONSE_FAILURE_REASON_RECEIVED",
		} {
			if r := b.must(200, "GET", plans+"?filter=device.deviceId=="+id, ""); r.text("results.0.status.errorReasons.0") != reason {
				t.Error(r.body)
			}
		}
	})
}

func TestOnePlanForEachMac(t *testing.T) {
	b := planned(t, jamftest.Options{}, able())
	b.must(201, "POST", plans, forDevices(latest, 1))
	b.must(201, "POST", plans, forDevices(latest, 1))
	b.server.Advance(10 * time.Minute)
	failed := b.must(200, "GET", plans+"?filter=state==PlanFailed", "")
	if failed.number("totalCount") != 1 || failed.text("results.0.status.errorReasons.0") != "EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS" {
		t.Error(failed.body)
	}
	if r := b.must(200, "GET", plans+"?filter=state!=PlanFailed;device.deviceId==1", ""); r.number("totalCount") != 1 || r.text("results.0.status.state") != "DDMPlanScheduled" {
		t.Error(r.body)
	}
	b.server.Advance(5 * 24 * time.Hour)
	b.server.ChangeMac(1, true, func(m *jamftest.Mac) { m.Version = "15.7" })
	b.must(201, "POST", plans, forDevices(strings.Replace(latest, "2026-12-04", "2026-12-30", 1), 1))
	b.server.Advance(10 * time.Minute)
	if r := b.must(200, "GET", plans+"?filter=state==DDMPlanScheduled", ""); r.number("totalCount") != 1 {
		t.Errorf("after the first has ended there is room for another: %s", r.body)
	}
}

func TestPlansOfGroups(t *testing.T) {
	b := planned(t, jamftest.Options{}, able(), able(), able())
	b.must(201, "POST", staticGroups, `{"name":"Test Macs","assignments":["1","2"]}`)
	body := `{"group":{"groupId":"1","objectType":"COMPUTER_GROUP"},"config":` + latest + `}`
	r := b.must(201, "POST", plans+"/group", body)
	if list, _ := r.at("plans").([]any); len(list) != 2 {
		t.Error(r.body)
	}
	b.must(202, "PUT", staticGroups+"/1", `{"name":"Test Macs","assignments":["1","2","3"]}`)
	if r := b.must(200, "GET", plans+"/group/1?group-type=COMPUTER_GROUP", ""); r.number("totalCount") != 2 {
		t.Errorf("who joins later has a plan: %s", r.body)
	}
	b.must(400, "GET", plans+"/group/1", "")
	b.must(404, "GET", plans+"/group/9?group-type=COMPUTER_GROUP", "")
	b.must(404, "POST", plans+"/group", strings.Replace(body, `"1"`, `"9"`, 1))
	b.must(404, "GET", plans+"/no-such-plan", "")
}

func TestConfigurationsOfPlans(t *testing.T) {
	rows := []struct {
		name, config string
		status       int
	}{
		{"the latest", `{"updateAction":"DOWNLOAD_INSTALL","versionType":"LATEST_ANY"}`, 201},
		{"with deferrals", `{"updateAction":"DOWNLOAD_INSTALL_ALLOW_DEFERRAL","versionType":"LATEST_MINOR","maxDeferrals":3}`, 201},
		{"deferrals without how many", `{"updateAction":"DOWNLOAD_INSTALL_ALLOW_DEFERRAL","versionType":"LATEST_MINOR"}`, 400},
		{"too many deferrals", `{"updateAction":"DOWNLOAD_INSTALL_ALLOW_DEFERRAL","versionType":"LATEST_MINOR","maxDeferrals":100}`, 400},
		{"an action that nobody knows", `{"updateAction":"DOWNLOAD_SOMETIME","versionType":"LATEST_ANY"}`, 400},
		{"a type that nobody knows", `{"updateAction":"DOWNLOAD_INSTALL","versionType":"LATEST_BEST"}`, 400},
		{"no version where one is needed", `{"updateAction":"DOWNLOAD_INSTALL","versionType":"SPECIFIC_VERSION"}`, 400},
		{"a version where none is", `{"updateAction":"DOWNLOAD_INSTALL","versionType":"LATEST_ANY","specificVersion":"15.7.1"}`, 400},
		{"a build", `{"updateAction":"DOWNLOAD_INSTALL","versionType":"CUSTOM_VERSION","specificVersion":"15.7.2","buildVersion":"24G999"}`, 201},
		{"a build of no custom version", `{"updateAction":"DOWNLOAD_INSTALL","versionType":"SPECIFIC_VERSION","specificVersion":"15.7.1","buildVersion":"24G231"}`, 400},
		{"a schedule without a time", `{"updateAction":"DOWNLOAD_INSTALL_SCHEDULE","versionType":"LATEST_ANY"}`, 400},
		{"a time with a zone", strings.Replace(latest, "18:00:00", "18:00:00Z", 1), 400},
		{"a time of no schedule", strings.Replace(latest, "_SCHEDULE", "", 1), 400},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := planned(t, jamftest.Options{}, able())
			if r := b.do("POST", plans, forDevices(row.config, 1)); r.status != row.status {
				t.Errorf("%d, want %d: %s", r.status, row.status, r.body)
			}
		})
	}
	b := planned(t, jamftest.Options{}, able())
	b.must(400, "POST", plans, forDevices(latest))
	if r := b.must(400, "POST", plans, forDevices(latest, 9)); r.text("errors.0.code") != "INVALID_DEVICE" {
		t.Error(r.body)
	}
	if r := b.must(200, "GET", "/api/v1/managed-software-updates/available-updates", ""); r.text("availableUpdates.macOS.0") != "26.1" {
		t.Error(r.body)
	}
}

func TestTheToggleMovesLater(t *testing.T) {
	const toggle = plans + "/feature-toggle"
	b := planned(t, jamftest.Options{}, able())
	if r := b.must(200, "GET", toggle+"/status", ""); r.text("toggleOff.state") != "NEVER_RAN" || r.text("toggleOn.state") != "NEVER_RAN" {
		t.Error(r.body)
	}
	b.must(201, "POST", plans, forDevices(latest, 1))
	if r := b.must(200, "PUT", toggle, `{"toggle":false}`); r.at("toggle") != true {
		t.Errorf("the answer tells where it was: %s", r.body)
	}
	if r := b.must(200, "GET", toggle+"/status", ""); r.text("toggleOff.state") != "RUNNING" || r.number("toggleOff.totalRecords") != 1 {
		t.Error(r.body)
	}
	b.server.Advance(29 * time.Second)
	if r := b.must(200, "GET", toggle, ""); r.at("toggle") != true {
		t.Error(r.body)
	}
	b.server.Advance(time.Second)
	if r := b.must(200, "GET", toggle, ""); r.at("toggle") != false {
		t.Error(r.body)
	}
	if r := b.must(200, "GET", toggle+"/status", ""); r.text("toggleOff.exitState") != "COMPLETED" || r.number("toggleOff.processedRecords") != 1 {
		t.Error(r.body)
	}
	if r := b.must(200, "GET", plans, ""); r.number("totalCount") != 0 {
		t.Errorf("plans have stayed: %s", r.body)
	}
	b.must(503, "POST", plans, forDevices(latest, 1))
	b.must(200, "PUT", toggle, `{"toggle":true}`)
	b.must(204, "POST", toggle+"/abandon", "")
	b.server.Advance(time.Hour)
	if r := b.must(200, "GET", toggle, ""); r.at("toggle") != false {
		t.Errorf("what was abandoned has happened: %s", r.body)
	}
	b.server.Switch(jamftest.Planning, false)
	if r := b.must(200, "PUT", toggle, `{"toggle":true}`); r.at("toggle") != true {
		t.Errorf("switched off: %s", r.body)
	}
	uuid := b.must(201, "POST", plans, forDevices(latest, 1)).text("plans.0.planId")
	if r := b.must(200, "GET", plans+"/"+uuid, ""); r.text("status.state") != "DDMPlanScheduled" {
		t.Errorf("switched off: %s", r.body)
	}
}

func TestPrivilegesForPlans(t *testing.T) {
	held := []string{
		"Create Managed Software Updates", "Read Computers", "Send Computer Remote Command to Download and Install OS X Update",
		"Read Smart Computer Groups", "Read Static Computer Groups",
	}
	for mobile, status := range map[bool]int{false: 404, true: 403} {
		b := &browser{t: t, server: jamftest.New(jamftest.Options{NeedMobile: mobile, Clients: []jamftest.Client{{ID: "c", Secret: "s", Privileges: held}}})}
		b.signIn("c", "s")
		b.must(status, "POST", plans+"/group", `{"group":{"groupId":"9","objectType":"COMPUTER_GROUP"},"config":`+latest+`}`)
	}
}

func TestCommands(t *testing.T) {
	b := planned(t, jamftest.Options{}, able())
	m, _ := b.server.Mac(1)
	if r := b.must(400, "GET", "/api/v2/mdm/commands", ""); strings.Join(strings.Fields(r.body), "") != `{"httpStatus":400,"errors":[]}` {
		t.Errorf("without a filter: %s", r.body)
	}
	b.must(500, "POST", "/api/v2/mdm/commands", `{}`)
	b.must(400, "POST", "/api/v2/mdm/commands", `{"clientData":[],"commandData":{}}`)
	b.must(201, "POST", "/api/v2/mdm/commands", `{"clientData":[{"managementId":"`+m.ManagementID+`"}],"commandData":{"commandType":"RESTART_DEVICE"}}`)
	pending := "/api/v2/mdm/commands?filter=clientManagementId==" + m.ManagementID + ";status==Pending"
	if r := b.must(200, "GET", pending, ""); r.number("totalCount") != 1 || r.text("results.0.commandState") != "PENDING" || r.text("results.0.client.managementId") != m.ManagementID {
		t.Error(r.body)
	}
	b.server.Advance(time.Hour)
	if r := b.must(200, "GET", pending, ""); r.number("totalCount") != 0 {
		t.Error(r.body)
	}
	if r := b.must(200, "POST", "/api/v2/mdm/blank-push", `{"clientManagementIds":["`+m.ManagementID+`","x"]}`); r.text("errorUuids.0") != "x" || r.at("errorUuids.1") != nil {
		t.Error(r.body)
	}
	if r := b.must(201, "POST", "/JSSResource/computercommands/command/BlankPush/id/1", ""); r.between("<name>", "</name>") != "BlankPush" {
		t.Error(r.body)
	}
	b.must(404, "POST", "/JSSResource/computercommands/command/BlankPush/id/1,9", "")
	b.must(204, "POST", "/api/v1/ddm/"+m.ManagementID+"/sync", "")
	b.must(404, "POST", "/api/v1/ddm/x/sync", "")
	b.must(404, "GET", "/api/v1/ddm/x/status-items", "")
	if r := b.must(200, "GET", "/api/v1/ddm/"+m.ManagementID+"/status-items", ""); r.text("statusItems.0.value") != m.UDID {
		t.Error(r.body)
	}
}
