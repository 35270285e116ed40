package flatpkg

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible is a text of a package as one line that can be shown to people: whatever a terminal would obey, or nobody would
// see, is escaped as in Go. A package may hold any text but NUL, in the names of files for one, and so could forge lines.
func Visible(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		return text
	}
	quoted := strconv.QuoteToGraphic(text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
