package macos

import (
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// Transcript is what a download or an install by softwareupdate printed, read. The exit status says little: it is 0
// when there is no such update or no space, and 1 after a download that is complete. So the text decides, and a new
// listing proves.
type Transcript struct {
	Downloaded    []string      // what was fetched, or was there already, by title or label as printed
	Installed     []string      // what was installed, by title as printed; macOS 10.6 to 10.9 only
	NoSuch        []string      // labels that are not on offer
	Done          bool          // "Done."; macOS updates of 11 and later end without it
	NoneAvailable bool          // "No updates are available."
	AuthFailed    bool          // Apple silicon asked for the password of a volume owner, and got none
	Ramped        bool          // Apple does not let this Mac have an update yet
	Power         enforce.Power // what it said the Mac must do to finish; a shut down beats a restart
	Problem       string        // the first complaint, one line; empty when there is none
	Restarting    bool          // it said that it restarts, or shuts down, the Mac itself
}

// ParseTranscript reads the output of `softwareupdate --download` or `--install`, both streams of it. It takes any
// text, and time in proportion to its length, though progress comes as thousands of readings separated by CR.
func ParseTranscript(text string) Transcript {
	var t Transcript
	for line := range lines(text) {
		t.read(strings.TrimSpace(line))
	}
	return t
}

func (t *Transcript) read(line string) {
	for strings.HasPrefix(line, "Password:") { // a question, so no line end follows
		line = strings.TrimSpace(line[len("Password:"):])
	}
	switch {
	case line == "" || isNoise(line) || isBullet(line) || isBanner(line) || strings.HasPrefix(line, "Title:"):
	case strings.HasPrefix(line, "Downloading") || strings.HasPrefix(line, "Installing"):
	case t.finished(line) || t.power(line):
	default:
		t.complaint(line)
	}
}

// finished reads the lines that say what was completed. macOS updates have a colon after the word, packages have none;
// macOS 10.15 echoes the label of a macOS update, else it is the title.
func (t *Transcript) finished(line string) bool {
	word, name, _ := strings.Cut(line, " ")
	switch word {
	case "Downloaded", "Downloaded:":
		t.Downloaded = note(t.Downloaded, name)
	case "Installed", "Installed:":
		t.Installed = note(t.Installed, name)
	case "Done.":
		t.Done = true
	case "Done":
		name, with := strings.CutPrefix(name, "with ") // macOS 10.9
		if !with {
			return false
		}
		t.Installed = note(t.Installed, name)
	default:
		return false
	}
	return true
}

// note appends a name, as far as there is one and the list is not full.
func note(list []string, name string) []string {
	if name = clean(name); name == "" || len(list) == maxUpdates {
		return list
	}
	return append(list, name)
}

// power reads the lines that say what the Mac must do. The text about a shut down, of Macs with a T2 chip, also warns
// against a restart.
func (t *Transcript) power(line string) bool {
	switch {
	case containsAny(line, "must shut down", "instead of shutting down", "call halt(8)", "select Shut Down from"):
		t.Power = enforce.ShutDown
	case containsAny(line, "requires that you restart", "require that you restart",
		"your computer must restart", "Please restart immediately"):
		if t.Power != enforce.ShutDown {
			t.Power = enforce.Restart
		}
	case strings.HasPrefix(line, "Restarting") || strings.HasPrefix(line, "Shutting down") ||
		strings.HasPrefix(line, "Your computer will restart"):
		// Not in any capture; taken to be what --restart says.
		t.Restarting = true
	default:
		return false
	}
	return true
}

// complaint reads the lines that say what went wrong.
func (t *Transcript) complaint(line string) {
	if label, found := cutSuffixes(line, ": No such update", ": No such update."); found {
		t.NoSuch = note(t.NoSuch, label)
		t.blame("no such update: " + label)
		return
	}
	switch {
	case strings.HasPrefix(line, "No updates are available"):
		t.NoneAvailable = true
	case isRamped(line):
		t.Ramped = true
		t.blame("not downloadable at this time")
	case strings.HasPrefix(line, "Failed to authenticate"):
		t.AuthFailed = true
		t.blame("authentication failed")
	case isProblem(line):
		t.blame(strings.TrimPrefix(line, "softwareupdate: "))
	}
}

func cutSuffixes(text string, suffixes ...string) (before string, found bool) {
	for _, suffix := range suffixes {
		if before, found = strings.CutSuffix(text, suffix); found {
			return before, true
		}
	}
	return text, false
}

func isProblem(line string) bool {
	if _, yes := complaintClass(line); yes {
		return true
	}
	for _, start := range []string{"Error ", "Failed ", "Package failed", "Not enough ", "Can't ", "Can’t ", "Couldn"} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return containsAny(line, "free disk space", "could not be", "couldn't be", "couldn’t be", "must be quit",
		"must be run as root")
}

// blame keeps the first complaint, worded to stand within an error: lower case first, no full stop.
func (t *Transcript) blame(text string) {
	if t.Problem != "" {
		return
	}
	text = trimEnd(excerpt(text), ".")
	if len(text) > 1 && text[0] >= 'A' && text[0] <= 'Z' && (text[1] < 'A' || text[1] > 'Z') {
		text = strings.ToLower(text[:1]) + text[1:]
	}
	t.Problem = text
}
