// Package universal makes and judges Mac programs: files in the format Mach-O, for one kind of processor ("thin") or
// for several in one file ("universal").
//
// [Merge] joins thin programs into a universal one, [Inspect] tells what a file is, and [Check] refuses what no Mac from
// macOS 12 on would run as the daemon. The three know bytes only and run on any system. [Build] has the go command make
// the daemon from its source, for both processors.
//
// A given file is somebody's and may be anything, so each number in it is checked before it is used, and a doubtful file
// is an error that says what is wrong.
package universal
