package macos

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answers is a Runner that answers by the last part of a tool's path; what it does not know is not on its Mac.
type answers struct {
	out  map[string]Output
	ends map[string]bool // tools that do not stand
	seen []Command
}

func (a *answers) Run(_ context.Context, c Command) (Output, error) {
	a.seen = append(a.seen, c)
	out, ok := a.out[filepath.Base(c.Path)]
	if !ok {
		return Output{}, &MissingError{Path: c.Path}
	}
	return out, nil
}

func (a *answers) End(int) error { return nil }

func (a *answers) Start(ctx context.Context, c Command) (Standing, error) {
	if _, err := a.Run(ctx, c); err != nil {
		return nil, err
	}
	return stands{gone: a.ends[filepath.Base(c.Path)]}, nil
}

type stands struct{ gone bool }

func (stands) Stop() {}

func (s stands) Running() bool { return !s.gone }

// argv is what was run, path and arguments, in order.
func (a *answers) argv() [][]string {
	var list [][]string
	for _, c := range a.seen {
		list = append(list, append([]string{c.Path}, c.Args...))
	}
	return list
}

// hostileTexts are texts that a tool or a shell might take for something else.
func hostileTexts() []string {
	return []string{
		"-kill", "--help", "-windowType", "$(reboot)", "`reboot`", "a\nb", "a\n-kill", `"; do shell script "reboot"`, `\" & quit & \"`,
		"'", "%s%n", "", " ", "«event aevtrrst»", "é\u202e", "\xff", "a; reboot", "& reboot", "~root", "*",
	}
}

func TestCapturedConsoleUsers(t *testing.T) {
	for _, file := range corpusFiles(t, "scutil-consoleuser") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Expected struct {
					Name   string
					UID    int
					Nobody bool
				}
			}
			person, ok := parseConsoleUser(readCorpus(t, file, &want))
			expected := Person{Name: want.Expected.Name, UID: want.Expected.UID}
			if want.Expected.Nobody {
				expected = Person{}
			}
			if !ok || person != expected || person.Nobody() != want.Expected.Nobody {
				t.Errorf("got %+v, %t; want %+v", person, ok, expected)
			}
		})
	}
}

func TestCapturedConsoleOwners(t *testing.T) {
	for _, file := range corpusFiles(t, "stat-dev-console") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct{ Expected struct{ Owner string } }
			r := &answers{out: map[string]Output{"stat": {Stdout: readCorpus(t, file, &want)}, "id": {Stdout: "501\n"}}}
			person, err := Console{Host: Host{Runner: r}}.Person(t.Context())
			owner, nobody := want.Expected.Owner, want.Expected.Owner == "root" || want.Expected.Owner == "_mbsetupuser"
			if hidden := owner == "root"; errors.Is(err, errHidden) != hidden || !hidden && err != nil || person.Nobody() != nobody || !nobody && person.Name != owner {
				t.Errorf("%s owns the console: got %+v, %v", owner, person, err)
			}
		})
	}
}

// parseConsoleUser reads who is at the console.
func parseConsoleUser(text string) (person Person, ok bool) {
	s, ok := parseSessions(text)
	return s.Person, ok
}

