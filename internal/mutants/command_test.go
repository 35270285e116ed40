package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	program = `package p

func Sign(n int) int {
	if n > 10 {
		return 2
	}
	if n < 0 {
		return -1
	}
	return 0
}

func Count(n int) (sum int) {
	for n != 0 {
		n--
		sum++
	}
	return sum
}
`
	programTest = `package p

import "testing"

func TestSign(t *testing.T) {
	if Sign(-5) != -1 || Sign(5) != 0 {
		t.Error("wrong")
	}
}

func TestCount(t *testing.T) {
	if Count(3) != 3 {
		t.Error("wrong")
	}
}
`
)

// module makes a module with a program whose tests are not good, and returns its folder and the compiler's cache.
func module(t *testing.T) (root, cache string) {
	t.Helper()
	root = t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26\n", "p/p.go": program, "p/p_test.go": programTest,
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return root, strings.TrimSpace(string(out))
}

// outcomes are what a record says became of each mutant, in short.
func outcomes(t *testing.T, path string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for line := range bytes.Lines(data) {
		var r result
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		list[strings.TrimPrefix(r.Mutant, "p/p.go ")] = strings.TrimSpace(string(r.Outcome) + " " + r.By)
	}
	return list
}

func TestTheCommandTellsWhichMistakesNobodyWouldNotice(t *testing.T) {
	root, cache := module(t)
	record, report := filepath.Join(root, "record"), filepath.Join(root, "report.json")
	args := []string{"-root", root, "-cache", cache, "-record", record, "-json", report, "-explained", "why.txt", "-limit", "3s"}
	var out bytes.Buffer
	if code := command(t.Context(), append(args, "-kinds", "compare,guard,statement", "p/p.go:4-8", "p/p.go:15"), &out); code != 1 {
		t.Fatalf("exit status %d\n%s", code, &out)
	}
	want := map[string]string{
		"Sign guard: n > 10 → false":     "survived",
		"Sign compare: n > 10 → n >= 10": "survived",
		"Sign compare: n > 10 → n <= 10": "killed TestSign",
		"Sign guard: n < 0 → false":      "killed TestSign",
		"Sign compare: n < 0 → n <= 0":   "survived",
		"Sign compare: n < 0 → n >= 0":   "killed TestSign",
		"Count statement: n-- → nothing": "stuck",
	}
	if diff := cmp.Diff(want, outcomes(t, record)); diff != "" {
		t.Errorf("%s\n%s", diff, &out)
	}
	if !strings.HasSuffix(out.String(), "p: 7 mutants, 4 killed, 0 explained as equivalent, 0 accepted, 3 survived\n") {
		t.Errorf("it says\n%s", &out)
	}
	after, err := os.ReadFile(filepath.Join(root, "p/p.go"))
	if err != nil || string(after) != program {
		t.Errorf("the program has changed: %v", err)
	}
}

func TestWhatIsExplainedIsNoSurvivor(t *testing.T) {
	root, cache := module(t)
	list := "p/p.go Sign compare: n > 10 → n >= 10\n    accepted: ten is rare\n"
	if err := os.WriteFile(filepath.Join(root, "why.txt"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-root", root, "-cache", cache, "-explained", "why.txt", "-kinds", "compare"}
	var out bytes.Buffer
	if code := command(t.Context(), append(args, "p/p.go:4"), &out); code != 0 {
		t.Errorf("exit status %d\n%s", code, &out)
	}
	list += "p/p.go Sign compare: n > 11 → n >= 11\n    accepted: is not there\n"
	if err := os.WriteFile(filepath.Join(root, "why.txt"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if code := command(t.Context(), append(args, "-record", "", "p/p.go"), &out); code != 1 ||
		!strings.Contains(out.String(), "explained, and not there: p/p.go Sign compare: n > 11 → n >= 11\n") {
		t.Errorf("exit status %d\n%s", code, &out)
	}
}

func TestARunGoesOnWhereItWas(t *testing.T) {
	root, cache := module(t)
	record := filepath.Join(root, "record")
	args := []string{"-root", root, "-cache", cache, "-record", record, "-kinds", "compare", "p/p.go:7"}
	var out bytes.Buffer
	command(t.Context(), args, &out)
	before := outcomes(t, record)
	tests := strings.Replace(programTest, "Sign(5) != 0", "Sign(5) != 0 || Sign(0) != 0", 1)
	if err := os.WriteFile(filepath.Join(root, "p/p_test.go"), []byte(tests), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := command(t.Context(), args, &out); code != 0 {
		t.Errorf("exit status %d\n%s", code, &out)
	}
	data, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	const edge = "Sign compare: n < 0 → n <= 0"
	if lines := bytes.Count(data, []byte("\n")); lines != 3 || before[edge] != "survived" || outcomes(t, record)[edge] != "killed TestSign" {
		t.Errorf("%d lines: %v", lines, before)
	}
}

func TestWhereTheTestsFailAnywayNothingIsTold(t *testing.T) {
	root, cache := module(t)
	tests := strings.Replace(programTest, "Count(3) != 3", "Count(3) != 4", 1)
	if err := os.WriteFile(filepath.Join(root, "p/p_test.go"), []byte(tests), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := command(t.Context(), []string{"-root", root, "-cache", cache, "-kinds", "compare", "p/p.go:7"}, &out)
	if code != 2 || !strings.Contains(out.String(), "mutants: run tests of p, as they are: ") {
		t.Errorf("exit status %d\n%s", code, &out)
	}
}
