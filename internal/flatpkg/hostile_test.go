package flatpkg

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"
	"testing"
	"time"
)

// small is a product archive with a bit of everything.
func small(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	err := WriteProduct(context.Background(), &out, Product{Title: "t", Identifier: "p", Version: "1", Components: []Component{{
		Identifier: "c", Version: "1", Modified: time.Unix(1, 0),
		Payload: []Entry{
			{Path: "d", Mode: fs.ModeDir | 0o755},
			{Path: "d/f", Mode: 0o644, Size: 7, Open: Content([]byte("content"))},
			{Path: "d/l", Mode: fs.ModeSymlink | 0o755, Link: "f"},
		},
		Scripts: []Entry{{Path: "preinstall", Size: 10, Open: Content([]byte("#!/bin/sh\n"))}},
	}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rewrite changes a table of contents, and makes lengths and digest right again.
func rewrite(t testing.TB, data []byte, change func(string) string) []byte {
	t.Helper()
	packed := binary.BigEndian.Uint64(data[8:])
	zip, err := zlib.NewReader(bytes.NewReader(data[28:]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	changed := change(string(text))
	again, err := deflate([]byte(changed))
	if err != nil {
		t.Fatal(err)
	}
	out := append(xarHead(SHA1, len(again), len(changed)), again...)
	return append(append(out, SHA1.of(again)...), data[28+packed+20:]...)
}

func TestOpenRefusesHostileTables(t *testing.T) {
	good := small(t)
	replace := func(old, instead string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("the table has no %s", old)
			}
			return strings.Replace(s, old, instead, 1)
		}
	}
	for name, row := range map[string]struct {
		change func(string) string
		want   error
	}{
		"nothing changed":               {func(s string) string { return s }, nil},
		"a name that climbs":            {replace("<name>Payload</name>", "<name>../Payload</name>"), ErrFormat},
		"a name that is dots":           {replace("<name>Payload</name>", "<name>..</name>"), ErrFormat},
		"an absolute name":              {replace("<name>Payload</name>", "<name>/Payload</name>"), ErrFormat},
		"a name with a slash":           {replace("<name>Payload</name>", "<name>a/b</name>"), ErrFormat},
		"a name with NUL":               {replace("<name>Payload</name>", "<name>a&#0;</name>"), ErrFormat},
		"an empty name":                 {replace("<name>Payload</name>", "<name></name>"), ErrFormat},
		"no name":                       {replace("<name>Payload</name>", ""), ErrFormat},
		"two names":                     {replace("<name>Payload</name>", "<name>Payload</name><name>x</name>"), ErrFormat},
		"an encoded name":               {replace("<name>Payload", `<name enctype="base64">Payload`), ErrFormat},
		"two files of one name":         {replace("<name>Payload</name>", "<name>Scripts</name>"), ErrFormat},
		"a file in a file":              {replace("<name>Payload</name>", "<name>Payload</name><file><name>x</name><type>directory</type></file>"), ErrFormat},
		"a link":                        {replace("<type>file</type>", "<type>symlink</type>"), ErrFormat},
		"a folder with data":            {replace("<type>file</type>", "<type>directory</type>"), ErrFormat},
		"an offset beyond 63 bits":      {replace("<offset>20<", "<offset>18446744073709551615<"), ErrFormat},
		"an offset of almost 63 bits":   {replace("<offset>20<", fmt.Sprintf("<offset>%d<", math.MaxInt64)), ErrFormat},
		"an offset past the end":        {replace("<offset>20<", "<offset>123456<"), ErrFormat},
		"a negative offset":             {replace("<offset>20<", "<offset>-20<"), ErrFormat},
		"a signed offset":               {replace("<offset>20<", "<offset>+20<"), ErrFormat},
		"data in the digest":            {replace("<offset>20<", "<offset>10<"), ErrFormat},
		"a description that is huge":    {replace("<size>", "<size>2000000000<!-- ") /* the digest's own */, ErrFormat},
		"another encoding":              {replace(xarZlib, "application/x-bzip2"), ErrUnsupported},
		"another kind of checksum":      {replace(`<archived-checksum style="sha1">`, `<archived-checksum style="md5">`), ErrUnsupported},
		"a checksum that is cut":        {replace(`<archived-checksum style="sha1">`, `<archived-checksum style="sha1">00`), ErrFormat},
		"checksums left out":            {replace("archived-checksum", "other"), ErrFormat},
		"the digest elsewhere":          {replace("<offset>0<", "<offset>1<"), ErrFormat},
		"the digest of another kind":    {replace(`<checksum style="sha1">`, `<checksum style="sha256">`), ErrFormat},
		"no time":                       {replace("<creation-time>", "<creation-time>x"), ErrFormat},
		"a document type":               {replace("<xar>", `<!DOCTYPE xar [<!ENTITY a "aaaa">]><xar>`), ErrFormat},
		"an entity":                     {replace("<name>Payload", "<name>&a;Payload"), ErrFormat},
		"two roots":                     {func(s string) string { return s + "<xar/>" }, ErrFormat},
		"two tables":                    {replace("<toc>", "<toc></toc><toc>"), ErrFormat},
		"an attribute twice":            {replace(`<file id="1">`, `<file id="1" id="2">`), ErrFormat},
		"folders ten thousand deep":     {replace("<toc>", "<toc>"+strings.Repeat("<file>", 10_000)), ErrLimit},
		"two hundred thousand elements": {replace("<toc>", "<toc>"+strings.Repeat("<x/>", 200_000)), ErrLimit},
		"a signature without another":   {replace("<toc>", `<toc><x-signature style="CMS"><offset>20</offset><size>0</size></x-signature>`), ErrFormat},
		"a signature over a file":       {replace("<toc>", `<toc><signature style="RSA"><offset>20</offset><size>256</size></signature>`), ErrFormat},
		"neither kind of package":       {replace("<name>Distribution</name>", "<name>Other</name>"), ErrFormat},
		"both kinds of package":         {replace("<toc>", `<toc><file><name>PackageInfo</name><type>file</type><data><length>0</length><offset>0</offset><size>0</size><encoding style="`+xarStored+`"/><archived-checksum style="sha1">`+strings.Repeat("00", 20)+`</archived-checksum><extracted-checksum style="sha1">`+strings.Repeat("00", 20)+`</extracted-checksum></data></file>`), ErrFormat},
	} {
		t.Run(name, func(t *testing.T) {
			data := rewrite(t, good, row.change)
			_, err := Open(bytes.NewReader(data), int64(len(data)))
			if !errors.Is(err, row.want) || row.want != nil && !strings.HasPrefix(err.Error(), "open package: ") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOpenRefusesHostileHeaders(t *testing.T) {
	good := small(t)
	put := func(at int, value uint64) func([]byte) []byte {
		return func(b []byte) []byte {
			binary.BigEndian.PutUint64(b[at:], value)
			return b
		}
	}
	bomb := func(b []byte) []byte {
		packed, err := deflate(make([]byte, maxTOC))
		if err != nil {
			t.Fatal(err)
		}
		return append(append(xarHead(SHA1, len(packed), maxTOC), packed...), b[:20]...)
	}
	for name, row := range map[string]struct {
		change func([]byte) []byte
		want   error
	}{
		"nothing":                  {func([]byte) []byte { return nil }, ErrFormat},
		"another magic":            {func(b []byte) []byte { return append([]byte("xar?"), b[4:]...) }, ErrFormat},
		"another version":          {func(b []byte) []byte { b[7] = 2; return b }, ErrFormat},
		"a longer header":          {func(b []byte) []byte { b[5] = 64; return b }, ErrFormat},
		"MD5":                      {func(b []byte) []byte { b[27] = 2; return b }, ErrUnsupported},
		"a table of 2^64 bytes":    {put(8, math.MaxUint64), ErrLimit},
		"a table of 2^63 bytes":    {put(8, 1<<63), ErrLimit},
		"a table past the end":     {put(8, maxPackedTOC), ErrFormat},
		"unpacking to 2^64 bytes":  {put(16, math.MaxUint64), ErrLimit},
		"unpacking to fewer bytes": {put(16, 100), ErrFormat},
		"a bomb":                   {bomb, ErrLimit},
		"cut in the heap":          {func(b []byte) []byte { return b[:len(b)-1] }, ErrFormat},
		"something after it":       {func(b []byte) []byte { return append(b, "something after the end of it, of some length"...) }, ErrFormat},
		"another digest":           {func(b []byte) []byte { b[28+binary.BigEndian.Uint64(b[8:])] ^= 1; return b }, ErrChecksum},
	} {
		t.Run(name, func(t *testing.T) {
			data := row.change(bytes.Clone(good))
			if _, err := Open(bytes.NewReader(data), int64(len(data))); !errors.Is(err, row.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func entryOf(name string, mode uint32, content string) string {
	return fmt.Sprintf("070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o%s\x00%s", 0, 1, mode, 0, 0, 1, 0, 0, len(name)+1, len(content), name, content)
}

func packed(t testing.TB, text string) io.Reader {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if _, err := io.WriteString(zip, text); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return &out
}

func TestUnpackRefusesHostileArchives(t *testing.T) {
	root, end := entryOf(".", 0o40755, ""), entryOf(cpioTrailer, 0, "")
	for name, row := range map[string]struct {
		text string
		want error
	}{
		"a plain one":                 {root + entryOf("./a", 0o100644, "x") + end, nil},
		"one padded with zeros":       {root + end + strings.Repeat("\x00", 400), nil},
		"an absolute path":            {root + entryOf("/etc/passwd", 0o100644, "x") + end, ErrFormat},
		"a path that climbs":          {root + entryOf("./../x", 0o100644, "x") + end, ErrFormat},
		"a path without ./":           {root + entryOf("x", 0o100644, "x") + end, ErrFormat},
		"a path with NUL":             {root + entryOf("./a\x00b", 0o100644, "x") + end, ErrFormat},
		"a path twice":                {root + entryOf("./a", 0o100644, "x") + entryOf("./a", 0o100644, "y") + end, ErrFormat},
		"a file through a link":       {root + entryOf("./a", 0o120755, "/etc") + entryOf("./a/passwd", 0o100644, "x") + end, ErrFormat},
		"a file before its folder":    {root + entryOf("./a/b", 0o100644, "x") + end, ErrFormat},
		"no root":                     {entryOf("./a", 0o100644, "x") + end, ErrFormat},
		"a link to nowhere":           {root + entryOf("./a", 0o120755, "") + end, ErrFormat},
		"a device":                    {root + entryOf("./a", 0o020644, "") + end, ErrFormat},
		"a folder with content":       {root + entryOf("./a", 0o40755, "x") + end, ErrFormat},
		"no trailer":                  {root, ErrFormat},
		"something after the trailer": {root + end + root, ErrFormat},
		"a name that is cut":          {root + entryOf("./abc", 0o100644, "")[:80], ErrFormat},
		"content that is cut":         {root + entryOf("./abc", 0o100644, "content")[:84], ErrFormat},
		"a header that is cut":        {root + end[:50], ErrFormat},
		"digits that are none":        {strings.Replace(root, "000001", "00x001", 1) + end, ErrFormat},
		"a sign among digits":         {strings.Replace(root, "000001", "+00001", 1) + end, ErrFormat},
		"the new form of cpio":        {"070701" + root[6:] + end, ErrFormat},
		"a huge name":                 {strings.Replace(root, "000002", "777777", 1) + end, ErrFormat},
		"more than the limit":         {root + entryOf("./a", 0o100644, strings.Repeat("x", 100_000)) + end, ErrLimit},
		"a file of eight GiB":         {root + "070707" + strings.Repeat("0", 12) + "100644" + strings.Repeat("0", 24) + "00000000000" + "000004" + "77777777777" + "./a\x00" + end, ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			err := unpack(packed(t, row.text), 50_000, func(File, io.Reader) error { return nil })
			if !errors.Is(err, row.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := unpack(strings.NewReader("pbzx\x00\x00"), 1, nil); !errors.Is(err, ErrUnsupported) {
		t.Errorf("got %v", err)
	}
	if err := unpack(strings.NewReader("PK\x03\x04"), 1, nil); !errors.Is(err, ErrFormat) {
		t.Errorf("got %v", err)
	}
}

func TestCpioRefusesWhatDoesNotFit(t *testing.T) {
	for name, h := range map[string]header{
		"inode": {name: "x", inode: 1 << 18}, "user": {name: "x", uid: 1 << 18}, "size": {name: "x", size: 1 << 33},
		"time": {name: "x", modified: -1}, "group": {name: "x", gid: -1},
	} {
		p := &packer{out: io.Discard}
		if err := p.header(h); !errors.Is(err, ErrDescription) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	largest := header{name: "x", inode: 1<<18 - 1, uid: 1<<18 - 1, gid: 1<<18 - 1, size: 1<<33 - 1, modified: 1<<33 - 1}
	if err := (&packer{out: io.Discard}).header(largest); err != nil {
		t.Error(err)
	}
}

// TestCksum has the sums that cksum(1) prints.
func TestCksum(t *testing.T) {
	for text, want := range map[string]uint32{
		"": 4294967295, "123456789": 930766865, "a": 1220704766, strings.Repeat("x", 100_000): 1627735810,
	} {
		if got := cksumOf([]byte(text)); got != want {
			t.Errorf("%.10q has %d, not %d", text, got, want)
		}
	}
}

func TestBomReaderRefusesLoops(t *testing.T) {
	var entries []Entry
	for n := range 600 {
		entries = append(entries, Entry{Path: fmt.Sprintf("f%03d", n)})
	}
	items, err := arrange(entries)
	if err != nil {
		t.Fatal(err)
	}
	good := makeBom(items, 0)
	if files, err := readBom(good); err != nil || len(files) != 601 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	table := binary.BigEndian.Uint32(good[16:])
	// Each block in turn takes the place of each node: a tree that leads to itself, to a leaf twice, or to something else.
	for _, at := range []uint32{table + 4 + 8*2, table + 4 + 8*3} {
		for block := range binary.BigEndian.Uint32(good[table:]) {
			bad := bytes.Clone(good)
			copy(bad[at:at+8], good[table+4+8*block:])
			if _, err := readBom(bad); err != nil && !errors.Is(err, ErrFormat) && !errors.Is(err, ErrLimit) {
				t.Fatal(err)
			}
		}
	}
	for n := range len(good) / 97 {
		if _, err := readBom(good[:97*n]); err == nil {
			t.Fatalf("reads %d bytes of %d", 97*n, len(good))
		}
	}
}

func FuzzOpen(f *testing.F) {
	good := small(f)
	f.Add(good)
	f.Add(good[:28])
	f.Add(rewrite(f, good, func(s string) string { return strings.ReplaceAll(s, "<size>", "<size>9") }))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			kindOf(t, err)
			return
		}
		inPlace(t, p)
		if err = p.Verify(context.Background(), Trust{Now: time.Unix(1e9, 0)}); err == nil && !bytes.Contains(data, p.Digest) {
			t.Error("a package is sound whose checksum is not in it")
		}
		kindOf(t, err)
	})
}

func FuzzTOC(f *testing.F) {
	good := small(f)
	rewrite(f, good, func(s string) string {
		f.Add(s)
		return s
	})
	f.Fuzz(func(t *testing.T, toc string) {
		data := rewrite(t, good, func(string) string { return toc })
		p, err := Open(bytes.NewReader(data), int64(len(data)))
		if err == nil {
			inPlace(t, p)
			err = p.Verify(context.Background(), Trust{Now: time.Unix(1e9, 0)})
		}
		kindOf(t, err)
	})
}

// kindOf fails for an error that is not one of this package's.
func kindOf(t *testing.T, err error) {
	t.Helper()
	for _, e := range []error{ErrFormat, ErrLimit, ErrUnsupported, ErrChecksum, ErrContent, ErrSignature, ErrTimestamp, ErrCertificate} {
		if errors.Is(err, e) {
			return
		}
	}
	if err != nil {
		t.Errorf("an error of no kind: %v", err)
	}
}

// inPlace demands that a package that was opened holds no path which leads out of its folder, and no negative size.
func inPlace(t *testing.T, p *Package) {
	t.Helper()
	if p.Kind == KindProduct && len(p.Components) == 0 || p.Kind == KindComponent && len(p.Components) != 1 {
		t.Errorf("a %s of %d components", p.Kind, len(p.Components))
	}
	for _, c := range p.Components {
		for _, file := range c.Bom {
			if pathFault(file.Path) != "" || file.Size < 0 {
				t.Errorf("%s: path %q, %d bytes", c.Folder, file.Path, file.Size)
			}
		}
	}
}

func FuzzBom(f *testing.F) {
	items, err := arrange([]Entry{{Path: "d", Mode: fs.ModeDir}, {Path: "d/f"}, {Path: "d/l", Mode: fs.ModeSymlink, Link: "f"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(makeBom(items, 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := readBom(data)
		kindOf(t, err)
		for _, file := range files {
			if pathFault(file.Path) != "" {
				t.Errorf("path %q", file.Path)
			}
		}
	})
}

func FuzzCpio(f *testing.F) {
	f.Add([]byte(entryOf(".", 0o40755, "") + entryOf("./a", 0o100644, "x") + entryOf("./l", 0o120755, "a") + entryOf(cpioTrailer, 0, "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		kindOf(t, unpackCpio(bytes.NewReader(data), 1<<20, func(file File, from io.Reader) error {
			if pathFault(file.Path) != "" {
				t.Errorf("path %q", file.Path)
			}
			if n, err := io.Copy(io.Discard, from); err != nil || n > file.Size {
				t.Errorf("%d bytes of %d, %v", n, file.Size, err)
			}
			return nil
		}))
	})
}
