//go:build unix

package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// bare is a machine with nothing on it, and with no way to change it.
type bare struct{ touched *[]string }

func (bare) Run(_ context.Context, c macos.Command) (macos.Output, error) {
	return macos.Output{}, &macos.MissingError{Path: c.Path}
}

func (bare) End(int) error { return nil }

func (bare) Start(_ context.Context, c macos.Command) (macos.Standing, error) {
	return nil, &macos.MissingError{Path: c.Path}
}

func (bare) Read(string, int64) ([]byte, error)         { return nil, fs.ErrNotExist }
func (bare) Stat(string) (macos.Entry, error)           { return macos.Entry{}, fs.ErrNotExist }
func (b bare) Remove(path string) error                 { return b.touch(path) }
func (b bare) Lock(path string) (func(), error)         { return func() {}, b.touch(path) }
func (bare) Now() time.Time                             { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }
func (bare) Sleep(context.Context, time.Duration) error { return nil }

func (b bare) Write(path string, _ []byte, _ fs.FileMode) error { return b.touch(path) }

func (b bare) touch(path string) error {
	*b.touched = append(*b.touched, path)
	return fs.ErrPermission
}

// called calls the program on a bare machine.
func called(root, terminal bool, args ...string) (code int, out, errOut string, touched []string) {
	var o, e bytes.Buffer
	b := bare{&touched}
	p := program{out: &o, errOut: &e, terminal: terminal, agent: &agent.Agent{
		Host: macos.Host{Runner: b, Tree: b, Lister: b, Clock: b}, Root: root, Built: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	}}
	code = p.main(context.Background(), args)
	return code, o.String(), e.String(), touched
}

func TestCommandLine(t *testing.T) {
	for _, row := range []struct {
		name     string
		args     []string
		code     int
		out, err string // what is contained
	}{
		{"no command is wrong usage", nil, 2, "", "Usage: install-or-deferd <command>"},
		{"an unknown command is wrong usage", []string{"postpone"}, 2, "", `unknown command "postpone"`},
		{"an unknown flag is wrong usage", []string{"status", "--yaml"}, 2, "", "status: flag provided but not defined"},
		{"run has no JSON", []string{"run", "--json"}, 2, "", "run: flag provided but not defined"},
		{"an argument too many is wrong usage", []string{"run", "now"}, 2, "", `run: unexpected argument "now"`},
		{"help is no error", []string{"help"}, 0, "Usage:", ""},
		{"help is found where it is looked for", []string{"--help"}, 0, "Usage:", ""},
		{"and after a command", []string{"doctor", "-h"}, 0, "Usage:", ""},
		{"the version is told", []string{"version"}, 0, "install-or-deferd 1.0.0", ""},
		{"and as a flag", []string{"--version"}, 0, "install-or-deferd 1.0.0", ""},
		{"run needs root", []string{"run"}, 1, "", "install-or-deferd: must run as root\nhint: sudo install-or-deferd run\n"},
		{"reset needs root", []string{"reset"}, 1, "", "hint: sudo install-or-deferd reset\n"},
		{"uninstall needs root", []string{"uninstall"}, 1, "", "hint: sudo install-or-deferd uninstall\n"},
		{"status needs nothing", []string{"status"}, 0, "Phase", ""},
		{"explain needs nothing", []string{"explain"}, 0, "A turn that starts now looks for updates.", ""},
		{"doctor fails where something is missing", []string{"doctor"}, 1, "fail", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			code, out, errOut, touched := called(false, false, row.args...)
			if code != row.code || !strings.Contains(out, row.out) || !strings.Contains(errOut, row.err) || (row.err == "") != (errOut == "") {
				t.Errorf("exit %d\n%s\n%s", code, out, errOut)
			}
			if len(touched) > 0 {
				t.Errorf("touched %q", touched)
			}
		})
	}
}

func TestRunNamesWhatIsMissingOnce(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		code, _, errOut, touched := called(true, terminal, "run")
		if code != 1 || strings.Count(errOut, "Missing: /usr/sbin/softwareupdate") != 1 ||
			!strings.Contains(errOut, "\ninstall-or-deferd: tools are missing") || !strings.Contains(errOut, "\nhint: this is not a Mac") {
			t.Errorf("terminal: %t: exit %d\n%s", terminal, code, errOut)
		}
		if len(touched) > 0 {
			t.Errorf("touched %q", touched)
		}
	}
}

func TestReportsAsJSON(t *testing.T) {
	for word, key := range map[string]string{"status": "phase", "explain": "decision"} {
		_, out, _, _ := called(false, false, word, "--json")
		var value map[string]any
		if err := json.Unmarshal([]byte(out), &value); err != nil || value[key] == nil {
			t.Errorf("%s: %v\n%s", word, err, out)
		}
	}
	_, out, _, _ := called(false, false, "doctor", "--json")
	var checks []agent.Check
	if err := json.Unmarshal([]byte(out), &checks); err != nil || len(checks) < 10 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestMainPrintsToFiles(t *testing.T) {
	dir := t.TempDir()
	out, err := os.Create(filepath.Join(dir, "out"))
	must(t, err)
	errOut, err := os.Create(filepath.Join(dir, "err"))
	must(t, err)
	if code := Main(t.Context(), []string{"help"}, out, errOut); code != 0 {
		t.Error(code)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil || !strings.HasPrefix(string(text), "Usage: ") {
		t.Errorf("%q, %v", text, err)
	}
	must(t, out.Close())
	if code := Main(t.Context(), []string{"help"}, out, errOut); code != 1 {
		t.Error("a result that cannot be printed is no failure", code)
	}
}

func TestBuiltIsADate(t *testing.T) {
	if b := Built(); b.Before(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error(b)
	}
	if !strings.HasPrefix(Version(), "1.") || strings.ContainsAny(Version(), "\n") {
		t.Errorf("%q", Version())
	}
}
