package settings

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Settings holds the effective value of every key. It does not change once [Decode] has made it. The zero Settings has
// the defaults of an Intel Mac.
type Settings struct {
	values map[string]decided // nil in the zero Settings
}

// Value is an effective value and where it comes from.
type Value struct {
	Value  any    // as the key's [Type] says; nil when an integer or a date is not set
	Source string // a Source's name, DefaultSource, or "limited by" and the key that leaves no room for the default
}

// NamedValue is a [Value] with its key.
type NamedValue struct {
	Name   string
	Value  any
	Source string
}

// All returns the effective value of every key, in the order of the table. The caller may keep and change what it gets.
func (s Settings) All() []NamedValue {
	var all []NamedValue
	keys := known().all
	for i := range keys {
		key := &keys[i]
		v := s.value(key)
		all = append(all, NamedValue{Name: key.Name, Value: v.Value, Source: v.Source})
	}
	return all
}

// Of returns the effective value of a key with its source. Like all getters it panics when there is no such key: names
// are constants, so that is a mistake in the program.
func (s Settings) Of(name string) Value { return s.value(s.known("Of", name)) }

// Duration returns an integer of seconds.
func (s Settings) Duration(name string) time.Duration {
	key := s.known("Duration", name)
	if key.Type != Integer || key.Unit != Seconds {
		panic(fmt.Sprintf("settings: Duration(%q): the key is not an integer of seconds", name))
	}
	return time.Duration(s.value(key).Value.(int64)) * time.Second
}

// Int returns an integer, in the key's unit, and whether it is set at all.
func (s Settings) Int(name string) (value int, set bool) {
	n, set := s.value(s.typed("Int", name, Integer)).Value.(int64)
	return int(n), set
}

// Bool returns a boolean.
func (s Settings) Bool(name string) bool {
	return s.value(s.typed("Bool", name, Boolean)).Value.(bool)
}

// Text returns a text, a path or a choice. A path that is not set is empty.
func (s Settings) Text(name string) string {
	return s.value(s.typed("Text", name, String, Path, Choice)).Value.(string)
}

// Ints returns an array of integers.
func (s Settings) Ints(name string) []int {
	var list []int
	for _, n := range s.value(s.typed("Ints", name, Integers)).Value.([]int64) {
		list = append(list, int(n))
	}
	return list
}

// Texts returns an array of texts, or of dates as texts.
func (s Settings) Texts(name string) []string {
	return s.value(s.typed("Texts", name, Strings, Dates)).Value.([]string)
}

// value is the effective value of a key, which the caller may keep and change.
func (s Settings) value(key *Key) Value {
	v := Value{Value: key.Default, Source: DefaultSource}
	if found, ok := s.values[key.Name]; ok {
		v = found.Value
	}
	switch list := v.Value.(type) {
	case []int64:
		v.Value = slices.Clone(list)
	case []string:
		v.Value = slices.Clone(list)
	case map[string]map[string]string:
		languages := make(map[string]map[string]string, len(list))
		for tag, texts := range list {
			languages[tag] = maps.Clone(texts)
		}
		v.Value = languages
	}
	return v
}

// known finds the key that a getter was asked for.
func (s Settings) known(getter, name string) *Key {
	key, ok := known().named[name]
	if !ok {
		panic(fmt.Sprintf("settings: %s(%q): there is no such key", getter, name))
	}
	return key
}

// typed finds the key that a getter was asked for, which has to be of one of these types.
func (s Settings) typed(getter, name string, types ...Type) *Key {
	key := s.known(getter, name)
	if !slices.Contains(types, key.Type) {
		panic(fmt.Sprintf("settings: %s(%q): the key is of type %s", getter, name, key.Type))
	}
	return key
}
