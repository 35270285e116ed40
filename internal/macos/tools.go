package macos

import "slices"

// Paths of the tools that this program runs. There are no others: a [Runner] refuses what is not in [Tools].
const (
	archPath           = "/usr/bin/arch"
	defaultsPath       = "/usr/bin/defaults"
	dfPath             = "/bin/df"
	diskutilPath       = "/usr/sbin/diskutil"
	dsclPath           = "/usr/bin/dscl"
	fdesetupPath       = "/usr/bin/fdesetup"
	idPath             = "/usr/bin/id"
	ioregPath          = "/usr/sbin/ioreg"
	jamfHelperPath     = "/Library/Application Support/JAMF/bin/jamfHelper.app/Contents/MacOS/jamfHelper"
	jamfPath           = "/usr/local/bin/jamf"
	jamfOldPath        = "/usr/local/jamf/bin/jamf"
	launchctlPath      = "/bin/launchctl"
	loggerPath         = "/usr/bin/logger"
	mdmclientPath      = "/usr/libexec/mdmclient"
	ncPath             = "/usr/bin/nc"
	openPath           = "/usr/bin/open"
	osascriptPath      = "/usr/bin/osascript"
	pmsetPath          = "/usr/bin/pmset"
	profilesPath       = "/usr/bin/profiles"
	psPath             = "/bin/ps"
	scutilPath         = "/usr/sbin/scutil"
	shutdownPath       = "/sbin/shutdown"
	softwareUpdatePath = "/usr/sbin/softwareupdate"
	statPath           = "/usr/bin/stat"
	sudoPath           = "/usr/bin/sudo"
	swiftDialogPath    = "/Library/Application Support/Dialog/Dialog.app/Contents/MacOS/Dialog"
	swVersPath         = "/usr/bin/sw_vers"
	sysctlPath         = "/usr/sbin/sysctl"
	unamePath          = "/usr/bin/uname"
)

// Tools lists every program that may be run, in alphabetical order.
func Tools() []string {
	tools := []string{
		archPath, defaultsPath, dfPath, diskutilPath, dsclPath, fdesetupPath, idPath, ioregPath, jamfHelperPath, jamfPath,
		jamfOldPath, launchctlPath, loggerPath, mdmclientPath, ncPath, openPath, osascriptPath, pmsetPath, profilesPath,
		psPath, scutilPath, shutdownPath, softwareUpdatePath, statPath, sudoPath, swiftDialogPath, swVersPath, sysctlPath, unamePath,
	}
	slices.Sort(tools)
	return tools
}
