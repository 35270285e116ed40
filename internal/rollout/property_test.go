package rollout_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/criteria"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// name draws what people and machines call things, awkward characters included. The prefix keeps names apart.
func name(t *rapid.T, prefix string) string {
	letters := rapid.SampledFrom([]rune("abcXYZ 019/+?&<>\"'%#*,;:=é日😀-_.()[]{}|\\"))
	return prefix + strings.TrimSpace(rapid.StringOfN(letters, 0, 20, -1).Draw(t, prefix))
}

func tests() *rapid.Generator[criteria.Node] {
	return rapid.Custom(func(t *rapid.T) criteria.Node {
		return criteria.Node{Test: rapid.SampledFrom([]criteria.Test{
			{Field: "serial", Operator: "is", Values: []string{name(t, "s"), "T2", "T3"}},
			{Field: "serial", Operator: "is_not", Values: []string{name(t, "n")}},
			{Field: "os_version", Operator: "less_than", Values: []string{"15.7.1"}},
			{Field: "os_build", Operator: "matches", Values: []string{"^24[A-G]"}},
			{Field: "app_version", Operator: "at_least", Values: []string{fmt.Sprint(rapid.IntRange(0, 300).Draw(t, "v"), ".1.6778.205")}},
			{Field: "apple_silicon", Operator: "is", Values: []string{"false"}},
			{Field: "last_inventory", Operator: "more_than_days_ago", Values: []string{"7"}},
			{Field: "computer_group", Operator: "member_of", Values: []string{"Foreign", "G0"}},
			{Field: criteria.Criterion, Name: "Last Enrollment", Operator: "after", Values: []string{"2026-01-01"}},
			{Field: criteria.Attribute, Name: "Ring", Operator: "is", Values: []string{""}},
		}).Draw(t, "test")}
	})
}

// conditions draws what Jamf Pro can say: any within all, or all within any. The first group asks for no other.
func conditions(first bool) *rapid.Generator[criteria.Node] {
	return drawn().Filter(func(n criteria.Node) bool {
		_, err := n.Rows()
		return err == nil && (!first || !slices.Contains(n.Groups(), "G0"))
	})
}

func drawn() *rapid.Generator[criteria.Node] {
	return rapid.Custom(func(t *rapid.T) criteria.Node {
		outer := rapid.SampledFrom([]criteria.Join{criteria.All, criteria.Any}).Draw(t, "join")
		inner := map[criteria.Join]criteria.Join{criteria.All: criteria.Any, criteria.Any: criteria.All}[outer]
		n := criteria.Node{Join: outer}
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			part := tests().Draw(t, "part")
			if rapid.Bool().Draw(t, "joined") {
				part = criteria.Node{Join: inner, Parts: rapid.SliceOfN(tests(), 1, 3).Draw(t, "inner")}
			}
			n.Parts = append(n.Parts, part)
		}
		return n
	})
}

