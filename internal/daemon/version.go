//go:build unix

package daemon

import (
	_ "embed"
	"runtime/debug"
	"strings"
	"time"
)

//go:embed version.txt
var version string

// built is a date before which this program cannot have been built, for builds that know no better.
//
//go:embed built.txt
var built string

// Version names this program's version, and the commit it was built from where that is known.
func Version() string {
	text := strings.TrimSpace(version)
	if revision := buildSetting("vcs.revision"); revision != "" {
		text += " (" + revision[:min(12, len(revision))] + ")"
	}
	return text
}

// Built tells when this program was built, or at least what it was built from: a clock that says less is wrong.
func Built() time.Time {
	for _, text := range []string{buildSetting("vcs.time"), strings.TrimSpace(built)} {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

func buildSetting(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, setting := range info.Settings {
		if setting.Key == key {
			return setting.Value
		}
	}
	return ""
}
