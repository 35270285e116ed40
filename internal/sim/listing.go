package sim

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

const (
	banner    = "Software Update Tool\n"
	foundLine = "Software Update found the following new or updated software:\n"
	noneLine  = "No new software available.\n"
)

// PrintListing prints updates as softwareupdate --list does on a macOS version: standard output and standard error.
func PrintListing(macOS string, updates []enforce.Update) (stdout, stderr string) {
	var out strings.Builder
	out.WriteString(banner + "\nFinding available software\n")
	if len(updates) == 0 {
		return out.String(), noneLine
	}
	out.WriteString(foundLine)
	for _, u := range updates {
		if modern(macOS) {
			out.WriteString(newEntry(macOS, u))
		} else {
			out.WriteString(oldEntry(u))
		}
	}
	return out.String(), ""
}

// modern tells whether macOS is 10.15 or later, which list with field names.
func modern(macOS string) bool {
	return enforce.AtLeast(macOS, 11) || strings.HasPrefix(macOS, "10.15")
}

func bullet(u enforce.Update) string {
	if u.Recommended {
		return "*"
	}
	return "-"
}

// oldEntry is the form of macOS 10.8 to 10.14.
func oldEntry(u enforce.Update) string {
	version := u.Version
	if version == "" {
		version = " "
	}
	entry := fmt.Sprintf("   %s %s\n\t%s (%s), %dK", bullet(u), u.Label, u.Title, version, max(0, u.SizeKiB))
	if u.Recommended {
		entry += " [recommended]"
	}
	if u.Action != enforce.Stay {
		entry += " [" + string(u.Action) + "]"
	}
	return entry + "\n"
}

// newEntry is the form since macOS 10.15. Sizes are in "K" up to macOS 11; macOS 12 says "KiB" for packages and "K" for
// itself, and later versions say "KiB" for all. All three mean the same.
func newEntry(macOS string, u enforce.Update) string {
	unit := "K"
	system := u.Action != enforce.Stay
	if enforce.AtLeast(macOS, 13) || enforce.AtLeast(macOS, 12) && !system {
		unit = "KiB"
	}
	entry := bullet(u) + " Label: " + u.Label + "\n\tTitle: " + u.Title + ", Version: " + u.Version
	if u.SizeKiB >= 0 {
		entry += ", Size: " + strconv.FormatInt(u.SizeKiB, 10) + unit
	}
	if u.Recommended {
		entry += ", Recommended: YES"
	}
	if u.Action != enforce.Stay {
		entry += ", Action: " + string(u.Action)
	}
	if u.Deferred {
		return entry + ", Deferred: YES\n"
	}
	return entry + ", \n"
}
