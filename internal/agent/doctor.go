package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Check is one thing that Doctor has looked at.
type Check struct {
	Name   string      `json:"name"`
	Result CheckResult `json:"result"`
	Found  string      `json:"found"`
	Fix    string      `json:"fix,omitempty"` // what to do about it; empty when all is well
}

// CheckResult is how well a [Check] came out.
type CheckResult string

// The results.
const (
	CheckOK   CheckResult = "ok"
	CheckWarn CheckResult = "warn" // turns are taken, but not as they could be
	CheckFail CheckResult = "fail" // turns cannot do their work, or cannot be trusted with it
)

// Failed tells whether any check failed.
func Failed(checks []Check) bool {
	return slices.ContainsFunc(checks, func(c Check) bool { return c.Result == CheckFail })
}

// CheckText is the checks for people: one line for each, and under it what to do where something is to be done.
func CheckText(checks []Check) string {
	width := 0
	for _, c := range checks {
		width = max(width, len(c.Name))
	}
	var out strings.Builder
	for _, c := range checks {
		fmt.Fprintf(&out, "%-4s  %-*s  %s\n", c.Result, width, c.Name, c.Found)
		if c.Fix != "" {
			fmt.Fprintf(&out, "%4s  %-*s  fix: %s\n", "", width, "", c.Fix)
		}
	}
	return out.String()
}

// doctor collects checks.
type doctor struct {
	host   macos.Host
	sight  sight
	checks []Check
}

func (d *doctor) ok(name, format string, args ...any) {
	d.checks = append(d.checks, Check{Name: name, Result: CheckOK, Found: fmt.Sprintf(format, args...)})
}

func (d *doctor) bad(result CheckResult, name, fix, found string) {
	d.checks = append(d.checks, Check{Name: name, Result: result, Found: found, Fix: fix})
}

// Doctor looks whether everything is in place for turns to do their work. It changes nothing; as an ordinary person it
// sees less.
func (a *Agent) Doctor(ctx context.Context) []Check {
	d := &doctor{host: a.Host, sight: a.sight(ctx)}
	if a.Root {
		d.ok("root", "runs as root")
	} else {
		d.bad(CheckWarn, "root", "sudo install-or-deferd doctor", "does not run as root, so some of this is not certain")
	}
	d.clock(a.Host.Clock.Now(), a.Built)
	d.system()
	d.files()
	d.job(ctx)
	d.tools()
	d.surroundings(ctx)
	d.readings()
	return d.checks
}

func (d *doctor) clock(now, built time.Time) {
	const name = "clock"
	text := now.In(d.sight.zone()).Format("2006-01-02 15:04:05 -0700")
	if now.Before(built) {
		d.bad(CheckFail, name, "set the date: System Settings > General > Date & Time, or sntp",
			fmt.Sprintf("it says %s, and this program was built %s", text, built.Format(time.DateOnly)))
		return
	}
	d.ok(name, "%s", text)
}

// system judges the version of macOS.
func (d *doctor) system() {
	const name = "macOS"
	version := d.sight.running
	const newest, oldestBuilt = 27, 12
	switch {
	case version == "":
		d.bad(CheckFail, name, "run this on a Mac", "its version cannot be told")
	case enforce.AtLeast(version, newest+1):
		d.bad(CheckWarn, name, "look for a newer version of this program",
			fmt.Sprintf("%s is newer than any that this program knows", version))
	case enforce.AtLeast(version, oldestBuilt):
		d.ok(name, "%s", version)
	case enforce.AtLeast(version, 11) || highSierra(version):
		d.bad(CheckWarn, name, "upgrade to macOS 12 or later",
			fmt.Sprintf("%s is known from simulation alone, and the package does not install there", version))
	default:
		d.bad(CheckFail, name, "upgrade to macOS 12 or later", fmt.Sprintf("%s is too old", version))
	}
}

// highSierra tells whether a version is 10.13 or a later 10.x.
func highSierra(version string) bool {
	rest, ok := strings.CutPrefix(version, "10.")
	minor, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(minor)
	return ok && err == nil && n >= 13
}

// job asks launchd for the LaunchDaemon.
func (d *doctor) job(ctx context.Context) {
	const name = "job"
	id := d.sight.config.Identifier
	load := "sudo launchctl bootstrap system " + LaunchDaemonPath(id)
	loaded, err := macos.Launchd{Host: d.host}.Loaded(ctx, id)
	switch {
	case err != nil:
		d.bad(CheckFail, name, "run this on a Mac", err.Error())
	case !loaded:
		d.bad(CheckFail, name, load, "launchd does not know "+id+", so no turn is started")
	default:
		d.ok(name, "launchd knows %s", id)
	}
}

// tools looks for every tool that a turn may need.
func (d *doctor) tools() {
	system := macos.System{Host: d.host}
	for _, need := range macos.Needs() {
		name := "tool " + path.Base(need.Path)
		places := slices.DeleteFunc(append([]string{need.Path}, macos.Tools()...), func(tool string) bool {
			return path.Base(tool) != path.Base(need.Path) || !system.Has(tool) // jamf is known at two places
		})
		switch {
		case len(places) > 0:
			d.trust(name, places[0])
		case need.Required:
			d.bad(CheckFail, name, "run this on a Mac, or repair macOS", need.Path+" is missing; it "+need.For)
		default:
			d.bad(CheckWarn, name, remedy(need.Path), need.Path+" is missing; it "+need.For)
		}
	}
}

