package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/settings"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// scenarioFile is a scenario as people write it. docs/scenarios.md describes it.
type scenarioFile struct {
	Title    string         `yaml:"title"`
	MacOS    string         `yaml:"macos"`
	Build    string         `yaml:"build"`
	Arch     string         `yaml:"arch"`
	Start    string         `yaml:"start"`
	Zone     string         `yaml:"zone"`
	Limit    span           `yaml:"limit"`
	Settings map[string]any `yaml:"settings"`
	Person   personFile     `yaml:"person"`
	Other    personFile     `yaml:"other"`
	Mac      macFile        `yaml:"mac"`

	Management   managementFile    `yaml:"management"`
	Declarations []declarationFile `yaml:"declarations"`

	Updates []offerFile `yaml:"updates"`
	Plan    []eventFile `yaml:"plan"`
	Faults  []faultFile `yaml:"faults"`
}

type personFile struct {
	Name    string `yaml:"name"`
	Away    bool   `yaml:"away"`
	Unsaved bool   `yaml:"unsaved"`
	Handy   bool   `yaml:"handy"`
	NoOwner bool   `yaml:"no_owner"`
	SetUp   bool   `yaml:"setting_up"`
	Answers []act  `yaml:"answers"`
	Final   []act  `yaml:"final"`
}

type macFile struct {
	Battery     int   `yaml:"battery"`
	Unplugged   bool  `yaml:"unplugged"`
	Free        int64 `yaml:"free"`
	SwiftDialog bool  `yaml:"swiftdialog"`
}

type managementFile struct {
	None         bool `yaml:"none"`
	Unsupervised bool `yaml:"unsupervised"`
	Unescrowed   bool `yaml:"unescrowed"`
	Tokenless    bool `yaml:"tokenless"`
}

type declarationFile struct {
	Version string `yaml:"version"`
	Build   string `yaml:"build"`
	Due     span   `yaml:"due"`
	Since   span   `yaml:"since"`
	Silent  bool   `yaml:"silent"`
}

type offerFile struct {
	Label       string `yaml:"label"`
	Title       string `yaml:"title"`
	Version     string `yaml:"version"`
	Build       string `yaml:"build"`
	Replaces    string `yaml:"replaces"`
	Ramped      span   `yaml:"ramped"`
	SizeKiB     int64  `yaml:"size_kib"`
	Recommended *bool  `yaml:"recommended"`
	Action      string `yaml:"action"`
	Deferred    bool   `yaml:"deferred"`
	After       string `yaml:"after"`
	Becomes     string `yaml:"becomes"`
	Download    span   `yaml:"download"`
	Install     span   `yaml:"install"`
	Fails       int    `yaml:"fails"`
	Prepares    bool   `yaml:"prepares"`
}

type eventFile struct {
	At     span      `yaml:"at"`
	Do     string    `yaml:"do"`
	For    span      `yaml:"for"`
	Key    string    `yaml:"key"`
	Value  any       `yaml:"value"`
	Update offerFile `yaml:"update"`
}

// span is a duration such as "90s", "4h" or "3d".
type span time.Duration

// UnmarshalYAML implements the interface of the YAML library.
func (s *span) UnmarshalYAML(data []byte) error {
	d, err := parseSpan(strings.Trim(strings.TrimSpace(string(data)), `"'`))
	*s = span(d)
	return err
}

func parseSpan(text string) (time.Duration, error) {
	days, rest := time.Duration(0), text
	if before, after, found := strings.Cut(text, "d"); found {
		n, err := strconv.Atoi(before)
		if err != nil || n > 3650 || n < -3650 {
			return 0, fmt.Errorf("%q is not a duration such as 90s, 20m, 4h or 3d", text)
		}
		days, rest = time.Duration(n)*24*time.Hour, after
	}
	if rest == "" && text != "" {
		return days, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration such as 90s, 20m, 4h or 3d", text)
	}
	return days + d, nil
}

// act is an act in words: see parseAct.
type act sim.Act

// UnmarshalYAML implements the interface of the YAML library.
func (a *act) UnmarshalYAML(data []byte) error {
	parsed, err := parseAct(strings.Trim(strings.TrimSpace(string(data)), `"'`))
	*a = act(parsed)
	return err
}

const actForms = "install, defer, ignore, quit, kill, log out, sleep 8h or clock -10h, with \"after 40s\" where that matters"

