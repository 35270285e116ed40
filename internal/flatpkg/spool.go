package flatpkg

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"os"
)

// part is a file of a package: where its bytes are before they get their place in the heap, and what they decode to.
type part struct {
	from      io.ReaderAt
	at        int64
	length    int64 // as stored
	size      int64 // once decoded
	zlib      bool
	archived  []byte // checksum as stored
	extracted []byte // checksum once decoded
}

// spool keeps parts in a temporary file until all that stands before them is known.
type spool struct {
	file     *os.File
	end      int64
	checksum Checksum
}

func newSpool(o Options) (*spool, error) {
	file, err := os.CreateTemp(o.TempDir, "flatpkg-*")
	if err != nil {
		return nil, err
	}
	return &spool{file: file, checksum: o.Checksum}, nil
}

// close removes the file.
func (s *spool) close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// store keeps what fill writes, as it is.
func (s *spool) store(fill func(io.Writer) error) (*part, error) {
	sum, counted := s.checksum.new(), &counter{}
	buffered := bufio.NewWriterSize(s.file, 256<<10)
	if err := fill(io.MultiWriter(buffered, sum, counted)); err != nil {
		return nil, err
	}
	if err := buffered.Flush(); err != nil {
		return nil, err
	}
	digest := sum.Sum(nil)
	p := &part{from: s.file, at: s.end, length: counted.n, size: counted.n, archived: digest, extracted: digest}
	s.end += counted.n
	return p, nil
}

// deflate keeps small data compressed, in memory.
func (s *spool) deflate(data []byte) (*part, error) {
	packed, err := deflate(data)
	if err != nil {
		return nil, err
	}
	return &part{
		from: bytes.NewReader(packed), length: int64(len(packed)), size: int64(len(data)), zlib: true,
		archived: s.checksum.of(packed), extracted: s.checksum.of(data),
	}, nil
}

func deflate(data []byte) ([]byte, error) {
	var packed bytes.Buffer
	zip, err := zlib.NewWriterLevel(&packed, gzipLevel)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(data); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

func (p *part) copyTo(ctx context.Context, w io.Writer) error {
	n, err := io.CopyBuffer(onlyWriter{w}, &patient{ctx, io.NewSectionReader(p.from, p.at, p.length)}, make([]byte, 128<<10))
	if err == nil && n != p.length {
		err = io.ErrUnexpectedEOF
	}
	return err
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
