//go:build linux

package daemon_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// label ends in a space, as those of macOS 10.15 do.
const label = "macOS Elm 10.15.9- "

const listing = "* Label: " + label + "\n" +
	"\tTitle: macOS Elm 10.15.9, Version: 10.15.9, Size: 1500000K, Recommended: YES, Action: restart, \n"

const (
	forcedKey   = "AppleSoftwareUpdatesForcedAfter"
	deferredKey = "AppleSoftwareUpdatesDeferredUntil"
)

// TestRealProcesses plays stories with the daemon as a process, and with stand-ins at the paths of the real tools.
func TestRealProcesses(t *testing.T) {
	p := build(t)
	for name, story := range map[string]func(*testing.T, programs){
		"a Mac without updates is left at once":         withoutUpdates,
		"an update is deferred, enforced and restarted": deferredAndEnforced,
		"a second turn leaves, and a signal ends both":  secondTurnAndSignal,
		"a window of a killed turn is taken away":       killedUnderAPrompt,
		"a link at the state's path is refused":         plantedLink,
		"a machine that is no Mac stays as it is":       noMac,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, p)
		})
	}
}

// removed checks that the last that was done is the removal of everything, in its order.
func removed(r root, cs calls) {
	r.Helper()
	preferences := macos.PreferencesPath(agent.Identifier)
	for _, path := range []string{
		agent.SupportFolder, agent.LinkPath, agent.LaunchDaemonPath(agent.Identifier), preferences,
	} {
		if r.exists(path) {
			r.Errorf("%s is still there", path)
		}
	}
	if !r.exists("/Library/Preferences/other.plist") {
		r.Error("a preference of others is gone")
	}
	if last := cs[len(cs)-1].String(); last != "launchctl bootout system/"+agent.Identifier {
		r.Errorf("the last call is %s", last)
	}
	if recon := cs.of("jamf", "recon"); len(recon) != 1 {
		r.Errorf("%d inventories", len(recon))
	}
}

func withoutUpdates(t *testing.T, p programs) {
	r := macRoot(t, p)
	r.link(p.daemon, agent.LinkPath)
	r.set(macos.PreferencesPath(agent.Identifier), map[string]any{"Left": "behind"})
	cs := r.turn()
	removed(r, cs)
	if len(cs.of("jamfHelper")) > 0 || len(cs.of("softwareupdate")) != 1 {
		t.Errorf("called%s", cs)
	}
	if domain := strings.TrimSuffix(macos.PreferencesPath(agent.Identifier), ".plist"); !cs.of("defaults")[0].has("delete", domain) {
		t.Errorf("called%s", cs)
	}
}

func deferredAndEnforced(t *testing.T, p programs) {
	r := macRoot(t, p)
	r.write("/var/standin/list", listing)
	r.set(macos.ManagedPath(agent.Identifier), map[string]any{"UpdateDelay": 2, "HardRestartDelay": 1})
	preferences := macos.PreferencesPath(agent.Identifier)

	firstTurn(r, preferences)
	turnWithinTheDeferral(r, preferences)

	// An administrator ends the deferral.
	r.set(preferences, map[string]any{deferredKey: time.Now().Unix()})
	cs := r.turn("2 0.2")
	if len(cs.of("jamfHelper")) != 1 || len(cs.of("softwareupdate", "--download")) != 0 || r.state().Deferrals != 2 {
		t.Errorf("called%s\n%+v", cs, r.state())
	}

	// An administrator brings the deadline forward.
	deadline := time.Now().Add(-time.Minute)
	r.set(preferences, map[string]any{forcedKey: deadline.Unix()})
	enforced(r, r.turn())

	// The Mac has restarted and is up to date.
	r.started(time.Now())
	r.write("/var/standin/list", "")
	cs = r.turn()
	removed(r, cs)
}

