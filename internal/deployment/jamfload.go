package deployment

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// jamf reads what a Jamf Pro server is to hold.
func (r *reader) jamf(e entry) *Jamf {
	entries, _ := r.mapping(e.value, e.name)
	if len(entries) == 0 {
		return nil
	}
	j := &Jamf{Package: usualPackage()}
	c := jamfCheck{reader: r, jamf: j, at: map[string]place{}}
	for _, s := range entries {
		path := join(e.name, clip(s.name))
		c.at[s.name] = s.at
		switch s.name {
		case "url":
			j.URL = r.serverURL(s, path)
		case "category":
			j.Category = r.jamfName(s, path)
		case "package":
			r.jamfPackage(s, path, &j.Package)
		case "extension_attributes":
			j.Attributes = r.jamfAttributes(s, path)
		case "groups":
			j.Groups = each(r, s, path, c.group)
		case "profile":
			j.Profile = r.jamfProfile(s, path)
		case "policy":
			j.Policy = r.jamfPolicy(s, path)
		case "uninstall":
			j.Uninstall = r.jamfUninstall(s, path)
		case "stages":
			j.Stages = each(r, s, path, c.stage)
		default:
			r.unknownField(s, e.name, jamfSections())
		}
	}
	c.check()
	return j
}

func jamfSections() []string {
	return []string{"url", "category", "package", "extension_attributes", "groups", "profile", "policy", "uninstall", "stages"}
}

// isLeftOut tells that a key has no value, and so counts as not being there: its values are commented out.
func isLeftOut(e entry) bool {
	_, null := e.value.(*ast.NullNode)
	return null
}

// fields reads the keys of a mapping, each with the function of its name.
func (r *reader) fields(e entry, path string, read map[string]func(entry, string)) {
	entries, _ := r.mapping(e.value, path)
	var known []string
	for name := range read {
		known = append(known, name)
	}
	slices.Sort(known)
	for _, f := range entries {
		if to, ok := read[f.name]; ok {
			to(f, join(path, f.name))
		} else {
			r.unknownField(f, path, known)
		}
	}
}

// unknownField reports a key that has no place in a mapping of few keys.
func (r *reader) unknownField(e entry, path string, known []string) {
	at := join(path, clip(e.name))
	if near := settings.Nearest(e.name, known); near != "" {
		r.add(e.at, at, "is an unknown key; did you mean %s?", near)
		return
	}
	r.add(e.at, at, "is an unknown key; write one of %s", strings.Join(known, ", "))
}

// each reads the items of a list.
func each[T any](r *reader, e entry, path string, read func(entry, string) T) []T {
	if isLeftOut(e) {
		return nil
	}
	list, ok := e.value.(*ast.SequenceNode)
	if !ok {
		r.add(position(e.value), path, "is %s, not a list; write one item a line, each after a dash", describe(e.value))
		return nil
	}
	var items []T
	for i, node := range list.Values {
		items = append(items, read(entry{e.name, position(node), node}, fmt.Sprintf("%s[%d]", path, i)))
	}
	return items
}

// jamfName reads a name that Jamf Pro keeps as it is.
func (r *reader) jamfName(e entry, path string) string {
	const longest = 255
	name := r.line(entry{path, e.at, e.value})
	if name != strings.TrimSpace(name) || utf8.RuneCountInString(name) > longest {
		r.add(position(e.value), path, "begins or ends with a space, or has more than %d characters, which Jamf Pro does not keep", longest)
	}
	return name
}

// jamfNames reads a list of names.
func (r *reader) jamfNames(e entry, path string) []string { return each(r, e, path, r.jamfName) }

func (r *reader) serverURL(e entry, path string) string {
	text := r.line(entry{path, e.at, e.value})
	u, err := url.Parse(text)
	switch {
	case text == "":
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		r.add(position(e.value), path, "is no address of a server; write it as https://example.jamfcloud.com")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		r.add(position(e.value), path, "holds more than an address; credentials come from the environment or a prompt, never from a file")
	}
	return text
}

// number reads a whole number within limits.
func (r *reader) number(e entry, path string, least, most int64) int {
	value, ok := r.value(e.value, path)
	n, isNumber := value.(int64)
	if ok && (!isNumber || n < least || n > most) {
		r.add(position(e.value), path, "is %s; write a whole number from %d to %d", shown(value), least, most)
		return 0
	}
	return int(n)
}

func (r *reader) truth(e entry, path string) bool {
	value, ok := r.value(e.value, path)
	truth, is := value.(bool)
	if ok && !is {
		r.add(position(e.value), path, "is %s; write true or false", shown(value))
	}
	return truth
}

// word reads a word of a list.
func (r *reader) word(e entry, path string, words []string) string {
	value, ok := r.value(e.value, path)
	text, _ := value.(string)
	if ok && !slices.Contains(words, text) {
		r.add(position(e.value), path, "is %s; write one of %s", shown(value), strings.Join(words, ", "))
	}
	return text
}

// wordSet reads a list of words, and returns them in the order of the words there are.
func (r *reader) wordSet(e entry, path string, words []string) []string {
	given := each(r, e, path, func(item entry, at string) string { return r.word(item, at, words) })
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !slices.Contains(given, w) })
}

