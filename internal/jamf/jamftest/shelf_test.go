package jamftest_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

const (
	script    = `{"name":"Uninstall","priority":"AFTER","scriptContents":"#!/bin/sh\n"}`
	attribute = `{"name":"Status","dataType":"STRING","inventoryDisplayType":"EXTENSION_ATTRIBUTES","inputType":"SCRIPT","scriptContents":"x"}`
	pkg       = `{"packageName":"p","fileName":"p.pkg","categoryId":"-1","priority":10,"fillUserTemplate":false,"rebootRequired":false,
		"osInstall":false,"suppressUpdates":false,"suppressFromDock":false,"suppressEula":false,"suppressRegistration":false}`
)

func TestObjectsOfTheProAPI(t *testing.T) {
	rows := []struct {
		name, path, body, named string
		updated                 int
	}{
		{"categories", "/api/v1/categories", category, "name", 200},
		{"scripts", "/api/v1/scripts", script, "name", 200},
		{"attributes", "/api/v1/computer-extension-attributes", attribute, "name", 202},
		{"packages", "/api/v1/packages", pkg, "packageName", 200},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := visit(t, jamftest.Options{})
			r := b.must(201, "POST", row.path, row.body)
			if r.text("id") != "1" || r.text("href") != "http://example.com"+row.path+"/1" {
				t.Errorf("created: %s", r.body)
			}
			if r := b.must(400, "POST", row.path, row.body); r.text("errors.0.code") != "DUPLICATE_FIELD" || r.text("errors.0.field") != row.named {
				t.Errorf("twice: %s", r.body)
			}
			r = b.must(200, "GET", row.path+"/1", "")
			if r.text("id") != "1" || r.text(row.named) == "" {
				t.Errorf("read: %s", r.body)
			}
			if r := b.must(row.updated, "PUT", row.path+"/1", row.body); r.text("id") != "1" {
				t.Errorf("replaced: %s", r.body)
			}
			r = b.must(200, "GET", row.path, "")
			if r.number("totalCount") != 1 || r.text("results.0.id") != "1" {
				t.Errorf("listed: %s", r.body)
			}
			b.must(400, "POST", row.path, `{}`)
			b.must(400, "POST", row.path, `[]`)
			b.must(404, "GET", row.path+"/99", "")
			b.must(404, "PUT", row.path+"/99", row.body)
			b.must(404, "DELETE", row.path+"/99", "")
			b.must(204, "DELETE", row.path+"/1", "")
			b.must(404, "GET", row.path+"/1", "")
			if id := b.must(201, "POST", row.path, row.body).text("id"); id != "2" {
				t.Errorf("a number is given twice: %s", id)
			}
			if got := b.server.Counts(); got.Duplicates != 1 {
				t.Errorf("duplicates: %d", got.Duplicates)
			}
		})
	}
}

func TestWhatIsRequired(t *testing.T) {
	b := visit(t, jamftest.Options{})
	fields := []string{
		"packageName", "fileName", "categoryId", "priority", "fillUserTemplate", "rebootRequired", "osInstall", "suppressUpdates",
		"suppressFromDock", "suppressEula", "suppressRegistration",
	}
	r := b.must(400, "POST", "/api/v1/packages", `{"info":"x"}`)
	var got []string
	for i := range fields {
		got = append(got, r.text(fmt.Sprintf("errors.%d.field", i)))
	}
	if !slices.Equal(got, fields) {
		t.Errorf("%q is missing, want %q", got, fields)
	}
	if r := b.must(400, "POST", "/api/v1/packages", strings.Replace(pkg, `"p.pkg"`, "null", 1)); r.text("errors.0.field") != "fileName" {
		t.Errorf("null counts as missing: %s", r.body)
	}
	if r := b.must(400, "POST", "/api/v1/packages", strings.Replace(pkg, `"-1"`, `"77"`, 1)); r.text("errors.0.field") != "categoryId" {
		t.Errorf("a category that is not there: %s", r.body)
	}
	b.must(201, "POST", "/api/v1/packages", pkg)
	other := strings.Replace(pkg, `"packageName":"p"`, `"packageName":"q"`, 1)
	if r := b.must(400, "POST", "/api/v1/packages", other); r.text("errors.0.field") != "fileName" {
		t.Errorf("the name of a file is unique, too: %s", r.body)
	}
}

