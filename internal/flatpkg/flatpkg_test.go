package flatpkg_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

func modified() time.Time { return time.Date(2026, 3, 1, 12, 30, 45, 0, time.UTC) }

func folder(p string) flatpkg.Entry { return flatpkg.Entry{Path: p, Mode: fs.ModeDir | 0o755} }

func file(p string, mode fs.FileMode, content string) flatpkg.Entry {
	return flatpkg.Entry{Path: p, Mode: mode, Size: int64(len(content)), Open: flatpkg.Content([]byte(content))}
}

// daemon is a package such as this project makes.
func daemon() flatpkg.Component {
	return flatpkg.Component{
		Identifier: "com.example.agent", Version: "1.2.3", MinOSVersion: "12.0", Modified: modified(),
		Payload: []flatpkg.Entry{
			folder("Library"), folder("Library/LaunchDaemons"), folder("Library/Application Support"),
			folder("Library/Application Support/Defer Agent"), folder("usr"), folder("usr/local"), folder("usr/local/bin"),
			file("Library/LaunchDaemons/com.example.agent.plist", 0o644, "<plist/>\n"),
			file("Library/Application Support/Defer Agent/agent", 0o755, strings.Repeat("program ", 9000)),
			file("Library/Application Support/Defer Agent/empty", 0o600, ""),
			file("Library/Application Support/Defer Agent/Ünïcode & <names>", 0o640, "ü"),
			file("Library/Application Support/Defer Agent/setuid", 0o755|fs.ModeSetuid, "s"),
			{Path: "usr/local/bin/agent", Mode: fs.ModeSymlink | 0o755, Link: "/Library/Application Support/Defer Agent/agent"},
			{Path: "Library/staff", Mode: fs.ModeDir | 0o775 | fs.ModeSticky, UID: 501, GID: 20},
		},
		Scripts: []flatpkg.Entry{
			file("preinstall", 0o644, "#!/bin/sh\nexit 0\n"),
			file("postinstall", 0, "#!/bin/sh\necho \"$3\"\n"),
		},
	}
}

// many is a payload whose Bom takes a tree of some levels.
func many(n int) flatpkg.Component {
	c := flatpkg.Component{Identifier: "com.example.many", Version: "1", Modified: modified()}
	for d := range (n + 99) / 100 {
		c.Payload = append(c.Payload, folder(fmt.Sprintf("d%03d", d)))
	}
	for f := range n {
		c.Payload = append(c.Payload, file(fmt.Sprintf("d%03d/file %05d", f/100, f), 0o644, fmt.Sprint(f)))
	}
	return c
}

