package main

import (
	"fmt"
	"strings"
)

// An explanation says why no test can tell a mutant from the program, or why none should.
type explanation struct {
	key  string
	kind string // "equivalent" or "accepted"
	why  string
}

// The kinds of explanations. Only the first says that there is nothing to be tested.
const (
	equivalent = "equivalent" // the program does the same
	accepted   = "accepted"   // it does not, and a test of it would be worth less than it costs
)

// readExplained reads a list of explanations. A mutant's key stands on a line of its own; the indented lines below begin
// with the kind of the explanation and a colon, and then say why. Lines with "#" are for who reads the list.
//
//	internal/enforce/workday.go Workday.After statement: end = t → nothing
//	    equivalent: the walk begins earlier, and ends at the same minute
func readExplained(text string) (map[string]explanation, error) {
	list := map[string]explanation{}
	var last string
	for n, line := range strings.Split(text, "\n") {
		body := strings.TrimSpace(line)
		switch {
		case body == "" || strings.HasPrefix(body, "#"):
		case body == strings.TrimRight(line, " \t"):
			if _, twice := list[body]; twice {
				return nil, fmt.Errorf("read explanations: line %d: is there twice", n+1)
			}
			last = body
			list[last] = explanation{key: last}
		case last == "":
			return nil, fmt.Errorf("read explanations: line %d: explains no mutant", n+1)
		default:
			e := list[last]
			if e.why != "" {
				e.why += " " + body
				list[last] = e
				continue
			}
			kind, why, found := strings.Cut(body, ": ")
			if !found || kind != equivalent && kind != accepted {
				return nil, fmt.Errorf("read explanations: line %d: begins neither with %q nor with %q", n+1, equivalent+":", accepted+":")
			}
			e.kind, e.why = kind, why
			list[last] = e
		}
	}
	for key, e := range list {
		if e.why == "" {
			return nil, fmt.Errorf("read explanations: no reason is given for %q", key)
		}
	}
	return list, nil
}
