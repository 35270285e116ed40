package macos

import (
	"cmp"
	"strconv"
	"strings"
)

// isVersion tells whether a text is a version of macOS, such as "15.7.2" or "27".
func isVersion(text string) bool {
	const longest = 20
	if len(text) > longest {
		return false
	}
	for part := range strings.SplitSeq(text, ".") {
		if part == "" || len(part) > 6 || digits(part) != len(part) {
			return false
		}
	}
	return true
}

// compareVersions compares two versions number by number; what one of them lacks is zero.
func compareVersions(a, b string) int {
	for a != "" || b != "" {
		var first, second string
		first, a, _ = strings.Cut(a, ".")
		second, b, _ = strings.Cut(b, ".")
		x, _ := strconv.Atoi(first)
		y, _ := strconv.Atoi(second)
		if x != y {
			return cmp.Compare(x, y)
		}
	}
	return 0
}

// isBuild tells whether a text is a build of macOS, such as "24G325" or "22E772610a".
func isBuild(text string) bool {
	_, ok := parseBuild(text)
	return ok
}

// buildNumber is a build in its parts, of which the first differ most.
type buildNumber struct {
	system int  // 24 in "24G325"
	train  byte // the letter
	number int
}

func parseBuild(text string) (b buildNumber, ok bool) {
	const most = 9 // digits
	first := digits(text)
	if first == 0 || first > most || first == len(text) || text[first] < 'A' || text[first] > 'Z' {
		return b, false
	}
	rest := text[first+1:]
	second := digits(rest)
	if second == 0 || second > most || len(rest) > second+1 || len(rest) == second+1 && (rest[second] < 'a' || rest[second] > 'z') {
		return b, false
	}
	b.system, _ = strconv.Atoi(text[:first])
	b.train = text[first]
	b.number, _ = strconv.Atoi(rest[:second])
	return b, true
}

// laterBuild tells whether a build is later than another, as far as both can be read.
func laterBuild(a, b string) bool {
	x, ok := parseBuild(a)
	y, also := parseBuild(b)
	return ok && also && cmp.Or(cmp.Compare(x.system, y.system), cmp.Compare(x.train, y.train), cmp.Compare(x.number, y.number)) > 0
}
