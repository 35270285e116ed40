package jamf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// element is one of the Classic API's XML: a name, and text or elements in it. The API uses no name spaces and mixes no
// text between elements. Order is kept, and elements that this package does not know.
type element struct {
	name     string
	attrs    []xml.Attr
	text     string // without elements
	children []*element
	cdata    bool // write the text as a CDATA section
}

// Limits of a document, against one that is small on the wire and large in memory.
const (
	maxDepth    = 64
	maxElements = 1 << 20
)

// parseXML reads a document whose root has a name.
func parseXML(data []byte, root string) (*element, error) {
	p := &xmlParser{dec: xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))}
	p.dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "utf-8") || strings.EqualFold(label, "us-ascii") {
			return in, nil
		}
		return nil, fmt.Errorf("charset %q is not known", oneLine(label))
	}
	e, err := p.document()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrMalformed, oneLine(err.Error()))
	}
	if e.name != root {
		return nil, fmt.Errorf("%w: it is no <%s> but <%s>", ErrMalformed, root, oneLine(e.name))
	}
	return e, nil
}

type xmlParser struct {
	dec   *xml.Decoder
	count int
}

// document reads up to the end of the input. Comments and instructions go, a document type is refused.
func (p *xmlParser) document() (*element, error) {
	var root *element
	for {
		token, err := p.dec.Token()
		if errors.Is(err, io.EOF) && root != nil {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if root != nil {
				return nil, errors.New("it has two roots")
			}
			if root, err = p.element(t, 1); err != nil {
				return nil, err
			}
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return nil, errors.New("there is text outside of the root")
			}
		case xml.Directive:
			if !bytes.HasPrefix(t, []byte("DOCTYPE plist")) || bytes.ContainsRune(t, '[') {
				return nil, errors.New("it declares a document type")
			}
		}
	}
}

// element reads to the end of an element that has begun.
func (p *xmlParser) element(start xml.StartElement, depth int) (*element, error) {
	if p.count++; depth > maxDepth || p.count > maxElements {
		return nil, errors.New("it is too deep, or has too many elements")
	}
	e := &element{name: start.Name.Local, attrs: start.Attr}
	if start.Name.Space != "" {
		return nil, errors.New("it has a name space")
	}
	var text strings.Builder
	for {
		token, err := p.dec.Token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := p.element(t, depth+1)
			if err != nil {
				return nil, err
			}
			e.children = append(e.children, child)
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if len(e.children) == 0 {
				e.text = text.String()
			} else if strings.TrimSpace(text.String()) != "" {
				return nil, fmt.Errorf("<%s> mixes text and elements", e.name)
			}
			return e, nil
		}
	}
}

// Making elements.

func branch(name string, children ...*element) *element {
	return &element{name: name, children: children}
}

func leaf(name, text string) *element { return &element{name: name, text: text} }

func flag(name string, value bool) *element { return leaf(name, fmt.Sprint(value)) }

// Looking into elements. All of them take nil for an element that is not there.

// child is the first of that name, along a path of names; nil if there is none.
func (e *element) child(names ...string) *element {
	for _, name := range names {
		if e == nil {
			return nil
		}
		i := slices.IndexFunc(e.children, func(c *element) bool { return c.name == name })
		if i < 0 {
			return nil
		}
		e = e.children[i]
	}
	return e
}

// all are those of that name.
func (e *element) all(name string) []*element {
	var found []*element
	if e != nil {
		for _, c := range e.children {
			if c.name == name {
				found = append(found, c)
			}
		}
	}
	return found
}

// value is the text along a path of names; empty if there is none.
func (e *element) value(names ...string) string {
	if e = e.child(names...); e == nil {
		return ""
	}
	return e.text
}

// is tells whether the text along a path of names is true.
func (e *element) is(names ...string) bool {
	return strings.EqualFold(strings.TrimSpace(e.value(names...)), "true")
}

// reference reads an element's id and name.
func (e *element) reference() Reference {
	return Reference{ID: strings.TrimSpace(e.value("id")), Name: e.value("name")}
}

// with is a copy with a child in the place of the one of its name, or at the end.
func (e *element) with(child *element) *element {
	copied := &element{name: e.name, attrs: e.attrs, children: slices.Clone(e.children)}
	i := slices.IndexFunc(copied.children, func(c *element) bool { return c.name == child.name })
	if i < 0 {
		copied.children = append(copied.children, child)
	} else {
		copied.children[i] = child
	}
	return copied
}

// write renders a document.
func (e *element) write() ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(xml.Header)
	if err := e.writeTo(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (e *element) writeTo(out *bytes.Buffer) error {
	out.WriteString("<" + e.name)
	for _, a := range e.attrs {
		value, err := escapeXML(a.Value)
		if err != nil {
			return err
		}
		out.WriteString(" " + a.Name.Local + `="` + strings.ReplaceAll(value, `"`, "&quot;") + `"`)
	}
	if len(e.children) == 0 && e.text == "" {
		out.WriteString("/>")
		return nil
	}
	out.WriteString(">")
	text, err := escapeXML(e.text)
	if err != nil {
		return fmt.Errorf("<%s>: %w", e.name, err)
	}
	if e.cdata {
		text = "<![CDATA[" + e.text + "]]>"
	}
	out.WriteString(text)
	for _, c := range e.children {
		if err := c.writeTo(out); err != nil {
			return err
		}
	}
	out.WriteString("</" + e.name + ">")
	return nil
}

// escapeXML escapes what must be, and no more: the Classic API is known to undo too much. Characters that XML cannot
// hold are refused, as the standard library would put others in their place.
func escapeXML(text string) (string, error) {
	bad := func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFE || r == 0xFFFF }
	if !utf8.ValidString(text) || strings.ContainsFunc(text, bad) {
		return "", fmt.Errorf("%w: it holds a character that XML cannot hold", ErrRefused)
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;").Replace(text), nil
}
