package deployment_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

const whole = `identifier: com.example.updates
organization: Example Ltd
logo: art/logo.png
settings:
  MaxDeferralTime: 5d
  DeferralPeriod: 1h 30m
  PromptTimeout: 600
  SkipDeferral: no
  WorkdayStartHour: 08
  WorkdayEndHour: 017
  WorkdayDays: [5, 1, 2, 2]
  Holidays:
    - 2026-12-25
  ExcludedUpdates: ["Safari*"]
messages:
  PromptHeading: Updates
  PromptMessage: |-
    Please install %UPDATE_LIST%.

    By %DEADLINE_DATE%.
  DeferButtonLabel: Later
localizations:
  de:
    DeferButtonLabel: Später
  no: {PromptHeading: Oppdateringer}
package:
  version: 1.2.3
  start_interval: 30m
  reset_on_install: true
`

func TestLoadReadsTheWholeFile(t *testing.T) {
	got, problems := deployment.Load("a.yaml", []byte(whole))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := deployment.Deployment{
		Identifier: "com.example.updates", Organization: "Example Ltd", Logo: "art/logo.png",
		Settings: map[string]any{
			"MaxDeferralTime": int64(432000), "DeferralPeriod": int64(5400), "PromptTimeout": int64(600), "SkipDeferral": false,
			"WorkdayStartHour": int64(8), "WorkdayEndHour": int64(17), "WorkdayDays": []any{int64(1), int64(2), int64(5)},
			"Holidays": []any{"2026-12-25"}, "ExcludedUpdates": []any{"Safari*"},
		},
		Messages: map[string]string{
			"PromptHeading": "Updates", "PromptMessage": "Please install %UPDATE_LIST%.\n\nBy %DEADLINE_DATE%.", "DeferButtonLabel": "Later",
		},
		Localizations: map[string]map[string]string{"de": {"DeferButtonLabel": "Später"}, "no": {"PromptHeading": "Oppdateringer"}},
		Package:       deployment.PackageOptions{Version: "1.2.3", StartInterval: 30 * time.Minute, ResetOnInstall: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s, findings := settings.Decode(settings.Platform{}, settings.Source{Name: "file", Values: got.Values()})
	if len(findings) > 0 {
		t.Error(findings)
	}
	if texts, _ := s.Localization("de"); texts["DeferButtonLabel"] != "Später" || s.Text(settings.DeferButtonLabel) != "Later" {
		t.Error("the texts are not among the values")
	}
}

// TestLoadSaysWhatIsWrong compares all that is said about a file, so that one mistake is said once.
func TestLoadSaysWhatIsWrong(t *testing.T) {
	for name, row := range map[string]struct{ in, want string }{
		"an empty file":                 {"", "f:1:1: is empty; install-or-defer init writes a start"},
		"comments alone":                {"# later\n", "f:1:1: is empty; install-or-defer init writes a start"},
		"a list":                        {"- a\n- b\n", "f:1:1: is a list, not keys with values; write key: value, one a line"},
		"a bare text":                   {"hello", "f:1:1: is a single value, not keys with values; write key: value, one a line"},
		"a section that is misspelt":    {"setings:\n  UpdateDelay: 60\n", "f:1:1: setings: is an unknown key; did you mean settings?"},
		"a section that is not there":   {"colour: red\n", "f:1:1: colour: is an unknown key; write one of identifier, organization, logo, settings, messages, localizations, package, jamf"},
		"a key that is misspelt":        {"settings:\n  PromptTimout: 60\n", "f:2:3: settings.PromptTimout: is an unknown key; did you mean PromptTimeout?"},
		"a key like nothing":            {"settings:\n  Colour: red\n", "f:2:3: settings.Colour: is an unknown key; install-or-defer settings list names those there are"},
		"a setting at the top":          {"organization: A\nUpdateDelay: 60\n", "f:2:1: UpdateDelay: belongs under settings; move it there"},
		"a message among settings":      {"settings:\n  PromptMessage: Hi\n", "f:2:3: settings.PromptMessage: belongs under messages; move it there"},
		"a setting among messages":      {"messages:\n  SupportContact: IT\n", "f:2:3: messages.SupportContact: belongs under settings; move it there"},
		"a setting in a language":       {"localizations:\n  de:\n    SupportContact: IT\n    DeferButtonLabel: Nein\n", "f:3:5: localizations.de.SupportContact: has no languages; write it under settings"},
		"languages among settings":      {"settings:\n  Localizations: {}\n", "f:2:3: settings.Localizations: has no place here; write the languages under localizations"},
		"a text where a language goes":  {"localizations:\n  PromptHeading: Hallo\n", "f:2:3: localizations.PromptHeading: is not the tag of a language; write de: or pt-BR: above it"},
		"a language that is none":       {"localizations:\n  deutsch:\n    PromptHeading: Hallo\n", "f:2:3: localizations.deutsch: is not the tag of a language, such as de or pt-BR"},
		"a language without texts":      {"localizations:\n  de:\n", "f:2:3: localizations.de: holds no texts; write some, or leave the language out"},
		"an empty text in a language":   {"localizations:\n  de:\n    PromptHeading: ' '\n", "f:3:20: localizations.de.PromptHeading: is empty"},
		"a number where text goes":      {"messages:\n  PromptHeading: 5\n", "f:2:18: messages.PromptHeading: is 5, not text; write it in quotes"},
		"text where a duration goes":    {"settings:\n  UpdateDelay: soon\n", `f:2:16: settings.UpdateDelay: is the text "soon", not a whole number of seconds; write seconds or a span, as 900 or 15m`},
		"a duration of unknown units":   {"settings:\n  UpdateDelay: 2w\n", `f:2:16: settings.UpdateDelay: is the text "2w", not a whole number of seconds; write seconds or a span, as 900 or 15m`},
		"a duration of nothing":         {"settings:\n  UpdateDelay: 0s\n", "f:2:16: settings.UpdateDelay: is 0, below the smallest allowed, 1; write seconds or a span, as 900 or 15m"},
		"a negative duration":           {"settings:\n  UpdateDelay: -60\n", "f:2:16: settings.UpdateDelay: is -60, below the smallest allowed, 1; write seconds or a span, as 900 or 15m"},
		"half a second":                 {"settings:\n  UpdateDelay: 0.5\n", "f:2:16: settings.UpdateDelay: is the real number 0.5, not a whole number of seconds; write seconds or a span, as 900 or 15m"},
		"a number beyond all":           {"settings:\n  UpdateDelay: 99999999999999999999\n", "f:2:16: settings.UpdateDelay: is 9223372036854775807 or more, above the largest allowed, 315360000; write seconds or a span, as 900 or 15m"},
		"a maybe":                       {"settings:\n  SkipDeferral: maybe\n", `f:2:17: settings.SkipDeferral: is the text "maybe", not true or false; write true or false`},
		"an hour beyond the day":        {"settings:\n  WorkdayStartHour: 9\n  WorkdayEndHour: 24\n", "f:2:21: settings.WorkdayStartHour: is 9, without a usable WorkdayEndHour; write a number from 0 to 22\nf:3:19: settings.WorkdayEndHour: is 24, above the largest allowed, 23; write a number from 1 to 23"},
		"a day that is none":            {"settings:\n  Holidays: [2026-02-30]\n", `f:2:3: settings.Holidays: has an item 1 that is the text "2026-02-30", not a date as YYYY-MM-DD; write a list, as [2026-12-25, 2027-01-01]`},
		"one day that is no list":       {"settings:\n  Holidays: 2026-12-25\n", `f:2:13: settings.Holidays: is the text "2026-12-25", not an array; write a list, as [2026-12-25, 2027-01-01]`},
		"a prompt longer than deferral": {"settings:\n  DeferralPeriod: 1h\n  PromptTimeout: 2h\n", "f:3:18: settings.PromptTimeout: PromptTimeout (7200 s, 2 hours) is not shorter than DeferralPeriod (3600 s, 1 hour): a prompt would still stand when the next one is due"},
		"no room for a default":         {"settings:\n  MaxDeferralTime: 2h\n", "f:2:20: settings.DeferralPeriod: is not set, and its default (14400 s, 4 hours) is not shorter than MaxDeferralTime (7200 s, 2 hours): it would become 1 hour 59 minutes 59 seconds; set it"},
		"a value that is missing":       {"settings:\n  UpdateDelay:\n", "f:2:16: settings.UpdateDelay: has no value; write one, or leave the key out to keep its default"},
		"an identifier of one part":     {"identifier: updates\n", `f:1:13: identifier: "updates" is not an identifier; write at least two parts of letters, digits and hyphens, as in com.example.updates`},
		"an identifier that climbs":     {"identifier: com.example/../x\n", `f:1:13: identifier: "com.example/../x" is not an identifier; write at least two parts of letters, digits and hyphens, as in com.example.updates`},
		"an organization of two lines":  {"organization: \"a\\nb\"\n", "f:1:15: organization: is not one line of at most 1024 bytes"},
		"an interval that is too short": {"package:\n  start_interval: 5s\n", "f:2:19: package.start_interval: is 5; write a time from 1m to 1d, as in 20m"},
		"a package option unknown":      {"package:\n  interval: 20m\n", "f:2:3: package.interval: is an unknown key; write one of version, start_interval, reset_on_install"},
		"a package flag that is text":   {"package:\n  reset_on_install: often\n", "f:2:21: package.reset_on_install: is often; write true or false"},
		"a key twice":                   {"settings:\n  UpdateDelay: 60\n  UpdateDelay: 61\n", `f:3:3: mapping key "UpdateDelay" already defined at [2:3]`},
		"a section twice":               {"settings:\n  UpdateDelay: 60\nsettings: {}\n", `f:3:1: mapping key "settings" already defined at [1:1]`},
		"a tab":                         {"settings:\n\tUpdateDelay: 60\n", "f:2:1: is indented with a tab; write spaces"},
		"an open quote":                 {"organization: \"a\n", "f:1:15: could not find end character of double-quoted text"},
		"wrong indentation":             {"settings:\n  UpdateDelay: 60\n PromptTimeout: 60\n", "f:3:2: value is not allowed in this context"},
		"two documents":                 {"organization: A\n---\norganization: B\n", "f:3:1: is a second document; keep one, and leave out the line ---"},
		"a directive":                   {"%YAML 1.2\n---\norganization: A\n", "f:1:1: holds a directive; leave out the line that begins with %"},
		"an anchor":                     {"organization: &a Example\n", "f:1:15: organization: is an anchor (&), which is not used here; write the value itself"},
		"an alias":                      {"organization: &a Example\nlogo: *a\n", "f:1:15: organization: is an anchor (&), which is not used here; write the value itself\nf:2:7: logo: is an alias (*), which is not used here; write the value itself"},
		"a tag":                         {"organization: !!str Example\n", "f:1:15: organization: is a tag (!), which is not used here; write the value itself"},
		"a merge key":                   {"<<: {organization: A}\nlogo: a\n", "f:1:1: holds a key in a form that is not used here; write key: value"},
		"bytes that are no text":        {"organization: A\nlogo: \xff\n", "f:2:1: is not UTF-8 text"},
		"a control character":           {"messages:\n  PromptHeading: \"a\\x07b\"\n", `f:2:18: messages.PromptHeading: is the text "a\ab", with a control character at byte 1`},
		"settings that are a list":      {"settings: [UpdateDelay]\n", "f:1:11: settings: is a list, not keys with values; write key: value, one a line"},
	} {
		t.Run(name, func(t *testing.T) {
			d, problems := deployment.Load("f", []byte(row.in))
			var got []string
			for _, p := range problems {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(row.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(deployment.Deployment{}, d); diff != "" {
				t.Error("half a result:", diff)
			}
		})
	}
}

func TestEveryMistakeIsSaidAtOnceAndInOrder(t *testing.T) {
	_, problems := deployment.Load("f", []byte("package: 1\nlogo: 2\nsettings:\n  Nope: 1\n  UpdateDelay: {}\nidentifier: x\n"))
	lines := []int{}
	for _, p := range problems {
		lines = append(lines, p.Line)
	}
	if diff := cmp.Diff([]int{1, 2, 4, 5, 6}, lines); diff != "" {
		t.Error(diff, problems)
	}
}

func TestSizesThatTheParserDoesNotBearAreRefused(t *testing.T) {
	for name, in := range map[string]string{
		"brackets within brackets": strings.Repeat("[", 100_000),
		"too many lines":           strings.Repeat("# a\n", 20_000),
		"too many bytes":           "organization: " + strings.Repeat("a", 300<<10),
	} {
		start := time.Now()
		if _, problems := deployment.Load("f", []byte(in)); len(problems) != 1 || time.Since(start) > 5*time.Second {
			t.Errorf("%s: %v after %v", name, problems, time.Since(start))
		}
	}
}

// TestHostileFiles reads files that people and programs have got wrong.
func TestHostileFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/hostile/*")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		document, problems := deployment.Read(file, data)
		if len(problems) == 0 {
			t.Errorf("%s: nothing is said about it", file)
		}
		if document.Values != nil || document.Lines != nil {
			t.Errorf("%s: half a result", file)
		}
		named(t, problems)
	}
}

// named checks that problems are sentences for people, with a place wherever a text file has one.
func named(t *testing.T, problems []deployment.Problem) {
	t.Helper()
	for _, p := range problems {
		line := p.String()
		if p.File == "" || p.Message == "" || !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) || len(line) > 4000 {
			t.Errorf("not one line for people: %q", line)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(wholeJamf))
	f.Add(deployment.Start("com.example.updates"))
	files, _ := filepath.Glob("testdata/hostile/*")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const enough = 4 << 10 // the parser's time grows with the square
		if len(data) > enough {
			return
		}
		d, problems := deployment.Load("f.yaml", data)
		named(t, problems)
		if len(problems) > 0 {
			if diff := cmp.Diff(deployment.Deployment{}, d); diff != "" {
				t.Error("half a result:", diff)
			}
			for _, p := range problems {
				if p.Line < 1 || p.Column < 1 {
					t.Errorf("no place: %v", p)
				}
			}
			return
		}
		for _, f := range settings.Check(d.Values(), settings.LintContext{}) {
			if f.Severity == settings.Wrong {
				t.Errorf("loaded, and yet: %v", f)
			}
		}
		again, problems := deployment.Load("g.yaml", deployment.Write(d))
		if diff := cmp.Diff(d, again); diff != "" || len(problems) > 0 {
			t.Errorf("written and read: %s %v\n%s", diff, problems, deployment.Write(d))
		}
	})
}
