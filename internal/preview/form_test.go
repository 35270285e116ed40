package preview_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/preview"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// based is a preview of a file.
func based(name, text string) preview.Options {
	b := preview.Base{File: name}
	b.Document, b.Problems = deployment.Survey(name, []byte(text))
	return preview.Options{Base: b}
}

// formOf is what the page begins with.
func formOf(t *testing.T, o preview.Options) map[string]any {
	t.Helper()
	code, body := visit(t, serve(t, o).URL()).get("/form")
	if code != 200 {
		t.Fatal(code)
	}
	var form map[string]any
	if err := json.Unmarshal([]byte(body), &form); err != nil {
		t.Fatal(err)
	}
	return form
}

func TestTheFormIsTheTableOfKeys(t *testing.T) {
	form := formOf(t, preview.Options{})
	fields, _ := form["fields"].([]any)
	table := settings.Table()
	if len(fields) != len(table) {
		t.Fatalf("%d fields, %d keys", len(fields), len(table))
	}
	for i, key := range table {
		f, _ := fields[i].(map[string]any)
		if f["name"] != key.Name || f["help"] != key.Help || f["type"] != string(key.Type) || f["unit"] != key.Unit || f["group"] != key.Group ||
			f["note"] != key.DefaultNote || f["min"] != float64(key.Min) || f["max"] != float64(key.Max) || f["below"] != key.Below {
			t.Errorf("field %d: %v, want %s", i, f, key.Name)
		}
	}
	if macs, _ := form["macs"].([]any); len(macs) < 8 {
		t.Errorf("%d versions of macOS", len(macs))
	}
	machine, _ := form["machine"].(map[string]any)
	if machine["start"] != "2026-11-30T09:00" {
		t.Errorf("it begins at %v, not on the next Monday", machine["start"])
	}
}

func TestTheFormHasWhatTheFileHas(t *testing.T) {
	form := formOf(t, based("ours.yaml", "identifier: com.example.updates\norganization: Example Ltd\nsettings:\n  DeferralPeriod: 2h\nmessages:\n  PromptHeading: Hello\nlocalizations:\n  de:\n    PromptHeading: Hallo\n"))
	values, _ := form["values"].(map[string]any)
	if form["identifier"] != "com.example.updates" || form["organization"] != "Example Ltd" || form["file"] != "ours.yaml" ||
		values["DeferralPeriod"] != 7200.0 || values["PromptHeading"] != "Hello" || len(form["problems"].([]any)) != 0 {
		t.Errorf("%v %v", values, form["problems"])
	}
}

func TestWhatIsWrongWithAFileIsAtItsField(t *testing.T) {
	for _, row := range []struct {
		name, text string
		sticks     []string // keys at which the file's own problem stands
		live       []string // keys at which the check of the values stands
	}{
		{"a value of the wrong type", "settings:\n  PromptTimeout: soon\n", nil, []string{"PromptTimeout"}},
		{"an unknown key", "settings:\n  PromptTimeot: 10m\n", []string{""}, nil},
		{"a text that is a number", "messages:\n  PromptHeading: 12\n", []string{"PromptHeading"}, nil},
		{"a text of a language that is a list", "localizations:\n  de:\n    PromptHeading: [a]\n", []string{"Localizations.de", "Localizations.de.PromptHeading"}, nil},
		{"two values that do not suit", "settings:\n  DeferralPeriod: 4d\n", nil, []string{"DeferralPeriod"}},
		{"no YAML at all", "settings: [\n", []string{""}, nil},
		{"a value of a flat file", "PromptTimeout: soon\n", nil, []string{"PromptTimeout"}},
		{"nothing", "", []string{""}, nil},
	} {
		v := visit(t, serve(t, based("f.yaml", row.text)).URL())
		_, body := v.get("/form")
		var form struct {
			Values   map[string]any
			Problems []struct {
				Key, Message string
				Line         int
			}
		}
		if err := json.Unmarshal([]byte(body), &form); err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, p := range form.Problems {
			keys = append(keys, p.Key)
		}
		if !slices.Equal(keys, row.sticks) {
			t.Errorf("%s: problems at %q, want %q", row.name, keys, row.sticks)
		}
		d := desk(preview.Helpful, intel())
		d.Values = form.Values
		code, body := v.post("/film", d)
		if code != 200 {
			t.Errorf("%s: no film: %d %s", row.name, code, body)
		}
		for _, key := range row.live {
			if !strings.Contains(body, `{"severity":"error","key":"`+key+`"`) {
				t.Errorf("%s: nothing is said of %s", row.name, key)
			}
		}
	}
}

func TestALogoThatIsChosenCounts(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	d := desk(preview.Helpful, intel())
	d.Values["MessagingLogo"] = settings.SupportFolder + "/logo.png"
	for chosen, want := range map[bool]bool{false: true, true: false} {
		d.Logo = chosen
		if _, body := v.post("/film", d); strings.Contains(body, "which brings no logo along") != want {
			t.Errorf("with a logo %t, the missing one is named %t", chosen, !want)
		}
	}
}

func TestValuesOfAnyKindAreLookedAt(t *testing.T) {
	v := visit(t, serve(t, preview.Options{}).URL())
	code, body := v.do(v.request("POST", "/film", []byte(`{"person":"helpful","clicks":null,
		"mac":{"macos":"15.7.1","silicon":false,"language":"de","zone":"Europe/Berlin","start":"2026-11-30T09:00","jamfhelper":true,"swiftdialog":false},
		"values":{"DeferralPeriod":7200,"UpdateDelay":1.5,"Holidays":["2026-12-24",null],"SkipDeferral":null,"Nonsense":{"a":[1,{"b":2.5}]},"Localizations":{"de":{"PromptHeading":"Hallo"}}}}`)))
	if code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	for _, text := range []string{
		`"severity":"error","key":"UpdateDelay"`, `"key":"Nonsense"`, `{"name":"DeferralPeriod","value":7200,"source":"file"}`,
		`{"name":"SkipDeferral","value":false,"source":"default"}`, `"title":"Hallo"`,
	} {
		if !strings.Contains(body, text) {
			t.Errorf("%s is not in the answer", text)
		}
	}
}
