package settings_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

var update = flag.Bool("update", false, "write what the tests compare with")

const domain = "com.github.mpanighetti.install-or-defer"

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("differs from %s (-want +got):\n%s", path, diff)
	}
}

func TestProfile(t *testing.T) {
	got, err := settings.Profile(settings.ProfileOptions{
		Identifier: "com.example.updates", Organization: "Example & Söhne", DisplayName: "Updates",
		Values: values{
			settings.MaxDeferralTime: "432000", settings.SkipDeferral: "no", settings.WorkdayDays: []any{int64(5), int64(1)},
			settings.Holidays: []any{"2027-01-01", "2026-12-25"}, settings.ExcludedUpdates: []any{"Safari*"},
			settings.PromptMessage: "Please update.\n<<Save first.>>{{ Or defer.}}", settings.SupportContact: "IT & Help",
			settings.Localizations: values{"de": values{settings.PromptHeading: "Bitte aktualisieren"}},
			"PayloadUUID":          "what an older profile had",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "profile.mobileconfig", got)
}

// decoded reads a profile and returns its outer dictionary, its only payload and the preferences in there.
func decoded(t interface {
	Helper()
	Fatal(...any)
}, profile []byte, domain string,
) (outer, payload, preferences map[string]any) {
	t.Helper()
	outer, err := plist.Decode(profile)
	if err != nil {
		t.Fatal(err)
	}
	payload = outer["PayloadContent"].([]any)[0].(map[string]any)
	forced := payload["PayloadContent"].(map[string]any)[domain].(map[string]any)["Forced"].([]any)
	return outer, payload, forced[0].(map[string]any)["mcx_preference_settings"].(map[string]any)
}

func TestProfileIsWhatMacsExpect(t *testing.T) {
	data, err := settings.Profile(settings.ProfileOptions{Identifier: domain})
	if err != nil {
		t.Fatal(err)
	}
	outer, payload, preferences := decoded(t, data, domain)
	compare(t, values{}, preferences)
	for key, want := range map[string]any{
		"PayloadType": "Configuration", "PayloadVersion": int64(1), "PayloadScope": "System", "PayloadRemovalDisallowed": true,
		"PayloadDisplayName": "Install or Defer", "PayloadIdentifier": domain + ".profile", "PayloadOrganization": nil,
	} {
		compare(t, want, outer[key])
	}
	compare(t, "com.apple.ManagedClient.preferences", payload["PayloadType"].(string))
	compare(t, int64(1), payload["PayloadVersion"].(int64))
	pattern := regexp.MustCompile(`^[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`)
	for _, uuid := range []string{outer["PayloadUUID"].(string), payload["PayloadUUID"].(string)} {
		if !pattern.MatchString(uuid) {
			t.Errorf("not a UUID of version 5: %s", uuid)
		}
	}
}

func TestUUIDsFollowFromTheContent(t *testing.T) {
	seen := map[string]string{}
	base := settings.ProfileOptions{Identifier: domain, Organization: "A"}
	for name, change := range map[string]func(*settings.ProfileOptions){
		"nothing":          func(*settings.ProfileOptions) {},
		"the identifier":   func(o *settings.ProfileOptions) { o.Identifier = "com.example.updates" },
		"the organization": func(o *settings.ProfileOptions) { o.Organization = "B" },
		"the settings":     func(o *settings.ProfileOptions) { o.Values = values{settings.UpdateDelay: int64(60)} },
		"one setting":      func(o *settings.ProfileOptions) { o.Values = values{settings.UpdateDelay: int64(61)} },
	} {
		o := base
		change(&o)
		first, err := settings.Profile(o)
		if err != nil {
			t.Fatal(err)
		}
		second, _ := settings.Profile(o)
		compare(t, string(first), string(second))
		outer, payload, _ := decoded(t, first, o.Identifier)
		for _, uuid := range []any{outer["PayloadUUID"], payload["PayloadUUID"]} {
			if other, twice := seen[uuid.(string)]; twice {
				t.Errorf("changing %s and changing %s give the same UUID", name, other)
			}
			seen[uuid.(string)] = name
		}
	}
}

func TestProfileRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		options settings.ProfileOptions
		want    string
	}{
		"all that is wrong at once": {
			settings.ProfileOptions{Identifier: domain, Values: values{
				settings.UpdateDelay: "soon", "DeferalPeriod": int64(1), settings.PromptStyle: "magic",
				settings.MaxDeferralTime: int64(7200),
				settings.Localizations:   values{"de": values{settings.PromptHeading: ""}},
			}},
			`render profile: settings are refused:
  settings: DeferralPeriod becomes 7199, to fit into MaxDeferralTime: the default, 14400, does not
  settings: UpdateDelay is the text "soon", not a whole number of seconds; ignored
  settings: PromptStyle is the text "magic", not one of auto, jamfhelper, swiftdialog, osascript; ignored
  settings: Localizations.de.PromptHeading is empty; ignored
  settings: DeferalPeriod is an unknown key; ignored (did you mean DeferralPeriod?)`,
		},
		"no identifier": {settings.ProfileOptions{}, "render profile: identifier is empty"},
		"an organization with a control character": {settings.ProfileOptions{Identifier: domain, Organization: "a\x00"}, `render profile: organization is the text "a\x00", with a control character at byte 1`},
		"a display name that is not UTF-8":         {settings.ProfileOptions{Identifier: domain, DisplayName: "\xff"}, `render profile: display name is the text "\xff", not valid UTF-8`},
		"text that XML cannot hold":                {settings.ProfileOptions{Identifier: domain, DisplayName: "\ufffe"}, `render profile: display name is the text "\ufffe", with a control character at byte 0`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := settings.Profile(row.options)
			if err == nil || got != nil {
				t.Fatalf("not refused: %s", got)
			}
			compare(t, row.want, err.Error())
			var refused *settings.RefusedError
			compare(t, strings.Contains(row.want, "refused"), errors.As(err, &refused))
		})
	}
}

