package deployment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/criteria"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
)

const wholeJamf = `jamf:
  url: https://example.jamfcloud.com
  category: Software Updates
  package: {file: "updates-{version}.pkg", priority: 5, notes: Ask Ann}
  extension_attributes:
    prefix: "IoD "
    fields: [version, status]
  groups:
    - name: Old
      update_needed: true
      criteria: {os_version: {less_than: 26.10}}
    - name: Odd
      description: For Bob
      criteria:
        any:
          - all:
              - apple_silicon: true
              - serial: {is: C02B}
          - serial: {is: [C02A, 0123]}
          - criterion: Last Enrollment
            more_than_days_ago: 30
          - is: Failed
            attribute: IoD Status
  profile: {name: Settings, distribution: self_service, redeploy: newly_assigned, groups: [Old], exclusions: [VIP]}
  policy:
    name: Updates
    triggers: [startup, check_in]
    event: updates
    frequency: once_per_computer
    retries: 3
    update_inventory: false
    exclusions: [VIP]
  uninstall: {name: Updates away, group: Has updates, event: updates-away, frequency: ongoing}
  stages:
    - {name: test, groups: [Test Macs], soak: 1d 12h, gate: {max_failed_percent: 0}}
    - {name: all, groups: [Old, Odd]}
`

func percent(n int) *int { return &n }

func TestLoadReadsTheWholeOfJamf(t *testing.T) {
	got, problems := deployment.Load("f", []byte(wholeJamf))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	alone := func(field, operator string, values ...string) criteria.Node {
		return criteria.Node{Test: criteria.Test{Field: field, Operator: operator, Values: values}}
	}
	named := func(field, name, operator, value string) criteria.Node {
		return criteria.Node{Test: criteria.Test{Field: field, Name: name, Operator: operator, Values: []string{value}}}
	}
	want := &deployment.Jamf{
		URL: "https://example.jamfcloud.com", Category: "Software Updates",
		Package:    deployment.JamfPackage{File: "updates-{version}.pkg", Priority: 5, Notes: "Ask Ann"},
		Attributes: &deployment.JamfAttributes{Prefix: "IoD ", Fields: []string{"status", "version"}},
		Groups: []deployment.JamfGroup{
			{Name: "Old", UpdateNeeded: true, Criteria: alone("os_version", "less_than", "26.10")},
			{Name: "Odd", Description: "For Bob", Criteria: criteria.Node{Join: criteria.Any, Parts: []criteria.Node{
				{Join: criteria.All, Parts: []criteria.Node{alone("apple_silicon", "is", "true"), alone("serial", "is", "C02B")}},
				alone("serial", "is", "C02A", "0123"),
				named("criterion", "Last Enrollment", "more_than_days_ago", "30"), named("attribute", "IoD Status", "is", "Failed"),
			}}},
		},
		Profile: &deployment.JamfProfile{
			Name: "Settings", Distribution: "self_service", Redeploy: "newly_assigned", Groups: []string{"Old"}, Exclusions: []string{"VIP"},
		},
		Policy: &deployment.JamfPolicy{
			Name: "Updates", Triggers: []string{"check_in", "startup"}, Event: "updates", Frequency: "once_per_computer", Retries: 3,
			Exclusions: []string{"VIP"},
		},
		Uninstall: &deployment.JamfUninstall{Name: "Updates away", Group: "Has updates", Event: "updates-away", Frequency: "ongoing"},
		Stages: []deployment.JamfStage{
			{Name: "test", Groups: []string{"Test Macs"}, Soak: 36 * time.Hour, Gate: deployment.JamfGate{MaxFailed: percent(0)}},
			{Name: "all", Groups: []string{"Old", "Odd"}},
		},
	}
	if diff := cmp.Diff(want, got.Jamf); diff != "" {
		t.Error(diff)
	}
	again, problems := deployment.Load("g", deployment.Write(got))
	if diff := cmp.Diff(got, again); diff != "" || len(problems) > 0 {
		t.Error(diff, problems)
	}
	if err := validate(schema(t), []byte(wholeJamf)); err != nil {
		t.Error(err)
	}
}

