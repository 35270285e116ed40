package settings_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// names of keys, in the order of a table.
func names(keys []settings.Key) []string {
	var all []string
	for _, key := range keys {
		all = append(all, key.Name)
	}
	return all
}

// drafts are the versions of JSON Schema that the schema keeps to.
func drafts() map[string]*jsonschema.Draft {
	return map[string]*jsonschema.Draft{"4": jsonschema.Draft4, "7": jsonschema.Draft7, "2020-12": jsonschema.Draft2020}
}

// compiled checks a schema against the rules of a draft, and makes it ready to check instances.
func compiled(t *testing.T, draft *jsonschema.Draft, schema []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(schema)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(draft)
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	ready, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return ready
}

func TestJamfSchemaCoversTheTable(t *testing.T) {
	data, err := settings.JamfSchema(domain)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Title      string
		Domain     string `json:"__preferencedomain"`
		Properties map[string]struct {
			Title, Description string
			Order              int `json:"property_order"`
			Options            struct{ InfoText string }
			Links              []struct{ Rel, Href string }
			AnyOf              []struct{ Type, Title string }
		}
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	compare(t, domain, schema.Domain)
	compare(t, "Install or Defer ("+domain+")", schema.Title)
	inOrder := slices.SortedFunc(maps.Keys(schema.Properties), func(a, b string) int {
		return schema.Properties[a].Order - schema.Properties[b].Order
	})
	compare(t, names(settings.Table()), inOrder)
	for name, p := range schema.Properties {
		key, _ := settings.Lookup(name)
		compare(t, key.Help, p.Description)
		if p.Title == "" || !strings.Contains(p.Options.InfoText, key.Paragraph) || len(p.Links) != 1 || !strings.HasPrefix(p.Links[0].Href, "https://") {
			t.Errorf("%s is not explained: %+v", name, p)
		}
		if key.Unit == settings.Seconds && !strings.HasSuffix(p.Title, " (seconds)") {
			t.Errorf("%s: the title %q lacks the unit", name, p.Title)
		}
		if len(p.AnyOf) != 2 || p.AnyOf[0].Type != "null" || p.AnyOf[0].Title != "Not configured" || p.AnyOf[1].Title != "Configured" {
			t.Errorf("%s does not begin as not configured: %+v", name, p.AnyOf)
		}
	}
	again, _ := settings.JamfSchema(domain)
	compare(t, string(data), string(again))
}

func TestJamfSchemaOnValues(t *testing.T) {
	data, err := settings.JamfSchema(domain)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		instance string
		valid    bool
	}{
		"nothing set":                   {`{}`, true},
		"all not configured":            {`{"MaxDeferralTime": null, "SkipDeferral": null, "Localizations": {"de": null}}`, true},
		"good values":                   {`{"MaxDeferralTime": 1, "SkipDeferral": true, "WorkdayStartHour": 9, "MessagingLogo": "/a.png", "PromptMessage": "a\nb"}`, true},
		"good arrays":                   {`{"WorkdayDays": [1, 7], "Holidays": ["2026-12-25"], "ExcludedUpdates": []}`, true},
		"a language":                    {`{"Localizations": {"de": {"PromptHeading": "Hallo", "PromptMessage": null}}}`, true},
		"a language not in the form":    {`{"Localizations": {"tlh": {"PromptHeading": "nuqneH"}}}`, true},
		"values of our own keys":        {`{"DeadlineDate": "2026-12-01T18:00:00+01:00", "InstallMethod": "auto", "MinimumBattery": 0}`, true},
		"text for a number":             {`{"MaxDeferralTime": "259200"}`, false},
		"a fraction":                    {`{"MaxDeferralTime": 1.5}`, false},
		"zero for a duration":           {`{"MaxDeferralTime": 0}`, false},
		"more than ten years":           {`{"MaxDeferralTime": 315360001}`, false},
		"an hour too late":              {`{"WorkdayStartHour": 23}`, false},
		"a number for a boolean":        {`{"SkipDeferral": 1}`, false},
		"empty text":                    {`{"SupportContact": ""}`, false},
		"a label that is too long":      {`{"DeferButtonLabel": "` + strings.Repeat("x", 65) + `"}`, false},
		"a relative path":               {`{"MessagingLogo": "a.png"}`, false},
		"an eighth day":                 {`{"WorkdayDays": [8]}`, false},
		"no day":                        {`{"WorkdayDays": []}`, false},
		"a holiday by its name":         {`{"Holidays": ["Christmas"]}`, false},
		"a number in a list of texts":   {`{"ExcludedUpdates": [1]}`, false},
		"a language that is no object":  {`{"Localizations": {"de": "Hallo"}}`, false},
		"a number in a language":        {`{"Localizations": {"de": {"PromptHeading": 1}}}`, false},
		"a method that is none":         {`{"InstallMethod": "magic"}`, false},
		"a day as a deadline":           {`{"DeadlineDate": "2026-12-01"}`, false},
		"a long heading in a language":  {`{"Localizations": {"de": {"PromptHeading": "` + strings.Repeat("x", 257) + `"}}}`, false},
		"more charge than there can be": {`{"MinimumBattery": 101}`, false},
	} {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(row.instance))
		if err != nil {
			t.Fatal(err)
		}
		for draft, d := range drafts() {
			t.Run(fmt.Sprintf("%s, draft %s", name, draft), func(t *testing.T) {
				if err := compiled(t, d, data).Validate(instance); (err == nil) != row.valid {
					t.Errorf("valid is %t: %v", !row.valid, err)
				}
			})
		}
	}
}

