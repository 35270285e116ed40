package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
)

// mention is a file that a command line names, and where it does; the file is empty where it names none.
type mention struct{ what, file string }

// checkOutputs refuses, before any work is done, files to write that cannot be, and such that are one with another of
// them or with a file that the command reads: that one would be lost.
func checkOutputs(outputs, inputs []mention) error {
	for i, o := range outputs {
		if o.file == "" {
			continue
		}
		if _, err := destinationOf(o.file); err != nil {
			return fmt.Errorf("%s: %w", o.what, err)
		}
		for _, others := range [][]mention{outputs[:i], inputs} {
			for _, other := range others {
				if other.file != "" && sameFile(o.file, other.file) {
					return usagef("give each a file of its own", "%s %s: this is the file of %s, too, which would be lost", o.what, o.file, other.what)
				}
			}
		}
	}
	return nil
}

// sameFile tells whether two names lead to one file, which may not be there yet. Devices keep nothing that could be
// lost, so they are never one.
func sameFile(a, b string) bool {
	first, errA := os.Stat(a)
	second, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return os.SameFile(first, second) && first.Mode()&fs.ModeDevice == 0
	}
	a, errA = filepath.Abs(followed(a))
	b, errB = filepath.Abs(followed(b))
	ignoresCase := runtime.GOOS == "windows" || runtime.GOOS == "darwin" // most volumes do there
	return errA == nil && errB == nil && (a == b || ignoresCase && strings.EqualFold(a, b))
}

// destination is where the bytes of an output go.
type destination struct {
	place  string   // the file to replace or to make, with all links followed; empty for a stream
	stream string   // a device or pipe to write into
	open   *os.File // standard output, by whatever name
}

// destinationOf finds out what is there already under a name.
func destinationOf(file string) (destination, error) {
	about, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return destination{place: followed(file)}, nil
	case err != nil:
		return destination{}, err
	case isStandardOutput(file):
		return destination{open: os.Stdout}, nil
	}
	switch mode := about.Mode(); {
	case mode.IsRegular():
		return destination{place: followed(file)}, nil
	case mode.IsDir():
		return destination{}, usagef("name a file in it", "%s is a folder", file)
	case mode&(fs.ModeCharDevice|fs.ModeNamedPipe) != 0:
		return destination{stream: file}, nil
	default:
		return destination{}, usagef("name another file", "%s is neither a file nor a pipe (%s)", file, mode)
	}
}

// isStandardOutput tells whether a name, such as /dev/stdout, leads to where this program prints.
func isStandardOutput(file string) bool {
	about, err := os.Stat(file)
	if err != nil {
		return false
	}
	out, err := os.Stdout.Stat()
	return err == nil && os.SameFile(about, out)
}

// followed is where links lead, also one to a file that is not there yet.
func followed(file string) string {
	const most = 40 // as Linux does
	for range most {
		if whole, err := filepath.EvalSymlinks(file); err == nil {
			return whole
		}
		folder, err := filepath.EvalSymlinks(filepath.Dir(file))
		if err != nil {
			return file
		}
		file = filepath.Join(folder, filepath.Base(file))
		target, err := os.Readlink(file)
		if err != nil {
			return file
		}
		if !filepath.IsAbs(target) {
			target = folder + string(filepath.Separator) + target
		}
		file = target
	}
	return file
}

// announcer is where a command says what it has written: not among the bytes of an output.
func announcer(command *cobra.Command, outputs ...string) io.Writer {
	for _, o := range outputs {
		if o != "" && isStandardOutput(o) {
			return command.ErrOrStderr()
		}
	}
	return command.OutOrStdout()
}

// replace writes a whole file in the way of [replaceWith].
func replace(file string, data []byte) error {
	return replaceWith(file, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// replaceWith writes a file under another name and then renames it, so that what is there stays whole until all is
// written. A link stays, and the file that it leads to is replaced. Devices and pipes are written into.
func replaceWith(file string, write func(io.Writer) error) error {
	to, err := destinationOf(file)
	switch {
	case err != nil:
		return err
	case to.open != nil:
		return write(to.open)
	case to.stream != "":
		return writeInto(to.stream, write)
	}
	return renameInto(file, to.place, write)
}

func writeInto(stream string, write func(io.Writer) error) error {
	to, err := os.OpenFile(stream, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err := write(to); err != nil {
		_ = to.Close()
		return err
	}
	return to.Close()
}

// renameInto writes a file at a place; errors have the name that was given, not the temporary one.
func renameInto(name, place string, write func(io.Writer) error) (err error) {
	const readable fs.FileMode = 0o644
	temporary, err := os.CreateTemp(filepath.Dir(place), "."+filepath.Base(place)+".*")
	var refused *fs.PathError
	if errors.As(err, &refused) {
		return &fs.PathError{Op: "create", Path: name, Err: refused.Err}
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = temporary.Close() // a second time does no harm
			_ = os.Remove(temporary.Name())
		}
	}()
	if err := write(temporary); err != nil {
		return err
	}
	if err := temporary.Chmod(readable); err != nil {
		return err
	}
	if err := temporary.Sync(); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	err = os.Rename(temporary.Name(), place)
	var link *os.LinkError
	if errors.As(err, &link) {
		return &fs.PathError{Op: "replace", Path: name, Err: link.Err}
	}
	return err
}