func build(t rapid.TB, c flatpkg.Component, o flatpkg.Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := flatpkg.WriteComponent(context.Background(), &out, c, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func product(components ...flatpkg.Component) flatpkg.Product {
	return flatpkg.Product{
		Title: "Install <or> \"Defer\" & more", Identifier: "com.example.product", Version: "2.0", MinOSVersion: "12.0",
		HostArchitectures: []string{"arm64", "x86_64"}, Components: components,
	}
}

func buildProduct(t rapid.TB, p flatpkg.Product, o flatpkg.Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := flatpkg.WriteProduct(context.Background(), &out, p, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(t rapid.TB, data []byte) *flatpkg.Package {
	t.Helper()
	p, err := flatpkg.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func verify(t rapid.TB, p *flatpkg.Package) {
	t.Helper()
	if err := p.Verify(context.Background(), flatpkg.Trust{}); err != nil {
		t.Fatal(err)
	}
}

// found is what a package holds, as it was described.
func found(t rapid.TB, c *flatpkg.Contents, a flatpkg.Archive) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := c.Walk(context.Background(), a, func(f flatpkg.File, from io.Reader) error {
		content, err := io.ReadAll(from)
		all[f.Path] = line(f.Mode, f.UID, f.GID, f.Link, string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func line(mode fs.FileMode, uid, gid int, link, content string) string {
	return fmt.Sprintf("%v %d:%d ->%q %q", mode, uid, gid, link, content)
}

func described(t rapid.TB, entries []flatpkg.Entry) map[string]string {
	t.Helper()
	all := map[string]string{".": line(fs.ModeDir|0o755, 0, 0, "", "")}
	for _, e := range entries {
		var content []byte
		if e.Open != nil {
			from, err := e.Open()
			if err != nil {
				t.Fatal(err)
			}
			if content, err = io.ReadAll(from); err != nil {
				t.Fatal(err)
			}
		}
		all[e.Path] = line(e.Mode, e.UID, e.GID, e.Link, string(content))
	}
	return all
}

// someTree draws folders, files and links of any name, mode and owner.
func someTree(t *rapid.T) []flatpkg.Entry {
	folders, names := []string{""}, map[string]bool{}
	var entries []flatpkg.Entry
	name := rapid.StringOfN(rapid.RuneFrom([]rune("abcXYZ019 .-_&<>\"'\\:üß漢🙂\t\n\u0301")), 1, 20, 255).Filter(func(s string) bool {
		return s != "." && s != ".."
	})
	owner := rapid.IntRange(0, 1<<18-1)
	for range rapid.IntRange(1, 40).Draw(t, "entries") {
		e := flatpkg.Entry{
			Path: path.Join(rapid.SampledFrom(folders).Draw(t, "folder"), name.Draw(t, "name")),
			Mode: fs.FileMode(rapid.IntRange(0, 0o777).Draw(t, "mode")), UID: owner.Draw(t, "uid"), GID: owner.Draw(t, "gid"),
		}
		key := strings.ToLower(e.Path)
		if names[key] || len(e.Path) > 900 {
			continue
		}
		names[key] = true
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0, 1:
			e.Mode |= fs.ModeDir
			folders = append(folders, e.Path)
		case 2:
			e.Mode |= fs.ModeSymlink
			e.Link = rapid.StringOfN(rapid.RuneFrom([]rune("ab/.. ü")), 1, 30, -1).Draw(t, "link")
		default:
			content := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "content")
			e.Size, e.Open = int64(len(content)), flatpkg.Content(content)
		}
		entries = append(entries, e)
	}
	return entries
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	folders := []string{t.TempDir(), t.TempDir()}
	rapid.Check(t, func(t *rapid.T) {
		c := flatpkg.Component{
			Identifier: "a.b-c_1", Version: rapid.SampledFrom([]string{"1", "1.0 & <2>", "ü"}).Draw(t, "version"),
			InstallLocation: rapid.SampledFrom([]string{"", "/", "/Library/A & B"}).Draw(t, "location"),
			Modified:        time.Unix(rapid.Int64Range(0, 1<<32-1).Draw(t, "time"), 0), Payload: someTree(t),
		}
		if len(c.Payload) == 0 {
			return
		}
		o := flatpkg.Options{TempDir: folders[0], Checksum: rapid.SampledFrom([]flatpkg.Checksum{flatpkg.SHA1, flatpkg.SHA256}).Draw(t, "checksum")}
		first := build(t, c, o)
		p := open(t, first)
		verify(t, p)
		if diff := cmp.Diff(described(t, c.Payload), found(t, p.Components[0], flatpkg.Payload)); diff != "" {
			t.Fatal(diff)
		}
		if info := p.Components[0].Info; info.Version != c.Version || c.InstallLocation != "" && info.InstallLocation != c.InstallLocation {
			t.Fatalf("PackageInfo says %+v", info)
		}
		shuffled := c
		shuffled.Payload = rapid.Permutation(c.Payload).Draw(t, "order")
		shuffled.Modified = c.Modified.In(time.FixedZone("elsewhere", 12345))
		o.TempDir = folders[1]
		if !bytes.Equal(first, build(t, shuffled, o)) {
			t.Fatal("the same description gave other bytes")
		}
	})
	for _, f := range folders {
		if left, err := os.ReadDir(f); err != nil || len(left) > 0 {
			t.Errorf("left %v behind (%v)", left, err)
		}
	}
}

func TestComponent(t *testing.T) {
	c := daemon()
	p := open(t, build(t, c, flatpkg.Options{}))
	verify(t, p)
	if p.Kind != flatpkg.KindComponent || !p.Created.Equal(modified()) || p.Signature != nil || len(p.Digest) != 20 {
		t.Errorf("opened as %+v", p)
	}
	if diff := cmp.Diff(described(t, c.Payload), found(t, p.Components[0], flatpkg.Payload)); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		".":           line(fs.ModeDir|0o755, 0, 0, "", ""),
		"preinstall":  line(0o755, 0, 0, "", "#!/bin/sh\nexit 0\n"),
		"postinstall": line(0o755, 0, 0, "", "#!/bin/sh\necho \"$3\"\n"),
	}
	if diff := cmp.Diff(want, found(t, p.Components[0], flatpkg.Scripts)); diff != "" {
		t.Error(diff)
	}
	info := p.Components[0].Info
	for _, part := range []string{
		`auth="root"`, `overwrite-permissions="true"`, `relocatable="false"`, `minimumSystemVersion="12.0"`, `install-location="/"`,
		`<preinstall file="./preinstall"/>`, `<postinstall file="./postinstall"/>`, `numberOfFiles="15"`,
	} {
		if !strings.Contains(string(info.Raw), part) {
			t.Errorf("PackageInfo lacks %s", part)
		}
	}
	// Rounded up to blocks of 512: 72000 bytes are 141, four small files and the link are one each but for the empty one,
	// and eight folders are one each.
	if want := int64((141 + 3 + 1 + 8 + 1) / 2); info.InstallKBytes != want {
		t.Errorf("installs %d kilobytes, not %d", info.InstallKBytes, want)
	}
	if script, err := p.Components[0].Script(t.Context(), "postinstall"); err != nil || !strings.HasPrefix(string(script), "#!/bin/sh") {
		t.Errorf("postinstall is %q, %v", script, err)
	}
}

func TestPackageOfScriptsOnly(t *testing.T) {
	c := daemon()
	c.Payload = nil
	p := open(t, build(t, c, flatpkg.Options{}))
	verify(t, p)
	if p.Components[0].Info.HasPayload || p.Components[0].Has(flatpkg.Payload) || p.Components[0].Bom != nil || !p.Components[0].Has(flatpkg.Scripts) {
		t.Errorf("has %+v", p.Components[0])
	}
}

func TestProduct(t *testing.T) {
	for _, sum := range []flatpkg.Checksum{flatpkg.SHA1, flatpkg.SHA256} {
		p := open(t, buildProduct(t, product(daemon(), many(300)), flatpkg.Options{Checksum: sum}))
		verify(t, p)
		d := *p.Distribution
		d.Raw = nil
		want := flatpkg.Distribution{
			Title: "Install <or> \"Defer\" & more", Identifier: "com.example.product", Version: "2.0", MinOSVersion: "12.0",
			HostArchitectures: []string{"arm64", "x86_64"},
			Components: []flatpkg.Reference{
				{Identifier: "com.example.agent", Version: "1.2.3", Folder: "com.example.agent.pkg"},
				{Identifier: "com.example.many", Version: "1", Folder: "com.example.many.pkg"},
			},
		}
		if diff := cmp.Diff(want, d); diff != "" {
			t.Error(diff)
		}
		if p.Kind != flatpkg.KindProduct || len(p.Components) != 2 || p.Checksum != sum {
			t.Errorf("opened as %v of %d", p.Kind, len(p.Components))
		}
	}
}

func TestThousandsOfPaths(t *testing.T) {
	for _, n := range []int{1, 252, 253, 254, 255, 512, 5000, 70_000} {
		if n > 10_000 && testing.Short() {
			continue
		}
		c := many(n)
		p := open(t, build(t, c, flatpkg.Options{}))
		verify(t, p)
		if got := len(p.Components[0].Bom); got != len(c.Payload)+1 {
			t.Errorf("Bom has %d paths, not %d", got, len(c.Payload)+1)
		}
	}
}

func TestStaple(t *testing.T) {
	data := build(t, daemon(), flatpkg.Options{})
	var once, twice bytes.Buffer
	if err := flatpkg.Staple(t.Context(), &once, open(t, data), []byte("first ticket")); err != nil {
		t.Fatal(err)
	}
	p := open(t, once.Bytes())
	verify(t, p)
	if err := flatpkg.Staple(t.Context(), &twice, p, []byte("s8ch")); err != nil {
		t.Fatal(err)
	}
	if p = open(t, twice.Bytes()); string(p.Ticket) != "s8ch" || !bytes.HasPrefix(twice.Bytes(), data) || twice.Len() != len(data)+36 {
		t.Errorf("ticket is %q", p.Ticket)
	}
	if err := flatpkg.Staple(t.Context(), io.Discard, p, nil); !errors.Is(err, flatpkg.ErrLimit) {
		t.Errorf("got %v", err)
	}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
