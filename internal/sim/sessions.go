package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// seat is whose session is at the console.
type seat int

const (
	seatMain  seat = iota // the person's, or nobody's where they are not logged in
	seatOther             // another person's, by fast user switching
	seatNone              // the login window, behind which sessions go on
)

// console is what the console shows beyond who is logged in.
type console struct {
	seat   seat
	other  bool // the other person is logged in
	locked bool // the screen is locked
	setup  bool // Setup Assistant runs

	prompts, warnings int // shown to the other person
}

// at is who is at the console.
func (m *Mac) atConsole() (Person, bool) {
	switch m.console.seat {
	case seatMain:
		return m.scenario.Person, m.loggedIn
	case seatOther:
		return m.scenario.Other, m.console.other
	case seatNone:
	}
	return Person{}, false
}

// present tells whether somebody is at the console.
func (m *Mac) present() bool {
	_, there := m.atConsole()
	return there
}

// others counts the people who are logged in and not at the console.
func (m *Mac) others() int {
	n := 0
	if m.loggedIn && m.console.seat != seatMain {
		n++
	}
	if m.console.other && m.console.seat != seatOther {
		n++
	}
	return n
}

// left tells whether a session has ended.
func (m *Mac) left(s seat) bool {
	if s == seatOther {
		return !m.console.other
	}
	return !m.loggedIn
}

// leave ends a session.
func (m *Mac) leave(s seat) {
	if s == seatOther {
		m.console.other, m.console.seat = false, seatNone
		return
	}
	m.loggedIn = false
}

// sees tells whether who sits in a seat has it, and an open screen before them.
func (m *Mac) sees(s seat) bool { return m.console.seat == s && !m.console.locked && !m.left(s) }

// unseen lets time go by for as long as nobody sees a window of a seat, and tells whether that is all there was.
func (m *Mac) unseen(s seat, l limits) bool {
	if m.sees(s) {
		return false
	}
	gone := l.gone
	l.gone = func() bool { return gone() || m.sees(s) }
	m.pass(1000*24*time.Hour, l)
	return !m.sees(s)
}

// rest is what is left of limits that began at a time.
func (m *Mac) rest(l limits, began time.Duration) limits {
	if l.timeout > 0 {
		l.timeout = max(1, l.timeout-(m.awake-began))
	}
	return l
}

// switched lets something happen at the console.
func (m *Mac) switched(what string) {
	switch what {
	case Lock:
		m.console.locked = true
		m.note(KindPerson, "locks the screen")
	case Unlock:
		m.console.locked = false
		m.note(KindPerson, "unlocks the screen")
	case SwitchUser:
		m.console.seat, m.console.other, m.console.locked = seatOther, true, false
		m.note(KindPerson, "leaves the Mac to "+m.scenario.Other.Name+", and stays logged in")
	case SwitchBack:
		m.console.seat, m.console.locked = seatMain, false
		m.note(KindPerson, "is back at the Mac")
	case LoginWindow:
		m.console.seat, m.console.locked = seatNone, false
		m.note(KindPerson, "goes to the login window, and stays logged in")
	}
}

// consoleUser is what scutil prints of State:/Users/ConsoleUser.
func (m *Mac) consoleUser() macos.Output {
	person, there := m.atConsole()
	switch {
	case m.console.setup:
		person = Person{Name: "_mbsetupuser", UID: 248}
	case !there:
		person = Person{Name: "loginwindow"}
	}
	var sessions []string
	add := func(p Person, seat seat, logged bool) {
		if logged {
			sessions = append(sessions, sessionText(len(sessions), p, seat == m.console.seat))
		}
	}
	add(m.scenario.Person, seatMain, m.loggedIn)
	add(m.scenario.Other, seatOther, m.console.other)
	text := "<dictionary> {\n"
	if there || m.console.setup {
		text += "  GID : 20\n"
	}
	text += "  Name : " + person.Name + "\n"
	if len(sessions) > 0 {
		text += "  SessionInfo : <array> {\n" + strings.Join(sessions, "") + "  }\n"
	}
	return macos.Output{Stdout: text + "  UID : " + strconv.Itoa(person.UID) + "\n}\n"}
}

