package settings

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// Placeholders are what a heading or a message can hold for what is only known on the Mac.
func Placeholders() []string {
	return []string{placeDeadline, placeHours, placeUpdates, placeMechanism, placeContact}
}

const (
	placeDeadline  = "%DEADLINE_DATE%"
	placeHours     = "%DEFER_HOURS%"
	placeUpdates   = "%UPDATE_LIST%"
	placeMechanism = "%UPDATE_MECHANISM%"
	placeContact   = "%SUPPORT_CONTACT%"
)

// methods finds settings that say different things about who installs.
func (l *linter) methods() {
	method, _ := l.given[InstallMethod].(string)
	manual, given := l.given[ManualUpdates].(bool)
	switch {
	case given && !manual && method == "manual":
		l.add(Doubtful, InstallMethod, "InstallMethod is manual and ManualUpdates is false: they contradict each other; leave ManualUpdates out")
	case given && manual && (method == "softwareupdate" || method == "declarative"):
		l.add(Doubtful, InstallMethod, "InstallMethod is %s and ManualUpdates is true: they contradict each other; leave ManualUpdates out", method)
	}
	if quiet, _ := l.given[DisablePostInstallAlert].(bool); quiet && given && !manual {
		l.add(Remarkable, DisablePostInstallAlert, "DisablePostInstallAlert has no effect while ManualUpdates is false")
	}
}

// versions finds a macOS that the package, or a method, does not know.
func (l *linter) versions() {
	const oldest, declarative = 12, 14
	version := l.context.MacOS
	if version == "" {
		return
	}
	if !enforce.AtLeast(version, oldest) {
		l.add(Doubtful, "", "macOS %s is older than macOS %d: the package refuses to install there", version, oldest)
	}
	if l.given[InstallMethod] == "declarative" && !enforce.AtLeast(version, declarative) {
		l.add(Doubtful, InstallMethod, "InstallMethod is declarative, which needs macOS %d: Macs with macOS %s do not have it", declarative, version)
	}
}

// logo finds a picture that will not be where it is looked for.
func (l *linter) logo() {
	logo, given := l.given[MessagingLogo].(string)
	if !given {
		return
	}
	within := strings.HasPrefix(path.Clean(logo), SupportFolder+"/")
	switch {
	case within && !l.context.LogoInPackage:
		l.add(Doubtful, MessagingLogo, "MessagingLogo is %q, in the folder of the package, which brings no logo along: name the picture as logo", logo)
	case !within && l.context.LogoInPackage:
		l.add(Doubtful, MessagingLogo, "MessagingLogo is %q, outside of the package, which brings another logo along: that one is not shown; leave one of them out", logo)
	case !within && !strings.HasPrefix(logo, "/System/"):
		l.add(Remarkable, MessagingLogo, "MessagingLogo is %q, outside of the package: something else has to put it on Macs", logo)
	}
	if end := strings.ToLower(path.Ext(logo)); end != ".png" && end != ".icns" {
		l.add(Doubtful, MessagingLogo, "MessagingLogo is %q, which ends in neither .png nor .icns", logo)
	}
}

// labels finds buttons that are cut, or that cannot be told apart.
func (l *linter) labels() {
	for _, t := range l.written(InstallButtonLabel, DeferButtonLabel) {
		if !LabelFits(t.text) {
			most := len("Run Updates")
			l.add(Doubtful, t.at, "%s %q has %s: a window shows about %d, and cuts the rest", t.at, t.text, counted(len([]rune(t.text)), "character"), most)
		}
	}
	if label := l.settings.Text(InstallButtonLabel); label == l.settings.Text(DeferButtonLabel) {
		l.add(Doubtful, DeferButtonLabel, "both buttons say %q: nobody can tell them apart", label)
	}
}

// written is a text that the administrator wrote.
type written struct {
	at, key string // where it is, as Localizations.de.PromptMessage, and for which key
	text    string
}

// written are the texts that are given for some keys, in the base language and then in the others.
func (l *linter) written(names ...string) []written {
	var all []written
	for _, name := range names {
		if text, ok := l.given[name].(string); ok {
			all = append(all, written{name, name, text})
		}
	}
	languages, _ := l.given[Localizations].(map[string]map[string]string)
	for _, tag := range slices.Sorted(maps.Keys(languages)) {
		for _, name := range names {
			if text, ok := languages[tag][name]; ok {
				all = append(all, written{Localizations + "." + tag + "." + name, name, text})
			}
		}
	}
	return all
}

// texts finds headings and messages with signs that do not work, that leave out what people need, or that do not fit.
func (l *linter) texts() {
	var names []string
	for _, key := range windowTexts() {
		names = append(names, key.Name)
	}
	for _, t := range l.written(names...) {
		for _, problem := range append(placeholders(t.text), markers(t.text)...) {
			l.add(Doubtful, t.at, "%s %s", t.at, problem)
		}
		l.lacks(t)
		l.overflows(t)
	}
	l.contact()
}

