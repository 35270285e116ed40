package deployment

import (
	"fmt"
	"strconv"
	"strings"
)

// parseSpan reads a duration as people write it: "90s", "20m", "4h", "3d", "1d 12h". It returns seconds.
func parseSpan(text string) (seconds int64, ok bool) {
	const most = 1 << 40 // seconds: beyond any limit, and far from an overflow
	text = strings.ReplaceAll(text, " ", "")
	last := int64(most)
	for text != "" {
		digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
		n, err := strconv.ParseInt(text[:digits], 10, 64)
		if err != nil || digits == len(text) {
			return 0, false
		}
		unit := map[byte]int64{'d': 86400, 'h': 3600, 'm': 60, 's': 1}[text[digits]]
		if unit == 0 || unit >= last || n > most/unit {
			return 0, false
		}
		seconds, last, text = seconds+n*unit, unit, text[digits+1:]
	}
	return seconds, last < most
}

// formatSpan writes seconds in the largest unit in which they are whole: "3d", "4h", "90m", "45s".
func formatSpan(seconds int64) string {
	for _, unit := range []struct {
		length int64
		letter string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}} {
		if seconds >= unit.length && seconds%unit.length == 0 {
			return fmt.Sprintf("%d%s", seconds/unit.length, unit.letter)
		}
	}
	return fmt.Sprintf("%ds", seconds)
}
