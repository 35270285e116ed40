package flatpkg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"
)

// reopened is a package written again, with other parts at the top of its archive.
func reopened(t *testing.T, p *Package, change func([]*node) []*node) *Package {
	t.Helper()
	nodes, err := p.nodes()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&archive{checksum: p.Checksum, modified: p.Created, nodes: change(nodes)}).write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	again, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func openSmall(t *testing.T) *Package {
	t.Helper()
	data := small(t)
	p, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatIsAddedToTheArchiveIsNamed(t *testing.T) {
	s, err := newSpool(Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close() }()
	file := func(name, content string) *node {
		part, err := s.store(func(w io.Writer) error { _, err := io.WriteString(w, content); return err })
		if err != nil {
			t.Fatal(err)
		}
		return &node{name: name, part: part}
	}
	component := func(nodes []*node) *node {
		return nodes[slices.IndexFunc(nodes, func(n *node) bool { return n.part == nil })]
	}
	for name, row := range map[string]struct {
		change func([]*node) []*node
		want   []string
	}{
		"nothing": {func(n []*node) []*node { return n }, nil},
		"a file": {
			func(n []*node) []*node { return append(n, file("evil.sh", "#!/bin/sh")) },
			[]string{"archive: evil.sh does not belong there"},
		},
		"a file in the component": {
			func(n []*node) []*node {
				c := component(n)
				c.children = append(c.children, file("evil.sh", "#!/bin/sh"))
				return n
			},
			[]string{"archive: c.pkg/evil.sh does not belong there"},
		},
		"a folder with a file": {
			func(n []*node) []*node {
				return append(n, &node{name: "Resources", children: []*node{file("evil.sh", "#!/bin/sh")}})
			},
			[]string{"archive: Resources does not belong there", "archive: Resources/evil.sh does not belong there"},
		},
		"a folder by a good name": {
			func(n []*node) []*node { return append(n, &node{name: "Payload"}) },
			[]string{"archive: Payload does not belong there"},
		},
		"a script that only a component has, beside it": {
			func(n []*node) []*node { return append(n, file("Scripts", "#!/bin/sh")) },
			[]string{"archive: Scripts does not belong there"},
		},
		"a name that forges a line": {
			func(n []*node) []*node { return append(n, file("a\u009b2J\n  good\u202e", "")) },
			[]string{`archive: a\u009b2J\n  good\u202e does not belong there`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := reopened(t, openSmall(t), row.change)
			if err := p.Verify(t.Context(), Trust{}); err != nil {
				t.Fatal(err)
			}
			lines, err := Differences(t.Context(), p, openSmall(t))
			if err != nil || !slices.Equal(lines, row.want) {
				t.Errorf("%q, %v", lines, err)
			}
			if len(p.Strays) != len(row.want) {
				t.Errorf("%+v", p.Strays)
			}
			if lines, err := Differences(t.Context(), p, p); err != nil || len(lines) > 0 {
				t.Errorf("it differs from itself: %q, %v", lines, err)
			}
		})
	}
}

func TestAnEmptyArchiveTooManyIsNamed(t *testing.T) {
	component := func(scripts ...Entry) *Package {
		var out bytes.Buffer
		c := Component{Identifier: "c", Version: "1", Modified: time.Unix(1, 0), Payload: []Entry{{Path: "f", Mode: 0o644}}, Scripts: scripts}
		if err := WriteComponent(t.Context(), &out, c, Options{TempDir: t.TempDir()}); err != nil {
			t.Fatal(err)
		}
		p, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	want, other := component(), component(Entry{Path: "tool"})
	s, err := newSpool(Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close() }()
	empty, err := s.store(func(w io.Writer) error { return pack(t.Context(), w, nil, 1) })
	if err != nil {
		t.Fatal(err)
	}
	have := reopened(t, want, func(n []*node) []*node { return append(n, &node{name: "Scripts", part: empty}) })
	if err := have.Verify(t.Context(), Trust{}); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		have *Package
		line string
	}{"an empty one": {have, "archive: Scripts does not belong there"}, "one with a file": {other, "Scripts: tool does not belong there"}} {
		if lines, err := Differences(t.Context(), row.have, want); err != nil || !slices.Contains(lines, row.line) {
			t.Errorf("%s: %q, %v", name, lines, err)
		}
	}
}

func TestWhiteSpaceIsADifference(t *testing.T) {
	for name, have := range map[string]string{
		"an empty line and more": "<a>\n</a>\n\n<!-- evil -->\n", "an indent": "<a>\n  </a>\n", "no end": "<a>\n</a>",
	} {
		d := &differences{}
		d.descriptions("PackageInfo", []byte(have), []byte("<a>\n</a>\n"))
		if len(d.lines) != 1 {
			t.Errorf("%s: %q", name, d.lines)
		}
	}
}

func TestVeryManyDifferencesAreCounted(t *testing.T) {
	d := &differences{}
	for i := range 1000 {
		d.add("%d", i)
	}
	if len(d.lines) != 200 || d.more != 800 {
		t.Errorf("%d lines, and %d more", len(d.lines), d.more)
	}
}

func TestAScriptIsNotLarge(t *testing.T) {
	var out bytes.Buffer
	c := Component{Identifier: "c", Version: "1", Modified: time.Unix(1, 0), Scripts: []Entry{
		{Path: "large", Size: maxScript + 1, Open: Content(make([]byte, maxScript+1))},
		{Path: "preinstall", Size: 10, Open: Content([]byte("#!/bin/sh\n"))},
	}}
	if err := WriteComponent(t.Context(), &out, c, Options{TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	p, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Components[0].Script(t.Context(), "large"); !errors.Is(err, ErrLimit) {
		t.Errorf("got %v", err)
	}
	if data, err := p.Components[0].Script(t.Context(), "preinstall"); err != nil || string(data) != "#!/bin/sh\n" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestAllPathsTogetherHaveALimit(t *testing.T) {
	seen, long := newPaths(), strings.Repeat("x", maxName)
	for _, p := range []string{".", long, long + "/" + long, long + "/" + long + "/" + long} {
		if err := seen.add(File{Path: p, Mode: fs.ModeDir | 0o755}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range maxPaths / len(long) {
		if err := seen.add(File{Path: fmt.Sprintf("%s/%s/%s/%d", long, long, long, i)}); err != nil {
			if !errors.Is(err, ErrLimit) {
				t.Errorf("got %v", err)
			}
			return
		}
	}
	t.Error("there is none")
}

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"Library/Größe 日本 \"x\"": "Library/Größe 日本 \"x\"",
		"a\x1b[2Jb\n  good":      `a\x1b[2Jb\n  good`,
		"x\u202ey\u009b\xff\"\\": `x\u202ey\u009b\xff"\\`,
		`C:\x`:                   `C:\x`,
		"":                       "",
	} {
		if got := Visible(text); got != want {
			t.Errorf("%q is shown as %s, not %s", text, got, want)
		}
	}
}
