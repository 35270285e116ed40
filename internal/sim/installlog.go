package sim

import (
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// installLogPath is the system's log of installations.
const installLogPath = "/var/log/install.log"

// logInstall adds a line to the install log, as a process of the system's writes it.
func (m *Mac) logInstall(process, text string) {
	f, ok := m.files[installLogPath]
	if !ok { // somebody has removed it: the system begins a new one
		m.put(installLogPath, nil, 0o644)
		f = m.files[installLogPath]
	}
	f.data = append(f.data, m.Now().In(m.Zone()).Format("2006-01-02 15:04:05-07")+" A-Mac "+process+": "+text+"\n"...)
	f.modified = m.Now()
}

// ramped tells whether Apple does not let the Mac have an update yet, and says so in the way it does.
func (m *Mac) ramped(o *offer) bool {
	if o.Ramped == 0 || !m.now.Before(m.start.Add(o.Ramped)) {
		return false
	}
	m.logInstall("softwareupdated[754]", "SUOSUServiceDaemon: "+strings.TrimSpace(o.Title)+" is ramped, not downloadable at this time")
	return true
}

// heldBack is the answer of softwareupdate for an update that Apple does not let the Mac have yet. That it prints the words
// of the log is a guess.
func heldBack(text string, o *offer) macos.Output {
	return macos.Output{Stdout: text, Stderr: o.Title + " is ramped, not downloadable at this time\n", Code: 1}
}
