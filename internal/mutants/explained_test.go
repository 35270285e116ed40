package main

import (
	"math"
	"os"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestReadExplained(t *testing.T) {
	const good = "# for people\n\na/b.go f guard: x → false\n    equivalent: y says\n    the same\n\na/b.go f guard: z → false\n\taccepted: rare\n"
	list, err := readExplained(good)
	want := map[string]explanation{
		"a/b.go f guard: x → false": {"a/b.go f guard: x → false", "equivalent", "y says the same"},
		"a/b.go f guard: z → false": {"a/b.go f guard: z → false", "accepted", "rare"},
	}
	if diff := cmp.Diff(want, list, cmp.AllowUnexported(explanation{})); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, row := range []struct{ name, text, want string }{
		{"a reason without a mutant", "   equivalent: x\n", "read explanations: line 1: explains no mutant"},
		{"a mutant without a reason", "a b: c → d\n", `read explanations: no reason is given for "a b: c → d"`},
		{"a mutant that is there twice", "a\n  accepted: x\na\n", "read explanations: line 3: is there twice"},
		{
			"a reason of another kind", "a\n  whatever: x\n",
			`read explanations: line 2: begins neither with "equivalent:" nor with "accepted:"`,
		},
	} {
		if _, err := readExplained(row.text); err == nil || err.Error() != row.want {
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
		}
	}
}

// What explains a mutant that is not there any more explains nothing: `make mutants` fails for it, and so does this.
func TestEveryExplanationIsOfAMutant(t *testing.T) {
	text, err := os.ReadFile("testdata/explained.txt")
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := readExplained(string(text))
	if err != nil {
		t.Fatal(err)
	}
	tree := os.DirFS("../..")
	list, err := scopes(tree, []string{"internal/enforce", "internal/journal", "internal/macos", "internal/agent"})
	if err != nil {
		t.Fatal(err)
	}
	all := append(kinds(), kindText)
	mutants, err := mutantsOf(tree, list, all)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range stale(reasons, list, mutants, all) {
		t.Errorf("explained, and not there: %s", key)
	}
}

func TestScopes(t *testing.T) {
	tree := fstest.MapFS{
		"internal/a/a.go": {}, "internal/a/b.go": {}, "internal/a/a_test.go": {}, "internal/a/c.txt": {}, "internal/a/sub/d.go": {},
	}
	for _, row := range []struct {
		name, arg string
		want      []scope
	}{
		{"a folder is its files that are not tests", "internal/a", []scope{{"internal/a/a.go", 1, math.MaxInt}, {"internal/a/b.go", 1, math.MaxInt}}},
		{"as the go command names it", "./internal/a/", []scope{{"internal/a/a.go", 1, math.MaxInt}, {"internal/a/b.go", 1, math.MaxInt}}},
		{"a file", "internal/a/b.go", []scope{{"internal/a/b.go", 1, math.MaxInt}}},
		{"a line", "internal/a/b.go:7", []scope{{"internal/a/b.go", 7, 7}}},
		{"some lines", "internal/a/b.go:7-9", []scope{{"internal/a/b.go", 7, 9}}},
		{"what is not there", "internal/b", nil},
		{"what is no line", "internal/a/b.go:x", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := scopes(tree, []string{row.arg})
			if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(scope{})); diff != "" || (err == nil) != (row.want != nil) {
				t.Error(diff, err)
			}
		})
	}
}
