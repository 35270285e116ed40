// Command prove writes docs/reliability.md from what a run of everything has counted. `make proof` runs it last.
//
//	go run ./internal/reliability/prove -date 2026-12-03 -counts counts -mutants mutants.json
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/install-or-defer/install-or-defer/internal/reliability"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "prove:", err)
		os.Exit(1)
	}
}

// run reads the files that the tests and the mutants have written, and keeps what is known of faults, which is the work of
// a test.
func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("prove", flag.ContinueOnError)
	flags.SetOutput(out)
	date := flags.String("date", "", "the `day` of the run")
	counts := flags.String("counts", "", "the `file` that tests have appended their counts to")
	mutants := flags.String("mutants", "", "the `file` that the mutants have written, as JSON")
	extent := flags.String("extent", "It played everything in full.", "a `sentence` that says what was played")
	proof := flags.String("proof", "docs/reliability.json", "the `file` that holds the proof")
	page := flags.String("page", "docs/reliability.md", "the `file` that shows it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p, err := reliability.Read(*proof)
	if err != nil {
		return err
	}
	lines, err := os.ReadFile(*counts)
	if err != nil {
		return fmt.Errorf("read counts: %w", err)
	}
	if p.Counts, err = reliability.Add(lines); err != nil {
		return err
	}
	data, err := os.ReadFile(*mutants)
	if err != nil {
		return fmt.Errorf("read mutants: %w", err)
	}
	var tried struct{ Folders []reliability.Tally }
	if err := json.Unmarshal(data, &tried); err != nil {
		return fmt.Errorf("read mutants: %w", err)
	}
	p.Date, p.Go, p.Extent, p.Mutants = *date, runtime.Version(), *extent, tried.Folders
	return p.Write(*proof, *page)
}
