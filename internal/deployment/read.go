package deployment

import (
	"bytes"
	"slices"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Document is settings from a file of any of the forms that [Read] knows.
type Document struct {
	Deployment Deployment     // of the administrator's file; of others what they say, without settings
	Values     map[string]any // all settings by key, as a profile sets them
	Lines      func(key string) int
}

// Read reads settings from the administrator's file, from YAML that holds nothing but settings, from a property list of
// preferences, or from a configuration profile. The administrator's file is checked whole; of the others only the form
// is, and the values are as they stand. Lines tells on which line a key stands, or 0. With any problem there is no document.
func Read(name string, data []byte) (Document, []Problem) {
	document, problems := Survey(name, data)
	if len(problems) > 0 {
		return Document{}, problems
	}
	return document, nil
}

// Survey reads like [Read], and hands out what could be read of YAML beside the problems too, so that a check can say
// all that there is to say. It is good for nothing else.
func Survey(name string, data []byte) (Document, []Problem) {
	if isPropertyList(data) || isSigned(data) {
		found, organization, problems := preferences(name, data)
		if len(problems) > 0 {
			return Document{Lines: func(string) int { return 0 }}, problems
		}
		document := Document{Deployment: Deployment{Organization: organization}, Values: found.values}
		if settings.ValidIdentifier(found.name) {
			document.Deployment.Identifier = found.name
		}
		document.Lines = func(key string) int { return found.line(data, key) }
		return document, nil
	}
	r := newReader(name)
	if entries := r.parse(data); len(r.problems) == 0 && isFlat(entries) {
		return Document{Values: r.flat(entries), Lines: r.lines}, r.sorted()
	}
	r = newReader(name)
	d := r.load(data)
	return Document{Deployment: d, Values: d.Values(), Lines: r.lines}, r.sorted()
}

// lines is on which line a key stands, or the one that leaves no room for its default; 0 for none.
func (r *reader) lines(key string) int {
	if at := r.place(key); at != (place{1, 1}) || r.places[key] == at {
		return at.line
	}
	if missing, _ := settings.Lookup(key); missing.Below != "" {
		return r.places[missing.Below].line
	}
	return 0
}

func isPropertyList(data []byte) bool {
	body := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	return bytes.HasPrefix(body, []byte("<")) && !bytes.HasPrefix(body, []byte("<<")) || bytes.HasPrefix(data, []byte("bplist"))
}

// isFlat tells whether YAML holds nothing but settings: a key of the table at the top, and none of the file's sections.
func isFlat(entries []entry) bool {
	flat := false
	for _, e := range entries {
		if slices.Contains(sections(), e.name) {
			return false
		}
		_, known := settings.Lookup(e.name)
		flat = flat || known
	}
	return flat
}

// flat reads settings that stand at the top. Unknown keys are left for others to refuse.
func (r *reader) flat(entries []entry) map[string]any {
	values := map[string]any{}
	for _, e := range entries {
		key, _ := settings.Lookup(e.name)
		value, ok := r.setting(e, key, clip(e.name))
		if !ok {
			continue
		}
		values[e.name] = value
		r.places[e.name] = e.at
		if languages, is := children(e.value); is && e.name == settings.Localizations {
			for _, l := range languages {
				r.places[join(e.name, l.name)] = l.at
				texts, _ := children(l.value)
				for _, t := range texts {
					r.places[join(join(e.name, l.name), t.name)] = t.at
				}
			}
		}
	}
	return values
}