// parseAct reads "defer", "install after 40s", "sleep 8h", "clock -10h after 5m".
func parseAct(text string) (sim.Act, error) {
	text, after, delayed := strings.Cut(strings.TrimSpace(text), " after ")
	var a sim.Act
	if delayed {
		d, err := parseSpan(strings.TrimSpace(after))
		if err != nil {
			return a, err
		}
		a.After = d
	}
	verb, length, _ := strings.Cut(text, " ")
	switch {
	case slices.Contains([]string{sim.Install, sim.Defer, sim.Ignore, sim.Quit, sim.Kill}, text):
		a.Do = text
	case text == sim.LogOut, text == "logout":
		a.Do = sim.LogOut
	case verb == sim.Sleep, verb == sim.SetClock:
		d, err := parseSpan(strings.TrimSpace(length))
		if err != nil {
			return a, err
		}
		a.Do, a.For = verb, d
	default:
		return a, fmt.Errorf("%q is nothing that a person does: %s", text, actForms)
	}
	return a, nil
}

// parseScenario reads a scenario file. Errors name the line, and what is wrong there.
func parseScenario(name string, data []byte) (sim.Scenario, error) {
	const hint = "docs/scenarios.md describes the file"
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return sim.Scenario{}, usagef(hint, "read scenario: %s: is not UTF-8 text", name)
	}
	var f scenarioFile
	decoder := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict())
	if err := decoder.Decode(&f); errors.Is(err, io.EOF) {
		return sim.Scenario{}, usagef(hint, "read scenario: %s: is empty", name)
	} else if err != nil {
		return sim.Scenario{}, usagef(hint, "read scenario: %s: %s", name, yaml.FormatError(err, false, true))
	}
	if err := decoder.Decode(&scenarioFile{}); !errors.Is(err, io.EOF) {
		return sim.Scenario{}, usagef(hint, "read scenario: %s: holds a second document; a file is one scenario", name)
	}
	s, where, err := f.scenario()
	if err != nil {
		return sim.Scenario{}, usagef(hint, "read scenario: %s%s: %w", name, lineOf(data, where), err)
	}
	if s.Title == "" {
		s.Title = "The scenario of " + name + "."
	}
	return s, nil
}

// lineOf finds the line of a place such as "$.plan[2].do".
func lineOf(data []byte, where string) string {
	place, err := yaml.PathString(where)
	if err != nil {
		return ""
	}
	node, err := place.ReadNode(bytes.NewReader(data))
	if err != nil || node.GetToken() == nil {
		return ""
	}
	position := node.GetToken().Position
	return fmt.Sprintf(":%d:%d: %s", position.Line, position.Column, strings.TrimPrefix(where, "$."))
}

// scenario makes a scenario of the file; where is the place of an error.
func (f scenarioFile) scenario() (s sim.Scenario, where string, err error) {
	s = sim.Scenario{Title: f.Title, MacOS: f.MacOS, Build: f.Build, Limit: time.Duration(f.Limit)}
	if f.MacOS != "" && !sim.Plays(f.MacOS) {
		return s, "$.macos", fmt.Errorf("%q is not a version from 10.13 to 27", f.MacOS)
	}
	options := simulateOptions{arch: f.Arch}
	if err := options.setMac(&s); err != nil {
		return s, "$.arch", fmt.Errorf("%q is neither intel nor arm64", f.Arch)
	}
	if f.Start != "" {
		if s.Start, err = time.Parse("2006-01-02T15:04:05", f.Start); err != nil {
			return s, "$.start", fmt.Errorf("%q is not a time such as 2026-11-30T09:00:00", f.Start)
		}
	}
	options.zone = f.Zone
	if err := options.setZone(&s); err != nil {
		return s, "$.zone", fmt.Errorf("%q is not a time zone such as Europe/Berlin", f.Zone)
	}
	s.Settings = wholeNumbers(f.Settings)
	if err := usable(s.Silicon, settings.Source{Name: "settings", Values: s.Settings}); err != nil {
		return s, "$.settings", fmt.Errorf("install-or-deferd would ignore what is wrong here:\n  %w", err)
	}
	s.Person = f.Person.person()
	s.Other = f.Other.person()
	s.Management = sim.Management(f.Management)
	if where, err := f.surroundings(&s); err != nil {
		return s, where, err
	}
	if f.Updates == nil {
		s.Offers = sim.SampleOffers(s.MacOS)
	}
	for i, u := range f.Updates {
		offer, err := u.offer()
		if err != nil {
			return s, fmt.Sprintf("$.updates[%d]", i), err
		}
		s.Offers = append(s.Offers, offer)
	}
	return f.happenings(s)
}

