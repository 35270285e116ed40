// Package journal keeps an append-only record in which each line carries the hash of the one before, so that a line that
// was changed, removed or put in between shows.
//
// A line is a JSON object. It begins with its number and the hash of the line before, and ends with its own hash, which
// is the SHA-256 of all that stands before it in the line:
//
//	{"n":218,"prev":"5d41…","at":"2026-12-03T09:16:28Z","what":"warn","hash":"9f86…"}
//
// Who can write the file can also write it anew from the first line: a chain proves nothing by itself. What it is worth
// comes from its [Head], a number and a few digits, known elsewhere: in the state beside it, and, reported with the
// inventory, off the Mac. A journal that no longer passes through a head that was reported was tampered with.
//
// The package reads and writes no files. A last line that a crash has cut off is told apart from one that somebody has
// changed: the chain goes on from the line before it.
package journal
