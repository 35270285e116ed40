package macos

import (
	"strings"
	"testing"
	"time"
)

// dialect is how one tool says how a window ended. What a tool cannot say is not in it.
type dialect struct {
	style Style
	tool  string // that is run for it
	says  map[ReplyKind]Output
}

func dialects() []dialect {
	return []dialect{
		{StyleJamfHelper, "jamfHelper", map[ReplyKind]Output{
			ReplyFirst: {Stdout: "0"}, ReplySecond: {Stdout: "2", Code: 2}, ReplyTimeout: {Stdout: "2", Code: 2, Awake: time.Hour},
			ReplyClosed: {Stdout: "239", Code: 239}, ReplyGone: {Code: -1}, ReplyFailed: {Stdout: "1", Code: 1},
		}},
		{StyleSwiftDialog, "launchctl", map[ReplyKind]Output{
			ReplyFirst: {}, ReplySecond: {Code: 2}, ReplyTimeout: {Code: 4, Awake: time.Hour},
			ReplyClosed: {Code: 10}, ReplyGone: {Code: 15}, ReplyFailed: {Code: 202, Stderr: "File not found\n"},
		}},
		{StyleAppleScript, "launchctl", map[ReplyKind]Output{
			ReplyFirst: {Stdout: "button returned:Run, gave up:false\n"}, ReplySecond: {Stdout: "button returned:Defer, gave up:false\n"},
			ReplyTimeout: {Stdout: "button returned:, gave up:true\n", Awake: time.Hour},
			ReplyClosed:  {Stderr: "0:80: execution error: User canceled. (-128)\n", Code: 1}, ReplyGone: {Code: -1},
			ReplyFailed: {Stderr: "0:80: execution error: No user interaction allowed. (-1713)\n", Code: 1},
		}},
	}
}

// only leaves a Mac with the tool of one style.
func (d dialect) only(out Output) *desk {
	mac := &desk{answers: answers{out: map[string]Output{d.tool: out}}, files: map[string]string{}}
	if d.style == StyleSwiftDialog {
		mac.files[swiftDialogPath] = ""
	}
	return mac
}

// TestEveryStyleKeepsTheContract is what callers of Screen.Ask rely on, whichever tool shows the window.
func TestEveryStyleKeepsTheContract(t *testing.T) {
	w, ann := twoButtons(), Person{"ann lee", 501}
	for _, d := range dialects() {
		t.Run(string(d.style), func(t *testing.T) {
			ask := func(out Output) (*desk, Reply, error) {
				mac := d.only(out)
				reply, err := Screen{Host: mac.host(), Person: ann, Style: d.style, Folder: "/support", Keep: "/keep"}.Ask(t.Context(), w)
				return mac, reply, err
			}
			for kind, out := range d.says {
				if out.Awake == 0 {
					out.Awake = time.Minute
				}
				mac, reply, err := ask(out)
				if err != nil || reply.Kind != kind || reply.Shown != out.Awake {
					t.Errorf("%+v is taken for %+v, %v; want %v", out, reply, err, kind)
				}
				first := mac.seen[0]
				if first.Timeout < w.Timeout || first.Keep != "/keep" {
					t.Errorf("run with %+v", first)
				}
				for _, c := range mac.seen {
					if strings.Contains(c.Path, "/sh") || len(c.Args) > 0 && c.Args[0] == "-c" {
						t.Errorf("a shell: %v", c)
					}
				}
			}
			agreed := d.says[ReplyFirst]
			agreed.Awake = 999 * time.Millisecond
			if _, reply, _ := ask(agreed); reply.Kind != ReplyFailed {
				t.Errorf("an agreement at once is taken for %v", reply.Kind)
			}
			gone := d.says[ReplyGone]
			if _, reply, _ := ask(gone); reply.Kind != ReplyFailed {
				t.Errorf("a break-down at start is taken for %v", reply.Kind)
			}
			hung := Output{TimedOut: true, Code: -1, Awake: time.Hour}
			if _, reply, _ := ask(hung); reply.Kind != ReplyFailed {
				t.Errorf("a window that was to close by itself, and had to be stopped: %v", reply.Kind)
			}
			w.Until = time.Date(2026, time.December, 3, 9, 0, 0, 0, time.UTC)
			defer func() { w.Until = time.Time{} }()
			if _, reply, _ := ask(hung); reply.Kind != ReplyTimeout {
				t.Errorf("cut off at its time: %v", reply.Kind)
			}
		})
	}
}

