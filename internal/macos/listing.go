package macos

import (
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// Bounds on what is taken from one listing. Real ones hold a dozen entries and labels of some fifty bytes.
const (
	maxUpdates = 1000
	maxField   = 4 << 10 // bytes of a label, a title or a version
)

// Listing is what one `softwareupdate --list` said.
//
// The grammars are those of captured output: macOS 10.2 to 10.14 ("* label", then "title (version), 12K [restart]") and
// macOS 10.15 to 27 ("* Label: label", then "Title: …, Version: …, Size: …"). Both are understood in any mixture.
type Listing struct {
	Updates []enforce.Update // as listed, order kept; labels verbatim
	Found   bool             // it said "Software Update found the following new or updated software"
	None    bool             // it said "No new software available."
	Cut     bool             // an entry is incomplete or was refused, so there may be more on offer than is told here
	Err     error            // a [*ListError] when the tool complained or the listing is not conclusive, else nil
}

// Conclusive tells whether the listing may be believed: it found updates and describes one at least, or it said that
// there are none and nothing else. All other output, an empty one too, tells nothing about what is on offer. A
// conclusive listing that is Cut is good to act upon, but no proof that nothing else is on offer.
func (l Listing) Conclusive() bool {
	if !l.Found {
		return l.None && l.Err == nil && !l.Cut && len(l.Updates) == 0
	}
	for i := range l.Updates {
		if !l.Updates[i].Cut {
			return true
		}
	}
	return false
}

// ListClass is the kind of a [ListError].
type ListClass string

// The kinds of complaint.
const (
	ClassNetwork ListClass = "network" // Apple's server was not reached
	ClassDaemon  ListClass = "daemon"  // softwareupdated, the part of macOS that does the work, did not answer
	ClassUsage   ListClass = "usage"   // the tool does not know an argument
	ClassTimeout ListClass = "timeout" // time was up, the tool's or ours
	ClassEntry   ListClass = "entry"   // an entry was listed that cannot be passed back to the tool
	ClassUnknown ListClass = "unknown" // anything else, no output at all too
)

// ListError is what `softwareupdate --list` complained of.
type ListError struct {
	Class ListClass
	Text  string // the complaint, one line of valid UTF-8 and about 200 bytes at most
}

// Error implements error.
func (e *ListError) Error() string { return e.Text }

// ParseListing reads the output of `softwareupdate --list`, both streams of it: "No new software available." and most
// complaints come on standard error. It takes any text, and time in proportion to its length.
func ParseListing(text string) Listing {
	var r listReader
	for line, ended := range lines(text) {
		r.read(line, ended)
	}
	return r.finish(text)
}

// listReader reads a listing line by line.
type listReader struct {
	l       Listing
	waiting bool   // the last update has no details yet
	refused bool   // the entry whose details come next was refused
	old     bool   // the last label was of the grammar before macOS 10.15
	strange string // the first line that means nothing known
}

func (r *listReader) read(line string, ended bool) {
	body := strings.TrimLeft(line, " \t")
	switch {
	case body == "" || isNoise(body):
	case isBullet(body):
		r.label(body[1:])
	case r.details(body, len(body) < len(line), ended):
	case strings.HasPrefix(body, "Software Update found the following"):
		r.l.Found = true
	case strings.HasPrefix(body, "No new software available"):
		r.l.None = true
	case isBanner(body):
	default:
		r.complaint(body)
	}
}

// label begins an entry. It stays Cut until its details are read.
func (r *listReader) label(text string) {
	label, modern := strings.CutPrefix(text, " Label:")
	if modern {
		label = strings.TrimPrefix(label, " ")
	} else {
		label = strings.TrimLeft(label, " \t")
	}
	r.old, r.waiting, r.refused = !modern, false, true
	switch {
	case len(r.l.Updates) == maxUpdates:
		r.refuse("more than 1000 updates are listed")
	case len(label) > maxField:
		r.refuse("a listed label is longer than 4096 bytes")
	case strings.TrimSpace(label) == "":
		r.refuse("an entry is listed without a label")
	case hasControl(label):
		r.refuse("a listed label holds a control character")
	default:
		r.waiting, r.refused = true, false
		r.l.Updates = append(r.l.Updates, enforce.Update{Label: label, SizeKiB: enforce.UnknownSize, Cut: true})
	}
}

func (r *listReader) refuse(why string) {
	r.l.Cut = true
	if r.l.Err == nil {
		r.l.Err = &ListError{Class: ClassEntry, Text: why}
	}
}

// details tells whether a line holds details, and reads them into the last update. Lines of other kinds may stand
// between a label and its details, since the tool's two streams are read as one.
func (r *listReader) details(body string, indented, ended bool) bool {
	fields, modern := strings.CutPrefix(body, "Title:")
	switch {
	case !modern && (!r.old || !r.waiting && !r.refused):
		return false
	case r.refused:
		if !modern && !indented {
			return false
		}
		r.refused = false
		return true
	case !r.waiting:
		r.l.Cut = true // details of which the label is missing
		return true
	}
	last := &r.l.Updates[len(r.l.Updates)-1]
	update, complete := *last, false
	if modern {
		complete = parseFields(&update, fields)
	} else if complete = parseOldDetails(&update, body); !complete && !indented {
		return false
	}
	if modern && !r.old {
		update.Build = labelBuild(update)
	}
	// A line without an end may lack its last fields, and these say that an update is deferred or needs a restart.
	update.Cut = !complete || !ended
	*last, r.waiting = update, false
	return true
}

// parseFields reads what follows "Title:" in details of macOS 10.15 and later. The title may hold commas, colons and
// even the names of fields, so it goes up to the last ", Version:"; fields of other names are skipped. It tells whether
// there is more than a title.
func parseFields(u *enforce.Update, text string) (complete bool) {
	title, fields, complete := cutLast(text, ", Version:")
	if complete {
		u.Version, fields, _ = strings.Cut(fields, ",")
		u.Version = clean(u.Version)
	} else if title, fields, complete = cutLast(text, ", Size:"); complete {
		fields = "Size:" + fields
	}
	if u.Title = clean(title); !complete {
		u.Title = trimEnd(u.Title, ",")
	}
	for fields != "" {
		var field string
		field, fields, _ = strings.Cut(fields, ",")
		key, value, _ := strings.Cut(field, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "Size":
			u.SizeKiB = parseSize(value)
		case "Recommended":
			u.Recommended = strings.EqualFold(value, "yes")
		case "Action":
			u.Action = parseAction(value)
		case "Deferred":
			u.Deferred = strings.EqualFold(value, "yes")
		}
	}
	return complete
}

// parseOldDetails reads details of macOS 10.2 to 10.14, from the right, since the title may hold anything. Without a
// size or flags they are incomplete, and then the title is all there is. Until 10.4 the version had no parentheses.
func parseOldDetails(u *enforce.Update, text string) (complete bool) {
	u.Title = clean(text)
	rest := strings.TrimRight(text, " \t,")
	for strings.HasSuffix(rest, "]") {
		before, flag, found := cutLast(rest[:len(rest)-1], "[")
		if !found {
			break
		}
		if flag == "recommended" {
			u.Recommended = true
		} else if action := parseAction(flag); action != enforce.Stay && u.Action != enforce.ShutDown {
			u.Action = action
		}
		rest, complete = strings.TrimRight(before, " \t,"), true
	}
	head, size, _ := cutLast(rest, ",")
	if u.SizeKiB = parseSize(strings.TrimSpace(size)); u.SizeKiB == enforce.UnknownSize {
		if !complete || !strings.HasSuffix(rest, ")") {
			return false
		}
		head = rest
	}
	head = strings.TrimRight(head, " \t,")
	title, version, found := cutLast(strings.TrimSuffix(head, ")"), "(")
	if !found || !strings.HasSuffix(head, ")") {
		if title, version, found = cutLast(head, ","); !found {
			title, version = head, ""
		}
	}
	u.Title, u.Version = clean(trimEnd(title, ",")), clean(version)
	return true
}

// parseAction reads what the Mac must do. Words that are not known ask for nothing.
func parseAction(text string) enforce.Power {
	switch {
	case strings.EqualFold(text, string(enforce.Restart)):
		return enforce.Restart
	case strings.EqualFold(text, string(enforce.ShutDown)):
		return enforce.ShutDown
	default:
		return enforce.Stay
	}
}

// labelBuild is the build of macOS that an update installs, such as "22C65" or "22D7750270d", or empty. From macOS 11
// the label ends with it; on 10.15 the label ends with the version, or with nothing.
func labelBuild(u enforce.Update) string {
	if !strings.HasPrefix(u.Title, "macOS ") {
		return ""
	}
	_, build, _ := cutLast(u.Label, "-")
	build = strings.TrimSpace(build)
	letter := digits(build)
	if letter == 0 || letter == len(build) || build[letter] < 'A' || build[letter] > 'Z' {
		return ""
	}
	tail := build[letter+1:]
	number := digits(tail)
	tail = tail[number:]
	if number == 0 || len(tail) > 1 || tail != "" && (tail[0] < 'a' || tail[0] > 'z') {
		return ""
	}
	return build
}

// complaint notes a line that is neither an entry nor one of the phrases that every listing holds.
func (r *listReader) complaint(line string) {
	if r.strange == "" {
		r.strange = line
	}
	if class, bad := complaintClass(line); bad && r.l.Err == nil {
		r.l.Err = &ListError{Class: class, Text: excerpt(line)}
	}
}

// finish draws the conclusions that need the whole text.
func (r *listReader) finish(text string) Listing {
	for i := range r.l.Updates {
		u := &r.l.Updates[i]
		if strings.HasPrefix(u.Label, "-") {
			u.Cut = true // the tool would take it for an option
			r.refuse("a listed label begins with a hyphen: " + excerpt(u.Label))
		}
		r.l.Cut = r.l.Cut || u.Cut
	}
	r.l.Cut = r.l.Cut || r.l.Found && len(r.l.Updates) == 0
	if r.l.Err == nil && !r.l.Conclusive() {
		r.l.Err = &ListError{Class: ClassUnknown, Text: r.unknown(text)}
	}
	return r.l
}

// unknown says why a listing without a complaint is not conclusive.
func (r *listReader) unknown(text string) string {
	switch {
	case r.l.Found:
		return "printed no complete entry"
	case len(r.l.Updates) > 0:
		return "printed updates, but not that it found any"
	case r.strange != "":
		return "printed nothing known: " + excerpt(r.strange)
	}
	if text = strings.TrimSpace(text); text != "" {
		return "printed nothing known: " + excerpt(text)
	}
	return "printed nothing"
}
