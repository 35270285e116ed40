package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "performance:", err)
		os.Exit(1)
	}
}

// run runs the benchmarks of every package, one after the other, and writes the table.
func run(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("performance", flag.ContinueOnError)
	flags.SetOutput(progress)
	time := flags.String("benchtime", "1s", "how long each benchmark runs, or how often, as in 100x")
	count := flags.Int("count", 3, "how many times each is run; the table shows the median")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var heard bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", "test", "-p", "1", "-run", "^$", "-bench", ".", "-benchmem",
		"-benchtime", *time, "-count", strconv.Itoa(*count), "./...")
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&heard, progress), progress
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run the benchmarks: %w", err)
	}
	all := results{}
	if err := all.read(&heard); err != nil {
		return err
	}
	return all.write(out)
}
