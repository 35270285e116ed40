// Command install-or-defer is the administrator's tool: it simulates, previews and prepares what install-or-deferd does
// on Macs, and runs on any system.
package main

import (
	"os"
	_ "time/tzdata" // time zones have names on every system, also on Windows, which knows none of these

	"github.com/install-or-defer/install-or-defer/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
