//go:build unix

// Package daemon is the program that runs as root on a Mac: it hands package agent the real Mac, and reads its own
// command line.
//
// The real Mac is a [macos.Host] of three parts. [Runner] runs tools: those on one closed list and no others, with an
// empty environment, a limit on time and output, and nothing left behind when the limit is reached. [Files] reads and
// writes files as a program must that runs as root where others can write too. [Clock] tells the time and waits.
//
// Nothing here decides anything. The package builds and runs on any Unix, which is how it is tested: on Linux, with
// stand-in tools at the paths of the real ones.
package daemon
