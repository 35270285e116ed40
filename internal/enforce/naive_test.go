package enforce_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// The tests below do a second time, in a dumb way, what the core does in a clever one, and want both to agree.

// naiveRank makes a text of a version that sorts as generations of macOS do; empty where it is no version.
func naiveRank(version string) string {
	parts := regexp.MustCompile(`^ *([0-9]{1,6})[^.]*(?:\.([0-9]{1,6}))?`).FindStringSubmatch(version)
	switch {
	case parts == nil:
		return ""
	case parts[1] != "10":
		return fmt.Sprintf("%06s", parts[1])
	case parts[2] == "":
		return ""
	case strings.TrimLeft(parts[2], "0") == "16":
		return "000011"
	default:
		return fmt.Sprintf("000010.%06s", parts[2])
	}
}

func naiveMajor(running string, u enforce.Update) bool {
	title, macOS := strings.CutPrefix(strings.TrimPrefix(u.Title, "Install "), "macOS ")
	offered := naiveRank(u.Version)
	for _, word := range strings.Split(title, " ") {
		if offered == "" && word != "" {
			offered = naiveRank(word)
		}
	}
	return macOS && naiveRank(running) != "" && offered > naiveRank(running)
}

func drawVersion(t *rapid.T, name string) string {
	part := rapid.SampledFrom([]string{"9", "10", "11", "12", "13", "26", "0", "7", "15", "16", "1"})
	end := rapid.SampledFrom([]string{"", "", "", " (a)", "b", " beta"})
	parts := rapid.SliceOfN(part, 0, 3).Draw(t, name)
	if len(parts) == 0 {
		return rapid.SampledFrom([]string{"", "Sonoma", "one", ".5"}).Draw(t, name+", none")
	}
	return strings.Join(parts, ".") + end.Draw(t, name+", end")
}

func TestMajorUpgradesAgreeWithANaiveComparison(t *testing.T) {
	try(t, "versions compared by a second program", func(t *rapid.T) {
		running := drawVersion(t, "running")
		u := enforce.Update{Label: "x", Version: drawVersion(t, "version")}
		u.Title = rapid.SampledFrom([]string{"macOS ", "Install macOS ", "macOS Sonoma ", "Safari ", "Install ", "macOSX "}).Draw(t, "title") +
			drawVersion(t, "version in the title")
		got := enforce.Scope{Running: running}.Judge([]enforce.Update{u})[0].Major
		if want := naiveMajor(running, u); got != want {
			t.Fatalf("from %q to %q %q: major %t, want %t", running, u.Title, u.Version, got, want)
		}
	})
}

// naiveCovers tells whether a declaration of a version is about an update: the same version, an older one, or one part more.
func naiveCovers(d enforce.Declaration, u enforce.Update) bool {
	if !strings.HasPrefix(u.Title, "macOS ") || d.Version == "" {
		return false
	}
	wanted, offered := strings.Split(d.Version, "."), strings.Split(u.Version, ".")
	same := len(offered) >= len(wanted) && len(offered) <= len(wanted)+1
	for i := range wanted {
		same = same && wanted[i] == offered[i]
	}
	older := readable(d.Version) && readable(u.Version) && inDigits(u.Version) <= inDigits(d.Version)
	return same || older || d.Build != "" && d.Build == u.Build
}

// readable tells whether a text is a version of macOS.
func readable(version string) bool {
	return regexp.MustCompile(`^\d+(\.\d+){0,2}( \(\w\))?$`).MatchString(version)
}

// inDigits writes a version so that a later one is greater as a text.
func inDigits(version string) (text string) {
	number, added, _ := strings.Cut(version, " ")
	parts := append(strings.Split(number, "."), "0", "0")
	for _, part := range parts[:3] {
		text += fmt.Sprintf("%06s", part)
	}
	return text + added
}

