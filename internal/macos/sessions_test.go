package macos

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// entry is a session as scutil lists it, all that matters of it.
func entry(number, name, uid, console string) []string {
	return []string{
		"  " + number + " : <dictionary> {", "    kCGSSessionOnConsoleKey : " + console, "    kCGSSessionUserIDKey : " + uid,
		"    kCGSSessionUserNameKey : " + name, "    kCGSessionLoginDoneKey : TRUE", "  }",
	}
}

// listed is a dictionary of scutil with sessions.
func listed(name, uid string, entries ...[]string) string {
	lines := []string{"GID : 20", "Name : " + name, "SessionInfo : <array> {"}
	for _, e := range entries {
		lines = append(lines, e...)
	}
	return dictionary(append(lines, "}", "UID : "+uid)...)
}

func TestCapturedSessions(t *testing.T) {
	for _, file := range corpusFiles(t, "scutil-consoleuser") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Expected struct {
					Name     string
					UID      int
					Nobody   bool
					Sessions []struct {
						OnConsole bool `json:"on_console"`
					}
				}
			}
			got, ok := parseSessions(readCorpus(t, file, &want))
			expected := Sessions{Person: Person{want.Expected.Name, want.Expected.UID}}
			if want.Expected.Nobody {
				expected.Person = Person{}
			}
			for _, s := range want.Expected.Sessions {
				if !s.OnConsole {
					expected.Others++
				}
			}
			if !ok || got != expected {
				t.Errorf("got %+v, %t; want %+v", got, ok, expected)
			}
		})
	}
}

// An answer that was cut off is none. Taken for what it says, it would say that nobody is there, and what needs nobody's
// leave would be done at once.
func TestEveryPrefixOfSessionsIsCutOrWhole(t *testing.T) {
	text := listed("ann", "501", entry("0", "ann", "501", "TRUE"), entry("1", "bea", "502", "FALSE"))
	want, ok := parseSessions(text)
	if !ok || want.Person.Name != "ann" || want.Others != 1 {
		t.Fatalf("%+v, %t", want, ok)
	}
	for n := range text {
		if got, ok := parseSessions(text[:n]); ok && got != want {
			t.Errorf("%q is taken for %+v", text[:n], got)
		}
	}
}

