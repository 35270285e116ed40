package deployment_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// TestImportReadsShellValues imports one variable at a time; want is what it becomes, or why it does not.
func TestImportReadsShellValues(t *testing.T) {
	for name, row := range map[string]struct{ in, want string }{
		"a bare word":                     {`SUPPORT_CONTACT=IT`, "IT"},
		"a text in double quotes":         {`SUPPORT_CONTACT="the Help Desk"`, "the Help Desk"},
		"a text in single quotes":         {`SUPPORT_CONTACT='the $HOME "desk"'`, `the $HOME "desk"`},
		"quotes one after the other":      {`SUPPORT_CONTACT='don'"'"'t'\ ask`, "don't ask"},
		"signs with a backslash":          {`SUPPORT_CONTACT="a \"b\" \$c \\ \d"`, `a "b" $c \ \d`},
		"several lines":                   {"SUPPORT_CONTACT=\"a\nb \\\nc\"", "a\nb c"},
		"lines as Windows has them":       {"SUPPORT_CONTACT=\"a\r\nb\"\r\n", "a\nb"},
		"a variable that is set before":   {"X=5\nSUPPORT_CONTACT=\"call ${X}$X\"", "call 55"},
		"a variable that is not set":      {`SUPPORT_CONTACT="call $X"`, `it depends on "X"`},
		"a variable with a default":       {`SUPPORT_CONTACT="${X:-IT}"`, `it depends on "X:-IT"`},
		"what a command prints":           {`SUPPORT_CONTACT="$(id -un)"`, "it holds what a command prints"},
		"what a command in ticks prints":  {"SUPPORT_CONTACT=`id`", "it holds what a command prints"},
		"a command with quotes in quotes": {`SUPPORT_CONTACT="$(echo "a)" | sed 's/)/"/')"`, "it holds what a command prints"},
		"an array":                        {`SUPPORT_CONTACT=(a b)`, "it is an array"},
		"quotes that are not closed":      {`SUPPORT_CONTACT="a`, "its quotes are not closed"},
		"a comment after it":              {`SUPPORT_CONTACT="IT" # or who`, "IT"},
		"a line that is commented out":    {"# SUPPORT_CONTACT=nobody\nSUPPORT_CONTACT=IT", "IT"},
		"words before it":                 {"  readonly SUPPORT_CONTACT=IT; true", "IT"},
		"a sign of money":                 {`SUPPORT_CONTACT="5$ or $5"`, "5$ or $5"},
		"a control character":             {"SUPPORT_CONTACT=\"a\x07\"", `is the text "a\a", with a control character at byte 1`},
		"spaces alone":                    {`SUPPORT_CONTACT=" "`, "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			compareImport(t, row.in, settings.SupportContact, row.want)
		})
	}
}

func TestImportComputesArithmetic(t *testing.T) {
	for in, want := range map[string]string{
		"$(( 60 * 60 * 24 * 3 ))":       "259200",
		"$((60*(2+3)))":                 "300",
		"$(( 3600 / 7 ))":               "514",
		"$(( 1000 - 10 % 4 ))":          "998",
		"$(( -(-60) + +1 ))":            "61",
		"$(( MINUTE * $MINUTE ))":       "3600",
		"$(( ${MINUTE} ))":              "60",
		"$(( HOUR ))":                   `it depends on "HOUR"`,
		"$(( 1 / 0 ))":                  "it divides by zero",
		"$(( 1 % (2 - 2) ))":            "it divides by zero",
		"$(( 010 ))":                    "the shell takes 010 for octal",
		"$(( 2 ** 8 ))":                 `the arithmetic " 2 ** 8 " is not understood`,
		"$(( 1 + ))":                    `the arithmetic " 1 + " is not understood`,
		"$(( (1 ))":                     "a bracket is not closed",
		"$(( 9999999999999999999999 ))": "a number is too large",
		"$(( 99999999 * 99999999999 ))": "a number is too large",
		"$(( " + strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100) + " ))": "its arithmetic is nested too deep",
		"$(( UPDATE_DELAY = 5 ))": `it depends on "UPDATE_DELAY"`,
		"$(( 0 ))":                "is 0, below the smallest allowed, 1",
		"soon":                    `is the text "soon", not a whole number of seconds`,
		"3600":                    "3600",
	} {
		t.Run(in, func(t *testing.T) {
			compareImport(t, "MINUTE=60\nUPDATE_DELAY="+in, settings.UpdateDelay, want)
		})
	}
}

