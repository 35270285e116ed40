package rollout

import (
	"cmp"
	"slices"
	"strings"
)

// Reason is why Macs are not compliant, and how many that is true of. A Mac may have several.
type Reason struct {
	Text string `json:"text"`
	Macs int    `json:"macs"`
}

// reasonCounts count reasons. Macs report what they like, so not more than some are told apart.
type reasonCounts map[string]int

const (
	maxReasons = 100
	otherwise  = "other"
)

func (c *reasonCounts) add(reasons []string) {
	if *c == nil {
		*c = reasonCounts{}
	}
	for _, text := range reasons {
		text = beginning(text)
		if _, known := (*c)[text]; !known && len(*c) >= maxReasons {
			text = otherwise
		}
		(*c)[text]++
	}
}

// beginning is a text that is not too long, cut between two characters.
func beginning(text string) string {
	const longest = 120 // bytes
	return strings.ToValidUTF8(text[:min(len(text), longest)], "")
}

// most are the reasons, those of the most Macs first.
func (c reasonCounts) most() []Reason {
	list := []Reason{}
	for text, n := range c {
		list = append(list, Reason{text, n})
	}
	slices.SortFunc(list, func(a, b Reason) int { return cmp.Or(b.Macs-a.Macs, cmp.Compare(a.Text, b.Text)) })
	return list
}