func TestWhatIsLeftOutOfJamfIsTheUsual(t *testing.T) {
	got, problems := deployment.Load("f", []byte(`jamf: {policy: {}, stages: [{name: all, groups: [All Managed Clients]}], extension_attributes: {}, uninstall: {}, profile: {}}`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	j := got.Jamf
	if j.Policy.Name != "Install or Defer" || !j.Policy.UpdateInventory || j.Policy.Frequency != "once_every_week" || !cmp.Equal(j.Policy.Triggers, []string{"check_in"}) {
		t.Errorf("%+v", j.Policy)
	}
	if j.Package.FileName("1.2.3") != "install-or-defer-1.2.3.pkg" || j.Package.Priority != 10 || j.Profile.Redeploy != "all" {
		t.Errorf("%+v %+v", j.Package, j.Profile)
	}
	if !j.Attributes.Has("status") || j.Attributes.AttributeName("pending") != "Install or Defer - Pending Updates" || j.Uninstall.Event != "install-or-defer-uninstall" {
		t.Errorf("%+v %+v", j.Attributes, j.Uninstall)
	}
	if got, problems = deployment.Load("f", []byte("identifier: com.example.a\njamf:\n  #policy:\n")); got.Jamf != nil || len(problems) > 0 {
		t.Error("a section of comments is something:", got.Jamf, problems)
	}
}

func TestLoadSaysWhatIsWrongWithJamf(t *testing.T) {
	const policy = "jamf:\n  policy: {}\n  stages: [{name: a, groups: [A]}]\n"
	for name, row := range map[string]struct{ in, want string }{
		"a section that is misspelt":       {"jamf:\n  polcy: {}\n", "f:2:3: jamf.polcy: is an unknown key; did you mean policy?"},
		"a section that is none":           {"jamf:\n  colour: red\n", "f:2:3: jamf.colour: is an unknown key; write one of url, category, package, extension_attributes, groups, profile, policy, uninstall, stages"},
		"an address that is none":          {"jamf: {url: example}\n", "f:1:13: jamf.url: is no address of a server; write it as https://example.jamfcloud.com"},
		"an address with a password":       {"jamf: {url: 'https://ann:secret@example.com'}\n", "f:1:13: jamf.url: holds more than an address; credentials come from the environment or a prompt, never from a file"},
		"a file without the version":       {"jamf: {package: {file: a.pkg}}\n", "f:1:24: jamf.package.file: has to hold {version} once and end with .pkg, and is no path: a file is never replaced under its name; write install-or-defer-{version}.pkg"},
		"a priority beyond all":            {"jamf: {package: {priority: 21}}\n", "f:1:28: jamf.package.priority: is 21; write a whole number from 1 to 20"},
		"an attribute that is none":        {"jamf: {extension_attributes: {fields: [stats]}}\n", "f:1:40: jamf.extension_attributes.fields[0]: is stats; write one of status, reason, blockers, phase, deadline, deadline_by, method, method_reason, deferrals, prompts, pending, pending_count, last_look, last_error, journal, journal_whole, version"},
		"a group that is no mapping":       {"jamf: {groups: [Old]}\n", "f:1:17: jamf.groups[0]: is a single value, not keys with values; write key: value, one a line\nf:1:17: jamf.groups[0]: has no name; write name: …\nf:1:17: jamf.groups[0]: has no criteria; write criteria: {os_version: {less_than: 15.7.1}}"},
		"groups that are no list":          {"jamf: {groups: {name: a}}\n", "f:1:16: jamf.groups: is keys with values, not a list; write one item a line, each after a dash"},
		"an operator that is misspelt":     {"jamf: {groups: [{name: a, criteria: {os_version: {les_than: 15}}}]}\n", "f:1:51: jamf.groups[0].criteria.os_version.les_than: is an unknown operator; did you mean less_than?"},
		"an operator that is none":         {"jamf: {groups: [{name: a, criteria: {last_inventory: {within: 7}}}]}\n", "f:1:55: jamf.groups[0].criteria.last_inventory.within: is an unknown operator; write one of before, after, more_than_days_ago, less_than_days_ago, in_more_than_days, in_less_than_days"},
		"an operator that does not fit":    {"jamf: {groups: [{name: a, criteria: {serial: {less_than: 1}}}]}\n", "f:1:58: jamf.groups[0].criteria.serial.less_than: less_than does not fit a text; write one of is, is_not, like, not_like, matches, does_not_match"},
		"a field that is misspelt":         {"jamf: {groups: [{name: a, criteria: {os_verson: {is: 1}}}]}\n", "f:1:38: jamf.groups[0].criteria.os_verson: is nothing that can be tested; did you mean os_version?"},
		"two tests side by side":           {"jamf: {groups: [{name: a, criteria: {serial: {is: a}, model: {is: b}}}]}\n", "f:1:55: jamf.groups[0].criteria.model: stands beside serial, and it is not said whether both have to hold; write all: or any:, and each test after a dash"},
		"two operators side by side":       {"jamf: {groups: [{name: a, criteria: {serial: {is: a, like: b}}}]}\n", "f:1:46: jamf.groups[0].criteria.serial: needs one operator; write one of is, is_not, like, not_like, matches, does_not_match"},
		"a criterion without an operator":  {"jamf: {groups: [{name: a, criteria: {criterion: Model}}]}\n", "f:1:38: jamf.groups[0].criteria.criterion: needs one operator beside it, as is: or like:"},
		"any of nothing":                   {"jamf: {groups: [{name: a, criteria: {any: []}}]}\n", "f:1:38: jamf.groups[0].criteria.any: holds no test; write some, each after a dash"},
		"no criteria at all":               {"jamf: {groups: [{name: a, criteria: {}}]}\n", "f:1:27: jamf.groups[0].criteria: holds no test; write one, as os_version: {less_than: 15.7.1}"},
		"an expression not all know":       {"jamf: {groups: [{name: a, criteria: {os_build: {matches: '^17G\\d$'}}}]}\n", `f:1:58: jamf.groups[0].criteria.os_build.matches: holds \d, which not every server knows; write [0-9]`},
		"a value that is too long":         {"jamf: {groups: [{name: a, criteria: {serial: {is: " + strings.Repeat("x", 256) + "}}}]}\n", "f:1:51: jamf.groups[0].criteria.serial.is: the value has 256 characters, and Jamf Pro takes 255"},
		"a value that is a list of lists":  {"jamf: {groups: [{name: a, criteria: {serial: {is: [[x]]}}}]}\n", "f:1:52: jamf.groups[0].criteria.serial.is: is a list; write a value, or a list of values"},
		"parentheses that Jamf has not":    {"jamf:\n  groups:\n    - name: a\n      criteria:\n        all:\n          - any:\n              - all: [{serial: {is: a}}, {serial: {is: b}}]\n              - serial: {is: c}\n          - serial: {is: d}\n", "f:5:9: jamf.groups[0].criteria: would need two parentheses at one criterion, and Jamf Pro has one; put a single test first and last, or make a second group of it and write computer_group: {member_of: …}"},
		"groups that differ by case":       {"jamf:\n  groups:\n    - {name: Old Macs, criteria: {serial: {is: a}}}\n    - {name: old macs, criteria: {serial: {is: a}}}\n", `f:4:7: jamf.groups[1].name: "old macs" is taken by jamf.groups[0]; Jamf Pro does not tell capital letters from small ones`},
		"a group that is asked otherwise":  {"jamf:\n  groups:\n    - {name: Old Macs, criteria: {serial: {is: a}}}\n    - {name: b, criteria: {computer_group: {member_of: OLD Macs}}}\n", `f:4:7: jamf.groups[1].criteria: "OLD Macs" differs by case from the group that is declared; write "Old Macs"`},
		"groups that ask for each other":   {"jamf:\n  groups:\n    - {name: a, criteria: {computer_group: {member_of: b}}}\n    - {name: b, criteria: {computer_group: {member_of: a}}}\n", "f:3:7: jamf.groups[0].criteria: asks for a group that asks for this one"},
		"an attribute that is not made":    {"jamf:\n  extension_attributes: {}\n  groups: [{name: a, criteria: {attribute: Install or Defer - Last Error, is: x}}]\n", `f:3:33: jamf.groups[0].criteria.attribute: "Install or Defer - Last Error" is not made; write last_error among the fields of extension_attributes`},
		"an attribute in other letters":    {"jamf:\n  extension_attributes: {}\n  groups: [{name: a, criteria: {attribute: Install or defer - Status, is: x}}]\n", `f:3:33: jamf.groups[0].criteria.attribute: differs by case from an extension attribute of ours; write "Install or Defer - Status"`},
		"a policy for nobody":              {"jamf: {policy: {}}\n", "f:1:8: jamf.policy: has no stages, so that it would be for no Mac; write stages: with at least one"},
		"stages of nothing":                {"jamf: {stages: [{name: a, groups: [A]}]}\n", "f:1:8: jamf.stages: are of a policy, and there is none; write policy: {}"},
		"a profile for nobody":             {"jamf: {profile: {}}\n", "f:1:8: jamf.profile: is for no Mac; write groups:, or stages: with a policy"},
		"a policy that nothing runs":       {"jamf: {policy: {triggers: [], event: ''}, stages: [{name: a, groups: [A]}]}\n", "f:1:8: jamf.policy: has neither triggers nor an event, so that nothing would make it run; write triggers: [check_in]\nf:1:38: jamf.policy.event: is empty; write a text, or leave the key out"},
		"an event that a shell takes":      {"jamf: {policy: {event: a b}, stages: [{name: a, groups: [A]}]}\n", "f:1:24: jamf.policy.event: holds a space, a comma or a character that means something to a shell; write it as install-or-defer"},
		"retries of a weekly policy":       {"jamf: {policy: {retries: 3}, stages: [{name: a, groups: [A]}]}\n", "f:1:8: jamf.policy.retries: goes with frequency: once_per_computer only; Jamf Pro forgets it otherwise"},
		"a frequency in Jamf's words":      {"jamf: {policy: {frequency: Once every week}, stages: [{name: a, groups: [A]}]}\n", "f:1:28: jamf.policy.frequency: is Once every week; write one of once_per_computer, once_every_day, once_every_week, once_every_month, ongoing"},
		"an uninstallation in the dark":    {policy + "  uninstall: {}\n", "f:4:3: jamf.uninstall: needs to know which Macs have the program; write extension_attributes: {} with the field status"},
		"a gate in the dark":               {"jamf:\n  policy: {}\n  stages: [{name: a, groups: [A], gate: {max_failed_percent: 2}}]\n", "f:3:3: jamf.stages: have a gate, which needs to know how Macs are; write extension_attributes: {} with the field status"},
		"more than all":                    {"jamf:\n  policy: {}\n  extension_attributes: {}\n  stages: [{name: a, groups: [A], gate: {max_failed_percent: 101}}]\n", "f:4:62: jamf.stages[0].gate.max_failed_percent: is 101; write a whole number from 0 to 100"},
		"one event for both policies":      {policy + "  extension_attributes: {}\n  uninstall: {event: install-or-defer}\n", "f:5:3: jamf.uninstall.event: is that of the policy, too"},
		"a stage twice":                    {"jamf:\n  policy: {}\n  stages: [{name: a, groups: [A]}, {name: A, groups: [B]}]\n", `f:3:3: jamf.stages[1].name: "A" is the name of another stage, too`},
		"a group in two stages":            {"jamf:\n  policy: {}\n  stages: [{name: a, groups: [A]}, {name: b, groups: [a]}]\n", `f:3:3: jamf.stages[1].groups: "a" is in stage a already`},
		"a stage without groups":           {"jamf:\n  policy: {}\n  stages: [{name: a}]\n", "f:3:12: jamf.stages[0]: has no groups; write groups: [Test Macs]"},
		"a stage whose group is otherwise": {"jamf:\n  policy: {}\n  groups: [{name: Old, criteria: {serial: {is: a}}}]\n  stages: [{name: a, groups: [old]}]\n", `f:4:31: jamf.stages[0].groups[0]: "old" differs by case from the group that is declared; write "Old"`},
		"a soak that is none":              {"jamf:\n  policy: {}\n  stages: [{name: a, groups: [A], soak: a week}]\n", "f:3:41: jamf.stages[0].soak: is a week; write a time of at most 365d, as in 3d"},
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
			if d.Jamf != nil {
				t.Error("half a result")
			}
		})
	}
}

