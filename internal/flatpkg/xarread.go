package flatpkg

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of what is held in memory. The table of contents of a real package has a few kilobytes.
const (
	maxPackedTOC = 4 << 20
	maxTOC       = 16 << 20
	maxTOCRatio  = 200 // XML as repetitive as this packs to a tenth or a twentieth
)

// xar is an archive that was read.
type xar struct {
	from     io.ReaderAt
	heap     int64 // where it begins
	end      int64 // where the archive ends
	checksum Checksum
	digest   []byte // of the compressed table of contents
	created  time.Time
	files    []xarFile // folders before what is in them
	rsa, cms *xarSignature
}

type xarFile struct {
	path                string
	dir                 bool
	offset              int64 // in the heap
	length              int64 // there
	size                int64 // once decoded
	zlib                bool
	style               Checksum
	archived, extracted []byte // nil if the table does not tell
}

type xarSignature struct {
	slot
	certificates []string // base64
}

func readXar(from io.ReaderAt, size int64) (*xar, error) {
	head := make([]byte, xarHeader)
	if _, err := from.ReadAt(head, 0); err != nil && (size < xarHeader || err != io.EOF) {
		return nil, malformed("the header is cut short")
	}
	order := binary.BigEndian
	if string(head[:4]) != xarMagic || order.Uint16(head[4:]) != xarHeader || order.Uint16(head[6:]) != 1 {
		return nil, malformed("it does not begin as a flat package")
	}
	x := &xar{from: from}
	switch kind := order.Uint32(head[24:]); kind {
	case headerSHA1:
		x.checksum = SHA1
	case headerS256:
		x.checksum = SHA256
	default:
		return nil, fmt.Errorf("%w: checksums of kind %d", ErrUnsupported, kind)
	}
	packed, plain := order.Uint64(head[8:]), order.Uint64(head[16:])
	if packed > maxPackedTOC || plain > maxTOC || plain > maxTOCRatio*packed {
		return nil, tooLarge("a table of contents of %d bytes, unpacked %d", packed, plain)
	}
	x.heap = xarHeader + int64(packed)
	if x.heap > size {
		return nil, malformed("the table of contents is cut short")
	}
	toc, err := x.table(int64(packed), int64(plain))
	if err != nil {
		return nil, fmt.Errorf("table of contents: %w", err)
	}
	return x, x.contents(toc, size-x.heap)
}

// table unpacks the table of contents, whose length has to be told exactly.
func (x *xar) table(packed, plain int64) (*element, error) {
	data := make([]byte, packed)
	if _, err := x.from.ReadAt(data, xarHeader); err != nil && err != io.EOF {
		return nil, err
	}
	x.digest = x.checksum.of(data)
	rest := bytes.NewReader(data)
	zip, err := zlib.NewReader(rest)
	if err != nil {
		return nil, malformed("%v", err)
	}
	text, err := io.ReadAll(io.LimitReader(zip, plain+1))
	switch {
	case err != nil:
		return nil, malformed("%v", err)
	case int64(len(text)) != plain || rest.Len() > 0:
		return nil, malformed("it is not as long as the header says")
	}
	return parseXML(text, "xar")
}

// contents reads what the table tells, and checks that everything has its own place in a heap of some size.
func (x *xar) contents(root *element, size int64) error {
	toc, err := root.child("toc")
	if err != nil || toc == nil {
		return cmp.Or(err, malformed("there is no <toc>"))
	}
	sum, err := toc.child("checksum")
	if err != nil || sum == nil {
		return cmp.Or(err, malformed("there is no <checksum>"))
	}
	digest, err := sum.slot()
	if err != nil {
		return err
	}
	if digest.style != x.checksum.String() || digest.offset != 0 || digest.size != int64(len(x.digest)) {
		return malformed("its checksum is not where and what it should be")
	}
	places := []slot{digest}
	for name, to := range map[string]**xarSignature{"signature": &x.rsa, "x-signature": &x.cms} {
		if *to, err = toc.signature(name); err != nil {
			return err
		}
		if *to != nil {
			places = append(places, (*to).slot)
		}
	}
	if created, err := toc.look([]string{"creation-time"}, ""); err != nil {
		return err
	} else if x.created, err = time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(created, "Z")); err != nil {
		return malformed("time of creation %q", created)
	}
	if err := x.list(toc, "", map[string]bool{}); err != nil {
		return err
	}
	for _, f := range x.files {
		places = append(places, slot{f.path, f.offset, f.length})
	}
	return x.place(places, size, digest)
}

