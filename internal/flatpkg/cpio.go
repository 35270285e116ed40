package flatpkg

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
)

const (
	cpioMagic   = "070707"
	cpioHeader  = 76
	cpioTrailer = "TRAILER!!!"
)

// gzipLevel is fixed, as another one gives other bytes. So may another release of Go: build with the one in go.mod.
const gzipLevel = 6

// packer writes a cpio archive of the form "odc": headers of octal digits, without alignment.
type packer struct {
	out      io.Writer
	modified int64 // seconds since 1970
	count    uint64
	buffer   []byte
}

// pack writes items as a compressed cpio archive, and fills in their checksums.
func pack(ctx context.Context, w io.Writer, items []*item, modified int64) error {
	// The header of a gzip tells a time, a name and a system, which stay empty.
	zip, err := gzip.NewWriterLevel(w, gzipLevel)
	if err != nil {
		return err
	}
	p := &packer{out: zip, modified: modified, buffer: make([]byte, 128<<10)}
	for _, i := range items {
		if err := p.item(ctx, i); err != nil {
			return fmt.Errorf("%s: %w", i.Path, err)
		}
	}
	if err := p.header(header{name: cpioTrailer, links: 1}); err != nil {
		return err
	}
	return zip.Close()
}

type header struct {
	name           string
	mode           uint32
	uid, gid       int
	links          int
	inode          uint64
	modified, size int64
}

func (p *packer) header(h header) error {
	var line []byte
	line = append(line, cpioMagic...)
	for _, field := range []struct {
		name  string
		width int
		value int64
	}{
		{"device", 6, 0},
		{"inode", 6, int64(h.inode)},
		{"mode", 6, int64(h.mode)},
		{"user", 6, int64(h.uid)},
		{"group", 6, int64(h.gid)},
		{"links", 6, int64(h.links)},
		{"device type", 6, 0},
		{"time", 11, h.modified},
		{"name", 6, int64(len(h.name) + 1)},
		{"size", 11, h.size},
	} {
		if field.value < 0 || field.value >= 1<<(3*field.width) {
			return wrong("%s %d does not fit in %d octal digits", field.name, field.value, field.width)
		}
		line = fmt.Appendf(line, "%0*o", field.width, field.value)
	}
	_, err := p.out.Write(append(append(line, h.name...), 0))
	return err
}

func (p *packer) item(ctx context.Context, i *item) error {
	p.count++
	h := header{name: ".", mode: unixMode(i.Mode), uid: i.UID, gid: i.GID, links: 1, inode: p.count, modified: p.modified}
	if i.parent != nil {
		h.name = "./" + i.Path
	}
	switch i.Mode.Type() {
	case fs.ModeDir:
		h.links = 2
	case fs.ModeSymlink:
		h.size, i.cksum = int64(len(i.Link)), cksumOf([]byte(i.Link))
	default:
		h.size = i.Size
	}
	if err := p.header(h); err != nil {
		return err
	}
	switch i.Mode.Type() {
	case fs.ModeDir:
		return nil
	case fs.ModeSymlink:
		_, err := io.WriteString(p.out, i.Link)
		return err
	default:
		return p.content(ctx, i)
	}
}

func (p *packer) content(ctx context.Context, i *item) (err error) {
	from := io.NopCloser(bytes.NewReader(nil))
	if i.Open != nil {
		if from, err = i.Open(); err != nil {
			return fmt.Errorf("open: %w", err)
		}
	}
	defer func() {
		if e := from.Close(); err == nil && e != nil {
			err = fmt.Errorf("close: %w", e)
		}
	}()
	sum := newCksum()
	// One byte more than there should be tells whether there is more.
	limited := io.LimitReader(&patient{ctx, from}, i.Size+1)
	n, err := io.CopyBuffer(onlyWriter{io.MultiWriter(p.out, sum)}, limited, p.buffer)
	switch {
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n > i.Size:
		return wrong("it is longer than the %d bytes it was said to have", i.Size)
	case n < i.Size:
		return wrong("it has %d bytes instead of %d", n, i.Size)
	}
	i.cksum = sum.Sum32()
	return nil
}

// patient reads until its context ends.
type patient struct {
	ctx  context.Context
	from io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.from.Read(b)
}

// onlyWriter hides io.ReaderFrom, which would copy past the buffer.
type onlyWriter struct{ io.Writer }
