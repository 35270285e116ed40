// Package macos turns typed calls into invocations of Apple's and Jamf's tools, and parses what the tools print.
//
// There is one file per tool. A file knows the tool's path, the arguments that work on each macOS version, the grammar
// of its output and the ways in which it lies: a tool that exits with 0 and has failed, one that says the important line
// on standard error only, one that never ends. The rest of the program sees none of that.
//
// The package reaches the Mac only through a [Host]: a [Runner] that runs tools, a file tree, and a clock. The daemon
// hands in the real ones; package sim hands in a Mac in memory that answers with the text real tools print, so that
// every simulated run also exercises the argument building and the parsing here.
//
// What the grammars rest on is said beside each: captured output, a tool's manual, or reading of public source. Nothing
// here has been run on a Mac by this project.
package macos
