package cli

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

// TestAPackageCannotForgeLinesOfAList makes a package of which each text would clear the screen and forge a row.
func TestAPackageCannotForgeLinesOfAList(t *testing.T) {
	const evil = "a\u009b2J\U000e0041b\x1b[2J\n  -rw-r--r--   0:0           1          1  good\u202e\r"
	c := flatpkg.Component{
		Identifier: "com.example.evil", Version: "1\u009b2J", Modified: time.Unix(1_700_000_000, 0),
		Payload: []flatpkg.Entry{
			{Path: evil, Mode: 0o644},
			{Path: "link", Mode: fs.ModeSymlink | 0o755, Link: evil},
		},
		Scripts: []flatpkg.Entry{{Path: evil}},
	}
	var b bytes.Buffer
	product := flatpkg.Product{Title: "Title\u009b2J", Identifier: c.Identifier, Version: "1", Components: []flatpkg.Component{c}}
	if err := flatpkg.WriteProduct(t.Context(), &b, product, flatpkg.Options{TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	p, err := flatpkg.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	p.Strays = []flatpkg.Stray{{Path: evil}, {Path: evil, Folder: true}}
	p.Signature = &flatpkg.Signature{Chain: []*x509.Certificate{{Subject: pkix.Name{CommonName: evil}}}}
	p.Distribution.MinOSVersion, p.Distribution.HostArchitectures = evil, []string{evil}
	p.Distribution.Components[0].Folder, p.Distribution.Components[0].Version = evil, evil
	info := &p.Components[0].Info
	info.InstallLocation, info.Auth, info.Preinstall = evil, evil, evil
	report, err := describePackage(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.print(&out); err != nil {
		t.Fatal(err)
	}
	if r := strings.IndexFunc(out.String(), func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }); r >= 0 {
		t.Errorf("it prints %q", out.String()[r:])
	}
	var asJSON bytes.Buffer
	if err := report.printJSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	if r := strings.IndexFunc(asJSON.String(), func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }); r >= 0 {
		t.Errorf("it prints %q", asJSON.String()[r:])
	}
	var back packageReport
	if err := json.Unmarshal(asJSON.Bytes(), &back); err != nil || len(back.Strays) != 2 || back.Strays[0].Path != evil || back.Title != p.Distribution.Title {
		t.Errorf("%v, %+v", err, back)
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasSuffix(line, "  good\n") {
			t.Errorf("a line is forged: %q", line)
		}
	}
	// The line of the kind with the signer, that of the chain, the Distribution and what it installs, the component with
	// PackageInfo, "Files:" with the folder and two more, "Scripts:" with the folder and one, the strays, and two empty.
	const lines = 2 + 2 + 2 + 4 + 3 + 3 + 2
	if n := strings.Count(out.String(), "\n"); n != lines {
		t.Errorf("%d lines, not %d:\n%s", n, lines, out.String())
	}
	for _, want := range []string{`a\u009b2J\U000e0041b\x1b[2J\n  -rw-r--r--   0:0           1          1  good\u202e\r/`, "signed by a", "link -> a", `"Title\u009b2J"`} {
		if !strings.Contains(out.String(), want) && !strings.Contains(out.String(), strings.ReplaceAll(want, `\`, `\\`)) {
			t.Errorf("it does not name %s:\n%s", want, out.String())
		}
	}
}

func TestAnErrorOfAPackageIsOneLine(t *testing.T) {
	said := usagef("the hint", "Payload: a\x1b[2J\n  good %w", fs.ErrNotExist)
	err := fmt.Errorf("evil.pkg: %w", &visibleError{said})
	var usage *usageError
	if !errors.As(err, &usage) || usage.hint != "the hint" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%#v", err)
	}
	if got := err.Error(); got != `evil.pkg: Payload: a\x1b[2J\n  good file does not exist` {
		t.Errorf("it says %s", got)
	}
}

// TestAHostilePackageCannotSteerATerminal looks at all that the commands say of packages whose parts contradict each other.
func TestAHostilePackageCannotSteerATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	const evil = "a\u009b2J\x1b[2J\n  good\u202e"
	c := flatpkg.Component{
		Identifier: "com.example.evil", Version: "1", Modified: time.Unix(1_700_000_000, 0),
		Payload: []flatpkg.Entry{{Path: evil, Mode: 0o644, Size: 4, Open: flatpkg.Content([]byte("evil"))}},
		Scripts: []flatpkg.Entry{{Path: evil}},
	}
	for name, change := range map[string]func(*flatpkg.Component){
		"foreign.pkg": func(*flatpkg.Component) {},
		"remover.pkg": func(c *flatpkg.Component) { c.Payload, c.Identifier = nil, "com.example.evil.uninstaller" },
	} {
		changed := c
		change(&changed)
		file, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(flatpkg.WriteComponent(t.Context(), file, changed, flatpkg.Options{TempDir: t.TempDir()}), file.Close()); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"pkg", "list", name}, {"pkg", "list", "--json", name}, {"pkg", "verify", name}} {
			var out bytes.Buffer
			Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: &out})
			if at := strings.IndexFunc(out.String(), func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }); at >= 0 || strings.Contains(out.String(), "\n  good") {
				t.Errorf("%q says %q", args, out.String())
			}
			if !strings.Contains(out.String(), name) && !strings.Contains(out.String(), `\u009b`) {
				t.Errorf("%q says nothing of it: %q", args, out.String())
			}
		}
	}
}