func firstTurn(r root, preferences string) {
	r.Helper()
	before := time.Now().Truncate(time.Second)
	cs := r.turn("2 0.2")
	updates := cs.of("softwareupdate")
	if len(updates) != 2 || !slices.Equal(updates[0].Args, []string{"--list"}) ||
		!slices.Equal(updates[1].Args, []string{"--download", label, "--no-scan"}) {
		r.Errorf("called%s", updates)
	}
	prompts := cs.of("jamfHelper")
	if len(prompts) != 1 || !prompts[0].has("-windowType", "utility") || !prompts[0].has("-button1", "Run Updates") ||
		!prompts[0].has("-button2", "Defer") || !strings.Contains(prompts[0].String(), " -timeout 3") {
		r.Errorf("called%s", prompts)
	}
	values := r.values(preferences)
	for key, want := range map[string]time.Duration{forcedKey: 72 * time.Hour, deferredKey: 4 * time.Hour} {
		seconds, ok := values[key].(int64)
		if d := time.Unix(seconds, 0).Sub(before); !ok || d < want || d > want+time.Since(before) {
			r.Errorf("%s is %v (%T), %s off", key, values[key], values[key], d)
		}
	}
	if s := r.state(); s.Prompts != 1 || s.Deferrals != 1 || len(s.Pending) != 1 || s.Pending[0].Label != label {
		r.Errorf("%+v", s)
	}
	info, err := os.Stat(r.path(agent.StatePath))
	if err != nil || info.Mode().Perm() != 0o644 {
		r.Errorf("%v, %v", info, err)
	}
}

func turnWithinTheDeferral(r root, preferences string) {
	r.Helper()
	before, shown := r.state(), r.read(preferences)
	if cs := r.turn(); len(cs) > 2 {
		r.Errorf("a turn within a deferral calls%s", cs)
	}
	after := r.state()
	if r.read(preferences) != shown || !after.Deadline.Equal(before.Deadline) || !after.DeferredUntil.Equal(before.DeferredUntil) ||
		after.Prompts != 1 || after.Deferrals != 1 {
		r.Errorf("before %+v\nafter  %+v", before, after)
	}
	d := r.daemon("status", "--json")
	if code := r.end(d); code != 0 || !strings.Contains(d.out.String(), `"phase": "deferred"`) {
		r.Errorf("exit %d\n%s%s", code, d.out.String(), d.errOut.String())
	}
	d = r.daemon("explain")
	if code := r.end(d); code != 0 || !strings.Contains(d.out.String(), "A turn that starts now ends at once.") {
		r.Errorf("exit %d\n%s%s", code, d.out.String(), d.errOut.String())
	}
}

// enforced checks a turn after the deadline: warning, installation, polite restart, forced restart.
func enforced(r root, cs calls) {
	r.Helper()
	windows, install := cs.of("jamfHelper"), cs.of("softwareupdate", "--install")
	ask, force := cs.of("osascript"), cs.of("shutdown")
	if len(windows) != 3 || len(install) != 1 || len(ask) != 1 || len(force) != 1 {
		r.Fatalf("called%s", cs)
	}
	warning := windows[0]
	if !warning.has("-windowType", "hud", "-lockHUD") || !warning.has("-button1", "Run Updates") || warning.has("-button2") ||
		!warning.has("-timeout", "2", "-countdown") {
		r.Errorf("the warning is %s", warning)
	}
	if !slices.Equal(install[0].Args, []string{"--install", label, "--no-scan"}) {
		r.Errorf("called %q", install[0].Args)
	}
	if shown := install[0].At.Sub(warning.At); shown < 2*time.Second {
		r.Errorf("the warning was shown for %s", shown)
	}
	polite := cs.of("launchctl", "asuser")
	if len(polite) != 1 || !polite[0].has("asuser", "501", "/usr/bin/sudo", "-u", "ann", "/usr/bin/osascript") ||
		!strings.Contains(ask[0].String(), "«event aevtrrst»") {
		r.Errorf("called%s%s", polite, ask)
	}
	if !slices.Equal(force[0].Args, []string{"-r", "now"}) {
		r.Errorf("called %s", force[0])
	}
	if waited := force[0].At.Sub(ask[0].At); waited < time.Second {
		r.Errorf("the restart is forced %s after it was asked for", waited)
	}
	if len(cs.of("jamf")) > 0 || !r.exists(agent.StatePath) {
		r.Errorf("it removed itself before the restart:%s", cs)
	}
	for _, w := range windows {
		r.await("every window is closed", func() bool { return ended(w.PID) })
	}
}

