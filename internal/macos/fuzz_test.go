package macos

import (
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// What jamfHelper prints means something only where the window had such a button, and never more than a person can have
// done in the time.
func FuzzParseJamfHelper(f *testing.F) {
	for _, value := range []string{"0\n", "2", "239", "243\r\n", "255", " 1 ", "", "jamfHelper: command not found", "02", "-2"} {
		f.Add(value, 20, 2, true)
	}
	f.Fuzz(func(t *testing.T, text string, secs, buttons int, limited bool) {
		w := Window{Buttons: []string{"Run", "Defer"}[:min(max(buttons, 0), 2)]}
		if limited {
			w.Timeout = time.Minute
		}
		shown := time.Duration(min(max(secs, 0), 1000)) * time.Second
		reply := parseJamfHelper(Output{Stdout: text, Awake: shown}, w)
		value := strings.TrimSpace(text)
		overdue := limited && shown >= time.Minute
		switch {
		case reply.Shown != shown:
			t.Errorf("shown for %s, not %s", reply.Shown, shown)
		case reply.Kind == ReplyFirst && (value != "0" || len(w.Buttons) == 0 || overdue):
			t.Errorf("%q agrees", text)
		case reply.Kind == ReplySecond && (value != "2" || len(w.Buttons) < 2 || overdue):
			t.Errorf("%q defers", text)
		case reply.Kind == ReplyGone != (value == ""):
			t.Errorf("%q: %v", text, reply.Kind)
		}
		if credible := credibly(reply); credible.Kind == ReplyFirst && shown < time.Second {
			t.Errorf("%q agrees within a second", text)
		}
	})
}

// What osascript prints agrees only if it names the button, and is neither late nor an error.
func FuzzParseDialog(f *testing.F) {
	f.Add("button returned:Run Updates, gave up:false\n", "", 0)
	f.Add("button returned:Defer, gave up:false", "", 0)
	f.Add("button returned:, gave up:true\n", "", 0)
	f.Add("", "0:80: execution error: User canceled. (-128)\n", 1)
	f.Add("", "execution error: No user interaction allowed. (-1713)\n", 1)
	f.Add("button returned:Run Updates, gave up:true", "", 0)
	f.Add("Run Updates", "", -1)
	w := Window{Buttons: []string{"Run Updates", "Defer"}}
	f.Fuzz(func(t *testing.T, stdout, stderr string, code int) {
		out := Output{Stdout: stdout, Stderr: stderr, Code: code}
		reply := parseDialog(out, w)
		switch reply.Kind {
		case ReplyFirst, ReplySecond:
			if button := w.Buttons[reply.Kind]; !strings.HasPrefix(strings.TrimSpace(stdout), "button returned:"+button) {
				t.Errorf("%q is a click on %q", stdout, button)
			}
		case ReplyTimeout:
			if !strings.Contains(stdout, "true") {
				t.Errorf("%q is a timeout", stdout)
			}
		case ReplyGone:
			if code >= 0 && strings.TrimSpace(stdout+stderr) != "" {
				t.Errorf("%q %q is gone", stdout, stderr)
			}
		case ReplyClosed, ReplyFailed:
		}
		if late := parseDialog(Output{Stdout: stdout, TimedOut: true}, w); late.Kind != ReplyTimeout {
			t.Errorf("%q, late: %v", stdout, late.Kind)
		}
	})
}

// The time at which the Mac started, its version and FileVault's state are in the text, or are not told.
func FuzzParseFacts(f *testing.F) {
	f.Add("{ sec = 1600000000, usec = 123456 } Sun Sep 13 12:26:40 2020\n")
	f.Add("ProductName:\tmacOS\nProductVersion:\t13.3\nBuildVersion:\t22E252\n")
	f.Add("15.7.2\n")
	f.Add("{ usec = 9, sec = 5")
	f.Add("sec = 99999999999999999999")
	f.Add(" sec = 1600000000, usec = 12366666666666666")
	f.Fuzz(func(t *testing.T, text string) {
		boot, ok := parseBootTime(text)
		if sec, _ := numberAfter(text, "sec = "); ok && (sec <= 0 || boot.Unix() != sec) || !ok && !boot.IsZero() {
			t.Errorf("%q: started at %s, %t", text, boot, ok)
		}
		version, ok := parseVersion(text)
		if ok && (version.Number[0] < '1' || version.Number[0] > '9' || !strings.Contains(text, version.Number)) || !ok && version != (Version{}) {
			t.Errorf("%q: %+v, %t", text, version, ok)
		}
		if strings.ContainsAny(version.Number+version.Build, "\n") || !strings.Contains(text, version.Build) {
			t.Errorf("%q: %+v", text, version)
		}
		if n, ok := numberAfter(text, "sec = "); ok && !strings.Contains(text, "sec = "+strconv.FormatInt(n, 10)) && !strings.Contains(text, "sec = 0") {
			t.Errorf("%q does not hold %d", text, n)
		}
	})
}

// Whatever a tool prints, what is made of it for people and logs is one line of bounded length.
func FuzzFailure(f *testing.F) {
	f.Add("usage: softwareupdate\n", 1, false)
	f.Add("\xff\x00\r\n", -1, false)
	f.Add(strings.Repeat("é", 500), 3, true)
	f.Fuzz(func(t *testing.T, text string, code int, late bool) {
		line := Output{Stdout: text, Code: code, TimedOut: late}.failure(scutilPath).Error()
		if !utf8.ValidString(line) || strings.ContainsAny(line, "\n\r") || len(line) > 300 || !strings.HasPrefix(line, "scutil: ") {
			t.Errorf("%q", line)
		}
		if line := excerpt(text); !utf8.ValidString(line) || hasControl(line) || len(line) > 204 {
			t.Errorf("%q", line)
		}
	})
}

// A person can write anything into their own preferences: what is no tag of a language is left out.
func FuzzLanguages(f *testing.F) {
	for _, list := range [][]any{{"de-DE", "en"}, {"", "../x", int64(3), "zh-Hant-TW"}, {[]any{"de"}}} {
		data, err := plist.Encode(map[string]any{languagesKey: list})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		host := Host{Tree: tree{data: map[string]string{"/Users/ann/Library/Preferences/.GlobalPreferences.plist": string(data)}}}
		tags := Languages(host, Person{Name: "ann", UID: 501})
		if len(tags) > mostLanguages {
			t.Errorf("%d languages", len(tags))
		}
		for _, tag := range tags {
			if !isLanguage(tag) || strings.ContainsAny(tag, "/. \n") {
				t.Errorf("%q is taken for a language", tag)
			}
		}
	})
}
