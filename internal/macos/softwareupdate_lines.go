package macos

import (
	"iter"
	"math"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// This file holds what the readers of softwareupdate's listings and transcripts share: how its output falls into lines,
// and which lines are noise, which are complaints.

// lines yields the lines of a text without their ends, and whether each has one. LF, CR LF and a lone CR end a line:
// progress readings are separated by CR, and output by way of a pseudo-terminal has CR LF, of which the second part
// makes an empty line here.
func lines(text string) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for text != "" {
			row, rest, ended := strings.Cut(text, "\n")
			text = rest
			for {
				line, more, returned := strings.Cut(row, "\r")
				if !yield(line, returned || ended) {
					return
				}
				if !returned {
					break
				}
				row = more
			}
		}
	}
}

// isBullet tells whether a line begins an entry of a listing. The bullet says nothing more: "-" stands for "not
// recommended" on some systems and not on others, so the details decide.
func isBullet(line string) bool {
	return len(line) > 1 && (line[0] == '*' || line[0] == '-') && line[1] == ' '
}

// isBanner tells whether a line is one of those with which the tool begins. Those of 2002 to 2015 name Apple.
func isBanner(line string) bool {
	return strings.HasPrefix(line, "Software Update Tool") || strings.HasPrefix(line, "Copyright 20") ||
		strings.HasPrefix(line, "Finding available software")
}

// isNoise tells whether a line was written by the system's log function, such as
// "2022-12-15 10:17:16.349 softwareupdate[5131:52164] XType: com.apple.fonts is not accessible.", seen on standard
// error since macOS 12.
func isNoise(line string) bool {
	const shape = "0000-00-00 00:00:00."
	if len(line) < len(shape) || line[0] < '0' || line[0] > '9' {
		return false
	}
	for i := range len(shape) {
		digit := line[i] >= '0' && line[i] <= '9'
		if digit != (shape[i] == '0') || !digit && line[i] != shape[i] {
			return false
		}
	}
	process, _, found := strings.Cut(line[len(shape):], "] ")
	_, id, bracket := cutLast(process, "[")
	return found && bracket && strings.Trim(id, "0123456789abcdef:") == ""
}

// complaintClass tells whether a line is a complaint, and of which kind. Apostrophes are straight in older systems and
// typographic (U+2019) in newer ones.
func complaintClass(line string) (class ListClass, yes bool) {
	switch {
	case isBanner(line):
		return "", false
	case containsAny(line, "NSURLErrorDomain", "'t connect", "’t connect", "'t get a response", "’t get a response",
		"network connection", "not connected to the Internet", "appears to be offline"):
		return ClassNetwork, true
	case containsAny(line, "n't communicate", "n’t communicate", "XPC ", "softwareupdated"):
		return ClassDaemon, true
	case containsAny(line, "unrecognized option", "invalid option", "requires an argument"),
		strings.HasPrefix(line, "usage: "), strings.HasPrefix(line, "Usage: "):
		return ClassUsage, true
	case containsAny(line, "timed out", "Timed out"):
		return ClassTimeout, true
	case containsAny(line, "Error Domain=", "finished with error", "Error: ", "error: "):
		return ClassUnknown, true
	default:
		return "", false
	}
}

func containsAny(text string, phrases ...string) bool {
	for _, phrase := range phrases {
		if strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}

// cutLast is strings.Cut around the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

// digits counts the decimal digits that a text begins with.
func digits(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

func hasControl(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] == 0x7f {
			return true
		}
	}
	return false
}

// clean makes a text fit to be shown: trimmed, valid UTF-8, without control characters, not longer than maxField.
func clean(text string) string {
	text = strings.TrimSpace(clip(strings.TrimSpace(text), maxField))
	if !hasControl(text) && utf8.ValidString(text) {
		return text
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return utf8.RuneError
		}
		return c
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// trimEnd cuts signs off the end of a text, and every kind of space: to people, one that does not break looks like any other.
func trimEnd(text, signs string) string {
	return strings.TrimRightFunc(text, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(signs, c) })
}

// clip shortens a text to at most limit bytes, and leaves no half character at its end.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for i := 0; i < utf8.UTFMax && limit > 0 && !utf8.RuneStart(text[limit]); i++ {
		limit--
	}
	return text[:limit]
}

// excerpt is the beginning of a text, as one line to show.
func excerpt(text string) string {
	const limit = 200 // bytes
	text = strings.TrimSpace(text)
	if end := strings.IndexAny(text, "\r\n"); end >= 0 {
		text = strings.TrimSpace(text[:end])
	}
	if len(text) <= limit {
		return clip(clean(text), limit)
	}
	return clip(clean(clip(text, limit)), limit) + "…"
}

// parseSize reads a size such as "962326K" or "12MB", in KiB rounded down. Apple's K is a KiB, also where other lines
// of the same listing say KiB. What is not a size, or larger than can be counted, is [enforce.UnknownSize].
func parseSize(text string) int64 {
	n := digits(text)
	var count uint64
	for _, c := range []byte(text[:n]) {
		high, low := bits.Mul64(count, 10)
		sum, carry := bits.Add64(low, uint64(c-'0'), 0)
		if high != 0 || carry != 0 {
			return enforce.UnknownSize
		}
		count = sum
	}
	unit := unitBytes(strings.TrimSpace(text[n:]))
	if n == 0 || unit == 0 {
		return enforce.UnknownSize
	}
	high, low := bits.Mul64(count, unit)
	if high >= 1024 {
		return enforce.UnknownSize
	}
	kib, _ := bits.Div64(high, low, 1024)
	if kib > math.MaxInt64 {
		return enforce.UnknownSize
	}
	return int64(kib)
}

// unitBytes is how many bytes a unit stands for; 0 when it is none. Only K and KiB were seen in captures.
func unitBytes(unit string) uint64 {
	switch unit {
	case "B":
		return 1
	case "K", "KiB":
		return 1 << 10
	case "M", "MiB":
		return 1 << 20
	case "G", "GiB":
		return 1 << 30
	case "T", "TiB":
		return 1 << 40
	case "kB", "KB":
		return 1e3
	case "MB":
		return 1e6
	case "GB":
		return 1e9
	case "TB":
		return 1e12
	default:
		return 0
	}
}
