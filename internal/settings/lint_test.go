package settings_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// worded are findings in the way in which they are compared here.
func worded(findings []settings.LintFinding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, string(f.Severity)+" "+f.Key+": "+f.Message)
	}
	return all
}

// good are messages against which there is nothing to say.
const (
	goodPrompt = "Install %UPDATE_LIST% by %DEADLINE_DATE%."
	goodManual = "Open %UPDATE_MECHANISM% and install %UPDATE_LIST%."
)

func TestLint(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	many := strings.Repeat("one line\n", 20) + "%UPDATE_LIST% %DEFER_HOURS%"
	type context = settings.LintContext
	for name, row := range map[string]struct {
		values  values
		context context
		want    []string
	}{
		"nothing set": {values{}, context{Now: now, PolicyFrequency: "Once every week", MDMDeferral: 3, MacOS: "13.7"}, nil},
		"a prompt that outlasts a deferral": {values{"PromptTimeout": int64(18000)}, context{}, []string{
			"error PromptTimeout: PromptTimeout (18000 s, 5 hours) is not shorter than DeferralPeriod (14400 s, 4 hours, the default): a prompt would still stand when the next one is due",
		}},
		"a deferral as long as the deadline": {values{"DeferralPeriod": int64(86400), "MaxDeferralTime": int64(86400)}, context{}, []string{
			"error DeferralPeriod: DeferralPeriod (86400 s, 1 day) is not shorter than MaxDeferralTime (86400 s, 1 day): the deadline would come before the first deferral ends",
		}},
		"a deadline that leaves no room for a default": {values{"MaxDeferralTime": int64(7200)}, context{}, []string{
			"error DeferralPeriod: DeferralPeriod is not set, and its default (14400 s, 4 hours) is not shorter than MaxDeferralTime (7200 s, 2 hours): it would become 1 hour 59 minutes 59 seconds; set it",
		}},
		"a warning that outlasts a deferral": {values{"UpdateDelay": int64(5400), "DeferralPeriod": int64(5400)}, context{}, []string{
			"warning UpdateDelay: UpdateDelay (5400 s, 1 hour 30 minutes) is not shorter than DeferralPeriod (5400 s, 1 hour 30 minutes): the final warning would stand longer than a deferral lasts",
		}},
		"durations in order": {values{"MaxDeferralTime": int64(7200), "DeferralPeriod": int64(3600), "PromptTimeout": int64(1800), "UpdateDelay": int64(600)}, context{}, nil},
		"no deferral at all": {values{"SkipDeferral": true, "MaxDeferralTime": int64(86400), "PromptTimeout": int64(60)}, context{PolicyFrequency: "Ongoing"}, []string{
			"warning SkipDeferral: SkipDeferral is true: updates are enforced as soon as they are found, after a warning of 10 minutes, and MaxDeferralTime, PromptTimeout have no effect",
		}},
		"a policy that runs every day": {values{}, context{PolicyFrequency: "Once every day"}, []string{
			`warning MaxDeferralTime: the policy runs "Once every day", every 1 day, within MaxDeferralTime (259200 s, 3 days, the default): the package is installed again in the middle of a round; the deadline stays, but choose a frequency longer than that, or a scope without Macs that have it`,
		}},
		"a policy that runs every day and forgets": {values{}, context{PolicyFrequency: "Ongoing", ResetOnInstall: true}, []string{
			`error MaxDeferralTime: the policy is "Ongoing" and runs at every check-in, as often as every 15 minutes, and each time the package forgets the deadline: with MaxDeferralTime (259200 s, 3 days, the default) none is ever reached`,
		}},
		"a policy that runs once":  {values{}, context{PolicyFrequency: "Once per computer", ResetOnInstall: true}, nil},
		"a policy that runs later": {values{"MaxDeferralTime": int64(604799)}, context{PolicyFrequency: "Once every week", ResetOnInstall: true}, nil},
		"updates that are held back longer than they can be deferred": {values{"MaxDeferralTime": int64(604800)}, context{MDMDeferral: 14}, []string{
			"warning MaxDeferralTime: MaxDeferralTime (604800 s, 7 days) is shorter than the 14 days for which a management profile holds updates back: nobody sees an update before day 14 after its release, and it is enforced 21 days after its release, not 7 days",
		}},
		"a working day without an end": {values{"WorkdayStartHour": int64(0), "WorkdayEndHour": int64(23)}, context{}, []string{
			"warning WorkdayStartHour: WorkdayStartHour 0 and WorkdayEndHour 23 make working time of 161 of the 168 hours of a week: a deadline nearly always falls into it on these days, and moves by up to 23 hours beyond MaxDeferralTime (3 days)",
		}},
		"a working day longer than the deadline": {values{"WorkdayStartHour": int64(9), "WorkdayEndHour": int64(17), "MaxDeferralTime": int64(18000)}, context{}, []string{
			"warning WorkdayStartHour: WorkdayStartHour 9 and WorkdayEndHour 17 can move a deadline by 8 hours, as long as MaxDeferralTime (18000 s, 5 hours) itself",
		}},
		"a usual working day":         {values{"WorkdayStartHour": int64(9), "WorkdayEndHour": int64(17), "WorkdayDays": []any{int64(1)}}, context{}, nil},
		"working days without hours":  {values{"WorkdayDays": []any{int64(1)}}, context{}, []string{"note WorkdayDays: WorkdayDays has no effect without WorkdayStartHour and WorkdayEndHour"}},
		"holidays that are over":      {withHours("Holidays", []any{"2025-12-25", "2026-01-01"}), context{Now: now}, []string{"warning Holidays: Holidays: all 2 dates are in the past: the latest is 2026-01-01, and today is 2026-11-23"}},
		"one holiday that is over":    {withHours("Holidays", []any{"2025-12-25"}), context{Now: now}, []string{"warning Holidays: Holidays: the only date is in the past: the latest is 2025-12-25, and today is 2026-11-23"}},
		"a holiday today":             {withHours("Holidays", []any{"2025-12-25", "2026-11-23"}), context{Now: now}, nil},
		"holidays, on an unknown day": {withHours("Holidays", []any{"2025-12-25"}), context{}, nil},
		"a date that is over": {values{"DeadlineDate": "2026-11-01T00:00:00Z"}, context{Now: now}, []string{
			"warning DeadlineDate: DeadlineDate (2026-11-01T00:00:00Z) is in the past: today is 2026-11-23",
		}},
		"a date before anybody sees the update": {values{"DeadlineDate": "2026-12-01T00:00:00Z", "MaxDeferralTime": int64(86400 * 30)}, context{Now: now, MDMDeferral: 14}, []string{
			"warning DeadlineDate: DeadlineDate (2026-12-01T00:00:00Z) comes before an update that is released today is seen: a management profile holds it back for 14 days, to 2026-12-07",
		}},
		"installed by hand, and not": {values{"InstallMethod": "manual", "ManualUpdates": false}, context{}, []string{
			"warning InstallMethod: InstallMethod is manual and ManualUpdates is false: they contradict each other; leave ManualUpdates out",
		}},
		"installed by a tool, and by hand": {values{"InstallMethod": "softwareupdate", "ManualUpdates": true}, context{}, []string{
			"warning InstallMethod: InstallMethod is softwareupdate and ManualUpdates is true: they contradict each other; leave ManualUpdates out",
		}},
		"installed by hand, twice":      {values{"InstallMethod": "manual", "ManualUpdates": true}, context{}, nil},
		"no reminder where none is":     {values{"DisablePostInstallAlert": true, "ManualUpdates": false}, context{}, []string{"note DisablePostInstallAlert: DisablePostInstallAlert has no effect while ManualUpdates is false"}},
		"a macOS that is too old":       {values{}, context{MacOS: "11.7.10"}, []string{"warning : macOS 11.7.10 is older than macOS 12: the package refuses to install there"}},
		"a declaration on an old macOS": {values{"InstallMethod": "declarative"}, context{MacOS: "13.7"}, []string{"warning InstallMethod: InstallMethod is declarative, which needs macOS 14: Macs with macOS 13.7 do not have it"}},
		"a logo elsewhere":              {values{"MessagingLogo": "/Users/Shared/logo.png"}, context{}, []string{`note MessagingLogo: MessagingLogo is "/Users/Shared/logo.png", outside of the package: something else has to put it on Macs`}},
		"a logo that climbs out":        {values{"MessagingLogo": settings.SupportFolder + "/../logo.png"}, context{LogoInPackage: true}, []string{`warning MessagingLogo: MessagingLogo is "/Library/Application Support/install-or-defer/../logo.png", outside of the package, which brings another logo along: that one is not shown; leave one of them out`}},
		"a logo that is not brought":    {values{"MessagingLogo": settings.SupportFolder + "/logo.png"}, context{}, []string{`warning MessagingLogo: MessagingLogo is "/Library/Application Support/install-or-defer/logo.png", in the folder of the package, which brings no logo along: name the picture as logo`}},
		"a logo of another kind":        {values{"MessagingLogo": "/System/logo.gif"}, context{}, []string{`warning MessagingLogo: MessagingLogo is "/System/logo.gif", which ends in neither .png nor .icns`}},
		"the logo of the package":       {values{"MessagingLogo": settings.SupportFolder + "/logo.PNG"}, context{LogoInPackage: true}, nil},
		"labels that are cut": {values{"InstallButtonLabel": "Install the updates now", "Localizations": map[string]any{"de": map[string]any{"DeferButtonLabel": "Auf später verschieben"}}}, context{}, []string{
			`warning InstallButtonLabel: InstallButtonLabel "Install the updates now" has 23 characters: a window shows about 11, and cuts the rest`,
			`warning Localizations.de.DeferButtonLabel: Localizations.de.DeferButtonLabel "Auf später verschieben" has 22 characters: a window shows about 11, and cuts the rest`,
		}},
		"buttons that are the same":  {values{"InstallButtonLabel": "Defer"}, context{}, []string{`warning DeferButtonLabel: both buttons say "Defer": nobody can tell them apart`}},
		"a message without a date":   {values{"PromptMessage": "Please update."}, context{}, []string{"warning PromptMessage: PromptMessage holds neither %DEADLINE_DATE% nor %DEFER_HOURS%: it does not say until when updates can be deferred", "note PromptMessage: PromptMessage does not hold %UPDATE_LIST%: it does not say which updates it is about"}},
		"a message without a place":  {values{"ManualMessage": "Install %UPDATE_LIST%."}, context{}, []string{"note ManualMessage: ManualMessage does not hold %UPDATE_MECHANISM%: it does not say where to install the updates"}},
		"messages that say all":      {values{"PromptMessage": goodPrompt, "ManualMessage": goodManual, "RestartMessage": "Save."}, context{}, nil},
		"a message in a language":    {values{"Localizations": map[string]any{"de": map[string]any{"FinalMessage": "Jetzt."}}}, context{}, []string{"note Localizations.de.FinalMessage: Localizations.de.FinalMessage does not hold %UPDATE_LIST%: it does not say which updates it is about"}},
		"a placeholder misspelt":     {values{"PromptHeading": "By %DEADLINE_DAT%"}, context{}, []string{"warning PromptHeading: PromptHeading holds %DEADLINE_DAT%, which is no placeholder and is shown as it stands; did you mean %DEADLINE_DATE%?"}},
		"a placeholder in small":     {values{"PromptHeading": "By %deadline_date%"}, context{}, []string{"warning PromptHeading: PromptHeading holds %deadline_date%, which is no placeholder and is shown as it stands; did you mean %DEADLINE_DATE%?"}},
		"a placeholder of nothing":   {values{"PromptHeading": "For %USER%"}, context{}, []string{"warning PromptHeading: PromptHeading holds %USER%, which is no placeholder and is shown as it stands"}},
		"a placeholder without end":  {values{"PromptHeading": "Within %DEFER_HOURS hours"}, context{}, []string{"warning PromptHeading: PromptHeading holds %DEFER_HOURS without a % at its end, which is shown as it stands; did you mean %DEFER_HOURS%?"}},
		"percentages":                {values{"PromptHeading": "50% of Macs, 20% more"}, context{}, nil},
		"a section without end":      {values{"PromptHeading": "Updates<< now"}, context{}, []string{"warning PromptHeading: PromptHeading holds << without >> after it"}},
		"a section without start":    {values{"PromptHeading": "Updates}} now"}, context{}, []string{"warning PromptHeading: PromptHeading holds }} without {{ before it"}},
		"a section in one":           {values{"PromptHeading": "A<<B<<C>>D>>"}, context{}, []string{"warning PromptHeading: PromptHeading holds << inside <<…>>: sections of a kind do not nest"}},
		"sections that cross":        {values{"PromptHeading": "A<<B{{C>>D}}"}, context{}, []string{"warning PromptHeading: PromptHeading ends a section with >> before the {{ within it ends"}},
		"sections in each other":     {values{"PromptHeading": "A<<B{{C}}D>>E"}, context{}, nil},
		"a heading that is too wide": {values{"PromptHeading": strings.Repeat("updates ", 8)}, context{}, []string{"warning PromptHeading: PromptHeading is about 32 ems wide where a window shows 26: its end is cut"}},
		"a message that is too long": {values{"PromptMessage": many}, context{}, []string{"warning PromptMessage: PromptMessage takes up about 22 lines where a window shows 20: its end is cut"}},
		"a contact that is too long": {values{"SupportContact": strings.Repeat("更", 256)}, context{}, []string{"warning SupportContact: SupportContact makes PromptMessage take up about 21 lines where a window shows 20: its end is cut"}},
		"a heading in a language of its own": {values{"Localizations": map[string]any{"da": map[string]any{"PromptHeading": "Nu"}}}, context{}, []string{
			"note Localizations.da.PromptHeading: Localizations.da.PromptHeading is not shown without Localizations.da.PromptMessage: a window speaks one language, and falls back to the base; give both",
		}},
		"a message beside a changed heading": {values{"FinalHeading": "Now", "Localizations": map[string]any{"de": map[string]any{"FinalMessage": "%UPDATE_LIST%"}}}, context{}, []string{
			"note Localizations.de.FinalMessage: Localizations.de.FinalMessage is not shown without Localizations.de.FinalHeading: a window speaks one language, and falls back to the base; give both",
		}},
		"a button in a language of its own": {values{"Localizations": map[string]any{"da": map[string]any{"DeferButtonLabel": "Senere"}}}, context{}, []string{
			"note Localizations.da.DeferButtonLabel: Localizations.da.DeferButtonLabel is not shown: no window with that button has both its heading and its message in da; give them",
		}},
		"both texts in a language of its own": {values{"Localizations": map[string]any{"da": map[string]any{
			"RestartHeading": "Nu", "RestartMessage": "Gem.", "FinalHeading": "Nu", "FinalMessage": "%UPDATE_LIST%", "InstallButtonLabel": "Start",
		}}}, context{}, nil},
		"a heading in a language that is there, and in the base": {values{"PromptHeading": "Now", "Localizations": map[string]any{
			"de": map[string]any{"ManualHeading": "Jetzt"}, "en": map[string]any{"PromptHeading": "Now, please"},
		}}, context{}, nil},
		"values that Decode refuses": {values{"PromptTimeout": "soon", "DeferralPeriod": int64(-1), "Holidays": "x", "Localizations": 5, "Nope": 1}, context{Now: now}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			compare(t, row.want, worded(settings.Lint(row.values, row.context)))
		})
	}
}