func TestWhatIsNotKnown(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", "/api/v1/categories", `{"name":"x","priority":1,"colour":"red","Priority":5}`)
	if n := b.must(200, "GET", "/api/v1/categories/1", "").number("priority"); n != 1 {
		t.Errorf("names of fields in other capitals count: %d", n)
	}
	b.must(201, "POST", "/api/v1/scripts", `{"name":"x","priority":"SOMETIMES"}`)
	if p := b.must(200, "GET", "/api/v1/scripts/1", "").text("priority"); p != "AFTER" {
		t.Errorf("a word that is not checked becomes %s", p)
	}
	r := b.must(400, "POST", "/api/v1/computer-extension-attributes", strings.Replace(attribute, "STRING", "TEXT", 1))
	if d := r.text("errors.0.description"); d != "possible values can be [STRING, INTEGER, DATE]" {
		t.Errorf("a word that is checked: %s", d)
	}
	want := []string{
		"POST /api/v1/categories: Priority", "POST /api/v1/categories: colour", "POST /api/v1/scripts: priority SOMETIMES",
	}
	if got := b.server.Counts().Dropped; !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("dropped: %q", got)
	}
	if r := b.send("POST", "/api/v1/categories", category, "text/plain"); r.status != 415 {
		t.Errorf("text: %d", r.status)
	}
	b.must(404, "GET", "/api/v1/policies", "")
	b.must(404, "PATCH", "/api/v1/categories/1", category)
}

func TestAttributesGoTogether(t *testing.T) {
	with := func(more string) string { return attribute[:len(attribute)-1] + "," + more + "}" }
	rows := []struct {
		name, body string
		field      string
	}{
		{"a script without contents", strings.Replace(attribute, `"scriptContents":"x"`, `"scriptContents":null`, 1), "scriptContents"},
		{"choices of a script", with(`"popupMenuChoices":["a"]`), "popupMenuChoices"},
		{"a text that is disabled", strings.NewReplacer("SCRIPT", "TEXT", `"x"`, "null").Replace(with(`"enabled":false`)), "enabled"},
		{"what becomes of data that is new", with(`"manageExistingData":"RETAIN"`), "manageExistingData"},
	}
	for _, row := range rows {
		t.Run(row.name+" is refused", func(t *testing.T) {
			b := visit(t, jamftest.Options{})
			if r := b.must(400, "POST", "/api/v1/computer-extension-attributes", row.body); r.text("errors.0.field") != row.field {
				t.Error(r.body)
			}
		})
	}
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", "/api/v1/computer-extension-attributes", attribute)
	b.must(400, "PUT", "/api/v1/computer-extension-attributes/1", with(`"manageExistingData":"RETAIN"`))
	b.must(202, "PUT", "/api/v1/computer-extension-attributes/1", with(`"enabled":false,"manageExistingData":"DELETE"`))
	b.must(201, "POST", "/api/v3/computer-groups/smart-groups",
		`{"name":"g","criteria":[{"name":"Status","priority":0,"andOr":"and","searchType":"is","value":"x"}]}`)
	r := b.must(200, "GET", "/api/v1/computer-extension-attributes/1/data-dependency", "")
	if r.number("totalCount") != 1 || r.text("results.0.identifiableName") != "g" {
		t.Error(r.body)
	}
}

