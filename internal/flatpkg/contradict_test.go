package flatpkg

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"
)

// TestVerifyNoticesContradictions swaps parts of well-formed packages: each holds on its own.
func TestVerifyNoticesContradictions(t *testing.T) {
	component := func(change func(*Component)) Component {
		c := Component{
			Identifier: "c", Version: "1", Modified: time.Unix(1, 0),
			Payload: []Entry{{Path: "f", Mode: 0o644, Size: 7, Open: Content([]byte("content"))}},
			Scripts: []Entry{{Path: "preinstall", Size: 10, Open: Content([]byte("#!/bin/sh\n"))}},
		}
		change(&c)
		return c
	}
	payload := func(e ...Entry) func(*Component) { return func(c *Component) { c.Payload = e } }
	for name, row := range map[string]struct {
		change func(*Component)
		swap   string
		words  string
	}{
		"nothing swapped":                {func(*Component) {}, "Bom", ""},
		"a Bom of another mode":          {payload(Entry{Path: "f", Mode: fs.ModeSetuid | 0o644, Size: 7, Open: Content([]byte("content"))}), "Bom", "f is"},
		"a Bom of another owner":         {payload(Entry{Path: "f", Mode: 0o644, UID: 1, Size: 7, Open: Content([]byte("content"))}), "Bom", "f is"},
		"a Bom of other content":         {payload(Entry{Path: "f", Mode: 0o644, Size: 7, Open: Content([]byte("CONTENT"))}), "Bom", "f is"},
		"a Bom of another time":          {func(c *Component) { c.Modified = time.Unix(2, 0) }, "Bom", ". is drwxr-xr-x 0:0 1970-01-01T00:00:01Z in the Payload"},
		"a Bom with less":                {payload(Entry{Path: ".", Mode: fs.ModeDir | 0o755}), "Bom", "f is in the Payload, and not in the Bom"},
		"a Payload with less":            {payload(Entry{Path: ".", Mode: fs.ModeDir | 0o755}), "Payload", "f is in the Bom, and not in the Payload"},
		"PackageInfo of fewer files":     {payload(Entry{Path: ".", Mode: fs.ModeDir | 0o755}), "PackageInfo", "PackageInfo says 1 files, and there are 2"},
		"PackageInfo of other kilobytes": {payload(Entry{Path: "f", Size: 5000, Open: Content(make([]byte, 5000))}), "PackageInfo", "kilobytes"},
		"PackageInfo without a payload":  {payload(), "PackageInfo", "go together"},
		"PackageInfo of other scripts":   {func(c *Component) { c.Scripts[0].Path = "postinstall" }, "PackageInfo", "names the script postinstall"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := newSpool(Options{TempDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.close() }()
			nodes, _, err := component(func(*Component) {}).nodes(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			others, _, err := component(row.change).nodes(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range nodes {
				for _, o := range others {
					if n.name == row.swap && o.name == row.swap {
						n.part = o.part
					}
				}
			}
			var out bytes.Buffer
			if err := (&archive{modified: time.Unix(1, 0), nodes: nodes}).write(t.Context(), &out); err != nil {
				t.Fatal(err)
			}
			p, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
			if err != nil {
				t.Fatal(err)
			}
			err = p.Verify(t.Context(), Trust{})
			if row.words == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, ErrContent) || !strings.Contains(err.Error(), row.words) {
				t.Errorf("got %v", err)
			}
		})
	}
}
