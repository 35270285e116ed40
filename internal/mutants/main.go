// Command mutants tells whether the tests would notice mistakes.
//
// It makes small mistakes in the program, one at a time: a condition that says the opposite, a statement that is not done,
// a number that is one too large. With each it runs the tests of that package. Where they all pass, nobody would notice
// such a mistake: a test is missing, or the mistake is none. Which it is, a person has to say: by a test that kills the
// mutant, or by a line in testdata/explained.txt. The command fails while a survivor has neither.
//
//	go run ./internal/mutants internal/enforce
//	go run ./internal/mutants -record /tmp/record internal/enforce/ask.go:20-40
//
// The checkout is only read. The compiler is handed the changed file by way of its overlay.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := command(ctx, os.Args[1:], os.Stdout)
	stop()
	os.Exit(code)
}

// options are what the command was asked for.
type options struct {
	root      string
	kinds     string
	record    string
	report    string
	explained string
	slow      string
	cache     string
	workers   int
	limit     time.Duration
	all       bool
	list      bool
	quick     bool
	args      []string
}

// command runs the command. It returns 0 where each survivor is explained, 1 where one is not, and 2 where it cannot tell.
func command(ctx context.Context, args []string, out io.Writer) int {
	o, err := parse(args, out)
	if err != nil {
		return 2
	}
	sum, err := o.run(ctx, out)
	if err != nil {
		fmt.Fprintf(out, "mutants: %v\n", err)
		return 2
	}
	if o.list {
		return 0
	}
	sum.print(out)
	if o.report != "" {
		if err := sum.write(o.report); err != nil {
			fmt.Fprintf(out, "mutants: %v\n", err)
			return 2
		}
	}
	if len(sum.Survivors) > 0 || len(sum.Stale) > 0 {
		return 1
	}
	return 0
}

func parse(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.root, "root", ".", "the `folder` of the module")
	flags.StringVar(&o.kinds, "kinds", strings.Join(kinds(), ","), "the `kinds` of mistakes to make; there is also text")
	flags.StringVar(&o.record, "record", "", "keep results in a `file`, and go on from those in it")
	flags.StringVar(&o.report, "json", "", "write the results to a `file`, as JSON")
	flags.StringVar(&o.explained, "explained", "internal/mutants/testdata/explained.txt", "the `file` that explains survivors")
	flags.StringVar(&o.slow, "slow", "", "a regular `expression` for tests that are run only if no other has failed")
	flags.StringVar(&o.cache, "cache", "", "the compiler's cache; without it a `folder` that is removed in the end, since each mutant adds 5 MB")
	flags.IntVar(&o.workers, "j", runtime.NumCPU(), "how many `mutants` are tried at the same time")
	flags.DurationVar(&o.limit, "limit", 3*time.Minute, "how long the tests may take with one mutant")
	flags.BoolVar(&o.all, "all", false, "try those that are explained, too")
	flags.BoolVar(&o.quick, "quick", false, "run the short tests only: what survives these, the others may kill")
	flags.BoolVar(&o.list, "list", false, "list the mutants, and try none")
	flags.Usage = func() {
		fmt.Fprintf(out, "usage: mutants [flags] folder | file | file:line | file:line-line …\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.args = flags.Args()
	if len(o.args) == 0 {
		flags.Usage()
		return o, flag.ErrHelp
	}
	return o, nil
}

// run finds the mutants, explains what is explained, and tries the others.
func (o options) run(ctx context.Context, out io.Writer) (summary, error) {
	root, err := filepath.Abs(o.root)
	if err != nil {
		return summary{}, err
	}
	tree := os.DirFS(root)
	list, err := scopes(tree, o.args)
	if err != nil {
		return summary{}, err
	}
	all, err := mutantsOf(tree, list, strings.Split(o.kinds, ","))
	if err != nil {
		return summary{}, err
	}
	if o.list {
		for _, m := range all {
			fmt.Fprintf(out, "%d: %s\n", m.Line, m.key())
		}
		return summary{}, nil
	}
	text, err := os.ReadFile(filepath.Join(root, o.explained))
	if err != nil && !os.IsNotExist(err) {
		return summary{}, err
	}
	reasons, err := readExplained(string(text))
	if err != nil {
		return summary{}, err
	}
	b, err := o.bench(root)
	if err != nil {
		return summary{}, err
	}
	rec, err := openRecord(o.record)
	if err != nil {
		return summary{}, err
	}
	trial := &trial{bench: b, record: rec, reasons: reasons, all: o.all, out: out}
	results, err := trial.run(ctx, all, o.workers)
	if err != nil {
		return summary{}, err
	}
	return summarize(results, stale(reasons, list, all, strings.Split(o.kinds, ","))), nil
}

func (o options) bench(root string) (*bench, error) {
	b := &bench{root: root, limit: o.limit, cache: o.cache, quick: o.quick}
	if o.slow == "" {
		return b, nil
	}
	slow, err := regexp.Compile(o.slow)
	if err != nil {
		return nil, fmt.Errorf("read -slow: %w", err)
	}
	b.slow = slow
	return b, nil
}
