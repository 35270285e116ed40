package settings_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// TestContract holds the names, types and defaults that fleets rely on.
func TestContract(t *testing.T) {
	rows := []struct {
		name string
		kind settings.Type
		def  any
	}{
		{"MaxDeferralTime", settings.Integer, int64(259200)},
		{"SkipDeferral", settings.Boolean, false},
		{"DeferralPeriod", settings.Integer, int64(14400)},
		{"PromptTimeout", settings.Integer, int64(3600)},
		{"UpdateDelay", settings.Integer, int64(600)},
		{"HardRestartDelay", settings.Integer, int64(300)},
		{"WorkdayStartHour", settings.Integer, nil},
		{"WorkdayEndHour", settings.Integer, nil},
		{"WorkdayDays", settings.Integers, []int64{1, 2, 3, 4, 5, 6, 7}},
		{"Holidays", settings.Dates, []string{}},
		{"ManualUpdates", settings.Boolean, false},
		{"DisablePostInstallAlert", settings.Boolean, false},
		{"InstallWhenLoggedOut", settings.Boolean, true},
		{"AllowMajorUpgrades", settings.Boolean, false},
		{"ExcludedUpdates", settings.Strings, []string{}},
		{"DiagnosticLog", settings.Boolean, false},
		{"InstallButtonLabel", settings.String, "Run Updates"},
		{"DeferButtonLabel", settings.String, "Defer"},
		{"MessagingLogo", settings.Path, ""},
		{"SupportContact", settings.String, "IT"},
	}
	for _, row := range rows {
		key, ok := settings.Lookup(row.name)
		compare(t, true, ok)
		compare(t, row.kind, key.Type)
		compare(t, row.def, key.Default)
	}
	var messages []string
	table := settings.Table()
	last := len(table) - 1
	compare(t, "Localizations", table[last].Name)
	compare(t, settings.Dictionary, table[last].Type)
	for _, key := range table[:last] {
		if key.Group == settings.GroupMessages {
			compare(t, settings.String, key.Type)
			messages = append(messages, key.Name)
		}
	}
	compare(t, strings.Fields(`PromptHeading PromptMessage FinalHeading FinalMessage UpdatingHeading UpdatingMessage
		ManualHeading ManualMessage RestartHeading RestartMessage`), messages)
}

// TestContractOfOurOwnKeys holds the types and defaults of keys that the original framework does not have.
func TestContractOfOurOwnKeys(t *testing.T) {
	type row struct {
		Name string
		Type settings.Type
		Def  any
	}
	var have []row
	for _, name := range []string{
		"DeadlineDate", "MaxDeferralCount", "InstallMethod", "PromptStyle", "WaitForMeetings", "MeetingPatience", "MinimumBattery", "MinimumFreeSpace",
	} {
		key, _ := settings.Lookup(name)
		have = append(have, row{key.Name, key.Type, key.Default})
	}
	compare(t, []row{
		{"DeadlineDate", settings.Date, nil},
		{"MaxDeferralCount", settings.Integer, nil},
		{"InstallMethod", settings.Choice, "auto"},
		{"PromptStyle", settings.Choice, "auto"},
		{"WaitForMeetings", settings.Boolean, true},
		{"MeetingPatience", settings.Integer, int64(3600)},
		{"MinimumBattery", settings.Integer, int64(50)},
		{"MinimumFreeSpace", settings.Integer, int64(15)},
	}, have)
}

func TestEveryKeyIsDocumented(t *testing.T) {
	groups := []string{settings.GroupTiming, settings.GroupWorkday, settings.GroupUpdates, settings.GroupAppearance, settings.GroupMessages}
	seen, at := map[string]bool{}, 0
	for _, key := range settings.Table() {
		t.Run(key.Name, func(t *testing.T) {
			for what, text := range map[string]string{
				"Help": key.Help, "Paragraph": key.Paragraph, "Group": key.Group, "Since": key.Since, "Example": key.Example,
			} {
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s is empty", what)
				}
			}
			if !strings.HasSuffix(key.Help, ".") || strings.Contains(key.Help, ". ") || !strings.HasSuffix(key.Paragraph, ".") {
				t.Errorf("Help is not one sentence, or Paragraph not of sentences: %q, %q", key.Help, key.Paragraph)
			}
			if words := regexp.MustCompile(`(?i)postpone|snooze|nag\b`).FindString(key.Help + key.Paragraph + fmt.Sprint(key.Default)); words != "" {
				t.Errorf("uses the word %q", words)
			}
			if seen[key.Name] || !slices.Contains(groups, key.Group) || slices.Index(groups, key.Group) < at {
				t.Error("is given twice, or its group comes too late")
			}
			if n := len(key.ValueTitles); n > 0 && n != max(len(key.Choices), int(key.Max-key.Min+1)*min(1, int(key.Max))) {
				t.Errorf("%d titles do not fit the values", n)
			}
			seen[key.Name], at = true, slices.Index(groups, key.Group)
			if found, ok := settings.Lookup(key.Name); !ok || found.Help != key.Help {
				t.Error("Lookup does not find it")
			}
		})
	}
}

