package flatpkg

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

// File is what a package says of one path. Payload and Scripts leave Size 0 and Link empty where they do not apply; to
// the Bom a folder has a size, too.
type File struct {
	Path     string // "." is the install location
	Mode     fs.FileMode
	UID      int
	GID      int
	Size     int64
	Modified int64  // seconds since 1970
	Link     string // where a symbolic link leads
	Cksum    uint32 // POSIX cksum of a file's content or a link's target
}

// String is one line, such as "-rw-r--r-- 0:0 2026-03-01T12:30:45Z, 7 bytes with cksum 930766865".
func (f File) String() string {
	text := fmt.Sprintf("%v %d:%d %s", f.Mode, f.UID, f.GID, time.Unix(f.Modified, 0).UTC().Format(time.RFC3339))
	switch f.Mode.Type() {
	case 0:
		text += fmt.Sprintf(", %d bytes with cksum %d", f.Size, f.Cksum)
	case fs.ModeSymlink:
		text += " to " + strconv.Quote(f.Link)
	}
	return text
}

// maxUnpacked is how much a Payload may unpack to. No file in it is larger than 4 GiB.
const maxUnpacked = 64 << 30

// unpacker reads a cpio archive of the form "odc".
type unpacker struct {
	in      *bufio.Reader
	current io.LimitedReader
	seen    *paths
}

// unpack calls visit for each entry of a compressed cpio archive, with the content of a regular file. The content is
// not read further than visit does.
func unpack(from io.Reader, limit int64, visit func(File, io.Reader) error) error {
	buffered := bufio.NewReaderSize(from, 64<<10)
	if magic, err := buffered.Peek(4); err == nil && string(magic[:3]) == "pbz" {
		return fmt.Errorf("%w: a payload in chunks (%q)", ErrUnsupported, magic)
	}
	zip, err := gzip.NewReader(buffered)
	if err != nil {
		return malformed("not a gzip file: %v", err)
	}
	err = unpackCpio(zip, limit, visit)
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) {
		return malformed("the gzip file is broken: %v", err)
	}
	return err
}

func unpackCpio(from io.Reader, limit int64, visit func(File, io.Reader) error) error {
	limited := &io.LimitedReader{R: from, N: limit + 1}
	u := &unpacker{in: bufio.NewReaderSize(limited, 64<<10), seen: newPaths()}
	for {
		file, err := u.next()
		if limited.N <= 0 {
			return tooLarge("an archive that unpacks to more than %d bytes", limit)
		}
		if errors.Is(err, io.EOF) {
			return u.end()
		}
		if err != nil {
			return err
		}
		if err := visit(file, &u.current); err != nil {
			return err
		}
	}
}

// next reads a header. At the trailer it gives io.EOF.
func (u *unpacker) next() (File, error) {
	if _, err := io.Copy(io.Discard, &u.current); err != nil {
		return File{}, err
	}
	if u.current.N > 0 {
		return File{}, malformed("an archive ends within a file")
	}
	head := make([]byte, cpioHeader)
	if _, err := io.ReadFull(u.in, head); err != nil {
		return File{}, malformed("an archive ends without a trailer: %v", err)
	}
	fields, err := octal(head)
	if err != nil {
		return File{}, err
	}
	name, err := u.name(fields[8])
	if err != nil {
		return File{}, err
	}
	size := fields[9]
	if name == cpioTrailer {
		if size != 0 {
			return File{}, malformed("the trailer has content")
		}
		return File{}, io.EOF
	}
	file := File{UID: int(fields[3]), GID: int(fields[4]), Modified: fields[7]}
	if file.Mode, err = goMode(uint32(fields[2])); err != nil {
		return File{}, err
	}
	if file.Path, err = cpioPath(name); err != nil {
		return File{}, err
	}
	if err := u.content(&file, size); err != nil {
		return File{}, err
	}
	return file, u.seen.add(file)
}

