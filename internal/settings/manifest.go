package settings

import (
	"fmt"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// Version and date of the manifest. Editors of profiles offer an update when they see a higher version, so both go up
// with every change of the table that shows in it.
const (
	manifestVersion = 4 // the shell script's manifest was 2
	manifestDate    = "2026-11-25"
)

// Manifest renders the table as a manifest for editors of profiles, in the format of the ProfileManifests project,
// which iMazing Profile Editor and ProfileCreator read. The identifier is the preference domain.
func Manifest(identifier string) ([]byte, error) {
	modified, err := time.Parse(time.DateOnly, manifestDate)
	if err != nil {
		return nil, fmt.Errorf("render manifest: %w", err)
	}
	subkeys := manifestPayload(identifier)
	for _, key := range Table() {
		subkeys = append(subkeys, manifestKey(key))
	}
	data, err := plist.Encode(map[string]any{
		"pfm_app_url":           homepage,
		"pfm_description":       "When and how Macs install updates from Apple",
		"pfm_documentation_url": homepage + "/blob/main/docs/settings.md",
		"pfm_domain":            identifier,
		"pfm_format_version":    1,
		"pfm_interaction":       "combined",
		"pfm_last_modified":     modified,
		"pfm_platforms":         []any{"macOS"},
		"pfm_subkeys":           subkeys,
		"pfm_targets":           []any{"system"},
		"pfm_title":             product,
		"pfm_unique":            true,
		"pfm_version":           manifestVersion,
	})
	if err != nil {
		return nil, fmt.Errorf("render manifest: %w", err)
	}
	return data, nil
}

// manifestPayload are the keys that every payload has, whatever it is for.
func manifestPayload(identifier string) []any {
	entry := func(name, title, help string, more map[string]any) map[string]any {
		e := map[string]any{"pfm_name": name, "pfm_title": title, "pfm_description": help, "pfm_type": "string"}
		for k, v := range more {
			e[k] = v
		}
		return e
	}
	required := func(more map[string]any) map[string]any {
		more["pfm_require"] = "always"
		return more
	}
	const pattern = `^[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}$`
	return []any{
		entry("PayloadDescription", "Payload description", "What this payload is for.",
			map[string]any{"pfm_default": "Settings of " + product}),
		entry("PayloadDisplayName", "Payload display name", "The name that the Mac shows for this payload.",
			required(map[string]any{"pfm_default": product})),
		entry("PayloadIdentifier", "Payload identifier", "Tells this payload from others in the profile.",
			required(map[string]any{"pfm_default": identifier})),
		entry("PayloadType", "Payload type", "The preference domain.",
			required(map[string]any{"pfm_default": identifier})),
		entry("PayloadUUID", "Payload UUID", "Tells this payload from all others.",
			required(map[string]any{"pfm_format": pattern})),
		entry("PayloadVersion", "Payload version", "The version of the payload's format.",
			required(map[string]any{"pfm_type": "integer", "pfm_default": 1, "pfm_range_list": []any{1}})),
		entry("PayloadOrganization", "Payload organization", "Who issues this payload.", nil),
	}
}

// manifestKey describes one key.
func manifestKey(key Key) map[string]any {
	e := manifestType(key)
	e["pfm_name"] = key.Name
	e["pfm_title"] = key.Title()
	e["pfm_description"] = key.Help
	e["pfm_note"] = key.Paragraph
	e["pfm_documentation_url"] = documentation(key)
	e["pfm_app_min"] = key.Since
	if def, ok := fixedDefault(key); ok {
		e["pfm_default"] = plain(def)
	}
	if key.Unit != "" {
		e["pfm_value_unit"] = key.Unit
	}
	switch key.Type {
	case Integer, String, Path:
		e["pfm_value_placeholder"] = key.Example
	case Boolean, Choice, Date, Integers, Strings, Dates, Dictionary: // have no field to write in, or several
	}
	return e
}

func manifestType(key Key) map[string]any {
	switch key.Type {
	case Boolean:
		return map[string]any{"pfm_type": "boolean"}
	case Integer:
		return manifestInteger(key)
	case String:
		return map[string]any{"pfm_type": "string"}
	case Path:
		return map[string]any{"pfm_type": "string", "pfm_format": "^/.+"}
	case Choice:
		return map[string]any{"pfm_type": "string", "pfm_range_list": anys(key.Choices), "pfm_range_list_titles": anys(key.ValueTitles)}
	case Date:
		return map[string]any{"pfm_type": "date"}
	case Integers:
		return manifestArray("Item", manifestInteger(key))
	case Strings:
		return manifestArray("Item", map[string]any{"pfm_type": "string"})
	case Dates:
		return manifestArray("Date", map[string]any{"pfm_type": "string", "pfm_format": dayPattern})
	case Dictionary:
		return manifestLanguages()
	}
	return map[string]any{}
}

func manifestInteger(key Key) map[string]any {
	e := map[string]any{"pfm_type": "integer", "pfm_range_min": key.Min, "pfm_range_max": key.Max}
	titles := valueTitles(key)
	if len(titles) == 0 {
		return e
	}
	var values []any
	for n := key.Min; n <= key.Max; n++ {
		values = append(values, n)
	}
	e["pfm_range_list"], e["pfm_range_list_titles"] = values, anys(titles)
	return e
}

func manifestArray(title string, item map[string]any) map[string]any {
	item["pfm_title"] = title
	return map[string]any{"pfm_type": "array", "pfm_subkeys": []any{item}}
}

// manifestLanguages describes a dictionary whose keys the administrator names: the format has placeholders for that.
func manifestLanguages() map[string]any {
	var texts []any
	for _, key := range localizable() {
		texts = append(texts, map[string]any{
			"pfm_name": key.Name, "pfm_title": key.Title(), "pfm_description": key.Help, "pfm_type": "string",
		})
	}
	return map[string]any{"pfm_type": "dictionary", "pfm_subkeys": []any{
		map[string]any{
			"pfm_name": "{{key}}", "pfm_title": "Language", "pfm_type": "string",
			"pfm_description": "The tag of a language, such as de, pt-BR or zh-Hans.",
		},
		map[string]any{"pfm_name": "{{value}}", "pfm_title": "Texts", "pfm_type": "dictionary", "pfm_subkeys": texts},
	}}
}