func TestJamfSchemaTakesWhatProfilesHold(t *testing.T) {
	data, err := settings.JamfSchema(domain)
	if err != nil {
		t.Fatal(err)
	}
	for name, draft := range drafts() {
		schema := compiled(t, draft, data)
		t.Run("draft "+name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				written, err := settings.Profile(settings.ProfileOptions{Identifier: domain, Values: validSettings().Draw(t, "settings")})
				if err != nil {
					t.Fatal(err)
				}
				_, _, preferences := decoded(t, written, domain)
				if at, ok := preferences[settings.DeadlineDate].(time.Time); ok {
					preferences[settings.DeadlineDate] = at.Format(time.RFC3339) // JSON has no dates
				}
				if err := schema.Validate(preferences); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

func TestManifestCoversTheTable(t *testing.T) {
	data, err := settings.Manifest(domain)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := settings.Manifest(domain)
	compare(t, string(data), string(again))
	manifest, err := plist.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, any(domain), manifest["pfm_domain"])
	compare(t, any(int64(1)), manifest["pfm_format_version"])
	compare(t, any([]any{"macOS"}), manifest["pfm_platforms"])
	var have []string
	for _, subkey := range manifest["pfm_subkeys"].([]any) {
		entry := subkey.(map[string]any)
		name := entry["pfm_name"].(string)
		if strings.HasPrefix(name, "Payload") {
			continue
		}
		have = append(have, name)
		key, _ := settings.Lookup(name)
		manifestEntry(t, key, entry)
	}
	compare(t, names(settings.Table()), have)
	compare(t, len(settings.Table())+7, len(manifest["pfm_subkeys"].([]any)))
}

// manifestEntry compares an entry of the manifest with its key.
func manifestEntry(t *testing.T, key settings.Key, entry map[string]any) {
	t.Helper()
	kinds := map[settings.Type]string{
		settings.Integer: "integer", settings.Boolean: "boolean", settings.String: "string", settings.Path: "string",
		settings.Choice: "string", settings.Date: "date", settings.Integers: "array", settings.Strings: "array",
		settings.Dates: "array", settings.Dictionary: "dictionary",
	}
	compare(t, any(kinds[key.Type]), entry["pfm_type"])
	compare(t, any(key.Help), entry["pfm_description"])
	for _, text := range []string{"pfm_title", "pfm_note", "pfm_app_min", "pfm_documentation_url"} {
		if v, ok := entry[text].(string); !ok || v == "" {
			t.Errorf("%s lacks %s", key.Name, text)
		}
	}
	if key.Type == settings.Integer {
		compare(t, any(key.Min), entry["pfm_range_min"])
		compare(t, any(key.Max), entry["pfm_range_max"])
	}
	values, _ := entry["pfm_range_list"].([]any)
	titles, _ := entry["pfm_range_list_titles"].([]any)
	if len(values) != len(titles) || key.Type == settings.Choice && !cmp.Equal(values, anyTexts(key.Choices)) {
		t.Errorf("%s: choices %v with titles %v", key.Name, values, titles)
	}
	if def, ok := entry["pfm_default"]; ok && (key.DefaultVaries || key.Type != settings.Integers && !cmp.Equal(def, key.Default)) {
		t.Errorf("%s has the default %v", key.Name, def)
	}
}

func anyTexts(texts []string) []any {
	var list []any
	for _, text := range texts {
		list = append(list, text)
	}
	return list
}
