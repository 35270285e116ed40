package universal

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// The header of a universal file: numbers are big-endian, whatever the processors are.
const (
	fatMagic      = 0xcafebabe
	fatHeaderSize = 8
	fatEntrySize  = 20

	// alignment is the page size of Apple silicon, as a power of two. A slice that starts on a page is mapped as it is, and
	// the signature of a slice tells nothing of where it starts, so it holds wherever that is.
	alignment = 14
)

// Merge joins thin programs, each for another processor, into one universal file. The same slices in any order give the
// same bytes. Slices are copied as they are, signatures and all: sign first, then merge.
func Merge(slicesToMerge ...[]byte) ([]byte, error) {
	type part struct {
		data []byte
		arch Architecture
	}
	parts := make([]part, 0, len(slicesToMerge))
	for _, data := range slicesToMerge {
		b, err := Inspect(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("merge: %w", err)
		}
		if b.Universal {
			return nil, fmt.Errorf("merge: %w: a slice is universal itself", ErrFormat)
		}
		parts = append(parts, part{data, b.Architectures[0]})
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("merge: %w: there are no slices", ErrFormat)
	}
	slices.SortFunc(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.arch.cpu, b.arch.cpu), cmp.Compare(a.arch.subtype, b.arch.subtype))
	})
	header := binary.BigEndian.AppendUint32(nil, fatMagic)
	header = binary.BigEndian.AppendUint32(header, uint32(len(parts)))
	at := int64(fatHeaderSize + fatEntrySize*len(parts))
	for i, p := range parts {
		if i > 0 && parts[i-1].arch.Name == p.arch.Name {
			return nil, fmt.Errorf("merge: %w: two slices are for %s", ErrFormat, p.arch.Name)
		}
		at = aligned(at)
		if at+int64(len(p.data)) > math.MaxUint32 {
			return nil, fmt.Errorf("merge: %w: the slices have 4 GiB or more", ErrFormat)
		}
		for _, number := range []uint32{p.arch.cpu, p.arch.subtype, uint32(at), uint32(len(p.data)), alignment} {
			header = binary.BigEndian.AppendUint32(header, number)
		}
		at += int64(len(p.data))
	}
	merged := append(make([]byte, 0, at), header...)
	for _, p := range parts {
		merged = append(merged, make([]byte, aligned(int64(len(merged)))-int64(len(merged)))...)
		merged = append(merged, p.data...)
	}
	return merged, nil
}

func aligned(offset int64) int64 {
	const page = 1 << alignment
	return (offset + page - 1) &^ (page - 1)
}
