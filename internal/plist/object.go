package plist

import "fmt"

// tag is the upper half of the byte with which an object of a binary property list begins: its type. The lower half
// is its length, or how its length is written.
type tag byte

const (
	tagSingle  tag = 0x0 // false and true, told apart by the lower half
	tagInteger tag = 0x1
	tagReal    tag = 0x2
	tagDate    tag = 0x3
	tagData    tag = 0x4
	tagASCII   tag = 0x5
	tagUTF16   tag = 0x6
	tagArray   tag = 0xA
	tagDict    tag = 0xD
)

// object is one object of a binary property list: its type, and the bytes that follow, which for containers are
// references.
type object struct {
	tag     tag
	payload []byte
}

// body finds an object by its number. Its bytes all lie before the offset table, and its content is valid.
func (c *binaryChecker) body(id uint64) (object, error) {
	if id >= c.count {
		return object{}, fmt.Errorf("%w: there are only %d objects", ErrBroken, c.count)
	}
	entry := int(id) * c.offset
	at := number(c.table[entry : entry+c.offset])
	if at < binaryHeader || at >= uint64(len(c.objects)) {
		return object{}, fmt.Errorf("%w: it lies outside of the objects", ErrBroken)
	}
	o, err := c.read(c.objects[at:])
	if err != nil {
		return object{}, err
	}
	return o, o.valid()
}

// read reads the object that the bytes begin with.
func (c *binaryChecker) read(b []byte) (object, error) {
	o := object{tag: tag(b[0] >> 4)}
	low, rest := int(b[0]&0x0F), b[1:]
	unit := 1
	switch {
	case o.tag == tagSingle && (low == 8 || low == 9):
		return o, nil
	case o.tag == tagInteger && low <= 4, o.tag == tagReal && (low == 2 || low == 3), o.tag == tagDate && low == 3:
		return c.cut(o, rest, 1<<low)
	case o.tag == tagData, o.tag == tagASCII:
	case o.tag == tagUTF16:
		unit = 2
	case o.tag == tagArray:
		unit = c.ref
	case o.tag == tagDict:
		unit = 2 * c.ref
	default:
		return object{}, fmt.Errorf("%w: unknown type 0x%02x", ErrBroken, b[0])
	}
	count, rest, err := length(low, rest)
	if err != nil || count > uint64(len(rest)/unit) {
		return object{}, fmt.Errorf("%w: it is longer than the file", ErrBroken)
	}
	return c.cut(o, rest, int(count)*unit)
}

func (c *binaryChecker) cut(o object, rest []byte, size int) (object, error) {
	if size > len(rest) {
		return object{}, fmt.Errorf("%w: it is longer than the file", ErrBroken)
	}
	o.payload = rest[:size]
	return o, nil
}

// length reads how many units an object holds: the lower half of its first byte or, when that is 15, an integer object
// after it.
func length(low int, rest []byte) (count uint64, after []byte, err error) {
	if low != 0xF {
		return uint64(low), rest, nil
	}
	if len(rest) == 0 || tag(rest[0]>>4) != tagInteger || rest[0]&0x0F > 3 {
		return 0, nil, ErrBroken
	}
	size := 1 << (rest[0] & 0x0F)
	if len(rest) < 1+size {
		return 0, nil, ErrBroken
	}
	return number(rest[1 : 1+size]), rest[1+size:], nil
}
