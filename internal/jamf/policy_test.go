package jamf

import (
	"net/http"
	"strings"
	"testing"
)

// policyOfServer is one as the server shows it: with sections and elements that this package does not know.
const policyOfServer = `<?xml version="1.0" encoding="UTF-8"?><policy>
<general><id>88</id><name>Install or Defer</name><enabled>true</enabled><trigger>EVENT</trigger>
 <trigger_checkin>true</trigger_checkin><trigger_enrollment_complete>false</trigger_enrollment_complete><trigger_login>false</trigger_login>
 <trigger_network_state_changed>false</trigger_network_state_changed><trigger_startup>false</trigger_startup><trigger_other>install-or-defer</trigger_other>
 <frequency>Once every week</frequency><retry_event>none</retry_event><retry_attempts>-1</retry_attempts><location_user_only>false</location_user_only>
 <category><id>12</id><name>Software Updates</name></category><site><id>-1</id><name>None</name></site>
 <network_limitations><minimum_network_connection>No Minimum</minimum_network_connection></network_limitations></general>
<scope><all_computers>false</all_computers>
 <computers/><computer_groups><computer_group><id>41</id><name>Test Macs</name><smart>x</smart></computer_group>
 <computer_group><id>900</id><name>Somebody else's</name></computer_group></computer_groups>
 <buildings><building><id>3</id><name>HQ</name></building></buildings><departments/>
 <limit_to_users><user_groups/></limit_to_users>
 <limitations><users/><network_segments><network_segment><id>5</id><name>VPN &amp; co</name></network_segment></network_segments></limitations>
 <exclusions><computers><computer><id>6</id><name>m</name></computer></computers><computer_groups><computer_group><id>77</id><name>Never</name></computer_group></computer_groups></exclusions></scope>
<package_configuration><packages><size>1</size><package><id>160</id><name>a-6.pkg</name><action>Install</action><fut>true</fut><feu>false</feu><update_autorun>true</update_autorun></package></packages><distribution_point>default</distribution_point></package_configuration>
<scripts><size>1</size><script><id>9</id><name>Uninstall</name><priority>After</priority><parameter4>--purge</parameter4><parameter5/></script></scripts>
<maintenance><recon>false</recon><reset_name>false</reset_name></maintenance>
<reboot><message>This computer will restart in 5 minutes.</message></reboot></policy>`

func cloakroom(t *testing.T) *stub {
	s := newStub(t)
	s.on("GET /JSSResource/policies/id/88", answerText(200, policyOfServer))
	s.on("PUT /JSSResource/policies/id/88", answerText(http.StatusCreated, "<policy><id>88</id></policy>"))
	return s
}

// sentXML is the body of the last write, without its first line.
func sentXML(t *testing.T, s *stub, method string) string {
	t.Helper()
	body := s.last(t, method+" /JSSResource").body
	return strings.TrimPrefix(body, `<?xml version="1.0" encoding="UTF-8"?>`+"\n")
}

func TestReadingAPolicy(t *testing.T) {
	p, err := cloakroom(t).client(t).Policies().Read(t.Context(), "88")
	ok(t, err)
	p.tree = nil
	equal(t, p, Policy{
		ID: "88", Name: "Install or Defer", Enabled: true, Category: Reference{"12", "Software Updates"},
		Triggers:  Triggers{CheckIn: true, Custom: "install-or-defer"},
		Frequency: OnceEveryWeek, Retry: Retry{RetryNever, -1},
		Scope: Scope{
			Groups:         []Reference{{"41", "Test Macs"}, {"900", "Somebody else's"}},
			ExcludedGroups: []Reference{{"77", "Never"}},
			Others:         []string{"buildings: 1", "limitations/network_segments: 1", "exclusions/computers: 1"},
		},
		Packages: []PolicyPackage{{"160", "a-6.pkg", PackageInstall}},
		Scripts:  []PolicyScript{{"9", "Uninstall", RunAfter, [8]string{"--purge"}}},
	})
}

