package main

import (
	"fmt"
	"go/format"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	for _, row := range []struct {
		name, code string
		want       []string
	}{
		{"an edge moves, and a comparison turns round", "_ = a < b", []string{"compare: a < b → a <= b", "compare: a < b → a >= b"}},
		{"what is the same becomes another", "_ = a == b", []string{"compare: a == b → a != b"}},
		{
			"what stands under a condition is never done, or done otherwise", "if yes { a++ }",
			[]string{
				"negate: yes → the opposite", "guard: yes → false", "statement: a++ → nothing", "arith: a++ → a--",
			},
		},
		{"a not is dropped", "if !yes { return }", []string{"guard: !yes → false", "negate: !yes → the opposite"}},
		{
			"each part of a condition may not count", "_ = yes && a > 1",
			[]string{
				"operand: yes → true", "operand: yes && a > 1 → yes || a > 1", "operand: a > 1 → true",
				"compare: a > 1 → a >= 1", "compare: a > 1 → a <= 1", "constant: 1 → 2", "constant: 1 → 0",
			},
		},
		{"of three parts none is dropped twice", "_ = yes || no || maybe", []string{
			"operand: yes → false", "operand: yes || no → yes && no", "operand: no → false",
			"operand: yes || no || maybe → yes || no && maybe", "operand: maybe → false",
		}},
		{"an assignment is not made", "a = b", []string{"statement: a = b → nothing"}},
		{"a variable stays", "c := b; _ = c", nil},
		{"a call is not made", "call(b)", []string{"statement: call(b) → nothing"}},
		{"a sum becomes a difference", "a += b * -c", []string{
			"statement: a += b * -c → nothing", "arith: a += b * -c → a -= b * -c", "arith: b * -c → b / -c", "arith: -c → c",
		}},
		{"the least becomes the most", "c := min(a, b)", []string{"arith: min → max"}},
		{"a variable called min does not", "_ = min", nil},
		{"a loop does not run", "for range a { call(b) }", []string{"loop: { call(b) } → break", "statement: call(b) → nothing"}},
		{"the end of a round stays", "for a = b; a < c; a++ {}", []string{
			"compare: a < c → a <= c", "compare: a < c → a >= c", "arith: a++ → a--", "loop: {} → break",
		}},
		{"a case is missing, or holds when it should not", "switch { case yes: a = b }", []string{
			"negate: yes → the opposite", "case: yes → false", "statement: a = b → nothing",
		}},
		{"of several values of a case one is missing", "switch a { case b, c: call(a) }", []string{
			"case: case b, c: call(a) → nothing", "case: b → nothing", "case: c → nothing", "statement: call(a) → nothing",
		}},
		{"an answer is the opposite", "_ = func() (int, bool) { return a, yes }", []string{"negate: yes → the opposite"}},
		{"true is false", "yes = true", []string{"statement: yes = true → nothing", "constant: true → false"}},
		{"a text is another, where that is asked for", `_ = "word" + ""`, []string{
			`text: "word" → ""`, `arith: "word" + "" → "word" - ""`, `text: "" → "mutant"`,
		}},
		{"the mode of a file and the length of a type are left alone", "_ = [7]bool{}; a = 0o644", []string{"statement: a = 0o644 → nothing"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			found, err := find("f.go", []byte("package p\n\nfunc f() { "+row.code+" }\n"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range found {
				got = append(got, fmt.Sprintf("%s: %s → %s", m.Kind, m.Before, m.After))
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAMutantIsNamedByItsFunction(t *testing.T) {
	const source = "package p\n\nconst most = 3\n\nfunc (t *turn) ask() { a = b\n a = b }\n\nfunc (s Scope) all() { s.x = 1 }\n"
	found, err := find("q/f.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range found {
		got = append(got, fmt.Sprintf("%d: %s", m.Line, m.key()))
	}
	want := []string{
		"3: q/f.go - constant: 3 → 4", "3: q/f.go - constant: 3 → 2",
		"5: q/f.go turn.ask statement: a = b → nothing", "6: q/f.go turn.ask statement: a = b → nothing #2",
		"8: q/f.go Scope.all statement: s.x = 1 → nothing",
		"8: q/f.go Scope.all constant: 1 → 2", "8: q/f.go Scope.all constant: 1 → 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever mistake is made in the core, what comes of it is still Go, another text than before, and has a name of its own.
func TestEveryMutantOfTheCoreIsGo(t *testing.T) {
	tree := os.DirFS("../..")
	list, err := scopes(tree, []string{"internal/enforce", "internal/journal"})
	if err != nil {
		t.Fatal(err)
	}
	mutants, err := mutantsOf(tree, list, append(kinds(), kindText))
	if err != nil || len(mutants) < 500 {
		t.Fatalf("%d mutants, %v", len(mutants), err)
	}
	names := map[string]bool{}
	for _, m := range mutants {
		source, err := os.ReadFile(path.Join("../..", m.File))
		if err != nil {
			t.Fatal(err)
		}
		changed := m.apply(source)
		if _, err := format.Source(changed); err != nil || string(changed) == string(source) || names[m.key()] {
			t.Errorf("%d: %s: %v", m.Line, m.key(), err)
		}
		if strings.Count(string(changed[:m.from]), "\n") != m.Line-1 {
			t.Errorf("%s is not on line %d", m.key(), m.Line)
		}
		names[m.key()] = true
	}
}
