package macos

import (
	"iter"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// installLogPath is the system's log of installations.
const installLogPath = "/var/log/install.log"

// logEntry is a line of the install log that is about declared updates.
type logEntry struct {
	at       time.Time   // when it was written
	kind     logKind     //
	declared Declaration // of [logDeclared]
	padded   time.Time   // of [logPadded]
}

// logKind is what a line is about.
type logKind int

// The kinds.
const (
	logDeclared logKind = iota // macOS names a declaration that it goes by
	logPadded                  // the date of one has lapsed, and macOS has set itself another
	logNothing                 // macOS has found no update for what is declared
)

// declaredEntries yields the lines about declared updates, in their order, of a part of the install log. A line that it
// begins or ends within is left out by its form.
//
// The lines are known from public tools that read them (DDM-OS-Reminder, jamf-ddm-update-visibility), of macOS 15 and 26:
//
//	2025-11-13 08:59:56-05 host softwareupdated[754]: -[SUOSUManagedServiceDaemon declarationFromKeys]: Found currently
//	  applicable declaration: SUCoreDDMDeclaration (DeclarationKey:…|EnforcedInstallDate:2025-11-13T09:00:00|VersionString:15.7.2|
//	  BuildVersionString:24G325|DetailsURL:(null)|…)
//	2025-11-13 09:59:56-05 host SoftwareUpdateNotificationManager[812]: … setPastDuePaddedEnforcementDate is set: Thu Nov 13 10:59:56 2025
//	2025-11-13 08:59:57-05 host softwareupdated[754]: … No updates found for DDM to enforce
//
// all on one line each. The zone has hours only, or minutes too; what is not there is "(null)". softwareupdated repeats old
// declarations for ever. Any program can write to this log under any name, so nothing that it says alone is trusted.
func declaredEntries(text string, zone *time.Location) iter.Seq[logEntry] {
	return func(yield func(logEntry) bool) {
		for line := range strings.Lines(text) {
			if entry, ok := parseLogLine(strings.TrimSpace(line), zone); ok && !yield(entry) {
				return
			}
		}
	}
}

// parseLogLine reads a line, if it is about declared updates.
func parseLogLine(line string, zone *time.Location) (e logEntry, ok bool) {
	const padded, nothing = "setPastDuePaddedEnforcementDate is set: ", "No updates found for DDM to enforce"
	if !containsAny(line, "|EnforcedInstallDate:", padded, nothing) { // nearly all lines are about something else
		return e, false
	}
	parts := strings.SplitN(line, " ", 5) // date, time, host, process, and the rest
	if len(parts) < 5 {
		return e, false
	}
	process, _, _ := strings.Cut(parts[3], "[")
	if e.at, ok = stamp(parts[0] + " " + parts[1]); !ok || !slices.Contains([]string{"softwareupdated", "SoftwareUpdateNotificationManager"}, process) {
		return e, false
	}
	_, date, isPadded := strings.Cut(parts[4], padded)
	switch {
	case isPadded:
		when, err := time.ParseInLocation("Mon Jan _2 15:04:05 2006", strings.TrimSpace(date), zone)
		e.kind, e.padded, ok = logPadded, when, err == nil
	case strings.Contains(parts[4], nothing):
		e.kind = logNothing
	default:
		e.declared, ok = parseDeclared(parts[4], zone)
	}
	return e, ok
}

// stamp reads the time at which a line was written.
func stamp(text string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02 15:04:05-07", "2006-01-02 15:04:05-0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseDeclared reads the fields of a declaration in a line.
func parseDeclared(text string, zone *time.Location) (d Declaration, ok bool) {
	dated := false
	for field := range strings.SplitSeq(text, "|") {
		key, value, _ := strings.Cut(strings.TrimSuffix(field, ")"), ":")
		switch {
		case key == "EnforcedInstallDate":
			d.Enforced, dated = localTime(value, zone)
		case key == "VersionString" && isVersion(value):
			d.Version = value
		case key == "BuildVersionString" && isBuild(value):
			d.Build = value
		}
	}
	return d, dated && d.Version != ""
}

// localTime reads a date such as "2025-11-13T09:00:00", which is one of the Mac's own zone. A zone that stands behind it
// counts, though Apple's declarations have none.
func localTime(text string, zone *time.Location) (time.Time, bool) {
	if t, err := time.ParseInLocation("2006-01-02T15:04:05", text, zone); err == nil {
		return t, true
	}
	t, err := time.Parse("2006-01-02T15:04:05Z07:00", text)
	return t, err == nil
}

// isRamped tells whether a line says that Apple does not let this Mac have an update yet. The words are those that a
// public tool (super) looks for in the install log; softwareupdate itself was not seen to print them, but may.
func isRamped(line string) bool {
	return containsAny(line, "ramped, not downloadable", "not downloadable at this time")
}

// Ramped lists those of some updates of which the install log says, since a time, that Apple does not let this Mac have them
// yet. It explains why they could not be had; where the log cannot be read it explains nothing.
func Ramped(host Host, since time.Time, updates []enforce.Update) []enforce.Update {
	const tail = 64 << 10
	text, err := host.Ledger.Tail(installLogPath, tail)
	if err != nil {
		return nil
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(line, " ", 5) // date, time, host, process, and the rest
		if len(parts) < 5 || !isRamped(parts[4]) || !strings.HasPrefix(parts[3], "softwareupdated[") {
			continue
		}
		at, ok := stamp(parts[0] + " " + parts[1])
		if ok && !at.Before(since.Truncate(time.Second)) && !at.After(host.Clock.Now()) {
			lines = append(lines, parts[4])
		}
	}
	return rampedOf(lines, updates)
}

// rampedOf lists the updates that lines are about. Which name of an update macOS uses there is not known: its title counts, and
// of macOS its version and its build.
func rampedOf(lines []string, updates []enforce.Update) []enforce.Update {
	return slices.DeleteFunc(slices.Clone(updates), func(u enforce.Update) bool {
		return !slices.ContainsFunc(lines, func(line string) bool {
			if u.Title != "" && hasWords(line, u.Title) {
				return true
			}
			return strings.HasPrefix(u.Title, "macOS ") && (hasWords(line, u.Version) && strings.Contains(line, "macOS") || hasWords(line, u.Build))
		})
	})
}

// hasWords tells whether a text contains another, not as a part of a longer word or number.
func hasWords(text, words string) bool {
	if words == "" {
		return false
	}
	inner := func(r rune) bool { return r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	for rest := text; ; {
		before, after, found := strings.Cut(rest, words)
		if !found {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, size := utf8.DecodeRuneInString(after)
		if next == '.' { // the end of a sentence, or a part of a version
			next, _ = utf8.DecodeRuneInString(after[size:])
		}
		if !inner(last) && !inner(next) {
			return true
		}
		rest = after
	}
}