func dictionary(lines ...string) string {
	return "<dictionary> {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

func TestParseConsoleUser(t *testing.T) {
	session := func(uid, console, name string) []string {
		return []string{
			"SessionInfo : <array> {", "  0 : <dictionary> {", "    kCGSSessionOnConsoleKey : " + console,
			"    kCGSSessionUserIDKey : " + uid, "    kCGSessionLongUserNameKey : " + name, "  }", "}",
		}
	}
	user := func(extra []string) string {
		return dictionary(append(append([]string{"GID : 20", "Name : ann"}, extra...), "UID : 501")...)
	}
	ann := Person{Name: "ann", UID: 501}
	for _, row := range []struct {
		name, text string
		want       Person
		ok         bool
	}{
		{"a name goes to the end of its line, spaces included", dictionary("Name : ann b. lee", "UID : 501"), Person{"ann b. lee", 501}, true},
		{"a name may hold the separator", dictionary("Name : a : b", "UID : 501"), Person{"a : b", 501}, true},
		{"line ends of a terminal are no part of a name", strings.ReplaceAll(dictionary("Name : ann", "UID : 501"), "\n", "\r\n"), ann, true},
		{"the session on the console is the person's", user(session("501", "TRUE", "Ann")), ann, true},
		{"another's session is on the console", user(session("502", "TRUE", "Bea")), Person{}, true},
		{"another's session is not on the console", user(session("502", "FALSE", "Bea")), ann, true},
		{"a full name that ends in a brace opens nothing", user(session("501", "TRUE", "Ann {")), ann, true},
		{"a full name that is a brace closes nothing", user(session("501", "TRUE", "}")), ann, true},
		{"a full name that words a key is a name", user(session("501", "TRUE", "Name : root")), ann, true},
		{"the login window is nobody", dictionary("Name : loginwindow", "UID : 0"), Person{}, true},
		{"Setup Assistant is nobody", dictionary("Name : _mbsetupuser", "UID : 248"), Person{}, true},
		{"root is nobody", dictionary("Name : root", "UID : 0"), Person{}, true},
		{"a name without an id is nobody", dictionary("Name : ann"), Person{}, true},
		{"an id that is no number says nothing", dictionary("Name : ann", "UID : $(id)"), Person{}, false},
		{"nor does one that no user has", dictionary("Name : ann", "UID : 10000000000000000000"), Person{}, false},
		{"a negative id is nobody", dictionary("Name : ann", "UID : -2"), Person{}, true},
		{"an empty name is nobody", dictionary("Name : ", "UID : 501"), Person{}, true},
		{"no such key is nobody", "  No such key\n", Person{}, true},
		{"nothing at all says nothing", "", Person{}, false},
		{"a dictionary without a name says nothing", dictionary("UID : 501"), Person{}, false},
		{"other text says nothing", "scutil: crashed\n", Person{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if person, ok := parseConsoleUser(row.text); person != row.want || ok != row.ok {
				t.Errorf("got %+v, %t; want %+v, %t", person, ok, row.want, row.ok)
			}
		})
	}
}

func TestConsoleAsksTheOwnerOfTheConsoleWhereScutilIsSilent(t *testing.T) {
	for _, row := range []struct {
		name string
		out  map[string]Output
		want Person
		err  bool
	}{
		{"scutil knows", map[string]Output{"scutil": {Stdout: dictionary("Name : ann lee", "UID : 501")}}, Person{"ann lee", 501}, false},
		{"scutil is silent", map[string]Output{"scutil": {}, "stat": {Stdout: "ann\n"}, "id": {Stdout: "502\n"}}, Person{"ann", 502}, false},
		{"scutil hangs", map[string]Output{"scutil": {TimedOut: true, Code: -1}, "stat": {Stdout: "root\n"}}, Person{}, true},
		{"Setup Assistant needs no scutil", map[string]Output{"scutil": {}, "stat": {Stdout: "_mbsetupuser\n"}}, Person{}, false},
		{"id says root", map[string]Output{"stat": {Stdout: "ann\n"}, "id": {Stdout: "0\n"}}, Person{}, true},
		{"nothing knows", map[string]Output{"scutil": {}, "stat": {Code: 1}}, Person{}, true},
		{"there is no tool", nil, Person{}, true},
		{"id is missing", map[string]Output{"stat": {Stdout: "ann\n"}}, Person{}, true},
		{"id says no number", map[string]Output{"stat": {Stdout: "quillfeather\n"}, "id": {Stdout: "id: quillfeather: no such user\n"}}, Person{}, true},
		{"id says a number that no user has", map[string]Output{"stat": {Stdout: "ann\n"}, "id": {Stdout: "10000000000\n"}}, Person{}, true},
		{"id says a negative number", map[string]Output{"stat": {Stdout: "ann\n"}, "id": {Stdout: "-2\n"}}, Person{}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := &answers{out: row.out}
			person, err := Console{Host: Host{Runner: r}}.Person(t.Context())
			if err == nil && person != row.want || (err != nil) != row.err {
				t.Errorf("got %+v, %v; want %+v, error %t", person, err, row.want, row.err)
			}
			if err != nil && strings.Contains(err.Error(), "quillfeather") {
				t.Errorf("the error names the person: %v", err)
			}
		})
	}
}

func TestConsoleArguments(t *testing.T) {
	r := &answers{out: map[string]Output{"scutil": {}, "stat": {Stdout: "ann\n"}, "id": {Stdout: "501\n"}}}
	if _, err := (Console{Host: Host{Runner: r}}).Person(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []Command{
		{Path: "/usr/sbin/scutil", Stdin: "show State:/Users/ConsoleUser\n", Timeout: shortly},
		{Path: "/usr/bin/stat", Args: []string{"-f%Su", "/dev/console"}, Timeout: shortly},
		{Path: "/usr/bin/id", Args: []string{"-u", "ann"}, Timeout: shortly},
	}
	if diff := cmp.Diff(want, r.seen); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseConsoleUser(f *testing.F) {
	f.Add(dictionary("Name : ann", "UID : 501"))
	f.Add("  No such key\n")
	f.Add("Name : ann\nUID : 10000000000000000000")
	f.Add("  Name : loginwindow\n  UID : 0\n")
	f.Add("<dictionary> {\n  SessionInfo : <array> {\n    0 : <dictionary> {\n      kCGSSessionOnConsoleKey : TRUE\n")
	f.Fuzz(func(t *testing.T, text string) {
		person, ok := parseConsoleUser(text)
		if person != (Person{}) && (!ok || person.Nobody() || strings.ContainsAny(person.Name, "\r\n") || person.UID <= 0) {
			t.Errorf("%q is taken for %+v, %t", text, person, ok)
		}
		if person.UID != 0 && !strings.Contains(text, strconv.Itoa(person.UID)) && !strings.Contains(text, "UID : +") && !strings.Contains(text, "UID : 0") {
			t.Errorf("%q holds no user id %d", text, person.UID)
		}
	})
}

func errorIs[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}
