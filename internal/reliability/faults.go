package reliability

import (
	"fmt"
	"slices"
	"strings"
)

// faults are the tables of faults, with what their words mean.
func (p Proof) faults() string {
	plays := 0
	for _, f := range p.Faults {
		plays += f.Plays
	}
	var b strings.Builder
	fmt.Fprintf(&b, `
## When a tool misbehaves

The daemon depends on tools that it did not write. Here each of them misbehaves in each way in each phase of a round: %s
rounds, one for each cell. A row stands for the cells that come out the same; *any phase* is any in which that tool is run.
In no cell is the round stuck, that is, neither enforced nor its reason said, and in none is a deadline, a deferral or an
update lost.

| A tool … | means |
|---|---|
`, digits(plays))
	for _, k := range Kinds() {
		fmt.Fprintf(&b, "| %s | %s |\n", k.Words, k.Means)
	}
	for _, f := range p.Faults {
		b.WriteString(f.section())
	}
	return b.String()
}

// section is the tables of one round.
func (f Faults) section() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### %s\n\n%s\n", f.Mac, f.Round)
	b.WriteString("\n#### The fault goes away after an hour\n\n")
	table(&b, f.Passing)
	b.WriteString("\n#### The fault lasts for ever\n\n")
	table(&b, f.Lasting)
	if len(f.Unused) > 0 {
		fmt.Fprintf(&b, "\nNot run in such a round, so not in its tables: %s.\n", list(f.Unused))
	}
	return b.String()
}

func table(b *strings.Builder, rows []Row) {
	b.WriteString("| Tool | which | from this phase on | What happens | The person sees | Enforcement begins | Cells |\n")
	b.WriteString("|---|---|---|---|---|---|--:|\n")
	for _, r := range rows {
		ways, phases := "misbehaves in any way", "any phase"
		if r.Rest {
			ways, phases = "misbehaves otherwise", "any phase"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %d |\n", list(r.Tools), either(words(r.Kinds), ways), either(r.Phases, phases),
			r.Outcome, r.Seen, r.Late, r.Cells)
	}
}

func list(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

// either joins words with "or"; none of them stand for all.
func either(words []string, all string) string {
	switch len(words) {
	case 0:
		return all
	case 1:
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// words are those that the page has for kinds of faults.
func words(kinds []string) []string {
	var list []string
	for _, k := range Kinds() {
		if slices.Contains(kinds, k.Name) {
			list = append(list, k.Words)
		}
	}
	return list
}

// Kind is a way to misbehave.
type Kind struct {
	Name  string // as package sim calls it
	Words string // as the page does
	Means string
}

// Kinds lists the ways in which tools of the table misbehave.
func Kinds() []Kind {
	return []Kind{
		{"hang", "hangs", "prints nothing and does not end, until it is stopped at its limit"},
		{"exit", "fails", "prints nothing and exits with 1"},
		{"killed", "is killed", "ends by a signal, with nothing printed"},
		{"empty", "says nothing", "does nothing, prints nothing and exits with 0"},
		{"garbage", "prints garbage", "prints what no tool prints, and exits with 0"},
		{"huge", "prints too much", "prints megabytes of words that mean nothing"},
		{"half", "is cut off", "does its work, and prints half of what it should"},
		{"foreign", "speaks another language", "does its work, and says so in German"},
		{"missing", "is missing", "is not there, or cannot be run"},
	}
}
