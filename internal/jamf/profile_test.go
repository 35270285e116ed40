package jamf

import (
	"encoding/xml"
	"html"
	"net/http"
	"strings"
	"testing"
)

func mobileconfig(uuid, identifier, value string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>PayloadContent</key><array><dict><key>PayloadUUID</key><string>inner</string><key>SupportContact</key><string>` + value + `</string></dict></array>
<key>PayloadIdentifier</key><string>` + identifier + `</string><key>PayloadUUID</key><string>` + uuid + `</string><key>PayloadVersion</key><integer>1</integer></dict></plist>`
}

func profileOfServer(payloads string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><os_x_configuration_profile><general><id>7</id><name>Settings</name><description>by ann</description>
<site><id>-1</id><name>None</name></site><category><id>-1</id><name>No category assigned</name></category><distribution_method>Install Automatically</distribution_method>
<user_removable>false</user_removable><level>System</level><uuid>SERVER</uuid><redeploy_on_update>Newly Assigned</redeploy_on_update><payloads>` + html.EscapeString(payloads) + `</payloads></general>
<scope><all_computers>false</all_computers><all_jss_users>false</all_jss_users><computers/><buildings/><computer_groups><computer_group><id>41</id><name>Test Macs</name></computer_group></computer_groups><limitations/><exclusions/></scope>
<self_service><install_button_text>Install</install_button_text></self_service></os_x_configuration_profile>`
}

func wardrobe(t *testing.T) *stub {
	s := newStub(t)
	s.on("GET /JSSResource/osxconfigurationprofiles/id/7", answerText(200, profileOfServer(mobileconfig("SERVER", "SERVER", "R&amp;D"))))
	s.on("PUT /JSSResource/osxconfigurationprofiles/id/7", answerText(http.StatusCreated, "<os_x_configuration_profile><id>7</id></os_x_configuration_profile>"))
	return s
}

// stored is what the server would store of a document: it undoes entities in payloads once, after a parser has read the
// text, or instead of one. Both accounts of it must agree.
func stored(t *testing.T, document string) string {
	t.Helper()
	var e struct {
		Payloads string `xml:"general>payloads"`
	}
	ok(t, xml.Unmarshal([]byte(document), &e))
	parsed := html.UnescapeString(e.Payloads)
	_, raw, _ := strings.Cut(document, "<payloads>")
	raw, _, _ = strings.Cut(raw, "</payloads>")
	raw = strings.TrimSuffix(strings.TrimPrefix(raw, "<![CDATA["), "]]>")
	equal(t, html.UnescapeString(raw), parsed)
	return parsed
}

func TestPayloadsArriveAsTheyAre(t *testing.T) {
	for _, row := range []struct{ name, value string }{
		{"plain words", "IT"},
		{"an ampersand", "R&amp;D"},
		{"what looks like a tag", "&lt;b&gt;"},
		{"a literal entity", "&amp;amp; &amp;lt;"},
		{"numbers for characters", "&#65;&#x42;"},
		{"quotation marks", `"a" 'b' > c`},
		{"other scripts", "é 日本 \U0001F600"},
		{"percent signs and braces", "%DEADLINE_DATE% {{x}}"},
	} {
		t.Run(row.name, func(t *testing.T) {
			want := mobileconfig("U", "I", row.value)
			out, err := branch("os_x_configuration_profile", branch("general", payloadsElement(want))).write()
			ok(t, err)
			equal(t, stored(t, string(out)), want)
		})
	}
	t.Run("what would end the section says the same otherwise", func(t *testing.T) {
		out, err := branch("os_x_configuration_profile", branch("general", payloadsElement(mobileconfig("U", "I", "a]]>b")))).write()
		ok(t, err)
		equal(t, stored(t, string(out)), mobileconfig("U", "I", "a]]&gt;b"))
	})
}

func TestReadingAProfile(t *testing.T) {
	p, err := wardrobe(t).client(t).Profiles().Read(t.Context(), "7")
	ok(t, err)
	p.tree = nil
	equal(t, p, Profile{
		ID: "7", Name: "Settings", Description: "by ann", Distribution: InstallAutomatically, Level: LevelComputer,
		Redeploy: RedeployNewlyAssigned, Payloads: mobileconfig("SERVER", "SERVER", "R&amp;D"),
		Scope: Scope{Groups: []Reference{{"41", "Test Macs"}}},
	})
}

