package plist

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

// A binary property list is "bplist00", the objects, a table of their offsets, and a trailer of 32 bytes. Containers
// refer to objects by number, so that objects may be shared: a few bytes can stand for a value of any size, or for one
// that contains itself. binaryChecker walks the objects from the root and knows, before anything is built, how large
// the whole is. The layout is that of Apple's CFBinaryPList.c.
type binaryChecker struct {
	data      []byte
	objects   []byte // header and objects: all before the offset table
	table     []byte
	offset    int // bytes of one entry of the table
	ref       int // bytes of one reference
	count     uint64
	footprint map[uint64]footprint
}

// footprint is what one object amounts to with all that it contains.
type footprint struct {
	nodes, payload int
	height         int  // levels of containers
	open           bool // being walked: to meet it again is a cycle
}

const (
	binaryHeader  = 8
	binaryTrailer = 32
)

func checkBinary(data []byte) error {
	c, top, err := newBinaryChecker(data)
	if err != nil {
		return err
	}
	root, err := c.body(top)
	if err != nil {
		return fmt.Errorf("object %d: %w", top, err)
	}
	if root.tag != tagDict {
		return ErrRoot
	}
	_, err = c.walk(top, 1)
	return err
}

// newBinaryChecker reads the trailer.
func newBinaryChecker(data []byte) (c *binaryChecker, top uint64, err error) {
	if len(data) < binaryHeader+binaryTrailer+1 {
		return nil, 0, fmt.Errorf("%w: it ends before the trailer", ErrBroken)
	}
	end := uint64(len(data) - binaryTrailer)
	trailer := data[end:]
	c = &binaryChecker{
		data: data, offset: int(trailer[6]), ref: int(trailer[7]),
		count:     binary.BigEndian.Uint64(trailer[8:]),
		footprint: map[uint64]footprint{},
	}
	top = binary.BigEndian.Uint64(trailer[16:])
	start := binary.BigEndian.Uint64(trailer[24:])
	switch {
	case c.offset < 1 || c.offset > 8 || c.ref < 1 || c.ref > 8:
		err = fmt.Errorf("%w: trailer with numbers of %d and %d bytes", ErrBroken, c.offset, c.ref)
	case start <= binaryHeader || start >= end || c.count == 0 || c.count > end:
		err = fmt.Errorf("%w: trailer points outside of the file", ErrBroken)
	case end-start < c.count*uint64(c.offset):
		err = fmt.Errorf("%w: offset table is cut short", ErrBroken)
	case end-start > c.count*uint64(c.offset):
		err = fmt.Errorf("%w after the offset table", ErrTrailing)
	case top >= c.count:
		err = fmt.Errorf("%w: root object %d of %d", ErrBroken, top, c.count)
	default:
		c.objects, c.table = data[:start], data[start:end]
	}
	return c, top, err
}

// walk measures an object and all it contains. Level is how many containers deep the object lies, itself included.
func (c *binaryChecker) walk(id uint64, level int) (footprint, error) {
	known, ok := c.footprint[id]
	switch {
	case ok && known.open:
		return known, fmt.Errorf("object %d: %w", id, ErrCycle)
	case ok && level+known.height-1 > MaxDepth:
		return known, ErrTooDeep
	case ok:
		return known, nil
	}
	object, err := c.body(id)
	if err != nil {
		return known, fmt.Errorf("object %d: %w", id, err)
	}
	sum := footprint{nodes: 1, payload: len(object.payload)}
	if object.tag == tagArray || object.tag == tagDict {
		c.footprint[id] = footprint{open: true}
		if sum, err = c.container(object, level); err != nil {
			return sum, err
		}
	}
	c.footprint[id] = sum
	return sum, nil
}

// container measures an array or a dictionary with what is in it.
func (c *binaryChecker) container(object object, level int) (footprint, error) {
	sum := footprint{nodes: 1, height: 1}
	if level > MaxDepth {
		return sum, ErrTooDeep
	}
	if object.tag == tagDict {
		if err := c.keys(object); err != nil {
			return sum, err
		}
	}
	for at := 0; at < len(object.payload); at += c.ref {
		part, err := c.walk(number(object.payload[at:at+c.ref]), level+1)
		if err != nil {
			return sum, err
		}
		sum.nodes += part.nodes
		sum.payload += part.payload
		sum.height = max(sum.height, part.height+1)
		if sum.nodes > MaxNodes {
			return sum, ErrTooMany
		}
		if sum.payload > maxPayload {
			return sum, ErrUnfolds
		}
	}
	return sum, nil
}

// keys checks that the keys of a dictionary, the first half of its references, are texts and all different.
func (c *binaryChecker) keys(object object) error {
	half := len(object.payload) / 2
	if half/c.ref > MaxNodes {
		return ErrTooMany
	}
	seen, payload := make(map[string]bool, half/c.ref), 0
	for at := 0; at < half; at += c.ref {
		id := number(object.payload[at : at+c.ref])
		key, err := c.body(id)
		if err != nil {
			return fmt.Errorf("object %d: %w", id, err)
		}
		if key.tag != tagASCII && key.tag != tagUTF16 {
			return fmt.Errorf("object %d: %w: a key that is not text", id, ErrBroken)
		}
		if payload += len(key.payload); payload > maxPayload {
			return ErrUnfolds
		}
		text := key.text()
		if seen[text] {
			return fmt.Errorf("%w: %q", ErrDuplicate, clip(text))
		}
		seen[text] = true
	}
	return nil
}

// number reads a big-endian number of up to 8 bytes.
func number(b []byte) uint64 {
	var n uint64
	for _, x := range b {
		n = n<<8 | uint64(x)
	}
	return n
}

// text is the text of an object that is one.
func (o object) text() string {
	if o.tag == tagASCII {
		return string(o.payload)
	}
	return string(utf16.Decode(o.units()))
}

func (o object) units() []uint16 {
	units := make([]uint16, len(o.payload)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(o.payload[2*i:])
	}
	return units
}

// valid checks what the bytes of an object say, where not all bytes say something.
func (o object) valid() error {
	switch o.tag {
	case tagASCII:
		for _, b := range o.payload {
			if b >= utf8.RuneSelf {
				return fmt.Errorf("%w: byte 0x%02x in ASCII text", ErrEncoding, b)
			}
		}
	case tagUTF16:
		units := o.units()
		for i := 0; i < len(units); i++ {
			r := rune(units[i])
			if !utf16.IsSurrogate(r) {
				continue
			}
			if i++; i == len(units) || utf16.DecodeRune(r, rune(units[i])) == utf8.RuneError {
				return fmt.Errorf("%w: half a UTF-16 pair", ErrEncoding)
			}
		}
	case tagInteger:
		if len(o.payload) == 16 {
			high, low := number(o.payload[:8]), number(o.payload[8:])
			if small := high == 0 && low <= math.MaxInt64; !small && (high != math.MaxUint64 || low <= math.MaxInt64) {
				return fmt.Errorf("integer of 128 bits %w in 64", ErrRange)
			}
		}
	case tagDate:
		seconds := math.Float64frombits(number(o.payload))
		if !(math.Abs(seconds) < 1e12) { // also when it is not a number; 1e12 s are 31,000 years
			return fmt.Errorf("date %v s after 2001 %w", seconds, ErrRange)
		}
	case tagSingle, tagReal, tagData, tagArray, tagDict: // all bytes say something, or are looked at elsewhere
	}
	return nil
}