func TestAChangeOfAPolicySendsThatAndNothingElse(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Policy)
		want   string
	}{
		{"nothing", func(*Policy) {}, ""},
		{"the same in another order", func(p *Policy) {
			p.Scope.Groups[0], p.Scope.Groups[1] = p.Scope.Groups[1], p.Scope.Groups[0]
		}, ""},
		{"other names for the same ids", func(p *Policy) { p.Scope.Groups[0].Name, p.Packages[0].Name, p.Category.Name = "x", "y", "z" }, ""},
		{"turned off", func(p *Policy) { p.Enabled = false }, "<policy><general><enabled>false</enabled></general></policy>"},
		{"how often", func(p *Policy) { p.Frequency = OncePerComputer; p.Retry = Retry{RetryOnCheckIn, 3} }, "<policy><general><frequency>Once per computer</frequency><retry_event>check-in</retry_event><retry_attempts>3</retry_attempts></general></policy>"},
		{"when", func(p *Policy) { p.Triggers = Triggers{Startup: true} }, "<policy><general><trigger_checkin>false</trigger_checkin><trigger_startup>true</trigger_startup><trigger_other/></general></policy>"},
		{"its name", func(p *Policy) { p.Name = "R&D <1>" }, "<policy><general><name>R&amp;D &lt;1&gt;</name></general></policy>"},
		{"another category", func(p *Policy) { p.Category = Reference{ID: "13"} }, "<policy><general><category><id>13</id></category></general></policy>"},
		{"no category", func(p *Policy) { p.Category = Reference{} }, "<policy><general><category><id>-1</id></category></general></policy>"},
		{"inventory afterwards", func(p *Policy) { p.UpdateInventory = true }, "<policy><maintenance><recon>true</recon></maintenance></policy>"},
		{"offered in self service", func(p *Policy) { p.SelfService = true }, "<policy><self_service><use_for_self_service>true</use_for_self_service></self_service></policy>"},
		{"another package, which leaves none of the old one", func(p *Policy) { p.Packages[0].ID = "161" }, "<policy><package_configuration><packages><package><id>161</id><action>Install</action><fut>false</fut><feu>false</feu></package></packages></package_configuration></policy>"},
		{"what is done with a package, whose other elements stay", func(p *Policy) { p.Packages[0].Action = PackageCache }, "<policy><package_configuration><packages><package><id>160</id><name>a-6.pkg</name><action>Cache</action><fut>true</fut><feu>false</feu><update_autorun>true</update_autorun></package></packages></package_configuration></policy>"},
		{"no package", func(p *Policy) { p.Packages = nil }, "<policy><package_configuration><packages/></package_configuration></policy>"},
		{"a parameter of a script", func(p *Policy) { p.Scripts[0].Parameters = [8]string{"", "", "x"} }, "<policy><scripts><script><id>9</id><name>Uninstall</name><priority>After</priority><parameter4/><parameter5/><parameter6>x</parameter6></script></scripts></policy>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := cloakroom(t)
			_, err := s.client(t).Policies().Update(t.Context(), "88", func(p *Policy) error {
				row.change(p)
				return nil
			})
			ok(t, err)
			if row.want == "" {
				equal(t, s.count("PUT"), 0)
				return
			}
			equal(t, sentXML(t, s, "PUT"), row.want)
			equal(t, s.last(t, "PUT").header.Get("Content-Type"), "application/xml")
			equal(t, s.count("GET /JSSResource/policies/id/88"), 2) // and looked at afterwards
		})
	}
}

// A scope that is sent takes the place of all there was, so all there was is sent.
func TestAChangeOfScopeKeepsWhatIsNotOurs(t *testing.T) {
	const begin, end = "<policy><scope><all_computers>false</all_computers><computers/>", "</scope></policy>"
	const others = `<buildings><building><id>3</id><name>HQ</name></building></buildings><departments/>` +
		`<limit_to_users><user_groups/></limit_to_users>` +
		`<limitations><users/><network_segments><network_segment><id>5</id><name>VPN &amp; co</name></network_segment></network_segments></limitations>`
	const exclusions = `<exclusions><computers><computer><id>6</id><name>m</name></computer></computers><computer_groups><computer_group><id>77</id><name>Never</name></computer_group>%</computer_groups></exclusions>`
	const groups = `<computer_groups><computer_group><id>41</id><name>Test Macs</name><smart>x</smart></computer_group>%<computer_group><id>900</id><name>Somebody else's</name></computer_group></computer_groups>`
	with := func(frame, what string) string { return strings.Replace(frame, "%", what, 1) }
	for _, row := range []struct {
		name   string
		change func(*Scope)
		want   string
	}{
		{"a group more", func(s *Scope) { s.Groups = append(s.Groups, Reference{ID: "42"}) }, begin + with(groups, "<computer_group><id>42</id></computer_group>") + others + with(exclusions, "") + end},
		{"a group less", func(s *Scope) { s.Groups = s.Groups[1:] }, begin + `<computer_groups><computer_group><id>900</id><name>Somebody else's</name></computer_group></computer_groups>` + others + with(exclusions, "") + end},
		{"a group given twice is one", func(s *Scope) { s.Groups = append(s.Groups, Reference{ID: "42"}, Reference{ID: "42"}) }, begin + with(groups, "<computer_group><id>42</id></computer_group>") + others + with(exclusions, "") + end},
		{"a group that is kept away", func(s *Scope) { s.ExcludedGroups = append(s.ExcludedGroups, Reference{ID: "78"}) }, begin + with(groups, "") + others + with(exclusions, "<computer_group><id>78</id></computer_group>") + end},
		{"all computers", func(s *Scope) { s.AllComputers = true }, strings.Replace(begin, "false", "true", 1) + with(groups, "") + others + with(exclusions, "") + end},
		{"a computer", func(s *Scope) { s.Computers = []Reference{{ID: "1"}} }, strings.Replace(begin, "<computers/>", "<computers><computer><id>1</id></computer></computers>", 1) + with(groups, "") + others + with(exclusions, "") + end},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := cloakroom(t)
			_, err := s.client(t).Policies().Update(t.Context(), "88", func(p *Policy) error {
				row.change(&p.Scope)
				return nil
			})
			ok(t, err)
			equal(t, sentXML(t, s, "PUT"), row.want)
		})
	}
}

