//go:build linux

package installer_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

const (
	forced   = "AppleSoftwareUpdatesForcedAfter"
	deferred = "AppleSoftwareUpdatesDeferredUntil"
	state    = `{"deadline": "2099-01-01T00:00:00Z", "what a later version adds": 1}`
	oldest   = "com.elliotjordan.install_or_defer"
)

// round are the values of a round under way.
func round() map[string]any {
	return map[string]any{forced: int64(4070908800), deferred: int64(4070900000)}
}

func plain() deployment.Deployment { return deployment.Deployment{} }

func TestAFreshInstallationWorksToItsOwnRemoval(t *testing.T) {
	t.Parallel()
	r := mac(t)
	for _, tool := range macos.Tools() { // those that the daemon looks for
		if !r.exists(tool) {
			r.link(r.programs+"/tools", tool)
		}
	}
	before := r.files()
	c := packed(t, content(t, deployment.Deployment{Logo: "logo", Messages: map[string]string{"PromptHeading": "Tea"}}, png))
	said := r.install(c)
	r.inPlace("", agent.Identifier)
	if jobs := r.jobs(); !slices.Equal(jobs, []string{agent.Identifier}) || r.exists(macos.PreferencesPath(agent.Identifier)) || r.exists(agent.StatePath) {
		t.Errorf("runs %q", jobs)
	}
	if want := "[[" + agent.BinaryPath + " run]]"; "["+r.read("/var/standin/jobs/"+agent.Identifier)+"]" != want {
		t.Errorf("launchd is to run %s", r.read("/var/standin/jobs/"+agent.Identifier))
	}
	if logged := strings.Join(r.calls("logger"), "\n"); !strings.HasPrefix(logged, "-t install-or-defer Installed; ") || !strings.Contains(said, "install-or-defer: Installed; ") {
		t.Errorf("logged %q, said %q", logged, said)
	}
	if len(r.calls("sleep")) > 0 {
		t.Error("it waits for nothing")
	}

	// launchd starts a turn, which finds no updates.
	for _, tool := range []string{"/bin/launchctl", "/usr/bin/defaults", "/usr/bin/logger"} {
		r.link(r.programs+"/tools", tool)
	}
	r.write("/var/standin/boot", "{ sec = 1700000000, usec = 0 } Tue Nov 14 22:13:20 2023\n")
	code, out := r.run(agent.BinaryPath, "run")
	if code != 0 {
		t.Fatalf("exit %d\n%s\n%s", code, out, r.read("/var/standin/calls"))
	}
	if calls := r.read("/var/standin/calls"); !strings.Contains(calls, `"recon"`) || !strings.Contains(calls, `"system/`+agent.Identifier+`"`) {
		t.Errorf("called %s", calls)
	}
	for _, tool := range standinPaths() {
		if _, known := before[tool]; known {
			r.link(r.programs+"/standin", tool)
		}
	}
	if diff := cmp.Diff(before, r.files()); diff != "" {
		t.Errorf("it leaves something behind:\n%s", diff)
	}
}

