package enforce_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestJudge(t *testing.T) {
	mac := func(title, version string) enforce.Update {
		return enforce.Update{Label: title + "-1", Title: title, Version: version, Recommended: true, Action: enforce.Restart}
	}
	safari := enforce.Update{Label: "Safari14.0-14.0", Title: "Safari", Version: "14.0", Recommended: true}
	optional := enforce.Update{Label: "iCal-1.0.2", Title: "iCal", Version: "1.0.2"}
	for _, row := range []struct {
		name    string
		scope   enforce.Scope
		updates []enforce.Update
		want    string // the labels that are enforced
	}{
		{"a recommended update is enforced", enforce.Scope{}, []enforce.Update{safari}, "Safari14.0-14.0"},
		{"one that is not recommended and needs no restart is not", enforce.Scope{}, []enforce.Update{optional}, ""},
		{"one that needs a restart is, recommended or not", enforce.Scope{}, []enforce.Update{{Label: "a", Action: enforce.Restart}}, "a"},
		{"so is one that needs a shut down", enforce.Scope{}, []enforce.Update{{Label: "a", Action: enforce.ShutDown}}, "a"},
		{"an action that is not known is none", enforce.Scope{}, []enforce.Update{{Label: "a", Action: ""}}, ""},
		{"the rest goes along with a restart", enforce.Scope{}, []enforce.Update{optional, {Label: "a", Action: enforce.Restart}}, "iCal-1.0.2 a"},
		{"the rest does not go along without one", enforce.Scope{}, []enforce.Update{optional, safari}, "Safari14.0-14.0"},
		{"what is deferred does not go along", enforce.Scope{}, []enforce.Update{{Label: "d", Deferred: true}, {Label: "a", Action: enforce.Restart}}, "a"},
		{"a restart that is deferred takes nothing along", enforce.Scope{}, []enforce.Update{optional, {Label: "a", Action: enforce.Restart, Deferred: true}}, ""},
		{"a restart of a major upgrade takes nothing along", enforce.Scope{Running: "13.6"}, []enforce.Update{optional, mac("macOS Sonoma 14.1", "14.1")}, ""},
		{"the word restart in a title is no action", enforce.Scope{}, []enforce.Update{{Label: "a", Title: "Fix for restart, Action: restart"}}, ""},
		{"an entry without details is left alone", enforce.Scope{}, []enforce.Update{{Label: "a", Cut: true, Recommended: true}}, ""},
		{"a minor update of macOS is enforced", enforce.Scope{Running: "13.6"}, []enforce.Update{mac("macOS Ventura 13.7", "13.7")}, "macOS Ventura 13.7-1"},
		{"a major upgrade is not", enforce.Scope{Running: "13.6"}, []enforce.Update{mac("macOS Sonoma 14.1", "14.1")}, ""},
		{"a major upgrade is where the settings allow it", enforce.Scope{Running: "13.6", AllowMajor: true}, []enforce.Update{mac("macOS Sonoma 14.1", "14.1")}, "macOS Sonoma 14.1-1"},
		{"10.15 is major to 10.14", enforce.Scope{Running: "10.14.6"}, []enforce.Update{mac("macOS Catalina 10.15.7", "10.15.7")}, ""},
		{"10.15.7 is minor to 10.15.6", enforce.Scope{Running: "10.15.6"}, []enforce.Update{mac("macOS Catalina 10.15.7", "10.15.7")}, "macOS Catalina 10.15.7-1"},
		{"11 is major to 10.15", enforce.Scope{Running: "10.15.7"}, []enforce.Update{mac("macOS Big Sur 11.1", "11.1")}, ""},
		{"10.16 is 11", enforce.Scope{Running: "10.16"}, []enforce.Update{mac("macOS Big Sur 11.1", "11.1")}, "macOS Big Sur 11.1-1"},
		{"10.16 is major to 10.15", enforce.Scope{Running: "10.15.7"}, []enforce.Update{mac("macOS Big Sur", "10.16")}, ""},
		{"an empty version is found in the title", enforce.Scope{Running: "10.14.6"}, []enforce.Update{mac("macOS 10.15 Update", "")}, ""},
		{"an empty version with a minor title is minor", enforce.Scope{Running: "10.15"}, []enforce.Update{mac("macOS Catalina 10.15.1 Update", "")}, "macOS Catalina 10.15.1 Update-1"},
		{"without any version it is no upgrade", enforce.Scope{Running: "10.15"}, []enforce.Update{mac("macOS Supplemental Update", "")}, "macOS Supplemental Update-1"},
		{"an installer is an upgrade", enforce.Scope{Running: "10.14.6"}, []enforce.Update{mac("Install macOS Catalina", "10.15.7")}, ""},
		{"macOS 27 has no name", enforce.Scope{Running: "26.4"}, []enforce.Update{mac("macOS 27", "27")}, ""},
		{"macOS 27.0.1 is minor to 27", enforce.Scope{Running: "27"}, []enforce.Update{mac("macOS 27.0.1", "27.0.1")}, "macOS 27.0.1-1"},
		{"a rapid security response is minor", enforce.Scope{Running: "13.2"}, []enforce.Update{mac("macOS Ventura Rapid Security Response", "13.2 (a)")}, "macOS Ventura Rapid Security Response-1"},
		{"a beta is judged by its number", enforce.Scope{Running: "11.1"}, []enforce.Update{mac("macOS Monterey beta", "12.0 beta 5")}, ""},
		{"a later version of an app is no upgrade of macOS", enforce.Scope{Running: "13.6"}, []enforce.Update{{Label: "x", Title: "Xcode", Version: "16", Recommended: true}}, "x"},
		{"where the running version cannot be read nothing is major", enforce.Scope{Running: "?"}, []enforce.Update{mac("macOS Sonoma 14.1", "14.1")}, "macOS Sonoma 14.1-1"},
		{
			"a label says nothing: this one carries a macOS update",
			enforce.Scope{Running: "10.14.6"},
			[]enforce.Update{{Label: "Safari14.0MojaveAuto-10.14.6", Title: "macOS Supplemental Update", Version: "10.14.6", Action: enforce.Restart}},
			"Safari14.0MojaveAuto-10.14.6",
		},
		{"a title is excluded", enforce.Scope{Excluded: []string{"Safari"}}, []enforce.Update{safari}, ""},
		{"a label is excluded by a pattern", enforce.Scope{Excluded: []string{"Safari*14.0"}}, []enforce.Update{safari}, ""},
		{"a pattern has to fit from end to end", enforce.Scope{Excluded: []string{"*Saf", "afari*", "safari"}}, []enforce.Update{safari}, "Safari14.0-14.0"},
		{"a label's trailing space belongs to it", enforce.Scope{}, []enforce.Update{{Label: "Update- ", Recommended: true}}, "Update- "},
		{"a pattern need not name the trailing space", enforce.Scope{Excluded: []string{"Update-"}}, []enforce.Update{{Label: "Update- ", Recommended: true}}, ""},
		{"an asterisk excludes all", enforce.Scope{Excluded: []string{"*"}}, []enforce.Update{safari, optional}, ""},
		{"nothing is offered", enforce.Scope{}, nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			var labels []string
			for _, u := range row.scope.Required(row.updates) {
				labels = append(labels, u.Label)
			}
			if got := strings.Join(labels, " "); got != row.want {
				t.Errorf("enforces %q, want %q", got, row.want)
			}
			for i, v := range row.scope.Judge(row.updates) {
				if v.Reason == "" || !cmp.Equal(v.Update, row.updates[i]) {
					t.Errorf("verdict %+v", v)
				}
			}
		})
	}
}

