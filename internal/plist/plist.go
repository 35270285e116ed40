package plist

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	howett "howett.net/plist"
)

// Limits on one property list. A document beyond one of them is refused.
const (
	MaxSize  = 1 << 20 // bytes of the document
	MaxDepth = 64      // dictionaries and arrays inside each other, the root included
	MaxNodes = 100_000 // values and keys, shared ones counted each time they are used

	maxPayload = 4 * MaxSize // bytes of text and data, shared ones counted each time they are used
)

// Reasons for which a property list is refused, wrapped with the place where it is known.
var (
	ErrEmpty     = errors.New("is empty")
	ErrFormat    = errors.New("is neither an XML nor a binary property list")
	ErrTooLarge  = fmt.Errorf("is larger than %d bytes", MaxSize)
	ErrTooDeep   = fmt.Errorf("is nested deeper than %d levels", MaxDepth)
	ErrTooMany   = fmt.Errorf("holds more than %d values", MaxNodes)
	ErrUnfolds   = fmt.Errorf("unfolds to more than %d bytes", maxPayload)
	ErrEncoding  = errors.New("is not valid text")
	ErrDuplicate = errors.New("key given twice")
	ErrTrailing  = errors.New("extra content")
	ErrRoot      = errors.New("the outermost value is not a dictionary")
	ErrCycle     = errors.New("contains itself")
	ErrRange     = errors.New("does not fit")
	ErrBroken    = errors.New("is damaged")
)

// Decode reads an XML or binary property list whose outermost value is a dictionary. The values, at any depth, are of
// type string, int64, float64, bool, time.Time (UTC), []byte, []any or map[string]any. Whatever the input, Decode
// returns an error rather than a guess, wrapping one of this package's errors, and it never panics.
func Decode(data []byte) (map[string]any, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("read property list: %w", ErrTooLarge)
	}
	root, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("read property list: %w", err)
	}
	return root, nil
}

func decode(data []byte) (map[string]any, error) {
	format, body, err := sniff(data)
	if err != nil {
		return nil, err
	}
	if format == howett.BinaryFormat {
		err = checkBinary(body)
	} else {
		err = checkXML(body)
	}
	if err != nil {
		return nil, err
	}
	raw, err := parse(body, format)
	if err != nil {
		return nil, err
	}
	value, err := normalise(raw, "")
	if err != nil {
		return nil, err
	}
	root, ok := value.(map[string]any)
	if !ok {
		return nil, ErrRoot
	}
	return root, nil
}

// sniff tells the format of a document from how it begins, and returns it without byte order mark and leading space.
func sniff(data []byte) (format int, body []byte, err error) {
	if bytes.HasPrefix(data, []byte("bplist00")) {
		return howett.BinaryFormat, data, nil
	}
	body = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(body) == 0 {
		return 0, nil, ErrEmpty
	}
	for _, start := range []string{"<?xml", "<plist", "<!DOCTYPE plist"} {
		if !bytes.HasPrefix(body, []byte(start)) {
			continue
		}
		if !utf8.Valid(body) {
			return 0, nil, fmt.Errorf("%w: it is not UTF-8", ErrEncoding)
		}
		return howett.XMLFormat, body, nil
	}
	return 0, nil, ErrFormat
}

// parse hands a checked document to the library, and turns whatever goes wrong in there into an error.
func parse(body []byte, format int) (value any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrBroken, r)
		}
	}()
	found, err := howett.Unmarshal(body, &value)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	case found != format:
		return nil, ErrFormat
	default:
		return value, nil
	}
}
