package macos

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// declarationsPath is where macOS keeps the declarations about updates that a server has sent (macOS 14 and later).
const declarationsPath = "/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist"

const (
	// logTail is how much of the install log is read: some ten thousand lines, which are days of an ordinary Mac.
	logTail = 2 << 20
	// padding is the most by which a date is believed that macOS sets itself. It sets one an hour ahead, again and again.
	padding = 24 * time.Hour
)

// Declarations tells which update macOS itself is going to enforce.
type Declarations struct{ Host Host }

// Declaration is an update that macOS enforces: on a date it restarts the Mac and installs it, whoever is there. The zero
// Declaration is none.
type Declaration struct {
	Version  string    // of macOS, that is to run
	Build    string    // empty where the declaration names none
	Enforced time.Time // the date that was declared
	Padded   time.Time // the date that macOS has set itself once that has lapsed; zero for none
	Agreed   bool      // the install log says the same; else the record of declarations alone says it
}

// None tells that there is no declaration.
func (d Declaration) None() bool { return d.Version == "" }

// Due is when macOS acts.
func (d Declaration) Due() time.Time {
	if d.Padded.IsZero() {
		return d.Enforced
	}
	return d.Padded
}

// String implements fmt.Stringer.
func (d Declaration) String() string {
	name := "macOS " + d.Version
	if d.Build != "" {
		name += " (" + d.Build + ")"
	}
	return name + " by " + d.Enforced.Format("2006-01-02 15:04:05")
}

// Current tells which declaration macOS goes by now, given what runs and the Mac's zone. Of several it is the one whose
// date is the earliest. What is not newer than what runs is done.
//
// Both the record and the install log are undocumented, so only what agrees counts. A record alone is believed where the
// log is silent, as it is when it has just been rotated; a log alone never is. Where they contradict each other there is
// no declaration, and the problems say why. The problems are sentences. The error says that the record is there and
// cannot be read.
func (d Declarations) Current(now time.Time, running Version, zone *time.Location) (Declaration, []string, error) {
	recorded, problems, err := d.recorded(zone)
	if err != nil {
		return Declaration{}, nil, fmt.Errorf("read declarations: %w", err)
	}
	pending := slices.DeleteFunc(recorded, func(one Declaration) bool { return !one.newer(running) })
	if len(pending) == 0 {
		return Declaration{}, problems, nil
	}
	first := slices.MinFunc(pending, func(a, b Declaration) int {
		if by := a.Enforced.Compare(b.Enforced); by != 0 {
			return by
		}
		return compareVersions(b.Version, a.Version)
	})
	text, err := d.Host.Ledger.Tail(installLogPath, logTail)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		problems = append(problems, fmt.Sprintf("Install log not read: %v.", err))
	}
	var said []logEntry
	for entry := range declaredEntries(string(text), zone) {
		if entry.kind != logDeclared || entry.declared.newer(running) {
			said = append(said, entry)
		}
	}
	first, problem := first.weighed(pending, said, now)
	if problem != "" {
		problems = append(problems, problem)
	}
	return first, problems, nil
}

// recorded reads the record, known from public tools and never seen by this project: a dictionary of dictionaries, of
// which each is a declaration. What cannot be used is told.
func (d Declarations) recorded(zone *time.Location) (list []Declaration, problems []string, err error) {
	values, err := ReadList(d.Host, declarationsPath)
	if err != nil {
		return nil, nil, err
	}
	fields, _ := values["SUCorePersistedStatePolicyFields"].(map[string]any)
	declarations, isMap := fields["Declarations"].(map[string]any)
	if there := fields["Declarations"]; there != nil && !isMap {
		problems = append(problems, fmt.Sprintf("The record of declarations is not used: it holds a %T.", there))
	}
	for _, key := range slices.Sorted(maps.Keys(declarations)) {
		entry, _ := declarations[key].(map[string]any)
		version, _ := entry["TargetOSVersion"].(string)
		build, _ := entry["TargetBuildVersion"].(string)
		date, _ := entry["TargetLocalDateTime"].(string)
		when, dated := localTime(date, zone)
		switch {
		case !isVersion(version):
			problems = append(problems, fmt.Sprintf("A declaration is not used: %q is not a version of macOS.", excerpt(version)))
		case !dated:
			problems = append(problems, fmt.Sprintf("The declaration of macOS %s is not used: %q is not a date.", version, excerpt(date)))
		default:
			if !isBuild(build) {
				build = ""
			}
			list = append(list, Declaration{Version: version, Build: build, Enforced: when})
		}
	}
	return list, problems, nil
}

// newer tells whether a declaration asks for something else than what runs. Builds decide between equal versions only.
func (d Declaration) newer(running Version) bool {
	number, _, _ := strings.Cut(running.Number, " ")
	by := compareVersions(d.Version, number)
	return by > 0 || by == 0 && laterBuild(d.Build, running.Build)
}

// same tells whether two declarations are one. A build counts where both name one.
func (d Declaration) same(o Declaration) bool {
	return compareVersions(d.Version, o.Version) == 0 && d.Enforced.Equal(o.Enforced) && (d.Build == "" || o.Build == "" || d.Build == o.Build)
}

// weighed holds the declaration that applies first against what the log says of it and of the other pending ones. Done
// ones are no longer among what was said. It returns none, and why, where the two contradict each other.
func (d Declaration) weighed(pending []Declaration, said []logEntry, now time.Time) (result Declaration, problem string) {
	about := -1 // the first entry about it
	var newest *Declaration
	for i := range said {
		if said[i].kind != logDeclared {
			continue
		}
		newest = &said[i].declared
		if about < 0 && d.same(*newest) {
			about = i
		}
	}
	switch {
	case newest == nil:
		return d, fmt.Sprintf("The install log says nothing of declarations in its end, so the record of %s stands alone.", d)
	case about < 0, !slices.ContainsFunc(pending, newest.same):
		return Declaration{}, fmt.Sprintf("No declaration is trusted: recorded is %s, and the install log speaks of %s.", d, *newest)
	case slices.ContainsFunc(said[about:], func(e logEntry) bool { return e.kind == logNothing }):
		return Declaration{}, fmt.Sprintf("No declaration is trusted: recorded is %s, and the install log says that no such update was found.", d)
	}
	d.Agreed = true
	d.Padded = d.padded(said[about:], now)
	return d, ""
}

// padded finds the date that macOS has set itself last for a declaration, in what was said since its first mention. It does
// not count if it is before the declared one, over for more than a day, further ahead than macOS ever sets it, or followed
// by a word on another declaration. There is none then.
func (d Declaration) padded(said []logEntry, now time.Time) time.Time {
	var last time.Time
	for _, e := range said {
		switch e.kind {
		case logPadded:
			last = e.padded
			if last.Before(d.Enforced) || last.After(e.at.Add(padding)) {
				last = time.Time{}
			}
		case logDeclared:
			if !d.same(e.declared) {
				last = time.Time{}
			}
		case logNothing:
		}
	}
	if last.Before(now.Add(-padding)) {
		return time.Time{}
	}
	return last
}
