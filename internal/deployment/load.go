package deployment

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Sections of the file.
const (
	identifierSection    = "identifier"
	organizationSection  = "organization"
	logoSection          = "logo"
	settingsSection      = "settings"
	messagesSection      = "messages"
	localizationsSection = "localizations"
	packageSection       = "package"
	jamfSection          = "jamf"
)

func sections() []string {
	return []string{
		identifierSection, organizationSection, logoSection, settingsSection, messagesSection, localizationsSection, packageSection,
		jamfSection,
	}
}

// Load reads the administrator's file. The name is for problems. With any problem there is no deployment.
func Load(name string, data []byte) (Deployment, []Problem) {
	r := newReader(name)
	d := r.load(data)
	if len(r.problems) > 0 {
		return Deployment{}, r.sorted()
	}
	return d, nil
}

func (r *reader) sorted() []Problem {
	sortProblems(r.problems)
	return r.problems
}

func (r *reader) load(data []byte) Deployment {
	var d Deployment
	for _, e := range r.parse(data) {
		switch e.name {
		case identifierSection:
			if d.Identifier = r.line(e); d.Identifier != "" && !settings.ValidIdentifier(d.Identifier) {
				r.add(position(e.value), e.name, "%q is not an identifier; write at least two parts of letters, digits and hyphens, as in com.example.updates", d.Identifier)
			}
		case organizationSection:
			d.Organization = r.line(e)
		case logoSection:
			d.Logo = r.line(e)
		case settingsSection:
			d.Settings = r.settings(e)
		case messagesSection:
			d.Messages = r.texts(e, "")
		case localizationsSection:
			d.Localizations = r.languages(e)
		case packageSection:
			d.Package = r.packageOptions(e)
		case jamfSection:
			d.Jamf = r.jamf(e)
		default:
			r.unknown(e, "", sections())
		}
	}
	r.check(d.Values()) // also beside other problems: one look shows them all
	if len(r.problems) == 0 {
		d.Settings = canonical(d.Settings)
	}
	return d
}

// line reads a short text: one line of it.
func (r *reader) line(e entry) string {
	value, ok := r.value(e.value, e.name)
	if !ok {
		return ""
	}
	const longest = 1024
	text, ok := value.(string)
	switch {
	case !ok:
		r.add(position(e.value), e.name, "is %s, not text; write it in quotes", shown(value))
	case strings.TrimSpace(text) == "":
		r.add(position(e.value), e.name, "is empty; write a text, or leave the key out")
	case strings.ContainsFunc(text, control) || len(text) > longest:
		r.add(position(e.value), e.name, "is not one line of at most %d bytes", longest)
	default:
		return text
	}
	return ""
}

func control(r rune) bool { return r < ' ' || r >= 0x7F && r < 0xA0 || r == 0xFFFE || r == 0xFFFF }

func shown(value any) string {
	switch v := value.(type) {
	case []any:
		return "a list"
	case map[string]any:
		return "keys with values"
	default:
		return fmt.Sprintf("%v", v)
	}
}

// unknown reports a key that has no place where it stands, with what may have been meant.
func (r *reader) unknown(e entry, path string, known []string) {
	home := ""
	switch key, isKey := settings.Lookup(e.name); {
	case isKey && isText(key):
		home = messagesSection
	case e.name == settings.Localizations:
		home = localizationsSection
	case isKey:
		home = settingsSection
	}
	at := join(path, clip(e.name))
	near := settings.Nearest(e.name, known)
	switch {
	case home == localizationsSection:
		r.add(e.at, at, "has no place here; write the languages under localizations")
	case home != "" && strings.HasPrefix(path, localizationsSection):
		r.add(e.at, at, "has no languages; write it under %s", home)
	case home != "":
		r.add(e.at, at, "belongs under %s; move it there", home)
	case near != "":
		r.add(e.at, at, "is an unknown key; did you mean %s?", near)
	case len(known) <= len(sections()):
		r.add(e.at, at, "is an unknown key; write one of %s", strings.Join(known, ", "))
	default:
		r.add(e.at, at, "is an unknown key; install-or-defer settings list names those there are")
	}
}

func clip(name string) string {
	const longest = 60
	if len(name) > longest || strings.ContainsFunc(name, control) || strings.ContainsAny(name, " \u2028\u2029") || name == "" {
		return fmt.Sprintf("%.60q", name)
	}
	return name
}

func (r *reader) settings(e entry) map[string]any {
	known := settingKeys()
	entries, _ := r.mapping(e.value, e.name)
	values := map[string]any{}
	for _, s := range entries {
		path := join(e.name, clip(s.name))
		at := slices.IndexFunc(known, func(key settings.Key) bool { return key.Name == s.name })
		if at < 0 {
			r.unknown(s, e.name, names(known))
			continue
		}
		if value, ok := r.setting(s, known[at], path); ok {
			values[s.name] = value
			r.remember(s, s.name, path)
		}
	}
	return some(values)
}

func (r *reader) remember(e entry, key, path string) {
	at := position(e.value)
	switch e.value.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		at = e.at
	}
	r.places[key], r.names[key] = at, path
}

// some is a map that holds something, or nil, so that what is empty and what is left out are the same.
func some[M ~map[string]V, V any](m M) M {
	if len(m) == 0 {
		return nil
	}
	return m
}

