package settings

import (
	"slices"
	"strings"
)

// SupportFolder is where the package puts what it brings along, the logo among it.
const SupportFolder = "/Library/Application Support/install-or-defer"

// ValidIdentifier tells whether a text can name a preference domain, a LaunchDaemon and its file: at least two parts of
// letters, digits, hyphens and underscores, apart by dots, 155 bytes at most.
func ValidIdentifier(id string) bool {
	parts := strings.Split(id, ".")
	const longest = 155 // a file name has room for that and an ending
	if len(parts) < 2 || len(id) > longest {
		return false
	}
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return !slices.ContainsFunc(parts, func(part string) bool { return part == "" || strings.Trim(part, allowed) != "" })
}