func withHours(key string, value any) values {
	return values{"WorkdayStartHour": int64(9), "WorkdayEndHour": int64(17), key: value}
}

func TestCheckSaysAllAndNothingTwice(t *testing.T) {
	compare(t, []string{
		`error SkipDeferral: SkipDeferral is the text "maybe", not true or false; ignored`,
		"error MaxDeferralCount: MaxDeferralCount is 0, below the smallest allowed, 1; ignored",
		"error PromptTimout: PromptTimout is an unknown key; ignored (did you mean PromptTimeout?)",
		"error DeferralPeriod: DeferralPeriod (300000 s, 3 days 11 hours 20 minutes) is not shorter than MaxDeferralTime (259200 s, 3 days, the default): the deadline would come before the first deferral ends",
		"note Holidays: Holidays has no effect without WorkdayStartHour and WorkdayEndHour",
	}, worded(settings.Check(values{
		"SkipDeferral": "maybe", "PromptTimout": 1, "DeferralPeriod": int64(300000), "MaxDeferralCount": int64(0),
		"InstallMethod": "auto", "Holidays": []any{"2020-01-01"},
	}, settings.LintContext{})))
}

// TestCheckIsWithoutErrorsWhereDecodeHasNoFinding compares the two, whatever the values.
func TestCheckIsWithoutErrorsWhereDecodeHasNoFinding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, source := range sources().Draw(t, "sources") {
			_, findings := settings.Decode(settings.Platform{}, source)
			errors := len(findings)
			wrong := 0
			for _, f := range settings.Check(source.Values, settings.LintContext{MacOS: "13", MDMDeferral: 14, Now: time.Now()}) {
				if strings.ContainsFunc(f.Message, unicode.IsControl) || f.Message == "" {
					t.Fatalf("not one line: %q", f.Message)
				}
				if f.Severity == settings.Wrong {
					wrong++
				}
			}
			if (errors == 0) != (wrong == 0) {
				t.Fatalf("%d findings and %d errors: %v", errors, wrong, findings)
			}
		}
	})
}

