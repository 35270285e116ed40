package agent

import (
	"fmt"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// config is what the administrator chose.
type config struct {
	Identifier string
	Settings   settings.Settings
	Problems   []string // values that are not used, and why
	Logo       string   // the one that the package brought along; empty for none

	sources []settings.Source
	unread  []string // what was wrong with the files themselves
}

// loadConfig reads the configuration profile and what the package was built with. A file that cannot be used is
// reported and left out.
func loadConfig(host macos.Host, platform settings.Platform) config {
	c := config{Identifier: Identifier}
	built, err := macos.ReadList(host, BuildPath)
	if err != nil {
		c.Problems = append(c.Problems, fmt.Sprintf("Not used: %v.", err))
	}
	if value, ok := built[IdentifierKey]; ok {
		delete(built, IdentifierKey)
		if id, isText := value.(string); isText && settings.ValidIdentifier(id) {
			c.Identifier = id
		} else {
			c.Problems = append(c.Problems, fmt.Sprintf("Not used: %s in %s: %.80q is not an identifier.", IdentifierKey, BuildPath, value))
		}
	}
	c.Logo, _ = built[settings.MessagingLogo].(string)
	managedPath := macos.ManagedPath(c.Identifier)
	managed, err := macos.ReadList(host, managedPath)
	if err != nil {
		c.Problems = append(c.Problems, fmt.Sprintf("Not used: %v.", err))
	}
	c.unread = c.Problems
	c.sources = []settings.Source{
		{Name: "managed profile", Path: managedPath, Values: managed},
		{Name: "package", Path: BuildPath, Values: built},
	}
	return c.on(platform)
}

// on is the same choices on another kind of Mac, whose defaults may differ.
func (c config) on(platform settings.Platform) config {
	var findings []settings.Finding
	c.Settings, findings = settings.Decode(platform, c.sources...)
	c.Problems = slices.Clone(c.unread)
	for _, f := range findings {
		c.Problems = append(c.Problems, fmt.Sprintf("Setting %s (%s) %s.", f.Key, f.Source, strings.TrimSuffix(f.Problem, ".")))
	}
	return c
}
