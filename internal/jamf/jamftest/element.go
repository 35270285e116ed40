package jamftest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// element is one of XML, as far as the Classic API uses it: a name, and text or other elements. An element that the
// server keeps must not be changed any more.
type element struct {
	name     string
	body     string
	children []*element
	cdata    bool // the text was in CDATA
}

// leaf makes an element with text.
func leaf(name, text string) *element { return &element{name: name, body: text} }

// branch makes an element with others in it.
func branch(name string, children ...*element) *element {
	return &element{name: name, children: children}
}

// child finds the first element of a name. It is nil if there is none, and so is that of nil.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// at follows a path of names.
func (e *element) at(path ...string) *element {
	for _, name := range path {
		e = e.child(name)
	}
	return e
}

// text is that at a path, or empty.
func (e *element) text(path ...string) string {
	if e = e.at(path...); e == nil {
		return ""
	}
	return e.body
}

// set makes a copy in which the text at a path is another. What is not there is made.
func (e *element) set(text string, path ...string) *element {
	out := *e
	if len(path) == 0 {
		out.body = text
		return &out
	}
	return e.with(orEmpty(e.child(path[0]), path[0]).set(text, path[1:]...))
}

func orEmpty(e *element, name string) *element {
	if e == nil {
		return &element{name: name}
	}
	return e
}

// with makes a copy in which a child stands in for that of the same name.
func (e *element) with(child *element) *element {
	out := *e
	out.children = append([]*element{}, e.children...)
	for i, c := range out.children {
		if c.name == child.name {
			out.children[i] = child
			return &out
		}
	}
	out.children = append(out.children, child)
	return &out
}

// maxNesting is how deep elements may be in each other.
const maxNesting = 40

// parseXML reads a document. Space around text is not part of it, unless it is in CDATA.
func parseXML(data []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	var root *element
	var open []*element
	for {
		start := d.InputOffset()
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read XML: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			e := &element{name: t.Name.Local}
			switch {
			case len(open) > 0:
				top := open[len(open)-1]
				top.children = append(top.children, e)
			case root == nil:
				root = e
			default:
				return nil, errors.New("read XML: more than one document")
			}
			if open = append(open, e); len(open) > maxNesting {
				return nil, errors.New("read XML: too deep")
			}
		case xml.EndElement:
			e := open[len(open)-1]
			open = open[:len(open)-1]
			if !e.cdata {
				e.body = strings.TrimSpace(e.body)
			}
		case xml.CharData:
			if len(open) == 0 {
				continue
			}
			e := open[len(open)-1]
			if bytes.HasPrefix(data[start:], []byte("<![CDATA[")) {
				e.body, e.cdata = strings.TrimSpace(e.body)+string(t), true
			} else if !e.cdata || strings.TrimSpace(string(t)) != "" {
				e.body += string(t)
			}
		}
	}
	if root == nil {
		return nil, errors.New("read XML: there is no element")
	}
	return root, nil
}

// render writes a document. Text is escaped once, as it should be.
func (e *element) render() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>`)
	e.write(&b)
	return b.Bytes()
}

func (e *element) write(b *bytes.Buffer) {
	if e.body == "" && len(e.children) == 0 {
		b.WriteString("<" + e.name + "/>")
		return
	}
	b.WriteString("<" + e.name + ">")
	_ = xml.EscapeText(b, []byte(e.body)) // a buffer takes everything
	for _, c := range e.children {
		c.write(b)
	}
	b.WriteString("</" + e.name + ">")
}