func TestTheSchemaMarksMistakesUnderJamf(t *testing.T) {
	schema := schema(t)
	for _, in := range []string{
		"jamf: {colour: red}", "jamf: {groups: [{name: a, criteria: {serial: {less_than: a}}}]}", "jamf: {groups: [{name: a}]}",
		"jamf: {groups: [{name: a, criteria: {all: []}}]}", "jamf: {groups: [{name: a, criteria: {serial: {is: a}, model: {is: a}}}]}",
		"jamf: {policy: {frequency: often}}", "jamf: {stages: [{name: a}]}", "jamf: {package: {file: a.pkg}}", "jamf: {url: example}",
		"jamf: {extension_attributes: {fields: [colour]}}", "jamf: {groups: [{name: a, criteria: {criterion: Model}}]}",
	} {
		if validate(schema, []byte(in)) == nil {
			t.Errorf("%s: is taken", in)
		}
	}
}

// jamfs draws what can be declared of a Jamf Pro server.
func jamfs() *rapid.Generator[*deployment.Jamf] {
	return rapid.Custom(func(t *rapid.T) *deployment.Jamf {
		name := rapid.Map(line(), strings.TrimSpace)
		j := &deployment.Jamf{Package: deployment.JamfPackage{
			File: "a-{version}.pkg", Priority: rapid.IntRange(1, 20).Draw(t, "priority"), Notes: line().Draw(t, "notes"),
		}}
		if rapid.Bool().Draw(t, "attributes") {
			j.Attributes = &deployment.JamfAttributes{Prefix: "p " + name.Draw(t, "prefix"), Fields: []string{"status", "journal"}}
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "groups") {
			j.Groups = append(j.Groups, deployment.JamfGroup{
				Name: string(rune('a'+i)) + name.Draw(t, "group"), Description: line().Draw(t, "description"),
				UpdateNeeded: rapid.Bool().Draw(t, "needed"), Criteria: conditions(2).Draw(t, "criteria"),
			})
		}
		if !rapid.Bool().Draw(t, "policy") {
			return j
		}
		j.Policy = &deployment.JamfPolicy{
			Name: name.Draw(t, "policy name"), Triggers: []string{"login", "network_change"}, Event: "e", Frequency: "ongoing",
			UpdateInventory: rapid.Bool().Draw(t, "inventory"), Exclusions: []string{name.Draw(t, "exclusion")},
		}
		j.Profile = &deployment.JamfProfile{Name: name.Draw(t, "profile"), Distribution: "automatic", Redeploy: "all"}
		stage := deployment.JamfStage{
			Name: name.Draw(t, "stage"), Groups: []string{"G " + name.Draw(t, "scope")}, Soak: time.Duration(rapid.IntRange(0, 1e6).Draw(t, "soak")) * time.Second,
		}
		if j.Attributes != nil {
			stage.Gate.MinFinished = percent(rapid.IntRange(0, 100).Draw(t, "finished"))
			j.Uninstall = &deployment.JamfUninstall{Name: "x" + j.Policy.Name, Group: "zz", Event: "f", Frequency: "ongoing"}
		}
		j.Stages = []deployment.JamfStage{stage}
		return j
	})
}

