package macos

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Host is the Mac, as far as this program touches it.
type Host struct {
	Runner Runner
	Tree   Tree
	Lister Lister
	Ledger Ledger
	Clock  Clock
}

// Runner runs tools.
type Runner interface {
	// Run runs a tool to its end, or to its limits, and returns what it printed. The error is nil whenever the tool
	// was started, however it ended; it is a [MissingError] when there is no such tool, and an
	// [UntrustedError] when it could be anybody's.
	Run(ctx context.Context, c Command) (Output, error)
	// Start starts a tool that stands until it is stopped, such as a window.
	Start(ctx context.Context, c Command) (Standing, error)
	// End ends a tool that an earlier life of this program has started, and all that it has started, by its process id.
	End(pid int) error
}

// Standing is a started tool.
type Standing interface {
	// Stop ends the tool and every process it started. It may be called more than once.
	Stop()
	// Running tells whether it has not ended yet.
	Running() bool
}

// Command is one invocation of a tool.
type Command struct {
	Path    string        // absolute, one of [Tools]
	Args    []string      // without the path
	Stdin   string        // what the tool reads; empty for nothing
	Timeout time.Duration // awake time after which the tool and its children are killed; must be positive with Run
	Until   time.Time     // wall-clock time after which they are killed too; zero for none
	Keep    string        // a file that holds the process id for as long as the tool runs; empty for none
}

// Output is what a tool printed and how it ended.
type Output struct {
	Stdout   string
	Stderr   string
	Code     int           // exit status; -1 when a signal ended it
	TimedOut bool          // it was killed at its Timeout or Until
	Cut      bool          // it printed more than is kept: the middle is gone
	Awake    time.Duration // how long it ran, not counting time asleep
}

// Text is all the tool printed, standard output first. softwareupdate spreads one answer over both streams.
func (o Output) Text() string {
	switch {
	case o.Stderr == "":
		return o.Stdout
	case o.Stdout == "" || strings.HasSuffix(o.Stdout, "\n"):
		return o.Stdout + o.Stderr
	default:
		return o.Stdout + "\n" + o.Stderr
	}
}

// Tree is the file tree. Paths are absolute. A symbolic link at the path itself is refused with [ErrLink] by Read, and
// never followed by Write and Remove. Read also refuses one on the way that others than root can have put there.
type Tree interface {
	// Read returns a regular file's content, and an error when it holds more than limit bytes ([ErrTooLarge]). A file in a
	// person's home ([Personal]) is waited for only a while ([ErrSlow]).
	Read(path string, limit int64) ([]byte, error)
	// Write replaces a file as a whole, durably: a reader, or a Mac that loses power, sees the old content or the new.
	Write(path string, data []byte, mode fs.FileMode) error
	// Remove removes a file, a link or an empty folder. What is not there is removed already.
	Remove(path string) error
}

// Lister tells about files without opening them.
type Lister interface {
	// Stat describes what is at path, without following a link there.
	Stat(path string) (Entry, error)
	// Lock takes the lock at path, or fails at once with [ErrLocked]. The lock ends with the process.
	Lock(path string) (release func(), err error)
}

// Ledger is for files that only grow.
type Ledger interface {
	// Append adds to the end of a file, durably, and makes the file where it is missing. A part that a crash has left
	// at its end, without a line end, gets one first. A symbolic link is refused with [ErrLink].
	Append(path string, data []byte, mode fs.FileMode) error
	// Tail returns the end of a regular file, at most so many bytes: of a long log it is what matters, and it is all of a
	// short one. It may begin within a line. A symbolic link is refused with [ErrLink].
	Tail(path string, most int64) ([]byte, error)
}

// Entry is what a [Lister] tells about one path.
type Entry struct {
	Mode     fs.FileMode // type and permission bits
	UID, GID int
	Size     int64
	Modified time.Time
}

// Exchangeable tells whether others than root can put something else in the place of what a file or folder holds. Root's
// own groups may: their members are administrators. Those to which macOS lets every account belong are everybody. A link
// has no mode of its own: its folder's counts. In a sticky folder nobody moves what is root's.
func (e Entry) Exchangeable() bool {
	const everyone, staff, localAccounts = 12, 20, 61
	others := fs.FileMode(0o002)
	if slices.Contains([]int{everyone, staff, localAccounts}, e.GID) {
		others |= 0o020
	}
	return e.UID != 0 || e.Mode&(fs.ModeSymlink|fs.ModeSticky) == 0 && e.Mode.Perm()&others != 0
}

// Clock tells the time and waits.
type Clock interface {
	Now() time.Time
	// Sleep waits for that much awake time, or until the context is done, and then returns its error.
	Sleep(ctx context.Context, d time.Duration) error
}

// Errors that a Host's parts return, wrapped.
var (
	ErrLink     = errors.New("is a symbolic link, which is refused")
	ErrTooLarge = errors.New("is larger than allowed")
	ErrLocked   = errors.New("is held by another turn")
	ErrSlow     = errors.New("does not answer, and is not waited for")
)

// UntrustedError says that a tool is not run, since others than root could have put another program in its place.
type UntrustedError struct {
	Path    string // the tool
	Because string // the file or folder that others can change
}

// Error implements error.
func (e *UntrustedError) Error() string {
	return fmt.Sprintf("%s is not run: others than root can change %s; the fix: %s", e.Path, e.Because, e.Fix())
}

// Fix is a command that makes it root's alone.
func (e *UntrustedError) Fix() string {
	return fmt.Sprintf("sudo chown root %q; sudo chmod go-w %q", e.Because, e.Because)
}

// MissingError says that a tool is not on this Mac.
type MissingError struct{ Path string }

// Error implements error.
func (e *MissingError) Error() string { return e.Path + ": not found" }

// UnlistedError says that a program asked to run what is not a known tool.
type UnlistedError struct{ Path string }

// Error implements error.
func (e *UnlistedError) Error() string { return e.Path + ": not a known tool, so it is not run" }