func TestAChangeOfAProfileKeepsItsIdentity(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Profile)
		is     error
		want   []string // in what is sent; nil for nothing sent
	}{
		{"nothing, which would send it to every Mac again", func(*Profile) {}, nil, nil},
		{"other settings", func(p *Profile) { p.Payloads = mobileconfig("SERVER", "SERVER", "IT") }, nil, []string{"<os_x_configuration_profile><general><payloads><![CDATA[<?xml", ">IT<", "]]></payloads></general></os_x_configuration_profile>"}},
		{"another UUID", func(p *Profile) { p.Payloads = mobileconfig("OURS", "SERVER", "IT") }, ErrNewIdentity, nil},
		{"another identifier", func(p *Profile) { p.Payloads = mobileconfig("SERVER", "OURS", "IT") }, ErrNewIdentity, nil},
		{"no identity", func(p *Profile) {
			p.Payloads = strings.NewReplacer("<key>PayloadUUID</key><string>SERVER</string>", "").Replace(p.Payloads)
		}, ErrNewIdentity, nil},
		{"its name, with the payloads as they were", func(p *Profile) { p.Name = "Settings 2" }, nil, []string{"<general><name>Settings 2</name><payloads><![CDATA[", "R&amp;amp;D"}},
		{"whom it is for, with the payloads as they were", func(p *Profile) { p.Scope.Groups = append(p.Scope.Groups, Reference{ID: "42"}) }, nil, []string{"<general><payloads>", "<all_jss_users>false</all_jss_users>", "<computer_group><id>42</id></computer_group>"}},
		{"everybody gets it anew", func(p *Profile) { p.Redeploy = RedeployAll }, nil, []string{"<redeploy_on_update>All</redeploy_on_update>"}},
		{"a binary property list", func(p *Profile) { p.Payloads = "bplist00x" }, ErrRefused, nil},
		{"a CDATA section within", func(p *Profile) { p.Payloads = mobileconfig("SERVER", "SERVER", "<![CDATA[x]]>") }, ErrRefused, nil},
		{"no property list", func(p *Profile) { p.Payloads = "" }, ErrMalformed, nil},
		{"a property list that is none", func(p *Profile) { p.Payloads = "<plist><dict><string>x</string><key>y</key></dict></plist>" }, ErrMalformed, nil},
		{"a list", func(p *Profile) { p.Payloads = "<plist><array/></plist>" }, ErrMalformed, nil},
		{"a way to Macs that is none", func(p *Profile) { p.Distribution = "Push" }, ErrRefused, nil},
		{"a level that is none", func(p *Profile) { p.Level = "System" }, ErrRefused, nil},
		{"everybody, in other words", func(p *Profile) { p.Redeploy = "Everyone" }, ErrRefused, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := wardrobe(t)
			_, err := s.client(t).Profiles().Update(t.Context(), "7", func(p *Profile) error {
				row.change(p)
				return nil
			})
			if row.is != nil {
				failsAs(t, err, row.is, "update configuration profile 7: ")
			} else {
				ok(t, err)
			}
			if row.want == nil {
				equal(t, s.count("PUT"), 0)
				return
			}
			for _, want := range row.want {
				if sent := sentXML(t, s, "PUT"); !strings.Contains(sent, want) {
					t.Errorf("%s is not in %s", want, sent)
				}
			}
		})
	}
}

func TestCreatingAProfile(t *testing.T) {
	s := wardrobe(t)
	s.on("GET /JSSResource/osxconfigurationprofiles", answerText(200, "<os_x_configuration_profiles><size>0</size></os_x_configuration_profiles>"))
	s.on("POST /JSSResource/osxconfigurationprofiles/id/0", answerText(http.StatusCreated, "<os_x_configuration_profile><id>7</id></os_x_configuration_profile>"))
	ours := Profile{
		Name: "Settings", Distribution: InstallAutomatically, Level: LevelComputer,
		Payloads: mobileconfig("OURS", "OURS", "R&amp;D"), Scope: Scope{Groups: []Reference{{ID: "41"}}},
	}
	c := s.client(t)
	made, err := c.Profiles().Create(t.Context(), ours)
	ok(t, err)
	equal(t, made.ID, "7")
	identity, err := Identity(made.Payloads)
	ok(t, err)
	equal(t, identity, ProfileIdentity{"SERVER", "SERVER"}) // which the server made up
	sent := sentXML(t, s, "POST")
	equal(t, strings.HasPrefix(sent, "<os_x_configuration_profile><general><name>Settings</name><distribution_method>Install Automatically</distribution_method><level>computer</level><user_removable>false</user_removable><payloads><![CDATA["), true)
	equal(t, strings.Contains(sent, "redeploy"), false)
	equal(t, stored(t, sent), ours.Payloads)

	ours.Name = ""
	_, err = c.Profiles().Create(t.Context(), ours)
	failsAs(t, err, ErrRefused, "create configuration profile")
	s.on("POST /JSSResource/osxconfigurationprofiles/id/0", classicPage(409, "Unable to update the database"))
	ours.Name = "Settings"
	_, err = c.Profiles().Create(t.Context(), ours)
	fails(t, err, "409 Conflict: Unable to update the database")
}

func TestFindingAProfile(t *testing.T) {
	s := wardrobe(t)
	s.on("GET /JSSResource/osxconfigurationprofiles", answerText(200, "<os_x_configuration_profiles><os_x_configuration_profile><id>7</id><name>Settings</name></os_x_configuration_profile></os_x_configuration_profiles>"))
	s.on("DELETE /JSSResource/osxconfigurationprofiles/id/7", answerStatus(200))
	c := s.client(t)
	p, is, err := c.Profiles().Find(t.Context(), "Settings")
	ok(t, err)
	equal(t, is && p.ID == "7", true)
	list, err := c.Profiles().All(t.Context())
	ok(t, err)
	equal(t, list, []Reference{{"7", "Settings"}})
	ok(t, c.Profiles().Delete(t.Context(), "7"))
}