// lacks finds a message that does not say what it is for.
func (l *linter) lacks(t written) {
	without := func(place string) bool { return !strings.Contains(t.text, place) }
	switch t.key {
	case PromptMessage:
		if without(placeDeadline) && without(placeHours) {
			l.add(Doubtful, t.at, "%s holds neither %s nor %s: it does not say until when updates can be deferred", t.at, placeDeadline, placeHours)
		}
	case ManualMessage:
		if without(placeMechanism) {
			l.add(Remarkable, t.at, "%s does not hold %s: it does not say where to install the updates", t.at, placeMechanism)
		}
	case FinalMessage, UpdatingMessage:
	default:
		return
	}
	if without(placeUpdates) {
		l.add(Remarkable, t.at, "%s does not hold %s: it does not say which updates it is about", t.at, placeUpdates)
	}
}

// overflows finds a text that is longer than its window.
func (l *linter) overflows(t written) {
	shown := enforce.Expand(t.text, l.sample())
	if strings.HasSuffix(t.key, "Heading") {
		if !HeadingFits(shown) {
			l.add(Doubtful, t.at, "%s is about %d ems wide where a window shows %d: its end is cut", t.at, (width(shown)+999)/1000, headingWidth/1000)
		}
		return
	}
	if lines := MessageLines(shown); lines > MaxMessageLines {
		l.add(Doubtful, t.at, "%s takes up about %d lines where a window shows %d: its end is cut", t.at, lines, MaxMessageLines)
	}
}

// contact finds a contact that is too long for the default messages.
func (l *linter) contact() {
	if _, given := l.given[SupportContact]; !given {
		return
	}
	for _, key := range windowTexts() {
		text := l.settings.Text(key.Name)
		if _, given := l.given[key.Name]; given || strings.HasSuffix(key.Name, "Heading") {
			continue
		}
		if lines := MessageLines(enforce.Expand(text, l.sample())); lines > MaxMessageLines {
			l.add(Doubtful, SupportContact, "SupportContact makes %s take up about %d lines where a window shows %d: its end is cut", key.Name, lines, MaxMessageLines)
			return
		}
	}
}

// sample is what messages are measured with: three updates of usual names, a long date, and a restart.
func (l *linter) sample() enforce.Facts {
	most, _ := l.seconds(MaxDeferralTime)
	return enforce.Facts{
		Left:      time.Duration(most) * time.Second,
		Deadline:  "Wednesday 30 September 2026 at 23:59",
		Contact:   l.settings.Text(SupportContact),
		Updates:   "macOS Sequoia 15.7.2, Safari 18.6 and Command Line Tools for Xcode 16.4",
		Mechanism: "System Settings > General > Software Update",
		Restart:   true,
	}
}

// placeholders finds what looks like a placeholder and is none. People would see it as it stands.
func placeholders(text string) (problems []string) {
	looksLike := regexp.MustCompile(`%([A-Za-z][A-Za-z_]*)%|%([A-Z][A-Z_]{3,})`)
	for _, found := range looksLike.FindAllStringSubmatch(text, -1) {
		whole, open := found[0], found[2]
		if slices.Contains(Placeholders(), whole) {
			continue
		}
		hint := ""
		if near := Nearest(strings.Trim(whole, "%"), bare(Placeholders())); near != "" {
			hint = "; did you mean %" + near + "%?"
		}
		if open != "" {
			problems = append(problems, fmt.Sprintf("holds %s without a %% at its end, which is shown as it stands%s", whole, hint))
			continue
		}
		problems = append(problems, fmt.Sprintf("holds %s, which is no placeholder and is shown as it stands%s", whole, hint))
	}
	return problems
}

func bare(placeholders []string) []string {
	var names []string
	for _, p := range placeholders {
		names = append(names, strings.Trim(p, "%"))
	}
	return names
}

// markers finds sections that do not begin and end in order. Their markers are dropped and the wrong text stays or goes.
func markers(text string) (problems []string) {
	ends := map[string]string{"<<": ">>", "{{": "}}"}
	begins := map[string]string{">>": "<<", "}}": "{{"}
	var open []string
	for _, marker := range regexp.MustCompile(`<<|>>|\{\{|\}\}`).FindAllString(text, -1) {
		if ends[marker] != "" {
			if slices.Contains(open, marker) {
				problems = append(problems, fmt.Sprintf("holds %s inside %s…%s: sections of a kind do not nest", marker, marker, ends[marker]))
			}
			open = append(open, marker)
			continue
		}
		begin := begins[marker]
		at := len(open) - 1
		for at >= 0 && open[at] != begin {
			at--
		}
		switch {
		case at < 0:
			problems = append(problems, fmt.Sprintf("holds %s without %s before it", marker, begin))
		case at < len(open)-1:
			other := open[len(open)-1]
			problems = append(problems, fmt.Sprintf("ends a section with %s before the %s within it ends", marker, other))
			open = slices.Delete(open, at, at+1)
		default:
			open = open[:at]
		}
	}
	for _, marker := range open {
		problems = append(problems, fmt.Sprintf("holds %s without %s after it", marker, ends[marker]))
	}
	return problems
}

// Nearest is the one of some names that may have been meant by a name that is none of them; empty when none is near.
func Nearest(name string, names []string) string {
	const near = 3
	best, least := "", min(near, len(name)/2)+1
	for _, n := range names {
		if d := len(n) - len(name); d > near || d < -near {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < least {
			best, least = n, d
		}
	}
	return best
}
