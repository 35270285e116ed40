package jamf

import (
	"net/http"
	"strings"
	"testing"
)

const groupRoot = "/api/v3/computer-groups/"

// safari are the criteria of a group with a parenthesis in it.
func safari() []Criterion {
	return []Criterion{
		{Name: "Application Title", Priority: 0, AndOr: And, Operator: "is", Value: "Safari.app"},
		{Name: "Application Version", Priority: 1, AndOr: And, Operator: "matches regex", Value: `^[0-9]\.`, OpeningParen: true},
		{Name: "Application Version", Priority: 2, AndOr: Or, Operator: "matches regex", Value: `^1[0-2]\.`, ClosingParen: true},
	}
}

func TestCriteriaThatServersDisagreeAbout(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func([]Criterion) []Criterion
		words  string
	}{
		{"as they should be", func(c []Criterion) []Criterion { return c }, ""},
		{"none", func([]Criterion) []Criterion { return nil }, ""},
		{"a value of 255 characters", func(c []Criterion) []Criterion { c[0].Value = strings.Repeat("é", 255); return c }, ""},
		{"a value of 256", func(c []Criterion) []Criterion { c[0].Value = strings.Repeat("é", 256); return c }, "255"},
		{"an empty value", func(c []Criterion) []Criterion { c[0].Value = ""; return c }, ""},
		{"joined in capitals", func(c []Criterion) []Criterion { c[1].AndOr = "AND"; return c }, `criterion 1, "Application Version": refused: it is joined by "AND"`},
		{"joined by nothing", func(c []Criterion) []Criterion { c[1].AndOr = ""; return c }, "joined"},
		{"an operator that is none", func(c []Criterion) []Criterion { c[0].Operator = "equals"; return c }, `no operator "equals"`},
		{"an operator in capitals", func(c []Criterion) []Criterion { c[0].Operator = "Is"; return c }, "operator"},
		{"out of order", func(c []Criterion) []Criterion { c[0], c[1] = c[1], c[0]; return c }, "its priority is 1, not its place 0"},
		{"with a gap", func(c []Criterion) []Criterion { c[2].Priority = 3; return c }, "priority"},
		{"without a name", func(c []Criterion) []Criterion { c[0].Name = ""; return c }, "name"},
		{"a parenthesis that does not close", func(c []Criterion) []Criterion { return c[:2] }, "not closed"},
		{"a parenthesis that was not opened", func(c []Criterion) []Criterion { c[1].OpeningParen = false; return c }, "not opened"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := refuseCriteria(row.change(safari()))
			if row.words == "" {
				ok(t, err)
				return
			}
			failsAs(t, err, ErrRefused, row.words)
		})
	}
}

func TestListsOfCriteria(t *testing.T) {
	equal(t, len(Operators()), 21)
	for _, name := range []string{"Operating System Version", "Application Title", "Computer Group", "Apple Silicon"} {
		if !strings.Contains(strings.Join(CriterionNames(), "|"), name) {
			t.Errorf("%s is not known", name)
		}
	}
}

func TestSmartGroupsAreReadWhole(t *testing.T) {
	s := newStub(t)
	s.on("GET "+groupRoot+"smart-groups", page(1, `{"id":"41","siteId":"-1","name":"Safari","description":"","membershipCount":3}`))
	s.on("GET "+groupRoot+"smart-groups/41", answerText(200, `{"name":"Safari","description":"","siteId":null,"criteria":[
		{"name":"Application Title","priority":0,"andOr":"and","searchType":"is","value":"Safari.app","openingParen":false,"closingParen":false}]}`))
	c := s.client(t)
	group, is, err := c.SmartGroups().Find(t.Context(), "Safari")
	ok(t, err)
	equal(t, is, true)
	equal(t, group.ID, "41") // which reading it does not say
	equal(t, group.Criteria, safari()[:1])
	for row, err := range c.SmartGroups().All(t.Context()) {
		ok(t, err)
		equal(t, row.Count, 3)
	}
}

