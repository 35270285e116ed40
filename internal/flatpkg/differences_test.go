package flatpkg_test

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

func TestDifferences(t *testing.T) {
	plain := func() flatpkg.Product {
		return flatpkg.Product{
			Title: "Example", Identifier: "com.example.agent", Version: "1.0", MinOSVersion: "12.0",
			HostArchitectures: []string{"arm64"},
			Components: []flatpkg.Component{{
				Identifier: "com.example.agent", Version: "1.0", Modified: time.Unix(1_700_000_000, 0),
				Payload: []flatpkg.Entry{
					{Path: "bin", Mode: fs.ModeDir | 0o755},
					{Path: "bin/agent", Mode: 0o755, Size: 5, Open: flatpkg.Content([]byte("agent"))},
					{Path: "bin/link", Mode: fs.ModeSymlink | 0o755, Link: "agent"},
				},
				Scripts: []flatpkg.Entry{{Path: "postinstall", Size: 9, Open: flatpkg.Content([]byte("#!/bin/sh"))}},
			}},
		}
	}
	for name, row := range map[string]struct {
		change func(*flatpkg.Product)
		want   []string // beginnings
	}{
		"the same twice": {func(*flatpkg.Product) {}, nil},
		"a file with other content": {
			func(p *flatpkg.Product) { p.Components[0].Payload[1].Open = flatpkg.Content([]byte("other")) },
			[]string{"Payload: bin/agent is -rwxr-xr-x 0:0 2023-11-14T22:13:20Z, 5 bytes with SHA-256 d9298a10"},
		},
		"a file of somebody else": {
			func(p *flatpkg.Product) { p.Components[0].Payload[1].UID = 501 },
			[]string{"Payload: bin/agent is -rwxr-xr-x 501:0"},
		},
		"a link that leads elsewhere": {
			func(p *flatpkg.Product) { p.Components[0].Payload[2].Link = "/tmp/agent" },
			[]string{`Payload: bin/link is Lrwxr-xr-x 0:0 2023-11-14T22:13:20Z to "/tmp/agent"`},
		},
		"a file too few": {
			func(p *flatpkg.Product) { p.Components[0].Payload = p.Components[0].Payload[:2] },
			[]string{"Distribution: line ", "PackageInfo: line ", "Payload: bin/link is missing"},
		},
		"a file too many": {
			func(p *flatpkg.Product) {
				p.Components[0].Payload = append(p.Components[0].Payload, flatpkg.Entry{Path: "bin/extra", Mode: 0o644})
			},
			[]string{"PackageInfo: line ", "Payload: bin/extra does not belong there"},
		},
		"another script": {
			func(p *flatpkg.Product) { p.Components[0].Scripts[0].Open = flatpkg.Content([]byte("#!/bin/zs")) },
			[]string{"Scripts: postinstall is "},
		},
		"another version": {
			func(p *flatpkg.Product) { p.Components[0].Version, p.Version = "2.0", "2.0" },
			[]string{"Distribution: line ", "PackageInfo: line "},
		},
		"an older macOS": {
			func(p *flatpkg.Product) { p.MinOSVersion = "11.0" },
			[]string{`Distribution: line 8 is <os-version min="11.0"/>, not <os-version min="12.0"/>`},
		},
		"another component": {
			func(p *flatpkg.Product) { p.Components[0].Identifier = "com.example.other" },
			[]string{"Distribution: line ", "component com.example.agent is missing"},
		},
		"a component too many": {
			func(p *flatpkg.Product) {
				more := p.Components[0]
				more.Identifier = "com.example.more"
				p.Components = append(p.Components, more)
			},
			[]string{"Distribution: line ", "it holds 2 components, not 1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			changed := plain()
			row.change(&changed)
			lines, err := flatpkg.Differences(t.Context(), opened(t, changed), opened(t, plain()))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(lines, row.want, strings.HasPrefix) {
				t.Errorf("it says %q", lines)
			}
		})
	}
}

func TestAComponentIsNoProduct(t *testing.T) {
	c := flatpkg.Component{Identifier: "com.example.agent", Version: "1.0", Modified: time.Unix(1_700_000_000, 0)}
	c.Scripts = []flatpkg.Entry{{Path: "postinstall", Size: 9, Open: flatpkg.Content([]byte("#!/bin/sh"))}}
	var b bytes.Buffer
	if err := flatpkg.WriteComponent(t.Context(), &b, c, flatpkg.Options{}); err != nil {
		t.Fatal(err)
	}
	alone, err := flatpkg.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	product := opened(t, flatpkg.Product{Title: "Example", Identifier: c.Identifier, Version: "1.0", Components: []flatpkg.Component{c}})
	lines, err := flatpkg.Differences(t.Context(), alone, product)
	if err != nil || len(lines) != 1 || lines[0] != "it is a component package, not a product archive" {
		t.Errorf("%q, %v", lines, err)
	}
}

func opened(t *testing.T, p flatpkg.Product) *flatpkg.Package {
	t.Helper()
	var b bytes.Buffer
	if err := flatpkg.WriteProduct(t.Context(), &b, p, flatpkg.Options{TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	opened, err := flatpkg.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return opened
}
