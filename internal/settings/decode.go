package settings

import "strings"

// Decode finds the effective value of every key: the first source that has a usable one wins, and the default comes
// last. The findings name every value that was not taken as it stands, in the order of the sources. Decode keeps nothing
// of the sources' values, and whatever they are, every effective value is within its limits.
func Decode(platform Platform, sources ...Source) (Settings, []Finding) {
	keys := known()
	d := &decoder{platform: platform, sources: sources, values: make(map[string]decided, len(keys.all))}
	for _, source := range sources {
		d.reports = append(d.reports, &report{source: source.Name})
	}
	for i := range keys.all {
		switch key := &keys.all[i]; key.Name {
		case WorkdayStartHour:
			d.hours(key, keys.named[WorkdayEndHour])
		case WorkdayEndHour: // decided with WorkdayStartHour
		default:
			d.values[key.Name] = d.decide(key)
		}
	}
	var findings []Finding
	for i, source := range sources {
		unknown(source, keys, d.reports[i])
		findings = append(findings, d.reports[i].all()...)
	}
	return Settings{values: d.values}, findings
}

// decoder is one run of Decode.
type decoder struct {
	platform Platform
	sources  []Source
	reports  []*report // one for each source
	values   map[string]decided
}

// decided is an effective value, with the index of the source that it comes from, or that it was limited by.
type decided struct {
	Value
	at int
}

// byDefault is the index of no source.
const byDefault = -1

// decide finds the effective value of a key by itself.
func (d *decoder) decide(key *Key) decided {
	for i := range d.sources {
		value, ok := d.take(i, key)
		if ok && d.below(i, key, value) {
			return decided{Value{Value: value, Source: d.sources[i].Name}, i}
		}
	}
	return d.fallback(key)
}

// take reads a key's value from one source, and reports what is wrong with it.
func (d *decoder) take(i int, key *Key) (value any, ok bool) {
	raw, there := d.sources[i].Values[key.Name]
	if !there {
		return nil, false
	}
	value, problems, ok := convert(*key, raw)
	for _, p := range problems {
		d.reports[i].add(key.Name+p.at, "%s; ignored", p.text)
	}
	return value, ok
}

// below tells whether a value keeps below the key that it has to keep below, and reports when it does not.
func (d *decoder) below(i int, key *Key, value any) bool {
	if key.Below == "" {
		return true
	}
	larger := d.values[key.Below]
	if value.(int64) < larger.Value.Value.(int64) {
		return true
	}
	d.reports[i].add(key.Name, "is %d, not less than %s (%d, %s); ignored",
		value, key.Below, larger.Value.Value, from(larger.Source))
	return false
}

// fallback is the default, limited if an administrator's choice of another key leaves no room for it.
func (d *decoder) fallback(key *Key) decided {
	value := key.Default
	switch {
	case key.Name == ManualUpdates:
		value = d.platform.AppleSilicon
	case key.Name == MinimumBattery && d.platform.AppleSilicon:
		value = int64(20)
	}
	if key.Below != "" {
		larger := d.values[key.Below]
		if limit := larger.Value.Value.(int64); value.(int64) >= limit && larger.at != byDefault {
			room := max(1, limit-1) // a second is the least of any duration
			d.reports[larger.at].add(key.Name, "becomes %d, to fit into %s: the default, %d, does not", room, key.Below, value)
			return decided{Value{Value: room, Source: limitedBy + key.Below}, larger.at}
		}
	}
	return decided{Value{Value: value, Source: DefaultSource}, byDefault}
}

// hours decides the working hours as a pair: both are set and in order, or neither counts. Where the sources' first
// choice makes no pair, the hour of the source that comes first is given up, or both hours if they come from one.
func (d *decoder) hours(startKey, endKey *Key) {
	start, end := d.candidates(startKey), d.candidates(endKey)
	for len(start) > 0 && len(end) > 0 && start[0].hour() >= end[0].hour() {
		a, b := start[0], end[0]
		if a.at <= b.at {
			d.reports[a.at].add(WorkdayStartHour, "is %d, not before %s (%d, %s); ignored", a.hour(), WorkdayEndHour, b.hour(), from(b.Source))
			start = start[1:]
		}
		if b.at <= a.at {
			d.reports[b.at].add(WorkdayEndHour, "is %d, not after %s (%d, %s); ignored", b.hour(), WorkdayStartHour, a.hour(), from(a.Source))
			end = end[1:]
		}
	}
	none := decided{Value{Source: DefaultSource}, byDefault}
	d.values[WorkdayStartHour], d.values[WorkdayEndHour] = none, none
	switch {
	case len(start) > 0 && len(end) > 0:
		d.values[WorkdayStartHour], d.values[WorkdayEndHour] = start[0], end[0]
	case len(start) > 0:
		d.alone(start, WorkdayStartHour, WorkdayEndHour)
	case len(end) > 0:
		d.alone(end, WorkdayEndHour, WorkdayStartHour)
	}
}

// candidates are the usable values of a key, in the order of the sources.
func (d *decoder) candidates(key *Key) []decided {
	var usable []decided
	for i := range d.sources {
		if value, ok := d.take(i, key); ok {
			usable = append(usable, decided{Value{Value: value, Source: d.sources[i].Name}, i})
		}
	}
	return usable
}

// alone reports hours that lack their other half.
func (d *decoder) alone(hours []decided, name, other string) {
	for _, h := range hours {
		d.reports[h.at].add(name, "is %d, without a usable %s; ignored", h.hour(), other)
	}
}

func (v decided) hour() int64 { return v.Value.Value.(int64) }

// limitedBy begins the source of a value that is as large as another key leaves room for.
const limitedBy = "limited by "

// from names a source within a sentence.
func from(source string) string {
	switch {
	case source == DefaultSource:
		return "the default"
	case strings.HasPrefix(source, limitedBy):
		return source
	default:
		return "from the " + source
	}
}
