package cli_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/install-or-defer/install-or-defer/internal/cli"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

var update = flag.Bool("update", false, "write what the tests compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"install-or-defer": func() {
			os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
		},
		"quill": standInQuill,
	})
}

// TestScripts plays the scripts in testdata/script, each a user at work.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: filepath.Join("testdata", "script"), UpdateScripts: *update})
}

// run runs a command line and returns what it prints.
func run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Main(args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
	return out.String(), errs.String(), code
}

const root = "../.."

// fresh compares a file of the repository with what it should hold, or writes it.
func fresh(t *testing.T, name, want string) {
	t.Helper()
	path := filepath.Join(root, name)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(have)); diff != "" {
		t.Errorf("%s is stale; go test ./internal/cli -update writes it anew (-want +have):\n%s", name, diff)
	}
}

func TestTranscriptIsFresh(t *testing.T) {
	stdout, _, code := run(t, "simulate")
	if code != 0 {
		t.Fatalf("simulate ends with %d", code)
	}
	fresh(t, "docs/transcript.txt", stdout)
}

func TestSettingsReferenceIsFresh(t *testing.T) {
	fresh(t, "docs/settings.md", "# Settings\n\nThis page is made from the table of keys in `internal/settings`; a test fails when it is stale.\n\n"+
		settings.Markdown())
}

// TestReadmeIsFresh fills the README's marked parts: the beginning and the end of the transcript, and the table of keys.
func TestReadmeIsFresh(t *testing.T) {
	stdout, _, _ := run(t, "simulate")
	lines := strings.Split(strings.TrimRight(stdout, "\n"), "\n")
	excerpt := strings.Join(lines[:34], "\n") + "\n\n  …\n\n" + strings.Join(lines[len(lines)-71:], "\n")
	var table strings.Builder
	table.WriteString("| Key | Type | Default | What it does |\n|---|---|---|---|\n")
	for _, key := range settings.Table() {
		table.WriteString(settings.MarkdownRow(key))
	}
	path := filepath.Join(root, "README.md")
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := fill(fill(string(have), "transcript", "```text\n"+excerpt+"\n```\n"), "settings", table.String())
	fresh(t, "README.md", want)
}

// fill replaces what stands between the markers of a name.
func fill(text, name, with string) string {
	pattern := regexp.MustCompile(`(?s)(<!-- ` + name + ` -->\n).*?(<!-- /` + name + ` -->)`)
	return pattern.ReplaceAllStringFunc(text, func(found string) string {
		parts := pattern.FindStringSubmatch(found)
		return parts[1] + with + parts[2]
	})
}
