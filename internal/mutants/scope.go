package main

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A scope is a file, or some of its lines, in which mistakes are made.
type scope struct {
	file     string // from the root of the module
	from, to int    // its lines
}

// scopes reads arguments: "internal/enforce", "internal/enforce/ask.go", "internal/enforce/ask.go:20" or, for several
// lines, "internal/enforce/ask.go:20-30". A folder stands for the files in it that are not tests.
func scopes(root fs.FS, args []string) ([]scope, error) {
	var list []scope
	for _, arg := range args {
		name, lines, limited := strings.Cut(path.Clean(arg), ":")
		s := scope{file: name, from: 1, to: math.MaxInt}
		if limited {
			first, last, several := strings.Cut(lines, "-")
			if !several {
				last = first
			}
			var errFrom, errTo error
			s.from, errFrom = strconv.Atoi(first)
			s.to, errTo = strconv.Atoi(last)
			if errFrom != nil || errTo != nil {
				return nil, fmt.Errorf("read %s: %q is neither a line nor lines as 20-30", arg, lines)
			}
		}
		entry, err := fs.Stat(root, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", arg, err)
		}
		if !entry.IsDir() {
			list = append(list, s)
			continue
		}
		files, err := fs.Glob(root, name+"/*.go")
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", arg, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				list = append(list, scope{file: file, from: 1, to: math.MaxInt})
			}
		}
	}
	return list, nil
}

// mutantsOf finds the mutants of the given kinds in the scopes.
func mutantsOf(root fs.FS, list []scope, kinds []string) ([]mutant, error) {
	var all []mutant
	for _, s := range list {
		source, err := fs.ReadFile(root, s.file)
		if err != nil {
			return nil, fmt.Errorf("read mutants: %w", err)
		}
		found, err := find(s.file, source)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			if m.Line >= s.from && m.Line <= s.to && slices.Contains(kinds, m.Kind) {
				all = append(all, m)
			}
		}
	}
	return all, nil
}
