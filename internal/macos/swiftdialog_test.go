package macos

import (
	"encoding/json"
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
			"title": "T", "message": "D", "icon": "none", "button1text": "Run", "button2text": "Defer", "position": "topright",
			"ontop": true, "moveable": true, "ignorednd": true, "hidedefaultkeyboardaction": true, "commandfile": "/support/" + dialogCommands,
		}},
		{
			"a final warning, with a countdown",
			Window{Title: "T", Text: "D", Buttons: []string{"Run"}, Locked: true, Timeout: 10 * time.Minute, Countdown: "In", Icon: "/i.png", IconDark: "/d.png", Help: "Ask."},
			map[string]any{
				"title": "T", "message": "D", "icon": "/i.png:dark=/d.png", "button1text": "Run", "position": "topright", "ontop": true,
				"moveable": false, "ignorednd": true, "hidedefaultkeyboardaction": true, "commandfile": "/support/" + dialogCommands,
				"timer": float64(600), "infotext": "In", "helpmessage": "Ask.",
			},
		},
		{"no button", Window{Title: "T", Text: "D", Locked: true, Timeout: time.Hour, Icon: "/i.png", Default: 1}, map[string]any{
			"title": "T", "message": "D", "icon": "/i.png", "button1text": "none", "position": "topright", "ontop": true,
			"moveable": false, "ignorednd": true, "hidedefaultkeyboardaction": false, "commandfile": "/support/" + dialogCommands,
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
			if diff := cmp.Diff(row.want, got); diff != "" {
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
		137: ReplyGone, 143: ReplyGone, 1: ReplyFailed, 3: ReplyFailed, 20: ReplyFailed, 30: ReplyFailed,
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
