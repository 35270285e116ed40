package macos

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/cputest"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

const foundBanner = "Software Update found the following new or updated software:\n"

// readFixture reads an invented output of softwareupdate.
func readFixture(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "softwareupdate", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func modernFixtureUpdates() []enforce.Update {
	return []enforce.Update{
		{
			Label: "Walnut Tools, Large: 2nd edition-4.1", Title: "Walnut Tools, Large: 2nd edition", Version: "4.1",
			SizeKiB: 2048,
		},
		{
			Label: "macOS Elm 31.2-31C45", Title: "macOS Elm 31.2", Version: "31.2", Build: "31C45", SizeKiB: 1500000,
			Recommended: true, Action: enforce.Restart,
		},
		{
			Label: "BridgeFirmwareCustomer", Title: "BridgeFirmwareCustomer", Version: "31.2.0.0.1", SizeKiB: 300,
			Recommended: true, Action: enforce.ShutDown,
		},
		{
			Label: "macOS Oak 32-32A100", Title: "macOS Oak 32", Version: "32", Build: "32A100", SizeKiB: 12000000,
			Recommended: true, Action: enforce.Restart, Deferred: true,
		},
	}
}

func oldFixtureUpdates() []enforce.Update {
	return []enforce.Update{
		{
			Label: "Acorn Tools (for macOS 10.12)-3.0", Title: "Acorn Tools (for macOS 10.12)", Version: "3.0",
			SizeKiB: 1200, Recommended: true,
		},
		{
			Label: "macOS 10.12.9 Update- ", Title: "macOS 10.12.9 Update", SizeKiB: 900000, Recommended: true,
			Action: enforce.Restart,
		},
		{Label: "Birch Restart Helper-1.1", Title: "Birch Restart Helper", Version: "1.1", SizeKiB: 64},
		{
			Label: "BridgeFirmware", Title: "BridgeFirmware", Version: "10.12.9.0.1", SizeKiB: 328394,
			Recommended: true, Action: enforce.ShutDown,
		},
	}
}

func TestListingsAreReadWhole(t *testing.T) {
	for fixture, want := range map[string][]enforce.Update{
		"list-modern.txt": modernFixtureUpdates(),
		"list-old.txt":    oldFixtureUpdates(),
	} {
		text := readFixture(t, fixture)
		for name, text := range map[string]string{
			"with LF": text, "with CR LF": strings.ReplaceAll(text, "\n", "\r\n"),
			"with CR": strings.ReplaceAll(text, "\n", "\r"), "without indent": strings.ReplaceAll(text, "\n\t", "\n"),
		} {
			t.Run(fixture+" "+name, func(t *testing.T) {
				l := ParseListing(text)
				if diff := cmp.Diff(Listing{Updates: want, Found: true}, l); diff != "" {
					t.Error(diff)
				}
				if !l.Conclusive() {
					t.Error("not conclusive")
				}
			})
		}
	}
}

func TestEveryPrefixOfAListingIsCutOrWhole(t *testing.T) {
	for fixture, want := range map[string][]enforce.Update{
		"list-modern.txt": modernFixtureUpdates(),
		"list-old.txt":    oldFixtureUpdates(),
	} {
		text := readFixture(t, fixture)
		for n := range len(text) {
			l := ParseListing(text[:n])
			for i, u := range l.Updates {
				u.Cut = false
				if !l.Updates[i].Cut && !cmp.Equal(want[i], u) {
					t.Errorf("%s: after %d bytes: %+v passes for whole", fixture, n, u)
				}
			}
			if l.Found && len(l.Updates) == 0 && !l.Cut {
				t.Errorf("%s: after %d bytes: nothing listed, yet not cut", fixture, n)
			}
		}
	}
}

// one is a listing of one modern entry.
func one(label, details string) string {
	return foundBanner + "* Label: " + label + "\n\tTitle: " + details + "\n"
}

func TestOneEntry(t *testing.T) {
	unsized := enforce.Update{Label: "x", Title: "T", Version: "1", SizeKiB: enforce.UnknownSize}
	for _, row := range []struct {
		name, text string
		want       enforce.Update
	}{
		{"a field that is missing is unknown", one("x", "T, Version: 1"), unsized},
		{"a size that is no size is unknown", one("x", "T, Version: 1, Size: none, "), unsized},
		{"a size without a unit is unknown", one("x", "T, Version: 1, Size: 12, "), unsized},
		{"an action that is not known asks for nothing", one("x", "T, Version: 1, Action: dance, "), unsized},
		{
			"a title without a version ends before the size", one("x", "T, U, Size: 3KiB, Recommended: YES, "),
			enforce.Update{Label: "x", Title: "T, U", SizeKiB: 3, Recommended: true},
		},
		{
			"a title alone is cut", one("x", "T, Recommended: YES,"),
			enforce.Update{Label: "x", Title: "T, Recommended: YES", SizeKiB: enforce.UnknownSize, Cut: true},
		},
		{
			"a title that is not UTF-8 is mended and its label is not", one("x\xff", "T\xff\x01, Version: 1"),
			enforce.Update{Label: "x\xff", Title: "T\ufffd\ufffd", Version: "1", SizeKiB: enforce.UnknownSize},
		},
		{
			"a label that begins with a hyphen is never usable", one("--all", "T, Version: 1"),
			enforce.Update{Label: "--all", Title: "T", Version: "1", SizeKiB: enforce.UnknownSize, Cut: true},
		},
		{
			"the version of an old entry is the last parenthesis before the size",
			foundBanner + " * x\n\tA (B) (2), 5K (6), 7K [recommended]\n",
			enforce.Update{Label: "x", Title: "A (B) (2), 5K", Version: "6", SizeKiB: 7, Recommended: true},
		},
		{
			"flags of an old entry count after the size only", foundBanner + " * x\n\tPatch [restart] (2), 7K\n",
			enforce.Update{Label: "x", Title: "Patch [restart]", Version: "2", SizeKiB: 7},
		},
		{
			"an old entry may lack the size", foundBanner + " * x\n\tPatch (2) [restart]\n",
			enforce.Update{
				Label: "x", Title: "Patch", Version: "2", SizeKiB: enforce.UnknownSize, Action: enforce.Restart,
			},
		},
		{
			"the oldest entries have no parentheses", foundBanner + " - x\n     Air, Port, 4.1, 13880K [shut down] [restart]\n",
			enforce.Update{Label: "x", Title: "Air, Port", Version: "4.1", SizeKiB: 13880, Action: enforce.ShutDown},
		},
		{
			"an old entry may hold a title alone", foundBanner + " * x\n\tPatch, 7K\n",
			enforce.Update{Label: "x", Title: "Patch", SizeKiB: 7},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff([]enforce.Update{row.want}, ParseListing(row.text).Updates); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBuildIsTheEndOfALabel(t *testing.T) {
	for label, want := range map[string]string{
		"macOS Elm 31.2-31C45": "31C45", "macOS Elm 31.2 (a)-31C7750270d": "31C7750270d", "macOS Elm 31.2-31C45 ": "31C45",
		"macOS Catalina Update-10.15.7": "", "macOS Catalina Update- ": "", "macOS Catalina Developer Beta-6": "",
		"macOS Elm": "", "macOS Elm-31c45": "", "macOS Elm-C45": "", "macOS Elm-31C": "", "macOS Elm-31C45ab": "",
		"macOS Elm-31C45A": "",
	} {
		l := ParseListing(one(label, "macOS Elm, Version: 1, Size: 1K,"))
		if got := l.Updates[0].Build; got != want {
			t.Errorf("%q: build %q, want %q", label, got, want)
		}
	}
	if l := ParseListing(one("Elm Tools-31C45", "Elm Tools, Version: 1")); l.Updates[0].Build != "" {
		t.Error("a build was read for what is not macOS")
	}
	if l := ParseListing("* macOS Elm-31C45\n\tmacOS Elm (1), 5K\n"); l.Updates[0].Build != "" {
		t.Error("a build was read in the old grammar")
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"12MB": 11718, "12MiB": 12288, "12K": 12, "12KiB": 12, "12 KiB": 12, "1GB": 976562, "2GiB": 2097152, "1023B": 0,
		"2048B": 2, "1TB": 976562500, "3T": 3 << 30, "1M": 1024, "1G": 1 << 20, "0K": 0, "10kB": 9,
		"9223372036854775807K": math.MaxInt64, "9223372036854775808K": enforce.UnknownSize,
		"18446744073709551616K": enforce.UnknownSize, "99999999999999999999999999999K": enforce.UnknownSize,
		"18446744073709551615T": enforce.UnknownSize, "": enforce.UnknownSize, "K": enforce.UnknownSize,
		"-1K": enforce.UnknownSize, "1.5GB": enforce.UnknownSize, "5 apples": enforce.UnknownSize, "5": enforce.UnknownSize,
	} {
		if got := parseSize(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestConclusions(t *testing.T) {
	entry := "* Label: x\n\tTitle: T, Version: 1, \n"
	for _, row := range []struct {
		name, text      string
		conclusive, cut bool
		class           ListClass
		says            string
	}{
		{"found updates are believed", foundBanner + entry, true, false, "", ""},
		{"none is believed", "Software Update Tool\n\nNo new software available.\n", true, false, "", ""},
		{"none beside words that are no complaint is believed", "Hello\nNo new software available.\n", true, false, "", ""},
		{"an error beats none", "An Error: of\nNo new software available.\n", false, false, ClassUnknown, "An Error: of"},
		{"found beats an error", "timed out\n" + foundBanner + entry, true, false, ClassTimeout, "timed out"},
		{"an empty text is nothing", "", false, false, ClassUnknown, "printed nothing"},
		{"a blank text is nothing", " \r\n\n", false, false, ClassUnknown, "printed nothing"},
		{"the banner alone is nothing", "Software Update Tool\n", false, false, ClassUnknown, "printed nothing known: Software"},
		{"unknown words are nothing", "Software Update Tool\nHm\nHo\n", false, false, ClassUnknown, "printed nothing known: Hm"},
		{"updates without the banner are not believed", entry, false, false, ClassUnknown, "printed updates, but not"},
		{"updates beside none are not believed", entry + "No new software available.\n", false, false, ClassUnknown, "printed updates"},
		{"found and then nothing is cut", foundBanner, false, true, ClassUnknown, "printed no complete entry"},
		{"found and a label alone is cut", foundBanner + "* Label: x\n", false, true, ClassUnknown, "printed no complete entry"},
		{"details without a label are cut", foundBanner + entry + "\tTitle: U, Version: 1\n", true, true, "", ""},
		{"a label without a text is refused", foundBanner + "* Label: \n\tTitle: U, Version: 1\n" + entry, true, true, ClassEntry, "without a label"},
		{"a label with NUL is refused", foundBanner + "* Label: a\x00b\n\tTitle: U, Version: 1\n" + entry, true, true, ClassEntry, "control character"},
		{"a label with a tab is refused", foundBanner + " * a\tb\n\tU (1), 5K\n" + entry, true, true, ClassEntry, "control character"},
		{"a label that is too long is refused", foundBanner + "* Label: " + strings.Repeat("x", 4097) + "\n" + entry, true, true, ClassEntry, "4096"},
		{"a label that looks like an option is told", foundBanner + "* Label: -a\n\tTitle: U, Version: 1\n" + entry, true, true, ClassEntry, "hyphen: -a"},
		{"an option that is not known is told", "softwareupdate: invalid option -- v\nusage: softwareupdate\n", false, false, ClassUsage, "option -- v"},
		{"a daemon that is silent is told", "Couldn’t communicate with a helper application.\n", false, false, ClassDaemon, "helper"},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := ParseListing(row.text)
			if l.Conclusive() != row.conclusive || l.Cut != row.cut {
				t.Errorf("conclusive %t, cut %t", l.Conclusive(), l.Cut)
			}
			var e *ListError
			errors.As(l.Err, &e)
			if row.class == "" && l.Err != nil {
				t.Errorf("error %v", l.Err)
			}
			if row.class != "" && (e == nil || e.Class != row.class || !strings.Contains(e.Error(), row.says)) {
				t.Errorf("error %#v", e)
			}
		})
	}
}

func TestAnExcerptIsOneShortLine(t *testing.T) {
	l := ParseListing("Error: " + strings.Repeat("é\xff", 4000) + "\n")
	if s := l.Err.Error(); len(s) > 203 || !utf8.ValidString(s) || strings.ContainsAny(s, "\r\n") || !strings.HasSuffix(s, "…") {
		t.Errorf("%d bytes: %q", len(s), s)
	}
}

func TestAListingIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(foundBanner)
	for i := range maxUpdates + 5 {
		b.WriteString("* Label: x" + strconv.Itoa(i) + "\n\tTitle: " + strings.Repeat("é", maxField) + ", Version: 1, \n")
	}
	l := ParseListing(b.String())
	if len(l.Updates) != maxUpdates || !l.Cut || !l.Conclusive() {
		t.Errorf("%d updates, cut %t, conclusive %t", len(l.Updates), l.Cut, l.Conclusive())
	}
	if title := l.Updates[0].Title; len(title) > maxField || !utf8.ValidString(title) {
		t.Errorf("a title of %d bytes", len(title))
	}
}

// corpusFiles lists the captured texts of some folders, which live beside this repository and not in it.
func corpusFiles(t *testing.T, folders ...string) []string {
	t.Helper()
	root := filepath.Join("..", "..", "..", "shared", "corpus")
	var files []string
	for _, folder := range folders {
		for _, set := range []string{folder, filepath.Join("synthetic", folder)} {
			found, err := filepath.Glob(filepath.Join(root, set, "*.txt"))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, found...)
		}
	}
	if len(files) == 0 {
		t.Skip("no captured outputs at " + root)
	}
	return files
}

// readCorpus reads a captured text, and its expectation into want.
func readCorpus(t *testing.T, file string, want any) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(strings.TrimSuffix(file, ".txt") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, want); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCapturedListings(t *testing.T) {
	type update struct {
		Label       string        `json:"label"`
		Title       string        `json:"title"`
		Version     string        `json:"version"`
		SizeKiB     *int64        `json:"size_kib"`
		Recommended bool          `json:"recommended"`
		Action      enforce.Power `json:"action"`
		Deferred    bool          `json:"deferred"`
	}
	for _, file := range corpusFiles(t, "softwareupdate-list", "softwareupdate-list-errors") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var want struct {
				Expected struct {
					Updates []update  `json:"updates"`
					Class   ListClass `json:"error_class"`
				} `json:"expected"`
			}
			text := readCorpus(t, file, &want)
			l := ParseListing(text)
			got := []update{}
			for _, u := range l.Updates {
				size := &u.SizeKiB
				if u.SizeKiB == enforce.UnknownSize {
					size = nil
				}
				got = append(got, update{u.Label, u.Title, u.Version, size, u.Recommended, u.Action, u.Deferred})
			}
			if diff := cmp.Diff(want.Expected.Updates, got); diff != "" {
				t.Error(diff)
			}
			if says := strings.Contains(text, "No new software"); l.None != says || says && !l.Conclusive() {
				t.Errorf("none %t, conclusive %t, error %v", l.None, l.Conclusive(), l.Err)
			}
			if says := strings.Contains(text, "Software Update found"); l.Found != says {
				t.Errorf("found %t", l.Found)
			}
			var e *ListError
			if errors.As(l.Err, &e); want.Expected.Class != "" && (e == nil || e.Class != want.Expected.Class) {
				t.Errorf("error %#v, want class %s", e, want.Expected.Class)
			}
		})
	}
}

func BenchmarkParseListing(b *testing.B) {
	text := readFixture(b, "list-modern.txt")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	defer cputest.Report(b, float64(len(text))/1e6, "MB/cpu-s")()
	for b.Loop() {
		ParseListing(text)
	}
}

// BenchmarkCutLines is the measure for the readers: as little as can be done about a listing.
func BenchmarkCutLines(b *testing.B) {
	text := readFixture(b, "list-modern.txt")
	b.SetBytes(int64(len(text)))
	defer cputest.Report(b, float64(len(text))/1e6, "MB/cpu-s")()
	for b.Loop() {
		for line := range strings.Lines(text) {
			if strings.TrimSpace(line) == "" {
				continue
			}
		}
	}
}
