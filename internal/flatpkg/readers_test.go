package flatpkg_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

// The tests in this file let programs by other people read what is written here.

// tool finds a program, which continuous integration has to have.
func tool(t *testing.T, name, from string) string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err == nil {
		return program
	}
	text := fmt.Sprintf("%s is missing: apt-get install %s", name, from)
	if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
		t.Fatal(text)
	}
	t.Skip(text)
	return ""
}

// run starts a program in a folder and returns what it prints.
func run(t *testing.T, folder string, input []byte, argv ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	command := exec.Command(argv[0], argv[1:]...)
	command.Dir, command.Stdin, command.Stdout, command.Stderr = folder, bytes.NewReader(input), &out, &errs
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	if err := command.Run(); err != nil {
		t.Fatalf("%s: %v: %s%s", strings.Join(argv, " "), err, &errs, &out)
	}
	return out.Bytes()
}

func save(t *testing.T, folder, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(folder, name)
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func load(t *testing.T, parts ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// toc unpacks a table of contents without the package's own reader.
func toc(t *testing.T, data []byte) []byte {
	t.Helper()
	zip, err := zlib.NewReader(bytes.NewReader(data[28:]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil || uint64(len(text)) != binary.BigEndian.Uint64(data[16:]) {
		t.Fatalf("%d bytes, %v", len(text), err)
	}
	return text
}

// tree is what is in a folder: the sum of each file by its path.
func tree(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, p)
		if err != nil {
			return err
		}
		if d.Type() == fs.ModeSymlink {
			all[name], err = os.Readlink(p)
			return err
		}
		data, err := os.ReadFile(p)
		all[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// unpackers extract an archive that is in their folder as "x.pkg".
func unpackers(t *testing.T, o flatpkg.Options) map[string][]string {
	t.Helper()
	all := map[string][]string{"7z": {tool(t, "7z", "p7zip-full"), "x", "-y", "-bd", "-txar", "x.pkg"}}
	if o.Checksum == flatpkg.SHA1 {
		// libarchive knows no SHA-256 in a header.
		all["bsdtar"] = []string{tool(t, "bsdtar", "libarchive-tools"), "-xf", "x.pkg"}
	}
	return all
}

func TestOthersUnpackPackages(t *testing.T) {
	signing := signer(t).signing()
	for name, o := range map[string]flatpkg.Options{
		"sha1": {}, "sha256": {Checksum: flatpkg.SHA256}, "sha1, signed": {Sign: &signing}, "sha256, signed": {Checksum: flatpkg.SHA256, Sign: &signing},
	} {
		component, archive := build(t, daemon(), o), buildProduct(t, product(daemon(), many(600)), o)
		for reader, argv := range unpackers(t, o) {
			t.Run(name+" by "+reader, func(t *testing.T) {
				folder := t.TempDir()
				save(t, folder, "x.pkg", component)
				run(t, folder, nil, argv...)
				unpacked := tree(t, folder)
				delete(unpacked, "[TOC].xml") // 7z shows the table of contents as a file.
				if got := strings.Join(sorted(unpacked), " "); got != "Bom PackageInfo Payload Scripts x.pkg" {
					t.Fatalf("unpacked %s", got)
				}
				p := open(t, component)
				if !bytes.Equal(load(t, folder, "PackageInfo"), p.Components[0].Info.Raw) {
					t.Error("PackageInfo differs")
				}
				checkPayload(t, folder, daemon())
				save(t, folder, "x.pkg", archive)
				run(t, folder, nil, argv...)
				if !bytes.Equal(load(t, folder, "Distribution"), open(t, archive).Distribution.Raw) {
					t.Error("Distribution differs")
				}
				checkPayload(t, filepath.Join(folder, "com.example.many.pkg"), many(600))
			})
		}
	}
}

// checkPayload lets GNU cpio, bsdtar and the Bom reader in Python look at an unpacked component.
func checkPayload(t *testing.T, folder string, c flatpkg.Component) {
	t.Helper()
	cpio, bsdtar, gzip := tool(t, "cpio", "cpio"), tool(t, "bsdtar", "libarchive-tools"), tool(t, "gzip", "gzip")
	want := map[string]string{}
	for _, e := range c.Payload {
		switch e.Mode.Type() {
		case 0:
			from, err := e.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, _ := io.ReadAll(from)
			want[e.Path] = string(content)
		case fs.ModeSymlink:
			want[e.Path] = e.Link
		}
	}
	plain := run(t, folder, nil, gzip, "-dc", "Payload")
	by := map[string]string{"cpio": t.TempDir(), "bsdtar": t.TempDir()}
	run(t, by["cpio"], plain, cpio, "-idm", "--quiet", "--no-absolute-filenames")
	run(t, by["bsdtar"], nil, bsdtar, "-xf", filepath.Join(folder, "Payload"))
	for name, p := range by {
		if diff := cmp.Diff(want, tree(t, p)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	checkModes(t, string(run(t, folder, plain, cpio, "-itv", "--numeric-uid-gid", "--quiet")), c.Payload)
	if len(c.Scripts) > 0 {
		list := string(run(t, folder, run(t, folder, nil, gzip, "-dc", "Scripts"), cpio, "-itv", "--numeric-uid-gid", "--quiet"))
		if strings.Count(list, "-rwxr-xr-x   1 0        0") != len(c.Scripts) {
			t.Errorf("scripts are\n%s", list)
		}
	}
	checkBom(t, folder, c, by["cpio"])
}

// checkModes compares what cpio lists: mode, links, owner, group, size, three words of time, name.
func checkModes(t *testing.T, list string, entries []flatpkg.Entry) {
	t.Helper()
	got := map[string]string{}
	for line := range strings.Lines(list) {
		f := strings.Fields(line)
		_, name, _ := strings.Cut(line, strings.Join(f[7:8], " ")+" ")
		name, _, _ = strings.Cut(strings.TrimSuffix(name, "\n"), " -> ")
		got[strings.TrimPrefix(name, "./")] = f[0] + " " + f[2] + ":" + f[3]
	}
	want := map[string]string{".": "drwxr-xr-x 0:0"}
	for _, e := range entries {
		want[e.Path] = fmt.Sprintf("%s %d:%d", lsMode(e.Mode), e.UID, e.GID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func lsMode(m fs.FileMode) string {
	text := []byte(m.Perm().String())
	text[0] = map[fs.FileMode]byte{0: '-', fs.ModeDir: 'd', fs.ModeSymlink: 'l'}[m.Type()]
	if m&fs.ModeSetuid != 0 {
		text[3] = 's'
	}
	if m&fs.ModeSticky != 0 {
		text[9] = 't'
	}
	return string(text)
}

type bomLine struct {
	Path  string
	Mode  uint32
	UID   int
	GID   int
	Mtime int64
	Size  int64
	Cksum uint32
	Link  string
}

// checkBom compares the Bom with what cksum(1) says of the files that cpio unpacked.
func checkBom(t *testing.T, folder string, c flatpkg.Component, files string) {
	t.Helper()
	lines := run(t, folder, nil, tool(t, "python3", "python3"), script(t), "Bom")
	got := map[string]bomLine{}
	for d := json.NewDecoder(bytes.NewReader(lines)); d.More(); {
		var l bomLine
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		got[l.Path] = l
	}
	if len(got) != len(c.Payload)+1 {
		t.Errorf("Bom has %d paths, not %d", len(got), len(c.Payload)+1)
	}
	var regular []string
	for _, e := range c.Payload {
		l := got[e.Path]
		if l.UID != e.UID || l.GID != e.GID || l.Mode&0o777 != uint32(e.Mode.Perm()) || l.Mtime != c.Modified.Unix() || l.Link != e.Link || e.Mode.IsRegular() && l.Size != e.Size {
			t.Errorf("Bom says %+v of %+v", l, e)
		}
		if e.Mode.IsRegular() {
			regular = append(regular, e.Path)
		}
	}
	out := run(t, files, nil, append([]string{tool(t, "cksum", "coreutils")}, regular...)...)
	for line := range strings.Lines(string(out)) {
		var sum uint32
		var size int64
		if _, err := fmt.Sscan(line, &sum, &size); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(line, fmt.Sprintf("%d %d ", sum, size)), "\n")
		if l := got[name]; l.Cksum != sum || l.Size != size {
			t.Errorf("cksum says %d %d of %s, and the Bom %d %d", sum, size, name, l.Cksum, l.Size)
		}
	}
}

func script(t *testing.T) string {
	t.Helper()
	p, err := filepath.Abs("testdata/readbom.py")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPythonReadsBomsOfAnySize(t *testing.T) {
	python := tool(t, "python3", "python3")
	for _, n := range []int{1, 253, 254, 255, 5000, 70_000} {
		if n > 10_000 && testing.Short() {
			continue
		}
		c := many(n)
		folder, p := t.TempDir(), open(t, build(t, c, flatpkg.Options{}))
		save(t, folder, "Bom", bom(t, p))
		if got := bytes.Count(run(t, folder, nil, python, script(t), "Bom"), []byte("\n")); got != len(c.Payload)+1 {
			t.Errorf("reads %d paths of %d", got, len(c.Payload)+1)
		}
	}
}

// bom is the raw bill of materials.
func bom(t *testing.T, p *flatpkg.Package) []byte {
	t.Helper()
	data, err := flatpkg.RawBom(p.Components[0])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestXmllintReadsDescriptions(t *testing.T) {
	xmllint, folder := tool(t, "xmllint", "libxml2-utils"), t.TempDir()
	signing := signer(t).signing()
	data := buildProduct(t, product(daemon()), flatpkg.Options{Sign: &signing})
	p := open(t, data)
	for name, text := range map[string][]byte{
		"toc.xml": toc(t, data), "Distribution": p.Distribution.Raw, "PackageInfo": p.Components[0].Info.Raw,
	} {
		save(t, folder, name, text)
		run(t, folder, nil, xmllint, "--noout", "--nonet", name)
	}
	for query, want := range map[string]string{
		"string(//title)": product().Title, "string(//os-version/@min)": "12.0", "string(//options/@hostArchitectures)": "arm64,x86_64",
		"string(//options/@customize)": "never", "normalize-space(/installer-gui-script/pkg-ref)": "#com.example.agent.pkg",
	} {
		if got := strings.TrimSuffix(string(run(t, folder, nil, xmllint, "--xpath", query, "Distribution")), "\n"); got != want {
			t.Errorf("%s is %q, not %q", query, got, want)
		}
	}
}
