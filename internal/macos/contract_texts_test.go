package macos

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// watching is a Mac that keeps what swiftDialog has read, since that is gone afterwards.
type watching struct {
	*desk
	order string
}

func (w *watching) Run(ctx context.Context, c Command) (Output, error) {
	w.order = w.files["/support/"+dialogOrder]
	return w.desk.Run(ctx, c)
}

// asked is what a program was told to show.
type asked struct {
	Title, Text string
	Buttons     []string
	Locked      bool
	Countdown   string
}

// read reads back what a style's program was told, as far as that style knows it.
func (d dialect) read(t *testing.T, mac *watching) asked {
	t.Helper()
	args := mac.seen[0].Args
	switch d.style {
	case StyleSwiftDialog:
		var f dialogFile
		if err := json.Unmarshal([]byte(mac.order), &f); err != nil {
			t.Fatal(err)
		}
		bare := func(text string) string { return strings.ReplaceAll(text, "\u2060", "") }
		a := asked{bare(f.Title), strings.ReplaceAll(plainMarkdown(f.Message), "\u00a0", " "), nil, !f.Moveable && f.QuitKey != "", bare(f.Info)}
		for _, label := range []string{f.Button1, f.Button2} {
			if label != "" && label != "none" {
				a.Buttons = append(a.Buttons, bare(label))
			}
		}
		return a
	case StyleAppleScript:
		args = args[slices.Index(args, "--")+1:]
		return asked{Title: args[1], Text: args[0], Buttons: args[3:]}
	case StyleJamfHelper, StyleAuto:
	}
	value := func(flag string) string {
		at := slices.Index(args, flag)
		if at < 0 {
			return ""
		}
		return strings.Replace(args[at+1], " -", "-", 1)
	}
	a := asked{Title: value("-title"), Text: value("-description"), Locked: slices.Contains(args, "-lockHUD"), Countdown: value("-countdownPrompt")}
	for _, flag := range []string{"-button1", "-button2"} {
		if slices.Contains(args, flag) {
			a.Buttons = append(a.Buttons, value(flag))
		}
	}
	return a
}