// sessionText is one entry of the sessions.
func sessionText(number int, p Person, on bool) string {
	return fmt.Sprintf("    %d : <dictionary> {\n      kCGSSessionAuditIDKey : %d\n      kCGSSessionGroupIDKey : 20\n      kCGSSessionIDKey : %d\n"+
		"      kCGSSessionOnConsoleKey : %s\n      kCGSSessionUserIDKey : %d\n      kCGSSessionUserNameKey : %s\n"+
		"      kCGSessionLoginDoneKey : TRUE\n      kCGSessionLongUserNameKey : %s\n    }\n",
		number, 100_099+number, 257+number, strings.ToUpper(strconv.FormatBool(on)), p.UID, p.Name, p.Name)
}

// consoleOwner is what stat prints of /dev/console.
func (m *Mac) consoleOwner() macos.Output {
	person, there := m.atConsole()
	switch {
	case m.console.setup:
		return macos.Output{Stdout: "_mbsetupuser\n"}
	case there:
		return macos.Output{Stdout: person.Name + "\n"}
	default:
		return macos.Output{Stdout: "root\n"}
	}
}

// personOf finds the person with a name.
func (m *Mac) personOf(name string) (Person, bool) {
	for _, p := range []Person{m.scenario.Person, m.scenario.Other} {
		if p.Name == name {
			return p, true
		}
	}
	return Person{}, false
}

// hasSession tells whether a person is logged in, by their number.
func (m *Mac) hasSession(uid string) bool {
	return m.loggedIn && uid == strconv.Itoa(m.scenario.Person.UID) || m.console.other && uid == strconv.Itoa(m.scenario.Other.UID)
}

// ioreg tells whether the screen is locked, and whether the camera delivers pictures.
func (m *Mac) ioreg(c macos.Command) macos.Output {
	if strings.Contains(strings.Join(c.Args, " "), "FrontCameraStreaming") {
		return m.cameraRegistry()
	}
	yes := map[bool]string{true: "Yes", false: "No"}
	var users []string
	add := func(p Person, seat seat, logged bool) {
		if !logged {
			return
		}
		on := seat == m.console.seat
		user := fmt.Sprintf(`"kCGSSessionOnConsoleKey"=%s,"kSCSecuritySessionID"=100017,"kCGSSessionUserNameKey"=%q,"kCGSSessionUserIDKey"=%d`, yes[on], p.Name, p.UID)
		if !on || m.console.locked { // who has switched away has to type a password
			user += `,"CGSSessionScreenIsLocked"=Yes`
		}
		users = append(users, "{"+user+"}")
	}
	add(m.scenario.Person, seatMain, m.loggedIn)
	add(m.scenario.Other, seatOther, m.console.other)
	return macos.Output{Stdout: "+-o Root  <class IORegistryEntry, id 0x100000100, retain 37>\n    {\n" +
		"      \"IOConsoleLocked\" = " + yes[m.console.locked] + "\n      \"IOConsoleUsers\" = (" + strings.Join(users, ",") + ")\n" +
		"      \"OS Build Version\" = " + strconv.Quote(m.build) + "\n    }\n"}
}

// cameraRegistry is what ioreg prints of the camera: nothing on Intel Macs, whose driver has no such key.
func (m *Mac) cameraRegistry() macos.Output {
	if !m.scenario.Silicon {
		return macos.Output{}
	}
	on := "No"
	for _, program := range m.meetings {
		if program == camera {
			on = "Yes"
		}
	}
	return macos.Output{Stdout: "+-o AppleH16CamIn  <class AppleH16CamIn, id 0x10000041c, registered, matched, active>\n    {\n" +
		"      \"FrontCameraActive\" = " + on + "\n      \"FrontCameraStreaming\" = " + on + "\n    }\n"}
}
