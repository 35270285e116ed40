package rollout

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"strings"
	"text/template"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

//go:embed scripts/*.tmpl
var templates embed.FS

// NotInstalled is what the attribute for the status says of a Mac that does not have the program. What it says of one that
// has it is an [agent.Status].
const NotInstalled = "Not installed"

// attributeScript is what a script of an extension attribute is filled in with. All of it comes from closed lists.
type attributeScript struct {
	Field                deployment.AttributeField
	Folder, Program      string // the program's folder, and its name in there
	Report               string // the name of the report
	NotInstalled, Marker string
	Unknown              agent.Status
}

// attributeScripts renders the script for a field. It prints one value and nothing else, reads one small file, and starts
// nothing that takes time: Macs run it with every inventory.
func renderAttribute(f deployment.AttributeField, identifier string) (string, error) {
	all, err := template.New("").Option("missingkey=error").ParseFS(templates, "scripts/*.tmpl")
	if err != nil {
		return "", fmt.Errorf("render script: %w", err)
	}
	name := string(f.Type)
	if f.Name == deployment.StatusField {
		name = f.Name
	}
	var text bytes.Buffer
	err = all.ExecuteTemplate(&text, name+".tmpl", attributeScript{
		Field: f, Folder: agent.SupportFolder, Program: path.Base(agent.BinaryPath), Report: path.Base(agent.ReportPath),
		NotInstalled: NotInstalled, Marker: marker(identifier), Unknown: agent.StatusUnknown,
	})
	if err != nil {
		return "", fmt.Errorf("render script: %w", err)
	}
	return text.String(), nil
}

// wantedAttributes are the extension attributes that are declared.
func (r *Rollout) wantedAttributes() ([]jamf.ExtensionAttribute, error) {
	if r.jamf.Attributes == nil {
		return nil, nil
	}
	var list []jamf.ExtensionAttribute
	for _, name := range r.jamf.Attributes.Fields {
		f, ok := deployment.LookupAttribute(name)
		if !ok {
			return nil, fmt.Errorf("there is no field %q", name)
		}
		script, err := renderAttribute(f, r.identifier)
		if err != nil {
			return nil, err
		}
		list = append(list, jamf.ExtensionAttribute{
			Name: r.jamf.Attributes.AttributeName(name), Description: marked(capital(f.Help)+".", r.identifier), DataType: dataType(f.Type),
			Enabled: true, Display: jamf.DisplayAttributes, Input: jamf.InputScript, Script: script,
		})
	}
	return list, nil
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func dataType(t deployment.AttributeType) jamf.DataType {
	switch t {
	case deployment.AttributeText:
		return jamf.DataString
	case deployment.AttributeNumber:
		return jamf.DataInteger
	case deployment.AttributeDate:
		return jamf.DataDate
	}
	return ""
}

// attributeDesk deals with extension attributes. Where the server displays one is left to people.
func (r *Rollout) attributeDesk() desk[jamf.ExtensionAttribute] {
	type attribute = jamf.ExtensionAttribute
	of := r.config.Client.ExtensionAttributes()
	return desk[attribute]{
		kind: KindAttribute, find: of.Find, create: of.Create, update: of.Update,
		name: func(v attribute) string { return v.Name }, id: func(v attribute) string { return v.ID },
		mark: func(v *attribute) *string { return &v.Description },
		fields: []field[attribute]{
			text("description", func(v *attribute) *string { return &v.Description }),
			{"data type", func(v attribute) string { return string(v.DataType) }, func(to *attribute, v attribute) { to.DataType = v.DataType }},
			{"input", func(v attribute) string { return string(v.Input) }, func(to *attribute, v attribute) { to.Input, to.Choices = v.Input, nil }},
			{"enabled", func(v attribute) string { return fmt.Sprint(v.Enabled) }, func(to *attribute, v attribute) { to.Enabled = v.Enabled }},
			text("script", func(v *attribute) *string { return &v.Script }),
		},
	}
}

// text is a field that is a text. Servers change line ends, and those at the end.
func text[T any](name string, at func(*T) *string) field[T] {
	return field[T]{
		name: name,
		show: func(v T) string { return strings.TrimSpace(strings.ReplaceAll(*at(&v), "\r\n", "\n")) },
		set:  func(into *T, wanted T) { *at(into) = *at(&wanted) },
	}
}

// FieldOf is the field of the report that a script of this package prints, or "" for other scripts.
func FieldOf(script string) string {
	for _, f := range deployment.AttributeFields() {
		if strings.HasPrefix(script, "#!/bin/sh\n# "+f.Title+": "+f.Help+".\n") {
			return f.Name
		}
	}
	return ""
}
