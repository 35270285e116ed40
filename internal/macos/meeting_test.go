package macos

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const assertionsHeader = "2026-10-04 14:05:00 +0530\nAssertion status system-wide:\n   BackgroundTask                 0\n" +
	"   PreventUserIdleDisplaySleep    1\n   PreventUserIdleSystemSleep     1\nListed by owning process:\n"

// holds is an assertion as pmset lists it.
func holds(process, kind, name string) string {
	return "   pid 4321(" + process + "): [0x0003686100058b93] 00:01:10 " + kind + ` named: "` + name + "\"\n"
}

func TestCapturedAssertions(t *testing.T) {
	for _, file := range corpusFiles(t, "pmset") {
		var want struct {
			Expected struct {
				Assertions []struct{ Process, Type, Name string }
			}
		}
		text := readCorpus(t, file, &want)
		if want.Expected.Assertions == nil {
			continue // an output about something else
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			var expected []assertion
			for _, a := range want.Expected.Assertions {
				expected = append(expected, assertion{a.Process, a.Type, a.Name})
			}
			if got := parseAssertions(text); !slices.Equal(got, expected) {
				t.Errorf("got %+v, want %+v", got, expected)
			}
		})
	}
}

func TestWhatIsAMeeting(t *testing.T) {
	const display, system = "PreventUserIdleDisplaySleep", "PreventUserIdleSystemSleep"
	for _, row := range []struct {
		name, list string
		by         []string
	}{
		{"nobody keeps anything awake", "No kernel assertions.\n", nil},
		{"a call", holds("FaceTime", display, "Ongoing A/V conference"), []string{"FaceTime"}},
		{"a film in a browser, under the older name", holds("Google Chrome", "NoDisplaySleepAssertion", "Video Wake Lock"), []string{"Google Chrome"}},
		{"an assertion without a duration", "   pid 62530(Ocarina): [0x0001ec3a00058822] " + display + " named: \"Ocarina is open\"\n", []string{"Ocarina"}},
		{"a name with parentheses", holds("Teams (work or school)", display, "call"), []string{"Teams (work or school)"}},
		{"one program is named once", holds("zoom.us", display, "a") + holds("zoom.us", "NoDisplaySleepAssertion", "b"), []string{"zoom.us"}},
		{"two programs are named in their order", holds("Keynote", display, "a") + holds("FaceTime", display, "b"), []string{"Keynote", "FaceTime"}},
		{"caffeinate keeps the display awake", holds("caffeinate", display, "caffeinate command-line tool"), []string{"caffeinate"}},
		{"caffeinate keeps the system awake", holds("caffeinate", system, "caffeinate command-line tool"), nil},
		{"music", holds("coreaudiod", system, "com.apple.audio.context.preventuseridlesleep"), nil},
		{"the sound system speaks for others", holds("coreaudiod", display, "x"), nil},
		{"the power daemon itself", holds("powerd", display, "Prevent display sleep"), nil},
		{"its delay before the display goes off", holds("powerd", "InternalPreventDisplaySleep", "com.apple.powermanagement.delayDisplayOff"), nil},
		{"somebody types", holds("WindowServer", "UserIsActive", "com.apple.iohideventsystem.queue.tickle"), nil},
		{"our own windows", holds("jamfHelper", display, "x") + holds("Dialog", display, "x") + holds("install-or-deferd", display, "x"), nil},
		{"a camera in use", holds("cameracaptured", system, "cameracaptured-idleSleepPreventionForBWFigCaptureDevice"), []string{"camera"}},
		{"a name that words an assertion", holds("x", system, `y" `+display+` named: "z`), nil},
		{"the summary counts for nothing", "", nil},
		{"details of an assertion", "\tDetails: pid 1(x): [0x1] " + display + " named: \"y\"\n", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := &answers{out: map[string]Output{"pmset": {Stdout: assertionsHeader + row.list}, "ioreg": {}}}
			got, err := Display{Host: Host{Runner: r}}.Busy(t.Context())
			if diff := cmp.Diff(Meeting{row.by != nil, row.by}, got); diff != "" || err != nil {
				t.Errorf("%v: %s", err, diff)
			}
		})
	}
}