func TestANewerOrOlderPackageKeepsTheDeadline(t *testing.T) {
	for name, version := range map[string]string{"upgrade": "2.0", "the same again": "1.0", "downgrade": "0.1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mac(t)
			r.install(content(t, deployment.Deployment{Logo: "l", Package: deployment.PackageOptions{Version: "1.0"}}, icns))
			r.write(agent.StatePath, state)
			r.list(macos.PreferencesPath(agent.Identifier), round())
			r.write("/var/standin/receipts/"+agent.Identifier, "")
			r.write("/var/standin/script-calls", "")

			r.install(content(t, deployment.Deployment{Package: deployment.PackageOptions{Version: version}}, nil))
			r.inPlace("", agent.Identifier)
			if r.read(agent.StatePath) != state || cmp.Diff(round(), r.values(macos.PreferencesPath(agent.Identifier))) != "" {
				t.Error("the deadline is another")
			}
			r.gone(agent.SupportFolder + "/logo.icns")
			if jobs := r.jobs(); !slices.Equal(jobs, []string{agent.Identifier}) || !r.exists("/var/standin/receipts/"+agent.Identifier) {
				t.Errorf("runs %q", jobs)
			}
			control := slices.DeleteFunc(r.calls("launchctl"), func(call string) bool { return strings.HasPrefix(call, "print ") })
			job := "system/" + agent.Identifier
			want := []string{"bootout " + job, "enable " + job, "bootstrap system " + agent.LaunchDaemonPath(agent.Identifier)}
			if diff := cmp.Diff(want, control); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// oldScript puts the shell script in place, under an identifier, as it is while it shows its last warning.
func (r root) oldScript(identifier, name string) {
	r.Helper()
	helper := strings.TrimSuffix(name, ".sh") + "_helper.sh"
	r.list(agent.LaunchDaemonPath(identifier), map[string]any{"Label": identifier, "ProgramArguments": []any{"/Library/Scripts/" + name}})
	r.list(agent.LaunchDaemonPath(identifier+"_helper"), map[string]any{"Label": identifier + "_helper", "Program": "/Library/Scripts/" + helper})
	r.write("/Library/Scripts/"+name, "#!/bin/bash\n")
	r.write("/Library/Scripts/"+helper, "#!/bin/bash\n")
	r.write("/Library/Scripts/Of others.sh", "#!/bin/bash\n")
	r.write("/private/tmp/install-or-defer/"+name, "#!/bin/bash\n")
	r.list(macos.PreferencesPath(identifier), round())
	r.write("/var/standin/receipts/"+identifier, "")
	r.loaded(identifier, identifier+"_helper")
}

func TestTheOldScriptIsReplaced(t *testing.T) {
	const older = "com.github.mpanighetti.install_or_defer"
	for name, row := range map[string]struct{ old, script, identifier string }{
		"under its own name":             {agent.Identifier, "Install or Defer.sh", agent.Identifier},
		"by an organization's name":      {agent.Identifier, "Install or Defer.sh", own},
		"from an organization's name":    {"com.example.old", "Install or Defer.sh", agent.Identifier},
		"within an organization's name":  {own, "Install or Defer.sh", own},
		"under a name of years ago":      {older, "install_or_defer.sh", agent.Identifier},
		"under the first name it had":    {oldest, "install_or_defer.sh", own},
		"in other upper and lower case":  {"com.Example.Updates", "Install or Defer.sh", own},
		"under a name that is not valid": {"com.example.old name", "Install or Defer.sh", agent.Identifier},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mac(t)
			r.oldScript(row.old, row.script)
			r.install(content(t, deployment.Deployment{Identifier: row.identifier}, nil))
			r.inPlace("", row.identifier)
			if strings.Contains(row.old, " ") { // its job fails from now on, which is all that can be done safely
				return
			}
			if jobs := r.jobs(); !slices.Equal(jobs, []string{row.identifier}) {
				t.Errorf("runs %q", jobs)
			}
			r.gone(
				"/Library/Scripts/Install or Defer.sh", "/Library/Scripts/Install or Defer_helper.sh", "/private/tmp/install-or-defer",
				"/Library/Scripts/install_or_defer.sh", "/Library/Scripts/install_or_defer_helper.sh", agent.LaunchDaemonPath(row.old+"_helper"),
			)
			if !r.exists("/Library/Scripts/Of others.sh") {
				t.Error("a script of others is gone")
			}
			if strings.EqualFold(row.old, row.identifier) && row.old != row.identifier {
				return // the same files on a Mac, though not here
			}
			if diff := cmp.Diff(round(), r.values(macos.PreferencesPath(row.identifier))); diff != "" {
				t.Errorf("the deadline is another:\n%s", diff)
			}
			if row.old != row.identifier {
				r.gone(agent.LaunchDaemonPath(row.old), macos.PreferencesPath(row.old), "/var/standin/receipts/"+row.old)
			}
		})
	}
}

func TestOfTwoDeadlinesTheEarlierCounts(t *testing.T) {
	t.Parallel()
	r := mac(t)
	r.oldScript(oldest, "install_or_defer.sh")
	r.list(macos.PreferencesPath(oldest), map[string]any{forced: int64(4000000000), deferred: "soon", "UpdatesForcedAfter": int64(5)})
	r.list(macos.PreferencesPath(own), map[string]any{forced: int64(4000000001), deferred: int64(7), "Other": "kept"})
	r.install(content(t, deployment.Deployment{Identifier: own}, nil))
	want := map[string]any{forced: int64(4000000000), deferred: int64(7), "UpdatesForcedAfter": int64(5), "Other": "kept"}
	if diff := cmp.Diff(want, r.values(macos.PreferencesPath(own))); diff != "" {
		t.Error(diff)
	}
}

func TestResetForgetsTheDeadline(t *testing.T) {
	t.Parallel()
	r := mac(t)
	r.oldScript(oldest, "install_or_defer.sh")
	r.install(content(t, plain(), nil))
	r.write(agent.StatePath, state)
	r.list(macos.PreferencesPath(agent.Identifier), map[string]any{
		forced: int64(1), deferred: int64(2), "UpdatesForcedAfter": int64(3), "UpdatesDeferredUntil": int64(4), "Other": "kept",
	})
	r.list(macos.PreferencesPath(oldest), round())
	r.install(content(t, deployment.Deployment{Package: deployment.PackageOptions{ResetOnInstall: true}}, nil))
	r.gone(agent.StatePath, macos.PreferencesPath(oldest))
	if diff := cmp.Diff(map[string]any{"Other": "kept"}, r.values(macos.PreferencesPath(agent.Identifier))); diff != "" {
		t.Error(diff)
	}
	if jobs := r.jobs(); !slices.Equal(jobs, []string{agent.Identifier}) {
		t.Errorf("runs %q", jobs)
	}
}

