package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
)

// A summary is what a run has shown.
type summary struct {
	Folders   []tally  `json:"folders"`
	Survivors []result `json:"survivors"` // those that nothing explains
	Stale     []string `json:"stale"`     // explanations of mutants that are not there, or that a test kills
}

// A tally counts the mutants of one folder. Those that do not compile are none, and are not counted.
type tally struct {
	Folder     string `json:"folder"`
	Mutants    int    `json:"mutants"`
	Killed     int    `json:"killed"` // or stuck
	Equivalent int    `json:"equivalent"`
	Accepted   int    `json:"accepted"`
	Survived   int    `json:"survived"`
}

func summarize(results []result, stale []string) summary {
	s := summary{Survivors: []result{}, Stale: append([]string{}, stale...)}
	for _, r := range results {
		folder := r.Mutant[:strings.LastIndexByte(r.Mutant[:strings.IndexByte(r.Mutant, ' ')], '/')]
		at := slices.IndexFunc(s.Folders, func(t tally) bool { return t.Folder == folder })
		if at < 0 {
			at = len(s.Folders)
			s.Folders = append(s.Folders, tally{Folder: folder})
		}
		t := &s.Folders[at]
		switch r.Outcome {
		case killed, stuck:
			t.Killed++
		case survived:
			t.Survived++
			s.Survivors = append(s.Survivors, r)
		case explained:
			if strings.HasPrefix(r.Why, equivalent) {
				t.Equivalent++
			} else {
				t.Accepted++
			}
		case unviable:
			continue
		}
		t.Mutants++
	}
	return s
}

// stale lists the explanations of what is not there any more, as far as the scopes are whole files.
func stale(reasons map[string]explanation, list []scope, mutants []mutant, kinds []string) []string {
	there := map[string]bool{}
	for _, m := range mutants {
		there[m.key()] = true
	}
	var gone []string
	for key := range reasons {
		name, rest, _ := strings.Cut(key, " ")
		_, rest, _ = strings.Cut(rest, " ")
		kind, _, _ := strings.Cut(rest, ":")
		whole := slices.ContainsFunc(list, func(s scope) bool { return s.file == name && s.from <= 1 && s.to == math.MaxInt })
		if whole && slices.Contains(kinds, kind) && !there[key] {
			gone = append(gone, key)
		}
	}
	slices.Sort(gone)
	return gone
}

func (s summary) print(out io.Writer) {
	for _, r := range s.Survivors {
		fmt.Fprintf(out, "survivor, line %d: %s\n", r.Line, r.Mutant)
	}
	for _, key := range s.Stale {
		fmt.Fprintf(out, "explained, and not there: %s\n", key)
	}
	for _, t := range s.Folders {
		fmt.Fprintf(out, "%s: %d mutants, %d killed, %d explained as equivalent, %d accepted, %d survived\n",
			t.Folder, t.Mutants, t.Killed, t.Equivalent, t.Accepted, t.Survived)
	}
}

func (s summary) write(path string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}
