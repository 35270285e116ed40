package settings

import (
	"maps"
	"slices"
	"strings"
)

// unknown reports the keys of a source that are none of ours, with the one that may have been meant.
func unknown(source Source, keys index, r *report) {
	for _, name := range slices.Sorted(maps.Keys(source.Values)) {
		if keys.named[name] != nil || payload(name) {
			continue
		}
		hint := ""
		if !r.full() {
			hint = meant(name, keys.all)
		}
		r.add(label(name), "is an unknown key; ignored%s", hint)
	}
}

// payload tells whether a key is one that macOS adds to the managed preferences of a profile's payload.
func payload(name string) bool {
	switch name {
	case "PayloadDescription", "PayloadDisplayName", "PayloadEnabled", "PayloadIdentifier", "PayloadOrganization",
		"PayloadType", "PayloadUUID", "PayloadVersion":
		return true
	default:
		return false
	}
}

// meant suggests the one of the keys that is nearest to a name that is none of them, as the end of a finding; nothing
// when none is near.
func meant(name string, keys []Key) string {
	const near = 3
	best, least := "", near+1
	for _, key := range keys {
		if d := len(key.Name) - len(name); d > near || d < -near {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(key.Name)); d < least {
			best, least = key.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}

// distance is how many bytes have to be inserted, removed or changed to turn one text into the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
