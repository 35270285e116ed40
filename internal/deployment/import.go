package deployment

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Carried says what became of one value of a file that was imported.
type Carried struct {
	What string // the value, by the name that it has in the file
	Line int    // where it stands in the file; 0 where that is not known
	To   string // where it is in the deployment, as settings.PromptTimeout; empty when it was left behind
	Why  string // why it was left behind, or how it was changed; empty when it was taken as it stands
}

// String is the fate of the value in words.
func (c Carried) String() string {
	what := c.What
	if c.Line > 0 {
		what = fmt.Sprintf("%s (line %d)", c.What, c.Line)
	}
	switch {
	case c.To == "":
		return "not carried over: " + what + ": " + c.Why
	case c.Why != "":
		return "carried over: " + what + " as " + c.To + ": " + c.Why
	case c.To == c.What:
		return "carried over: " + what
	default:
		return "carried over: " + what + " as " + c.To
	}
}

// Import makes a deployment of what a fleet has: a property list or a configuration profile, an edited copy of the shell
// script, or settings in YAML. It tells of every value what became of it. What this program would not take is left
// behind, so that the deployment can be written, and loaded again.
func Import(name string, data []byte) (Deployment, []Carried, []Problem) {
	i := &importing{values: map[string]any{}, froms: map[string]from{}}
	if isScript(data) && !isPropertyList(data) {
		i.fromScript(data)
		if len(i.fates) == 0 && len(i.values) == 0 {
			return Deployment{}, nil, []Problem{{File: name, Message: "is a script that sets none of the variables that are settings"}}
		}
	} else {
		document, problems := Read(name, data)
		if len(problems) > 0 {
			return Deployment{}, nil, problems
		}
		i.deployment = document.Deployment
		for _, key := range []struct{ name, value string }{
			{identifierSection, i.deployment.Identifier}, {organizationSection, i.deployment.Organization}, {logoSection, i.deployment.Logo},
		} {
			if key.value != "" {
				i.carry(key.name, from{key.name, 0})
			}
		}
		if i.deployment.Jamf != nil {
			i.carry(jamfSection, from{jamfSection, 0})
		}
		for key, value := range document.Values {
			i.values[key], i.froms[key] = value, from{key, document.Lines(key)}
		}
	}
	i.settle()
	return i.deployment, i.fates, nil
}

// importing is one run of Import.
type importing struct {
	deployment Deployment
	values     map[string]any  // settings by key, as they stand
	froms      map[string]from // where they come from
	fates      []Carried
}

// from is where a value stands, and under what name.
type from struct {
	name string
	line int
}

func (i *importing) carry(to string, f from) {
	i.fates = append(i.fates, Carried{What: f.name, Line: f.line, To: to})
}

func (i *importing) leave(what string, line int, format string, args ...any) {
	i.fates = append(i.fates, Carried{What: what, Line: line, Why: oneLine(fmt.Sprintf(format, args...))})
}

// settle sorts the values into the deployment, as far as this program takes them.
func (i *importing) settle() {
	i.deployment.Settings, i.deployment.Messages, i.deployment.Localizations = nil, nil, nil
	i.refuse()
	s, _ := settings.Decode(settings.Platform{}, settings.Source{Name: "file", Values: i.values})
	for _, key := range settings.Table() {
		_, given := i.values[key.Name]
		effective := s.Of(key.Name)
		switch {
		case given && key.Name == settings.Localizations:
			i.languages(s)
		case given && isText(key):
			i.deployment.Messages = put(i.deployment.Messages, key.Name, effective.Value.(string))
			i.carry(join(messagesSection, key.Name), i.froms[key.Name])
		case given:
			i.deployment.Settings = put(i.deployment.Settings, key.Name, general(effective.Value))
			i.carry(join(settingsSection, key.Name), i.froms[key.Name])
		case effective.Source != settings.DefaultSource: // another key leaves no room for the default
			i.deployment.Settings = put(i.deployment.Settings, key.Name, general(effective.Value))
			i.fates = append(i.fates, Carried{
				What: "the default of " + key.Name, To: join(settingsSection, key.Name),
				Why: fmt.Sprintf("%v instead of %v, %s", effective.Value, key.Default, effective.Source),
			})
		}
	}
}

func put[V any](m map[string]V, key string, value V) map[string]V {
	if m == nil {
		m = map[string]V{}
	}
	m[key] = value
	return m
}

// refuse takes out what this program would not take.
func (i *importing) refuse() {
	i.unknown()
	for changed := true; changed; {
		changed = false
		s, _ := settings.Decode(settings.Platform{}, settings.Source{Name: "file", Values: i.values})
		for _, f := range settings.Check(i.values, settings.LintContext{}) {
			name, part, _ := strings.Cut(f.Key, ".")
			if _, given := i.values[name]; given && f.Severity == settings.Wrong {
				i.refuseOne(name, part, f.Message, s)
				changed = true
			}
		}
	}
}

// refuseOne takes out a value, or the part of it that is meant.
func (i *importing) refuseOne(name, part, message string, s settings.Settings) {
	message = strings.TrimSuffix(message, "; ignored")
	key, _ := settings.Lookup(name)
	switch {
	case part != "" && i.drop(strings.Split(part, ".")):
		i.leave(name+"."+part, i.froms[name].line, "%s", strings.TrimPrefix(message, name+"."+part+" "))
	case (key.Type == settings.Strings || key.Type == settings.Dates) && s.Of(name).Source != settings.DefaultSource:
		i.leave(i.froms[name].name, i.froms[name].line, "%s; the other items are", strings.TrimPrefix(message, name+" "))
		i.values[name] = general(s.Of(name).Value)
	default:
		if !strings.HasPrefix(message, name+" (") {
			message = strings.TrimPrefix(message, name+" ")
		}
		i.leave(i.froms[name].name, i.froms[name].line, "%s", message)
		delete(i.values, name)
	}
}

// drop takes a language, or a text of one, out of the localizations.
func (i *importing) drop(path []string) bool {
	languages, ok := i.values[settings.Localizations].(map[string]any)
	if !ok {
		return false
	}
	languages = maps.Clone(languages)
	i.values[settings.Localizations] = languages
	texts, ok := languages[path[0]].(map[string]any)
	if len(path) < 2 || !ok {
		_, had := languages[path[0]]
		delete(languages, path[0])
		return had
	}
	texts = maps.Clone(texts)
	languages[path[0]] = texts
	_, had := texts[path[1]]
	if delete(texts, path[1]); len(texts) == 0 {
		delete(languages, path[0])
	}
	return had
}

// unknown takes out the keys that are none of ours.
func (i *importing) unknown() {
	all := settingNames()
	for _, name := range slices.Sorted(maps.Keys(i.values)) {
		if slices.Contains(all, name) {
			continue
		}
		why := "an unknown key"
		switch near := settings.Nearest(name, all); {
		case slices.Contains([]string{
			"AppleSoftwareUpdatesForcedAfter", "AppleSoftwareUpdatesDeferredUntil", "UpdatesForcedAfter", "UpdatesDeferredUntil",
		}, name):
			why = "where one Mac stands, and no setting"
		case near != "":
			why += "; did you mean " + near + "?"
		}
		i.leave(clip(name), i.froms[name].line, "%s", why)
		delete(i.values, name)
	}
}

func (i *importing) languages(s settings.Settings) {
	for _, tag := range s.Languages() {
		texts, _ := s.Localization(tag)
		i.deployment.Localizations = put(i.deployment.Localizations, tag, texts)
	}
	if i.deployment.Localizations != nil {
		i.carry(localizationsSection, i.froms[settings.Localizations])
	}
}
