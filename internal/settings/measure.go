package settings

import (
	"strings"
	"unicode"
)

// How much text a window shows. jamfHelper draws its windows at a fixed size, wraps the message and cuts what does not
// fit. These numbers are assumptions for its utility and hud windows and the system font at 13 points, chosen so that the
// default texts fit with some room; nobody has measured them on a Mac. All widths are in thousandths of an em.
const (
	messageWidth = 30_000 // of one line of a message: about 390 points, some 55 letters
	headingWidth = 26_000 // of the heading, which stands in the title bar and does not wrap
	labelWidth   = 6_200  // of the text on a button: a little more than "Run Updates", which fleets have seen in full

	// MaxMessageLines is how many lines of a message a window shows.
	MaxMessageLines = 20
)

// The same widths in ems, for who draws a window.
const (
	MessageEms = messageWidth / 1000.0
	HeadingEms = headingWidth / 1000.0
	LabelEms   = labelWidth / 1000.0
)

// Widths of characters by class, in thousandths of an em. They are means over a proportional sans-serif font: good for a
// line or a message, where differences even out, and not for one letter.
const (
	widthNarrow = 280  // i, l, |, full stop and the like
	widthSlim   = 360  // f, r, t, brackets
	widthSpace  = 270  //
	widthLower  = 560  // other lower-case letters
	widthUpper  = 670  // capital letters
	widthDigit  = 620  //
	widthBroad  = 880  // m, w, M, W, %, @
	widthWide   = 1000 // ideographs, kana, hangul, full-width forms
	widthEmoji  = 1300 //
	widthOther  = 620  // letters of other scripts, and signs
)

// MessageLines is how many lines a message takes up in a window. Placeholders and markers are text like any other:
// expand them first.
func MessageLines(text string) int {
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		lines += wrap(line)
	}
	return lines
}

// HeadingFits tells whether a heading is shown in full.
func HeadingFits(text string) bool { return width(text) <= headingWidth }

// LabelFits tells whether the text of a button is shown in full.
func LabelFits(text string) bool { return width(text) <= labelWidth }

// wrap counts the lines into which one paragraph is broken: at spaces, before and after wide characters, and within a
// word that is longer than a line.
func wrap(paragraph string) int {
	lines, used, word := 1, 0, 0
	place := func() { // the word so far, in this line or in the next
		if used > 0 && used+word > messageWidth {
			lines, used = lines+1, 0
		}
		for word > messageWidth {
			lines, word = lines+1, word-messageWidth
		}
		used, word = used+word, 0
	}
	for _, r := range paragraph {
		w := runeWidth(r)
		switch {
		case unicode.IsSpace(r):
			place()
			used += w
		case w >= widthWide:
			place()
			word = w
			place()
		default:
			word += w
		}
	}
	place()
	return lines
}

func width(text string) int {
	sum := 0
	for _, r := range text {
		sum += runeWidth(r)
	}
	return sum
}

func runeWidth(r rune) int {
	switch {
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r), unicode.Is(unicode.Cf, r):
		return 0 // accents that stand over a letter, joiners, marks of direction
	case wide(r):
		return widthWide
	case r >= 0x1F000 && r <= 0x1FAFF:
		return widthEmoji
	case unicode.IsSpace(r):
		return widthSpace
	case strings.ContainsRune("ijlI|!'`.,:;’‘·", r):
		return widthNarrow
	case strings.ContainsRune("frt()[]{}/\\-\"“”", r):
		return widthSlim
	case strings.ContainsRune("mwMW%@—…", r):
		return widthBroad
	case unicode.IsDigit(r):
		return widthDigit
	case unicode.IsUpper(r):
		return widthUpper
	case unicode.IsLower(r) && r < 0x250: // Latin
		return widthLower
	default:
		return widthOther
	}
}

// wide tells whether a character fills a whole em, after the ranges that Unicode's East Asian Width calls W and F.
func wide(r rune) bool {
	return r >= 0x1100 && r <= 0x115F || // hangul jamo
		r >= 0x2E80 && r <= 0x303E || // radicals, ideographic signs
		r >= 0x3041 && r <= 0xA4CF || // kana, ideographs, yi
		r >= 0xAC00 && r <= 0xD7A3 || // hangul
		r >= 0xF900 && r <= 0xFAFF || // ideographs
		r >= 0xFE30 && r <= 0xFE6F || // vertical and small forms
		r >= 0xFF00 && r <= 0xFF60 || r >= 0xFFE0 && r <= 0xFFE6 || // full-width forms
		r >= 0x20000 && r <= 0x3FFFD // ideographs
}
