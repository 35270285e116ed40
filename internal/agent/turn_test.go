package agent_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

func TestIfADeferralRunsNothingElseIsStarted(t *testing.T) {
	p := promisetest.New(ordinary(answering(sim.Act{Do: sim.Defer})))
	var values, state []string
	p.Before = func(int) {
		prefs, _ := p.File(macos.PreferencesPath(agent.Identifier))
		values = append(values, string(prefs))
	}
	p.ToEnd(t.Context())
	p.Hold(t)
	quiet := 0
	for i, turn := range p.Turns {
		d := p.Decisions[turn.Decisions]
		if d.Action.Reason() != enforce.WhyDeferred {
			continue
		}
		quiet++
		if diff := cmp.Diff([]string{"sysctl", "logger"}, p.Tools(turn)); diff != "" {
			t.Errorf("turn %d: %s", i, diff)
		}
		if turn.Err != nil || turn.Ended != turn.Began || values[i] != values[i+1] {
			t.Errorf("turn %d: %v, took %v, or wrote the values", i, turn.Err, turn.Ended.Sub(turn.Began))
		}
		state = append(state, d.State.Deadline.String()+d.State.DeferredUntil.String())
	}
	if quiet < 150 || len(slices.Compact(state)) != 18 {
		t.Errorf("%d quiet turns in %d deferrals", quiet, len(slices.Compact(state)))
	}
}

func TestListThenNoneRequiredThenReconThenRemovalAndUnloadingLast(t *testing.T) {
	s := ordinary(sim.Person{})
	s.Offers = nil
	p := playOut(t, s)
	p.Removed(t)
	if diff := cmp.Diff([]string{"sysctl", "logger", "arch", "softwareupdate", "logger", "jamf", "logger", "launchctl"}, p.Tools(p.Turns[0])); diff != "" {
		t.Error(diff)
	}
	if last := p.Calls("launchctl"); len(last) != 1 || last[0] != `["bootout" "system/com.github.mpanighetti.install-or-defer"]` {
		t.Errorf("launchctl ran as %v", last)
	}
}

func TestAFailedReconDoesNotStopTheRemoval(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		t.Run(kind, func(t *testing.T) {
			s := ordinary(sim.Person{})
			s.Offers, s.Faults = nil, []sim.Fault{{Tool: "jamf", Kind: kind}}
			playOut(t, s).Removed(t)
		})
	}
}

func TestTheValuesAreRemovedThoughDefaultsFails(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		s := ordinary(answering(sim.Act{Do: sim.Install}))
		s.Faults = []sim.Fault{{Tool: "defaults", Arg: "delete", Kind: kind}}
		playOut(t, s).Removed(t)
	}
}

func TestTheRemovalKeepsOtherPeoplesFiles(t *testing.T) {
	s := ordinary(sim.Person{})
	s.Offers = nil
	p := promisetest.New(s)
	p.Put("/Library/Preferences/com.apple.SoftwareUpdate.plist", []byte("theirs"), 0o644)
	p.Put(macos.ManagedPath(agent.Identifier), []byte(`<plist><dict><key>SupportContact</key><string>IT</string></dict></plist>`), 0o644)
	p.ToEnd(t.Context())
	p.Removed(t)
	for _, path := range []string{"/Library/Preferences/com.apple.SoftwareUpdate.plist", macos.ManagedPath(agent.Identifier)} {
		if _, ok := p.File(path); !ok {
			t.Errorf("%s is gone", path)
		}
	}
}

func TestUpdatesAreDownloadedOncePerSetByTheirExactLabels(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Defer}))
	later := browser()
	later.Label, later.Title = "Later-1.0 ", "Later"
	s.Plan = []sim.Event{{At: 20 * time.Hour, Do: sim.Release, Offer: later}}
	p := playOut(t, s)
	p.Removed(t)
	one, two := `"macOS Catalina 10.15.7 Update- " "Safari14.0.3CatalinaAuto-14.0.3"`, ` "Later-1.0 "`
	want := []string{`["--download" ` + one + ` "--no-scan"]`, `["--download" ` + one + two + ` "--no-scan"]`, `["--install" ` + one + two + ` "--no-scan"]`}
	got := slices.DeleteFunc(p.Calls("softwareupdate"), func(s string) bool { return s == `["--list"]` })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheFinalWarningIsLockedWithOneButtonAndACountdown(t *testing.T) {
	p := playOut(t, ordinary(answering(sim.Act{Do: sim.Defer})))
	finals := p.Windows(promisetest.IsFinal)
	if len(finals) != 1 {
		t.Fatalf("%d final warnings", len(finals))
	}
	want := &sim.Window{
		Style: macos.StyleJamfHelper, Title: "Updates are about to start", Buttons: []string{"Run Updates"}, Locked: true, Timeout: 10 * time.Minute,
		Countdown: "Updates start in", Text: finals[0].Window.Text,
	}
	if diff := cmp.Diff(want, finals[0].Window); diff != "" {
		t.Error(diff)
	}
	for _, part := range []string{"macOS Catalina 10.15.7 Update and Safari 14.0.3", "restart", "IT can help"} {
		if !strings.Contains(want.Text, part) {
			t.Errorf("the warning does not say %q", part)
		}
	}
	install := promisetest.Actions[enforce.Install](p)[0]
	if shown := install.At.Sub(finals[0].At); shown != 10*time.Minute {
		t.Errorf("it stood for %v", shown)
	}
}