func TestFrequenciesAreKnown(t *testing.T) {
	again := 0
	for _, frequency := range settings.Frequencies() {
		again += len(settings.Lint(values{"MaxDeferralTime": int64(86400 * 60)}, settings.LintContext{PolicyFrequency: frequency}))
	}
	compare(t, 4, again)
}

func TestMeasure(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		want int
	}{
		"nothing is a line":              {"", 1},
		"a short line":                   {"Hello", 1},
		"lines that are given":           {"a\n\nb", 3},
		"words are not broken":           {strings.Repeat("updates ", 7), 1},
		"a line that is full":            {strings.Repeat("updates ", 8), 2},
		"a word longer than a line":      {strings.Repeat("updates", 9), 2},
		"narrow letters take less":       {strings.Repeat("i", 107), 1},
		"broad letters take more":        {strings.Repeat("W", 35), 2},
		"ideographs take a whole em":     {strings.Repeat("更", 30), 1},
		"and break anywhere":             {strings.Repeat("更", 61), 3},
		"accents that are added":         {strings.Repeat("e\u0301", 53), 1},
		"accents that are part":          {strings.Repeat("é", 53), 1},
		"Cyrillic is a little broader":   {strings.Repeat("д", 49), 2},
		"emoji are broader than letters": {strings.Repeat("😀", 24), 2},
	} {
		if got := settings.MessageLines(row.text); got != row.want {
			t.Errorf("%s: %d lines, want %d", name, got, row.want)
		}
	}
	if !settings.LabelFits("Run Updates") || settings.LabelFits("Run Updates!!") || !settings.LabelFits("今すぐ更新") {
		t.Error("labels")
	}
}

// TestDefaultTextsFit holds what the limits were chosen for.
func TestDefaultTextsFit(t *testing.T) {
	facts := enforce.Facts{
		Left: 72 * time.Hour, Deadline: "Wednesday 30 September 2026 at 23:59", Contact: "the Help Desk (extension 4357)", Restart: true,
		Updates:   "macOS Sequoia 15.7.2, Safari 18.6 and Command Line Tools for Xcode 16.4",
		Mechanism: "System Settings > General > Software Update",
	}
	for _, key := range settings.Table() {
		text, ok := key.Default.(string)
		if !ok || key.Group != settings.GroupMessages {
			continue
		}
		shown := enforce.Expand(text, facts)
		if lines := settings.MessageLines(shown); lines > settings.MaxMessageLines {
			t.Errorf("%s takes up %d lines", key.Name, lines)
		}
		if strings.HasSuffix(key.Name, "Heading") && !settings.HeadingFits(shown) {
			t.Errorf("%s is too wide", key.Name)
		}
	}
	all := values{}
	for _, key := range settings.Table() {
		if text, ok := key.Default.(string); ok && text != "" {
			all[key.Name] = text
		}
	}
	compare(t, []string(nil), worded(settings.Check(all, settings.LintContext{})))
}