func TestAScopeThatIsNotThereIsMade(t *testing.T) {
	out, err := branch("r", Scope{ExcludedGroups: []Reference{{ID: "7"}}}.splice(nil)).write()
	ok(t, err)
	equal(t, strings.Contains(string(out), "<r><scope><all_computers>false</all_computers><computers/><computer_groups/><exclusions><computer_groups><computer_group><id>7</id></computer_group></computer_groups></exclusions></scope></r>"), true)
}

func TestTurningAPolicyOffIsOneRequest(t *testing.T) {
	s := cloakroom(t)
	ok(t, s.client(t).Policies().SetEnabled(t.Context(), "88", false))
	equal(t, s.lines(), []string{"PUT /JSSResource/policies/id/88"})
	equal(t, sentXML(t, s, "PUT"), strings.TrimSpace(string(example(t, "policy-disable.classic.xml"))))
}

func aPolicy() Policy {
	return Policy{
		Name: "Install or Defer", Triggers: Triggers{CheckIn: true}, Frequency: OnceEveryWeek,
		Retry: Retry{Event: RetryNever}, Packages: []PolicyPackage{{ID: "160", Action: PackageInstall}},
		Scope: Scope{Groups: []Reference{{ID: "41"}}},
	}
}

func TestCreatingAPolicy(t *testing.T) {
	s := cloakroom(t)
	s.on("GET /JSSResource/policies", answerText(200, "<policies><size>1</size><policy><id>1</id><name>Other</name></policy></policies>"))
	s.on("POST /JSSResource/policies/id/0", answerText(http.StatusCreated, "<policy><id>88</id></policy>"))
	c := s.client(t)
	made, err := c.Policies().Create(t.Context(), aPolicy())
	ok(t, err)
	equal(t, made.ID, "88")
	equal(t, sentXML(t, s, "POST"), `<policy><general><name>Install or Defer</name><enabled>false</enabled><trigger_checkin>true</trigger_checkin>`+
		`<trigger_enrollment_complete>false</trigger_enrollment_complete><trigger_login>false</trigger_login>`+
		`<trigger_network_state_changed>false</trigger_network_state_changed><trigger_startup>false</trigger_startup>`+
		`<frequency>Once every week</frequency><retry_event>none</retry_event><retry_attempts>-1</retry_attempts></general>`+
		`<scope><all_computers>false</all_computers><computers/><computer_groups><computer_group><id>41</id></computer_group></computer_groups></scope>`+
		`<package_configuration><packages><package><id>160</id><action>Install</action><fut>false</fut><feu>false</feu></package></packages></package_configuration></policy>`)

	s.on("GET /JSSResource/policies", answerText(200, "<policies><policy><id>88</id><name>Install or Defer</name></policy></policies>"))
	_, err = c.Policies().Create(t.Context(), aPolicy())
	fails(t, err, `create policy "Install or Defer": there is a policy "Install or Defer" already, with id 88`)
	p, is, err := c.Policies().Find(t.Context(), "Install or Defer")
	ok(t, err)
	equal(t, is && p.ID == "88", true)
	_, is, err = c.Policies().Find(t.Context(), "a/b+c?")
	ok(t, err)
	equal(t, is, false)
	_, _, err = c.Policies().Find(t.Context(), "INSTALL or Defer")
	fails(t, err, "differs by case")
	list, err := c.Policies().All(t.Context())
	ok(t, err)
	equal(t, list, []Reference{{"88", "Install or Defer"}})
}

func TestALostPolicyIsLookedFor(t *testing.T) {
	s := cloakroom(t)
	none := answerText(200, "<policies><size>0</size></policies>")
	s.on("GET /JSSResource/policies", none, none, answerText(200, "<policies><policy><id>88</id><name>Install or Defer</name></policy></policies>"))
	s.on("POST /JSSResource/policies/id/0", cut)
	made, err := s.client(t).Policies().Create(t.Context(), aPolicy())
	ok(t, err)
	equal(t, made.ID, "88")
	equal(t, s.count("POST /JSSResource"), 1)
	for _, odd := range []string{"<policy/>", "<policy><id>x</id></policy>", "<html/>", ""} {
		s.on("GET /JSSResource/policies", none, answerText(200, "<policies><policy><id>88</id><name>Install or Defer</name></policy></policies>"))
		s.on("POST /JSSResource/policies/id/0", answerText(http.StatusCreated, odd))
		made, err = s.client(t).Policies().Create(t.Context(), aPolicy())
		ok(t, err)
		equal(t, made.ID, "88")
	}
}