func TestLists(t *testing.T) {
	b := visit(t, jamftest.Options{})
	for i := range 2100 {
		b.must(201, "POST", "/api/v1/categories", fmt.Sprintf(`{"name":"c%04d","priority":%d}`, i, i%5))
	}
	count := func(query string) (results, total int) {
		r := b.must(200, "GET", "/api/v1/categories?"+query, "")
		list, _ := r.at("results").([]any)
		return len(list), r.number("totalCount")
	}
	rows := []struct {
		name, query    string
		results, total int
	}{
		{"a page has a hundred", "", 100, 2100},
		{"a page has as many as asked for", "page-size=7", 7, 2100},
		{"a page has 2000 at most, whatever is asked for", "page-size=5000", 2000, 2100},
		{"the second of these has the rest", "page-size=5000&page=1", 100, 2100},
		{"after the last there is nothing", "page-size=100&page=99", 0, 2100},
		{"what is no number does not count", "page-size=many&page=x", 100, 2100},
		{"a filter counts only what it finds", "filter=" + url.QueryEscape(`name=="c00*" and priority==4`), 20, 20},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if results, total := count(row.query); results != row.results || total != row.total {
				t.Errorf("%d of %d, want %d of %d", results, total, row.results, row.total)
			}
		})
	}
	b.server.Switch(jamftest.Strictness, false)
	if results, _ := count("page-size=5000"); results != 2100 {
		t.Errorf("switched off: %d", results)
	}
	for query, want := range map[string]string{
		"":                                   "c0000",
		"sort=id:desc":                       "c2099",
		"sort=name:desc":                     "c2099",
		"sort=priority:desc,name:asc":        "c0004",
		"sort=priority:desc&sort=name:desc":  "c2099",
		"sort=id:asc&page=1&page-size=10":    "c0010",
		"filter=name==c0100&sort=priority:x": "c0100",
	} {
		if got := b.must(200, "GET", "/api/v1/categories?"+query, "").text("results.0.name"); got != want {
			t.Errorf("%q: %s comes first, want %s", query, got, want)
		}
	}
	for _, query := range []string{"filter=colour==red", "filter=name", "sort=colour:asc"} {
		if r := b.must(400, "GET", "/api/v1/categories?"+query, ""); r.text("errors.0.code") != "INVALID_FIELD" {
			t.Errorf("%q: %s", query, r.body)
		}
	}
}

func TestVersions(t *testing.T) {
	rows := []struct {
		version, path string
		status        int
		deprecation   string
	}{
		{"11.23.2", "/api/v3/computer-groups/smart-groups", 404, ""},
		{"11.23.2", "/api/v2/computer-groups/smart-groups", 200, ""},
		{"11.23.2", "/api/v4/computers-inventory", 404, ""},
		{"11.23.2", "/api/v3/computers-inventory", 200, ""},
		{"11.28.0", "/api/v3/computer-groups/smart-groups", 200, ""},
		{"11.28.0", "/api/v2/computer-groups/smart-groups", 200, `date="Thu, 28 May 2026 00:00:00 GMT"`},
		{"11.28.0", "/api/v4/computers-inventory", 404, ""},
		{"11.30.1", "/api/v4/computers-inventory", 200, ""},
		{"11.30.1", "/api/v3/computers-inventory", 200, `date="Tue, 14 Jul 2026 00:00:00 GMT"`},
		{"11.30.1", "/api/v1/computers-inventory", 200, `date="Mon, 30 Jun 2025 00:00:00 GMT"`},
		{"11.30.1", "/api/v3/computer-groups/static-groups", 200, ""},
	}
	for _, row := range rows {
		t.Run(row.version+" "+row.path, func(t *testing.T) {
			b := visit(t, jamftest.Options{Version: row.version})
			r := b.must(row.status, "GET", row.path, "")
			if got := r.header.Get("deprecation"); got != row.deprecation {
				t.Errorf("deprecation: %q", got)
			}
			if v := b.must(200, "GET", "/api/v1/jamf-pro-version", "").text("version"); !strings.HasPrefix(v, row.version+"-t") {
				t.Errorf("version: %q", v)
			}
		})
	}
}