// octal reads the fields of a header: device, inode, mode, user, group, links, device type, time, length of the name
// with its NUL, length of the content.
func octal(head []byte) ([10]int64, error) {
	var fields [10]int64
	if string(head[:6]) != cpioMagic {
		return fields, malformed("%q does not begin an entry of the kind %s", head[:6], cpioMagic)
	}
	at := 6
	for i, width := range [10]int{6, 6, 6, 6, 6, 6, 6, 11, 6, 11} {
		n, err := strconv.ParseUint(string(head[at:at+width]), 8, 63)
		if err != nil {
			return fields, malformed("%q is no octal number", head[at:at+width])
		}
		fields[i] = int64(n)
		at += width
	}
	return fields, nil
}

func (u *unpacker) name(length int64) (string, error) {
	if length < 2 || length > maxPath+3 {
		return "", malformed("a name has %d bytes", length)
	}
	name := make([]byte, length)
	if _, err := io.ReadFull(u.in, name); err != nil {
		return "", malformed("an archive ends within a name")
	}
	if name[length-1] != 0 {
		return "", malformed("name %q does not end with NUL", name)
	}
	return string(name[:length-1]), nil
}

func cpioPath(name string) (string, error) {
	if name == "." {
		return name, nil
	}
	rest, ok := strings.CutPrefix(name, "./")
	if fault := pathFault(rest); !ok || rest == "." || fault != "" {
		return "", malformed("%q is no path below the install location", name)
	}
	return rest, nil
}

// content sets what follows a header.
func (u *unpacker) content(file *File, size int64) error {
	switch file.Mode.Type() {
	case fs.ModeDir:
		if size != 0 {
			return malformed("folder %q has content", file.Path)
		}
	case fs.ModeSymlink:
		if size > maxPath {
			return malformed("link %q is too long", file.Path)
		}
		target := make([]byte, size)
		if _, err := io.ReadFull(u.in, target); err != nil {
			return malformed("an archive ends within a link")
		}
		if file.Link = string(target); !isLink(file.Link) {
			return malformed("link %q leads nowhere", file.Path)
		}
		file.Cksum = cksumOf(target)
	default:
		if size > maxSize {
			return tooLarge("file %q of %d bytes", file.Path, size)
		}
		file.Size = size
		u.current = io.LimitedReader{R: u.in, N: size}
	}
	return nil
}

// end allows zeros after the trailer, which some programs pad archives with, and nothing else.
func (u *unpacker) end() error {
	for n := 0; ; n++ {
		b, err := u.in.ReadByte()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case b != 0 || n > 64<<10:
			return malformed("something follows the archive")
		}
	}
}

// paths checks that each path is there once, and its folder before it.
type paths struct {
	folder map[string]bool
	bytes  int // of all paths
}

// maxPaths is how long all paths of an archive may be together: a folder with a long name can make long paths of many
// short names, which a few bytes tell.
const maxPaths = 32 << 20

func newPaths() *paths { return &paths{folder: map[string]bool{}} }

func (p *paths) add(f File) error {
	if _, ok := p.folder[f.Path]; ok {
		return malformed("%q is there twice", f.Path)
	}
	switch folder, ok := p.folder[path.Dir(f.Path)]; {
	case f.Path == "." && (len(p.folder) > 0 || !f.Mode.IsDir()):
		return malformed("the install location is no folder, or does not come first")
	case f.Path != "." && !ok:
		return malformed("%q comes before its folder", f.Path)
	case f.Path != "." && !folder:
		return malformed("%q is in something that is no folder", f.Path)
	}
	if len(p.folder) >= maxEntries {
		return tooLarge("more than %d paths", maxEntries)
	}
	if p.bytes += len(f.Path); p.bytes > maxPaths {
		return tooLarge("paths of more than %d bytes", maxPaths)
	}
	p.folder[f.Path] = f.Mode.IsDir()
	return nil
}

// tooLarge says what of a package is beyond a limit.
func tooLarge(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrLimit, Visible(fmt.Sprintf(format, args...)))
}
