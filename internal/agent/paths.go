package agent

import (
	"path"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Identifier is the default name of the preference domain and of the LaunchDaemon.
const Identifier = "com.github.mpanighetti.install-or-defer"

// IdentifierKey names the identifier in [BuildPath], where an organization has one of its own.
const IdentifierKey = "Identifier"

// Where things lie on a Mac. These are a contract: administrators and other programs know them.
const (
	SupportFolder  = settings.SupportFolder
	BinaryPath     = SupportFolder + "/install-or-deferd"
	BuildPath      = SupportFolder + "/agent.plist" // what the administrator chose when the package was built
	StatePath      = SupportFolder + "/state.json"
	JournalPath    = SupportFolder + "/journal.jsonl" // what was decided, line by line
	ReportPath     = SupportFolder + "/report.json"   // where the round stands, for inventories
	ResetPath      = SupportFolder + "/reset"         // put there by an installation that is to forget the round
	LinkPath       = "/usr/local/bin/install-or-deferd"
	LogPath        = "/var/log/install-or-defer.log"
	oldJournalPath = SupportFolder + "/journal.1.jsonl"
	lockPath       = SupportFolder + "/turn.lock"
	windowPath     = SupportFolder + "/window.pid" // there while a window stands
	daemonsFolder  = "/Library/LaunchDaemons"
)

// LaunchDaemonPath is where the LaunchDaemon of an identifier lies.
func LaunchDaemonPath(identifier string) string { return path.Join(daemonsFolder, identifier+".plist") }

// The two local preference values: Unix seconds that show administrators where a round stands, and that they may write
// earlier to skip ahead. The old names are those of younger versions of the original framework.
const (
	forcedKey      = "AppleSoftwareUpdatesForcedAfter"
	deferredKey    = "AppleSoftwareUpdatesDeferredUntil"
	oldForcedKey   = "UpdatesForcedAfter"
	oldDeferredKey = "UpdatesDeferredUntil"
)
