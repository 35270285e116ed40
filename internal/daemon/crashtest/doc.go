//go:build unix

// Package crashtest plays scenarios with the daemon as a process that is killed, loses its power or finds the disk full.
//
// The process under test is the real one but for its clock: it is started with the real [daemon.Runner] and
// [daemon.Files], in a tree of its own that it takes for the whole, and runs real processes at the paths of the tools. It
// and they ask the test, through a socket in that tree, what time it is, what they are to print and whether they may go
// on. So the test decides where it ends: before each step that changes a file, and before, during and after each tool.
// All that happens is played on a Mac of package sim, in virtual time, and judged by package promisetest.
//
// A play has one mishap, at one point of one turn. The turns before it, and those after the first that has come to its end
// again, are taken in memory, which is faster; that both do the same, word for word, is a test of its own. What comes of a
// play is compared with what comes of it without the mishap: the promises hold, the same is installed, with as many
// restarts, and nobody is suspected of having changed a file.
//
// What is lost with the power is worked out from the steps: a file has the content that was synced, under the names that
// its folder had when it was synced, or later ones. What a real disk makes of that, no test here can tell.
//
// The package holds what the processes need, and the tests. A test that fails names the mishap, to be looked at again:
//
//	INSTALL_OR_DEFER_MISHAP=kill:stubborn/3.17 go test ./internal/daemon/crashtest -run NamedMishap -v
package crashtest
