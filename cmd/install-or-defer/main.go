// Command install-or-defer is the administrator's tool: it simulates, previews and prepares what install-or-deferd does
// on Macs, and runs on any system.
package main

import (
	"os"

	"github.com/install-or-defer/install-or-defer/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
