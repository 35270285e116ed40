package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// An outcome is what became of a mutant.
type outcome string

// The outcomes.
const (
	killed    outcome = "killed"    // a test failed
	stuck     outcome = "stuck"     // its tests did not come to an end in time, which a person would notice too
	survived  outcome = "survived"  // all tests passed
	unviable  outcome = "unviable"  // it does not compile, so it is none
	explained outcome = "explained" // it was not tried, since it is known why no test can tell
)

// A bench is where mutants are compiled and tested. The checkout is only read: the compiler is given a file of another
// place instead of the one in it.
type bench struct {
	root  string // of the module
	temp  string // for what is compiled
	cache string // the compiler's
	limit time.Duration
	quick bool           // run the short tests only
	slow  *regexp.Regexp // the tests that are worth it only if no other has failed
}

// stages are the arguments with which the tests of a folder are run, one after the other, until one of them fails.
func (b *bench) stages(folder string) [][]string {
	quick := []string{"-test.short"}
	var whole []string
	if b.drawsRandomly(folder) {
		whole = []string{"-rapid.nofailfile", "-rapid.shrinktime=1ms"} // that it fails is enough
		quick = append(quick, whole...)
	}
	if b.slow != nil {
		quick = append(quick, "-test.skip="+b.slow.String())
	}
	if b.quick {
		return [][]string{quick}
	}
	return [][]string{quick, whole}
}

// drawsRandomly tells whether the tests of a folder know the flags of package rapid.
func (b *bench) drawsRandomly(folder string) bool {
	tests, _ := filepath.Glob(filepath.Join(b.root, folder, "*_test.go"))
	for _, test := range tests {
		if text, err := os.ReadFile(test); err == nil && strings.Contains(string(text), `"pgregory.net/rapid"`) {
			return true
		}
	}
	return false
}

// sound tells whether the tests of a folder pass as it is. If not, no mutant can be told from it.
func (b *bench) sound(ctx context.Context, folder string) error {
	program := filepath.Join(b.temp, "sound.test")
	if text, err := b.compile(ctx, folder, program, nil); err != nil {
		return fmt.Errorf("compile tests of %s: %w\n%s", folder, err, text)
	}
	for _, args := range b.stages(folder) {
		if text, err := b.test(ctx, folder, program, args); err != nil {
			return fmt.Errorf("run tests of %s, as they are: %w\n%s", folder, err, text)
		}
	}
	return nil
}

// try compiles and tests one mutant. The place is the worker's own. By names the test that failed first.
func (b *bench) try(ctx context.Context, m mutant, place string) (o outcome, by string, err error) {
	original := filepath.Join(b.root, filepath.FromSlash(m.File))
	source, err := os.ReadFile(original)
	if err != nil {
		return "", "", fmt.Errorf("try mutant: %w", err)
	}
	changed, overlay := filepath.Join(place, "mutant.go"), filepath.Join(place, "overlay.json")
	plan, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	if err != nil {
		return "", "", fmt.Errorf("try mutant: %w", err)
	}
	if err := errors.Join(os.WriteFile(changed, m.apply(source), 0o600), os.WriteFile(overlay, plan, 0o600)); err != nil {
		return "", "", fmt.Errorf("try mutant: %w", err)
	}
	program := filepath.Join(place, "mutant.test")
	if _, err := b.compile(ctx, m.folder(), program, []string{"-overlay", overlay}); err != nil {
		return unviable, "", ctx.Err()
	}
	for _, args := range b.stages(m.folder()) {
		text, failure := b.test(ctx, m.folder(), program, args)
		switch {
		case ctx.Err() != nil:
			return "", "", ctx.Err()
		case failure == nil:
		case errors.Is(failure, context.DeadlineExceeded), strings.Contains(text, "panic: test timed out"):
			return stuck, "", nil
		default:
			return killed, firstFailure(text), nil
		}
	}
	return survived, "", nil
}

func (b *bench) compile(ctx context.Context, folder, program string, more []string) (string, error) {
	args := append([]string{"test", "-c", "-o", program}, more...)
	cmd := exec.CommandContext(ctx, "go", append(args, "./"+folder)...)
	cmd.Dir = b.root
	cmd.Env = append(cmd.Environ(), "GOCACHE="+b.cache, "GOFLAGS=")
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// test runs compiled tests. A mutant may take memory without end, so there is an end to it.
func (b *bench) test(ctx context.Context, folder, program string, args []string) (string, error) {
	const script = `ulimit -v 8000000 2>/dev/null; exec "$@"`
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	args = append([]string{"-c", script, "sh", program, "-test.failfast", "-test.timeout=" + b.limit.String()}, args...)
	cmd := exec.CommandContext(ctx, "sh", args...)
	cmd.Dir = filepath.Join(b.root, folder)
	cmd.WaitDelay = time.Second
	text, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return string(text), err
}

// firstFailure is the name of the first test that an output says has failed.
func firstFailure(text string) string {
	if _, rest, found := strings.Cut(text, "--- FAIL: "); found {
		name, _, _ := strings.Cut(rest, " ")
		return name
	}
	if strings.Contains(text, "panic: ") || strings.Contains(text, "fatal error: ") {
		return "a panic"
	}
	return ""
}
