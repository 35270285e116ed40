//go:build unix

package daemon

import (
	"runtime/debug"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/release"
)

// Version names this program's version, and the commit it was built from where that is known.
func Version() string {
	text := release.Version()
	if revision := buildSetting("vcs.revision"); revision != "" {
		text += " (" + revision[:min(12, len(revision))] + ")"
	}
	return text
}

// Built tells when this program was built, or at least what it was built from: a clock that says less is wrong.
func Built() time.Time {
	if t, err := time.Parse(time.RFC3339, buildSetting("vcs.time")); err == nil {
		return t
	}
	return release.Date()
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
