package macos

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func twoButtons() Window {
	return Window{Title: "T", Text: "D", Buttons: []string{"Run", "Defer"}, Default: 2, Timeout: time.Hour}
}

func TestCapturedJamfHelperValues(t *testing.T) {
	kinds := map[string]ReplyKind{
		"button1": ReplyFirst, "button2": ReplySecond, "exit": ReplyClosed, "timeout": ReplyTimeout, "killed": ReplyGone,
		"error": ReplyFailed, "started": ReplyFailed, // we never start it as a task of launchd
	}
	for _, file := range corpusFiles(t, "jamfhelper-return") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Expected struct {
					Kind  string
					Delay *int
				}
			}
			text := readCorpus(t, file, &want)
			kind, ok := kinds[want.Expected.Kind]
			if want.Expected.Delay != nil {
				kind = ReplyFailed // values of a menu that we never show
			}
			got := parseJamfHelper(Output{Stdout: text, Awake: time.Minute}, twoButtons())
			if !ok || got.Kind != kind {
				t.Errorf("%q: got %v, want %v", text, got.Kind, kind)
			}
		})
	}
}

func TestParseJamfHelper(t *testing.T) {
	two, final := twoButtons(), Window{Buttons: []string{"Run"}, Locked: true, Timeout: 10 * time.Minute}
	bare := Window{Timeout: time.Minute}
	odd := twoButtons()
	odd.Timeout = time.Hour - 300*time.Millisecond
	for _, row := range []struct {
		name string
		out  Output
		w    Window
		want ReplyKind
	}{
		{"the first button", Output{Stdout: "0\n", Awake: time.Minute}, two, ReplyFirst},
		{"the second button, whose exit status is 2", Output{Stdout: "2", Code: 2, Awake: time.Minute}, two, ReplySecond},
		{"the exit status alone says nothing", Output{Code: 2, Awake: time.Minute}, two, ReplyGone},
		{"a timeout prints the default button", Output{Stdout: "2", Code: 2, Awake: time.Hour}, two, ReplyTimeout},
		{"the tool counts whole seconds, rounded up", Output{Stdout: "2", Code: 2, Awake: time.Hour}, odd, ReplyTimeout},
		{"a click just before the timeout is a click", Output{Stdout: "0", Awake: time.Hour - 2*time.Second}, odd, ReplyFirst},
		{"a timeout that looks like an agreement is none", Output{Stdout: "0", Awake: time.Hour}, two, ReplyTimeout},
		{"a timeout without a default button", Output{Stdout: "243", Code: 243, Awake: 10 * time.Minute}, final, ReplyTimeout},
		{"stopped by us", Output{TimedOut: true, Code: -1, Awake: time.Hour}, two, ReplyTimeout},
		{"stopped by us, after it has printed", Output{Stdout: "0", TimedOut: true, Code: -1, Awake: time.Hour}, two, ReplyTimeout},
		{"quit", Output{Stdout: "239", Code: 239, Awake: time.Minute}, two, ReplyClosed},
		{"escape", Output{Stdout: "9", Code: 9, Awake: time.Minute}, two, ReplyClosed},
		{"killed", Output{Code: -1, Awake: time.Minute}, two, ReplyGone},
		{"blank", Output{Stdout: " \n", Awake: time.Minute}, two, ReplyGone},
		{"unable to launch", Output{Stdout: "1", Code: 1, Awake: time.Minute}, two, ReplyFailed},
		{"a button that is not there", Output{Stdout: "2", Code: 2, Awake: time.Minute}, final, ReplyClosed},
		{"a button where there is none", Output{Stdout: "0", Awake: time.Second}, bare, ReplyClosed},
		{"not a number is not an agreement", Output{Stdout: "segmentation fault", Awake: time.Minute}, two, ReplyFailed},
		{"zeros are not zero", Output{Stdout: "00", Awake: time.Minute}, two, ReplyFailed},
		{"a number in words about it", Output{Stdout: "error 0", Awake: time.Minute}, two, ReplyFailed},
		{"two numbers", Output{Stdout: "0\n0", Awake: time.Minute}, two, ReplyFailed},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := parseJamfHelper(row.out, row.w)
			if got.Kind != row.want || got.Shown != row.out.Awake {
				t.Errorf("got %+v, want kind %v, shown %v", got, row.want, row.out.Awake)
			}
		})
	}
}

func TestJamfHelperArguments(t *testing.T) {
	until := time.Unix(2e9, 0)
	for _, row := range []struct {
		name string
		w    Window
		want Command
	}{
		{
			"a prompt",
			Window{
				Title: "T", Text: "D", Icon: "/i.png", Buttons: []string{"Run Updates", "Defer"}, Default: 2,
				Timeout: time.Hour, Until: until,
			},
			Command{Timeout: time.Hour + grace, Until: until, Args: []string{
				"-windowType", "utility", "-windowPosition", "ur", "-title", "T", "-description", "D", "-icon", "/i.png",
				"-button1", "Run Updates", "-button2", "Defer", "-defaultButton", "2", "-timeout", "3600",
			}},
		},
		{
			"a final warning",
			Window{Title: "T", Text: "D", Buttons: []string{"Run"}, Locked: true, Timeout: 90 * time.Second, Countdown: "in"},
			Command{Timeout: 90*time.Second + grace, Args: []string{
				"-windowType", "hud", "-lockHUD", "-windowPosition", "ur", "-title", "T", "-description", "D",
				"-button1", "Run", "-timeout", "90", "-countdown", "-countdownPrompt", "in",
			}},
		},
		{
			"a standing window",
			Window{Title: "T", Text: "D", Locked: true},
			Command{Args: []string{"-windowType", "hud", "-lockHUD", "-windowPosition", "ur", "-title", "T", "-description", "D"}},
		},
		{
			"less than a second is one",
			Window{Timeout: time.Millisecond},
			Command{Timeout: time.Millisecond + grace, Args: []string{
				"-windowType", "utility", "-windowPosition", "ur", "-title", "", "-description", "", "-timeout", "1",
			}},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.want.Path = "/Library/Application Support/JAMF/bin/jamfHelper.app/Contents/MacOS/jamfHelper"
			if diff := cmp.Diff(row.want, jamfHelperCommand(row.w)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHostileTextsAreNeverFlagsOfJamfHelper(t *testing.T) {
	flags := []string{
		"-windowType", "-windowPosition", "-title", "-description", "-button1", "-button2", "-defaultButton", "-timeout",
		"-countdown", "-countdownPrompt",
	}
	for _, text := range hostileTexts() {
		w := Window{Title: text, Text: text, Buttons: []string{text, text}, Default: 2, Timeout: time.Minute, Countdown: text}
		args := jamfHelperCommand(w).Args
		var seen []string
		for i := 0; i < len(args); i++ {
			if !slices.Contains(flags, args[i]) {
				t.Fatalf("%q: argument %d, %q, is taken for a flag", text, i, args[i])
			}
			seen = append(seen, args[i])
			if args[i] != "-countdown" {
				i++
				if strings.HasPrefix(args[i], "-") {
					t.Errorf("%q: the value of %s may be taken for a flag", args[i], args[i-1])
				}
			}
		}
		if diff := cmp.Diff(flags, seen); diff != "" && text != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