func TestSmartGroupsAreWrittenWhole(t *testing.T) {
	s := newStub(t)
	held := `{"name":"Safari","description":"old","siteId":"2","criteria":[],"since":"11.31"}`
	s.on("GET "+groupRoot+"smart-groups", page(0))
	s.on("POST "+groupRoot+"smart-groups", answerText(http.StatusCreated, `{"id":"41"}`))
	s.on("GET "+groupRoot+"smart-groups/41", answerText(200, held))
	s.on("PUT "+groupRoot+"smart-groups/41", answerText(http.StatusAccepted, held))
	c := s.client(t)
	_, err := c.SmartGroups().Create(t.Context(), SmartGroup{Name: "Safari"})
	ok(t, err)
	equal(t, s.last(t, "POST "+groupRoot).body, `{"criteria":[],"description":"","name":"Safari","siteId":"-1"}`)
	_, err = c.SmartGroups().Update(t.Context(), "41", func(g *SmartGroup) error {
		g.Criteria = safari()[:1]
		return nil
	})
	ok(t, err)
	sameJSON(t, []byte(s.last(t, "PUT").body), []byte(`{"name":"Safari","description":"old","siteId":"2","since":"11.31","criteria":[
		{"name":"Application Title","priority":0,"andOr":"and","searchType":"is","value":"Safari.app","openingParen":false,"closingParen":false}]}`))
}

func TestMembersOfSmartGroups(t *testing.T) {
	s := newStub(t)
	s.on("GET "+groupRoot+"smart-group-membership/41", answerText(200, `{"members":[1,2,1000]}`))
	s.on("POST /api/v1/smart-computer-groups/41/recalculate", answerText(200, `{"count":3}`))
	c := s.client(t)
	members, err := c.SmartGroupMembers(t.Context(), "41")
	ok(t, err)
	equal(t, members, []string{"1", "2", "1000"})
	count, err := c.RecalculateSmartGroup(t.Context(), "41")
	ok(t, err)
	equal(t, count, 3)
	for _, odd := range []string{`{}`, `{"count":-1}`, `{"count":"many"}`, `[]`} {
		s.on("POST /api/v1/smart-computer-groups/41/recalculate", answerText(200, odd))
		_, err = c.RecalculateSmartGroup(t.Context(), "41")
		failsAs(t, err, ErrMalformed, "recalculate smart group 41: ")
	}
}

func TestAGroupThatIsUsedIsNotDeleted(t *testing.T) {
	s := newStub(t)
	s.on("DELETE "+groupRoot+"smart-groups/41", answerText(422, `{"errors":[{"code":"HAS_DEPENDENCIES","description":"Policies: Install or Defer"}]}`))
	err := s.client(t).SmartGroups().Delete(t.Context(), "41")
	fails(t, err, "delete smart group 41: ", "Policies: Install or Defer")
	equal(t, HasDependencies(err), true)
}

const classicGroup = `<?xml version="1.0"?><computer_group><id>55</id><name>Test Macs</name><is_smart>false</is_smart>
<computers><size>2</size><computer><id>1</id><name>a</name></computer><computer><id>2</id><name>b</name></computer></computers></computer_group>`

func TestStaticGroupsKeepTheirMembers(t *testing.T) {
	s := newStub(t)
	s.on("GET "+groupRoot+"static-groups", page(0))
	s.on("POST "+groupRoot+"static-groups", answerText(http.StatusCreated, `{"id":"55"}`))
	s.on("GET "+groupRoot+"static-groups/55", answerText(200, `{"id":"55","name":"Test Macs","description":null,"siteId":"-1"}`))
	s.on("PUT "+groupRoot+"static-groups/55", answerStatus(http.StatusAccepted))
	s.on("GET /JSSResource/computergroups/id/55", answerText(200, classicGroup))
	c := s.client(t)
	made, err := c.StaticGroups().Create(t.Context(), StaticGroup{Name: "Test Macs"})
	ok(t, err)
	equal(t, made.Members, []string{"1", "2"})
	equal(t, s.last(t, "POST "+groupRoot).body, `{"assignments":[],"description":"","name":"Test Macs","siteId":"-1"}`) // never without
	_, err = c.StaticGroups().Update(t.Context(), "55", func(g *StaticGroup) error {
		g.Description = "for trying"
		return nil
	})
	ok(t, err)
	sameJSON(t, []byte(s.last(t, "PUT").body), []byte(`{"name":"Test Macs","description":"for trying","siteId":"-1","assignments":["1","2"]}`))
	_, err = c.StaticGroups().Update(t.Context(), "55", func(g *StaticGroup) error {
		g.Members = append(g.Members, "3")
		return nil
	})
	ok(t, err)
	sameJSON(t, []byte(s.last(t, "PUT").body), []byte(`{"name":"Test Macs","description":null,"siteId":"-1","assignments":["1","2","3"]}`))
	_, err = c.StaticGroups().Update(t.Context(), "55", func(g *StaticGroup) error {
		g.Members = []string{"1", "x"}
		return nil
	})
	failsAs(t, err, ErrRefused)
}

