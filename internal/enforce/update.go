package enforce

import (
	"fmt"
	"slices"
	"strings"
)

// Power is what a Mac must do for an update to take effect.
type Power string

// The powers that softwareupdate asks for, in its own words.
const (
	Stay     Power = ""
	Restart  Power = "restart"
	ShutDown Power = "shut down"
)

// stronger returns the one of two powers that serves both: a shut down installs what a restart would, not the reverse.
func stronger(a, b Power) Power {
	switch {
	case a == ShutDown || b == ShutDown:
		return ShutDown
	case a == Restart || b == Restart:
		return Restart
	default:
		return Stay
	}
}

// UnknownSize is the SizeKiB of an update whose listing gives no size.
const UnknownSize = -1

// Update is one item that Software Update offers.
type Update struct {
	Label       string `json:"label"`   // the argument of --install, verbatim: a trailing space belongs to it
	Title       string `json:"title"`   // what people see; empty when the listing was cut after the label
	Version     string `json:"version"` // trimmed; may be empty
	Build       string `json:"build,omitempty"`
	SizeKiB     int64  `json:"size_kib"` // KiB, or UnknownSize
	Recommended bool   `json:"recommended"`
	Action      Power  `json:"action"`
	Deferred    bool   `json:"deferred,omitempty"` // held back by a management profile
	Cut         bool   `json:"cut,omitempty"`      // the listing ended before the details
}

// Name is the update as a person knows it: its title, with the version where the title does not hold it.
func (u Update) Name() string {
	name := u.Title
	if name == "" {
		name = strings.TrimSpace(u.Label)
	}
	if u.Version != "" && !strings.Contains(name, u.Version) {
		name += " " + u.Version
	}
	return name
}

// Scope says which offered updates are to be enforced.
type Scope struct {
	Running    string   // the macOS version that runs, as "13.7.4"
	AllowMajor bool     // else major upgrades are never offered or installed
	Excluded   []string // titles or labels never enforced; "*" stands for any text
}

// Verdict is an update with what the scope makes of it, and why, as a phrase.
type Verdict struct {
	Update
	Major    bool
	Enforced bool
	Reason   string
}

// Judge gives the verdict on each update, in their order. An update is required when it is recommended or needs a
// restart or shut down. When a required one needs one of these, every other that may be installed goes along, so that
// one restart serves all.
func (s Scope) Judge(updates []Update) []Verdict {
	verdicts := make([]Verdict, len(updates))
	var ending *Update
	for i, u := range updates {
		verdicts[i] = s.judge(u)
		if verdicts[i].Enforced && u.Action != Stay && ending == nil {
			ending = &updates[i]
		}
	}
	if ending == nil {
		return verdicts
	}
	for i := range verdicts {
		v := &verdicts[i]
		if v.Reason == reasonOptional {
			v.Enforced = true
			v.Reason = fmt.Sprintf("goes along, since %s needs a %s anyway", ending.Name(), ending.Action)
		}
	}
	return verdicts
}

const reasonOptional = "not recommended, and needs no restart"

func (s Scope) judge(u Update) Verdict {
	v := Verdict{Update: u, Major: s.major(u)}
	pattern, excluded := s.excludes(u)
	switch {
	case u.Cut:
		v.Reason = "the listing gives no details: it was cut"
	case u.Deferred:
		v.Reason = "deferred by a management profile"
	case v.Major && !s.AllowMajor:
		v.Reason = fmt.Sprintf("a major upgrade from macOS %s, and AllowMajorUpgrades is not set", s.Running)
	case excluded:
		v.Reason = fmt.Sprintf("excluded by ExcludedUpdates (%s)", pattern)
	case u.Action != Stay:
		v.Enforced, v.Reason = true, fmt.Sprintf("needs a %s", u.Action)
		if u.Recommended {
			v.Reason = "recommended, and " + v.Reason
		}
	case u.Recommended:
		v.Enforced, v.Reason = true, "recommended"
	default:
		v.Reason = reasonOptional
	}
	return v
}

// Required returns the updates to enforce, in their order; none when nothing is left to do.
func (s Scope) Required(updates []Update) []Update {
	var required []Update
	for _, v := range s.Judge(updates) {
		if v.Enforced {
			required = append(required, v.Update)
		}
	}
	return required
}

func (s Scope) excludes(u Update) (pattern string, yes bool) {
	for _, pattern := range s.Excluded {
		if match(pattern, u.Title) || match(pattern, u.Label) || match(pattern, strings.TrimSpace(u.Label)) {
			return pattern, true
		}
	}
	return "", false
}

// match tells whether text fits a pattern in which "*" stands for any text, the empty one too. Letter case counts.
func match(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	last := len(parts) - 1
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	for _, part := range parts[1:last] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, parts[last])
}

// power is the strongest that any of the updates asks for.
func power(updates []Update) Power {
	p := Stay
	for _, u := range updates {
		p = stronger(p, u.Action)
	}
	return p
}

// fingerprint names a set of updates by its labels, so that the same set is not downloaded twice. A listing has no
// order of its own.
func fingerprint(updates []Update) string {
	labels := make([]string, len(updates))
	for i, u := range updates {
		labels[i] = u.Label
	}
	slices.Sort(labels)
	return strings.Join(labels, "\n")
}
