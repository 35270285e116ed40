package macos

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSwiftDialogOrder(t *testing.T) {
	ann := Person{"ann lee", 501}
	for _, row := range []struct {
		name string
		w    Window
		want map[string]any
	}{
		{"a prompt, whose default is to defer", twoButtons(), map[string]any{
			"button1text": "Run", "button2text": "Defer", "timer": float64(3600), "hidetimerbar": true,
		}},
		{
			"a final warning, with a countdown",
			Window{Title: "T", Text: "D", Buttons: []string{"Run"}, Locked: true, Timeout: 10 * time.Minute, Countdown: "In", Icon: "/i.png", Help: "Ask"},
			map[string]any{
				"icon": "/i.png", "button1text": "Run", "moveable": false, "quitkey": "\u241b", "timer": float64(600), "infotext": "In",
				"helpmessage": "Ask",
			},
		},
		{"work goes on", Window{Title: "T", Text: "D", Locked: true, Progress: true, Timeout: time.Hour}, map[string]any{
			"moveable": false, "quitkey": "\u241b", "timer": float64(3600), "hidetimerbar": true, "progress": float64(100),
		}},
		{"Return presses a button that is the default", Window{Title: "T", Text: "D", Buttons: []string{"OK"}, Default: 1}, map[string]any{
			"button1text": "OK", "hidedefaultkeyboardaction": false,
		}},
		{"a long text has room, up to a limit", Window{Title: "T", Text: strings.Repeat("a", 4000)}, map[string]any{
			"message": strings.Repeat("a", 4000), "height": float64(640),
		}},
		{"words that would mean something", Window{Title: "None", Text: "none", Buttons: []string{"{username}", "a<br>b"}}, map[string]any{
			"title": "None\u2060", "message": "none ", "button1text": "{\u2060username}", "button2text": "a<\u2060br>b",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			mac := &desk{}
			c, err := swiftDialogCommand(mac.host(), "/support", ann, row.w)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"asuser", "501", sudoPath, "-u", "ann lee", swiftDialogPath, "--jsonfile", "/support/" + dialogOrder}
			if diff := cmp.Diff(want, c.Args); diff != "" || c.Path != launchctlPath || c.Timeout < row.w.Timeout {
				t.Errorf("%s, %v: %s", c.Path, c.Timeout, diff)
			}
			var got map[string]any
			if err := json.Unmarshal([]byte(mac.files["/support/"+dialogOrder]), &got); err != nil {
				t.Fatal(err)
			}
			expected := map[string]any{
				"title": "T", "message": "D", "icon": "none", "button1text": "none", "position": "topright", "ontop": true, "moveable": true,
				"ignorednd": true, "hidedefaultkeyboardaction": true, "commandfile": "/support/" + dialogCommands, "messagefont": "size=15",
				"height": float64(320),
			}
			maps.Copy(expected, row.want)
			if diff := cmp.Diff(expected, got); diff != "" {
				t.Error(diff)
			}
			if commands, ok := mac.files["/support/"+dialogCommands]; !ok || commands != "" {
				t.Errorf("the command file holds %q", commands)
			}
		})
	}
}

func TestHostileTextsStayWordsInSwiftDialog(t *testing.T) {
	for _, text := range append(hostileTexts(), "# big", "![x](file:///etc/passwd)", "<b>", "notes.md", "a\\", "- a\n- b", "1. a", "&amp;", "https://x.md") {
		mac := &desk{}
		c, err := swiftDialogCommand(mac.host(), "/support", Person{"ann", 501}, Window{Title: text, Text: text, Buttons: []string{text, text}, Timeout: time.Minute})
		if err != nil || len(c.Args) != 8 {
			t.Fatalf("%q: %v, %v", text, c.Args, err)
		}
		var order map[string]any
		if err := json.Unmarshal([]byte(mac.files["/support/"+dialogOrder]), &order); err != nil {
			t.Fatal(err)
		}
		message, _ := order["message"].(string)
		if strings.HasSuffix(strings.ToLower(message), ".md") {
			t.Errorf("%q is taken for a file", message)
		}
		if got := plainMarkdown(message); got != strings.TrimRight(strings.ToValidUTF8(text, "\ufffd"), " ") {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
}

// plainMarkdown takes the escapes back, as CommonMark says, and finds any character that is not escaped and has a meaning.
func plainMarkdown(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
		case strings.HasPrefix(text[i:], "  \n"):
			i += 2
		case strings.IndexByte("\\`*_[]<>#!|~&", text[i]) >= 0:
			b.WriteString("(" + text[i:i+1] + " has a meaning)")
			continue
		}
		b.WriteByte(text[i])
	}
	return strings.TrimRight(b.String(), " ")
}

func TestParseSwiftDialog(t *testing.T) {
	two, bare := twoButtons(), Window{Timeout: time.Minute}
	for code, want := range map[int]ReplyKind{
		0: ReplyFirst, 2: ReplySecond, 4: ReplyTimeout, 5: ReplyGone, 10: ReplyClosed, 15: ReplyGone, 40: ReplyGone, -1: ReplyGone,
		137: ReplyGone, 143: ReplyGone, 159: ReplyGone, 160: ReplyFailed, 128: ReplyFailed, 1: ReplyFailed, 3: ReplyFailed, 20: ReplyFailed, 30: ReplyFailed,
		201: ReplyFailed, 202: ReplyFailed, 203: ReplyFailed, 255: ReplyFailed, 77: ReplyFailed,
	} {
		if got := parseSwiftDialog(Output{Code: code, Awake: time.Minute}, two); got.Kind != want {
			t.Errorf("%d: got %v, want %v", code, got.Kind, want)
		}
	}
	for code, want := range map[int]ReplyKind{0: ReplyClosed, 2: ReplyClosed, 10: ReplyClosed, 4: ReplyTimeout} {
		if got := parseSwiftDialog(Output{Code: code, Awake: time.Second}, bare); got.Kind != want {
			t.Errorf("without buttons, %d: got %v, want %v", code, got.Kind, want)
		}
	}
	if got := parseSwiftDialog(Output{Code: 143, Awake: time.Hour}, two); got.Kind != ReplyTimeout {
		t.Errorf("ended at its time: %v", got.Kind)
	}
}