func TestStylesInOrder(t *testing.T) {
	crash := Output{Code: -1, Awake: 200 * time.Millisecond}
	for name, row := range map[string]struct {
		style Style
		files []string
		out   map[string]Output
		want  []string // the tools that are run
		kind  ReplyKind
	}{
		"by default, jamfHelper": {StyleAuto, []string{swiftDialogPath}, map[string]Output{"jamfHelper": {Stdout: "2", Awake: time.Minute}}, []string{"jamfHelper"}, ReplySecond},
		"without it, swiftDialog": {
			StyleAuto, []string{swiftDialogPath}, map[string]Output{"launchctl": {Code: 2, Awake: time.Minute}}, []string{"jamfHelper", "Dialog"}, ReplySecond,
		},
		"without that, AppleScript": {
			StyleAuto, nil,
			map[string]Output{"launchctl": {Stdout: "button returned:Defer, gave up:false", Awake: time.Minute}},
			[]string{"jamfHelper", "osascript"},
			ReplySecond,
		},
		"jamfHelper breaks down at start": {
			StyleAuto,
			[]string{swiftDialogPath},
			map[string]Output{"jamfHelper": crash, "launchctl": {Code: 2, Awake: time.Minute}},
			[]string{"jamfHelper", "Dialog"},
			ReplySecond,
		},
		"jamfHelper agrees sooner than a person can": {
			StyleAuto, nil,
			map[string]Output{"jamfHelper": {Stdout: "0", Awake: 100 * time.Millisecond}, "launchctl": {Stdout: "button returned:Defer, gave up:false", Awake: time.Minute}},
			[]string{"jamfHelper"},
			ReplyFailed,
		},
		"the one that was chosen comes first": {
			StyleSwiftDialog,
			[]string{swiftDialogPath},
			map[string]Output{"jamfHelper": {Stdout: "0"}, "launchctl": {Code: 2, Awake: time.Minute}},
			[]string{"Dialog"},
			ReplySecond,
		},
		"the one that was chosen breaks down": {
			StyleAppleScript, nil,
			map[string]Output{"launchctl": crash, "jamfHelper": {Stdout: "2", Code: 2, Awake: time.Minute}},
			[]string{"osascript", "jamfHelper"},
			ReplySecond,
		},
		"all break down": {
			StyleAuto,
			[]string{swiftDialogPath},
			map[string]Output{"jamfHelper": crash, "launchctl": crash},
			[]string{"jamfHelper", "Dialog", "osascript"},
			ReplyFailed,
		},
	} {
		t.Run(name, func(t *testing.T) {
			mac := &desk{answers: answers{out: row.out}, files: map[string]string{}}
			for _, f := range row.files {
				mac.files[f] = ""
			}
			reply, err := Screen{Host: mac.host(), Person: Person{"ann", 501}, Style: row.style, Folder: "/support"}.Ask(t.Context(), twoButtons())
			var ran []string
			for _, argv := range mac.argv() {
				if argv[0] == launchctlPath {
					argv = argv[6:]
				}
				ran = append(ran, argv[0][strings.LastIndex(argv[0], "/")+1:])
			}
			if err != nil || reply.Kind != row.kind || strings.Join(ran, " ") != strings.Join(row.want, " ") {
				t.Errorf("got %v, %v, from %v; want %v from %v", reply.Kind, err, ran, row.kind, row.want)
			}
		})
	}
}
