package installer

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

//go:embed scripts/*.tmpl
var templates embed.FS

// script is what the scripts are filled in with. Everything comes from closed lists but the identifier, which is valid
// and so has no character that means something to a shell.
type script struct {
	Identifier string
	Logo       string // the name of the picture that the package brings along, if any
	Reset      bool   // forget the deadline
}

// Paths and names that the scripts share with the daemon.
func (script) Binary() string  { return agent.BinaryPath }
func (script) Support() string { return agent.SupportFolder }
func (script) Link() string    { return agent.LinkPath }
func (script) Log() string     { return agent.LogPath }

// Keys are the local preference values of a round, under the names of all times.
func (script) Keys() string {
	return "AppleSoftwareUpdatesForcedAfter AppleSoftwareUpdatesDeferredUntil UpdatesForcedAfter UpdatesDeferredUntil"
}

// Logos are all names that a picture may have.
func (script) Logos() string { return strings.Join([]string{logoPNG, logoICNS}, " ") }

// scripts fills in templates. Installers know two names of scripts; the one that uninstalls runs at the end, too.
func scripts(s script, names ...string) ([]flatpkg.Entry, error) {
	all, err := template.New("").Option("missingkey=error").ParseFS(templates, "scripts/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("describe package: %w", err)
	}
	var entries []flatpkg.Entry
	for _, name := range names {
		var text bytes.Buffer
		if err := all.ExecuteTemplate(&text, name+".tmpl", s); err != nil {
			return nil, fmt.Errorf("describe package: %w", err)
		}
		if name == "uninstall" {
			name = "postinstall"
		}
		entries = append(entries, flatpkg.Entry{
			Path: name, Mode: 0o755, Size: int64(text.Len()), Open: flatpkg.Content(text.Bytes()),
		})
	}
	return entries, nil
}