func (r *reader) jamfPackage(e entry, path string, p *JamfPackage) {
	r.fields(e, path, map[string]func(entry, string){
		"file": func(f entry, at string) {
			p.File = r.jamfName(f, at)
			if p.File != "" && (strings.Count(p.File, VersionMark) != 1 || !strings.HasSuffix(p.File, ".pkg") || strings.ContainsAny(p.File, "/\\:\"")) {
				r.add(position(f.value), at, "has to hold %s once and end with .pkg, and is no path: a file is never replaced under its name; write %s", VersionMark, usualFile)
			}
		},
		"priority": func(f entry, at string) { p.Priority = r.number(f, at, 1, 20) },
		"notes":    func(f entry, at string) { p.Notes = r.line(entry{at, f.at, f.value}) },
	})
}

func (r *reader) jamfAttributes(e entry, path string) *JamfAttributes {
	if isLeftOut(e) {
		return nil
	}
	a := usualAttributes()
	var all []string
	for _, f := range AttributeFields() {
		all = append(all, f.Name)
	}
	r.fields(e, path, map[string]func(entry, string){
		"prefix": func(f entry, at string) {
			const longest = 200 // which leaves room for the rest of the names
			a.Prefix = r.line(entry{at, f.at, f.value})
			if strings.TrimLeft(a.Prefix, " ") != a.Prefix || utf8.RuneCountInString(a.Prefix) > longest {
				r.add(position(f.value), at, "begins with a space, or has more than %d characters", longest)
			}
		},
		"fields": func(f entry, at string) { a.Fields = r.wordSet(f, at, all) },
	})
	return &a
}

func (r *reader) jamfProfile(e entry, path string) *JamfProfile {
	if isLeftOut(e) {
		return nil
	}
	p := usualProfile()
	r.fields(e, path, map[string]func(entry, string){
		"name":         func(f entry, at string) { p.Name = r.jamfName(f, at) },
		"distribution": func(f entry, at string) { p.Distribution = r.word(f, at, wordNames(JamfDistributions())) },
		"redeploy":     func(f entry, at string) { p.Redeploy = r.word(f, at, wordNames(JamfRedeploys())) },
		"groups":       func(f entry, at string) { p.Groups = r.jamfNames(f, at) },
		"exclusions":   func(f entry, at string) { p.Exclusions = r.jamfNames(f, at) },
	})
	return &p
}

func (r *reader) jamfPolicy(e entry, path string) *JamfPolicy {
	if isLeftOut(e) {
		return nil
	}
	p := usualPolicy()
	r.fields(e, path, map[string]func(entry, string){
		"name":             func(f entry, at string) { p.Name = r.jamfName(f, at) },
		"triggers":         func(f entry, at string) { p.Triggers = r.wordSet(f, at, wordNames(JamfTriggers())) },
		"event":            func(f entry, at string) { p.Event = r.event(f, at) },
		"frequency":        func(f entry, at string) { p.Frequency = r.word(f, at, wordNames(JamfFrequencies())) },
		"retries":          func(f entry, at string) { p.Retries = r.number(f, at, 0, 10) },
		"update_inventory": func(f entry, at string) { p.UpdateInventory = r.truth(f, at) },
		"exclusions":       func(f entry, at string) { p.Exclusions = r.jamfNames(f, at) },
	})
	if p.Retries > 0 && p.Frequency != "once_per_computer" {
		r.add(e.at, join(path, "retries"), "goes with frequency: once_per_computer only; Jamf Pro forgets it otherwise")
	}
	if len(p.Triggers) == 0 && p.Event == "" {
		r.add(e.at, path, "has neither triggers nor an event, so that nothing would make it run; write triggers: [check_in]")
	}
	return &p
}

// event reads the name of an event, which people type.
func (r *reader) event(e entry, path string) string {
	text := r.jamfName(e, path)
	if strings.ContainsAny(text, " ,\"'`$\\") {
		r.add(position(e.value), path, "holds a space, a comma or a character that means something to a shell; write it as %s", usualEvent)
	}
	return text
}

func (r *reader) jamfUninstall(e entry, path string) *JamfUninstall {
	if isLeftOut(e) {
		return nil
	}
	u := usualUninstall()
	r.fields(e, path, map[string]func(entry, string){
		"name":      func(f entry, at string) { u.Name = r.jamfName(f, at) },
		"group":     func(f entry, at string) { u.Group = r.jamfName(f, at) },
		"event":     func(f entry, at string) { u.Event = r.event(f, at) },
		"frequency": func(f entry, at string) { u.Frequency = r.word(f, at, wordNames(JamfFrequencies())) },
	})
	return &u
}

// span reads a duration of days at most.
func (r *reader) span(e entry, path string, days int64) time.Duration {
	value, ok := r.setting(e, settings.Key{Unit: settings.Seconds}, path)
	seconds, isNumber := value.(int64)
	if ok && (!isNumber || seconds < 0 || seconds > days*86400) {
		r.add(position(e.value), path, "is %s; write a time of at most %dd, as in 3d", shown(value), days)
		return 0
	}
	return time.Duration(seconds) * time.Second
}
