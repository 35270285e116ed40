package jamftest

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A property list is read as the XML that it is. That is all that the server does with one: it reads it, sets some keys,
// and writes it anew.

// parsePropertyList reads a property list whose root is a dictionary. Space at the ends of strings is not kept.
func parsePropertyList(data string) (*element, error) {
	root, err := parseXML([]byte(data))
	if err != nil {
		return nil, err
	}
	if root.name != "plist" || len(root.children) != 1 || root.children[0].name != "dict" {
		return nil, fmt.Errorf("read property list: it holds no dictionary")
	}
	if err := checkValue(root.children[0]); err != nil {
		return nil, fmt.Errorf("read property list: %w", err)
	}
	return root.children[0], nil
}

func checkValue(e *element) (err error) {
	text := strings.TrimSpace(e.body)
	switch e.name {
	case "dict":
		return checkDictionary(e)
	case "array":
		for _, c := range e.children {
			if err := checkValue(c); err != nil {
				return err
			}
		}
		return nil
	case "string", "true", "false":
	case "integer":
		_, err = strconv.ParseInt(text, 0, 64)
	case "real":
		_, err = strconv.ParseFloat(text, 64)
	case "date":
		_, err = time.Parse(time.RFC3339, text)
	case "data":
		_, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	default:
		err = fmt.Errorf("%s is no type", e.name)
	}
	if err == nil && len(e.children) > 0 {
		err = fmt.Errorf("%s holds other values", e.name)
	}
	return err
}

func checkDictionary(e *element) error {
	if len(e.children)%2 != 0 {
		return fmt.Errorf("a key has no value")
	}
	for pair := range slices.Chunk(e.children, 2) {
		if pair[0].name != "key" || len(pair[0].children) > 0 {
			return fmt.Errorf("%s stands where a key should", pair[0].name)
		}
		if err := checkValue(pair[1]); err != nil {
			return fmt.Errorf("%s: %w", pair[0].body, err)
		}
	}
	return nil
}

// key finds the value of a key in a dictionary. It is nil if there is none.
func (e *element) key(name string) *element {
	for pair := range slices.Chunk(e.children, 2) {
		if len(pair) == 2 && pair[0].body == name {
			return pair[1]
		}
	}
	return nil
}

// setKey makes a copy of a dictionary in which a key has another value.
func (e *element) setKey(name string, value *element) *element {
	out := *e
	out.children = slices.Clone(e.children)
	for i := 0; i+1 < len(out.children); i += 2 {
		if out.children[i].body == name {
			out.children[i+1] = value
			return &out
		}
	}
	out.children = append(out.children, leaf("key", name), value)
	return &out
}

// ensureKey makes a copy of a dictionary that has a key, with this value if it had none.
func (e *element) ensureKey(name string, value *element) *element {
	if e.key(name) != nil {
		return e
	}
	return e.setKey(name, value)
}

// writePropertyList writes a dictionary as a property list, indented.
func writePropertyList(dict *element) string {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	b.WriteString(`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n")
	b.WriteString(`<plist version="1">` + "\n")
	writeValue(&b, dict, "  ")
	b.WriteString("</plist>\n")
	return b.String()
}

func writeValue(b *bytes.Buffer, e *element, indent string) {
	b.WriteString(indent)
	switch {
	case e.name == "true" || e.name == "false":
		b.WriteString("<" + e.name + "/>\n")
	case len(e.children) > 0:
		b.WriteString("<" + e.name + ">\n")
		for _, c := range e.children {
			writeValue(b, c, indent+"  ")
		}
		b.WriteString(indent + "</" + e.name + ">\n")
	default:
		b.WriteString("<" + e.name + ">")
		_ = xml.EscapeText(b, []byte(strings.TrimSpace(e.body))) // a buffer takes everything
		b.WriteString("</" + e.name + ">\n")
	}
}

// decodeEntities replaces each entity by what it stands for, once. What is no entity stays.
func decodeEntities(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "&")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, rest, closed := strings.Cut(after, ";")
		r, ok := entity(name)
		if !closed || !ok {
			b.WriteByte('&')
			text = after
			continue
		}
		b.WriteRune(r)
		text = rest
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, is := strings.CutPrefix(strings.ToLower(digits), "x"); is {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), err == nil && n > 0
}
