// Package installer says what the installer package holds: the files that it lays down on a Mac, and the scripts that
// stop what ran before and load the job.
//
// [Content] describes the package that installs, and [Uninstaller] the one that removes everything again. Both are a
// description for package flatpkg, which knows how to write it. The same choices, program and picture always give the
// same description.
//
// The scripts are plain POSIX sh, as /bin/sh is another shell on some Macs, and call every tool by its path. They are
// written for an installation from a policy, at the login window, and on a volume that is not the one that runs. Three
// things they never do: buy time (a deadline stays what it was, unless the administrator chose otherwise), end a process
// that is not of a job of ours, and leave a Mac worse off when an installation fails half way: what came before is
// removed only after the new files are in place.
package installer