// raw makes a value as a source holds it from how an administrator writes it.
func raw(key settings.Key, text string) any {
	if key.Type == settings.Dictionary {
		var dictionary any
		if err := yaml.Unmarshal([]byte(text), &dictionary); err != nil {
			return err
		}
		return dictionary
	}
	if !slices.Contains([]settings.Type{settings.Integers, settings.Strings, settings.Dates}, key.Type) {
		return text
	}
	var list []any
	for item := range strings.SplitSeq(text, ", ") {
		list = append(list, item)
	}
	return list
}

func TestEveryExampleIsAGoodValue(t *testing.T) {
	all := values{}
	for _, key := range settings.Table() {
		all[key.Name] = raw(key, key.Example)
	}
	s, findings := decode(profile(all))
	compare(t, []string(nil), findings)
	for _, key := range settings.Table() {
		if s.Of(key.Name).Source != "managed profile" {
			t.Errorf("%s: the example is not taken", key.Name)
		}
	}
}

func TestEveryDefaultWouldBeAccepted(t *testing.T) {
	all := values{}
	for _, key := range settings.Table() {
		switch v := key.Default.(type) {
		case []int64:
			all[key.Name] = raw(key, strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", ", "), "[]"))
		case []string:
			all[key.Name] = []any{}
		case map[string]map[string]string:
			all[key.Name] = values{}
		case nil:
		case string:
			if v != "" {
				all[key.Name] = v
			}
		default:
			all[key.Name] = v
		}
	}
	_, findings := decode(profile(all))
	compare(t, []string(nil), findings)
}

func TestDefaultTextsSayWhatTheyMust(t *testing.T) {
	s, _ := decode()
	known := strings.NewReplacer("%UPDATE_LIST%", "", "%DEFER_HOURS%", "", "%DEADLINE_DATE%", "", "%SUPPORT_CONTACT%", "", "%UPDATE_MECHANISM%", "")
	for name, parts := range map[string][]string{
		settings.PromptMessage:   {"%UPDATE_LIST%", "{{", "defer", "after %DEFER_HOURS%", "%DEADLINE_DATE%", "<<", "%SUPPORT_CONTACT%"},
		settings.FinalMessage:    {"%UPDATE_LIST%", "<<", "save your work", "countdown", "%SUPPORT_CONTACT%"},
		settings.UpdatingMessage: {"%UPDATE_LIST%"},
		settings.ManualMessage:   {"%UPDATE_LIST%", "%UPDATE_MECHANISM%", "<<", "%SUPPORT_CONTACT%"},
		settings.RestartMessage:  {"needs to restart to finish", "save your work", "countdown"},
	} {
		text := s.Text(name)
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q", name, part)
			}
		}
		if strings.Contains(known.Replace(text), "%") {
			t.Errorf("%s has an unknown placeholder", name)
		}
		if strings.Count(text, "<<") != strings.Count(text, ">>") || strings.Count(text, "{{") != strings.Count(text, "}}") {
			t.Errorf("%s has a section that does not end", name)
		}
	}
}

func TestTableMayBeChanged(t *testing.T) {
	table := settings.Table()
	table[0].Name = "other"
	days, _ := settings.Lookup(settings.WorkdayDays)
	days.Default.([]int64)[0] = 9
	compare(t, "MaxDeferralTime", settings.Table()[0].Name)
	days, _ = settings.Lookup(settings.WorkdayDays)
	compare(t, int64(1), days.Default.([]int64)[0])
}

func TestMarkdown(t *testing.T) {
	got := settings.Markdown()
	for _, want := range []string{
		"| `MaxDeferralTime` | integer | seconds | `259200` (3 days) | 1–315360000 | How long a person can defer required updates before they are enforced. |\n",
		"| `DeferralPeriod` | integer | seconds | `14400` (4 hours) | 1–315360000, less than `MaxDeferralTime` |",
		"| `ManualUpdates` | boolean | – | true on Apple silicon, false on Intel | – |",
		"| `MessagingLogo` | path | – | the Software Update icon | up to 1024 characters |",
		"| `PromptMessage` | string | – | see below | up to 4096 characters |",
		"; \\* stands for any text. |\n",
		"\n### Timing\n", "\n### Messages\n",
		"\n```text\nThese updates from Apple are required on this Mac:\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q", want)
		}
	}
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 7 {
			t.Errorf("not six cells: %s", line)
		}
	}
	for _, key := range settings.Table() {
		if times := strings.Count(got, "`"+key.Name+"`"); times < 2 {
			t.Errorf("has %s %d times", key.Name, times)
		}
	}
	compare(t, got, settings.Markdown())
}
