package main

import (
	"cmp"
	"fmt"
	"strings"
)

// A mutant is one small mistake in one place of one file.
type mutant struct {
	File   string // from the root of the module, with slashes
	Line   int
	Func   string // the function it is in, as "turn.ask"; empty outside of any
	Kind   string // what is done to the code: one of the kinds
	Before string // the text in whose place After is put, both in short
	After  string
	Nth    int // counts the mutants of a function that are otherwise named the same, from 1

	from, to int    // the bytes of the file that are replaced
	text     string // what they are replaced by
}

// The kinds of mistakes.
const (
	kindNegate    = "negate"    // a condition says the opposite
	kindGuard     = "guard"     // what stands under a condition is never done
	kindOperand   = "operand"   // a part of a condition does not count
	kindCompare   = "compare"   // < becomes <= or >=, == becomes !=
	kindStatement = "statement" // a statement is not done
	kindConstant  = "constant"  // true becomes false, a number is one more or less
	kindArith     = "arith"     // + becomes -, min becomes max
	kindLoop      = "loop"      // a loop does not run
	kindCase      = "case"      // a case of a switch is missing
	kindText      = "text"      // a text is another one
)

// kinds lists the kinds of mistakes that are made unless others are asked for. Texts are left out: most of them are for
// people, and a test for each would only say them twice.
func kinds() []string {
	return []string{
		kindNegate, kindGuard, kindOperand, kindCompare, kindStatement, kindConstant, kindArith, kindLoop, kindCase,
	}
}

// key names a mutant in a way that outlasts changes in other functions of the file.
func (m mutant) key() string {
	key := fmt.Sprintf("%s %s %s: %s → %s", m.File, cmp.Or(m.Func, "-"), m.Kind, m.Before, m.After)
	if m.Nth > 1 {
		key += fmt.Sprintf(" #%d", m.Nth)
	}
	return key
}

// folder is the folder of the package that the mutant is in.
func (m mutant) folder() string {
	return m.File[:max(0, strings.LastIndexByte(m.File, '/'))]
}

// apply makes the mistake in the file's text.
func (m mutant) apply(source []byte) []byte {
	return []byte(string(source[:m.from]) + m.text + string(source[m.to:]))
}

// inShort is a piece of code on one line.
func inShort(code string) string {
	const most = 80
	line := strings.Join(strings.Fields(code), " ")
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return line
}

// number tells apart the mutants that have the same name.
func number(mutants []mutant) {
	seen := map[string]int{}
	for i := range mutants {
		m := &mutants[i]
		m.Nth = 0
		key := m.key()
		seen[key]++
		m.Nth = seen[key]
	}
}
