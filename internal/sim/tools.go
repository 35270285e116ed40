package sim

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// call answers a tool that behaves.
func (m *Mac) call(c macos.Command) macos.Output {
	switch path.Base(c.Path) {
	case "softwareupdate":
		return m.softwareUpdate(c)
	case "jamfHelper":
		return m.jamfHelper(c)
	case "launchctl":
		return m.launchctl(c)
	case "osascript":
		return m.osascript(c)
	case "Dialog":
		return m.swiftDialog(c)
	case "shutdown":
		return m.shutdown(c)
	case "defaults":
		return m.defaults(c)
	case "scutil":
		return m.consoleUser()
	case "jamf":
		m.pass(40*time.Second, limitsOf(c))
		return macos.Output{Stdout: "Retrieving inventory preferences from https://jamf.example.com/...\nLocating software updates...\n"}
	default:
		return m.tell(c)
	}
}

// tell answers the tools that only tell something.
func (m *Mac) tell(c macos.Command) macos.Output {
	switch path.Base(c.Path) {
	case "sysctl":
		boot := m.boot.Add(m.skew)
		return macos.Output{Stdout: fmt.Sprintf("{ sec = %d, usec = %d } %s\n", boot.Unix(), boot.Nanosecond()/1000, boot.Format(time.ANSIC))}
	case "arch":
		if m.scenario.Silicon {
			return macos.Output{Stdout: "arm64\n"}
		}
		return macos.Output{Stdout: "i386\n"}
	case "fdesetup":
		if m.now.Before(m.converting) {
			return macos.Output{Stdout: "FileVault is On.\nEncryption in progress: Percent completed = 43.2\n"}
		}
		return macos.Output{Stdout: "FileVault is On.\n"}
	case "nc":
		if m.offline {
			m.pass(5*time.Second, limitsOf(c))
			return macos.Output{Code: 1}
		}
		return macos.Output{}
	case "stat":
		return m.consoleOwner()
	case "id":
		p, _ := m.personOf(c.Args[len(c.Args)-1])
		return macos.Output{Stdout: strconv.Itoa(p.UID) + "\n"}
	case "sw_vers":
		return macos.Output{Stdout: "ProductName:\tmacOS\nProductVersion:\t" + m.version + "\nBuildVersion:\t" + m.build + "\n"}
	case "open":
		m.byHand()
		return macos.Output{}
	default:
		return m.inform(c)
	}
}

// inform answers the tools that tell of what today's Macs have.
func (m *Mac) inform(c macos.Command) macos.Output {
	switch path.Base(c.Path) {
	case "pmset":
		return m.pmset(c)
	case "ioreg":
		return m.ioreg(c)
	case "df":
		return m.df(c)
	case "diskutil":
		return m.diskutil()
	case "dscl":
		return m.dscl(c)
	case "profiles":
		return m.profiles(c)
	case "mdmclient":
		return m.mdmclient(c)
	default: // logger and what else says nothing
		return macos.Output{}
	}
}

// byHand lets a handy person install in Software Update, once it is open: all that needs no upgrade.
func (m *Mac) byHand() {
	switch {
	case !m.scenario.Person.Handy || m.handling:
		return
	case m.scenario.Silicon && m.scenario.Person.NoOwner:
		m.note(KindPerson, "is asked for the password of a volume owner, and has none")
		return
	}
	if len(m.reachable()) == 0 {
		m.note(KindPerson, "does not get the updates in Software Update yet")
		return
	}
	m.handling = true
	m.note(KindPerson, "starts the installation in Software Update")
	m.at(m.now.Add(25*time.Minute), func() {
		m.handling = false
		restart := false
		for _, o := range m.reachable() {
			restart = restart || o.Action != enforce.Stay
			o.waiting, o.installed = o.Action != enforce.Stay, o.Action == enforce.Stay
		}
		if restart {
			m.restart(false, "Software Update restarts the Mac.")
		}
	})
}

// reachable lists what Software Update lets the person install, of what needs no upgrade.
func (m *Mac) reachable() (list []*offer) {
	scope := enforce.Scope{Running: m.version}
	for _, v := range scope.Judge(updatesOf(m.offered())) {
		if o := m.offer(v.Label); v.Enforced && o != nil && !m.ramped(o) {
			list = append(list, o)
		}
	}
	return list
}

func (m *Mac) launchctl(c macos.Command) macos.Output {
	switch {
	case len(c.Args) > 2 && c.Args[0] == "asuser":
		if !m.hasSession(c.Args[1]) {
			return macos.Output{Stderr: "Could not switch to audit session: 0x3: No such process\n", Code: 3}
		}
		return m.within(innermost(c))
	case len(c.Args) == 2 && c.Args[0] == "bootout":
		m.loaded = false
		m.note(KindSystem, "launchd unloads the job.")
		if m.terminate != nil {
			m.terminate()
		}
		return macos.Output{}
	case len(c.Args) == 2 && c.Args[0] == "print" && m.loaded:
		return macos.Output{Stdout: c.Args[1] + " = {\n\tstate = running\n}\n"}
	default:
		return macos.Output{Stderr: "Could not find service\n", Code: 113}
	}
}

// innermost is the tool that launchctl asuser and sudo -u run for a person, or the tool itself where it is another.
func innermost(c macos.Command) macos.Command {
	if path.Base(c.Path) == "launchctl" && len(c.Args) > 2 && c.Args[0] == "asuser" {
		c.Path, c.Args = c.Args[2], c.Args[3:]
	}
	if path.Base(c.Path) == "sudo" && len(c.Args) > 2 && c.Args[0] == "-u" {
		c.Path, c.Args = c.Args[2], c.Args[3:]
	}
	return c
}

