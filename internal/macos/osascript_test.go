package macos

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDialogArguments(t *testing.T) {
	ann := Person{Name: "ann lee", UID: 501}
	head := []string{"asuser", "501", "/usr/bin/sudo", "-u", "ann lee", "/usr/bin/osascript", "-e", "on run argv", "-e"}
	const begin = "display dialog (item 1 of argv) with title (item 2 of argv) buttons {"
	for _, row := range []struct {
		name   string
		w      Window
		script string
		args   []string
	}{
		{
			"a prompt, whose default is to defer", twoButtons(),
			begin + "item 5 of argv, item 4 of argv} default button 1 giving up after (item 3 of argv as integer)",
			[]string{"D", "T", "3600", "Run", "Defer"},
		},
		{
			"the first button is the right one",
			Window{Title: "T", Text: "D", Buttons: []string{"Run", "Defer"}, Default: 1, Timeout: time.Minute},
			begin + "item 5 of argv, item 4 of argv} default button 2 giving up after (item 3 of argv as integer)",
			[]string{"D", "T", "60", "Run", "Defer"},
		},
		{
			"one button and an icon",
			Window{Title: "T", Text: "D", Buttons: []string{"Run"}, Icon: "/i.icns", Timeout: time.Minute},
			begin + "item 4 of argv} default button 1 giving up after (item 3 of argv as integer) with icon POSIX file (item 5 of argv)",
			[]string{"D", "T", "60", "Run", "/i.icns"},
		},
		{
			"what counts down says from where",
			Window{Title: "T", Text: "D", Buttons: []string{"Run"}, Countdown: "Restart in", Timeout: 5 * time.Minute},
			begin + "item 4 of argv} default button 1 giving up after (item 3 of argv as integer)",
			[]string{"D\n\nRestart in 5:00", "T", "300", "Run"},
		},
		{
			"no button stands for a day",
			Window{Title: "T", Text: "D"},
			begin + "item 4 of argv} default button 1 giving up after (item 3 of argv as integer)",
			[]string{"D", "T", "86400", "OK"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			want := append(append(head[:len(head):len(head)], row.script, "-e", "end run", "--"), row.args...)
			got := dialogCommand(ann, row.w)
			if diff := cmp.Diff(want, got.Args); diff != "" || got.Path != "/bin/launchctl" || got.Timeout <= 0 {
				t.Errorf("%s, %v: %s", got.Path, got.Timeout, diff)
			}
		})
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{
		5 * time.Second: "0:05", time.Minute: "1:00", 10*time.Minute - time.Second: "9:59", time.Hour - time.Second: "59:59",
		time.Hour: "1:00:00", 25*time.Hour + 61*time.Second: "25:01:01",
	} {
		if got := clock(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestHostileTextsAreNeverScriptOfADialog(t *testing.T) {
	calm := dialogCommand(Person{"ann", 501}, Window{Title: "T", Text: "D", Buttons: []string{"A", "B"}, Timeout: time.Minute}).Args
	end := len(calm) - 5
	for _, text := range hostileTexts() {
		w := Window{Title: text, Text: text, Buttons: []string{text, text}, Timeout: time.Minute}
		args := dialogCommand(Person{"ann", 501}, w).Args
		if diff := cmp.Diff(calm[:end], args[:end]); diff != "" || args[end-1] != "--" {
			t.Errorf("%q changes the script: %s", text, diff)
		}
		if diff := cmp.Diff([]string{text, text, "60", text, text}, args[end:]); diff != "" {
			t.Errorf("%q does not arrive: %s", text, diff)
		}
	}
	for _, name := range hostileTexts() {
		args := asPerson(Person{name, 501}, osascriptPath, "-e", "x").Args
		if diff := cmp.Diff([]string{"asuser", "501", "/usr/bin/sudo", "-u", name, "/usr/bin/osascript", "-e", "x"}, args); diff != "" {
			t.Errorf("%q: %s", name, diff)
		}
	}
}

func TestParseDialog(t *testing.T) {
	two := twoButtons()
	for _, row := range []struct {
		name string
		out  Output
		want ReplyKind
	}{
		{"the first button", Output{Stdout: "button returned:Run, gave up:false\n"}, ReplyFirst},
		{"the second button", Output{Stdout: "button returned:Defer, gave up:false\n"}, ReplySecond},
		{"nobody answers", Output{Stdout: "button returned:, gave up:true\n"}, ReplyTimeout},
		{"stopped by us", Output{TimedOut: true, Code: -1}, ReplyTimeout},
		{"canceled", Output{Stderr: "0:80: execution error: User canceled. (-128)\n", Code: 1}, ReplyClosed},
		{"a button that is not ours", Output{Stdout: "button returned:Reboot, gave up:false\n"}, ReplyClosed},
		{"killed", Output{Code: -1}, ReplyGone},
		{"silent", Output{}, ReplyGone},
		{"not allowed", Output{Stderr: "0:1: execution error: Not authorized. (-1743)\n", Code: 1}, ReplyFailed},
		{"no session", Output{Stderr: "Could not switch to audit session 0x3\n", Code: 1}, ReplyFailed},
		{"an answer in other words", Output{Stdout: "Run\n"}, ReplyFailed},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.out.Awake = time.Minute
			if got := parseDialog(row.out, two); got.Kind != row.want || got.Shown != time.Minute {
				t.Errorf("got %+v, want kind %v", got, row.want)
			}
		})
	}
	labels := Window{Buttons: []string{"Run, now", "Not, gave up:true"}}
	if got := parseDialog(Output{Stdout: "button returned:Run, now, gave up:false\n"}, labels); got.Kind != ReplyFirst {
		t.Errorf("a label with a comma: %+v", got)
	}
}

func TestCapturedDialogErrors(t *testing.T) {
	for _, file := range corpusFiles(t, "osascript") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Code     int `json:"exit_code"`
				Expected struct{ Errno int }
			}
			text := readCorpus(t, file, &want)
			kind := ReplyFailed
			if want.Expected.Errno == -128 {
				kind = ReplyClosed
			}
			out := Output{Stderr: text, Code: want.Code, Awake: time.Minute}
			if got := parseDialog(out, twoButtons()); got.Kind != kind {
				t.Errorf("got %v, want %v", got.Kind, kind)
			}
			if r := (&answers{out: map[string]Output{"launchctl": out}}); !strings.Contains(
				errorText(Power{Host: Host{Runner: r}}.Ask(t.Context(), Person{"ann", 501}, "restart")), strings.TrimSpace(text)) {
				t.Error("the error is not told")
			}
		})
	}
}