func TestAnotherVolumeGetsFilesOnly(t *testing.T) {
	t.Parallel()
	const volume = `/Volumes/Anna's "$HOME" *`
	r := mac(t)
	r.oldScript(agent.Identifier, "Install or Defer.sh")
	r.system(volume, "13.1")
	r.write(volume+"/Library/Scripts/Install or Defer.sh", "")
	r.list(volume+agent.LaunchDaemonPath(oldest), map[string]any{"Label": oldest, "Program": "/Library/Scripts/install_or_defer.sh"})
	r.list(volume+macos.PreferencesPath(oldest), round())
	r.write("/var/standin/receipts"+volume+"/"+oldest, "")
	r.installOn(content(t, deployment.Deployment{Identifier: own}, nil), volume)
	r.inPlace(volume, own)
	r.gone(volume+"/Library/Scripts/Install or Defer.sh", volume+agent.LaunchDaemonPath(oldest), volume+macos.PreferencesPath(oldest),
		"/var/standin/receipts"+volume+"/"+oldest, agent.SupportFolder)
	if calls := r.calls("launchctl"); len(calls) > 0 || len(r.jobs()) != 2 || !r.exists("/Library/Scripts/Install or Defer.sh") {
		t.Errorf("the Mac that runs is changed: %q", calls)
	}
	if diff := cmp.Diff(round(), r.values(volume+macos.PreferencesPath(own))); diff != "" {
		t.Error(diff)
	}

	if code, out := r.script(uninstaller(t, own), "postinstall", volume); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	r.gone(volume+agent.SupportFolder, volume+agent.LinkPath, volume+agent.LaunchDaemonPath(own), volume+macos.PreferencesPath(own))
	if calls := r.calls("launchctl"); len(calls) > 0 {
		t.Errorf("called %q", calls)
	}
}

func TestAnOldMacOSIsRefused(t *testing.T) {
	const volume = "/Volumes/Other"
	for name, row := range map[string]struct{ running, there, volume, want string }{
		"macOS 11":              {"11.7.10", "11.7.10", "/", "/ has macOS 11.7.10"},
		"macOS 10.13":           {"10.13.6", "10.13.6", "/", "/ has macOS 10.13.6"},
		"on another volume":     {"26.0", "11.0", volume, volume + " has macOS 11.0"},
		"a volume without any":  {"26.0", "", volume, "the version of macOS on " + volume + " is not to be found out"},
		"a version that is not": {"twelve", "", "/", "the version of macOS on / is not to be found out"},
		"no version":            {"", ".", "/", "is not to be found out"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mac(t)
			r.oldScript(agent.Identifier, "Install or Defer.sh")
			r.write("/var/standin/version", row.running+"\n")
			if row.there != "" {
				r.system(strings.TrimSuffix(row.volume, "/"), row.there)
			}
			before := r.files()
			code, out := r.script(content(t, plain(), nil), "preinstall", row.volume)
			if code != 1 || !strings.Contains(out, "install-or-defer: Nothing is installed: ") || !strings.Contains(out, row.want) {
				t.Errorf("exit %d\n%s", code, out)
			}
			if diff := cmp.Diff(before, r.files()); diff != "" || len(r.jobs()) != 2 || len(r.calls("launchctl")) > 0 {
				t.Errorf("something is changed\n%s", diff)
			}
		})
	}
}

func TestAnInstallationThatFailsHalfWayRemovesNothing(t *testing.T) {
	t.Parallel()
	r := mac(t)
	r.oldScript(agent.Identifier, "Install or Defer.sh")
	before := r.files()
	c := content(t, plain(), nil)
	if code, out := r.script(c, "preinstall", "/"); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	if jobs := r.jobs(); len(jobs) > 0 {
		t.Errorf("runs %q", jobs)
	}
	if code, out := r.script(c, "postinstall", "/"); code != 1 || !strings.Contains(out, "cannot be set") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if diff := cmp.Diff(before, r.files()); diff != "" {
		t.Errorf("something is changed\n%s", diff)
	}
}