func TestVerdictSaysWhy(t *testing.T) {
	scope := enforce.Scope{Running: "13.6", Excluded: []string{"Sa*"}}
	verdicts := scope.Judge([]enforce.Update{
		{Title: "macOS 13.7", Version: "13.7", Recommended: true, Action: enforce.Restart},
		{Title: "iCal"},
		{Title: "Safari"},
		{Title: "macOS 14", Version: "14"},
		{Title: "D", Deferred: true},
		{Label: "c", Cut: true},
	})
	var reasons []string
	for _, v := range verdicts {
		reasons = append(reasons, v.Reason)
	}
	want := []string{
		"recommended, and needs a restart", "goes along, since macOS 13.7 needs a restart anyway", "excluded by ExcludedUpdates (Sa*)",
		"a major upgrade from macOS 13.6, and AllowMajorUpgrades is not set", "deferred by a management profile",
		"the listing gives no details: it was cut",
	}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Error(diff)
	}
}

// An asterisk stands for any text, as ".*" does in a regular expression that spans lines.
func TestExcludedAgreesWithARegularExpression(t *testing.T) {
	letters := rapid.StringOfN(rapid.SampledFrom([]rune("ab*. \n")), 0, 7, -1)
	try(t, "patterns matched by a second program", func(t *rapid.T) {
		pattern, title := letters.Draw(t, "pattern"), strings.ReplaceAll(letters.Draw(t, "title"), "*", "b")
		re := regexp.MustCompile(`(?s)\A` + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`) + `\z`)
		scope := enforce.Scope{Excluded: []string{pattern}}
		u := enforce.Update{Label: "#", Title: title, Recommended: true}
		if excluded := len(scope.Required([]enforce.Update{u})) == 0; excluded != re.MatchString(title) {
			t.Fatalf("%q on %q: excluded %t", pattern, title, excluded)
		}
	})
}

func TestName(t *testing.T) {
	for _, row := range []struct {
		name string
		u    enforce.Update
		want string
	}{
		{"the version follows the title", enforce.Update{Title: "Safari", Version: "14.0"}, "Safari 14.0"},
		{"unless the title holds it", enforce.Update{Title: "macOS 13.7", Version: "13.7"}, "macOS 13.7"},
		{"a label stands in for a title", enforce.Update{Label: "macOS Update- "}, "macOS Update-"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.u.Name(); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestAtLeast(t *testing.T) {
	for version, want := range map[string]bool{"10.15.7": false, "10.16": true, "11": true, "27.0": true, "": false, "x": false} {
		if got := enforce.AtLeast(version, 11); got != want {
			t.Errorf("AtLeast(%q, 11) = %t", version, got)
		}
	}
}
