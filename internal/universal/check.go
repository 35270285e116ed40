package universal

import (
	"errors"
	"fmt"
	"io"
)

// ErrUnfit says that a Mac would not run a program, which is a sound Mach-O file as such.
var ErrUnfit = errors.New("does not run on a Mac with macOS 12 or later")

// Check tells what a file holds, and refuses it unless it is a program, thin or universal, that Macs run. A thin one is
// not refused, though half of the Macs may not run it: the caller may know that there are none of the others.
func Check(r io.ReaderAt) (Binary, error) {
	b, err := Inspect(r)
	if err != nil {
		return Binary{}, fmt.Errorf("check program: %w", err)
	}
	for _, a := range b.Architectures {
		if fault := a.fault(); fault != "" {
			return Binary{}, fmt.Errorf("check program: %w: %s", ErrUnfit, fault)
		}
	}
	return b, nil
}

// fault says why Macs would not run a program; nothing if they would.
func (a Architecture) fault() string {
	switch {
	case !a.Executable:
		return fmt.Sprintf("the part for %s is no program; a library or an object file?", a.Name)
	case a.Platform != "macOS":
		return fmt.Sprintf("the program for %s is for %s", a.Name, or(a.Platform, "a system that it does not name"))
	case a.Name != "arm64" && a.Name != "x86_64":
		return fmt.Sprintf("it is for the processor %s; build it for arm64, x86_64 or both", a.Name)
	case !a.HasUUID:
		return fmt.Sprintf("the program for %s has no LC_UUID, without which macOS 26 does not start it; build it without -buildid=", a.Name)
	case a.Name == "arm64" && !a.Signed:
		return "the program for arm64 is not signed, not even ad-hoc, and Apple silicon does not start it"
	}
	return ""
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