// remedy says how a tool comes back that a Mac can do without.
func remedy(tool string) string {
	if strings.Contains(strings.ToLower(tool), "jamf") {
		return "enroll the Mac in Jamf Pro, or run sudo jamf manage"
	}
	return "it comes with macOS: reinstall macOS, or find out who has removed it"
}

// trust looks whether others than root can exchange a tool that root runs, which is not run then, or a folder on the way
// to it. Where it is a link, the way to its target is not looked at.
func (d *doctor) trust(name, tool string) {
	for file := tool; file != "/"; file = path.Dir(file) {
		entry, err := d.host.Lister.Stat(file)
		if err == nil && entry.Exchangeable() {
			refused := &macos.UntrustedError{Path: tool, Because: file}
			d.bad(CheckWarn, name, refused.Fix(), refused.Error())
			return
		}
	}
	d.ok(name, "%s", tool)
}

// surroundings looks at what the Mac depends on.
func (d *doctor) surroundings(ctx context.Context) {
	enrolled, err := macos.Jamf{Host: d.host}.Enrolled(ctx)
	switch {
	case err != nil:
		d.bad(CheckWarn, "enrolled", "sudo profiles status -type enrollment", err.Error())
	case !enrolled:
		d.bad(CheckWarn, "enrolled", "enroll the Mac in Jamf Pro", "no server manages this Mac, so no profile reaches it")
	default:
		d.ok("enrolled", "a server manages this Mac")
	}
	if err := (macos.Network{Host: d.host}).Reach(ctx); err != nil {
		d.bad(CheckWarn, "network", "look at network, proxy and firewall; a caching server or a proxy may do as well", err.Error())
	} else {
		d.ok("network", "Apple's update server is reached")
	}
	status, err := macos.FileVault{Host: d.host}.Status(ctx)
	switch {
	case err != nil:
		d.bad(CheckWarn, "FileVault", "fdesetup status", err.Error())
	case status.Converting:
		d.bad(CheckWarn, "FileVault", "wait until it is done", "it is converting the disk, and nobody is asked until that is done")
	default:
		d.ok("FileVault", "it is not converting the disk")
	}
}

// readings tells what could not be read, or is not used.
func (d *doctor) readings() {
	_, err := d.host.Lister.Stat(StatePath)
	_, _, problems := loadState(d.host)
	switch {
	case len(problems) > 0:
		d.bad(CheckFail, "state", "sudo install-or-deferd reset, which begins a new round", problems[0])
	case errors.Is(err, fs.ErrNotExist):
		d.ok("state", "there is none yet")
	default:
		d.ok("state", "is readable")
	}
	s := d.sight
	for _, problem := range s.config.Problems {
		d.bad(CheckWarn, "setting", "correct the profile, or build the package anew", problem)
	}
	for _, problem := range s.local.problems {
		d.bad(CheckWarn, "preference", "the next turn puts it right; else: sudo install-or-deferd reset", problem)
	}
	if len(s.config.Problems) == 0 {
		d.ok("settings", "all are used")
	}
}

// ourFile is a file of ours, as it has to be.
type ourFile struct {
	name, path string
	mode       fs.FileMode // type and permission bits
	required   bool
	launchd    bool // launchd reads it, and refuses it in words of its own
	private    bool // others may not even read it
}

func (d *doctor) files() {
	for _, f := range ourFiles(d.sight.config.Identifier) {
		d.file(f)
	}
}

func (d *doctor) file(f ourFile) {
	entry, err := d.host.Lister.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.required:
		d.bad(CheckFail, f.name, "install the package", f.path+" is missing")
	case errors.Is(err, fs.ErrNotExist):
		d.ok(f.name, "%s is not there, and need not be", f.path)
	case err != nil:
		d.bad(CheckFail, f.name, "sudo install-or-deferd doctor", err.Error())
	default:
		d.judge(f, entry)
	}
}

// judge compares a file with how it has to be.
func (d *doctor) judge(f ourFile, entry macos.Entry) {
	result, fix, found := CheckFail, f.fix(), f.fault(entry)
	switch perm := entry.Mode.Perm(); {
	case entry.Mode&fs.ModeSymlink != 0:
		fix, found = "remove it, and install the package again", "is a symbolic link, which is refused"
	case entry.Mode.Type() != f.mode.Type():
		fix, found = "remove it, and install the package again", fmt.Sprintf("is of the wrong type (%s)", entry.Mode)
	case found != "":
		found += "; no turn is taken"
	case perm != f.mode.Perm():
		result, found = CheckWarn, fmt.Sprintf("has mode %04o, not %04o", perm, f.mode.Perm())
	default:
		d.ok(f.name, "%s", f.path)
		return
	}
	if f.launchd && result == CheckFail {
		found += `; launchd refuses it with "Path had bad ownership/permissions"`
	}
	d.bad(result, f.name, fix, f.path+" "+found)
}
