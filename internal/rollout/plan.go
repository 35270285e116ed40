package rollout

import (
	"fmt"
	"strings"
)

// Action is what a plan does with an object.
type Action string

// What can be done.
const (
	Create Action = "create"
	Update Action = "update"
	Upload Action = "upload" // the file of a package
	Enable Action = "enable"
	Remove Action = "delete"
	Switch Action = "disable"
)

// Plan is what differs between a declaration and a server.
type Plan struct {
	Server     string    `json:"server"`
	Identifier string    `json:"identifier"`
	Stage      string    `json:"stage"`    // the stage that the rollout has reached; empty without a policy
	Changes    []Change  `json:"changes"`  // in the order in which they are made
	Refusals   []Refusal `json:"refusals"` // with any of these nothing can be applied
	Notes      []string  `json:"notes"`    // worth knowing
	Leftovers  []Change  `json:"leftovers"`
	items      []*item
	on         bool // the policy was found to be on
}

// Change is one write.
type Change struct {
	Kind   Kind         `json:"kind"`
	Name   string       `json:"name"`
	ID     string       `json:"id,omitempty"` // empty for what is not there yet
	Action Action       `json:"action"`
	Adopts bool         `json:"adopts,omitempty"` // the object was there before this program
	Fields []Difference `json:"fields,omitempty"`
}

// Difference is a field that is not as it is declared. A field that is a list has an item a line.
type Difference struct {
	Field  string `json:"field"`
	Server string `json:"server"` // empty for what is to be created
	Wanted string `json:"wanted"`
	Drift  bool   `json:"drift,omitempty"` // it is as this program has not written it: somebody else has
}

// Refusal is why a plan cannot be applied, and what to do about it.
type Refusal struct {
	Kind    Kind   `json:"kind,omitempty"`
	Name    string `json:"name,omitempty"`
	Problem string `json:"problem"`
	Fix     string `json:"fix"`
}

// String is the refusal as a sentence.
func (r Refusal) String() string {
	text := r.Problem
	if r.Name != "" {
		text = fmt.Sprintf("%s %q: %s", r.Kind, r.Name, r.Problem)
	}
	return text + "; " + r.Fix
}

// RefusedError is all that keeps a plan from being applied.
type RefusedError struct{ Refusals []Refusal }

// Error lists the refusals, one a line.
func (e *RefusedError) Error() string {
	lines := []string{"the plan is refused:"}
	for _, r := range e.Refusals {
		lines = append(lines, r.String())
	}
	return strings.Join(lines, "\n  ")
}

// Due tells whether there is anything to do.
func (p Plan) Due() bool { return len(p.Changes) > 0 }

func (p *Plan) refuse(k key, problem, fix string) {
	p.Refusals = append(p.Refusals, Refusal{k.kind, k.name, problem, fix})
}

func (p *Plan) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

// NotTakenError says that the server does not show what was written. It drops what it does not know without a word.
type NotTakenError struct {
	Kind          Kind
	Name, Field   string
	Wanted, Shown string
}

// Error implements error.
func (e *NotTakenError) Error() string {
	return fmt.Sprintf("%s %q: the server has not taken %s: it shows %.200q instead of %.200q", e.Kind, e.Name, e.Field, e.Shown, e.Wanted)
}
