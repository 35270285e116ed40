package macos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Display tells what keeps the display from going dark.
type Display struct{ Host Host }

// Meeting is what the person seems to be in the middle of: a call, a presentation, a film.
type Meeting struct {
	Busy bool
	By   []string // the programs that say so, by name, each once, in the order of the listing; "camera" for the camera
}

// cameraName stands in [Meeting] for a camera that is in use, when no program keeps the display awake.
const cameraName = "camera"

// Busy asks pmset(1) which programs keep the display awake, and where none does, whether a camera is in use. Programs do
// so during calls, presentations and films, and of the three nobody can tell which it is: so a caller waits for the end
// of it only so long. The error says that nothing is known; what the camera does is never worth one.
func (d Display) Busy(ctx context.Context) (Meeting, error) {
	out, err := d.Host.Runner.Run(ctx, Command{Path: pmsetPath, Args: []string{"-g", "assertions"}, Timeout: shortly})
	if err != nil {
		return Meeting{}, fmt.Errorf("find display assertions: %w", err)
	}
	list := parseAssertions(out.Stdout)
	meeting := meetingOf(list)
	switch {
	case meeting.Busy:
		return meeting, nil
	case out.Cut:
		return Meeting{}, fmt.Errorf("find display assertions: %w", errors.New("pmset: printed too much"))
	case len(list) == 0 && !strings.Contains(out.Stdout, "Assertion status system-wide"):
		return Meeting{}, fmt.Errorf("find display assertions: %w", out.failure(pmsetPath))
	case Camera(d).InUse(ctx):
		return Meeting{Busy: true, By: []string{cameraName}}, nil
	}
	return Meeting{}, nil
}

// assertion is a wish about sleep that a process has told the system.
type assertion struct{ process, kind, name string }

// parseAssertions reads the part of `pmset -g assertions` that is listed by process, of which captures of single lines
// and, from macOS 26, of whole outputs are known:
//
//	pid 62530(Ocarina): [0x0001ec3a00058822] 00:12:01 PreventUserIdleDisplaySleep named: "Ocarina is open"
//
// Older systems leave the duration out. Lines of details follow some; they begin otherwise. A process's name may hold
// spaces and parentheses. The summary before the list counts for nothing: it is a flag, and the system's own wishes set
// it as well.
func parseAssertions(text string) []assertion {
	var list []assertion
	for line := range strings.Lines(text) {
		head, rest, found := strings.Cut(strings.TrimSpace(line), "): [0x")
		pid, process, opened := strings.Cut(head, "(")
		number, named := strings.CutPrefix(pid, "pid ")
		if !found || !opened || !named || number == "" || digits(number) != len(number) {
			continue
		}
		_, rest, _ = strings.Cut(rest, "] ")
		rest, name, quoted := strings.Cut(rest, " named: ")
		words := strings.Fields(rest)
		if !quoted || len(words) == 0 {
			continue
		}
		list = append(list, assertion{clean(process), words[len(words)-1], clean(strings.Trim(name, `"`))})
	}
	return list
}

// meetingOf tells what a list of assertions comes to. Two kinds count, the second being the older name of the first:
// what keeps the whole system awake, and not the display, is a download or music. The sound system and the power
// daemon speak for others or for themselves, and our own programs do not hold up their own windows. caffeinate counts
// where somebody uses it to keep the display awake: it may be a poor man's presentation, and holds up no longer than one.
//
// A camera in use is known from one capture, of a call on a Mac of 2026: the process that serves cameras then keeps
// the system awake.
func meetingOf(list []assertion) Meeting {
	const most = 8
	var m Meeting
	for _, a := range list {
		by := a.process
		switch {
		case a.process == "cameracaptured" && strings.Contains(a.name, "CaptureDevice"):
			by = cameraName
		case a.kind != "PreventUserIdleDisplaySleep" && a.kind != "NoDisplaySleepAssertion", isOurs(a.process):
			continue
		}
		m.Busy = true
		if len(m.By) < most && !slices.Contains(m.By, by) {
			m.By = append(m.By, by)
		}
	}
	return m
}

// isOurs tells whether a process is the system's or this program's own, so that what it keeps awake is no meeting.
func isOurs(process string) bool {
	return slices.Contains([]string{"coreaudiod", "powerd", "install-or-deferd", "jamfHelper", "Dialog"}, process)
}
