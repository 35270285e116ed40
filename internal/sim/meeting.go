package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// camera stands, in the key of [MeetingStart], for the camera alone.
const camera = "camera"

// meet begins or ends what keeps the display awake: a call, a presentation, caffeinate. Without a name, all ends.
func (m *Mac) meet(begin bool, program string) {
	switch {
	case begin:
		m.meetings = append(m.meetings, program)
		m.note(KindPerson, "is busy with "+program)
	case program == "":
		m.meetings = nil
		m.note(KindPerson, "is busy with nothing more")
	default:
		m.meetings = slices.DeleteFunc(m.meetings, func(one string) bool { return one == program })
		m.note(KindPerson, "is done with "+program)
	}
}

// pmset tells about the battery, and about what keeps the Mac awake.
func (m *Mac) pmset(c macos.Command) macos.Output {
	if slices.Contains(c.Args, "assertions") {
		return m.assertions()
	}
	return m.batteryStatus()
}

// assertions is what `pmset -g assertions` prints. Somebody at a Mac leaves traces in it also while nothing goes on.
func (m *Mac) assertions() macos.Output {
	var list strings.Builder
	entry := func(pid int, process, kind, name string) {
		fmt.Fprintf(&list, "   pid %d(%s): [0x%016x] 00:%02d:00 %s named: %q\n", pid, process, 0x1ec3a0000+pid, pid%60, kind, name)
	}
	const display, system = "PreventUserIdleDisplaySleep", "PreventUserIdleSystemSleep"
	for i, program := range m.meetings {
		switch program {
		case camera:
			entry(523, "cameracaptured", system, "cameracaptured-idleSleepPreventionForBWFigCaptureDevice")
		case "caffeinate":
			entry(900+i, program, display, "caffeinate command-line tool")
			list.WriteString("\tDetails: caffeinate asserting forever\n")
		default:
			entry(900+i, program, display, program+" is busy")
			entry(406, "coreaudiod", system, "com.apple.audio.context.preventuseridlesleep")
			list.WriteString("\tCreated for PID: 821.\n\tResources: audio-in audio-out BuiltInMicrophoneDevice\n")
		}
	}
	entry(345, "powerd", system, "Powerd - Prevent sleep while display is on")
	if m.present() {
		entry(393, "WindowServer", "UserIsActive", "com.apple.iohideventsystem.queue.tickle serviceID:100000aaa")
		list.WriteString("\tTimeout will fire in 912 secs Action=TimeoutActionRelease\n")
	}
	held := 0
	if strings.Contains(list.String(), display) {
		held = 1
	}
	return macos.Output{Stdout: m.Now().Format("2006-01-02 15:04:05 -0700") + "\nAssertion status system-wide:\n   BackgroundTask                 0\n" +
		fmt.Sprintf("   PreventUserIdleDisplaySleep    %d\n   PreventUserIdleSystemSleep     1\nListed by owning process:\n", held) +
		list.String() + "No kernel assertions.\n"}
}
