package macos

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
)

// naiveListing reads a sound listing with one regular expression for each grammar, as a script would.
func naiveListing(text string) []enforce.Update {
	var (
		modern = regexp.MustCompile(`(?m)^[*-] Label: (.*)\n\tTitle: (.*), Version: ([^,\n]*), Size: (\d+)Ki?B?, Recommended: (YES|NO),(?: Action: (restart|shut down),)?( Deferred: YES)? ?$`)
		old    = regexp.MustCompile(`(?m)^   [*-] (.*)\n\t(.*) \(([^()\n]*)\), (\d+)K,?( \[recommended\])?(?: \[(restart|shut down)\])?$`)
		build  = regexp.MustCompile(`^.*-(\d+[A-Z]\d+[a-z]?)$`)
	)
	var updates []enforce.Update
	if strings.Contains(text, " Label: ") {
		for _, m := range modern.FindAllStringSubmatch(text, -1) {
			u := enforce.Update{Label: m[1], Title: m[2], Version: strings.TrimSpace(m[3]), Recommended: m[5] == "YES"}
			u.SizeKiB, _ = strconv.ParseInt(m[4], 10, 64)
			u.Action, u.Deferred = enforce.Power(m[6]), m[7] != ""
			if end := build.FindStringSubmatch(u.Label); end != nil && strings.HasPrefix(u.Title, "macOS ") {
				u.Build = end[1]
			}
			updates = append(updates, u)
		}
		return updates
	}
	for _, m := range old.FindAllStringSubmatch(text, -1) {
		u := enforce.Update{Label: m[1], Title: m[2], Version: strings.TrimSpace(m[3]), Recommended: m[5] != "", Action: enforce.Power(m[6])}
		u.SizeKiB, _ = strconv.ParseInt(m[4], 10, 64)
		updates = append(updates, u)
	}
	return updates
}

// drawTitle draws a title of words that look like parts of a listing. It begins and ends with a word that does not.
func drawTitle(t *rapid.T) string {
	part := rapid.SampledFrom([]string{
		"Walnut", "macOS", ", Version: 9", ": ", " (2nd edition)", " [restart]", ", Size: 3K", "Étude", ", Action: restart", " - ", "*", "\"", ", ",
	})
	start := rapid.SampledFrom([]string{"macOS Elm ", "Acorn", "Birch Tools "}).Draw(t, "title begins")
	return start + strings.Join(rapid.SliceOfN(part, 0, 4).Draw(t, "title"), "") + " end"
}

// drawListing prints a listing of random updates, as some macOS does.
func drawListing(t *rapid.T) string {
	old := rapid.Bool().Draw(t, "macOS 10.14 or older")
	text := "Software Update Tool\n\nFinding available software\n" + foundBanner
	for i := range rapid.IntRange(1, 5).Draw(t, "updates") {
		title := drawTitle(t)
		version := rapid.SampledFrom([]string{" ", "1.2", "31.2 beta", "10.15.7"}).Draw(t, "version")
		label := fmt.Sprintf("%s-%s", title, rapid.SampledFrom([]string{version, "22C65", "22D7750270d", "22c65", "A1", ""}).Draw(t, "label ends"))
		size := rapid.Int64Range(0, 1<<40).Draw(t, "size")
		recommended := rapid.Bool().Draw(t, "recommended")
		action := rapid.SampledFrom([]string{"", "restart", "shut down"}).Draw(t, "action")
		bullet := rapid.SampledFrom([]string{"*", "-"}).Draw(t, "bullet")
		if old {
			text += fmt.Sprintf("   %s %s%d\n\t%s (%s), %dK", bullet, label, i, title, version, size)
			if recommended {
				text += " [recommended]"
			}
			if action != "" {
				text += " [" + action + "]"
			}
			text += "\n"
			continue
		}
		unit := rapid.SampledFrom([]string{"K", "KiB"}).Draw(t, "unit")
		yes := map[bool]string{true: "YES", false: "NO"}[recommended]
		text += fmt.Sprintf("%s Label: %s\n\tTitle: %s, Version: %s, Size: %d%s, Recommended: %s,", bullet, label, title, version, size, unit, yes)
		if action != "" {
			text += " Action: " + action + ","
		}
		if rapid.Bool().Draw(t, "deferred") {
			text += " Deferred: YES"
		}
		text += rapid.SampledFrom([]string{"", " "}).Draw(t, "end") + "\n"
	}
	return text
}

func TestListingsAgreeWithANaiveReader(t *testing.T) {
	drawn := 0
	check := func(t *rapid.T) {
		text := drawListing(t)
		got := ParseListing(text)
		if diff := cmp.Diff(naiveListing(text), got.Updates); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
		if !got.Conclusive() || got.Cut || got.Err != nil {
			t.Fatalf("%s\nis not taken for conclusive: %+v", text, got)
		}
		drawn++
	}
	rounds := 5
	if prooftest.Full() {
		rounds = 200
	}
	for range rounds {
		rapid.Check(t, check)
	}
	prooftest.Count(t, "listings read by a second program", drawn)
}