func TestParseSessions(t *testing.T) {
	ann, notDone := Person{"ann", 501}, entry("1", "bea", "502", "FALSE")
	notDone[4] = "    kCGSessionLoginDoneKey : FALSE"
	for _, row := range []struct {
		name, text string
		want       Sessions
	}{
		{"one person", listed("ann", "501", entry("0", "ann", "501", "TRUE")), Sessions{Person: ann}},
		{"another has switched away", listed("ann", "501", entry("0", "ann", "501", "TRUE"), entry("1", "bea", "502", "FALSE")), Sessions{Person: ann, Others: 1}},
		{"the other is listed first", listed("ann", "501", entry("0", "bea", "502", "FALSE"), entry("1", "ann", "501", "TRUE")), Sessions{Person: ann, Others: 1}},
		{"two others", listed("ann", "501", entry("0", "bea", "502", "FALSE"), entry("1", "ann", "501", "TRUE"), entry("2", "cid", "503", "FALSE")), Sessions{Person: ann, Others: 2}},
		{"a login that is not complete is nobody's yet", listed("ann", "501", entry("0", "ann", "501", "TRUE"), notDone), Sessions{Person: ann}},
		{"the login window is no person", listed("ann", "501", entry("0", "ann", "501", "TRUE"), entry("1", "loginwindow", "0", "FALSE")), Sessions{Person: ann}},
		{"one's own second session is no other's", listed("ann", "501", entry("0", "ann", "501", "TRUE"), entry("1", "ann", "501", "FALSE")), Sessions{Person: ann}},
		{"all have gone to the login window", listed("loginwindow", "0", entry("0", "ann", "501", "FALSE")), Sessions{Others: 1, Remote: true}},
		{"the moment of a first login by fast user switching", listed("ann", "501", entry("0", "bea", "502", "TRUE")), Sessions{}},
		{"Setup Assistant", listed("_mbsetupuser", "248", entry("0", "_mbsetupuser", "248", "TRUE")), Sessions{Setup: true}},
		{"Setup Assistant in a session only", listed("loginwindow", "0", entry("0", "_mbsetupuser", "248", "TRUE")), Sessions{Setup: true}},
		{"Setup Assistant, and somebody is logged in", listed("_mbsetupuser", "248", entry("0", "ann", "501", "FALSE")), Sessions{Setup: true, Others: 1}},
		{"the login window", listed("loginwindow", "0"), Sessions{}},
		{"a name that no account has", listed("an\rn", "501", entry("0", "ann", "501", "TRUE")), Sessions{}},
		{"no such key", "  No such key\n", Sessions{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, ok := parseSessions(row.text); got != row.want || !ok {
				t.Errorf("got %+v, %t; want %+v", got, ok, row.want)
			}
		})
	}
	for _, text := range []string{"scutil: crashed\n", listed("loginwindow", "0", entry("0", "ann", "50l", "FALSE"))} {
		if got, ok := parseSessions(text); ok || got != (Sessions{}) {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestTheLockIsLookedForWhereSomebodyIsThere(t *testing.T) {
	const locked, open = `{"kCGSSessionOnConsoleKey"=Yes,"kCGSSessionUserNameKey"="ann","CGSSessionScreenIsLocked"=Yes}`, `{"kCGSSessionOnConsoleKey"=Yes}`
	const away = `{"kCGSSessionOnConsoleKey"=No,"kCGSSessionUserNameKey"="bea","CGSSessionScreenIsLocked"=Yes}`
	root := func(users string) string {
		return "+-o Root  <class IORegistryEntry, id 0x100000100, retain 37>\n    {\n      \"IOConsoleLocked\" = No\n" +
			"      \"IOConsoleUsers\" = (" + users + ")\n      \"IOKitDiagnostics\" = {\"Instance allocation\"=41272888}\n    }\n"
	}
	somebody, nobody := listed("ann", "501", entry("0", "ann", "501", "TRUE")), listed("loginwindow", "0")
	for _, row := range []struct {
		name, scutil, ioreg string
		locked              bool
		asked               int
	}{
		{"a locked screen", somebody, root(locked), true, 2},
		{"an open one", somebody, root(open), false, 2},
		{"another's screen is locked, behind the console", somebody, root(open + "," + away), false, 2},
		{"the same, listed the other way round", somebody, root(away + "," + open), false, 2},
		{"both are", somebody, root(away + "," + locked), true, 2},
		{"a line alone", somebody, "      \"CGSSessionScreenIsLocked\"=Yes\n", true, 2},
		{"nothing is told", somebody, "", false, 2},
		{"nobody is there", nobody, root(locked), false, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := &answers{out: map[string]Output{"scutil": {Stdout: row.scutil}, "ioreg": {Stdout: row.ioreg}}}
			got, err := Console{Host: Host{Runner: r}}.Sessions(t.Context())
			if err != nil || got.Locked != row.locked || len(r.seen) != row.asked {
				t.Errorf("got %+v, %v after %d tools", got, err, len(r.seen))
			}
		})
	}
	for _, file := range corpusFiles(t, "ioreg") {
		var want struct{ Expected struct{ Locked bool } }
		if text := readCorpus(t, file, &want); registrySays(consoleSession(text), "CGSSessionScreenIsLocked") != want.Expected.Locked {
			t.Errorf("%s: locked is not %t", file, want.Expected.Locked)
		}
	}
}

func TestSessionsWhereScutilIsSilent(t *testing.T) {
	for _, row := range []struct {
		name string
		out  map[string]Output
		want Sessions
		err  string
	}{
		{"somebody owns the console", map[string]Output{"stat": {Stdout: "ann\n"}, "id": {Stdout: "501\n"}, "ioreg": {Stdout: `"CGSSessionScreenIsLocked"=Yes`}}, Sessions{Person: Person{"ann", 501}, Locked: true}, ""},
		{"ioreg is missing", map[string]Output{"stat": {Stdout: "ann\n"}, "id": {Stdout: "501\n"}}, Sessions{Person: Person{"ann", 501}}, ""},
		{"Setup Assistant does", map[string]Output{"stat": {Stdout: "_mbsetupuser\n"}}, Sessions{Setup: true}, ""},
		{"root does", map[string]Output{"stat": {Stdout: "root\n"}}, Sessions{}, "find console user: scutil does not say who is logged in behind the login window"},
		{"an account that is root's in all but name", map[string]Output{"stat": {Stdout: "toor\n"}, "id": {Stdout: "0\n"}}, Sessions{}, "find console user: scutil does not say who is logged in behind the login window"},
		{"nothing is told", nil, Sessions{}, "find console user: /usr/bin/stat: not found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := Console{Host: Host{Runner: &answers{out: row.out}}}.Sessions(t.Context())
			if got != row.want || errorText(err) != row.err {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestSessionsArguments(t *testing.T) {
	r := &answers{out: map[string]Output{"scutil": {Stdout: dictionary("Name : ann", "UID : 501")}, "ioreg": {}}}
	if _, err := (Console{Host: Host{Runner: r}}).Sessions(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []Command{
		{Path: "/usr/sbin/scutil", Stdin: "show State:/Users/ConsoleUser\n", Timeout: shortly},
		{Path: "/usr/sbin/ioreg", Args: []string{"-n", "Root", "-d1"}, Timeout: shortly},
	}
	if diff := cmp.Diff(want, r.seen); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseSessions(f *testing.F) {
	f.Add(listed("ann", "501", entry("0", "ann", "501", "TRUE"), entry("1", "bea", "502", "FALSE")))
	f.Add(listed("_mbsetupuser", "248", entry("0", "_mbsetupuser", "248", "TRUE")))
	f.Fuzz(func(t *testing.T, text string) {
		s, ok := parseSessions(text)
		switch {
		case s.Remote && (!s.Person.Nobody() || s.Setup || s.Others == 0), s.Locked:
			t.Errorf("%q: %+v", text, s)
		case s.Others < 0 || s.Others > strings.Count(text, "<dictionary> {"):
			t.Errorf("%q: %d others", text, s.Others)
		case s.Person != Person{} && (!ok || s.Person.Nobody()):
			t.Errorf("%q: %+v, %t", text, s, ok)
		}
	})
}

func TestBehind(t *testing.T) {
	ann, bea := Person{"ann", 501}, Person{"bea", 502}
	switched := listed("bea", "502", entry("0", "ann", "501", "FALSE"), entry("1", "bea", "502", "TRUE"))
	for name, row := range map[string]struct {
		out    Output
		person Person
		want   bool
	}{
		"who has left the Mac to another":     {Output{Stdout: switched}, ann, true},
		"who is at the console":               {Output{Stdout: switched}, bea, false},
		"who has logged out":                  {Output{Stdout: listed("bea", "502", entry("0", "bea", "502", "TRUE"))}, ann, false},
		"who has gone to the login window":    {Output{Stdout: listed("loginwindow", "0", entry("0", "ann", "501", "FALSE"))}, ann, true},
		"nobody":                              {Output{Stdout: switched}, Person{}, false},
		"where scutil does not end by itself": {Output{Stdout: switched, TimedOut: true}, ann, false},
	} {
		if got := (Console{Host: Host{Runner: &answers{out: map[string]Output{"scutil": row.out}}}}).Behind(t.Context(), row.person); got != row.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if (Console{Host: Host{Runner: &answers{}}}).Behind(t.Context(), ann) {
		t.Error("without scutil")
	}
}
