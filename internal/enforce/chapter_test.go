package enforce_test

import "github.com/install-or-defer/install-or-defer/internal/enforce"

// uid is who is at the Mac; 0 for nobody.
func (c *chapter) uid() int {
	switch {
	case c.nobody:
		return 0
	case c.other:
		return 502
	default:
		return 501
	}
}

// handOver leaves the Mac to the other person.
func (c *chapter) handOver() {
	if c.handsOver {
		c.other, c.handsOver = !c.other, false
	}
}

// heldBack lists those of some updates that Apple does not let the Mac have yet.
func (c *chapter) heldBack(updates []enforce.Update) []enforce.Update {
	if !c.ramped || c.some {
		return updates[:min(len(updates), map[bool]int{true: 1}[c.ramped])]
	}
	return updates
}

func labels(updates []enforce.Update) (all []string) {
	for _, u := range updates {
		all = append(all, u.Label)
	}
	return all
}