func compareImport(t *testing.T, script, key, want string) {
	t.Helper()
	d, fates, problems := deployment.Import("f", []byte("#!/bin/sh\n"+script))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := ""
	for _, fate := range fates {
		if fate.What == "UPDATE_DELAY" || fate.What == "SUPPORT_CONTACT" {
			got = fate.Why
		}
	}
	if value, ok := d.Settings[key]; ok {
		if n, is := value.(int64); is {
			value = formatInt(n)
		}
		got = value.(string)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func formatInt(n int64) string {
	var digits []byte
	for ; n > 0; n /= 10 {
		digits = append([]byte{byte('0' + n%10)}, digits...)
	}
	return string(digits)
}

func FuzzImport(f *testing.F) {
	f.Add([]byte("#!/bin/sh\nX=1\nUPDATE_DELAY=$(( X * (60 + 1) ))\nMSG_ACT=\"a\nb $X\"\nLOGO='/x.png'\n"))
	f.Add([]byte(whole))
	f.Add([]byte("UpdateDelay: 60\nLocalizations: {de: {PromptHeading: 5}}\nHolidays: [x, 2026-01-01]\nNope: {}\n"))
	profile, err := settings.Profile(settings.ProfileOptions{Identifier: "com.example.updates", Values: map[string]any{"UpdateDelay": 60}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(profile)
	files, _ := filepath.Glob("testdata/hostile/*")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const enough = 4 << 10
		if len(data) > enough {
			return
		}
		d, fates, problems := deployment.Import("f", data)
		named(t, problems)
		if len(problems) > 0 {
			if diff := cmp.Diff(deployment.Deployment{}, d); diff != "" || fates != nil {
				t.Error("half a result:", diff, fates)
			}
			return
		}
		for _, fate := range fates {
			if strings.ContainsAny(fate.String(), "\n\r") || fate.What == "" || fate.To == "" && fate.Why == "" {
				t.Errorf("not one line that says all: %q", fate)
			}
		}
		written := deployment.Write(d)
		again, problems := deployment.Load("g", written)
		if diff := cmp.Diff(d, again); diff != "" || len(problems) > 0 {
			t.Errorf("imported, written and read: %s %v\n%s", diff, problems, written)
		}
	})
}

// TestAProfileMadeHereIsImportedWhole takes every example of the table on a round trip.
func TestAProfileMadeHereIsImportedWhole(t *testing.T) {
	values := map[string]any{
		"MaxDeferralTime": int64(432000), "WorkdayStartHour": int64(9), "WorkdayEndHour": int64(17), "WorkdayDays": []any{int64(1)},
		"Holidays": []any{"2026-12-25"}, "SkipDeferral": true, "PromptMessage": "a\nb", "DeferButtonLabel": "Later",
		"Localizations": map[string]any{"de": map[string]any{"DeferButtonLabel": "Später"}},
	}
	profile, err := settings.Profile(settings.ProfileOptions{Identifier: "com.example.updates", Organization: "Example", Values: values})
	if err != nil {
		t.Fatal(err)
	}
	d, fates, problems := deployment.Import("f", profile)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if d.Identifier != "com.example.updates" || d.Organization != "Example" {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff(values, d.Values()); diff != "" {
		t.Error(diff, fates)
	}
}

func TestReadFindsTheOneDomainThatIsOurs(t *testing.T) {
	payload := func(domains ...string) map[string]any {
		content := map[string]any{}
		for _, name := range domains {
			content[name] = map[string]any{"Forced": []any{map[string]any{"mcx_preference_settings": map[string]any{"UpdateDelay": 60}}}}
		}
		return map[string]any{"PayloadType": "com.apple.ManagedClient.preferences", "PayloadContent": content}
	}
	for name, row := range map[string]struct {
		payloads []any
		want     string
	}{
		"two domains with our keys": {[]any{payload("com.example.a", "com.example.b")}, "f: sets preferences of several domains that look like ours: com.example.a, com.example.b; keep one payload of them"},
		"nothing that is set":       {[]any{map[string]any{"PayloadType": "com.apple.ManagedClient.preferences"}}, "f: holds no payload that sets preferences"},
		"payloads of odd types":     {[]any{5, map[string]any{"PayloadContent": 5}}, "f: holds no payload that sets preferences"},
		"no payloads":               {nil, "f: holds no payload that sets preferences"},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := plist.Encode(map[string]any{"PayloadType": "Configuration", "PayloadContent": append([]any{}, row.payloads...)})
			if err != nil {
				t.Fatal(err)
			}
			_, problems := deployment.Read("f", data)
			if len(problems) != 1 || problems[0].String() != row.want {
				t.Error(problems)
			}
		})
	}
}
