package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// TestExitCodes holds the codes that pipelines go by: 2 for what was called or written wrongly, 1 for what could not be done.
func TestExitCodes(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	for row, test := range map[string]struct {
		args string
		code int
	}{
		"help":                         {"pkg", 0},
		"the version":                  {"--version", 0},
		"a command that is none":       {"pkg sgin", 2},
		"help about none":              {"help pkg sgin", 2},
		"an argument too many":         {"pkg build here", 2},
		"an argument too few":          {"updates", 2},
		"a flag that is none":          {"simulate --sede 4", 2},
		"a flag that is no number":     {"simulate --seed four", 2},
		"a file that is not there":     {"settings check " + missing, 1},
		"a scenario that is not there": {"simulate " + missing, 1},
		"a folder that is not there":   {"profile --output " + filepath.Join(missing, "x"), 1},
	} {
		t.Run(row, func(t *testing.T) {
			stdout, stderr, code := run(t, strings.Fields(test.args)...)
			if code != test.code {
				t.Errorf("%s ends with %d, not %d\n%s%s", test.args, code, test.code, stdout, stderr)
			}
		})
	}
}

// TestScenariosOfThePagePlay plays the examples of docs/scenarios.md, and holds the page to the kinds of faults there are.
func TestScenariosOfThePagePlay(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "scenarios.md"))
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(examples) == 0 {
		t.Error("the page has no example")
	}
	for _, example := range examples {
		file := filepath.Join(t.TempDir(), "my.yaml")
		if err := os.WriteFile(file, example[1], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, stderr, code := run(t, "simulate", file); code != 0 {
			t.Errorf("simulate ends with %d\n%s", code, stderr)
		}
	}
	for _, kind := range sim.FaultKinds() {
		if !strings.Contains(string(page), " "+kind) {
			t.Errorf("the page does not name the fault %s", kind)
		}
	}
}
