package sim

import (
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// Declaration is an update that a server has declared, and that macOS 14 and later enforces by itself.
type Declaration struct {
	Version string        // of macOS
	Build   string        // empty for none
	Due     time.Duration // after the start: macOS enforces it then
	Since   time.Duration // after the start: it arrives then
	Silent  bool          // the install log says nothing of it
}

// declarationsPath is where macOS keeps declarations.
const declarationsPath = "/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist"

// What macOS does about a declaration, as public tools tell of it. The charge is a guess.
const (
	padding     = time.Hour       // by which it puts off what it cannot do now
	late        = 5 * time.Minute // after its date, it gives people another hour
	leastCharge = 30              // percent that a Mac on its battery must have
)

// declared is a declaration that the Mac has.
type declared struct {
	Declaration
	date time.Time // by the Mac's clock
}

// declare lets a declaration arrive: macOS keeps it, logs it, fetches the update, and waits for its date.
func (m *Mac) declare(d Declaration) {
	if !m.scenario.Management.enforces() || !enforce.AtLeast(m.version, 14) {
		m.note(KindSystem, "A declaration arrives, and is not one that this Mac obeys.")
		return
	}
	one := declared{d, m.start.Add(d.Due).Add(m.skew)}
	m.declared = append(m.declared, one)
	m.keepDeclarations()
	m.note(KindSystem, "A declaration arrives: macOS "+d.Version+" by "+one.date.In(m.Zone()).Format("2006-01-02 15:04")+".")
	m.repeat(one)
	m.at(m.now.Add(10*time.Minute), func() {
		if o := m.declaredOffer(one); o != nil && !m.offline && !m.ramped(o) {
			o.cached = true
		}
	})
	m.at(m.start.Add(d.Due), func() { m.enact(one, one.date) })
}

// keepDeclarations writes the Mac's own record of them.
func (m *Mac) keepDeclarations() {
	list := map[string]any{}
	for i, d := range m.declared {
		entry := map[string]any{
			"TargetOSVersion": d.Version, "TargetLocalDateTime": d.date.In(m.Zone()).Format("2006-01-02T15:04:05"),
			"DetailsURL": "", "RMStoreDeclarationKey": "com.example.update." + string(rune('a'+i)),
		}
		if d.Build != "" {
			entry["TargetBuildVersion"] = d.Build
		}
		list["com.example.update."+string(rune('a'+i))] = entry
	}
	m.putList(declarationsPath, map[string]any{"SUCorePersistedStatePolicyFields": map[string]any{
		"Declarations":                       list,
		"SUCoreDDMDeclarationGlobalSettings": map[string]any{"enableGlobalNotifications": true},
	}})
}

// repeat logs a declaration now and once a day for as long as the play goes on: macOS does so with old ones too.
func (m *Mac) repeat(d declared) {
	if d.Silent {
		return
	}
	m.logDeclaration(d)
	m.at(m.now.Add(24*time.Hour), func() { m.repeat(d) })
}

func (m *Mac) logDeclaration(d declared) {
	build := d.Build
	if build == "" {
		build = "(null)"
	}
	m.logInstall("softwareupdated[754]", "-[SUOSUManagedServiceDaemon declarationFromKeys]: Found currently applicable declaration: "+
		"SUCoreDDMDeclaration (DeclarationKey:com.example.update|EnforcedInstallDate:"+d.date.In(m.Zone()).Format("2006-01-02T15:04:05")+
		"|VersionString:"+d.Version+"|BuildVersionString:"+build+"|DetailsURL:(null)|companyName:(null)|NotificationsEnabled:YES)")
}

// declaredOffer is the update that a declaration asks for, if it is offered.
func (m *Mac) declaredOffer(d declared) *offer {
	for _, o := range m.offered() {
		if strings.HasPrefix(o.Title, "macOS ") && o.Action != enforce.Stay && (o.Version == d.Version || strings.HasPrefix(o.Version, d.Version+".")) {
			return o
		}
	}
	return nil
}

// enact is the date of a declaration, or the one that macOS has set itself: it restarts the Mac and installs, if it can.
func (m *Mac) enact(d declared, date time.Time) {
	if before := date.Sub(m.Now()); before > 0 { // somebody has set the clock back
		m.at(m.now.Add(before), func() { m.enact(d, date) })
		return
	}
	o := m.declaredOffer(d)
	if o == nil {
		return // it is done
	}
	if m.Now().Sub(date) > late || !m.canEnact(o) {
		m.putOff(d)
		return
	}
	o.waiting = true
	m.restart(true, "macOS enforces what was declared: it restarts the Mac and installs "+o.Name()+".")
}

// canEnact tells whether macOS can install by itself now.
func (m *Mac) canEnact(o *offer) bool {
	return (!m.drawing() || m.percent() >= leastCharge) && (o.cached || !m.offline && !m.ramped(o)) &&
		(!m.scenario.Silicon || m.scenario.Management.escrows()) && m.free > 2*1024*max(0, o.SizeKiB)
}

// putOff sets a date an hour ahead.
func (m *Mac) putOff(d declared) {
	padded := m.Now().Add(padding)
	m.note(KindSystem, "macOS cannot enforce what was declared now, and tries again in an hour.")
	if !d.Silent {
		m.logDeclaration(d)
		m.logInstall("SoftwareUpdateNotificationManager[812]", "-[SUOSUEnforcementController enforce]: setPastDuePaddedEnforcementDate is set: "+
			padded.In(m.Zone()).Format("Mon Jan _2 15:04:05 2006"))
	}
	m.at(m.now.Add(padding), func() { m.enact(d, padded) })
}
