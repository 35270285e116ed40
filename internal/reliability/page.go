package reliability

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Page is docs/reliability.md.
func (p Proof) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, opening, p.Date, p.Go, p.Extent)
	b.WriteString(p.counts())
	b.WriteString(p.mutants())
	b.WriteString(crashes)
	b.WriteString(p.faults())
	return b.String()
}

const opening = `# Reliability

What this program was put through, and what came of it. This page is made by ` + "`make proof`" + `, which plays everything in
full, and stops at the first failure: that there is a page means that there was none. Nothing on it is typed by hand; it is
rendered from [reliability.json](reliability.json), and ` + "`go test`" + ` compares the two.

` + "```console\n$ make proof\n```" + `

The last run was on %s, with %s.
%s

All of it is simulated, or run on Linux with stand-in tools: nothing was run on a Mac.

`

const crashes = `
## When the daemon is cut off

The daemon is run as a process that is stopped before each step that changes a file, which are the creation, the writing,
the sync and the renaming of it and the sync of its folder, and before, during and after each tool that it runs. In every
scenario one turn of each sort is taken so often that at each of these points the process is killed once. At each step on a
file, one other thing happens, each in its turn:

| Mishap | means |
|---|---|
| the power is lost | the Mac starts again, with all that was not synced, with nothing of it, with the names of it or with half of it |
| the disk is full | there is no room for content, from there on and for two more turns |
| the disk cannot be written to | no step succeeds, likewise |
| a step fails | that one, once, with an error of the disk |
| a second turn is started | it finds the lock, says so and leaves |

Then turns are taken until the round is over. All promises have to hold, and the Mac has to end as it does without the
mishap: with the same updates, after as many restarts, with nothing left of the daemon, and with nobody suspected of having
changed its files. A lock whose holder is dead, a window that is left standing and a file that is half written are part of
it. One answer is lost if the disk fails as it is given: the person is asked again. Beside this, state and journal are cut
off after every byte.

` + "`go test ./internal/daemon/crashtest`" + ` plays a sample.
`

// section is one part of the page, with what it is about.
type section struct{ title, text string }

// about says what counts are of, by what their names begin with, in the order of the page. The last takes all others.
func about() []section {
	return []section{
		{"histories", "Decisions are drawn at random: a policy, a person, tools, a clock, an administrator, crashes. After each step every " +
			"[promise](promises.md) is checked."},
		{"plays", "The whole daemon is played on a Mac in memory, with the text that real tools print, and held to the same promises."},
		{"crashes", "The daemon is killed at every touch of its host, or as a process by a signal, and has to go on."},
		{"second", "What the program does in a clever way is done a second time in a dumb one, and has to be the same."},
		{"fuzz", "Readers of what others write are given mutated input, and each has a property to keep."},
		{"", "Other counts."},
	}
}

// group finds the section of a count.
func group(name string) int {
	words := [][]string{
		{"histories", "decisions in"},
		{"plays", "turns"},
		{"crash", "kill"},
		{"second program", "second, naive", "by the minute", "on fingers", "second time"},
		{"fuzz"},
		{""},
	}
	return slices.IndexFunc(words, func(list []string) bool {
		return slices.ContainsFunc(list, func(word string) bool { return strings.Contains(name, word) })
	})
}

// counts lists what was counted, part by part.
func (p Proof) counts() string {
	var b strings.Builder
	b.WriteString("## What was tried\n\nNo promise was broken in any of it.\n")
	for i, part := range about() {
		rows := slices.DeleteFunc(slices.Clone(p.Counts), func(c Count) bool { return group(c.Name) != i })
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n\n| | |\n|---|--:|\n", part.text)
		for _, c := range rows {
			fmt.Fprintf(&b, "| %s | %s |\n", strings.ToUpper(c.Name[:1])+c.Name[1:], digits(c.Count))
		}
	}
	return b.String()
}

// digits writes a number in groups of three digits.
func digits(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "\u00a0" + text[at:]
	}
	return text
}

// mutants says what became of mistakes that were made on purpose.
func (p Proof) mutants() string {
	var b strings.Builder
	b.WriteString(`
## Would the tests notice a mistake?

Small mistakes are made in the program, one at a time: a condition that says the opposite, a statement that is not done, a
number that is one too large. With each the tests of that package are run. *Killed* means that one fails. A mistake that
survives is explained in [a list](../internal/mutants/testdata/explained.txt), or ` + "`make mutants`" + ` fails: it is
*equivalent* if the program does the same with it, and *accepted* if a test would be worth less than it costs.

| Package | Mistakes | Killed | Equivalent | Accepted |
|---|--:|--:|--:|--:|
`)
	for _, t := range p.Mutants {
		fmt.Fprintf(&b, "| `%s` | %d | %d | %d | %d |\n", t.Folder, t.Mutants, t.Killed, t.Equivalent, t.Accepted)
	}
	return b.String()
}