// place checks that places are within the heap and apart. One inside another would let a small file unpack to a huge
// one, and would let a signature be read as a file.
func (x *xar) place(places []slot, size int64, digest slot) error {
	slices.SortFunc(places, func(a, b slot) int { return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.size, b.size)) })
	var end int64
	for _, p := range places {
		if p.size == 0 {
			continue
		}
		if p.offset < end {
			return malformed("%s overlaps with something", p.style)
		}
		if p.offset > size || p.size > size-p.offset {
			return malformed("%s is past the end", p.style)
		}
		end = p.offset + p.size
	}
	x.end = x.heap + end
	stored := make([]byte, digest.size)
	if _, err := x.from.ReadAt(stored, x.heap); err != nil && err != io.EOF {
		return err
	}
	if !bytes.Equal(stored, x.digest) {
		return fmt.Errorf("%w: that of the table of contents", ErrChecksum)
	}
	return nil
}

func (e *element) number(name string) (int64, error) {
	text, err := e.look([]string{name}, "")
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n > math.MaxInt64/4 {
		return 0, malformed("<%s> is %q", name, text)
	}
	return int64(n), nil
}

func (e *element) slot() (slot, error) {
	offset, err := e.number("offset")
	if err != nil {
		return slot{}, err
	}
	size, err := e.number("size")
	return slot{e.attrs["style"], offset, size}, err
}

func (e *element) signature(name string) (*xarSignature, error) {
	found, err := e.child(name)
	if err != nil || found == nil {
		return nil, err
	}
	place, err := found.slot()
	if err != nil {
		return nil, err
	}
	s := &xarSignature{slot: place}
	info, err := found.child("KeyInfo")
	if err != nil || info == nil {
		return s, err
	}
	data, err := info.child("X509Data")
	if err != nil || data == nil {
		return s, err
	}
	for _, c := range data.children {
		if c.name == "X509Certificate" {
			s.certificates = append(s.certificates, c.text)
		}
	}
	return s, nil
}

func (x *xar) list(e *element, folder string, seen map[string]bool) error {
	for _, c := range e.children {
		if c.name != "file" {
			continue
		}
		f, err := c.file(folder)
		if err != nil {
			return err
		}
		if seen[f.path] {
			return malformed("%q is there twice", f.path)
		}
		seen[f.path] = true
		x.files = append(x.files, f)
		if !f.dir && slices.ContainsFunc(c.children, func(c *element) bool { return c.name == "file" }) {
			return malformed("%q is a file and contains files", f.path)
		}
		if err := x.list(c, f.path+"/", seen); err != nil {
			return err
		}
	}
	return nil
}

func (e *element) file(folder string) (xarFile, error) {
	name, err := e.child("name")
	if err != nil || name == nil {
		return xarFile{}, cmp.Or(err, malformed("a file has no name"))
	}
	f := xarFile{path: folder + name.text}
	if pathFault(f.path) != "" || name.text == "." || strings.Contains(name.text, "/") || name.attrs["enctype"] != "" {
		return f, malformed("%q is no name of a file", name.text)
	}
	kind, err := e.look([]string{"type"}, "")
	if err != nil {
		return f, err
	}
	data, err := e.child("data")
	if err != nil {
		return f, err
	}
	switch {
	case kind == "directory" && data == nil:
		f.dir = true
		return f, nil
	case kind != "file" || data == nil:
		return f, malformed("%q is a %q", f.path, kind)
	}
	return f, data.data(&f)
}

