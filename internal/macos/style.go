package macos

import "slices"

// Style is a program that shows windows, by the names that the setting PromptStyle has for them. The zero Style is
// [StyleAuto].
type Style string

// The styles.
const (
	StyleAuto        Style = "auto"        // the first that is there, in the order of the others
	StyleJamfHelper  Style = "jamfhelper"  // which comes with Jamf Pro
	StyleSwiftDialog Style = "swiftdialog" // a public program that many fleets have
	StyleAppleScript Style = "osascript"   // plain dialogs, which every Mac has; nothing is locked or counted down
)

// order lists the styles to try, one after the other: a window that cannot be shown in the manner that was chosen is shown
// in another, since a person who sees nothing is not warned.
func (s Style) order() []Style {
	all := []Style{StyleJamfHelper, StyleSwiftDialog, StyleAppleScript}
	if at := slices.Index(all, s); at > 0 {
		return append([]Style{s}, slices.Delete(all, at, at+1)...)
	}
	return all
}