// TestAProfileYieldsTheSameSettings is the promise to administrators: what they set is what Macs obey.
func TestAProfileYieldsTheSameSettings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := validSettings().Draw(t, "settings")
		want, findings := settings.Decode(settings.Platform{}, profile(set))
		if len(findings) > 0 {
			t.Fatalf("not valid: %v", findings)
		}
		data, err := settings.Profile(settings.ProfileOptions{Identifier: domain, Values: set})
		if err != nil {
			t.Fatal(err)
		}
		_, _, preferences := decoded(t, data, domain)
		if len(preferences) != len(set) {
			t.Fatalf("%d keys of %d", len(preferences), len(set))
		}
		got, findings := settings.Decode(settings.Platform{}, profile(preferences))
		if diff := cmp.Diff(want.All(), got.All()); diff != "" || len(findings) > 0 {
			t.Fatalf("%v\n%s", findings, diff)
		}
	})
}

// tool finds a program that the tests use. Where it is missing, the test is skipped, but not in continuous integration.
func tool(t *testing.T, name, from string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
		t.Fatalf("%s is missing: install %s", name, from)
	}
	t.Skipf("%s is missing: install %s", name, from)
	return ""
}

// samples writes profiles of random settings into a folder, and returns the settings by file.
func samples(t *testing.T) map[string]map[string]any {
	t.Helper()
	all, folder := map[string]map[string]any{}, t.TempDir()
	for i := range 60 {
		set := validSettings().Example(i)
		data, err := settings.Profile(settings.ProfileOptions{Identifier: domain, Organization: "Example & Söhne", Values: set})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, fmt.Sprintf("%02d.mobileconfig", i))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		all[path] = set
	}
	return all
}

func sameSettings(t *testing.T, path string, want, got map[string]any) {
	t.Helper()
	wanted, _ := settings.Decode(settings.Platform{}, profile(want))
	have, findings := settings.Decode(settings.Platform{}, profile(got))
	if diff := cmp.Diff(wanted.All(), have.All()); diff != "" || len(findings) > 0 {
		t.Errorf("%s: %v\n%s", path, findings, diff)
	}
}

func TestPythonReadsTheSameSettings(t *testing.T) {
	const script = `
import json, plistlib, sys
found = {}
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        profile = plistlib.load(file)
    payload = profile["PayloadContent"][0]
    found[path] = payload["PayloadContent"][sys.argv[1]]["Forced"][0]["mcx_preference_settings"]
json.dump(found, sys.stdout, default=lambda date: date.isoformat() + "Z")
`
	python := tool(t, "python3", "python3")
	all := samples(t)
	args := []string{"-c", script, domain}
	for path := range all {
		args = append(args, path)
	}
	out, err := exec.Command(python, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var found map[string]map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	decoder.UseNumber()
	if err := decoder.Decode(&found); err != nil {
		t.Fatal(err)
	}
	for path, set := range all {
		sameSettings(t, path, set, numbers(found[path]).(map[string]any))
	}
}

// numbers turns JSON's numbers into those of property lists.
func numbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			return v.String()
		}
		return n
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = numbers(v[key])
		}
	}
	return value
}

func TestPlistutilReadsTheSameSettings(t *testing.T) {
	plistutil := tool(t, "plistutil", "libplist-utils")
	for path, set := range samples(t) {
		binary := path + ".bin"
		if out, err := exec.Command(plistutil, "-f", "bin", "-i", path, "-o", binary).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		data, err := os.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(data), "bplist00") {
			t.Fatalf("plistutil wrote %q", data)
		}
		_, _, preferences := decoded(t, data, domain)
		sameSettings(t, path, set, preferences)
	}
}