// ended tells whether a process has ended, whether or not somebody has taken note.
func ended(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	stat, err := os.ReadFile("/proc/" + itoa(int64(pid)) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func secondTurnAndSignal(t *testing.T, p programs) {
	r := macRoot(t, p)
	r.write("/var/standin/list", listing)
	first := r.daemon("run")
	r.await("a prompt is shown", func() bool { return len(r.calls().of("jamfHelper")) == 1 })

	second := r.daemon("run")
	code := r.end(second)
	if text := second.errOut.String(); code != 1 || !strings.Contains(text, "held by another turn") || !strings.Contains(text, "\nhint: ") {
		t.Errorf("exit %d: %s", code, text)
	}
	cs := r.calls()
	if len(cs.of("jamfHelper")) != 1 || !strings.Contains(cs.log(), "Another turn is under way") {
		t.Errorf("called%s", cs)
	}

	r.check(first.Process.Signal(syscall.SIGTERM))
	if code := r.end(first); code != 1 {
		t.Errorf("exit %d: %s", code, first.errOut.String())
	}
	if window := cs.of("jamfHelper")[0].PID; !ended(window) {
		t.Errorf("the window stands, as process %d", window)
	}
	if s := r.state(); s.Deferrals != 0 || !s.DeferredUntil.IsZero() {
		t.Errorf("a signal bought a deferral: %+v", s)
	}
}

func killedUnderAPrompt(t *testing.T, p programs) {
	r := macRoot(t, p)
	r.write("/var/standin/list", listing)
	d := r.daemon("run")
	r.await("a prompt is shown", func() bool { return len(r.calls().of("jamfHelper")) == 1 })
	window := r.calls().of("jamfHelper")[0].PID
	r.await("its process is on file", func() bool { return r.exists(agent.SupportFolder + "/window.pid") })
	r.check(d.Process.Kill())
	r.end(d)
	if ended(window) {
		t.Fatal("the window went with the turn; there is nothing to take away")
	}
	r.write("/var/standin/answers", "2 0.2\n")
	d = r.daemon("run")
	if code := r.end(d); code != 0 {
		t.Fatalf("exit %d\n%s", code, d.errOut.String())
	}
	cs := r.calls()
	if !ended(window) || r.exists(agent.SupportFolder+"/window.pid") {
		t.Errorf("the window stands, or its process is on file:%s", cs)
	}
	if s := r.state(); s.Deferrals != 1 || !strings.Contains(cs.log(), "has left a window; taken away: true") {
		t.Errorf("%+v\n%s", s, cs.log())
	}

	// A process id that is another's by now is left alone.
	r.write(agent.SupportFolder+"/window.pid", itoa(int64(os.Getpid()))+"\n")
	r.write("/var/standin/calls", "")
	d = r.daemon("run")
	if code := r.end(d); code != 0 || r.exists(agent.SupportFolder+"/window.pid") {
		t.Errorf("exit %d, or the file is still there", code)
	}
}

func plantedLink(t *testing.T, p programs) {
	r := macRoot(t, p)
	r.write("/var/standin/list", listing)
	const secret = `{"deadline": "2099-01-01T00:00:00Z"}`
	r.write("/private/secret", secret)
	r.check(os.Symlink("/private/secret", r.path(agent.StatePath)))
	cs := r.turn("2 0.2")
	if log := cs.log(); !strings.Contains(log, "State not used") || !strings.Contains(log, "is a symbolic link") {
		t.Errorf("logged %s", log)
	}
	if got := r.read("/private/secret"); got != secret {
		t.Errorf("the target holds %s", got)
	}
	info, err := os.Lstat(r.path(agent.StatePath))
	if err != nil || !info.Mode().IsRegular() || r.state().Deadline.Year() == 2099 {
		t.Errorf("%v, %v, %+v", info, err, r.state())
	}
}

func noMac(t *testing.T, p programs) {
	r := plainRoot(t, p)
	before := r.tree()
	d := r.daemon("run")
	code := r.end(d)
	text := d.errOut.String()
	if code != 1 || !strings.Contains(text, "Missing: /usr/sbin/softwareupdate") || !strings.Contains(text, "\nhint: this is not a Mac") {
		t.Errorf("exit %d: %s", code, text)
	}
	if after := r.tree(); !maps.Equal(before, after) {
		t.Errorf("before %v\nafter  %v", before, after)
	}
}
