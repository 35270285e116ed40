package deployment_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// text draws what a heading, a message or a label can be.
func text(longest int) *rapid.Generator[string] {
	letters := rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("ab \n\t#:-'\"\\{}[]<>%&*!|>é日\u00a0\u2028\ufeff\u200f😀")))
	return rapid.Map(rapid.StringOfN(letters, 1, longest, -1), func(s string) string {
		s = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 || r == 0xFFFE || r == 0xFFFF || r == 0xFFFD {
				return -1
			}
			return r
		}, s)
		if strings.TrimSpace(s) == "" {
			return "x"
		}
		return s
	})
}

func line() *rapid.Generator[string] {
	return rapid.Map(text(40), func(s string) string { return strings.NewReplacer("\n", "n", "\t", "t").Replace(s) })
}

func texts() *rapid.Generator[map[string]string] {
	keys := []string{"PromptHeading", "PromptMessage", "FinalMessage", "UpdatingMessage", "ManualHeading", "RestartMessage", "InstallButtonLabel", "DeferButtonLabel"}
	return rapid.MapOfN(rapid.SampledFrom(keys), text(60), 1, 5)
}

// deployments draws whatever an administrator can choose.
func deployments() *rapid.Generator[deployment.Deployment] {
	return rapid.Custom(func(t *rapid.T) deployment.Deployment {
		most := rapid.Int64Range(20000, 10*365*86400).Draw(t, "most")
		deferral := rapid.Int64Range(3700, most-1).Draw(t, "deferral")
		all := map[string]any{
			"MaxDeferralTime": most, "DeferralPeriod": deferral, "PromptTimeout": rapid.Int64Range(1, deferral-1).Draw(t, "prompt"),
			"SkipDeferral": rapid.Bool().Draw(t, "skip"), "UpdateDelay": rapid.Int64Range(1, 99999).Draw(t, "delay"),
			"WorkdayDays":     []any{rapid.Int64Range(1, 7).Draw(t, "day")},
			"Holidays":        []any{rapid.SampledFrom([]string{"2026-12-25", "0001-01-01", "9999-12-31"}).Draw(t, "holiday")},
			"ExcludedUpdates": []any{}, "SupportContact": text(60).Draw(t, "contact"), "MessagingLogo": "/" + text(40).Draw(t, "logo"),
			"ManualUpdates": true, "DeadlineDate": "2026-12-01T18:00:00Z", "InstallMethod": "manual",
		}
		if rapid.Bool().Draw(t, "excluded") {
			all["ExcludedUpdates"] = []any{text(40).Draw(t, "title"), "Safari*"}
		}
		d := deployment.Deployment{Settings: map[string]any{}}
		for key, value := range all {
			if key == "MaxDeferralTime" || key == "DeferralPeriod" || key == "PromptTimeout" || rapid.Bool().Draw(t, key) {
				d.Settings[key] = value
			}
		}
		if rapid.Bool().Draw(t, "hours") {
			start := rapid.Int64Range(0, 22).Draw(t, "start")
			d.Settings["WorkdayStartHour"], d.Settings["WorkdayEndHour"] = start, rapid.Int64Range(start+1, 23).Draw(t, "end")
		}
		if rapid.Bool().Draw(t, "named") {
			d.Identifier, d.Organization, d.Logo = "com.example.updates", line().Draw(t, "organization"), line().Draw(t, "picture")
		}
		if rapid.Bool().Draw(t, "worded") {
			d.Messages = texts().Draw(t, "messages")
			d.Localizations = rapid.MapOfN(rapid.SampledFrom([]string{"de", "no", "pt-BR", "yes", "ja"}), texts(), 1, 3).Draw(t, "languages")
		}
		if rapid.Bool().Draw(t, "packaged") {
			d.Package = deployment.PackageOptions{
				Version: line().Draw(t, "version"), StartInterval: time.Duration(rapid.IntRange(60, 86400).Draw(t, "interval")) * time.Second,
				ResetOnInstall: rapid.Bool().Draw(t, "reset"),
			}
		}
		if rapid.Bool().Draw(t, "managed") {
			d.Jamf = jamfs().Draw(t, "jamf")
		}
		return d
	})
}

func TestWhatIsWrittenReadsBackTheSame(t *testing.T) {
	schema := schema(t)
	rapid.Check(t, func(t *rapid.T) {
		d := deployments().Draw(t, "deployment")
		data := deployment.Write(d)
		got, problems := deployment.Load("f.yaml", data)
		if diff := cmp.Diff(d, got); diff != "" || len(problems) > 0 {
			t.Fatalf("%v\n%s\n%s", problems, diff, data)
		}
		if string(deployment.Write(got)) != string(data) {
			t.Fatal("the second writing differs")
		}
		if _, findings := settings.Decode(settings.Platform{}, settings.Source{Name: "file", Values: d.Values()}); len(findings) > 0 {
			t.Fatal(findings)
		}
		if err := validate(schema, data); err != nil {
			t.Fatalf("editors would mark it: %v\n%s", err, data)
		}
		imported, fates, problems := deployment.Import("f.yaml", data)
		if diff := cmp.Diff(withoutPackage(d), withoutPackage(imported)); diff != "" || len(problems) > 0 {
			t.Fatalf("%v %v\n%s", problems, fates, diff)
		}
	})
}

