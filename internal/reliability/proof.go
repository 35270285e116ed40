// Package reliability makes docs/reliability.md, the page that says what this program was put through.
//
// No number on that page is typed by hand. `make proof` plays everything in full, collects what the tests have counted,
// and writes a [Proof] to docs/reliability.json; the page is made from that file and from nothing else, and a test
// compares the two. The table of faults is the work of a test of this package, which plays each of them.
package reliability

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// Proof is what the last run of `make proof` has shown. There is no room in it for a failure: a run that finds one writes
// nothing.
type Proof struct {
	Date    string   `json:"date"`   // of the run, as "2026-12-03"
	Go      string   `json:"go"`     // the version that it was built with
	Extent  string   `json:"extent"` // a sentence that says what was played, and what of it was not
	Counts  []Count  `json:"counts"`
	Mutants []Tally  `json:"mutants"`
	Faults  []Faults `json:"faults"`
}

// Count is how often a thing was done, by all tests together.
type Count struct {
	Name  string `json:"name"` // as the tests call it, in the plural
	Count int    `json:"count"`
}

// Tally is what became of the mistakes that were made in one folder.
type Tally struct {
	Folder     string `json:"folder"`
	Mutants    int    `json:"mutants"`
	Killed     int    `json:"killed"`
	Equivalent int    `json:"equivalent"`
	Accepted   int    `json:"accepted"`
	Survived   int    `json:"survived"`
}

// Faults is a table of faults: what becomes of a round when a tool misbehaves.
type Faults struct {
	Mac     string   `json:"mac"`     // the title of the round
	Round   string   `json:"round"`   // what happens in it
	Plays   int      `json:"plays"`   // rounds that were played, one for each cell
	Unused  []string `json:"unused"`  // tools that no turn of these rounds runs
	Passing []Row    `json:"passing"` // the fault goes away after an hour
	Lasting []Row    `json:"lasting"` // it lasts for ever
}

// Row is some cells with the same result: those of the tools with each phase and each kind, or all that no other row has.
type Row struct {
	Tools   []string `json:"tools"`
	Phases  []string `json:"phases,omitempty"` // in which the fault begins; none for every one in which the tool is run
	Kinds   []string `json:"kinds,omitempty"`  // none for all
	Rest    bool     `json:"rest,omitempty"`   // there are other rows of these tools, and this one is for all other cells
	Cells   int      `json:"cells"`
	Outcome string   `json:"outcome"`
	Seen    string   `json:"seen"`     // what the person saw
	Late    string   `json:"enforced"` // when enforcement began, relative to the deadline
}

// Read reads a proof from a file.
func Read(path string) (Proof, error) {
	var p Proof
	data, err := os.ReadFile(path)
	if err != nil {
		return p, fmt.Errorf("read proof: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return p, fmt.Errorf("read proof: %s: %w", path, err)
	}
	return p, nil
}

// Write writes a proof to a file, and the page that is made of it to another.
func (p Proof) Write(path, page string) error {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(p); err != nil {
		return fmt.Errorf("write proof: %w", err)
	}
	if err := os.WriteFile(path, data.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write proof: %w", err)
	}
	if err := os.WriteFile(page, []byte(p.Page()), 0o644); err != nil {
		return fmt.Errorf("write proof: %w", err)
	}
	return nil
}