// TestEveryStyleShowsWhatItIsTold holds the three styles to the same windows.
func TestEveryStyleShowsWhatItIsTold(t *testing.T) {
	ann, two := Person{"ann lee", 501}, []string{"Run", "Defer"}
	for _, row := range []struct {
		name string
		w    Window
	}{
		{"an ordinary prompt", Window{Title: "Updates", Text: "Safari 26", Buttons: two}},
		{"texts that begin with a hyphen", Window{Title: "-kill", Text: "-windowType fs", Buttons: []string{"-1", "--help"}}},
		{"quotes", Window{Title: `"a" 'b'`, Text: `say "x" & quit; \" ` + "`y` $(z)", Buttons: []string{`"Run"`, `'Defer'`}}},
		{"lines", Window{Title: "T", Text: "one\ntwo\n\nthree\n- four\n1. five\n# six", Buttons: two}},
		{"a text from right to left", Window{Title: "עדכונים", Text: "יש להתקין את \u2068macOS 26\u2069 עד מחר.", Buttons: []string{"הפעלה", "דחייה"}}},
		{"signs beyond the basic plane", Window{Title: "🖥️", Text: "👩‍💻 updates 🇩🇪", Buttons: []string{"👍", "⏰"}}},
		{"4,000 characters", Window{Title: "T", Text: strings.TrimSpace(strings.Repeat("lorem ipsum ", 334))[:4000], Buttons: two}},
		{"words of other programs", Window{Title: "none", Text: "Read {username}.md", Buttons: []string{"none", "<br>"}}},
		{"a locked window", Window{Title: "T", Text: "D", Buttons: two[:1], Locked: true}},
		{"a countdown", Window{Title: "T", Text: "D", Buttons: two[:1], Locked: true, Countdown: "Starts in"}},
		{"no buttons", Window{Title: "T", Text: "D", Locked: true}},
	} {
		row.w.Timeout = time.Minute
		for _, d := range dialects() {
			t.Run(row.name+" with "+string(d.style), func(t *testing.T) {
				mac := &watching{desk: d.only(Output{Code: 4, Stdout: "243", Awake: time.Minute})}
				host := mac.host()
				host.Runner = mac
				if _, err := (Screen{Host: host, Person: ann, Style: d.style, Folder: "/support"}).Ask(t.Context(), row.w); err != nil {
					t.Fatal(err)
				}
				want := asked{row.w.Title, row.w.Text, row.w.Buttons, row.w.Locked, row.w.Countdown}
				if d.style == StyleAppleScript { // which has a button at least, and cannot be locked or count down
					if want.Locked = false; want.Countdown != "" {
						want.Text, want.Countdown = want.Text+"\n\n"+want.Countdown+" 1:00", ""
					}
					if len(want.Buttons) == 0 {
						want.Buttons = []string{"OK"}
					}
				}
				if diff := cmp.Diff(want, d.read(t, mac)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestAWindowWithoutButtonsIsNeverAgreedTo(t *testing.T) {
	for _, d := range dialects() {
		agreed := d.says[ReplyFirst]
		agreed.Awake = time.Minute
		if d.style == StyleAppleScript {
			agreed.Stdout = "button returned:OK, gave up:false\n"
		}
		reply, err := Screen{Host: d.only(agreed).host(), Person: Person{"ann", 501}, Style: d.style, Folder: "/support"}.
			Ask(t.Context(), Window{Title: "T", Text: "D", Timeout: time.Hour})
		if err != nil || reply.Kind != ReplyClosed {
			t.Errorf("%s: %v, %v", d.style, reply, err)
		}
	}
}

func TestTextsThatNoProgramCouldBeGiven(t *testing.T) {
	for text, want := range map[string]string{
		"a\x00b": "a\ufffdb", "a\x1b[2J": "a\ufffd[2J", "\xff": "\ufffd", "a\nb\tc": "a\nb\tc", "\x7f": "\ufffd", "é 👍": "é 👍", "": "",
	} {
		w := Window{Title: text, Text: text, Icon: text, Countdown: text, Help: text, Buttons: []string{text}}
		if diff := cmp.Diff(Window{Title: want, Text: want, Icon: want, Countdown: want, Help: want, Buttons: []string{want}}, w.presentable()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTheIconForADarkScreen(t *testing.T) {
	const preferences = "/Users/ann/Library/Preferences/.GlobalPreferences.plist"
	style := func(value string) string {
		return "<plist><dict><key>AppleInterfaceStyle</key>" + value + "</dict></plist>"
	}
	ann := Person{"ann", 501}
	for _, row := range []struct {
		name  string
		who   Person
		files map[string]string
		w     Window
		want  string
	}{
		{"a light screen", ann, map[string]string{"/i-dark.png": ""}, Window{Icon: "/i.png"}, "/i.png"},
		{"a dark one", ann, map[string]string{preferences: style("<string>Dark</string>"), "/i-dark.png": ""}, Window{Icon: "/i.png"}, "/i-dark.png"},
		{"without a variant", ann, map[string]string{preferences: style("<string>Dark</string>")}, Window{Icon: "/i.png"}, "/i.png"},
		{"with one of another name", ann, map[string]string{preferences: style("<string>Dark</string>")}, Window{Icon: "/i.png", IconDark: "/d.png"}, "/d.png"},
		{"with none at all", ann, map[string]string{preferences: style("<string>Dark</string>")}, Window{}, ""},
		{"a preference that is no text", ann, map[string]string{preferences: style("<true/>"), "/i-dark.png": ""}, Window{Icon: "/i.png"}, "/i.png"},
		{"a preference that is broken", ann, map[string]string{preferences: "<plist>", "/i-dark.png": ""}, Window{Icon: "/i.png"}, "/i.png"},
		{"nobody's screen", Person{}, map[string]string{preferences: style("<string>Dark</string>"), "/i-dark.png": ""}, Window{Icon: "/i.png"}, "/i.png"},
		{"a name that leads elsewhere", Person{"../Users/ann", 501}, map[string]string{preferences: style("<string>Dark</string>"), "/i-dark.png": ""}, Window{Icon: "/i.png"}, "/i.png"},
	} {
		t.Run(row.name, func(t *testing.T) {
			mac := &desk{files: row.files}
			if got := (Screen{Host: mac.host(), Person: row.who}).dressed(row.w).Icon; got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
