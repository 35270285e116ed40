package enforce

import (
	"fmt"
	"slices"
	"strings"
)

// generation is what separates a minor update from a major upgrade: the first component of a macOS version, or the
// first two for 10.x. Version 10.16 is what macOS 11 calls itself to old programs.
type generation struct{ major, minor int }

func (g generation) less(o generation) bool {
	return g.major < o.major || g.major == o.major && g.minor < o.minor
}

// parseGeneration reads the generation of a version such as "13.7.4", "10.15" or "13.2 (a)".
func parseGeneration(version string) (g generation, ok bool) {
	head, rest, _ := strings.Cut(strings.TrimSpace(version), ".")
	g.major, ok = number(head)
	if !ok || g.major != 10 {
		return g, ok
	}
	g.minor, ok = number(rest)
	if g.minor == 16 {
		g = generation{major: 11}
	}
	return g, ok
}

// number reads the digits that text begins with, at most six of them.
func number(text string) (n int, ok bool) {
	for i := 0; i < len(text) && i < 6; i++ {
		c := text[i]
		if c < '0' || c > '9' {
			break
		}
		n, ok = n*10+int(c-'0'), true
	}
	return n, ok
}

// major tells whether an update is an upgrade to a later generation of macOS. The title decides what is macOS, the
// version which one; the label says nothing reliable (a Safari label once carried a macOS update). Where the version
// is empty, as in listings of .0 updates on macOS 10.13 to 10.15, the title holds it.
func (s Scope) major(u Update) bool {
	title := strings.TrimPrefix(u.Title, "Install ")
	if !strings.HasPrefix(title, "macOS ") {
		return false
	}
	running, ok := parseGeneration(s.Running)
	if !ok {
		return false
	}
	offered, ok := parseGeneration(u.Version)
	if !ok {
		offered, ok = titleGeneration(title)
	}
	return ok && running.less(offered)
}

// titleGeneration finds the first word of a title that is a version.
func titleGeneration(title string) (generation, bool) {
	for _, word := range strings.Fields(title) {
		if g, ok := parseGeneration(word); ok {
			return g, true
		}
	}
	return generation{}, false
}

// notAfter tells whether a version of macOS is not later than another, as "15.7.2" is not later than "26.1", and "27" not
// than "27.0". An addition such as "(a)" makes a version later. Of what cannot be read it is not told.
func notAfter(version, other string) bool {
	a, aAdded, ok := components(version)
	b, bAdded, known := components(other)
	if !ok || !known {
		return false
	}
	if by := slices.Compare(a[:], b[:]); by != 0 {
		return by < 0
	}
	return aAdded <= bAdded
}

// components reads a version such as "13.3.1 (a)".
func components(version string) (numbers [3]int, added string, ok bool) {
	head, added, _ := strings.Cut(strings.TrimSpace(version), " ")
	parts := strings.Split(head, ".")
	if len(parts) > len(numbers) {
		return numbers, added, false
	}
	for i, part := range parts {
		if numbers[i], ok = number(part); !ok || strings.Trim(part, "0123456789") != "" {
			return numbers, added, false
		}
	}
	return numbers, added, true
}

// AtLeast tells whether a macOS version, such as "10.15.7" or "11.6", is of the given major generation or a later one.
// A version that cannot be read is not.
func AtLeast(version string, major int) bool {
	g, ok := parseGeneration(version)
	return ok && g.major >= major
}

// Oldest is the version of the oldest macOS among updates: the best guess at what runs, where only a listing is known.
// It is empty where no update is macOS.
func Oldest(updates []Update) string {
	version, oldest := "", generation{}
	for _, u := range updates {
		if !strings.HasPrefix(u.Title, "macOS ") {
			continue
		}
		g, ok := parseGeneration(u.Version)
		if !ok || g.major < 10 {
			g, _ = titleGeneration(u.Title)
		}
		if g.major >= 10 && (version == "" || g.less(oldest)) {
			version, oldest = g.String(), g
		}
	}
	return version
}

func (g generation) String() string {
	if g.major == 10 {
		return fmt.Sprintf("10.%d", g.minor)
	}
	return fmt.Sprint(g.major)
}
