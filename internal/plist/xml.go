package plist

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// xmlChecker walks an XML property list once, without building values, and holds it to the format: one plist element,
// one value in it, keys and values in turn, no key twice, nothing between them, nothing after.
type xmlChecker struct {
	dec   *xml.Decoder
	nodes int
}

func checkXML(body []byte) error {
	c := &xmlChecker{dec: xml.NewDecoder(bytes.NewReader(body))}
	root, err := c.prolog()
	if err != nil {
		return c.at(err)
	}
	if root.Name.Local != "plist" || root.Name.Space != "" {
		return c.at(fmt.Errorf("%w: it begins with <%s>", ErrFormat, clip(root.Name.Local)))
	}
	if err := c.content(); err != nil {
		return c.at(err)
	}
	switch _, err := c.child(""); {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		return c.at(ErrTrailing)
	default:
		return c.at(err)
	}
}

// at adds the line on which the walk stopped.
func (c *xmlChecker) at(err error) error {
	line, _ := c.dec.InputPos()
	return fmt.Errorf("line %d: %w", line, err)
}

// prolog reads up to the root element.
func (c *xmlChecker) prolog() (xml.StartElement, error) {
	start, err := c.child("")
	switch {
	case errors.Is(err, io.EOF), err == nil && start == nil:
		return xml.StartElement{}, fmt.Errorf("%w: it has no element", ErrBroken)
	case err != nil:
		return xml.StartElement{}, err
	default:
		return *start, nil
	}
}

// content checks the one value that the plist element holds, up to its end.
func (c *xmlChecker) content() error {
	value, err := c.child("plist")
	if err != nil {
		return err
	}
	if value == nil {
		return fmt.Errorf("%w: <plist> holds no value", ErrBroken)
	}
	if value.Name.Local != "dict" {
		return fmt.Errorf("%w but <%s>", ErrRoot, clip(value.Name.Local))
	}
	if err := c.value(value, 1); err != nil {
		return err
	}
	second, err := c.child("plist")
	if err == nil && second != nil {
		err = fmt.Errorf("%w: <plist> holds a second value", ErrTrailing)
	}
	return err
}

// child returns the next element inside the one named by parent, or nil when parent ends. Comments are passed over;
// text other than space is refused. Outside of any element the parent is "".
func (c *xmlChecker) child(parent string) (*xml.StartElement, error) {
	for {
		token, err := c.dec.Token()
		if err != nil {
			return nil, broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			return &t, nil
		case xml.EndElement:
			return nil, nil
		case xml.CharData:
			if text := bytes.TrimSpace(t); len(text) > 0 {
				return nil, fmt.Errorf("%w: text %q %s", stray(parent), clip(string(text)), where(parent))
			}
		case xml.Directive:
			if parent != "" || bytes.ContainsRune(t, '[') {
				return nil, fmt.Errorf("%w: a document type with declarations of its own", ErrBroken)
			}
		}
	}
}

func stray(parent string) error {
	if parent == "" {
		return ErrTrailing
	}
	return ErrBroken
}

func where(parent string) string {
	if parent == "" {
		return "outside of <plist>"
	}
	return "directly in <" + parent + ">"
}

func broken(err error) error {
	if errors.Is(err, io.EOF) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrBroken, err)
}

func (c *xmlChecker) value(start *xml.StartElement, depth int) error {
	if c.nodes++; c.nodes > MaxNodes {
		return ErrTooMany
	}
	if start.Name.Space != "" {
		return fmt.Errorf("%w: element <%s> of another vocabulary", ErrBroken, clip(start.Name.Local))
	}
	switch start.Name.Local {
	case "dict", "array":
		if depth > MaxDepth {
			return ErrTooDeep
		}
		if start.Name.Local == "dict" {
			return c.dict(depth)
		}
		return c.array(depth)
	case "string", "integer", "real", "date", "data":
		_, err := c.text(start.Name.Local)
		return err
	case "true", "false":
		text, err := c.text(start.Name.Local)
		if err == nil && strings.TrimSpace(text) != "" {
			err = fmt.Errorf("%w: <%s> holds text", ErrBroken, start.Name.Local)
		}
		return err
	default:
		return fmt.Errorf("%w: unknown element <%s>", ErrBroken, clip(start.Name.Local))
	}
}

func (c *xmlChecker) array(depth int) error {
	for {
		item, err := c.child("array")
		if err != nil || item == nil {
			return err
		}
		if err := c.value(item, depth+1); err != nil {
			return err
		}
	}
}

func (c *xmlChecker) dict(depth int) error {
	seen := map[string]bool{}
	for {
		start, err := c.child("dict")
		if err != nil || start == nil {
			return err
		}
		if start.Name.Local != "key" {
			return fmt.Errorf("%w: <%s> without a <key>", ErrBroken, clip(start.Name.Local))
		}
		key, err := c.text("key")
		if err != nil {
			return err
		}
		if c.nodes++; seen[key] {
			return fmt.Errorf("%w: %q", ErrDuplicate, clip(key))
		}
		seen[key] = true
		value, err := c.child("dict")
		if err != nil {
			return err
		}
		if value == nil || value.Name.Local == "key" {
			return fmt.Errorf("%w: key %q without a value", ErrBroken, clip(key))
		}
		if err := c.value(value, depth+1); err != nil {
			return err
		}
	}
}

// text reads the text of an element up to its end.
func (c *xmlChecker) text(name string) (string, error) {
	var text strings.Builder
	for {
		token, err := c.dec.Token()
		if err != nil {
			return "", broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			return "", fmt.Errorf("%w: <%s> inside <%s>", ErrBroken, clip(t.Name.Local), name)
		case xml.EndElement:
			return text.String(), nil
		case xml.CharData:
			text.Write(t)
		}
	}
}

// clip shortens text for an error message.
func clip(text string) string {
	const most = 60
	runes := 0
	for at := range text {
		if runes++; runes > most {
			return text[:at] + "…"
		}
	}
	return text
}
