package criteria

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// CheckExpression refuses regular expressions that cannot be read, and those that only some engines read. Which one a
// server has is not known (Java's and that of a database have been named), so only what all of them know is taken.
func CheckExpression(text string) error {
	if _, err := regexp.Compile(text); err != nil {
		return fmt.Errorf("%w", err)
	}
	var scan scanner
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		class := scan.class
		scan.step(text, i)
		switch {
		case rest[0] == '\\':
			if letter := rest[1]; isAlphanumeric(letter) { // what compiles does not end with a backslash
				return fmt.Errorf("holds %s, which not every server knows; write %s", rest[:2], plainer(letter))
			}
			i++
		case class && strings.HasPrefix(rest, "[:"):
			return fmt.Errorf("holds [:, which not every server knows; write the characters, as [0-9A-Za-z]")
		case class:
		case strings.HasPrefix(rest, "(?"):
			return fmt.Errorf("holds (?, which not every server knows; write plain parentheses")
		case strings.ContainsRune("*+?}", rune(rest[0])) && len(rest) > 1 && (rest[1] == '?' || rest[1] == '+'):
			return fmt.Errorf("holds %s, which not every server knows; write %s", rest[:2], rest[:1])
		}
	}
	return nil
}

// scanner knows whether it is in brackets.
type scanner struct {
	class bool
	from  int // where they opened
}

// step takes the next byte, which is none that a backslash stands before. A bracket that closes right after one that
// opens stands for itself.
func (s *scanner) step(text string, i int) {
	switch {
	case !s.class && text[i] == '[':
		s.class, s.from = true, i
	case s.class && text[i] == ']' && i != s.from+1 && text[s.from:i] != "[^":
		s.class = false
	}
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// plainer is what every engine knows instead of an escape.
func plainer(letter byte) string {
	switch letter {
	case 'd':
		return "[0-9]"
	case 'D':
		return "[^0-9]"
	case 'w':
		return "[0-9A-Za-z_]"
	case 's':
		return "a space"
	case 'A', 'z', 'Z':
		return "^ or $"
	}
	return "the characters themselves"
}

// alternatives splits a regular expression at those bars that are in no parentheses and no brackets.
func alternatives(text string) []string {
	var list []string
	var scan scanner
	depth, from := 0, 0
	for i := 0; i < len(text); i++ {
		class := scan.class
		scan.step(text, i)
		switch c := text[i]; {
		case c == '\\':
			i++
		case class:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			list = append(list, text[from:i])
			from = i + 1
		}
	}
	return append(list, text[from:])
}

// pack joins alternatives again, as many at a time as a value can hold.
func pack(list []string) ([]string, error) {
	var packed []string
	for _, next := range list {
		if n := utf8.RuneCountInString(next); n > MaxLength {
			return nil, fmt.Errorf("has %d characters, and Jamf Pro takes %d; write a list of shorter ones, which is split into several criteria", n, MaxLength)
		}
		last := len(packed) - 1
		if last >= 0 && utf8.RuneCountInString(packed[last])+1+utf8.RuneCountInString(next) <= MaxLength {
			packed[last] += "|" + next
			continue
		}
		packed = append(packed, next)
	}
	return packed, nil
}
