//go:build unix

// Command install-or-deferd runs as root on a Mac, where it asks people to install pending Apple updates, and enforces
// them after a deadline. It is started by launchd; people call it to see where it stands.
package main

import (
	"context"
	"os"

	"github.com/install-or-defer/install-or-defer/internal/daemon"
)

func main() {
	os.Clearenv() // nothing that the environment says changes what runs as root
	os.Exit(daemon.Main(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}
