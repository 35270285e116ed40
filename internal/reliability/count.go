package reliability

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Add adds up what tests have appended with package prooftest, whose lines have the form of a [Count]: the counts of each name, in the order of the names.
func Add(lines []byte) ([]Count, error) {
	var counts []Count
	n := 0
	for text := range bytes.Lines(lines) {
		n++
		var l Count
		if err := json.Unmarshal(text, &l); err != nil || l.Name == "" || l.Count < 0 {
			return nil, fmt.Errorf("add counts: line %d: %q is no count", n, bytes.TrimSpace(text))
		}
		at := slices.IndexFunc(counts, func(c Count) bool { return c.Name == l.Name })
		if at < 0 {
			at = len(counts)
			counts = append(counts, Count{Name: l.Name})
		}
		counts[at].Count += l.Count
	}
	slices.SortFunc(counts, func(a, b Count) int { return strings.Compare(a.Name, b.Name) })
	return counts, nil
}
