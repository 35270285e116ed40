package jamf

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

const aComputer = `{"id":"5","udid":"U-5","general":{"name":"mac-5","managementId":"M-5","remoteManagement":{"managed":true},"supervised":true,
 "userApprovedMdm":true,"declarativeDeviceManagementEnabled":true,"reportDate":"2026-11-02T18:04:13Z","lastCheckIn":"2026-11-03T08:55:00.123Z",
 "extensionAttributes":[{"definitionId":"1","name":"Asset","values":["42"],"dataType":"INTEGER"}]},
 "hardware":{"serialNumber":"C02","modelIdentifier":"MacBookPro18,3","appleSilicon":true,"extensionAttributes":[]},
 "operatingSystem":{"version":"15.7.1","build":"24G231","extensionAttributes":[{"definitionId":"2","name":"Status","values":["Deferred","x"]}]},
 "security":{"bootstrapTokenEscrowedStatus":"ESCROWED"},"storage":{"bootDriveAvailableSpaceMegabytes":30720},
 "userAndLocation":{"username":"ann","extensionAttributes":null},
 "groupMemberships":[{"groupId":"41","groupName":"Safari","smartGroup":true}],
 "extensionAttributes":[{"definitionId":3,"name":"Deadline","values":[]}],"applications":[{"name":"x"}]}`

func TestReadingAComputer(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v4/computers-inventory/5", answerText(200, aComputer))
	computer, err := s.client(t).Computer(t.Context(), "5", SectionGeneral, SectionHardware)
	ok(t, err)
	equal(t, s.lines(), []string{"GET /api/v4/computers-inventory/5?section=GENERAL&section=HARDWARE"})
	equal(t, computer, Computer{
		ID: "5", UDID: "U-5", Name: "mac-5", Serial: "C02", Model: "MacBookPro18,3", AppleSilicon: true, ManagementID: "M-5",
		Managed: true, Supervised: true, UserApprovedMDM: true, Declarative: true,
		LastContact:   time.Date(2026, 11, 3, 8, 55, 0, 123e6, time.UTC),
		Reported:      time.Date(2026, 11, 2, 18, 4, 13, 0, time.UTC),
		SystemVersion: "15.7.1", SystemBuild: "24G231", BootstrapToken: "ESCROWED", FreeMegabytes: 30720, User: "ann",
		Groups: []ComputerGroup{{"41", "Safari", true}},
		Attributes: []AttributeValue{ // from whatever section they are in
			{"1", "Asset", []string{"42"}}, {"3", "Deadline", nil}, {"2", "Status", []string{"Deferred", "x"}},
		},
	})
	for _, row := range []struct {
		name, want string
		is         bool
	}{{"Status", "Deferred", true}, {"Deadline", "", false}, {"Nothing", "", false}} {
		value, is := computer.Attribute(row.name)
		equal(t, value, row.want)
		equal(t, is, row.is)
	}
}

func TestOddRecordsDoNotHideAFleet(t *testing.T) {
	for _, row := range []struct {
		name, record string
		check        func(Computer) bool
	}{
		{"sections that are null", `{"id":"5","general":null,"storage":null,"groupMemberships":null,"extensionAttributes":null}`, func(c Computer) bool { return c.ID == "5" && c.MissingAttributes }},
		{"an id that is a number", `{"id":5}`, func(c Computer) bool { return c.ID == "5" }},
		{"times that are none", `{"id":"5","general":{"reportDate":"","lastCheckIn":null,"lastContactTime":"yesterday"}}`, func(c Computer) bool { return c.Reported.IsZero() && c.LastContact.IsZero() }},
		{"the last contact as older servers call it", `{"id":"5","general":{"lastContactTime":"2018-10-31T18:04:13Z"}}`, func(c Computer) bool { return c.LastContact.Year() == 2018 }},
		{"a time without a zone", `{"id":"5","general":{"reportDate":"2018-10-31T18:04:13"}}`, func(c Computer) bool { return c.Reported.Hour() == 18 }},
		{"a name that is a list", `{"id":"5","general":{"name":["x"]}}`, func(c Computer) bool { return c.Name == "" }},
		{"truth in words", `{"id":"5","general":{"supervised":"true","userApprovedMdm":"perhaps"}}`, func(c Computer) bool { return c.Supervised && !c.UserApprovedMDM }},
		{"space that is no number", `{"id":"5","storage":{"bootDriveAvailableSpaceMegabytes":"much"}}`, func(c Computer) bool { return c.FreeMegabytes == 0 }},
		{"no attributes in a list of them", `{"id":"5","extensionAttributes":[]}`, func(c Computer) bool { return !c.MissingAttributes && len(c.Attributes) == 0 }},
		{"values that are null", `{"id":"5","extensionAttributes":[{"name":"a","values":null},{"name":"b","values":[null,1]}]}`, func(c Computer) bool { return len(c.Attributes) == 2 && c.Attributes[1].Values[1] == "1" }},
	} {
		t.Run(row.name, func(t *testing.T) {
			computer, err := readComputer([]byte(row.record))
			ok(t, err)
			if !row.check(computer) {
				t.Errorf("%+v", computer)
			}
		})
	}
	for _, broken := range []string{"", "7", "null", "[]", `{"id":`, `{"groupMemberships":7}`} {
		_, err := readComputer([]byte(broken))
		failsAs(t, err, ErrMalformed, "it is no computer")
	}
}