func TestTheFinalWarningComesBack(t *testing.T) {
	for _, act := range []string{sim.Quit, sim.Kill} {
		t.Run(act, func(t *testing.T) {
			s := ordinary(answering(sim.Act{Do: sim.Defer}))
			s.Person.Final = []sim.Act{{Do: act, After: time.Minute}, {Do: act, After: 2 * time.Minute}, {Do: sim.Ignore}}
			p := playOut(t, s)
			p.Removed(t)
			finals := p.Windows(promisetest.IsFinal)
			if len(finals) != 3 || finals[1].At.Sub(finals[0].At) != 61*time.Second {
				t.Fatalf("%d final warnings", len(finals))
			}
			if left := finals[2].Window.Timeout; left != 7*time.Minute-2*time.Second {
				t.Errorf("the last stands for %v", left)
			}
		})
	}
}

func TestAClickOnTheFinalWarningStartsAtOnce(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Defer}))
	s.Person.Final = []sim.Act{{Do: sim.Install, After: 7 * time.Second}}
	p := playOut(t, s)
	if d := promisetest.Actions[enforce.Install](p)[0].At.Sub(p.Windows(promisetest.IsFinal)[0].At); d != 7*time.Second {
		t.Errorf("it starts after %v", d)
	}
}

func TestAClickInUnderASecondIsNotBelievedADeferralIs(t *testing.T) {
	p := playOut(t, ordinary(answering(sim.Act{Do: sim.Install, After: 300 * time.Millisecond}, sim.Act{Do: sim.Defer, After: 300 * time.Millisecond})))
	first, second := p.Turns[0], p.Turns[1]
	if !errors.Is(first.Err, agent.ErrTurn) || len(p.Windows(promisetest.IsPrompt)) != 19 {
		t.Errorf("the first turn ends with %v, after %d prompts", first.Err, len(p.Windows(promisetest.IsPrompt)))
	}
	if s := p.Decisions[second.Decisions-1].State; s.Deferrals != 0 || s.Unseen != 1 || !s.DeferredUntil.IsZero() {
		t.Errorf("the click has bought something: %+v", s)
	}
	if installs := promisetest.Actions[enforce.Install](p); len(installs) != 1 || installs[0].At.Before(installs[0].State.Deadline) {
		t.Errorf("installed %d times", len(installs))
	}
}

func TestRestartIsPassedFromMacOS11ForUpdatesThatNeedOne(t *testing.T) {
	security := browser()
	security.Label, security.Title, security.Action = "Security Update 2021-002 ", "Security Update 2021-002", enforce.Restart
	const alone, along = `["--install" "Security Update 2021-002 " "--no-scan"]`, `["--install" "Safari14.0.3CatalinaAuto-14.0.3" "--no-scan"`
	const restarting = `["--install" "Security Update 2021-002 " "--restart" "--no-scan" "--agree-to-license"]`
	for _, row := range []struct {
		macOS string
		offer sim.Offer
		want  string
	}{
		{"10.13.6", security, alone},
		{"10.14.6", security, alone},
		{"10.15.6", security, alone},
		{"10.15.6", browser(), along + `]`},
		{"11.6", security, restarting},
		{"11.6", browser(), along + ` "--agree-to-license"]`},
		{"13.7.3", security, restarting},
		{"27", security, restarting},
	} {
		t.Run(row.macOS+" "+row.offer.Title, func(t *testing.T) {
			s := ordinary(answering(sim.Act{Do: sim.Install}))
			s.MacOS, s.Offers = row.macOS, []sim.Offer{row.offer}
			p := playOut(t, s)
			p.Removed(t)
			if got := p.Calls("softwareupdate"); !slices.Contains(got, row.want) {
				t.Errorf("softwareupdate ran as %v", got)
			}
			if restarts := p.Tally.Restarts; (restarts == 1) != (row.offer.Action == enforce.Restart) {
				t.Errorf("%d restarts", restarts)
			}
		})
	}
}

