package deployment

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Schema is the JSON Schema (draft 7) of the file, with which editors complete keys, show what they do and mark what is
// wrong while it is typed. [Load] is stricter: a schema cannot compare two settings.
func Schema() ([]byte, error) {
	byKey, byText := map[string]any{}, map[string]any{}
	for _, key := range settingKeys() {
		byKey[key.Name] = property(key)
	}
	for _, key := range textKeys() {
		byText[key.Name] = property(key)
	}
	texts := group("Headings, messages and button labels.", byText)
	language := group("The texts in one language.", byText)
	language["minProperties"] = 1
	schema := map[string]any{
		"$schema":              "http://json-schema.org/draft-07/schema#",
		"$id":                  SchemaURL,
		"title":                "install-or-defer.yaml",
		"description":          "What Macs do about updates from Apple.",
		"type":                 "object",
		"additionalProperties": false,
		"minProperties":        1,
		"properties": map[string]any{
			identifierSection: map[string]any{
				"type": "string", "maxLength": 155, "pattern": `^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$`,
				"description": "The preference domain, and the name of the daemon.",
				"default":     "com.github.mpanighetti.install-or-defer",
			},
			organizationSection: lineOfText("Shown with the profile on the Mac."),
			logoSection:         lineOfText("A picture (png or icns) for the package to bring along."),
			settingsSection:     group("When and how updates are enforced.", byKey),
			messagesSection:     texts,
			localizationsSection: map[string]any{
				"description":       "The texts in other languages, by tag, as de or pt-BR.",
				"type":              []string{"object", "null"},
				"patternProperties": map[string]any{`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`: language}, "additionalProperties": false,
			},
			packageSection: group("The installer package.", map[string]any{
				"version":          lineOfText("The version of the package."),
				"start_interval":   span("How often launchd starts a turn of the daemon.", 60, 86400),
				"reset_on_install": map[string]any{"type": "boolean", "description": "Whether an installation forgets the deadline of an earlier one."},
			}),
			jamfSection: jamfSchema(),
		},
		"definitions": map[string]any{"condition": conditionSchema(), "values": valuesSchema()},
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schema); err != nil {
		return nil, fmt.Errorf("write schema: %w", err)
	}
	return b.Bytes(), nil
}

// group is a mapping of some keys, or nothing: a section whose keys are all commented out.
func group(description string, properties map[string]any) map[string]any {
	return map[string]any{
		"description": description, "type": []string{"object", "null"}, "additionalProperties": false, "properties": properties,
	}
}

func lineOfText(description string) map[string]any {
	return map[string]any{"type": "string", "minLength": 1, "maxLength": 1024, "description": description}
}

// span is a duration: a number of seconds, or text.
func span(description string, least, most int64) map[string]any {
	return map[string]any{
		"description": description,
		"anyOf": []any{
			map[string]any{"type": "integer", "minimum": least, "maximum": most},
			map[string]any{"type": "string", "minLength": 2, "pattern": `^ *([0-9]+ *d)? *([0-9]+ *h)? *([0-9]+ *m)? *([0-9]+ *s)? *$`},
		},
	}
}

// property describes the values of a key.
func property(key settings.Key) map[string]any {
	description := key.Help + " " + key.Paragraph
	if key.Type == settings.Integer && key.Unit == settings.Seconds {
		p := span(description, key.Min, key.Max)
		if n, ok := key.Default.(int64); ok {
			p["default"] = formatSpan(n)
		}
		return p
	}
	p := map[string]any{"description": description}
	switch key.Type {
	case settings.Boolean:
		p["type"] = "boolean"
	case settings.Integer:
		p["type"], p["minimum"], p["maximum"] = "integer", key.Min, key.Max
	case settings.String, settings.Path, settings.Choice, settings.Date:
		for name, value := range textual(key) {
			p[name] = value
		}
	case settings.Integers:
		p["type"], p["minItems"] = "array", 1
		p["items"] = map[string]any{"type": "integer", "minimum": key.Min, "maximum": key.Max}
	case settings.Strings:
		p["type"], p["items"] = "array", textual(key)
	case settings.Dates:
		p["type"], p["items"] = "array", map[string]any{"type": "string", "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`}
	case settings.Dictionary: // has a section of its own
	}
	switch def := key.Default.(type) {
	case int64, bool:
		if !key.DefaultVaries {
			p["default"] = def
		}
	case string:
		if def != "" {
			p["default"] = def
		}
	}
	return p
}

func textual(key settings.Key) map[string]any {
	p := map[string]any{"type": "string", "minLength": 1}
	if key.MaxLength > 0 {
		p["maxLength"] = key.MaxLength
	}
	if key.Type == settings.Path {
		p["pattern"] = "^/"
	}
	if key.Type == settings.Date {
		p["pattern"] = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$`
	}
	if key.Type == settings.Choice {
		return map[string]any{"type": "string", "enum": key.Choices}
	}
	return p
}
