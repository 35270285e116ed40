// Package prooftest lets tests say how much they have tried, and asks how much they are to try.
//
// A property that held in a hundred histories is worth less than one that held in a hundred thousand. `make test` plays a
// sample, in seconds; `make proof` plays everything, and has each test append what it did to a file, from which
// docs/reliability.md is made. In any other run nothing is counted.
package prooftest

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strconv"
	"testing"
)

// The environment variables that `make proof` sets.
const (
	full = "INSTALL_OR_DEFER_PROOF"      // "1": play everything
	file = "INSTALL_OR_DEFER_PROOF_FILE" // the path of the file that counts are appended to
)

// Line is what one call of [Count] appends, as JSON and on a line of its own.
type Line struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Full tells whether a test is to play everything, and not a sample.
func Full() bool { return os.Getenv(full) == "1" }

// Sample is for a TestMain: it says how often a property whose tries are slow is tried, and has it draw the same each time,
// unless everything is to be played. A test that fails in one run of many says nothing about the change that it fails on.
// The flags -rapid.checks and -rapid.seed outrank it; a seed of 0 draws anew.
func Sample(checks int) error {
	seed := 1
	if Full() {
		seed = 0
	}
	return errors.Join(flag.Set("rapid.checks", strconv.Itoa(checks)), flag.Set("rapid.seed", strconv.Itoa(seed)))
}

// Count notes that a test has done a thing so many times. The name says what, in the plural: "histories of enforce". Counts
// of the same name are added up, over all tests and packages, so a test counts once what it alone has done. The line is
// written in one piece, since the tests of several packages run at the same time.
func Count(t testing.TB, name string, n int) {
	t.Helper()
	path := os.Getenv(file)
	if path == "" {
		return
	}
	if err := appendLine(path, Line{name, n}); err != nil {
		t.Errorf("count %s: %v", name, err)
	}
}

func appendLine(path string, l Line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := out.Write(append(text, '\n')); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}
