package flatpkg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// Limits of XML. A table of contents has one level per folder, and a package a handful of those.
const (
	maxXMLDepth    = 32
	maxXMLElements = 100_000
)

// element is a part of an XML document. What matters here is never told by order or by mixed text.
type element struct {
	name     string
	attrs    map[string]string
	text     string
	children []*element
}

// parseXML reads a document with one of some roots. It knows neither document types nor entities of its own.
func parseXML(data []byte, roots ...string) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	top := &element{}
	open, texts, count := []*element{top}, []*strings.Builder{{}}, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformed("%v", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			e, err := newElement(t)
			if err != nil {
				return nil, err
			}
			if count++; count > maxXMLElements || len(open) > maxXMLDepth {
				return nil, tooLarge("an XML document of %d elements, %d deep", count, len(open))
			}
			up := open[len(open)-1]
			up.children = append(up.children, e)
			open, texts = append(open, e), append(texts, &strings.Builder{})
		case xml.EndElement:
			open[len(open)-1].text = texts[len(texts)-1].String()
			open, texts = open[:len(open)-1], texts[:len(texts)-1]
		case xml.CharData:
			texts[len(texts)-1].Write(t)
		case xml.Directive:
			return nil, malformed("an XML document has a document type")
		}
	}
	if len(top.children) != 1 || strings.TrimSpace(texts[0].String()) != "" || !slices.Contains(roots, top.children[0].name) {
		return nil, malformed("an XML document is not one <%s>", roots[0])
	}
	return top.children[0], nil
}

func newElement(t xml.StartElement) (*element, error) {
	e := &element{name: t.Name.Local, attrs: make(map[string]string, len(t.Attr))}
	for _, a := range t.Attr {
		if a.Name.Space != "" || a.Name.Local == "xmlns" {
			continue
		}
		if _, ok := e.attrs[a.Name.Local]; ok {
			return nil, malformed("<%s> has %s twice", e.name, a.Name.Local)
		}
		e.attrs[a.Name.Local] = a.Value
	}
	return e, nil
}

// child is the only child of a name, or nil. Two are an error, as readers differ in which one they take.
func (e *element) child(name string) (*element, error) {
	var found *element
	for _, c := range e.children {
		if c.name != name {
			continue
		}
		if found != nil {
			return nil, malformed("<%s> has <%s> twice", e.name, name)
		}
		found = c
	}
	return found, nil
}

// look is an attribute of an element further down, or its text where no attribute is named. What is not there is empty.
func (e *element) look(path []string, attr string) (string, error) {
	for _, name := range path {
		next, err := e.child(name)
		if err != nil || next == nil {
			return "", err
		}
		e = next
	}
	if attr != "" {
		return e.attrs[attr], nil
	}
	return strings.TrimSpace(e.text), nil
}
