// Command process is the daemon, and each of the tools that it runs, in the tests of package crashtest.
package main

import (
	"os"

	"github.com/install-or-defer/install-or-defer/internal/daemon/crashtest"
)

func main() { os.Exit(crashtest.Main()) }