func conditions(depth int) *rapid.Generator[criteria.Node] {
	return rapid.Custom(func(t *rapid.T) criteria.Node {
		if depth > 0 && rapid.Bool().Draw(t, "joined") {
			// Only any within all: deeper trees may be refused.
			join := map[int]criteria.Join{2: criteria.All, 1: criteria.Any}[depth]
			return criteria.Node{Join: join, Parts: rapid.SliceOfN(conditions(depth-1), 1, 3).Draw(t, "parts")}
		}
		value := rapid.Map(line(), strings.TrimSpace)
		test := rapid.SampledFrom([]criteria.Test{
			{Field: "serial", Operator: "is", Values: []string{value.Draw(t, "value"), "B"}},
			{Field: "os_version", Operator: "at_least", Values: []string{"26.10"}},
			{Field: "supervised", Operator: "is", Values: []string{"true"}},
			{Field: "os_build", Operator: "does_not_match", Values: []string{"^24[A-G]"}},
			{Field: criteria.Criterion, Name: "n" + value.Draw(t, "name"), Operator: "has", Values: []string{"x"}},
			{Field: criteria.Attribute, Name: "n", Operator: "is_not", Values: []string{""}},
			{Field: "last_inventory", Operator: "before", Values: []string{"2026-12-01"}},
		}).Draw(t, "test")
		return criteria.Node{Test: test}
	})
}
