package agent_test

import (
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// Where nobody knows when the Mac has started, a refused restart is asked for again, and nothing is removed before.
func TestARefusedRestartIsAskedForAgainEvenWithoutABootTime(t *testing.T) {
	s := ordinary(sim.Person{Answers: []sim.Act{{Do: sim.Install}}, Unsaved: true})
	s.Faults = []sim.Fault{{Tool: "sysctl", Kind: sim.Missing}, {Tool: "shutdown", Kind: sim.Exit, Times: 1}}
	p := playOut(t, s)
	p.Removed(t)
	if p.Tally.Restarts != 1 || len(p.Calls("shutdown")) != 2 {
		t.Errorf("%+v, shutdown was called %d times", p.Tally, len(p.Calls("shutdown")))
	}
}

// A defaults that hangs is waited for once a turn, and not at all by turns with nothing due.
func TestAHangingDefaultsDoesNotSlowEveryTurn(t *testing.T) {
	s := ordinary(sim.Person{Answers: []sim.Act{{Do: sim.Defer}}})
	s.Faults = []sim.Fault{{Tool: "defaults", Kind: sim.Hang}}
	s.Limit = 3 * time.Hour
	p := playOut(t, s)
	if n := len(p.Calls("defaults")); n > 2 {
		t.Errorf("defaults was called %d times in %d turns", n, p.Tally.Turns)
	}
}

// The logo that the package brought along goes with the package, also where a profile names another.
func TestThePackagesLogoIsRemovedThoughAProfileNamesAnother(t *testing.T) {
	s := ordinary(sim.Person{Answers: []sim.Act{{Do: sim.Install}}})
	s.Settings = map[string]any{"MessagingLogo": "/Users/Shared/other.png"}
	p := promisetest.New(s)
	logo := agent.SupportFolder + "/logo.png"
	built, err := plist.Encode(map[string]any{"MessagingLogo": logo})
	if err != nil {
		t.Fatal(err)
	}
	p.Put(agent.BuildPath, built, 0o644)
	p.Put(logo, []byte("png"), 0o644)
	p.ToEnd(t.Context())
	p.Removed(t)
	if _, there := p.File(logo); there {
		t.Error("the logo is left behind")
	}
}

// Where nobody knows who is at the Mac, nothing is run as nobody: the restart is announced and forced all the same.
func TestNothingIsRunAsNobody(t *testing.T) {
	s := ordinary(sim.Person{})
	s.Settings = map[string]any{"SkipDeferral": true}
	s.Faults = []sim.Fault{{Tool: "scutil", Kind: sim.Missing}, {Tool: "stat", Kind: sim.Missing}}
	p := playOut(t, s)
	for _, e := range p.Journal {
		if e.Kind == sim.KindTool && strings.Contains(strings.Join(e.Args, " "), "asuser 0") {
			t.Errorf("%s %q", e.Text, e.Args)
		}
	}
	if p.Tally.Restarts != 1 || !p.Said("nobody is known to be logged in") {
		t.Errorf("%+v; it says %s", p.Tally, p.Log.String())
	}
}

// A sw_vers that only knows one of its arguments will do.
func TestAVersionIsFoundWithoutTheSystemsFile(t *testing.T) {
	p := promisetest.New(ordinary(sim.Person{Answers: []sim.Act{{Do: sim.Install}}}))
	if err := p.Remove("/System/Library/CoreServices/SystemVersion.plist"); err != nil {
		t.Fatal(err)
	}
	version, err := macos.System{Host: p.Host()}.Version(t.Context())
	if err != nil || version.Number == "" {
		t.Errorf("got %v, %v", version, err)
	}
}