func TestACallThatWasCaptured(t *testing.T) {
	// In the form of a capture that was published for a call on macOS 26, with its details shortened.
	call := assertionsHeader + `   pid 406(coreaudiod): [0x0003687300018c04] 00:28:03 PreventUserIdleSystemSleep named: "com.apple.audio.VPAUAggregateAudioDevice"
	Created for PID: 821.
	Resources: audio-in audio-out BuiltInMicrophoneDevice
   pid 60833(FaceTime): [0x0003686100058b93] 00:28:20 PreventUserIdleDisplaySleep named: "Ongoing A/V conference"
   pid 523(cameracaptured): [0x0003684500018b78] 00:28:49 PreventUserIdleSystemSleep named: "cameracaptured-idleSleepPreventionForBWFigCaptureDevice"
   pid 84519(caffeinate): [0x00036ee400018d52] 00:00:34 PreventUserIdleSystemSleep named: "caffeinate command-line tool"
	Details: caffeinate asserting for 300 secs
	Timeout will fire in 266 secs Action=TimeoutActionRelease
No kernel assertions.
`
	for name, text := range map[string]string{"with LF": call, "with CR LF": strings.ReplaceAll(call, "\n", "\r\n")} {
		if diff := cmp.Diff(Meeting{true, []string{"FaceTime", "camera"}}, meetingOf(parseAssertions(text))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTheCameraIsAskedForLast(t *testing.T) {
	streaming := Output{Stdout: "+-o AppleH16CamIn  <class AppleH16CamIn>\n    {\n      \"FrontCameraActive\" = Yes\n      \"FrontCameraStreaming\" = Yes\n    }\n"}
	quiet, busy := Output{Stdout: assertionsHeader}, Output{Stdout: assertionsHeader + holds("Keynote", "PreventUserIdleDisplaySleep", "x")}
	for _, row := range []struct {
		name       string
		pmset      Output
		ioreg      *Output
		want       Meeting
		toolsAsked int
	}{
		{"a camera in use", quiet, &streaming, Meeting{true, []string{"camera"}}, 2},
		{"one that is only ready", quiet, &Output{Stdout: "\"FrontCameraActive\" = Yes\n\"FrontCameraStreaming\" = No\n"}, Meeting{}, 2},
		{"a Mac without the key", quiet, &Output{}, Meeting{}, 2},
		{"a Mac without the tool", quiet, nil, Meeting{}, 2},
		{"a presentation says enough", busy, &streaming, Meeting{true, []string{"Keynote"}}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			out := map[string]Output{"pmset": row.pmset}
			if row.ioreg != nil {
				out["ioreg"] = *row.ioreg
			}
			r := &answers{out: out}
			got, err := Display{Host: Host{Runner: r}}.Busy(t.Context())
			if diff := cmp.Diff(row.want, got); diff != "" || err != nil || len(r.seen) != row.toolsAsked {
				t.Errorf("%v after %d tools: %s", err, len(r.seen), diff)
			}
		})
	}
	r := &answers{out: map[string]Output{"pmset": quiet, "ioreg": {}}}
	if _, err := (Display{Host: Host{Runner: r}}).Busy(t.Context()); err != nil {
		t.Error(err)
	}
	want := []Command{
		{Path: "/usr/bin/pmset", Args: []string{"-g", "assertions"}, Timeout: shortly},
		{Path: "/usr/sbin/ioreg", Args: []string{"-r", "-k", "FrontCameraStreaming", "-d", "1", "-w", "0"}, Timeout: shortly},
	}
	if diff := cmp.Diff(want, r.seen); diff != "" {
		t.Error(diff)
	}
}

func TestAMeetingThatCannotBeTold(t *testing.T) {
	for _, row := range []struct {
		name string
		out  Output
		want string
	}{
		{"silence", Output{}, "find display assertions: pmset: exit status 0, and it printed nothing"},
		{"a hang", Output{TimedOut: true, Code: -1, Awake: shortly}, "find display assertions: pmset: timed out after 15s"},
		{"another text", Output{Stdout: "Usage: pmset\n", Code: 1}, "find display assertions: pmset: exit status 1: Usage: pmset"},
		{"an output that was cut", Output{Stdout: assertionsHeader, Cut: true}, "find display assertions: pmset: printed too much"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := &answers{out: map[string]Output{"pmset": row.out}}
			if got, err := (Display{Host: Host{Runner: r}}).Busy(t.Context()); errorText(err) != row.want || got.Busy {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	why := errors.New("no process to be had")
	if _, err := (Display{Host: Host{Runner: refusing{why}}}).Busy(t.Context()); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	cut := &answers{out: map[string]Output{"pmset": {Stdout: assertionsHeader + holds("zoom.us", "PreventUserIdleDisplaySleep", "x"), Cut: true}}}
	if got, err := (Display{Host: Host{Runner: cut}}).Busy(t.Context()); err != nil || !got.Busy {
		t.Errorf("what is there counts, also of an output that was cut: %+v, %v", got, err)
	}
}

func FuzzParseAssertions(f *testing.F) {
	f.Add(assertionsHeader + holds("zoom.us", "PreventUserIdleDisplaySleep", "x"))
	f.Add("pid 1(): [0x named: ")
	f.Add("   pid 1((): [0x) : ] a named: b")
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range parseAssertions(text) {
			if a.kind == "" || strings.ContainsAny(a.kind, " \t\n") || hasControl(a.process) || hasControl(a.name) {
				t.Errorf("%q: %+v", text, a)
			}
			if !strings.Contains(text, a.kind) {
				t.Errorf("%q does not hold %q", text, a.kind)
			}
		}
		m := meetingOf(parseAssertions(text))
		if m.Busy != (len(m.By) > 0) {
			t.Errorf("%q: %+v", text, m)
		}
	})
}
