package enforce_test

import (
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

func TestGenerations(t *testing.T) {
	for _, row := range []struct {
		name             string
		running, offered string
		major            bool
	}{
		{"an older one is none", "11.7.10", "10.15.7", false},
		{"10.16 is 11", "10.16", "11.1", false},
		{"and not 12", "10.16", "12.1", true},
		{"9 is a digit", "19.1", "19.2", false},
		{"19 is more than 18", "18.9", "19.0", true},
	} {
		u := enforce.Update{Label: "x", Title: "macOS Elm", Version: row.offered}
		if got := (enforce.Scope{Running: row.running}).Judge([]enforce.Update{u})[0].Major; got != row.major {
			t.Errorf("%s: from %s to %s: %t", row.name, row.running, row.offered, got)
		}
	}
}

func TestVersionsThatCannotBeReadAreNoneOfAnyGeneration(t *testing.T) {
	for version, want := range map[string]bool{"10": false, "19.0": true, "9": false, "9223372036854775808": true, "10.x": false} {
		if got := enforce.AtLeast(version, 10); got != want {
			t.Errorf("AtLeast(%q, 10) = %t", version, got)
		}
	}
}

func TestOldest(t *testing.T) {
	update := func(title, version string) enforce.Update {
		return enforce.Update{Label: "x", Title: title, Version: version}
	}
	for _, row := range []struct {
		name    string
		updates []enforce.Update
		want    string
	}{
		{"of nothing it is not known", nil, ""},
		{"nor of what is no macOS", []enforce.Update{update("Safari", "14.0"), update("macOSX", "12.0")}, ""},
		{"of one it is that", []enforce.Update{update("macOS Ventura 13.7", "13.7")}, "13"},
		{"of several it is the oldest", []enforce.Update{update("macOS Sonoma 14.1", "14.1"), update("macOS Ventura 13.7", "13.7"), update("macOS Elm 27", "27")}, "13"},
		{"whatever their order", []enforce.Update{update("macOS Ventura 13.7", "13.7"), update("macOS Sonoma 14.1", "14.1")}, "13"},
		{"of 10.x it is two numbers", []enforce.Update{update("macOS Catalina 10.15.7", "10.15.7"), update("macOS Big Sur 11.1", "11.1")}, "10.15"},
		{"without a version the title has it", []enforce.Update{update("macOS 10.14.6 Update", "")}, "10.14"},
		{"a version that is not of macOS is none", []enforce.Update{update("macOS 12 Supplement", "1.0"), update("macOS Ventura", "13.7")}, "12"},
		{"nor is 9", []enforce.Update{update("macOS 12 Supplement", "9"), update("macOS Ventura", "13.7")}, "12"},
		{"nor 10 alone", []enforce.Update{update("macOS 12 Supplement", "10.x"), update("macOS Ventura", "13.7")}, "12"},
		{"10 is one of macOS", []enforce.Update{update("macOS 13 Update", "10.14.6")}, "10.14"},
		{"what cannot be read at all is left out", []enforce.Update{update("macOS Supplement", "x"), update("macOS 9 Supplement", "9"), update("macOS Elm", "11.2")}, "11"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := enforce.Oldest(row.updates); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestExcludedPatterns(t *testing.T) {
	for _, row := range []struct {
		name, pattern, title, label string
		excluded                    bool
	}{
		{"what a pattern begins with is used up by that", "ab*b", "ab", "#", false},
		{"what stands between asterisks has to be there", "a*b*c", "ac", "#", false},
		{"also directly after the beginning", "a*b*c", "abc", "#", true},
		{"and as often as it is asked for", "*ab*ab*", "ab", "#", false},
		{"one after the other", "*ab*ab*", "abab", "#", true},
		{"not one before the other", "*ba*ab*", "aba", "#", false},
		{"a label may end in a space, and so may its pattern", "Update- ", "x", "Update- ", true},
		{"its pattern need not", "Update-", "x", "Update- ", true},
	} {
		u := enforce.Update{Title: row.title, Label: row.label, Recommended: true}
		scope := enforce.Scope{Excluded: []string{row.pattern}}
		if got := len(scope.Required([]enforce.Update{u})) == 0; got != row.excluded {
			t.Errorf("%s: %q on %q: %t", row.name, row.pattern, row.title, got)
		}
	}
}

func TestWhatGoesAlongGoesWithTheFirstThatRestarts(t *testing.T) {
	first, second, optional := macOS, macOS, safari
	first.Title, second.Title, optional.Recommended = "macOS 13.7", "macOS 13.8", false
	verdicts := enforce.Scope{Running: "13.6"}.Judge([]enforce.Update{optional, first, second})
	if want := "goes along, since macOS 13.7 needs a restart anyway"; verdicts[0].Reason != want {
		t.Errorf("%q, want %q", verdicts[0].Reason, want)
	}
}

// The number is in state files.
func TestAnUnknownSizeIsMinusOne(t *testing.T) {
	if enforce.UnknownSize != -1 {
		t.Errorf("it is %d", enforce.UnknownSize)
	}
}