// within runs a tool that another tool starts, with the faults that it has by itself.
func (m *Mac) within(c macos.Command) macos.Output {
	fault := m.fault(c)
	if _, ok := m.files[c.Path]; !ok || fault == Missing {
		return macos.Output{Stderr: "sudo: " + c.Path + ": command not found\n", Code: 1}
	}
	return m.faulty(fault, c)
}

// osascript knows the events that ask loginwindow for a restart, and dialogs.
func (m *Mac) osascript(c macos.Command) macos.Output {
	script := strings.Join(c.Args, "\n")
	switch {
	case strings.Contains(script, "aevtrrst"), strings.Contains(script, "aevtrsdn"):
		switch {
		case m.unsaved:
			m.note(KindPerson, "is asked to save a document, and does not answer")
			return macos.Output{}
		case m.others() > 0:
			m.note(KindPerson, "is asked for an administrator's password, since others are logged in, and does not answer")
			return macos.Output{}
		}
		m.soon(time.Minute, func() {
			if !m.unsaved && m.loggedIn {
				m.restart(false, "The programs have quit, and the Mac restarts.")
			}
		})
		return macos.Output{}
	case strings.Contains(script, "display dialog"):
		w, _ := m.windowOf(c)
		return m.dialog(w, c)
	default:
		return macos.Output{}
	}
}

func (m *Mac) shutdown(c macos.Command) macos.Output {
	why := "The Mac is restarted at once."
	if slices.Contains(c.Args, "-h") {
		why = "The Mac is shut down at once, and starts again."
	}
	m.soon(2*time.Second, func() { m.restart(true, why) })
	return macos.Output{Stdout: "Shutdown NOW!\n"}
}

// defaults writes and deletes values, in the file at once.
func (m *Mac) defaults(c macos.Command) macos.Output {
	name := c.Args[1] + ".plist"
	if f, ok := m.files[name]; ok && f.mode&fs.ModeSymlink != 0 {
		name = string(f.data) // the real one follows links
	}
	values := map[string]any{}
	if data, ok := m.File(name); ok {
		if old, err := plist.Decode(data); err == nil {
			values = old
		}
	}
	switch {
	case c.Args[0] == "delete" && len(c.Args) == 2:
		delete(m.files, name)
		return macos.Output{}
	case c.Args[0] == "delete":
		if _, ok := values[c.Args[2]]; !ok {
			return macos.Output{Stderr: "The domain/default pair does not exist\n", Code: 1}
		}
		delete(values, c.Args[2])
	case c.Args[0] == "write" && len(c.Args) == 5:
		n, _ := strconv.ParseInt(c.Args[4], 10, 64)
		values[c.Args[2]] = n
	}
	m.putList(name, values)
	return macos.Output{}
}

// happen lets something happen that a scenario plans.
func (m *Mac) happen(e Event) {
	switch e.Do {
	case Sleep:
		m.doze(e.For)
	case SetClock:
		m.setClock(e.For)
	case LogOut, LogIn:
		m.loggedIn, m.console.setup = e.Do == LogIn, false
		m.note(KindPerson, strings.Replace(e.Do, "log", "logs", 1))
	case Save:
		m.unsaved = false
		m.note(KindPerson, "saves the document")
	case Offline, Online:
		m.offline = e.Do == Offline
		m.note(KindSystem, "The network is "+e.Do+".")
	case Encrypt:
		m.converting = m.now.Add(e.For)
		m.note(KindSystem, "FileVault starts to convert the disk.")
	case Release:
		m.offers = slices.DeleteFunc(m.offers, func(o *offer) bool { return o.Label == e.Offer.Replaces && !o.installed && !o.waiting })
		m.offers = append(m.offers, &offer{Offer: e.Offer})
		m.note(KindSystem, "Apple releases "+e.Offer.Name()+".")
	case Restart:
		m.restart(false, "Somebody restarts the Mac.")
	case Plug, Unplug:
		m.plug(e.Do == Plug)
	case MeetingStart, MeetingEnd:
		m.meet(e.Do == MeetingStart, e.Key)
	case Lock, Unlock, SwitchUser, SwitchBack, LoginWindow:
		m.switched(e.Do)
	case Space:
		n, _ := e.Value.(int64)
		m.fill(n)
	default:
		m.administer(e)
	}
}

// administer lets an administrator do something.
func (m *Mac) administer(e Event) {
	value := e.Value
	if ahead, ok := value.(time.Duration); ok {
		value = m.Now().Add(ahead).Unix()
	}
	switch e.Do {
	case Write:
		m.amend(macos.PreferencesPath(agent.Identifier), e.Key, value)
		m.note(KindSystem, fmt.Sprintf("An administrator writes %s = %v.", e.Key, value))
	case Profile:
		m.amend(macos.ManagedPath(agent.Identifier), e.Key, value)
		m.note(KindSystem, fmt.Sprintf("The profile sets %s = %v.", e.Key, value))
	case Reinstall:
		m.install()
		m.note(KindSystem, "A policy installs the package again.")
	case Reload:
		m.note(KindSystem, "An administrator unloads and loads the job.")
		m.loaded = m.hasJob()
		panic(halt{"reload"})
	}
}

func (m *Mac) amend(name, key string, value any) {
	values := map[string]any{}
	if data, ok := m.File(name); ok {
		if old, err := plist.Decode(data); err == nil {
			values = old
		}
	}
	if value == nil {
		delete(values, key)
	} else {
		values[key] = value
	}
	m.putList(name, values)
}
