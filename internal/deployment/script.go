package deployment

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Variables of the shell script that are no settings of ours.
const (
	variableDomain   = "BUNDLE_ID"
	variablePlist    = "PLIST"
	variableOwnPath  = "SCRIPT_PATH"
	appleIconsFolder = "/System/"
)

// variables are the variables of the shell script, over its versions, that an administrator edits, and the keys that
// took their place.
func variables() map[string]string {
	return map[string]string{
		"MAX_DEFERRAL_TIME":            settings.MaxDeferralTime,
		"SKIP_DEFERRAL":                settings.SkipDeferral,
		"EACH_DEFER":                   settings.DeferralPeriod,
		"DEFERRAL_PERIOD":              settings.DeferralPeriod,
		"PROMPT_TIMEOUT":               settings.PromptTimeout,
		"UPDATE_DELAY":                 settings.UpdateDelay,
		"HARD_RESTART_DELAY":           settings.HardRestartDelay,
		"WORKDAY_START_HR":             settings.WorkdayStartHour,
		"WORKDAY_START_HOUR":           settings.WorkdayStartHour,
		"WORKDAY_END_HR":               settings.WorkdayEndHour,
		"WORKDAY_END_HOUR":             settings.WorkdayEndHour,
		"MANUAL_UPDATES":               settings.ManualUpdates,
		"DISABLE_POST_INSTALL_ALERT":   settings.DisablePostInstallAlert,
		"DIAGNOSTIC_LOG":               settings.DiagnosticLog,
		"SUPPORT_CONTACT":              settings.SupportContact,
		"LOGO":                         settings.MessagingLogo,
		"MESSAGING_LOGO":               settings.MessagingLogo,
		"INSTALL_BUTTON":               settings.InstallButtonLabel,
		"INSTALL_BUTTON_LABEL":         settings.InstallButtonLabel,
		"DEFER_BUTTON":                 settings.DeferButtonLabel,
		"DEFER_BUTTON_LABEL":           settings.DeferButtonLabel,
		"MSG_ACT_OR_DEFER_HEADING":     settings.PromptHeading,
		"MSG_ACT_OR_DEFER":             settings.PromptMessage,
		"MSG_ACT_HEADING":              settings.FinalHeading,
		"MSG_ACT":                      settings.FinalMessage,
		"MSG_INSTALL_OR_DEFER_HEADING": settings.PromptHeading,
		"MSG_INSTALL_OR_DEFER":         settings.PromptMessage,
		"MSG_INSTALL_HEADING":          settings.FinalHeading,
		"MSG_INSTALL":                  settings.FinalMessage,
		"MSG_INSTALL_NOW_HEADING":      settings.ManualHeading,
		"MSG_INSTALL_NOW":              settings.ManualMessage,
		"MSG_UPDATING_HEADING":         settings.UpdatingHeading,
		"MSG_UPDATING":                 settings.UpdatingMessage,
	}
}

// isScript tells whether a file is a shell script that sets one of the variables.
func isScript(data []byte) bool {
	if strings.HasPrefix(string(data), "#!") {
		return true
	}
	for _, line := range strings.Split(string(data), "\n") {
		name, _, found := strings.Cut(strings.TrimSpace(line), "=")
		if _, known := variables()[name]; found && known {
			return true
		}
	}
	return false
}

// fromScript takes the values of the variables in an edited copy of the shell script. The first text or number that a
// variable is set to counts: later ones are what the script makes of it.
func (i *importing) fromScript(data []byte) {
	keys := variables()
	taken, dynamic := map[string]assignment{}, map[string]assignment{} // by key
	var others []string
	for _, a := range assignments(string(data)) {
		key, known := keys[a.name]
		switch {
		case a.name == variableDomain || a.name == variablePlist:
			i.domain(a)
		case a.name == variableOwnPath:
			i.leave(a.name, a.line, "%s: this program has a place of its own, %s", excerpt(a.value), settings.SupportFolder)
		case !known:
			if a.dynamic == "" && a.value != "" && !slices.Contains(others, a.name) && strings.ToUpper(a.name) == a.name {
				others = append(others, a.name)
			}
		case a.dynamic != "":
			if _, seen := dynamic[key]; !seen {
				dynamic[key] = a
			}
		default:
			i.variable(key, a, taken)
		}
	}
	for _, name := range settingNames() {
		if a, ok := dynamic[name]; ok && taken[name].name == "" {
			i.leave(a.name, a.line, "%s", a.dynamic)
		}
	}
	if len(others) > 0 {
		i.leave(strings.Join(others, ", "), 0, "no settings of this program")
	}
}

// variable takes the value of one variable, if it is the first.
func (i *importing) variable(key string, a assignment, taken map[string]assignment) {
	first, again := taken[key]
	switch {
	case a.value == "":
		return
	case again && first.value == a.value:
	case again:
		i.leave(a.name, a.line, "%s: %s in line %d comes first, and counts", excerpt(a.value), first.name, first.line)
	case key == settings.MessagingLogo && strings.HasPrefix(a.value, appleIconsFolder):
		taken[key] = a
		i.leave(a.name, a.line, "%s: Apple's own icon is the default", excerpt(a.value))
	default:
		taken[key] = a
		i.values[key], i.froms[key] = a.value, from{a.name, a.line}
	}
}

// domain takes the identifier from the variable that is one, or the path of a file named after it.
func (i *importing) domain(a assignment) {
	id := strings.TrimSuffix(path.Base(a.value), ".plist")
	switch {
	case a.dynamic != "":
		i.leave(a.name, a.line, "%s", a.dynamic)
	case !settings.ValidIdentifier(id):
		i.leave(a.name, a.line, "%s: not an identifier", excerpt(a.value))
	case i.deployment.Identifier == "":
		i.deployment.Identifier = id
		i.carry(identifierSection, from{a.name, a.line})
	case i.deployment.Identifier != id:
		i.leave(a.name, a.line, "%s: the identifier is %s already", excerpt(a.value), i.deployment.Identifier)
	}
}

func excerpt(text string) string {
	const longest = 60
	if runes := []rune(text); len(runes) > longest {
		return fmt.Sprintf("%q…", string(runes[:longest]))
	}
	return fmt.Sprintf("%q", text)
}

func settingNames() []string { return names(settings.Table()) }