func TestDeclarationsAgreeWithANaiveReader(t *testing.T) {
	version := rapid.SampledFrom([]string{"", "15", "15.7", "15.7.2", "15.7.2 (a)", "15.70", "15.7.2.1", "26", "26.0", "beta"})
	build := rapid.SampledFrom([]string{"", "24G1", "24G2"})
	try(t, "declarations read by a second program", func(t *rapid.T) {
		d := enforce.Declaration{Version: version.Draw(t, "declared"), Build: build.Draw(t, "declared build")}
		u := enforce.Update{Label: "x", Version: version.Draw(t, "offered"), Build: build.Draw(t, "offered build"), Action: enforce.Restart}
		u.Title = rapid.SampledFrom([]string{"macOS Sequoia", "Safari", "macOSX"}).Draw(t, "title")
		p := policy()
		p.Declarations = true
		method := enforce.Methods(p, enforce.State{Pending: []enforce.Update{u}, Declared: d}, start)[0]
		if got, want := method == enforce.ByDeclaration, naiveCovers(d, u); got != want {
			t.Fatalf("%+v of %+v: %t, want %t", d, u, got, want)
		}
	})
}

// naiveRemaining counts the units of a duration on its fingers.
func naiveRemaining(d time.Duration, s enforce.Speech) string {
	fingers := func(unit time.Duration) (n int) {
		for left := d; left >= unit; left -= unit {
			n++
		}
		return n
	}
	n, forms := 0, s.Minute
	switch {
	case d <= time.Minute:
		return s.Soon
	case d > 47*time.Hour:
		d += time.Hour
		n, forms = fingers(24*time.Hour), s.Day
	case d > 119*time.Minute:
		d += time.Minute
		n, forms = fingers(time.Hour), s.Hour
	default:
		n = fingers(time.Minute)
	}
	if n == 1 {
		return "1" + s.Gap + forms[0]
	}
	return fmt.Sprint(n) + s.Gap + forms[1]
}

// drawSpeech draws a language with words that tell where they come from.
func drawSpeech(t *rapid.T) enforce.Speech {
	if oneIn(t, 3, "English") {
		return enforce.English()
	}
	s := enforce.Speech{
		Day: [2]string{"dag", "dagen"}, Hour: [2]string{"uur", "uren"}, Minute: [2]string{"minuut", "minuten"},
		Gap: rapid.SampledFrom([]string{" ", "", "\u00a0"}).Draw(t, "gap"), Soon: "zo", Comma: "; ", And: " en ",
	}
	for _, phrase := range []string{"over %DEFER_HOURS%", "na %DEFER_HOURS%", "%DEFER_HOURS% lang"} {
		if oneIn(t, 2, phrase) {
			s.Around = append(s.Around, phrase)
		}
	}
	return s
}

func TestRemainingAgreesWithFingers(t *testing.T) {
	edges := rapid.SampledFrom([]time.Duration{0, time.Minute, 2 * time.Minute, time.Hour, 2 * time.Hour, 47 * time.Hour, 48 * time.Hour, 71 * time.Hour})
	try(t, "durations counted on fingers", func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(-100, 800_000).Draw(t, "seconds")) * time.Second
		if oneIn(t, 2, "at an edge") {
			d = edges.Draw(t, "edge") + time.Duration(rapid.IntRange(-61, 61).Draw(t, "off"))*time.Second
		}
		s := drawSpeech(t)
		if got, want := s.Remaining(d), naiveRemaining(d, s); got != want {
			t.Fatalf("%s: %q, want %q", d, got, want)
		}
	})
}

func TestListsAgreeWithANaiveWriter(t *testing.T) {
	try(t, "lists of updates written by a second program", func(t *rapid.T) {
		s, want := drawSpeech(t), ""
		names := rapid.SliceOfN(rapid.StringMatching(`[a-c, &]{1,3}`), 0, 5).Draw(t, "names")
		var updates []enforce.Update
		for i, name := range names {
			updates = append(updates, enforce.Update{Title: name})
			switch {
			case i == 0:
			case i == len(names)-1:
				want += s.And
			default:
				want += s.Comma
			}
			want += name
		}
		if got := s.List(updates); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
