package sim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

func versions() []string {
	return []string{"10.13.6", "10.14.6", "10.15.7", "11.6", "12.6.1", "13.2", "14.5", "15.3.1", "26.1", "27"}
}

// old tells whether a listing is of the form before macOS 10.15.
func old(macOS string) bool {
	return strings.HasPrefix(macOS, "10.13") || strings.HasPrefix(macOS, "10.14")
}

// text draws a name of an update, of characters that such names have and some that they should not.
func text(t *rapid.T, name string) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{
		"macOS", "Safari", "Update", "10.15.7", ",", ":", "Title:", "(a)", "[beta]", "/", "&", "<<x>>", "|", "$(reboot)", "'", "ü", "“", "-", "* x",
	}), 1, 5).Draw(t, name)
	return strings.Trim(strings.TrimLeft(strings.Join(words, " "), "-* "), ", ") // a comma at the end belongs to the listing
}

func updateOf(t *rapid.T, macOS string) enforce.Update {
	u := enforce.Update{
		Label: "L" + text(t, "label") + rapid.SampledFrom([]string{"", " ", "-1.0", "- "}).Draw(t, "end"), Title: "T" + text(t, "title"),
		Version: rapid.SampledFrom([]string{"", "1", "10.15.7", "13.2 (a)", "27"}).Draw(t, "version"),
		SizeKiB: rapid.Int64Range(0, 1<<40).Draw(t, "size"), Recommended: rapid.Bool().Draw(t, "recommended"),
		Action: rapid.SampledFrom([]enforce.Power{enforce.Stay, enforce.Restart, enforce.ShutDown}).Draw(t, "action"),
	}
	if old(macOS) {
		u.Version = strings.TrimSuffix(u.Version, " (a)") // such versions came with macOS 13
	} else {
		u.Deferred = rapid.Bool().Draw(t, "deferred")
	}
	return u
}

func TestWhatIsPrintedIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		macOS := rapid.SampledFrom(versions()).Draw(t, "macOS")
		var updates []enforce.Update
		for range rapid.IntRange(0, 6).Draw(t, "updates") {
			updates = append(updates, updateOf(t, macOS))
		}
		stdout, stderr := sim.PrintListing(macOS, updates)
		listing := macos.ParseListing(macos.Output{Stdout: stdout, Stderr: stderr}.Text())
		if !listing.Conclusive() || listing.Cut || listing.None != (len(updates) == 0) || listing.Found == listing.None {
			t.Fatalf("%+v of\n%s%s", listing, stdout, stderr)
		}
		got := slices.Clone(listing.Updates)
		for i := range got {
			got[i].Build = "" // made from the label
		}
		if diff := cmp.Diff(updates, got); diff != "" {
			t.Errorf("%s\n%s", diff, stdout)
		}
	})
}

func TestListingsOfEachVersion(t *testing.T) {
	system := enforce.Update{
		Label: "macOS Sonoma 14.5-23F79", Title: "macOS Sonoma 14.5", Version: "14.5", SizeKiB: 12, Recommended: true, Action: enforce.Restart,
	}
	tool := enforce.Update{Label: "Tools-1", Title: "Tools", Version: "1", SizeKiB: 34, Deferred: true}
	for macOS, want := range map[string][]string{
		"10.13.6": {"   * macOS Sonoma 14.5-23F79\n\tmacOS Sonoma 14.5 (14.5), 12K [recommended] [restart]\n", "   - Tools-1\n\tTools (1), 34K\n"},
		"10.15.7": {"* Label: macOS Sonoma 14.5-23F79\n\tTitle: macOS Sonoma 14.5, Version: 14.5, Size: 12K, Recommended: YES, Action: restart, \n", ", Size: 34K, Deferred: YES\n"},
		"12.6":    {", Size: 12K, ", ", Size: 34KiB, "},
		"13.2":    {", Size: 12KiB, ", ", Size: 34KiB, "},
		"27":      {", Size: 12KiB, ", ", Size: 34KiB, "},
	} {
		stdout, stderr := sim.PrintListing(macOS, []enforce.Update{system, tool})
		if stderr != "" || !strings.HasPrefix(stdout, "Software Update Tool\n\nFinding available software\nSoftware Update found the following new or updated software:\n") {
			t.Errorf("%s: %q", macOS, stdout)
		}
		for _, part := range want {
			if !strings.Contains(stdout, part) {
				t.Errorf("%s: %q is not in %q", macOS, part, stdout)
			}
		}
		if stdout, stderr := sim.PrintListing(macOS, nil); stderr != "No new software available.\n" || strings.Contains(stdout, "found") {
			t.Errorf("%s: nothing is listed as %q, %q", macOS, stdout, stderr)
		}
	}
}
