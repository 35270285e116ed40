package plist

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	howett "howett.net/plist"
)

// Encode writes a dictionary as an XML property list, indented with tabs, its keys in order, with a final newline. The
// same values always give the same bytes. The values, at any depth, are of the types that [Decode] returns, or int.
// Dates are written in UTC and to the second: that is all XML holds. What Decode would refuse is an error: text that is
// not UTF-8 or holds a control character which XML has no way to write, a number that is not finite, a document too
// large or too deep.
func Encode(values map[string]any) ([]byte, error) {
	return encoded(values, howett.XMLFormat)
}

// EncodeBinary writes a dictionary in the binary form, which is the one that macOS itself keeps preferences in.
func EncodeBinary(values map[string]any) ([]byte, error) {
	return encoded(values, howett.BinaryFormat)
}

func encoded(values map[string]any, format int) ([]byte, error) {
	data, err := encode(values, format)
	if err != nil {
		return nil, fmt.Errorf("write property list: %w", err)
	}
	return data, nil
}

func encode(values map[string]any, format int) (data []byte, err error) {
	if values == nil {
		values = map[string]any{}
	}
	nodes := 0
	if err := writable(values, "", &place{depth: 1, nodes: &nodes}); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrBroken, r)
		}
	}()
	data, err = howett.MarshalIndent(values, format, "\t")
	if err != nil {
		return nil, err
	}
	if format == howett.XMLFormat {
		data = append(data, '\n')
	}
	if len(data) > MaxSize {
		return nil, ErrTooLarge
	}
	return data, nil
}

// place is where in a document a value lies.
type place struct {
	depth int
	nodes *int // how many values and keys there are so far
}

func (p *place) deeper() *place { return &place{depth: p.depth + 1, nodes: p.nodes} }

// writable tells whether a value, and all in it, can be written and read again.
func writable(value any, path string, at *place) error {
	if *at.nodes++; *at.nodes > MaxNodes {
		return ErrTooMany
	}
	switch v := value.(type) {
	case string:
		return text(v, path)
	case bool, int, int64, []byte:
		return nil
	case float64:
		_, err := finite(v, path)
		return err
	case time.Time:
		_, err := date(v, path)
		return err
	case []any:
		return writableList(v, path, at)
	case map[string]any:
		return writableDict(v, path, at)
	default:
		return fmt.Errorf("%s: a value of type %T has no place in a property list", name(path), value)
	}
}

func writableList(list []any, path string, at *place) error {
	if at.depth > MaxDepth {
		return fmt.Errorf("%s: %w", name(path), ErrTooDeep)
	}
	for i, item := range list {
		if err := writable(item, fmt.Sprintf("%s[%d]", path, i), at.deeper()); err != nil {
			return err
		}
	}
	return nil
}

func writableDict(dict map[string]any, path string, at *place) error {
	if at.depth > MaxDepth {
		return fmt.Errorf("%s: %w", name(path), ErrTooDeep)
	}
	if _, uid := dict["CF$UID"]; uid && len(dict) == 1 {
		return fmt.Errorf("%s: %w: it would be read as a reference of a keyed archive", name(path), ErrBroken)
	}
	for key, item := range dict {
		*at.nodes++
		if err := text(key, path); err != nil {
			return fmt.Errorf("key: %w", err)
		}
		if err := writable(item, join(path, key), at.deeper()); err != nil {
			return err
		}
	}
	return nil
}

// text refuses what XML cannot hold: the library would write a question mark in its place.
func text(s, path string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s: %w: it is not UTF-8", name(path), ErrEncoding)
	}
	at := strings.IndexFunc(s, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	})
	if at >= 0 {
		return fmt.Errorf("%s: %w: XML has no way to write the character at byte %d", name(path), ErrEncoding, at)
	}
	return nil
}
