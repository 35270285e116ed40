package cli_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
	"github.com/install-or-defer/install-or-defer/internal/universal"
)

// TestTheWalkThroughJamfIsTrue runs docs/jamf.md, command by command, and compares what is printed with what it says. A line
// that is nothing but … stands for any lines, and … in a line for anything.
func TestTheWalkThroughJamfIsTrue(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "jamf.md"))
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{t: t, folder: t.TempDir(), daemon: builtDaemon(t)}
	commands, written := 0, false
	for _, block := range regexp.MustCompile("(?ms)^```(yaml|console)\n(.*?)^```").FindAllStringSubmatch(string(page), -1) {
		if block[1] == "yaml" {
			if !written { // the others are parts of files
				w.write("install-or-defer.yaml", block[2])
			}
			written = true
			continue
		}
		for _, step := range strings.Split("\n"+block[2], "\n$ ")[1:] {
			command, said, _ := strings.Cut(strings.TrimSuffix(step, "\n"), "\n")
			commands++
			w.step(command, said)
			if t.Failed() {
				return
			}
		}
	}
	const least = 20
	if commands < least {
		t.Errorf("only %d commands are found", commands)
	}
}

// TestTheListOfPrivilegesIsFresh fills in the list of the page.
func TestTheListOfPrivilegesIsFresh(t *testing.T) {
	d, problems := deployment.Load("f", []byte("jamf: {category: A, extension_attributes: {}, groups: [{name: a, criteria: {serial: {is: a}}}], "+
		"profile: {}, policy: {}, uninstall: {}, stages: [{name: a, groups: [a]}]}"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	state, err := rollout.ReadState(nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rollout.New(rollout.Config{Deployment: d, State: state})
	if err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	for _, task := range rollout.Tasks() {
		fmt.Fprintf(&list, "- to %s: %s\n", task, strings.Join(r.Privileges(task), ", "))
	}
	have, err := os.ReadFile(filepath.Join(root, "docs", "jamf.md"))
	if err != nil {
		t.Fatal(err)
	}
	fresh(t, "docs/jamf.md", fill(string(have), "privileges", list.String()))
}

// builtDaemon is a file with the daemon: a release brings it along, and a test does not.
func builtDaemon(t *testing.T) string {
	t.Helper()
	daemon, err := universal.Build(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "install-or-deferd")
	if err := os.WriteFile(file, daemon, 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

// walk is a walk through a page.
type walk struct {
	t              *testing.T
	folder, daemon string
	env            []string
	url            string // of the server that was started
}

func (w *walk) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.folder, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// step runs a command.
func (w *walk) step(command, said string) {
	w.t.Helper()
	if strings.HasPrefix(command, "install-or-defer dev jamf-server") {
		w.serve(command, said)
		return
	}
	run := command
	if strings.HasPrefix(command, "install-or-defer pkg build") {
		run += " --daemon '" + w.daemon + "'"
	}
	c := exec.CommandContext(w.t.Context(), "sh", "-c", run)
	c.Dir, c.Env = w.folder, append(os.Environ(), w.env...)
	out, err := c.CombinedOutput()
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code, err = exit.ExitCode(), nil
	}
	due := strings.HasPrefix(command, "install-or-defer jamf plan") && code == 3
	if err != nil || code != 0 && !due {
		w.t.Fatalf("$ %s\nexit code %d, %v\n%s", command, code, err, out)
	}
	w.compare(command, said, string(out))
}

// serve starts the server on a port that is free, for as long as the test runs.
func (w *walk) serve(command, said string) {
	w.t.Helper()
	c := exec.Command("sh", "-c", "exec "+command+" --address 127.0.0.1:0") // it outlives the test's context by its own end
	c.Dir = w.folder
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		if err := c.Wait(); err != nil {
			w.t.Errorf("the server ends with %v %s", err, complaints.String())
		}
	})
	scanner := bufio.NewScanner(out)
	var printed []string
	for range strings.Split(said, "\n") {
		if !scanner.Scan() {
			w.t.Fatalf("the server says no more than %q, %s", printed, complaints.String())
		}
		printed = append(printed, scanner.Text())
		set, _ := strings.CutPrefix(scanner.Text(), "export ")
		w.env = append(w.env, set)
		if url, ok := strings.CutPrefix(set, "JAMF_URL="); ok {
			w.url = url
		}
	}
	w.compare(command, said, strings.Join(printed, "\n"))
}

// compare holds what was printed against what the page says.
func (w *walk) compare(command, said, printed string) {
	w.t.Helper()
	plain := func(text string) string {
		text = strings.ReplaceAll(text, w.url, "http://127.0.0.1:8480")
		return regexp.MustCompile(` +`).ReplaceAllString(strings.TrimSpace(text), " ")
	}
	var pattern strings.Builder
	pattern.WriteString(`\A`)
	for _, line := range strings.Split(said, "\n") {
		if strings.TrimSpace(line) == "…" {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		parts := strings.Split(plain(line), "…")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern.WriteString(` ?` + strings.Join(parts, `.*`) + ` ?\n`)
	}
	got := plain(printed) + "\n"
	if said == "" {
		pattern.WriteString(`(?s:.*)`)
	}
	if !regexp.MustCompile(pattern.String() + `\z`).MatchString(got) {
		w.t.Errorf("$ %s\nprints\n%s\nand the page says\n%s", command, printed, said)
	}
}
