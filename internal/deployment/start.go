package deployment

import (
	"fmt"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Start is a file to start from: every setting with what it does and its default, set to nothing yet. The identifier is
// the program's own.
func Start(identifier string) []byte {
	var b strings.Builder
	b.WriteString(modeline)
	b.WriteString(`#
# What your Macs do about updates from Apple, in one file. Remove the # before a key to set it; what is not set keeps its
# default, which is what stands here. Durations are seconds, or spans such as 90s, 20m, 4h, 3d.
#
#   install-or-defer settings check install-or-defer.yaml     says what is wrong, and what is hardly meant
#   install-or-defer settings explain MaxDeferralTime         says more about a key
#   install-or-defer simulate --settings install-or-defer.yaml

# The preference domain, and the name of the daemon. Keep it where profiles with it are deployed.
`)
	fmt.Fprintf(&b, "identifier: %s\n", identifier)
	b.WriteString(`
# Shown with the profile on the Mac.
#organization: Example Ltd

# A picture (png or icns) for the package to bring along, to show beside messages.
#logo: logo.png

settings:
`)
	group := ""
	for _, key := range settingKeys() {
		if key.Group != group {
			group = key.Group
			fmt.Fprintf(&b, "  # %s\n\n", strings.ToUpper(group))
		}
		fmt.Fprintf(&b, "  # %s%s\n  #%s: %s\n\n", key.Help, remark(key), key.Name, startValue(key))
	}
	b.WriteString("# Headings, messages and the labels of buttons. docs/settings.md tells which placeholders there are.\nmessages:\n")
	for _, key := range textKeys() {
		text := "#" + key.Name + ": " + block(key.Default.(string), "  ")
		fmt.Fprintf(&b, "  # %s\n  %s\n\n", key.Help, strings.ReplaceAll(text, "\n", "\n  #"))
	}
	b.WriteString(`# The same in other languages, by tag. What a language leaves out is shown as it stands above.
localizations:
  #de:
  #  InstallButtonLabel: "Installieren"
  #  DeferButtonLabel: "Später"

# The installer package.
package:
  # How often launchd starts a turn of the daemon.
  #start_interval: 20m

  # Whether an installation forgets the deadline of an earlier one. It then buys people more time.
  #reset_on_install: false
`)
	b.WriteString(startJamf)
	return []byte(b.String())
}

// remark says what the default means, or that the value is an example.
func remark(key settings.Key) string {
	switch {
	case key.Default == nil || key.Type == settings.Path:
		return " An example; the default is " + strings.TrimPrefix(strings.ReplaceAll(key.DefaultNote, "not set: ", ""), "the ") + "."
	case key.DefaultVaries:
		return " By default " + key.DefaultNote + "."
	default:
		return ""
	}
}

// startValue is the default, or an example where that is nothing to write down.
func startValue(key settings.Key) string {
	if value := general(key.Default); value != nil && value != "" {
		return scalar(key, value)
	}
	if key.Type == settings.Path {
		return quote(key.Example)
	}
	return key.Example
}
