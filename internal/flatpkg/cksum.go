package flatpkg

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
)

// cksum is the checksum of POSIX's cksum(1), which a Bom holds of each file. It is not that of zlib: it takes bits from
// the other end, starts at zero and adds the length. Mirroring each byte on the way in and the sum on the way out lets
// the fast CRC-32 of the standard library do the work.
type cksum struct {
	sum    uint32 // inverted, as crc32.Update takes it
	length uint64
	// mirrored is kept here, as a local one would be allocated for each write.
	mirrored [4096]byte
}

func newCksum() *cksum { return &cksum{sum: ^uint32(0)} }

// Write never fails.
func (c *cksum) Write(p []byte) (int, error) {
	c.length += uint64(len(p))
	c.add(p)
	return len(p), nil
}

func (c *cksum) add(p []byte) {
	for len(p) > 0 {
		n := min(len(p), len(c.mirrored))
		at := 0
		for ; at+8 <= n; at += 8 {
			word := binary.LittleEndian.Uint64(p[at:])
			binary.LittleEndian.PutUint64(c.mirrored[at:], bits.ReverseBytes64(bits.Reverse64(word)))
		}
		for ; at < n; at++ {
			c.mirrored[at] = bits.Reverse8(p[at])
		}
		c.sum = crc32.Update(c.sum, crc32.IEEETable, c.mirrored[:n])
		p = p[n:]
	}
}

// Sum32 is the checksum of what was written.
func (c *cksum) Sum32() uint32 {
	end := *c
	for n := c.length; n > 0; n >>= 8 {
		end.add([]byte{byte(n)})
	}
	return bits.Reverse32(end.sum)
}

func cksumOf(data []byte) uint32 {
	c := newCksum()
	c.add(data)
	c.length = uint64(len(data))
	return c.Sum32()
}
