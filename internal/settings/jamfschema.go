package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// JamfSchema renders the table as a custom schema for Jamf Pro: the form that it shows under Application & Custom
// Settings. Every key begins as "Not configured", so that a profile holds what the administrator sets and no copy of
// the defaults. The schema keeps to what drafts 4, 7 and 2020-12 of JSON Schema have in common. The identifier is the
// preference domain.
func JamfSchema(identifier string) ([]byte, error) {
	properties := object{}
	for i, key := range Table() {
		const step = 10 // leaves room for keys that an administrator adds by hand
		properties = append(properties, member{key.Name, jamfProperty(key, (i+1)*step)})
	}
	data, err := compact(object{
		{"title", product + " (" + identifier + ")"},
		{"description", "When and how Macs install updates from Apple. What is not configured keeps its default."},
		{"__preferencedomain", identifier},
		{"__version", since},
		{"options", object{{"remove_empty_properties", true}}},
		{"properties", properties},
	})
	if err != nil {
		return nil, fmt.Errorf("render Jamf Pro schema: %w", err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, data, "", "  "); err != nil {
		return nil, fmt.Errorf("render Jamf Pro schema: %w", err)
	}
	return append(bytes.TrimSpace(indented.Bytes()), '\n'), nil
}

// jamfProperty is the part of the form for one key.
func jamfProperty(key Key, order int) object {
	note := key.Paragraph
	if said := markdownDefault(key); said != "" && !long(key) {
		note = paragraph("Default: "+strings.ReplaceAll(said, "`", "")+".", note)
	}
	return object{
		{"title", titleWithUnit(key)},
		{"description", key.Help},
		{"property_order", order},
		{"options", object{{"infoText", note}}},
		{"links", []any{object{{"rel", "Documentation"}, {"href", documentation(key)}}}},
		{"anyOf", orNothing(jamfValue(key))},
	}
}

// orNothing offers a value or none. What comes first is what the form begins with.
func orNothing(value object) []any {
	return []any{
		object{{"type", "null"}, {"title", "Not configured"}},
		append(object{{"title", "Configured"}}, value...),
	}
}

// jamfValue describes the values of a key.
func jamfValue(key Key) object {
	value := jamfType(key)
	if def, ok := fixedDefault(key); ok {
		value = append(value, member{"default", plain(def)})
	}
	options := object{}
	switch key.Type {
	case Integer, String, Path, Date:
		options = append(options, member{"inputAttributes", object{{"placeholder", key.Example}}})
	case Boolean, Choice, Integers, Strings, Dates, Dictionary: // have no field to write in, or several
	}
	if titles := valueTitles(key); len(titles) > 0 && key.Type != Integers {
		options = append(options, member{"enum_titles", titles})
	}
	if len(options) == 0 {
		return value
	}
	return append(value, member{"options", options})
}

func jamfType(key Key) object {
	switch key.Type {
	case Boolean:
		return object{{"type", "boolean"}}
	case Integer:
		return jamfInteger(key)
	case String, Path:
		return jamfText(key)
	case Choice:
		return object{{"type", "string"}, {"enum", key.Choices}}
	case Date:
		return object{{"type", "string"}, {"pattern", momentPattern}}
	case Integers:
		item := append(object{{"title", "Item"}}, jamfInteger(key)...)
		if titles := valueTitles(key); len(titles) > 0 {
			item = append(item, member{"options", object{{"enum_titles", titles}}})
		}
		return object{{"type", "array"}, {"minItems", 1}, {"maxItems", maxItems}, {"items", item}}
	case Strings:
		return object{{"type", "array"}, {"maxItems", maxItems}, {"items", append(object{{"title", "Item"}}, jamfText(key)...)}}
	case Dates:
		item := object{{"title", "Date"}, {"type", "string"}, {"pattern", dayPattern}}
		return object{{"type", "array"}, {"maxItems", maxItems}, {"items", item}}
	case Dictionary:
		return jamfLanguages()
	}
	return object{}
}

func jamfInteger(key Key) object {
	o := object{{"type", "integer"}, {"minimum", key.Min}, {"maximum", key.Max}}
	if len(valueTitles(key)) == 0 {
		return o
	}
	var values []int64
	for n := key.Min; n <= key.Max; n++ {
		values = append(values, n)
	}
	return append(o, member{"enum", values})
}

func jamfText(key Key) object {
	o := object{{"type", "string"}, {"minLength", 1}, {"maxLength", key.MaxLength}}
	switch {
	case key.Type == Path:
		o = append(o, member{"pattern", "^/"})
	case key.MaxLength == maxMessage:
		o = append(o, member{"format", "textarea"}) // json-editor, on which the form builds, shows several lines
	}
	return o
}

// jamfLanguages is a form for the languages that are common. A form cannot ask for a tag; a profile can hold any.
func jamfLanguages() object {
	languages := object{}
	for _, l := range commonLanguages() {
		texts := object{}
		for _, key := range localizable() {
			text := object{{"title", key.Title()}, {"anyOf", orNothing(jamfText(key))}}
			texts = append(texts, member{key.Name, text})
		}
		language := object{{"type", "object"}, {"properties", texts}}
		languages = append(languages, member{l.tag, object{{"title", l.name}, {"anyOf", orNothing(language)}}})
	}
	return object{{"type", "object"}, {"properties", languages}}
}

// object is a JSON object whose members stay in order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements the interface of package json.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := compact(m.name)
		if err != nil {
			return nil, err
		}
		value, err := compact(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// compact is JSON that leaves <, > and & as they are.
func compact(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
