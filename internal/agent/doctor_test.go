package agent

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// soundMac is a Mac on which all is as it has to be.
func soundMac() *stillMac {
	m := newStillMac()
	for _, need := range macos.Needs() {
		m.entries[need.Path] = macos.Entry{Mode: 0o755}
	}
	m.entries[SupportFolder] = macos.Entry{Mode: fs.ModeDir | 0o755}
	m.entries[BinaryPath] = macos.Entry{Mode: 0o755}
	m.entries[LaunchDaemonPath(Identifier)] = macos.Entry{Mode: 0o644}
	m.files[StatePath] = "{}"
	m.tools["launchctl"] = macos.Output{Stdout: "system/x = {\n\tstate = not running\n}\n"}
	m.tools["profiles"] = macos.Output{Stdout: "MDM enrollment: Yes (User Approved)\n"}
	m.tools["fdesetup"] = macos.Output{Stdout: "FileVault is On.\n"}
	m.tools["nc"] = macos.Output{}
	return m
}

func TestDoctorFindsNothingOnASoundMac(t *testing.T) {
	m := soundMac()
	checks := m.agent(true).Doctor(t.Context())
	for _, c := range checks {
		if c.Result != CheckOK || c.Fix != "" || c.Found == "" {
			t.Errorf("%+v", c)
		}
	}
	if Failed(checks) || len(checks) < 15 {
		t.Errorf("%d checks", len(checks))
	}
	m.unchanged(t)
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	daemonPlist := LaunchDaemonPath(Identifier)
	version := func(v string) func(*stillMac) {
		return func(m *stillMac) { m.tools["sw_vers"] = macos.Output{Stdout: "ProductVersion:\t" + v + "\n"} }
	}
	entry := func(path string, e macos.Entry) func(*stillMac) {
		return func(m *stillMac) { m.entries[path] = e }
	}
	without := func(path string) func(*stillMac) {
		return func(m *stillMac) { delete(m.entries, path); delete(m.files, path) }
	}
	says := func(tool string, out macos.Output) func(*stillMac) {
		return func(m *stillMac) { m.tools[tool] = out }
	}
	silent := func(tool string) func(*stillMac) {
		return func(m *stillMac) { delete(m.tools, tool) }
	}
	for _, row := range []struct {
		name   string
		change func(*stillMac)
		check  string
		result CheckResult
		text   string // of Found or Fix
	}{
		{"a clock that is behind", func(m *stillMac) { m.now = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }, "clock", CheckFail, "built 2026-11-01"},
		{"no macOS", silent("sw_vers"), "macOS", CheckFail, "run this on a Mac"},
		{"an old macOS", version("10.12.6"), "macOS", CheckFail, "too old"},
		{"a macOS that is simulated", version("10.13.6"), "macOS", CheckWarn, "simulation"},
		{"another macOS that is simulated", version("11.7"), "macOS", CheckWarn, "simulation"},
		{"the oldest macOS", version("12.0"), "macOS", CheckOK, "12.0"},
		{"the newest macOS", version("27.3"), "macOS", CheckOK, "27.3"},
		{"a macOS of the future", version("28.0"), "macOS", CheckWarn, "newer"},

		{"no folder", without(SupportFolder), "folder", CheckFail, "install the package"},
		{"a folder that is a link", entry(SupportFolder, macos.Entry{Mode: fs.ModeSymlink | 0o755}), "folder", CheckFail, "symbolic link"},
		{"a folder for everybody", entry(SupportFolder, macos.Entry{Mode: fs.ModeDir | 0o777}), "folder", CheckFail, "written by others"},
		{"a folder for a group", entry(SupportFolder, macos.Entry{Mode: fs.ModeDir | 0o775}), "folder", CheckFail, "chmod 755"},
		{"a folder that is a file", entry(SupportFolder, macos.Entry{Mode: 0o755}), "folder", CheckFail, "wrong type"},
		{"a program of a person's", entry(BinaryPath, macos.Entry{Mode: 0o755, UID: 501}), "program", CheckFail, "chown root:wheel"},
		{"a program of another group", entry(BinaryPath, macos.Entry{Mode: 0o755, GID: 80}), "program", CheckFail, "group 80"},
		{"no program", without(BinaryPath), "program", CheckFail, "is missing"},
		{"build settings that few may read", entry(BuildPath, macos.Entry{Mode: 0o600}), "build settings", CheckWarn, "mode 0600, not 0644"},
		{"a lock that others can read", entry(lockPath, macos.Entry{Mode: 0o644}), "lock", CheckFail, "who could hold it locked (mode 0644); no turn is taken"},
		{"a lock of root alone", entry(lockPath, macos.Entry{Mode: 0o600}), "lock", CheckOK, lockPath},
		{"a lock of a person's", entry(lockPath, macos.Entry{Mode: 0o600, UID: 501}), "lock", CheckFail, "sudo chmod 600"},
		{"an older journal that others can write", entry(oldJournalPath, macos.Entry{Mode: 0o666}), "older journal", CheckFail, "written by others"},
		{"a report of a person's", entry(ReportPath, macos.Entry{Mode: 0o644, UID: 501}), "report", CheckFail, "belongs to user 501"},
		{"a mark of a reset that others can write", entry(ResetPath, macos.Entry{Mode: 0o664}), "reset mark", CheckFail, "written by others"},
		{"a mark of a window that others can read", entry(windowPath, macos.Entry{Mode: 0o644}), "window mark", CheckWarn, "mode 0644, not 0600"},
		{"no state", without(StatePath), "state file", CheckOK, "need not be"},
		{"no state yet", without(StatePath), "state", CheckOK, "none yet"},
		{"a state that is a link", entry(StatePath, macos.Entry{Mode: fs.ModeSymlink}), "state file", CheckFail, "refused"},
		{"and cannot be read", entry(StatePath, macos.Entry{Mode: fs.ModeSymlink}), "state", CheckFail, "symbolic link"},
		{"a state that is damaged", func(m *stillMac) { m.files[StatePath] = "{" }, "state", CheckFail, "reset"},
		{"a LaunchDaemon that launchd refuses", entry(daemonPlist, macos.Entry{Mode: 0o644, UID: 501}), "LaunchDaemon", CheckFail, `"Path had bad ownership/permissions"`},
		{"one that others can write", entry(daemonPlist, macos.Entry{Mode: 0o666}), "LaunchDaemon", CheckFail, `"Path had bad ownership/permissions"`},
		{"no LaunchDaemon", without(daemonPlist), "LaunchDaemon", CheckFail, "is missing"},

		{"a job that is not loaded", says("launchctl", macos.Output{Code: 113}), "job", CheckFail, "sudo launchctl bootstrap system " + daemonPlist},
		{"no launchd", silent("launchctl"), "job", CheckFail, "not found"},
		{"no softwareupdate", without("/usr/sbin/softwareupdate"), "tool softwareupdate", CheckFail, "lists and installs"},
		{"no jamf", without("/usr/local/jamf/bin/jamf"), "tool jamf", CheckWarn, "reports to Jamf Pro"},
		{"jamf by its link alone", func(m *stillMac) {
			without("/usr/local/jamf/bin/jamf")(m)
			m.entries["/usr/local/bin/jamf"] = macos.Entry{Mode: fs.ModeSymlink | 0o755}
		}, "tool jamf", CheckOK, "/usr/local/bin/jamf"},
		{"a tool that a person can exchange", entry("/usr/local/jamf/bin/jamf", macos.Entry{Mode: 0o755, UID: 501}), "tool jamf", CheckWarn, "others than root can change /usr/local/jamf/bin/jamf"},
		{"a folder of tools that a person owns", entry("/usr/local", macos.Entry{Mode: fs.ModeDir | 0o755, UID: 501}), "tool jamf", CheckWarn, `sudo chown root "/usr/local"`},
		{"a folder that a person owns and no tool is run from", func(m *stillMac) { // as Homebrew has it on Intel Macs
			m.entries["/usr/local/bin"] = macos.Entry{Mode: fs.ModeDir | 0o775, UID: 501}
			m.entries["/usr/local/bin/jamf"] = macos.Entry{Mode: fs.ModeSymlink | 0o755}
		}, "tool jamf", CheckOK, "/usr/local/jamf/bin/jamf"},

		{"nobody manages the Mac", says("profiles", macos.Output{Stdout: "MDM enrollment: No\n"}), "enrolled", CheckWarn, "enroll the Mac"},
		{"management cannot be told", silent("profiles"), "enrolled", CheckWarn, "not found"},
		{"no network", says("nc", macos.Output{Code: 1}), "network", CheckWarn, "swscan.apple.com"},
		{"FileVault is busy", says("fdesetup", macos.Output{Stdout: "FileVault is On.\nEncryption in progress: Percent completed = 12\n"}), "FileVault", CheckWarn, "converting"},
		{"FileVault cannot be told", silent("fdesetup"), "FileVault", CheckWarn, "not found"},
		{"a preference that is no time", func(m *stillMac) {
			m.files[macos.PreferencesPath(Identifier)] = `<plist version="1.0"><dict><key>AppleSoftwareUpdatesForcedAfter</key><true/></dict></plist>`
		}, "preference", CheckWarn, "not a number"},
		{"a setting that is unknown", func(m *stillMac) {
			m.files[macos.ManagedPath(Identifier)] = `<plist version="1.0"><dict><key>UpdateDelai</key><integer>9</integer></dict></plist>`
		}, "setting", CheckWarn, "UpdateDelai"},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := soundMac()
			row.change(m)
			checks := m.agent(true).Doctor(t.Context())
			i := slices.IndexFunc(checks, func(c Check) bool { return c.Name == row.check })
			if i < 0 {
				t.Fatalf("no check %s in\n%s", row.check, CheckText(checks))
			}
			if c := checks[i]; c.Result != row.result || !strings.Contains(c.Found+"\n"+c.Fix, row.text) {
				t.Errorf("%+v", c)
			}
			if row.result == CheckFail && !Failed(checks) {
				t.Error("a failed check is no failure")
			}
			m.unchanged(t)
		})
	}
}

func TestDoctorAsAPersonWarns(t *testing.T) {
	checks := soundMac().agent(false).Doctor(t.Context())
	if c := checks[0]; c.Result != CheckWarn || c.Fix != "sudo install-or-deferd doctor" || Failed(checks) {
		t.Errorf("%+v", checks)
	}
}

func TestCheckTextPutsTheFixBelow(t *testing.T) {
	got := CheckText([]Check{{"root", CheckOK, "runs as root", ""}, {"network", CheckWarn, "none", "look at it"}})
	want := "ok    root     runs as root\nwarn  network  none\n               fix: look at it\n"
	if got != want {
		t.Errorf("%q", got)
	}
}