func TestAStaticGroupIsEmptiedOnlyOnPurpose(t *testing.T) {
	s := newStub(t)
	s.on("GET "+groupRoot+"static-groups/55", answerText(200, `{"id":"55","name":"Test Macs"}`))
	s.on("PUT "+groupRoot+"static-groups/55", answerStatus(http.StatusAccepted))
	s.on("GET /JSSResource/computergroups/id/55", answerStatus(http.StatusForbidden))
	c := s.client(t)
	_, err := c.StaticGroups().Update(t.Context(), "55", func(g *StaticGroup) error {
		g.Description = "x"
		return nil
	})
	fails(t, err, "list members: GET /JSSResource/computergroups/id/55: 403")
	equal(t, s.count("PUT"), 0)
	s.on("GET /JSSResource/computergroups/id/55", answerText(200, classicGroup))
	_, err = c.StaticGroups().Update(t.Context(), "55", func(g *StaticGroup) error {
		g.Members = nil
		return nil
	})
	ok(t, err)
	equal(t, strings.Contains(s.last(t, "PUT").body, `"assignments":[]`), true)
}

func TestMembersOfStaticGroupsComeAndGo(t *testing.T) {
	for _, row := range []struct {
		name        string
		add, remove []string
		want        string
	}{
		{"one comes, one goes", []string{"3"}, []string{"1"}, "<computer_additions><computer><id>3</id></computer></computer_additions><computer_deletions><computer><id>1</id></computer></computer_deletions>"},
		{"one comes who is there", []string{"1"}, nil, ""},
		{"one goes who is not there, which the server would refuse", []string{"4"}, []string{"3"}, "<computer_additions><computer><id>4</id></computer></computer_additions>"},
		{"nobody", nil, nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /JSSResource/computergroups/id/55", answerText(200, classicGroup))
			s.on("PUT /JSSResource/computergroups/id/55", answerText(201, classicGroup))
			c := s.client(t)
			ok(t, c.ChangeStaticGroup(t.Context(), "55", row.add, row.remove))
			if row.want == "" {
				equal(t, s.count("PUT"), 0)
				return
			}
			put := s.last(t, "PUT")
			equal(t, put.body, `<?xml version="1.0" encoding="UTF-8"?>`+"\n<computer_group>"+row.want+"</computer_group>")
			equal(t, put.header.Get("Content-Type"), "application/xml")
			failsAs(t, c.ChangeStaticGroup(t.Context(), "55", []string{"x"}, nil), ErrRefused)
		})
	}
}

func TestGroupsOfBothKinds(t *testing.T) {
	s := newStub(t)
	s.on("GET /JSSResource/computergroups", answerText(200, `<computer_groups><size>2</size>
		<computer_group><id>41</id><name>Safari</name><is_smart>true</is_smart></computer_group>
		<computer_group><id>55</id><name>Test &amp; Try</name><is_smart>false</is_smart></computer_group></computer_groups>`))
	groups, err := s.client(t).ComputerGroups(t.Context())
	ok(t, err)
	equal(t, groups, []ComputerGroup{{"41", "Safari", true}, {"55", "Test & Try", false}})
	s.on("GET /JSSResource/computergroups", answerText(200, `<groups/>`))
	_, err = s.client(t).ComputerGroups(t.Context())
	failsAs(t, err, ErrMalformed, "list computer groups: ", "<groups>")
}