func TestGoingThroughComputers(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v4/computers-inventory", page(1, aComputer))
	c := s.client(t)
	query := ComputerQuery{Sections: []Section{SectionGeneral, SectionAttributes}, Filter: `general.remoteManagement.managed==true`}
	for computer, err := range c.Computers(t.Context(), query) {
		ok(t, err)
		equal(t, computer.Name, "mac-5")
	}
	asked, err := url.ParseQuery(strings.SplitN(s.lines()[0], "?", 2)[1])
	ok(t, err)
	equal(t, asked, url.Values{
		"filter": {"general.remoteManagement.managed==true"}, "page": {"0"}, "page-size": {"500"},
		"section": {"GENERAL", "EXTENSION_ATTRIBUTES"}, "sort": {"id:asc"},
	})
	for _, sections := range [][]Section{nil, {"GENERL"}} {
		for _, err := range c.Computers(t.Context(), ComputerQuery{Sections: sections}) {
			failsAs(t, err, ErrRefused, "list computers: ")
		}
		_, err := c.Computer(t.Context(), "5", sections...)
		failsAs(t, err, ErrRefused, "read computer 5: ")
	}
	s.on("GET /api/v4/computers-inventory", page(1, `7`))
	for _, err := range c.Computers(t.Context(), query) {
		failsAs(t, err, ErrMalformed)
	}
}

func TestPolicyLogs(t *testing.T) {
	s := newStub(t)
	s.on("GET /JSSResource/computerhistory/id/5/subset/PolicyLogs", answerText(200, `<computer_history><policy_logs><size>3</size>
<policy_log><policy_id>88</policy_id><policy_name>Install or Defer</policy_name><username>ann</username><date_time>Today at 9:00</date_time><date_time_epoch>1499470624555</date_time_epoch><date_time_utc>2017-07-07T18:37:04.555-0500</date_time_utc><status>Completed</status></policy_log>
<policy_log><policy_id>88</policy_id><date_time_epoch/><date_time_utc>2017-07-07T18:37:04.555-0500</date_time_utc><status>Failed</status></policy_log>
<policy_log><policy_id>89</policy_id><status>Pending</status></policy_log></policy_logs></computer_history>`))
	logs, err := s.client(t).PolicyLogs(t.Context(), "5")
	ok(t, err)
	at := time.UnixMilli(1499470624555).UTC()
	equal(t, len(logs), 3)
	equal(t, logs[0], PolicyLog{"88", "Install or Defer", "ann", at, PolicyCompleted})
	equal(t, logs[1].Time.Equal(at) && logs[1].Status == PolicyFailed, true)
	equal(t, logs[2], PolicyLog{PolicyID: "89", Status: PolicyPending})
	s.on("GET /JSSResource/computerhistory/id/5/subset/PolicyLogs", classicPage(404, "Not found"))
	_, err = s.client(t).PolicyLogs(t.Context(), "5")
	fails(t, err, "list policy logs of computer 5: ")
	equal(t, IsNotFound(err), true)
}

func TestFlushingPolicyLogs(t *testing.T) {
	s := newStub(t)
	s.on("DELETE /JSSResource/logflush/policy/id/88/interval/Zero%20Days", answerText(201, ""))
	c := s.client(t)
	ok(t, c.FlushPolicyLogs(t.Context(), "88", FlushAll))
	failsAs(t, c.FlushPolicyLogs(t.Context(), "88", "Four Days"), ErrRefused, "flush logs of policy 88: ")
	failsAs(t, c.FlushPolicyLogs(t.Context(), "88", "zero days"), ErrRefused)
	equal(t, len(s.lines()), 1)
}

func TestAccounts(t *testing.T) {
	for _, row := range []struct {
		name, said string
		want       Account
		missing    []string // of "Read Packages" and "Read Scripts"
	}{
		{
			"an API client, by site", `{"account":{"id":"1","username":"deployer","accessLevel":"FullAccess","privilegeSet":"CUSTOM","privilegesBySite":{"-1":["Read Scripts","Read Packages"]}},"authenticationType":"CLIENT_CREDENTIALS","sites":[]}`,
			Account{Name: "deployer", Authentication: "CLIENT_CREDENTIALS", AccessLevel: "FullAccess", PrivilegeSet: "CUSTOM", Privileges: []string{"Read Packages", "Read Scripts"}},
			nil,
		},
		{
			"by group, of which one has a single privilege", `{"account":{"username":"ann","privilegesBySite":null,"groupIds":[1]},"accountGroups":[{"privileges":"Read Packages"},{"privileges":["Read Packages"]}],"sites":[{"id":1,"name":"HQ"}]}`,
			Account{Name: "ann", Privileges: []string{"Read Packages"}, Sites: []Reference{{"1", "HQ"}}},
			[]string{"Read Scripts"},
		},
		{
			"in one list", `{"account":{"username":"x"},"accountPrivileges":["Read Scripts"]}`,
			Account{Name: "x", Privileges: []string{"Read Scripts"}},
			[]string{"Read Packages"},
		},
		{"an administrator, of whom nothing is listed", `{"account":{"accessLevel":"FullAccess","privilegeSet":"ADMINISTRATOR"}}`, Account{AccessLevel: "FullAccess", PrivilegeSet: "ADMINISTRATOR"}, nil},
		{"an administrator of a site", `{"account":{"accessLevel":"SiteAccess","privilegeSet":"ADMINISTRATOR"}}`, Account{AccessLevel: "SiteAccess", PrivilegeSet: "ADMINISTRATOR"}, []string{"Read Packages", "Read Scripts"}},
		{"nobody", `{}`, Account{}, []string{"Read Packages", "Read Scripts"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /api/v1/auth", answerText(200, row.said))
			account, err := s.client(t).Account(t.Context())
			ok(t, err)
			equal(t, account, row.want)
			equal(t, account.Missing([]string{"Read Packages", "Read Scripts"}), row.missing)
		})
	}
	s := newStub(t)
	s.on("GET /api/v1/auth", answerText(200, "[]"))
	_, err := s.client(t).Account(t.Context())
	failsAs(t, err, ErrMalformed, "read account: ")
}