// happenings adds the plan and the faults.
func (f scenarioFile) happenings(s sim.Scenario) (_ sim.Scenario, where string, err error) {
	for i, e := range f.Plan {
		if !slices.Contains(sim.Happenings(), e.Do) {
			return s, fmt.Sprintf("$.plan[%d].do", i), fmt.Errorf("%q is not one of %s", e.Do, strings.Join(sim.Happenings(), ", "))
		}
		event := sim.Event{At: time.Duration(e.At), Do: e.Do, For: time.Duration(e.For), Key: e.Key, Value: wholeNumber(e.Value)}
		if ahead, ok := fromNow(e.Value); ok {
			event.Value = ahead
		}
		if e.Do == sim.Release {
			offer, err := e.Update.offer()
			if err != nil {
				return s, fmt.Sprintf("$.plan[%d]", i), err
			}
			event.Offer = offer
		}
		s.Plan = append(s.Plan, event)
	}
	for i, fault := range f.Faults {
		if where, err := fault.check(); err != nil {
			return s, fmt.Sprintf("$.faults[%d].%s", i, where), err
		}
		s.Faults = append(s.Faults, sim.Fault(fault))
	}
	return s, "", nil
}

// fromNow reads "now", "now+2h" and "now-30m", which stand for the time of the event and of others near it.
func fromNow(value any) (time.Duration, bool) {
	text, ok := value.(string)
	rest, found := strings.CutPrefix(text, "now")
	if !ok || !found {
		return 0, false
	}
	if rest == "" {
		return 0, true
	}
	d, err := parseSpan(strings.TrimPrefix(rest, "+"))
	return d, err == nil
}

// surroundings sets what the Mac is like, and what is declared; where is the place of an error.
func (f scenarioFile) surroundings(s *sim.Scenario) (where string, err error) {
	const full, enormous = 100, 400
	switch m := f.Mac; {
	case m.Battery < 0 || m.Battery > full:
		return "$.mac.battery", fmt.Errorf("%d is not a charge in percent", m.Battery)
	case m.Unplugged && m.Battery == 0:
		return "$.mac.unplugged", errors.New("a Mac that is unplugged needs a battery")
	case m.Free < 0 || m.Free > enormous:
		return "$.mac.free", fmt.Errorf("%d is not a number of GB up to %d", m.Free, enormous)
	}
	s.Battery = sim.Battery{Percent: f.Mac.Battery, Unplugged: f.Mac.Unplugged}
	s.Free, s.SwiftDialog = f.Mac.Free, f.Mac.SwiftDialog
	for i, d := range f.Declarations {
		if d.Version == "" || d.Due <= 0 {
			return fmt.Sprintf("$.declarations[%d]", i), errors.New("a declaration needs a version and a time when it is due")
		}
		s.Declarations = append(s.Declarations, sim.Declaration{
			Version: d.Version, Build: d.Build, Due: time.Duration(d.Due), Since: time.Duration(d.Since), Silent: d.Silent,
		})
	}
	return "", nil
}

func (p personFile) person() sim.Person {
	person := sim.Person{Name: p.Name, Away: p.Away, Unsaved: p.Unsaved, Handy: p.Handy, NoOwner: p.NoOwner, SettingUp: p.SetUp}
	for _, a := range p.Answers {
		person.Answers = append(person.Answers, sim.Act(a))
	}
	for _, a := range p.Final {
		person.Final = append(person.Final, sim.Act(a))
	}
	return person
}

func (o offerFile) offer() (sim.Offer, error) {
	power := enforce.Power(o.Action)
	switch {
	case o.Title == "":
		return sim.Offer{}, errors.New("an update needs a title")
	case power != enforce.Stay && power != enforce.Restart && power != enforce.ShutDown:
		return sim.Offer{}, fmt.Errorf("action %q is neither restart nor shut down", o.Action)
	case o.Label == "":
		o.Label = o.Title + "-" + o.Version
	}
	return sim.Offer{
		Update: enforce.Update{
			Label: o.Label, Title: o.Title, Version: o.Version, Build: o.Build, SizeKiB: o.SizeKiB,
			Recommended: o.Recommended == nil || *o.Recommended, Action: power, Deferred: o.Deferred,
		},
		After: o.After, Replaces: o.Replaces, Ramped: time.Duration(o.Ramped), Becomes: o.Becomes, Download: time.Duration(o.Download), Install: time.Duration(o.Install),
		Fails: o.Fails, Prepares: o.Prepares,
	}, nil
}

// wholeNumbers gives numbers the one type that property lists have for them.
func wholeNumbers(values map[string]any) map[string]any {
	for key, value := range values {
		values[key] = wholeNumber(value)
	}
	return values
}

func wholeNumber(value any) any {
	switch v := value.(type) {
	case uint64:
		if v <= 1<<62 {
			return int64(v)
		}
	case int:
		return int64(v)
	case []any:
		for i := range v {
			v[i] = wholeNumber(v[i])
		}
	}
	return value
}