func TestSwiftDialogThatCannotBeToldIsNotRun(t *testing.T) {
	host := (&desk{files: map[string]string{swiftDialogPath: ""}}).host()
	host.Tree = tree{} // which nothing can be written to
	r := &answers{out: map[string]Output{"launchctl": {Stdout: "button returned:Defer, gave up:false", Awake: time.Minute}}}
	host.Runner = r
	reply, err := Screen{Host: host, Person: Person{"ann", 501}, Style: StyleSwiftDialog, Folder: "/support"}.Ask(t.Context(), twoButtons())
	if err != nil || reply.Kind != ReplySecond || len(r.seen) != 2 { // jamfHelper, which is missing, and osascript
		t.Errorf("got %v, %v after %v", reply, err, r.argv())
	}
}

// owned is a Mac of files whose owners and modes matter.
type owned struct {
	desk
	entries map[string]Entry
}

func (o *owned) Stat(path string) (Entry, error) {
	entry, ok := o.entries[path]
	if !ok {
		return Entry{}, fs.ErrNotExist
	}
	return entry, nil
}

func TestSwiftDialogThatCouldBeAnybodysIsNotRun(t *testing.T) {
	missing, untrusted, nobody := func(err error) bool { return errorIs[*MissingError](err) },
		func(err error) bool { return errors.Is(err, errUntrusted) }, func(err error) bool { return errors.Is(err, errNobody) }
	for _, row := range []struct {
		name    string
		entry   Entry
		folder  string
		person  Person
		refused func(error) bool
	}{
		{"root's own program", Entry{Mode: 0o755}, "/support", Person{"ann", 501}, nil},
		{"a person's", Entry{Mode: 0o755, UID: 501}, "/support", Person{"ann", 501}, untrusted},
		{"one that a group may write to", Entry{Mode: 0o775}, "/support", Person{"ann", 501}, untrusted},
		{"one that all may write to", Entry{Mode: 0o757}, "/support", Person{"ann", 501}, untrusted},
		{"a link", Entry{Mode: fs.ModeSymlink | 0o755}, "/support", Person{"ann", 501}, untrusted},
		{"a folder", Entry{Mode: fs.ModeDir | 0o755}, "/support", Person{"ann", 501}, untrusted},
		{"there is no folder for its files", Entry{Mode: 0o755}, "", Person{"ann", 501}, missing},
		{"nobody is there", Entry{Mode: 0o755}, "/support", Person{}, nobody},
	} {
		t.Run(row.name, func(t *testing.T) {
			mac := &owned{entries: map[string]Entry{swiftDialogPath: row.entry}}
			err := Screen{Host: Host{Lister: mac}, Person: row.person, Folder: row.folder}.hasSwiftDialog()
			if (err == nil) != (row.refused == nil) || err != nil && !row.refused(err) {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := (Screen{Host: Host{Lister: &owned{}}, Person: Person{"ann", 501}, Folder: "/support"}).hasSwiftDialog(); !errorIs[*MissingError](err) {
		t.Errorf("got %v", err)
	}
}

func TestTheFilesOfSwiftDialogGoWithItsWindow(t *testing.T) {
	mac := &desk{answers: answers{out: map[string]Output{"launchctl": {Code: 2, Awake: time.Minute}}}, files: map[string]string{swiftDialogPath: ""}}
	s := Screen{Host: mac.host(), Person: Person{"ann", 501}, Style: StyleSwiftDialog, Folder: "/support", Keep: "/support/window.pid"}
	if reply, err := s.Ask(t.Context(), twoButtons()); err != nil || reply.Kind != ReplySecond || len(mac.files) != 1 {
		t.Errorf("got %v, %v; %d files", reply, err, len(mac.files))
	}
	standing, err := s.Stand(t.Context(), Window{Title: "T", Text: "D", Locked: true})
	if err != nil || len(mac.files) != 3 {
		t.Fatalf("%v; %d files", err, len(mac.files))
	}
	standing.Stop()
	if len(mac.files) != 1 {
		t.Errorf("%d files are left", len(mac.files))
	}
	for _, booted := range []time.Duration{-time.Hour, time.Hour} { // a killed turn has left all
		now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
		mac.modified = map[string]time.Time{s.Keep: now}
		for _, name := range append(DialogFiles("/support"), s.Keep) {
			mac.files[name] = "4711"
		}
		if _, err := s.Sweep(t.Context(), now.Add(booted)); err == nil && len(mac.files) != 1 {
			t.Errorf("%d files are left", len(mac.files))
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, text := range append(hostileTexts(), "a\nb", "    code", "1. a\n2. b", "a\n===", "\\", "www.example.com", "x\\\ny", "\t\tz") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\u00a0") {
			t.Skip("these are written as others")
		}
		shown := markdown(text)
		for i, line := range strings.Split(shown, "\n") {
			if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
				t.Errorf("line %d of %q could be code", i, shown)
			}
		}
		if got, want := strings.Fields(plainMarkdown(shown)), strings.Fields(text); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q is shown as %q", text, shown)
		}
	})
}