// texts reads headings, messages and labels, of the base language or of the one of a tag.
func (r *reader) texts(e entry, tag string) map[string]string {
	path, prefix := e.name, ""
	if tag != "" {
		path, prefix = join(localizationsSection, clip(tag)), join(settings.Localizations, tag)+"."
	}
	known := textKeys()
	entries, _ := r.mapping(e.value, path)
	texts := map[string]string{}
	for _, t := range entries {
		at := join(path, clip(t.name))
		if !slices.Contains(names(known), t.name) {
			r.unknown(t, path, names(known))
			continue
		}
		value, ok := r.value(t.value, at)
		if text, is := value.(string); is {
			texts[t.name] = text
			r.remember(t, prefix+t.name, at)
		} else if ok {
			r.add(position(t.value), at, "is %s, not text; write it in quotes", shown(value))
		}
	}
	return some(texts)
}

func (r *reader) languages(e entry) map[string]map[string]string {
	entries, _ := r.mapping(e.value, e.name)
	r.places[settings.Localizations] = e.at
	languages := map[string]map[string]string{}
	for _, l := range entries {
		tag := clip(l.name)
		r.places[settings.Localizations+"."+tag], r.names[settings.Localizations+"."+tag] = l.at, join(e.name, tag)
		if _, isKey := settings.Lookup(l.name); isKey {
			r.add(l.at, join(e.name, tag), "is not the tag of a language; write de: or pt-BR: above it")
			continue
		}
		if texts := r.texts(l, l.name); texts != nil {
			languages[l.name] = texts
		} else {
			r.add(l.at, join(e.name, tag), "holds no texts; write some, or leave the language out")
		}
	}
	return some(languages)
}

func (r *reader) packageOptions(e entry) PackageOptions {
	var o PackageOptions
	entries, _ := r.mapping(e.value, e.name)
	for _, p := range entries {
		path := join(e.name, clip(p.name))
		switch p.name {
		case "version":
			o.Version = r.line(entry{path, p.at, p.value})
		case "start_interval":
			o.StartInterval = r.interval(p, path)
		case "reset_on_install":
			value, ok := r.value(p.value, path)
			if o.ResetOnInstall, _ = value.(bool); ok && value != o.ResetOnInstall {
				r.add(position(p.value), path, "is %s; write true or false", shown(value))
			}
		default:
			r.unknown(p, e.name, []string{"version", "start_interval", "reset_on_install"})
		}
	}
	return o
}

// interval reads how often launchd starts a turn.
func (r *reader) interval(e entry, path string) time.Duration {
	const least, most = 60, 24 * 3600
	value, ok := r.setting(e, settings.Key{Unit: settings.Seconds}, path)
	if !ok {
		return 0
	}
	seconds, isNumber := value.(int64)
	if !isNumber || seconds < least || seconds > most {
		r.add(position(e.value), path, "is %s; write a time from %s to %s, as in 20m", shown(value), formatSpan(least), formatSpan(most))
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// check reports what install-or-deferd would not take, where it stands.
func (r *reader) check(values map[string]any) {
	for _, f := range settings.Check(values, settings.LintContext{}) {
		if f.Severity != settings.Wrong {
			continue
		}
		key, at := r.names[f.Key], r.place(f.Key)
		if missing, ok := settings.Lookup(f.Key); key == "" && ok { // the default does not suit a value that is given
			r.add(r.place(missing.Below), join(settingsSection, f.Key), "%s", strings.TrimPrefix(f.Message, f.Key+" "))
			continue
		}
		if key == "" {
			key = f.Key
		}
		if strings.HasPrefix(f.Message, f.Key+" (") { // it speaks of two keys
			r.add(at, key, "%s", f.Message)
			continue
		}
		message := strings.TrimSuffix(strings.TrimPrefix(f.Message, f.Key+" "), "; ignored")
		r.add(at, key, "%s%s", message, instead(f.Key))
	}
}

// place is where a key stands, or else the nearest that it is a part of.
func (r *reader) place(key string) place {
	for {
		if at, ok := r.places[key]; ok {
			return at
		}
		dot := strings.LastIndexByte(key, '.')
		if dot < 0 {
			return place{1, 1}
		}
		key = key[:dot]
	}
}

// instead says how values of a key are written.
func instead(name string) string {
	key, ok := settings.Lookup(name)
	switch {
	case !ok:
		return ""
	case key.Type == settings.Boolean:
		return "; write true or false"
	case key.Type == settings.Integer && key.Unit == settings.Seconds:
		seconds := int64(0)
		if n, err := fmt.Sscan(key.Example, &seconds); n == 1 && err == nil {
			return fmt.Sprintf("; write seconds or a span, as %s or %s", key.Example, formatSpan(seconds))
		}
		return ""
	case key.Type == settings.Integer:
		return fmt.Sprintf("; write a number from %d to %d", key.Min, key.Max)
	case key.Type == settings.Integers, key.Type == settings.Strings, key.Type == settings.Dates:
		return fmt.Sprintf("; write a list, as [%s]", key.Example)
	case key.Type == settings.Path, key.Type == settings.Date:
		return fmt.Sprintf("; write it as %s", key.Example)
	default:
		return ""
	}
}

// canonical gives values the types that the table has for them, so that equal settings are equal.
func canonical(values map[string]any) map[string]any {
	if values == nil {
		return nil
	}
	s, _ := settings.Decode(settings.Platform{}, settings.Source{Name: "file", Values: values})
	same := map[string]any{}
	for name := range values {
		same[name] = general(s.Of(name).Value)
	}
	return same
}

// general gives a value of a setting the types that package plist knows.
func general(value any) any {
	switch v := value.(type) {
	case []int64:
		list := make([]any, len(v))
		for i, n := range v {
			list[i] = n
		}
		return list
	case []string:
		list := make([]any, len(v))
		for i, text := range v {
			list[i] = text
		}
		return list
	case time.Time:
		return v.Format(time.RFC3339Nano)
	default:
		return v
	}
}
