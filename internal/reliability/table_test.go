package reliability_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/reliability"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// outcomes lists all that can come of a cell and may, the best first.
func outcomes() []string {
	return []string{same, sooner, later, muchLater, unremoved, stays, pending, byPerson, waits}
}

// table makes as few rows as it can of the results of cells: tool by tool, and then the tools together that have the same
// row.
func table(results map[cell]result) []reliability.Row {
	byTool := map[string]map[cell]result{}
	for c, r := range results {
		if byTool[c.tool] == nil {
			byTool[c.tool] = map[cell]result{}
		}
		byTool[c.tool][c] = r
	}
	var rows []reliability.Row
	for _, tool := range sorted(byTool) {
		for _, row := range rowsOf(tool, byTool[tool]) {
			at := slices.IndexFunc(rows, func(r reliability.Row) bool { return sameRow(r, row) })
			if at < 0 {
				rows = append(rows, row)
				continue
			}
			rows[at].Tools = append(rows[at].Tools, tool)
			rows[at].Cells += row.Cells
		}
	}
	slices.SortStableFunc(rows, func(a, b reliability.Row) int {
		return cmp.Or(slices.Index(outcomes(), a.Outcome)-slices.Index(outcomes(), b.Outcome), strings.Compare(a.Tools[0], b.Tools[0]))
	})
	return rows
}

// sameRow tells whether two rows say the same of their tools.
func sameRow(a, b reliability.Row) bool {
	return slices.Equal(a.Phases, b.Phases) && slices.Equal(a.Kinds, b.Kinds) && a.Rest == b.Rest && a.Outcome == b.Outcome &&
		a.Seen == b.Seen && a.Late == b.Late
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// rowsOf makes the rows of one tool. What comes of most of its cells is said last, of all that are left.
func rowsOf(tool string, results map[cell]result) []reliability.Row {
	byResult := map[result][]cell{}
	for c, r := range results {
		byResult[r] = append(byResult[r], c)
	}
	var most result
	for r, cells := range byResult {
		if n := len(byResult[most]); len(cells) > n || len(cells) == n && fmt.Sprint(r) < fmt.Sprint(most) {
			most = r
		}
	}
	var rows []reliability.Row
	for r, cells := range byResult {
		if r == most {
			rows = append(rows, reliability.Row{
				Tools: []string{tool}, Rest: len(byResult) > 1, Cells: len(cells), Outcome: r.outcome, Seen: r.seen, Late: r.late,
			})
			continue
		}
		for _, block := range blocks(cells) {
			block.Tools, block.Outcome, block.Seen, block.Late = []string{tool}, r.outcome, r.seen, r.late
			if len(block.Phases) == phasesOf(results) {
				block.Phases = nil
			}
			rows = append(rows, block)
		}
	}
	slices.SortFunc(rows, func(a, b reliability.Row) int {
		return strings.Compare(fmt.Sprint(a.Kinds, a.Phases, a.Outcome, a.Seen, a.Late), fmt.Sprint(b.Kinds, b.Phases, b.Outcome, b.Seen, b.Late))
	})
	return rows
}

// phasesOf counts the phases in which a tool is run.
func phasesOf(results map[cell]result) int {
	seen := map[string]bool{}
	for c := range results {
		seen[c.phase] = true
	}
	return len(seen)
}

// blocks makes of some cells such rows that each holds every phase of it with every kind of it.
func blocks(cells []cell) []reliability.Row {
	kindsOf := map[string][]string{} // by phase
	for _, c := range cells {
		kindsOf[c.phase] = append(kindsOf[c.phase], c.kind)
	}
	var rows []reliability.Row
	for _, phase := range phases() {
		kinds := kindsOf[phase]
		if len(kinds) == 0 {
			continue
		}
		slices.SortFunc(kinds, func(a, b string) int { return slices.Index(sim.FaultKinds(), a) - slices.Index(sim.FaultKinds(), b) })
		at := slices.IndexFunc(rows, func(r reliability.Row) bool { return slices.Equal(r.Kinds, kinds) })
		if at < 0 {
			at = len(rows)
			rows = append(rows, reliability.Row{Kinds: kinds})
		}
		rows[at].Phases = append(rows[at].Phases, phase)
		rows[at].Cells += len(kinds)
	}
	for i := range rows {
		if len(rows[i].Kinds) == len(sim.FaultKinds()) {
			rows[i].Kinds = nil
		}
	}
	return rows
}
