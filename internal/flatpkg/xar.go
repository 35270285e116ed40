package flatpkg

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

const (
	xarMagic   = "xar!"
	xarHeader  = 28
	xarStored  = "application/octet-stream"
	xarZlib    = "application/x-gzip" // It says gzip and means zlib.
	headerSHA1 = 1
	headerS256 = 3
)

// node is a file of an archive, or a folder if it has no part.
type node struct {
	name     string
	part     *part
	children []*node
}

// slot is a place in the heap.
type slot struct {
	style        string
	offset, size int64
}

// archive is a xar archive to be written.
type archive struct {
	checksum Checksum
	modified time.Time
	nodes    []*node
	sign     *Signing
}

// write lays out the heap: the digest of the compressed table of contents, the signatures, and the parts in the order
// of the table. Signatures have a place of fixed size, as the table that they sign tells all places.
func (a *archive) write(ctx context.Context, w io.Writer) error {
	at := int64(a.checksum.new().Size())
	slots, err := a.sign.slots(at)
	if err != nil {
		return err
	}
	for _, s := range slots {
		at += s.size
	}
	toc := a.toc(slots, at)
	packed, err := deflate(toc)
	if err != nil {
		return err
	}
	digest := a.checksum.of(packed)
	signatures, err := a.sign.signatures(ctx, a.checksum, digest)
	if err != nil {
		return err
	}
	for _, data := range [][]byte{xarHead(a.checksum, len(packed), len(toc)), packed, digest} {
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	for i, s := range slots {
		if int64(len(signatures[i])) > s.size {
			return fmt.Errorf("%w: the %s signature has %d bytes, and there is room for %d", ErrLimit, s.style, len(signatures[i]), s.size)
		}
		if _, err := w.Write(append(signatures[i], make([]byte, s.size-int64(len(signatures[i])))...)); err != nil {
			return err
		}
	}
	return copyParts(ctx, w, a.nodes)
}

func copyParts(ctx context.Context, w io.Writer, nodes []*node) error {
	for _, n := range nodes {
		if n.part != nil {
			if err := n.part.copyTo(ctx, w); err != nil {
				return err
			}
		}
		if err := copyParts(ctx, w, n.children); err != nil {
			return err
		}
	}
	return nil
}

func xarHead(c Checksum, packed, plain int) []byte {
	order := binary.BigEndian
	kind := uint32(headerSHA1)
	if c == SHA256 {
		kind = headerS256
	}
	b := order.AppendUint16(order.AppendUint16([]byte(xarMagic), xarHeader), 1)
	return order.AppendUint32(order.AppendUint64(order.AppendUint64(b, uint64(packed)), uint64(plain)), kind)
}

// toc writes the table of contents. The first part is at an offset in the heap, and the others follow.
func (a *archive) toc(slots []slot, offset int64) []byte {
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xar>\n <toc>\n")
	fmt.Fprintf(&b, "  <checksum style=\"%s\">\n   <offset>0</offset>\n   <size>%d</size>\n  </checksum>\n", a.checksum, a.checksum.new().Size())
	// The one time without a zone; it is in UTC as the others are.
	fmt.Fprintf(&b, "  <creation-time>%s</creation-time>\n", a.modified.UTC().Format("2006-01-02T15:04:05"))
	for i, s := range slots {
		tag := [2]string{"signature", "x-signature"}[i]
		fmt.Fprintf(&b, "  <%s style=\"%s\">\n   <offset>%d</offset>\n   <size>%d</size>\n", tag, s.style, s.offset, s.size)
		b.WriteString("   <KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\">\n    <X509Data>\n")
		for _, c := range a.sign.Chain {
			fmt.Fprintf(&b, "     <X509Certificate>%s</X509Certificate>\n", base64.StdEncoding.EncodeToString(c.Raw))
		}
		fmt.Fprintf(&b, "    </X509Data>\n   </KeyInfo>\n  </%s>\n", tag)
	}
	t := &tocWriter{out: &b, archive: a, offset: offset}
	t.files(a.nodes, "  ")
	b.WriteString(" </toc>\n</xar>\n")
	return b.Bytes()
}

type tocWriter struct {
	out     *bytes.Buffer
	archive *archive
	offset  int64
	id      int
}

func (t *tocWriter) files(nodes []*node, indent string) {
	for _, n := range nodes {
		t.id++
		fmt.Fprintf(t.out, "%s<file id=\"%d\">\n", indent, t.id)
		line := func(format string, args ...any) { fmt.Fprintf(t.out, indent+" "+format+"\n", args...) }
		kind, mode := "directory", "0755"
		if n.part != nil {
			kind, mode = "file", "0644"
			t.data(n.part, line)
		}
		time := t.archive.modified.UTC().Format("2006-01-02T15:04:05Z")
		line("<ctime>%s</ctime>", time)
		line("<mtime>%s</mtime>", time)
		line("<atime>%s</atime>", time)
		line("<group>wheel</group>")
		line("<gid>0</gid>")
		line("<user>root</user>")
		line("<uid>0</uid>")
		line("<mode>%s</mode>", mode)
		line("<type>%s</type>", kind)
		line("<name>%s</name>", quote(n.name))
		t.files(n.children, indent+" ")
		fmt.Fprintf(t.out, "%s</file>\n", indent)
	}
}

func (t *tocWriter) data(p *part, line func(string, ...any)) {
	style := xarStored
	if p.zlib {
		style = xarZlib
	}
	line("<data>")
	line(" <length>%d</length>", p.length)
	line(" <offset>%d</offset>", t.offset)
	line(" <size>%d</size>", p.size)
	line(" <encoding style=\"%s\"/>", style)
	line(" <archived-checksum style=\"%s\">%s</archived-checksum>", t.archive.checksum, hex.EncodeToString(p.archived))
	line(" <extracted-checksum style=\"%s\">%s</extracted-checksum>", t.archive.checksum, hex.EncodeToString(p.extracted))
	line("</data>")
	t.offset += p.length
}