func (e *element) data(f *xarFile) (err error) {
	for name, to := range map[string]*int64{"offset": &f.offset, "length": &f.length, "size": &f.size} {
		if *to, err = e.number(name); err != nil {
			return fmt.Errorf("%s: %w", Visible(f.path), err)
		}
	}
	encoding, err := e.look([]string{"encoding"}, "style")
	if err != nil {
		return err
	}
	switch encoding {
	case xarStored:
		if f.size != f.length {
			return malformed("%s has two lengths", f.path)
		}
	case xarZlib:
		f.zlib = true
	default:
		return fmt.Errorf("%w: %s is packed as %q", ErrUnsupported, Visible(f.path), encoding)
	}
	for name, to := range map[string]*[]byte{"archived-checksum": &f.archived, "extracted-checksum": &f.extracted} {
		sum, err := e.child(name)
		if err != nil || sum == nil {
			return cmp.Or(err, malformed("%s has no %s", f.path, name))
		}
		switch sum.attrs["style"] {
		case "sha1":
			f.style = SHA1
		case "sha256":
			f.style = SHA256
		default:
			return fmt.Errorf("%w: checksums of kind %q", ErrUnsupported, sum.attrs["style"])
		}
		if *to, err = hex.DecodeString(strings.TrimSpace(sum.text)); err != nil || len(*to) != f.style.new().Size() {
			return malformed("%s: checksum %q", f.path, sum.text)
		}
	}
	if len(f.archived) != len(f.extracted) {
		return malformed("%s has checksums of two kinds", f.path)
	}
	return nil
}

// stored reads a file as it is in the heap.
func (x *xar) stored(f xarFile) io.Reader {
	return io.NewSectionReader(x.from, x.heap+f.offset, f.length)
}

// decoded reads a file as it was before, and not further than it should be long.
func (x *xar) decoded(f xarFile) (io.Reader, error) {
	if !f.zlib {
		return x.stored(f), nil
	}
	zip, err := zlib.NewReader(x.stored(f))
	if err != nil {
		return nil, malformed("%s: %v", f.path, err)
	}
	return io.LimitReader(zip, f.size), nil
}

// small reads a file into memory, and checks it.
func (x *xar) small(f xarFile, limit int64) ([]byte, error) {
	if f.size > limit || f.length > limit {
		return nil, tooLarge("%s of %d bytes", f.path, f.size)
	}
	from, err := x.decoded(f)
	if err != nil {
		return nil, err
	}
	buffer := bytes.NewBuffer(make([]byte, 0, f.size+bytes.MinRead))
	if _, err := buffer.ReadFrom(from); err != nil {
		return nil, malformed("%s: %v", f.path, err)
	}
	data := buffer.Bytes()
	if int64(len(data)) != f.size || !bytes.Equal(f.style.of(data), f.extracted) {
		return nil, fmt.Errorf("%w: that of %s", ErrChecksum, Visible(f.path))
	}
	return data, nil
}

// check compares a file with both of its checksums.
func (x *xar) check(f xarFile, wrap func(io.Reader) io.Reader) error {
	archived := f.style.new()
	if n, err := io.Copy(archived, wrap(x.stored(f))); err != nil {
		return err
	} else if n != f.length || !bytes.Equal(archived.Sum(nil), f.archived) {
		return fmt.Errorf("%w: that of %s as archived", ErrChecksum, Visible(f.path))
	}
	from, err := x.decoded(f)
	if err != nil {
		return err
	}
	extracted := f.style.new()
	if n, err := io.Copy(extracted, wrap(from)); err != nil {
		return malformed("%s: %v", f.path, err)
	} else if n != f.size || !bytes.Equal(extracted.Sum(nil), f.extracted) {
		return fmt.Errorf("%w: that of %s as extracted", ErrChecksum, Visible(f.path))
	}
	return nil
}