// declarations draws whatever can be declared. Names are the same in all drawings of a seed, so that one changes another.
func declarations() *rapid.Generator[deployment.Deployment] {
	return rapid.Custom(func(t *rapid.T) deployment.Deployment {
		j := &deployment.Jamf{Package: deployment.JamfPackage{File: "p-{version}.pkg", Priority: rapid.IntRange(1, 20).Draw(t, "priority"), Notes: name(t, "notes")}}
		d := deployment.Deployment{Organization: "Org & Söhne", Settings: map[string]any{}, Messages: map[string]string{}, Jamf: j}
		if rapid.Bool().Draw(t, "settings") {
			d.Settings["SupportContact"] = name(t, "contact") + " "
			d.Settings["Holidays"] = []any{"2026-12-25"}
			d.Messages["PromptMessage"] = "two\nlines & <more> " + name(t, "m")
		}
		if rapid.Bool().Draw(t, "category") {
			j.Category = rapid.SampledFrom([]string{"Updates", "12", "R&D <x>"}).Draw(t, "category name")
		}
		if rapid.Bool().Draw(t, "attributes") {
			j.Attributes = &deployment.JamfAttributes{Prefix: "p - ", Fields: []string{"status", "deadline"}}
		}
		for i := range rapid.IntRange(1, 3).Draw(t, "groups") {
			j.Groups = append(j.Groups, deployment.JamfGroup{Name: fmt.Sprint("G", i), Description: name(t, "d"), Criteria: conditions(i == 0).Draw(t, "criteria")})
		}
		if rapid.Bool().Draw(t, "no policy") {
			return d
		}
		j.Stages = []deployment.JamfStage{{Name: "one", Groups: []string{"Foreign"}}, {Name: "two", Groups: []string{"G0"}, Soak: time.Hour}}
		j.Policy = &deployment.JamfPolicy{
			Name: "P / " + rapid.SampledFrom([]string{"a", "b"}).Draw(t, "policy"), Event: "e", UpdateInventory: rapid.Bool().Draw(t, "inventory"),
			Triggers:  rapid.SampledFrom([][]string{{"check_in"}, {"login", "startup"}, {"network_change"}}).Draw(t, "triggers"),
			Frequency: rapid.SampledFrom([]string{"once_every_day", "ongoing", "once_per_computer"}).Draw(t, "frequency"),
		}
		if j.Policy.Frequency == "once_per_computer" {
			j.Policy.Retries = rapid.IntRange(0, 10).Draw(t, "retries")
		}
		if rapid.Bool().Draw(t, "excluded") {
			j.Policy.Exclusions = []string{"Excluded"}
		}
		if rapid.Bool().Draw(t, "profile") {
			j.Profile = &deployment.JamfProfile{Name: "Profile", Distribution: "automatic", Redeploy: "all"}
		}
		if j.Attributes != nil {
			j.Uninstall = &deployment.JamfUninstall{Name: "U", Group: "UG", Event: "u", Frequency: "ongoing"}
		}
		return d
	})
}

// foreign makes what others have on the server.
func foreign(t rapid.TB, c *jamf.Client) {
	t.Helper()
	ctx := context.Background()
	for _, g := range []string{"Foreign", "Excluded", "Other"} {
		if _, err := c.StaticGroups().Create(ctx, jamf.StaticGroup{Name: g}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.ExtensionAttributes().Create(ctx, jamf.ExtensionAttribute{
		Name: "Ring", DataType: jamf.DataString, Enabled: true, Display: jamf.DisplayAttributes, Input: jamf.InputText,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAnythingThatIsDeclaredIsThereAfterwards applies one random declaration after the other to a server.
func TestAnythingThatIsDeclaredIsThereAfterwards(t *testing.T) {
	rounds, declared := 40, 0
	if prooftest.Full() {
		rounds = 1000
	}
	defer func() { prooftest.Count(t, "random declarations that were applied", declared) }()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		if n++; n > rounds {
			return // that is enough
		}
		w := newWorld(t, jamftest.Options{
			Version: rapid.SampledFrom([]string{"11.30.1", "11.23.2"}).Draw(t, "version"), TextDecoded: rapid.Bool().Draw(t, "decoded"),
		}, small)
		foreign(t, w.client())
		w.server.Advance(2 * time.Minute)
		for i := range rapid.IntRange(1, 3).Draw(t, "declarations") {
			w.d = declarations().Draw(t, "declaration")
			if _, problems := deployment.Load("f", deployment.Write(w.d)); len(problems) > 0 {
				t.Fatal(problems)
			}
			w.pkg = newPackage(t, fmt.Sprint("1.", i), fmt.Sprint("content ", i))
			declared++
			w.apply(rollout.Options{})
			w.empty()
			w.server.ResetCounts()
			w.apply(rollout.Options{})
			if counts := w.server.Counts(); counts.Writes+counts.Ghosts+counts.Redeployed+counts.Duplicates+counts.WrongHashes+len(counts.Dropped) > 0 {
				t.Fatalf("again: %+v", counts)
			}
		}
		others(t, w.client())
	})
}

// others asserts that what others have is as it was.
func others(t rapid.TB, c *jamf.Client) {
	t.Helper()
	groups, err := c.ComputerGroups(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Foreign", "Excluded", "Other"} {
		if !slices.ContainsFunc(groups, func(g jamf.ComputerGroup) bool { return g.Name == name }) {
			t.Errorf("group %s is gone", name)
		}
	}
	a, found, err := c.ExtensionAttributes().Find(context.Background(), "Ring")
	if err != nil || !found || a.Input != jamf.InputText {
		t.Error(cmp.Diff(jamf.ExtensionAttribute{}, a), err)
	}
}
