package deployment

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Payload types of a configuration profile that set preferences of any domain.
const (
	managedClient = "com.apple.ManagedClient.preferences"
	configuration = "Configuration"
)

// domain is a preference domain with its values, found in a property list.
type domain struct {
	name   string
	values map[string]any
	below  string // the key after which the values stand, for finding lines
}

// preferences reads settings from a property list: one of preferences, as in /Library/Managed Preferences, or a
// configuration profile, as in a .mobileconfig file, that sets them.
func preferences(name string, data []byte) (d domain, organization string, problems []Problem) {
	refuse := func(format string, args ...any) (domain, string, []Problem) {
		return domain{}, "", []Problem{{File: name, Message: oneLine(fmt.Sprintf(format, args...))}}
	}
	if isSigned(data) {
		return refuse("is signed; take the signature off first, with openssl smime -verify -noverify -inform DER -in FILE -out UNSIGNED")
	}
	root, err := plist.Decode(data)
	if err != nil {
		return refuse("%v", err)
	}
	if root["PayloadType"] != configuration {
		return domain{values: preferencesOnly(root)}, "", nil
	}
	organization, _ = root["PayloadOrganization"].(string)
	all := domains(root)
	ours := slices.DeleteFunc(slices.Clone(all), func(d domain) bool { return !d.ours() })
	switch {
	case len(ours) == 1:
		return ours[0], organization, nil
	case len(ours) > 1:
		return refuse("sets preferences of several domains that look like ours: %s; keep one payload of them", listed(ours))
	case len(all) > 0:
		return refuse("holds no settings of ours, but those of %s", listed(all))
	default:
		return refuse("holds no payload that sets preferences")
	}
}

// isSigned recognizes CMS: an ASN.1 sequence with a long length, or its text form.
func isSigned(data []byte) bool {
	return len(data) > 2 && data[0] == 0x30 && data[1] >= 0x80 || bytes.HasPrefix(bytes.TrimSpace(data), []byte("-----BEGIN"))
}

// domains finds the preferences that the payloads of a profile set, in either of the two ways in which they can.
func domains(root map[string]any) []domain {
	var all []domain
	payloads, _ := root["PayloadContent"].([]any)
	for _, p := range payloads {
		payload, _ := p.(map[string]any)
		kind, _ := payload["PayloadType"].(string)
		if kind != managedClient {
			if kind != "" {
				all = append(all, domain{kind, preferencesOnly(payload), "PayloadContent"})
			}
			continue
		}
		content, _ := payload["PayloadContent"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(content)) {
			if values, ok := forced(content[name]); ok {
				all = append(all, domain{name, values, "mcx_preference_settings"})
			}
		}
	}
	return all
}

// forced are the preferences of a domain that are managed for good. Those that are only set once are not: people can
// change them.
func forced(raw any) (values map[string]any, ok bool) {
	kinds, _ := raw.(map[string]any)
	entries, _ := kinds["Forced"].([]any)
	values = map[string]any{}
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		set, there := entry["mcx_preference_settings"].(map[string]any)
		ok = ok || there
		maps.Copy(values, set)
	}
	return values, ok
}

// preferencesOnly leaves out what describes a payload and is no preference.
func preferencesOnly(payload map[string]any) map[string]any {
	values := map[string]any{}
	for key, value := range payload {
		if !strings.HasPrefix(key, "Payload") {
			values[key] = value
		}
	}
	return values
}

// ours tells whether a domain is this program's: by its name, or by a key that it has.
func (d domain) ours() bool {
	if strings.Contains(d.name, "install-or-defer") {
		return true
	}
	for key := range d.values {
		if _, ok := settings.Lookup(key); ok {
			return true
		}
	}
	return false
}

func listed(all []domain) string {
	var names []string
	for _, d := range all {
		names = append(names, clip(d.name))
	}
	return strings.Join(names, ", ")
}

// line finds where a key stands in an XML property list; it is 0 in a binary one.
func (d domain) line(data []byte, key string) int {
	at := 0
	next := func(name string) bool {
		var escaped strings.Builder
		for _, r := range name {
			switch r {
			case '&':
				escaped.WriteString("&amp;")
			case '<':
				escaped.WriteString("&lt;")
			default:
				escaped.WriteRune(r)
			}
		}
		i := bytes.Index(data[at:], []byte("<key>"+escaped.String()+"</key>"))
		if i >= 0 {
			at += i + 1
		}
		return i >= 0
	}
	if d.below != "" {
		next(d.below)
	}
	found := false
	for _, part := range strings.Split(key, ".") {
		if !next(part) {
			break
		}
		found = true
	}
	if missing, _ := settings.Lookup(key); !found && missing.Below != "" {
		found = next(missing.Below) // which leaves no room for the default
	}
	if !found {
		return 0
	}
	return 1 + bytes.Count(data[:at], []byte("\n"))
}
