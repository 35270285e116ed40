package jamftest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

const category = `{"name":"Software Updates","priority":9}`

func TestNodesHearOfWritesLater(t *testing.T) {
	b := visit(t, jamftest.Options{})
	if !strings.HasPrefix(b.cookie, "jpro-ingress=node-") {
		t.Fatalf("the answer that brings the token brings no cookie: %q", b.cookie)
	}
	id := b.must(201, "POST", "/api/v1/categories", category).text("id")
	b.must(200, "GET", "/api/v1/categories/"+id, "")

	other := &browser{t: t, server: b.server, token: b.token, cookie: "jpro-ingress=node-1"}
	other.must(404, "GET", "/api/v1/categories/"+id, "")
	other.must(404, "PUT", "/api/v1/categories/"+id, category)
	if r := other.must(400, "POST", "/api/v1/categories", category); r.text("errors.0.code") != "DUPLICATE_FIELD" {
		t.Errorf("names are unique everywhere at once: %s", r.body)
	}
	b.server.Advance(59 * time.Second)
	b.signIn(jamftest.ClientID, jamftest.ClientSecret)
	other.token = b.token
	other.must(404, "GET", "/api/v1/categories/"+id, "")
	b.server.Advance(time.Second)
	other.must(200, "GET", "/api/v1/categories/"+id, "")

	other.must(200, "PUT", "/api/v1/categories/"+id, `{"name":"Renamed","priority":1}`)
	if name := b.must(200, "GET", "/api/v1/categories/"+id, "").text("name"); name != "Software Updates" {
		t.Errorf("the first node knows at once: %s", name)
	}
	other.must(204, "DELETE", "/api/v1/categories/"+id, "")
	b.must(200, "GET", "/api/v1/categories/"+id, "")
	b.server.Advance(time.Minute)
	b.signIn(jamftest.ClientID, jamftest.ClientSecret)
	b.must(404, "GET", "/api/v1/categories/"+id, "")
}

func TestUpdatesOnAnotherNodeAreLost(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", "/JSSResource/policies/id/0", "<policy><general><name>p</name></general></policy>")
	b.server.Advance(time.Minute)
	b.signIn(jamftest.ClientID, jamftest.ClientSecret)
	b.must(201, "PUT", "/JSSResource/policies/id/1", "<policy><general><enabled>false</enabled></general></policy>")
	other := &browser{t: t, server: b.server, token: b.token, cookie: "jpro-ingress=node-1"}
	other.must(201, "PUT", "/JSSResource/policies/id/1", "<policy><general><frequency>Ongoing</frequency></general></policy>")
	b.server.Advance(time.Minute)
	b.signIn(jamftest.ClientID, jamftest.ClientSecret)
	if r := b.must(200, "GET", "/JSSResource/policies/id/1", ""); !strings.Contains(r.body, "<enabled>true</enabled>") || !strings.Contains(r.body, "Ongoing") {
		t.Errorf("the second update has not laid over what its node knew: %s", r.body)
	}
}

func TestRequestsWithoutTheCookieAlternate(t *testing.T) {
	b := &browser{t: t, server: jamftest.New(jamftest.Options{Nodes: 3})}
	b.signIn(jamftest.ClientID, jamftest.ClientSecret) // on node 0
	id := b.must(201, "POST", "/api/v1/categories", category).text("id")
	var seen []int
	for range 6 {
		seen = append(seen, b.get("/api/v1/categories/"+id).status)
	}
	found := 0
	for _, status := range seen {
		if status == 200 {
			found++
		}
	}
	if found != 2 {
		t.Errorf("of six requests to three nodes two reach the one that knows: %v", seen)
	}
}

func TestReplicationCanBeSwitchedOff(t *testing.T) {
	b := &browser{t: t, server: jamftest.New(jamftest.Options{Off: []jamftest.Behaviour{jamftest.Replication}})}
	b.signIn(jamftest.ClientID, jamftest.ClientSecret)
	id := b.must(201, "POST", "/api/v1/categories", category).text("id")
	for range 4 {
		b.must(200, "GET", "/api/v1/categories/"+id, "")
	}
}

func TestAGroupOfAnotherNodeCannotBeScopedYet(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", "/api/v3/computer-groups/smart-groups", `{"name":"g","criteria":[]}`)
	policy := `<policy><general><name>p</name></general><scope><computer_groups><computer_group><id>1</id></computer_group></computer_groups></scope></policy>`
	other := &browser{t: t, server: b.server, token: b.token, cookie: "jpro-ingress=node-1"}
	if r := other.must(409, "POST", "/JSSResource/policies/id/0", policy); r.why() != "Problem with computer_group" {
		t.Error(r.body)
	}
	b.must(201, "POST", "/JSSResource/policies/id/0", policy)
}
