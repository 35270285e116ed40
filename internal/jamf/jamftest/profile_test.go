package jamftest_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

const profiles = "/JSSResource/osxconfigurationprofiles"

// configuration is a profile as an administrator has it: with a text that has every character that XML escapes.
const configuration = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadUUID</key><string>MINE</string><key>PayloadIdentifier</key><string>com.example.mine</string>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.ManagedClient.preferences</string><key>PayloadUUID</key><string>INNER</string>
<key>Text</key><string> R&amp;D &lt;says&gt; &#34;hi&#x22; </string>
</dict></array></dict></plist>`

// wire is the form that arrives as it is: in CDATA, with every "&" escaped once more.
func wire(configuration string) string {
	return "<![CDATA[" + strings.ReplaceAll(configuration, "&", "&amp;") + "]]>"
}

func profile(payloads string) string {
	return "<os_x_configuration_profile><general><name>Settings</name>" + payloads + "</general></os_x_configuration_profile>"
}

func payloads(text string) string { return "<payloads>" + text + "</payloads>" }

// shown reads the payloads of a profile.
func shown(b *browser) (uuid, plist string) {
	b.t.Helper()
	var p struct {
		UUID     string `xml:"general>uuid"`
		Payloads string `xml:"general>payloads"`
	}
	if err := xml.Unmarshal([]byte(b.must(200, "GET", profiles+"/id/1", "").body), &p); err != nil {
		b.t.Fatal(err)
	}
	return p.UUID, p.Payloads
}

func TestFormsOfPayloads(t *testing.T) {
	var escaped strings.Builder
	if err := xml.EscapeText(&escaped, []byte(configuration)); err != nil {
		t.Fatal(err)
	}
	twice := strings.ReplaceAll(escaped.String(), "&", "&amp;")
	rows := []struct {
		name, payloads string
		decoded        bool // text counts as decoded
		status         int
	}{
		{"in CDATA, escaped once more", wire(configuration), false, 201},
		{"in CDATA where text counts as decoded", wire(configuration), true, 201},
		{"in CDATA as it is", "<![CDATA[" + configuration + "]]>", false, 409},
		{"as text", escaped.String(), false, 409},
		{"as text, escaped once more", twice, false, 201},
		{"the same where text counts as decoded already", twice, true, 409},
		{"as text where text counts as decoded", escaped.String(), true, 201},
		{"what is no property list", wire("<plist><array/></plist>"), false, 409},
		{"a key without a value", wire("<plist><dict><key>x</key></dict></plist>"), false, 409},
		{"a number that is none", wire("<plist><dict><key>x</key><integer>many</integer></dict></plist>"), false, 409},
		{"a type that is none", wire("<plist><dict><key>x</key><int>1</int></dict></plist>"), false, 409},
		{"nothing", "", false, 409},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := visit(t, jamftest.Options{TextDecoded: row.decoded})
			r := b.must(row.status, "POST", profiles+"/id/0", profile(payloads(row.payloads)))
			if row.status == 409 && r.why() != "Unable to update the database" {
				t.Error(r.body)
			}
			if row.status != 201 {
				return
			}
			if _, plist := shown(b); !strings.Contains(plist, "<string>R&amp;D &lt;says&gt; &#34;hi&#34;</string>") {
				t.Errorf("the text has not survived: %s", plist)
			}
		})
	}
}

func TestProfilesGetAnotherIdentity(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", profiles+"/id/0", profile(payloads(wire(configuration))))
	uuid, plist := shown(b)
	if len(uuid) != 36 || strings.Contains(plist, "MINE") || strings.Contains(plist, "com.example.mine") || strings.Contains(plist, "INNER") {
		t.Errorf("the identity is the old one: %s: %s", uuid, plist)
	}
	for _, key := range []string{"PayloadEnabled", "PayloadRemovalDisallowed", "PayloadDescription", "PayloadOrganization", "PayloadScope", "PayloadDisplayName"} {
		if !strings.Contains(plist, "<key>"+key+"</key>") {
			t.Errorf("without %s: %s", key, plist)
		}
	}
	if !strings.Contains(plist, "\n      <dict>\n        <key>PayloadType</key>\n") {
		t.Errorf("it is not indented anew: %s", plist)
	}
	t.Run("an update with the present one keeps it", func(t *testing.T) {
		b.must(201, "PUT", profiles+"/id/1", profile(payloads(wire(plist))))
		if now, again := shown(b); now != uuid || again != plist || b.server.Counts().Ghosts != 0 {
			t.Errorf("%s, %d ghosts: %s", now, b.server.Counts().Ghosts, again)
		}
	})
	t.Run("an update without payloads keeps them", func(t *testing.T) {
		b.must(201, "PUT", profiles+"/id/1", profile("<description>x</description>"))
		if now, again := shown(b); now != uuid || again != plist || b.server.Counts().Redeployed != 2 {
			t.Errorf("%s: %s", now, again)
		}
	})
	t.Run("an update with another makes a ghost", func(t *testing.T) {
		b.must(201, "PUT", profiles+"/id/1", profile(payloads(wire(configuration))))
		if now, _ := shown(b); now == uuid || b.server.Counts().Ghosts != 1 {
			t.Errorf("%s, %d ghosts", now, b.server.Counts().Ghosts)
		}
	})
}

func TestProfilesAreReadInOtherWords(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", profiles+"/id/0", profile("<level>computer</level><user_removable>true</user_removable>"+payloads(wire(configuration))))
	r := b.must(200, "GET", profiles+"/id/1", "")
	for _, want := range []string{
		"<level>System</level>", "<distribution_method>Install Automatically</distribution_method>", "<redeploy_on_update>Newly Assigned</redeploy_on_update>",
		"<scope><all_computers>false</all_computers>", "<self_service>",
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("without %s: %s", want, r.body)
		}
	}
	if _, plist := shown(b); !strings.Contains(plist, "<key>PayloadRemovalDisallowed</key>\n    <false/>") {
		t.Error(plist)
	}
	r = b.accept("application/json", profiles)
	if r.number("os_x_configuration_profiles.0.id") != 1 {
		t.Error(r.body)
	}
	b.must(409, "POST", profiles+"/id/0", profile(payloads(wire(configuration))))
	b.must(200, "DELETE", profiles+"/id/1", "")
}

func TestRewritingCanBeSwitchedOff(t *testing.T) {
	b := visit(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Rewriting}})
	b.must(201, "POST", profiles+"/id/0", profile(payloads("<![CDATA["+configuration+"]]>")))
	if _, plist := shown(b); plist != configuration {
		t.Error(plist)
	}
}

func TestMacsHaveTheProfilesOfTheirScope(t *testing.T) {
	b := visit(t, jamftest.Options{Fleet: jamftest.Fleet{Count: 2}})
	scope := "<scope><computers><computer><id>2</id></computer></computers></scope>"
	b.must(201, "POST", profiles+"/id/0", strings.Replace(profile(payloads(wire(configuration))), "</general>", "</general>"+scope, 1))
	for id := range 2 {
		b.server.Recon(id + 1)
		m, _ := b.server.Mac(id + 1)
		if got := len(m.Profiles); got != id {
			t.Errorf("Mac %d has %d profiles", id+1, got)
		}
	}
}
