package sim

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// release is a macOS generation as its updates name it.
type release struct {
	generation string
	name       string // without "macOS"
	update     string // title of a minor update
	version    string
	label      string
}

// releases are the generations that can be played, oldest first. What the updates of 10.13 to 10.15 are called follows
// no rule, so these are real ones; later ones are named by their version and build.
func releases() []release {
	list := []release{
		{"10.13", "High Sierra", "Security Update 2020-006", "10.13.6", "Security Update 2020-006-10.13.6"},
		{"10.14", "Mojave", "Security Update 2021-005", "10.14.6", "Security Update 2021-005-10.14.6"},
		{"10.15", "Catalina", "macOS Catalina 10.15.7 Update", "", "macOS Catalina 10.15.7 Update- "},
	}
	for _, r := range []struct{ number, name, minor, build string }{
		{"11", "Big Sur", "11.7.10", "20G1427"},
		{"12", "Monterey", "12.7.6", "21H1320"},
		{"13", "Ventura", "13.7.8", "22H730"},
		{"14", "Sonoma", "14.8.2", "23J126"},
		{"15", "Sequoia", "15.7.2", "24G325"},
		{"26", "Tahoe", "26.7", "25G229"},
		{"27", "", "27.0.1", "26A434"},
	} {
		title := strings.Join(strings.Fields("macOS "+r.name+" "+r.minor), " ")
		list = append(list, release{r.number, r.name, title, r.minor, title + "-" + r.build})
	}
	return list
}

// releaseOf finds the generation of a macOS version.
func releaseOf(version string) (index int, ok bool) {
	for i, r := range releases() {
		if rest, found := strings.CutPrefix(version, r.generation); found && (rest == "" || rest[0] == '.') {
			return i, true
		}
	}
	return 0, false
}

// Plays tells whether a macOS version can be played: 10.13 to 27.
func Plays(version string) bool {
	if _, ok := releaseOf(version); !ok {
		return false
	}
	for _, part := range strings.Split(version, ".") {
		if n, err := strconv.Atoi(part); err != nil || n < 0 || n > 999 {
			return false
		}
	}
	return true
}

// SampleOffers are the updates that a Mac with that macOS version might be offered: one of macOS, one of Safari, and the
// upgrade to the next macOS where there is one that is listed beside updates, as it is from macOS 12 on.
func SampleOffers(version string) []Offer {
	index, ok := releaseOf(version)
	if !ok {
		index = 2
	}
	all := releases()
	r := all[index]
	becomes := r.version
	if becomes == "" {
		becomes = "10.15.7"
	}
	offers := []Offer{
		{Update: enforce.Update{
			Label: r.label, Title: r.update, Version: r.version, SizeKiB: 1_555_614, Recommended: true, Action: enforce.Restart,
		}, Becomes: becomes},
		{Update: enforce.Update{
			Label: fmt.Sprintf("Safari%sAuto-18.3", strings.ReplaceAll(r.name, " ", "")), Title: "Safari", Version: "18.3",
			SizeKiB: 175_218, Recommended: true,
		}},
	}
	if next := index + 1; enforce.AtLeast(version, 12) && next < len(all) {
		u := all[next]
		offers = append(offers, Offer{Update: enforce.Update{
			Label: u.label, Title: u.update, Version: u.version, SizeKiB: 9_687_761, Recommended: true, Action: enforce.Restart,
		}, Becomes: u.version})
	}
	return offers
}
