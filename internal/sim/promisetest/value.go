package promisetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/settings"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// undeterred is P13: what cannot be used is reported by name, keeps nobody from enforcing, and is no command.
func (p *Play) undeterred() (broken []string) {
	said := p.unusable()
	for _, name := range said {
		if !p.Said(name) {
			broken = append(broken, fmt.Sprintf("%s cannot be used, and that is not said", name))
		}
	}
	if len(said) > 0 && !p.hindered() {
		broken = append(broken, p.late()...)
	}
	for _, e := range p.Journal {
		if e.Kind == sim.KindTool && executes(e) {
			broken = append(broken, fmt.Sprintf("a value is executed: %s %q", e.Text, e.Args))
		}
	}
	return broken
}

// executes tells whether a tool is given what a shell would run, other than as a text to show.
func executes(e sim.Entry) bool {
	shows := slices.Contains([]string{"jamfHelper", "Dialog", "osascript", "launchctl", "logger"}, e.Text)
	for i, arg := range e.Args {
		if strings.ContainsAny(arg, "`") || strings.Contains(arg, "$(") {
			if !shows || i > 0 && e.Args[i-1] == "-e" {
				return true
			}
		}
	}
	return false
}

// unusable lists what a turn has found that cannot be used, by name.
func (p *Play) unusable() []string {
	names := slices.Clone(p.spoiled)
	_, findings := settings.Decode(settings.Platform{}, profile(p.Scenario().Settings))
	for _, f := range findings {
		names = append(names, "Setting "+f.Key)
	}
	for i, e := range p.Journal {
		for _, event := range p.Scenario().Plan {
			key, ok := p.written(e, event)
			if ok && p.junk(event) && p.readBefore(i, key) {
				names = append(names, key)
			}
		}
	}
	return names
}

func profile(values map[string]any) settings.Source {
	return settings.Source{Name: "profile", Values: values}
}

func decode(values map[string]any) settings.Settings {
	s, _ := settings.Decode(settings.Platform{}, profile(values))
	return s
}

// changed is a profile after an event that changes it.
func changed(values map[string]any, e sim.Event) map[string]any {
	values = maps.Clone(values)
	if values == nil {
		values = map[string]any{}
	}
	values[e.Key] = e.Value
	if e.Value == nil {
		delete(values, e.Key)
	}
	return values
}

// written tells whether an entry says that an event of the plan has written a value, and its name.
func (p *Play) written(e sim.Entry, event sim.Event) (name string, ok bool) {
	if e.Kind != sim.KindSystem {
		return "", false
	}
	switch event.Do {
	case sim.Write:
		return "Preference " + event.Key, e.Text == fmt.Sprintf("An administrator writes %s = %v.", event.Key, event.Value)
	case sim.Profile:
		return "Setting " + event.Key, e.Text == fmt.Sprintf("The profile sets %s = %v.", event.Key, event.Value)
	}
	return "", false
}

// junk tells whether the value of an event cannot be used.
func (p *Play) junk(event sim.Event) bool {
	if event.Do == sim.Profile {
		_, findings := settings.Decode(settings.Platform{}, profile(changed(p.Scenario().Settings, event)))
		return slices.ContainsFunc(findings, func(f settings.Finding) bool { return f.Key == event.Key })
	}
	const last = 253402300799 // the end of the year 9999
	switch n := event.Value.(type) {
	case nil, time.Duration:
		return false
	case int64:
		return n <= 0 || n > last
	}
	return true
}

// readBefore tells whether a turn has come to its end after an entry, before a value of the same name is written again.
func (p *Play) readBefore(entry int, name string) bool {
	for _, t := range p.Turns {
		if t.From <= entry || !t.Whole || t.Err != nil {
			continue
		}
		kind, key, _ := strings.Cut(name, " ")
		return !slices.ContainsFunc(p.Journal[entry+1:t.From], func(e sim.Entry) bool {
			if e.Kind == sim.KindSystem {
				return strings.Contains(e.Text, " "+key+" = ")
			}
			removed := kind == "Preference" && e.Text == "defaults" && len(e.Args) == 2 && e.Args[0] == "delete"
			return e.Kind == sim.KindTool && (removed || slices.Contains(e.Args, key))
		})
	}
	return false
}

// Spoil puts something into the place of a file that the next turn cannot use, and has to speak of by name.
func (p *Play) Spoil(path string, data []byte) {
	p.Put(path, data, 0o644)
	p.spoiled = append(p.spoiled, path)
}
