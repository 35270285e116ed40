package jamftest

import (
	"bytes"
	"embed"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Each file is an object of the Classic API with all its elements and their defaults. What an attribute says of an
// element:
//
//	type="int" or type="bool"   JSON has it without quotes; anything else is stored as the default
//	enum="a|b"                  the values that are known; any other is stored as the default
//	list="package"              it holds elements of this name, each like the one that is there
//	size="true"                 of a list: its length is written first
//	whole="true"                what is not sent with it falls back to its default
//	refers="category"           it holds the id and the name of another object
//	fixed="true"                the server makes it; what is sent is ignored without being missed
//
//go:embed model/*.xml
var models embed.FS

// model is what is known of an element.
type model struct {
	name     string
	text     string // the default
	kind     string // int, bool, or empty for text
	enum     []string
	refers   string
	whole    bool
	fixed    bool
	list     bool
	size     bool
	children []*model // of a list: the only one is what it is a list of
}

// loadModel reads an embedded file. A file that cannot be read is a mistake in this package.
func loadModel(name string) *model {
	data, err := models.ReadFile("model/" + name + ".xml")
	if err != nil {
		panic(err)
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	var open []*model
	for {
		t, err := d.Token()
		if err != nil {
			panic(fmt.Errorf("read model %s: %w", name, err))
		}
		switch t := t.(type) {
		case xml.StartElement:
			m := newModel(t)
			if len(open) > 0 {
				top := open[len(open)-1]
				top.children = append(top.children, m)
			}
			open = append(open, m)
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += strings.TrimSpace(string(t))
			}
		case xml.EndElement:
			if len(open) == 1 {
				return open[0]
			}
			open = open[:len(open)-1]
		}
	}
}

func newModel(t xml.StartElement) *model {
	m := &model{name: t.Name.Local}
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "type":
			m.kind = a.Value
		case "enum":
			m.enum = strings.Split(a.Value, "|")
		case "list":
			m.list = true
		case "size":
			m.size = true
		case "whole":
			m.whole = true
		case "refers":
			m.refers = a.Value
		case "fixed":
			m.fixed = true
		default:
			panic("attribute " + a.Name.Local + " of a model is not known")
		}
	}
	return m
}

func (m *model) child(name string) *model {
	for _, c := range m.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// empty is an element with its defaults.
func (m *model) empty() *element {
	e := &element{name: m.name, body: m.text}
	if !m.list {
		for _, c := range m.children {
			e.children = append(e.children, c.empty())
		}
	}
	return e
}

// value is what is stored of a text: the text, or the default for what is not known.
func (m *model) value(text string) (stored string, taken bool) {
	switch {
	case m.kind == "int":
		if _, err := strconv.Atoi(text); err != nil {
			return m.text, text == ""
		}
	case m.kind == "bool":
		if text != "true" && text != "false" {
			return m.text, text == ""
		}
	case len(m.enum) > 0 && !slices.Contains(m.enum, text):
		return m.text, text == ""
	}
	return text, true
}
