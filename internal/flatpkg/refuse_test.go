package flatpkg_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

func TestWriteRefuses(t *testing.T) {
	with := func(change func(*flatpkg.Component)) flatpkg.Component {
		c := daemon()
		change(&c)
		return c
	}
	entry := func(e flatpkg.Entry) flatpkg.Component {
		return with(func(c *flatpkg.Component) { c.Payload = append(c.Payload, e) })
	}
	long := file("a", 0o644, "content")
	long.Size--
	short := file("a", 0o644, "content")
	short.Size++
	for name, row := range map[string]struct {
		component flatpkg.Component
		words     string
	}{
		"an identifier with a slash":     {with(func(c *flatpkg.Component) { c.Identifier = "a/b" }), `identifier "a/b"`},
		"no version":                     {with(func(c *flatpkg.Component) { c.Version = "" }), "version"},
		"a version of two lines":         {with(func(c *flatpkg.Component) { c.Version = "1\n2" }), "version"},
		"a relative install location":    {with(func(c *flatpkg.Component) { c.InstallLocation = "Library" }), "install location"},
		"a minimum that is no version":   {with(func(c *flatpkg.Component) { c.MinOSVersion = "Monterey" }), "Monterey"},
		"no time":                        {with(func(c *flatpkg.Component) { c.Modified = time.Time{} }), "modification time"},
		"a time with fractions":          {with(func(c *flatpkg.Component) { c.Modified = time.Unix(1, 1) }), "modification time"},
		"nothing at all":                 {with(func(c *flatpkg.Component) { c.Payload, c.Scripts = nil, nil }), "neither files nor scripts"},
		"an absolute path":               {entry(file("/etc/passwd", 0o644, "")), "is absolute"},
		"a path that climbs":             {entry(file("Library/../../x", 0o644, "")), "leads elsewhere"},
		"a path with a slash at its end": {entry(folder("x/")), "empty part"},
		"a path with NUL":                {entry(file("a\x00b", 0o644, "")), "contains NUL"},
		"a path that is not UTF-8":       {entry(file("a\xff", 0o644, "")), "is not UTF-8"},
		"a long name":                    {entry(file(strings.Repeat("n", 256), 0o644, "")), "too long"},
		"a path without its folder":      {entry(file("etc/x", 0o644, "")), "etc/x: its folder is no entry"},
		"a path below a file":            {entry(file("Library/LaunchDaemons/com.example.agent.plist/x", 0o644, "")), "is no folder"},
		"a path below a link":            {entry(file("usr/local/bin/agent/x", 0o644, "")), "is no folder"},
		"a path twice":                   {entry(folder("Library")), "are the same path"},
		"a path twice but for its case":  {entry(folder("library")), "Library and library are the same path"},
		"a device":                       {entry(flatpkg.Entry{Path: "x", Mode: fs.ModeDevice}), "is not that of"},
		"an owner beyond 18 bits":        {entry(flatpkg.Entry{Path: "x", UID: 1 << 18}), "owner 262144:0"},
		"a file of 4 GiB": {
			entry(flatpkg.Entry{Path: "x", Size: 1 << 32, Open: flatpkg.Content(nil)}), "x: 4294967296 bytes are 4 GiB or more",
		},
		"a link to nowhere":             {entry(flatpkg.Entry{Path: "x", Mode: fs.ModeSymlink}), "leads nowhere"},
		"a folder with content":         {entry(flatpkg.Entry{Path: "x", Mode: fs.ModeDir, Open: flatpkg.Content(nil)}), "has content"},
		"a file longer than it says":    {entry(long), "a: this cannot be packaged: it is longer than the 6 bytes"},
		"a file shorter than it says":   {entry(short), "a: this cannot be packaged: it has 7 bytes instead of 8"},
		"an install location as a file": {entry(file(".", 0o644, "")), "is no folder"},
		"a folder as a script":          {with(func(c *flatpkg.Component) { c.Scripts = []flatpkg.Entry{folder("preinstall")} }), "preinstall is no file"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			err := flatpkg.WriteComponent(t.Context(), &out, row.component, flatpkg.Options{TempDir: t.TempDir()})
			if !errors.Is(err, flatpkg.ErrDescription) || !strings.Contains(err.Error(), row.words) || !strings.HasPrefix(err.Error(), "write component package: ") {
				t.Errorf("got %v", err)
			}
			if out.Len() > 0 {
				t.Errorf("wrote %d bytes all the same", out.Len())
			}
		})
	}
	for name, change := range map[string]func(*flatpkg.Product){
		"a component twice":       func(p *flatpkg.Product) { p.Components = append(p.Components, daemon()) },
		"no component":            func(p *flatpkg.Product) { p.Components = nil },
		"no title":                func(p *flatpkg.Product) { p.Title = " " },
		"an unknown architecture": func(p *flatpkg.Product) { p.HostArchitectures = []string{"amd64"} },
		"a broken component":      func(p *flatpkg.Product) { p.Components[0].Version = "" },
	} {
		t.Run(name, func(t *testing.T) {
			p := product(daemon())
			change(&p)
			if err := flatpkg.WriteProduct(t.Context(), io.Discard, p, flatpkg.Options{}); !errors.Is(err, flatpkg.ErrDescription) {
				t.Errorf("got %v", err)
			}
		})
	}
}
