// Package cli is the administrator's command line: install-or-defer, which runs on any system and touches no Mac.
//
// Each command has a file of its own, which parses, wires, calls and prints, and leaves the work to the packages below.
package cli
