package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

func (m *Mac) softwareUpdate(c macos.Command) macos.Output {
	if len(c.Args) == 0 {
		return macos.Output{Stderr: "usage: softwareupdate <cmd> [<args> ...]\n"}
	}
	switch c.Args[0] {
	case "--list":
		return m.list(c)
	case "--download":
		return m.download(c, labelsOf(c.Args))
	case "--install":
		return m.installUpdates(c, labelsOf(c.Args))
	default:
		return macos.Output{Stderr: "softwareupdate: unrecognized option `" + c.Args[0] + "'\nusage: softwareupdate <cmd> [<args> ...]\n"}
	}
}

func labelsOf(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "--") })
}

// offered lists what is offered now: not what is installed, or needs another update first.
func (m *Mac) offered() []*offer {
	var list []*offer
	for _, o := range m.offers {
		if !o.installed && !o.waiting && (o.After == "" || m.isInstalled(o.After)) {
			list = append(list, o)
		}
	}
	return list
}

func (m *Mac) isInstalled(label string) bool {
	return slices.ContainsFunc(m.offers, func(o *offer) bool { return o.Label == label && o.installed })
}

func (m *Mac) offer(label string) *offer {
	for _, o := range m.offered() {
		if o.Label == label {
			return o
		}
	}
	return nil
}

func (m *Mac) list(c macos.Command) macos.Output {
	if m.offline {
		m.pass(20*time.Second, limitsOf(c))
		return macos.Output{Stdout: banner + "\n", Stderr: "Scan finished with error: Error Domain=NSURLErrorDomain Code=-1009 \"The Internet connection appears to be offline.\"\n", Code: 1}
	}
	if m.pass(25*time.Second, limitsOf(c)) {
		return macos.Output{TimedOut: true, Code: -1}
	}
	stdout, stderr := PrintListing(m.version, updatesOf(m.offered()))
	return macos.Output{Stdout: stdout, Stderr: stderr}
}

func updatesOf(offers []*offer) []enforce.Update {
	var updates []enforce.Update
	for _, o := range offers {
		updates = append(updates, o.Update)
	}
	return updates
}

// download fetches updates. On Apple silicon the tool also prepares what is macOS itself, which needs an owner.
func (m *Mac) download(c macos.Command, labels []string) macos.Output {
	out := m.fetch(c, labels)
	needed := slices.ContainsFunc(labels, func(label string) bool {
		o := m.offer(label)
		return o != nil && m.needsOwner(o)
	})
	if text, done := strings.CutSuffix(out.Stdout, "Done.\n"); done && needed {
		return macos.Output{Stdout: text + noOwner, Code: 1}
	}
	return out
}

func (m *Mac) fetch(c macos.Command, labels []string) macos.Output {
	out := banner + "\n"
	for _, label := range labels {
		o := m.offer(label)
		switch {
		case o == nil:
			out += label + ": No such update\n"
			continue
		case m.offline:
			return macos.Output{Stdout: out, Stderr: "Can\u2019t connect to the Apple Software Update server\n", Code: 1}
		case m.ramped(o):
			return heldBack(out, o)
		case !o.cached:
			out += "Downloading " + o.Title + "\n"
			if m.pass(o.downloadTime(), limitsOf(c)) {
				return macos.Output{Stdout: out, TimedOut: true, Code: -1}
			}
			o.cached = true
		}
		out += m.downloaded(o)
	}
	return macos.Output{Stdout: out + "Done.\n"}
}

// noOwner is what the tool prints when the password of a volume owner is needed: on Apple silicon for all of macOS, also
// to prepare it once it is downloaded.
const noOwner = "Failed to authenticate\nPassword:"

func (m *Mac) needsOwner(o *offer) bool { return m.scenario.Silicon && o.Action != enforce.Stay }

// downloaded is what the tool prints of an update that is there: macOS since 11 has a colon, packages have none.
func (m *Mac) downloaded(o *offer) string {
	if enforce.AtLeast(m.version, 11) && o.Action != enforce.Stay {
		return "Downloaded: " + o.Title + "\n"
	}
	return "Downloaded " + o.Title + "\n"
}

func (o *offer) downloadTime() time.Duration {
	if o.Download > 0 {
		return o.Download
	}
	const perSecond = 20 << 10 // KiB
	return max(5*time.Second, time.Duration(o.SizeKiB/perSecond)*time.Second)
}

func (o *offer) installTime() time.Duration {
	switch {
	case o.Install > 0:
		return o.Install
	case o.Action != enforce.Stay:
		return 20 * time.Minute
	default:
		return 90 * time.Second
	}
}

// installUpdates installs. On Apple silicon macOS itself needs the password of a volume owner, whom a daemon is not.
func (m *Mac) installUpdates(c macos.Command, labels []string) macos.Output {
	if says, yes := m.crowded(labels); yes {
		return macos.Output{Stdout: banner + "\n", Stderr: says}
	}
	out := m.fetch(c, labels)
	if out.TimedOut || out.Code != 0 {
		return out
	}
	text := strings.TrimSuffix(out.Stdout, "Done.\n")
	power := enforce.Stay
	for _, label := range labels {
		o := m.offer(label)
		if o == nil {
			continue
		}
		if m.needsOwner(o) {
			return macos.Output{Stdout: text + noOwner, Code: 1}
		}
		if m.pass(o.installTime(), limitsOf(c)) {
			return macos.Output{Stdout: text, TimedOut: true, Code: -1}
		}
		if o.failed < o.Fails {
			o.failed++
			return macos.Output{Stdout: text + "Package failed:\n", Stderr: "Error installing " + o.Title + ".\n", Code: 1}
		}
		text += m.installed(o)
		if !o.Prepares && power != enforce.ShutDown && o.Action != enforce.Stay {
			power = o.Action
		}
	}
	if strings.HasSuffix(text, "No such update\n") {
		return macos.Output{Stdout: text, Stderr: "No updates are available.\n"}
	}
	return m.conclude(c, text, power)
}

// installed installs one update, and says what the tool says about it.
func (m *Mac) installed(o *offer) string {
	if o.Prepares {
		return ""
	}
	m.note(KindSystem, o.Name()+" is installed.")
	if o.Action != enforce.Stay {
		o.waiting = true
	} else {
		o.installed = true
	}
	if enforce.AtLeast(m.version, 11) && o.Action != enforce.Stay {
		return fmt.Sprintf("Downloaded: %s\n", o.Title)
	}
	return fmt.Sprintf("Installing %s\nDone with %s\n", o.Title, o.Title)
}

// conclude says what the Mac has to do, or with --restart does it: the tool asks programs to quit, and they may refuse.
func (m *Mac) conclude(c macos.Command, text string, power enforce.Power) macos.Output {
	if power != enforce.Stay && slices.Contains(c.Args, "--restart") {
		switch {
		case !m.loggedIn:
			m.restart(true, "softwareupdate restarts the Mac, on which nobody is logged in.")
		case m.unsaved:
			m.note(KindPerson, "is asked by softwareupdate's restart to save a document, and does not answer")
		default:
			m.restart(false, "softwareupdate asks all programs to quit, and restarts the Mac.")
		}
		return macos.Output{Stdout: text}
	}
	text += "Done.\n"
	switch power {
	case enforce.Restart:
		text += "You have installed one or more updates that requires that you restart your computer.  Please restart immediately.\n"
	case enforce.ShutDown:
		text += "To install these updates, your computer must shut down. Your computer will automatically start up to finish installation.\n" +
			"Please call halt(8) or select Shut Down from the Apple menu.\n"
	case enforce.Stay:
	}
	return macos.Output{Stdout: text}
}
