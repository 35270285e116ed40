package jamf

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a server answers, a decoder ends without a panic, and what it takes holds together.

func FuzzPage(f *testing.F) {
	for _, seed := range []string{`{"totalCount":1,"results":[{"id":"1","name":"a"}]}`, `{"results":[]}`, `{"totalCount":-1}`, `[]`, `{"totalCount":1,"results":[7,null]}`} {
		f.Add([]byte(seed))
	}
	categories := (&Client{}).Categories()
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, total, err := readPage(call{method: "GET", path: "/x"}, answer{body: data})
		if err != nil {
			return
		}
		if total < 0 {
			t.Errorf("there are %d", total)
		}
		for _, row := range rows {
			object, err := categories.decode(row)
			if err != nil {
				continue
			}
			// An update that changes nothing finds nothing to change, and what goes back can be read again.
			before, err := toDocument(object)
			ok(t, err)
			after, err := toDocument(object)
			ok(t, err)
			equal(t, len(changes(before, after)), 0)
			sent, err := json.Marshal(object.raw)
			ok(t, err)
			_, err = categories.decode(sent)
			ok(t, err)
		}
	})
}

func FuzzError(f *testing.F) {
	f.Add(409, []byte(muts))
	f.Add(403, []byte(cloudFrontPage))
	f.Add(400, []byte(`{"httpStatus":400,"errors":[{"code":"INVALID_FIELD","field":"name","description":"x"}]}`))
	f.Add(401, []byte(`{"error":"invalid_client"}`))
	f.Add(404, []byte("404 page not found"))
	f.Add(500, []byte(`{"httpStatus":500,"errors":[]}`))
	f.Add(500, []byte("hunt\x00er2! hunt\u200ber2!"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		var hidden secrets
		hidden.add("hunter2!")
		e := readError(call{method: "PUT", path: "/JSSResource/policies/id/8?x=y"}, answer{status, http.Header{}, body}, &hidden)
		text := e.Error()
		if strings.ContainsAny(text, "\n\r\x1b\x00") || !utf8.ValidString(text) || strings.Contains(text, "hunter2!") {
			t.Errorf("%q", text)
		}
		if len(e.Problems) == 0 && utf8.RuneCountInString(text) > 2*maxWords {
			t.Errorf("%d characters", utf8.RuneCountInString(text))
		}
		if e.Edge && e.Denied {
			t.Error("the edge knows of no privileges")
		}
	})
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(policyOfServer))
	f.Add([]byte(`<policy><general><id>1</id><name>a</name></general><scope><computer_groups><computer_group><id>1</id></computer_group></computer_groups></scope></policy>`))
	f.Add([]byte(`<policy><scope><exclusions/></scope><scripts><script><id>1</id></script></scripts></policy>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := parseXML(data, "policy")
		if err != nil {
			return
		}
		p := readPolicy(e)
		if sections := p.clone().since(p); len(sections) > 0 {
			t.Errorf("nothing changed, but %s would be sent", sections[0].name)
		}
		// A group more changes the scope and nothing else, and no element of the server is lost.
		q := p.clone()
		q.Scope.Groups = append(q.Scope.Groups, Reference{ID: "999999"})
		sections := q.since(p)
		if len(sections) != 1 {
			t.Fatalf("%d sections would be sent", len(sections))
		}
		out, err := branch("policy", sections...).write()
		if err != nil {
			return // it holds what XML cannot
		}
		back, err := parseXML(out, "policy")
		ok(t, err)
		again := readScope(back.child("scope"))
		equal(t, again.Others, p.Scope.Others)
		equal(t, ids(again.Groups), ids(q.Scope.Groups))
		equal(t, ids(again.ExcludedGroups), ids(p.Scope.ExcludedGroups))
	})
}

func FuzzProfile(f *testing.F) {
	f.Add([]byte(profileOfServer(mobileconfig("U", "I", "R&amp;D"))))
	f.Add([]byte(`<os_x_configuration_profile><general><payloads>&lt;plist/&gt;</payloads></general></os_x_configuration_profile>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := parseXML(data, "os_x_configuration_profile")
		if err != nil {
			return
		}
		p := readProfile(e)
		if sections := p.since(p); len(sections) > 0 {
			t.Error("nothing changed, but something would be sent")
		}
		if _, err := Identity(p.Payloads); err != nil || strings.ContainsAny(p.Payloads, "\r") {
			return
		}
		out, err := branch("os_x_configuration_profile", branch("general", payloadsElement(p.Payloads))).write()
		if err != nil {
			return
		}
		back, err := parseXML(out, "os_x_configuration_profile")
		ok(t, err)
		once := strings.ReplaceAll(back.value("general", "payloads"), "&amp;", "&")
		equal(t, once, strings.ReplaceAll(p.Payloads, "]]>", "]]&gt;"))
	})
}

func FuzzComputer(f *testing.F) {
	f.Add([]byte(aComputer))
	f.Add([]byte(`{"id":5,"general":null,"extensionAttributes":[{"name":7,"values":[null]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		computer, err := readComputer(data)
		if err == nil && computer.MissingAttributes && len(computer.Attributes) > 0 {
			t.Errorf("%+v", computer)
		}
	})
}

func FuzzAccount(f *testing.F) {
	f.Add([]byte(`{"account":{"privilegesBySite":{"-1":["a"]}},"accountGroups":[{"privileges":"b"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		account, err := readAccount(call{method: "GET", path: "/x"}, answer{body: data})
		if err == nil && len(account.Missing(account.Privileges)) > 0 {
			t.Errorf("%+v", account)
		}
	})
}
