package jamftest_test

import (
	"encoding/base64"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

func people() jamftest.Options {
	return jamftest.Options{
		Clients: []jamftest.Client{
			{ID: "all", Secret: "s", Lifetime: time.Minute},
			{ID: "reader", Secret: "s", Privileges: []string{"Read Categories", "Read Policies"}},
			{ID: "nobody", Secret: "s", Privileges: []string{}},
		},
		Users: []jamftest.User{{Name: "kim", Password: "pw"}, {Name: "old", Password: "pw", Expired: true}},
	}
}

func TestTokensOfClients(t *testing.T) {
	for name, path := range map[string]string{"the path of the schema": "/api/v1/oauth/token", "the older path": "/api/oauth/token"} {
		t.Run(name, func(t *testing.T) {
			b := &browser{t: t, server: jamftest.New(people())}
			r := b.send("POST", path, "grant_type=client_credentials&client_id=all&client_secret=s", "application/x-www-form-urlencoded")
			if r.status != 200 || r.number("expires_in") != 60 || r.text("token_type") != "Bearer" || r.text("scope") == "" {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	refused := []struct{ name, body, kind, code string }{
		{"a wrong secret", "grant_type=client_credentials&client_id=all&client_secret=x", "application/x-www-form-urlencoded", "invalid_client"},
		{"another grant", "grant_type=password&client_id=all&client_secret=s", "application/x-www-form-urlencoded", "unsupported_grant_type"},
		{"JSON", `{"client_id":"all"}`, "application/json", "invalid_request"},
	}
	for _, row := range refused {
		t.Run(row.name+" is refused in the form of the RFC", func(t *testing.T) {
			b := &browser{t: t, server: jamftest.New(people())}
			r := b.send("POST", "/api/v1/oauth/token", row.body, row.kind)
			if r.status != 400 || r.text("error") != row.code {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
}

func TestTokensExpire(t *testing.T) {
	b := &browser{t: t, server: jamftest.New(people())}
	b.signIn("all", "s")
	b.must(200, "GET", "/api/v1/categories", "")
	b.server.Advance(59 * time.Second)
	b.must(200, "GET", "/api/v1/categories", "")
	b.server.Advance(time.Second)
	if r := b.must(401, "GET", "/api/v1/categories", ""); r.text("errors.0.code") != "INVALID_TOKEN" {
		t.Error(r.body)
	}
	if r := b.must(401, "GET", "/JSSResource/policies", ""); !strings.Contains(r.header.Get("Content-Type"), "text/html") {
		t.Error(r.body)
	}
	b.signIn("all", "s")
	b.must(200, "GET", "/api/v1/categories", "")
	b.server.ExpireTokens()
	b.must(401, "GET", "/api/v1/categories", "")
}

func TestTokensOfUsers(t *testing.T) {
	b := &browser{t: t, server: jamftest.New(people())}
	enter := func(who string) reply {
		r := httptest.NewRequest("POST", "/api/v1/auth/token", nil)
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(who)))
		return b.ask(r)
	}
	if r := enter("kim:wrong"); r.status != 401 {
		t.Errorf("a wrong password: %d", r.status)
	}
	if r := enter("old:pw"); r.status != 401 || r.text("errors.0.code") != "USER_EXPIRED_PASSWORD" {
		t.Errorf("an expired password: %d %s", r.status, r.body)
	}
	r := enter("kim:pw")
	b.token = r.text("token")
	if at, err := time.Parse(time.RFC3339, r.text("expires")); err != nil || !at.Equal(jamftest.CommonStart().Add(30*time.Minute)) {
		t.Errorf("expires: %q: %v", r.text("expires"), err)
	}
	b.must(200, "GET", "/api/v1/auth", "")
	old := b.token
	b.token = b.must(200, "POST", "/api/v1/auth/keep-alive", "").text("token")
	b.must(200, "GET", "/api/v1/auth", "")
	b.must(204, "POST", "/api/v1/auth/invalidate-token", "")
	b.must(401, "GET", "/api/v1/auth", "")
	b.token = old
	b.must(401, "GET", "/api/v1/auth", "")
}

func TestPrivileges(t *testing.T) {
	rows := []struct {
		name, who, method, path string
		status                  int
		says                    string
	}{
		{"what is held is allowed", "reader", "GET", "/api/v1/categories", 200, ""},
		{"the Pro API refuses with JSON", "reader", "POST", "/api/v1/categories", 403, "INVALID_PRIVILEGE"},
		{"the Pro API refuses to read", "nobody", "GET", "/api/v1/scripts", 403, "INVALID_PRIVILEGE"},
		{"the Classic API allows what is held", "reader", "GET", "/JSSResource/policies", 200, ""},
		{"the Classic API refuses a read with 401", "nobody", "GET", "/JSSResource/policies", 401, "Error: Not authorized for a policies GET"},
		{"the Classic API refuses a write with 409", "reader", "PUT", "/JSSResource/policies/id/1", 409, "Error: Not authorized for a policies PUT"},
		{"a flush has a privilege of its own", "reader", "DELETE", "/JSSResource/logflush/policy/id/1/interval/Zero%20Days", 409, "Not authorized"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := &browser{t: t, server: jamftest.New(people())}
			b.signIn(row.who, "s")
			if r := b.do(row.method, row.path, ""); r.status != row.status || !strings.Contains(r.body, row.says) {
				t.Errorf("%d %s", r.status, r.body)
			}
			b.server.Switch(jamftest.Authentication, false)
			if r := b.do(row.method, row.path, ""); r.status == 401 || r.status == 403 || strings.Contains(r.body, "authorized") {
				t.Errorf("switched off: %d %s", r.status, r.body)
			}
		})
	}
}

func TestClientsCanBeMade(t *testing.T) {
	b := visit(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Replication}})
	b.must(400, "POST", "/api/v1/api-roles", `{"displayName":"r","privileges":["Read Minds"]}`)
	b.must(200, "POST", "/api/v1/api-roles", `{"displayName":"r","privileges":["Read Categories"]}`)
	b.must(400, "POST", "/api/v1/api-integrations", `{"displayName":"i","authorizationScopes":["s"]}`)
	r := b.must(201, "POST", "/api/v1/api-integrations", `{"displayName":"i","authorizationScopes":["r"],"enabled":true,"accessTokenLifetimeSeconds":300}`)
	if r.number("id") != 1 || r.text("appType") != "NONE" {
		t.Error(r.body)
	}
	made := b.must(200, "POST", "/api/v1/api-integrations/1/client-credentials", "")
	b.must(409, "DELETE", "/api/v1/api-roles/1", "")
	if r := b.signIn(made.text("clientId"), made.text("clientSecret")); r.number("expires_in") != 300 {
		t.Error(r.body)
	}
	b.must(200, "GET", "/api/v1/categories", "")
	b.must(403, "GET", "/api/v1/scripts", "")
}

func TestAuthorizationTellsPrivileges(t *testing.T) {
	b := &browser{t: t, server: jamftest.New(people())}
	b.signIn("reader", "s")
	r := b.must(200, "GET", "/api/v1/auth", "")
	held, _ := r.at("account.privilegesBySite.-1").([]any)
	if len(held) != 2 || r.text("account.privilegeSet") != "CUSTOM" || r.text("authenticationType") != "CLIENT_CREDENTIALS" {
		t.Error(r.body)
	}
	b.signIn("all", "s")
	names, _ := b.must(200, "GET", "/api/v1/api-role-privileges", "").at("privileges").([]any)
	for _, want := range []string{
		"Read Categories", "Create Policies", "Delete macOS Configuration Profiles", "Read Cloud Distribution Point", "Flush Policy Logs",
		"Send Computer Remote Command to Download and Install OS X Update", "View MDM command information in Jamf Pro API", "Read Computers",
		"Send Declarative Management Command", "Update Smart Computer Groups", "Delete Static Computer Groups", "Update Managed Software Updates",
	} {
		if !slices.Contains(names, any(want)) {
			t.Errorf("%q is no privilege", want)
		}
	}
}
