package settings

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// ProfileOptions are what a configuration profile is made from.
type ProfileOptions struct {
	Identifier   string         // the preference domain
	Organization string         // shown on the Mac; may be empty
	DisplayName  string         // shown on the Mac; empty for the program's name
	Values       map[string]any // by key; types as package plist reads them
}

// RefusedError says why settings are not rendered: install-or-deferd would not take all of them as they stand.
type RefusedError struct {
	Findings []Finding
}

// Error lists all findings, one a line.
func (e *RefusedError) Error() string {
	var b strings.Builder
	b.WriteString("settings are refused:")
	for _, f := range e.Findings {
		b.WriteString("\n  " + f.String())
	}
	return b.String()
}

const (
	product = "Install or Defer"

	// preferencesType is the payload that sets preferences of any domain; Jamf Pro shows it as Custom Settings.
	preferencesType = "com.apple.ManagedClient.preferences"
)

// Profile renders settings as a configuration profile (.mobileconfig) that manages them for the whole Mac, and that a
// person cannot remove. It holds the values that are set and no defaults, in the types of the table. The same options
// always give the same bytes: identifiers follow from the content. A [RefusedError] says which values are not usable.
func Profile(o ProfileOptions) ([]byte, error) {
	if o.DisplayName == "" {
		o.DisplayName = product
	}
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("render profile: %w", err)
	}
	forced := map[string]any{"mcx_preference_settings": o.preferences()}
	payload, err := identified(map[string]any{
		"PayloadContent":     map[string]any{o.Identifier: map[string]any{"Forced": []any{forced}}},
		"PayloadDisplayName": "Settings of " + product,
		"PayloadEnabled":     true,
		"PayloadIdentifier":  o.Identifier + ".profile.settings",
		"PayloadType":        preferencesType,
		"PayloadVersion":     1,
	}, o.Organization)
	if err != nil {
		return nil, fmt.Errorf("render profile: %w", err)
	}
	profile, err := identified(map[string]any{
		"PayloadContent":           []any{payload},
		"PayloadDescription":       "Sets when and how this Mac installs updates from Apple.",
		"PayloadDisplayName":       o.DisplayName,
		"PayloadEnabled":           true,
		"PayloadIdentifier":        o.Identifier + ".profile",
		"PayloadRemovalDisallowed": true,
		"PayloadScope":             "System",
		"PayloadType":              "Configuration",
		"PayloadVersion":           1,
	}, o.Organization)
	if err != nil {
		return nil, fmt.Errorf("render profile: %w", err)
	}
	return plist.Encode(profile)
}

// check refuses names that cannot be shown, and settings that would not be taken as they stand.
func (o ProfileOptions) check() error {
	names := []struct{ what, text string }{
		{"identifier", o.Identifier}, {"organization", o.Organization}, {"display name", o.DisplayName},
	}
	for _, name := range names {
		if name.what == "organization" && name.text == "" {
			continue
		}
		if _, problem := text(Key{MaxLength: maxTitle}, name.text); problem != "" {
			return errors.New(name.what + " " + problem)
		}
	}
	if _, findings := Decode(Platform{}, Source{Name: "settings", Values: o.Values}); len(findings) > 0 {
		return &RefusedError{findings}
	}
	return nil
}

// preferences are the values that are set, as a property list holds them.
func (o ProfileOptions) preferences() map[string]any {
	preferences := map[string]any{}
	for _, key := range Table() {
		if raw, ok := o.Values[key.Name]; ok {
			value, _, _ := convert(key, raw)
			preferences[key.Name] = plain(value)
		}
	}
	return preferences
}

// plain gives a Value the types that package plist writes and JSON can hold.
func plain(value any) any {
	switch v := value.(type) {
	case []int64:
		return anys(v)
	case []string:
		return anys(v)
	case map[string]map[string]string:
		languages := make(map[string]any, len(v))
		for tag, texts := range v {
			language := make(map[string]any, len(texts))
			for name, text := range texts {
				language[name] = text
			}
			languages[tag] = language
		}
		return languages
	default:
		return v
	}
}

func anys[T any](list []T) []any {
	general := make([]any, len(list))
	for i, item := range list {
		general[i] = item
	}
	return general
}

// identified completes a payload with its organization, and with the UUID that follows from all the rest.
func identified(payload map[string]any, organization string) (map[string]any, error) {
	payload = maps.Clone(payload)
	if organization != "" {
		payload["PayloadOrganization"] = organization
	}
	content, err := plist.Encode(payload)
	if err != nil {
		return nil, err
	}
	payload["PayloadUUID"] = uuid(content)
	return payload, nil
}

// uuid is the name-based UUID, version 5 of RFC 4122, of a content, in this program's own name space.
func uuid(content []byte) string {
	const space = "\x6e\x1f\x4c\x05\x27\xd9\x4b\x1e\x9c\x3a\x80\x52\xf6\xb7\x0d\x94" // drawn once, and kept
	sum := sha1.Sum(append([]byte(space), content...))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	text := strings.ToUpper(hex.EncodeToString(sum[:16]))
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}
