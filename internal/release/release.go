// Package release knows which release of the program this is, for both commands.
package release

import (
	_ "embed"
	"strings"
	"time"
)

//go:embed version.txt
var version string

//go:embed date.txt
var date string

// Version is the version of the release, without a "v".
func Version() string { return strings.TrimSpace(version) }

// Date is the date of the release: a date before which the program cannot have been built, and the one that packages
// carry which are to be the same bytes whenever they are built.
func Date() time.Time {
	t, _ := time.Parse(time.RFC3339, strings.TrimSpace(date)) // a test holds that it can be read
	return t
}