func TestThePoliteRestartAsksLoginwindowAndTheForcedOneIsShutdown(t *testing.T) {
	t2 := browser()
	t2.Label, t2.Title, t2.Version, t2.Action = "BridgeOSUpdateCustomer", "BridgeOSUpdateCustomer", "", enforce.ShutDown
	for _, row := range []struct {
		name, event, forced string
		offers              []sim.Offer
	}{
		{"restart", "aevtrrst", `["-r" "now"]`, []sim.Offer{update()}},
		{"shut down for T2", "aevtrsdn", `["-h" "now"]`, []sim.Offer{update(), t2}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := ordinary(answering(sim.Act{Do: sim.Install}))
			s.Offers, s.Person.Unsaved, s.Person.Name, s.Person.UID = row.offers, true, "ann lee", 502
			p := playOut(t, s)
			p.Removed(t)
			ask := `["asuser" "502" "/usr/bin/sudo" "-u" "ann lee" "/usr/bin/osascript" "-e" "tell application \"loginwindow\" to «event ` + row.event + `»"]`
			if got := p.Calls("launchctl"); len(got) != 2 || got[0] != ask {
				t.Errorf("launchctl ran as %v", got)
			}
			if got := p.Calls("shutdown"); len(got) != 1 || got[0] != row.forced {
				t.Errorf("shutdown ran as %v", got)
			}
			asked, forced := promisetest.Actions[enforce.AskRestart](p), promisetest.Actions[enforce.ForceRestart](p)
			if len(asked) != 1 || len(forced) != 1 || forced[0].At.Sub(asked[0].At) != 5*time.Minute+settles {
				t.Error("it is not forced five minutes after it was asked for")
			}
			if notice := p.Windows(promisetest.IsRestartNotice); len(notice) != 1 || notice[0].Window.Timeout != 5*time.Minute {
				t.Errorf("nobody is told when the restart comes: %v", notice)
			}
		})
	}
}

func TestASecondTurnLeavesAtOnce(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Defer}))
	p := promisetest.New(s)
	host := p.Host()
	var second error
	var lines strings.Builder
	first := p.Agent(host)
	watch := first.Watch
	first.Watch = func(d agent.Decision) {
		watch(d)
		if _, ok := d.Action.(enforce.Prompt); ok {
			state, _ := p.File(agent.StatePath)
			other := &agent.Agent{Host: host, Root: true, Built: promisetest.Built(), Lines: &lines, Watch: func(agent.Decision) { t.Error("it decides") }}
			second = other.Turn(t.Context())
			if now, _ := p.File(agent.StatePath); string(now) != string(state) {
				t.Error("it writes")
			}
		}
	}
	p.Turns = append(p.Turns, promisetest.Turn{})
	if err := first.Turn(t.Context()); err != nil {
		t.Error(err)
	}
	if !errors.Is(second, macos.ErrLocked) || !strings.Contains(lines.String(), "Another turn is under way") {
		t.Errorf("the second turn ends with %v and says %q", second, lines.String())
	}
}

func TestATurnNeedsRootAndItsTools(t *testing.T) {
	p := promisetest.New(ordinary(sim.Person{}))
	a := p.Agent(p.Host())
	a.Root = false
	if err := a.Turn(t.Context()); !errors.Is(err, agent.ErrNotRoot) || len(p.Journal) > 0 {
		t.Errorf("without root: %v", err)
	}
	a.Root = true
	for _, need := range macos.Needs() {
		if !need.Required {
			continue
		}
		p := promisetest.New(ordinary(sim.Person{}))
		if err := p.Remove(need.Path); err != nil {
			t.Fatal(err)
		}
		err := p.Agent(p.Host()).Turn(t.Context())
		if !errors.Is(err, agent.ErrMissing) || !p.Said(need.Path) || len(p.Decisions) > 0 {
			t.Errorf("without %s: %v", need.Path, err)
		}
	}
}

func TestATurnThatIsToldToEndEnds(t *testing.T) {
	for steps := range 5 {
		t.Run(fmt.Sprint(steps), func(t *testing.T) {
			p := promisetest.New(ordinary(answering(sim.Act{Do: sim.Install})))
			ctx, cancel := context.WithCancel(t.Context())
			a := p.Agent(p.Host())
			watch := a.Watch
			a.Watch = func(d agent.Decision) {
				watch(d)
				if len(p.Decisions) > steps {
					cancel()
				}
			}
			p.Turns = append(p.Turns, promisetest.Turn{})
			if err := a.Turn(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("it ends with %v", err)
			}
			cancel()
			if len(p.Decisions) != steps+1 {
				t.Errorf("it decides %d times", len(p.Decisions))
			}
		})
	}
}

func TestOneProcessWritesTheLogOfAQuietTurnAndAFileOnlyIfAsked(t *testing.T) {
	for _, asked := range []bool{false, true} {
		s := ordinary(answering(sim.Act{Do: sim.Defer}))
		s.Settings = map[string]any{"DiagnosticLog": asked}
		p := playOut(t, s)
		log, ok := p.File(agent.LogPath)
		if ok != asked {
			t.Errorf("asked %t, there %t", asked, ok)
		}
		if asked && !strings.Contains(string(log), "2026-11-30 09:00:00 +0000 Nothing speaks against looking for updates now.\n") {
			t.Errorf("the log is %.200q", log)
		}
	}
}

func TestTheDiagnosticLogStaysSmall(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Defer}))
	s.Settings = map[string]any{"DiagnosticLog": true}
	p := promisetest.New(s)
	p.Put(agent.LogPath, []byte(strings.Repeat("old line\n", 100_000)), 0o644)
	p.ToEnd(t.Context())
	if log, _ := p.File(agent.LogPath); len(log) > 600<<10 || !strings.Contains(string(log), "Nothing speaks") {
		t.Errorf("the log holds %d bytes", len(log))
	}
}

// settles is how long a window that stands is given to appear, before the restart is asked for.
const settles = time.Second
