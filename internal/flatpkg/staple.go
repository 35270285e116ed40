package flatpkg

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// A ticket follows the archive between two trailers of 16 bytes: magic, version, type, length and nothing. They are the
// only little-endian numbers in a package.
const (
	trailerMagic  = "t8lr"
	trailerLength = 16
	trailerEnd    = 1
	trailerTicket = 2
	maxTicket     = 1 << 20
)

func trailer(kind uint16, length int) []byte {
	order := binary.LittleEndian
	b := order.AppendUint16(order.AppendUint16([]byte(trailerMagic), 1), kind)
	return order.AppendUint32(order.AppendUint32(b, uint32(length)), 0)
}

// readTicket reads what follows an archive, which can only be a ticket.
func readTicket(r io.ReaderAt, end, size int64) ([]byte, error) {
	rest := size - end
	switch {
	case rest == 0:
		return nil, nil
	case rest < 2*trailerLength:
		return nil, malformed("%d bytes follow the archive", rest)
	case rest > maxTicket:
		return nil, tooLarge("%d bytes after the archive", rest)
	}
	data := make([]byte, rest)
	if _, err := r.ReadAt(data, end); err != nil && err != io.EOF {
		return nil, err
	}
	ticket := data[trailerLength : len(data)-trailerLength]
	if string(data[:trailerLength]) != string(trailer(trailerEnd, 0)) || string(data[len(data)-trailerLength:]) != string(trailer(trailerTicket, len(ticket))) {
		return nil, malformed("%d bytes that are no ticket follow the archive", rest)
	}
	return ticket, nil
}

// Staple writes a copy of a package with a ticket of the notary service, in place of the one it may have. The archive
// stays as it is, and so does its signature.
func Staple(ctx context.Context, w io.Writer, p *Package, ticket []byte) error {
	if len(ticket) == 0 || len(ticket) > maxTicket-2*trailerLength {
		return fmt.Errorf("staple package: %w: a ticket of %d bytes", ErrLimit, len(ticket))
	}
	if _, err := io.Copy(w, &patient{ctx, io.NewSectionReader(p.x.from, 0, p.x.end)}); err != nil {
		return fmt.Errorf("staple package: %w", err)
	}
	for _, data := range [][]byte{trailer(trailerEnd, 0), ticket, trailer(trailerTicket, len(ticket))} {
		if _, err := w.Write(data); err != nil {
			return fmt.Errorf("staple package: %w", err)
		}
	}
	return nil
}