func TestLaunchdIsAskedAgainButNotForEver(t *testing.T) {
	job := agent.LaunchDaemonPath(agent.Identifier)
	for name, row := range map[string]struct {
		bootstrap, load string // how often each fails
		sleeps          []string
		old             bool // loaded the old way
		code            int
	}{
		"twice":                     {"2", "0", []string{"1", "2"}, false, 0},
		"always":                    {"99", "0", []string{"1", "2", "3", "4", "5"}, true, 0},
		"always, and the other way": {"99", "99", []string{"1", "2", "3", "4", "5"}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mac(t)
			c := content(t, plain(), nil)
			r.unpack(c, "/")
			r.write("/var/standin/bootstrap-fails", row.bootstrap)
			r.write("/var/standin/load-fails", row.load)
			code, out := r.script(c, "postinstall", "/")
			if code != row.code || (len(r.jobs()) == 1) != (row.code == 0) {
				t.Errorf("exit %d, runs %q\n%s", code, r.jobs(), out)
			}
			if diff := cmp.Diff(row.sleeps, r.calls("sleep")); diff != "" {
				t.Error(diff)
			}
			if slices.Contains(r.calls("launchctl"), "load -w "+job) != row.old {
				t.Errorf("called %q", r.calls("launchctl"))
			}
			if row.code != 0 && !strings.Contains(out, "is not loaded before the next restart") {
				t.Errorf("said %s", out)
			}
			r.inPlace("", agent.Identifier)
		})
	}
}

func TestWhatLaunchdHoldsAgainstAJob(t *testing.T) {
	for name, prepare := range map[string]func(root){
		"it was disabled":             func(r root) { r.write("/var/standin/disabled/"+agent.Identifier, "") },
		"it is loaded already":        func(r root) { r.loaded(agent.Identifier) },
		"it is just being unloaded":   func(r root) { r.write("/var/standin/jobs/"+agent.Identifier, "ending") },
		"the link is there and wrong": func(r root) { r.check(os.Symlink("/nowhere", r.path(agent.LinkPath))) },
		"the link's folder is a file": func(r root) { r.check(os.RemoveAll(r.path("/usr/local"))); r.write("/usr/local", "") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mac(t)
			r.check(os.MkdirAll(r.path("/usr/local/bin"), 0o755))
			prepare(r)
			c := content(t, plain(), nil)
			r.unpack(c, "/")
			if code, out := r.script(c, "postinstall", "/"); code != 0 || !slices.Equal(r.jobs(), []string{agent.Identifier}) {
				t.Errorf("exit %d, runs %q\n%s", code, r.jobs(), out)
			}
		})
	}
}

func TestMissingToolsAreDoneWithout(t *testing.T) {
	t.Parallel()
	r := mac(t)
	r.oldScript(oldest, "install_or_defer.sh")
	for _, tool := range []string{"/usr/bin/defaults", "/usr/bin/logger", "/usr/sbin/pkgutil", "/bin/sleep"} {
		r.check(os.Remove(r.path(tool)))
	}
	r.write("/var/standin/bootstrap-fails", "1")
	r.install(content(t, plain(), nil))
	r.inPlace("", agent.Identifier)
	if jobs := r.jobs(); !slices.Equal(jobs, []string{agent.Identifier}) || !r.exists(macos.PreferencesPath(oldest)) {
		t.Errorf("runs %q", jobs)
	}
	r.link(r.programs+"/standin", "/usr/bin/defaults")
	r.check(os.Remove(r.path("/usr/bin/sw_vers")))
	r.install(content(t, plain(), nil))

	r.check(os.Remove(r.path("/bin/launchctl")))
	c := content(t, plain(), nil)
	if code, out := r.script(c, "postinstall", "/"); code != 1 || !strings.Contains(out, "is not loaded before the next restart") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out := r.script(uninstaller(t, agent.Identifier), "postinstall", "/"); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
	r.gone(agent.SupportFolder, agent.LaunchDaemonPath(agent.Identifier))
}

func TestAnotherNameTakesTheRoundAlong(t *testing.T) {
	t.Parallel()
	r := mac(t)
	r.install(content(t, plain(), nil))
	r.write(agent.StatePath, state)
	r.list(macos.PreferencesPath(agent.Identifier), round())
	r.install(content(t, deployment.Deployment{Identifier: own}, nil))
	r.gone(agent.LaunchDaemonPath(agent.Identifier), macos.PreferencesPath(agent.Identifier))
	if !slices.Equal(r.jobs(), []string{own}) || r.read(agent.StatePath) != state {
		t.Errorf("runs %q", r.jobs())
	}
	if diff := cmp.Diff(round(), r.values(macos.PreferencesPath(own))); diff != "" {
		t.Error(diff)
	}
	var kept map[string]any
	if err := json.Unmarshal([]byte(r.read(agent.StatePath)), &kept); err != nil || len(kept) != 2 {
		t.Errorf("%v, %v", kept, err)
	}
}