func withoutPackage(d deployment.Deployment) deployment.Deployment {
	d.Package = deployment.PackageOptions{}
	return d
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := deployment.Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// validate reads YAML in the way of an editor: as JSON.
func validate(schema *jsonschema.Schema, data []byte) error {
	var values any
	if err := yaml.Unmarshal(data, &values); err != nil {
		return err
	}
	asJSON, err := json.Marshal(values)
	if err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(asJSON)))
	if err != nil {
		return err
	}
	return schema.Validate(document)
}

func TestTheSchemaMarksMistakes(t *testing.T) {
	schema := schema(t)
	for _, in := range []string{
		"colour: red", "settings: {Colour: red}", "settings: {SkipDeferral: maybe}", "settings: {UpdateDelay: soon}", "settings: {UpdateDelay: 0}",
		"settings: {WorkdayEndHour: 24}", "settings: {Holidays: [tomorrow]}", "settings: {PromptMessage: a}", "messages: {PromptHeading: 5}",
		"localizations: {deutsch: {PromptHeading: a}}", "localizations: {de: {SupportContact: a}}", "identifier: updates", "settings: {InstallMethod: magic}",
	} {
		if validate(schema, []byte(in)) == nil {
			t.Errorf("%s: is taken", in)
		}
	}
	if err := validate(schema, []byte(whole)); err == nil {
		t.Log("the whole file is taken") // it writes hours as 08, which an editor may mark
	}
}

func TestAStartLoadsAndSetsNothing(t *testing.T) {
	start := deployment.Start("com.example.updates")
	d, problems := deployment.Load("f", start)
	if diff := cmp.Diff(deployment.Deployment{Identifier: "com.example.updates"}, d); diff != "" || len(problems) > 0 {
		t.Error(diff, problems)
	}
	if err := validate(schema(t), start); err != nil {
		t.Error(err)
	}
}

// TestEveryKeyOfAStartCanBeSet takes the sign away that keeps each key from counting.
func TestEveryKeyOfAStartCanBeSet(t *testing.T) {
	start := regexp.MustCompile(`(?m)^(  )?#([^ #]|  )`).ReplaceAllString(string(deployment.Start("com.example.updates")), "$1$2")
	start = regexp.MustCompile(`(?m)^ +install-or-defer .*\n`).ReplaceAllString(start, "") // the commands in its head
	d, problems := deployment.Load("f", []byte(start))
	if len(problems) > 0 {
		t.Fatal(problems, start)
	}
	values := d.Values()
	for _, key := range settings.Table() {
		if _, ok := values[key.Name]; !ok {
			t.Errorf("%s is not in the start", key.Name)
		}
	}
	s, _ := settings.Decode(settings.Platform{}, settings.Source{Name: "file", Values: values})
	for _, key := range settings.Table() {
		if text, is := key.Default.(string); is && text != "" && s.Text(key.Name) != text {
			t.Errorf("%s: %q is not the default", key.Name, s.Text(key.Name))
		}
	}
	if d.Organization == "" || d.Logo == "" || d.Package.StartInterval != 20*time.Minute || d.Jamf == nil || len(d.Jamf.Stages) != 3 {
		t.Errorf("not all is set: %+v", d)
	}
	if err := validate(schema(t), []byte(start)); err != nil {
		t.Error(err)
	}
}

// TestTheDocumentedExampleLoads reads the example of docs/configuration.md.
func TestTheDocumentedExampleLoads(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(examples) == 0 {
		t.Fatal("there is no example")
	}
	for _, example := range examples {
		d, problems := deployment.Load("docs/configuration.md", []byte(example[1]))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
		if findings := settings.Check(d.Values(), settings.LintContext{Now: now, LogoInPackage: d.Logo != ""}); len(findings) > 0 {
			t.Error(findings)
		}
		if err := validate(schema(t), []byte(example[1])); err != nil {
			t.Error(err)
		}
	}
}

func ExampleWrite() {
	fmt.Print(string(deployment.Write(deployment.Deployment{
		Identifier: "com.example.updates",
		Settings:   map[string]any{"MaxDeferralTime": int64(432000), "SupportContact": "the Help Desk"},
		Messages:   map[string]string{"DeferButtonLabel": "Later"},
	})))
	// Output:
	// # yaml-language-server: $schema=https://raw.githubusercontent.com/install-or-defer/install-or-defer/main/schema/install-or-defer.schema.json
	// # What is left out keeps its default. install-or-defer settings check FILE says what is wrong.
	// identifier: "com.example.updates"
	//
	// settings:
	//   # How long a person can defer required updates before they are enforced.
	//   MaxDeferralTime: 5d
	//   # Whom people can ask, as it appears in messages for %SUPPORT_CONTACT%.
	//   SupportContact: "the Help Desk"
	//
	// messages:
	//   DeferButtonLabel: "Later"
}
