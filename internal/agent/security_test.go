package agent_test

import (
	"context"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// spy notes every command that is given to a runner.
type spy struct {
	macos.Runner
	seen *[]macos.Command
}

// Run implements macos.Runner.
func (s spy) Run(ctx context.Context, c macos.Command) (macos.Output, error) {
	*s.seen = append(*s.seen, c)
	return s.Runner.Run(ctx, c)
}

// Start implements macos.Runner.
func (s spy) Start(ctx context.Context, c macos.Command) (macos.Standing, error) {
	*s.seen = append(*s.seen, c)
	return s.Runner.Start(ctx, c)
}

// spied plays a scenario, and returns the commands that were given.
func spied(t *testing.T, s sim.Scenario) (p *promisetest.Play, seen []macos.Command) {
	t.Helper()
	p = promisetest.New(s)
	p.Take = func(ctx context.Context, host macos.Host) error {
		host.Runner = spy{host.Runner, &seen}
		return p.Agent(host).Turn(ctx)
	}
	return p.ToEnd(t.Context()), seen
}

// parts is a command, and the one that it has launchctl and sudo run in its place: each a program with its arguments.
func parts(c macos.Command) [][]string {
	all := append([]string{c.Path}, c.Args...)
	if len(all) > 6 && path.Base(c.Path) == "launchctl" && c.Args[0] == "asuser" {
		return [][]string{all[:3], all[3:6], all[6:]}
	}
	return [][]string{all}
}

// TestNothingRunsAShell looks at every command of every scenario, with each kind of window.
func TestNothingRunsAShell(t *testing.T) {
	t.Parallel()
	interpreters := []string{"sh", "bash", "dash", "zsh", "ksh", "csh", "tcsh", "env", "eval", "xargs", "python", "python3", "perl", "ruby", "tclsh", "awk"}
	for _, s := range sim.Scenarios() {
		for _, style := range []string{"jamfhelper", "swiftdialog", "osascript"} {
			s.Settings = withStyle(s.Settings, style)
			s.SwiftDialog = true
			_, seen := spied(t, s)
			must(t, len(seen) > 0, "%s: nothing is run", s.Name)
			for _, c := range seen {
				for _, part := range parts(c) {
					if !slices.Contains(macos.Tools(), part[0]) {
						t.Errorf("%s, %s: %q is run", s.Name, style, part)
					}
					if slices.ContainsFunc(part, func(arg string) bool { return slices.Contains(interpreters, path.Base(arg)) }) {
						t.Errorf("%s, %s: %q may run a shell", s.Name, style, part)
					}
				}
			}
		}
	}
}

func withStyle(settings map[string]any, style string) map[string]any {
	all := map[string]any{"PromptStyle": style}
	for key, value := range settings {
		all[key] = value
	}
	return all
}

// foreign is a text that a shell, AppleScript, sudo or a terminal would do something about, were it ever asked to.
const foreign = "-x $(touch /tmp/foreign) `id`; \" & (do shell script \"id\") & \" | 'foreign' \\"

// TestWhatToolsSayIsNeverPartOfACommand has softwareupdate, pmset and the settings say a foreign text, and looks where it
// ends up: whole, as one argument that can only be shown, or as the label of an update.
func TestWhatToolsSayIsNeverPartOfACommand(t *testing.T) {
	shown := []string{"-title", "-description", "-button1", "-button2", "-countdownPrompt"}
	for _, style := range []string{"jamfhelper", "swiftdialog", "osascript"} {
		s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
		s.SwiftDialog = true
		s.Offers[0].Label, s.Offers[0].Title = "macOS "+foreign, "macOS "+foreign
		s.Settings = withStyle(s.Settings, style)
		for _, key := range []string{"PromptHeading", "SupportContact", "InstallButtonLabel", "DeferButtonLabel"} {
			s.Settings[key] = foreign
		}
		s.Plan = []sim.Event{{At: time.Minute, Do: sim.MeetingStart, Key: foreign}, {At: 5 * time.Hour, Do: sim.MeetingEnd}}
		p, seen := spied(t, s)
		p.Removed(t)
		met := 0
		for _, c := range seen {
			for _, part := range parts(c) {
				for i, arg := range part {
					if !strings.Contains(arg, "touch") {
						continue
					}
					met++
					switch tool := path.Base(part[0]); {
					case tool == "softwareupdate" && arg == "macOS "+foreign:
					case tool == "jamfHelper" && slices.Contains(shown, part[i-1]) && !strings.HasPrefix(arg, "-"):
					case tool == "osascript" && slices.Index(part, "--") > 0 && i > slices.Index(part, "--"):
					default:
						t.Errorf("%s: %s is given %q after %q", style, tool, arg, part[i-1])
					}
				}
			}
		}
		must(t, met > 0, "%s: the text went nowhere, so nothing was looked at", style)
	}
}

// TestNothingThatIsKeptNamesAPerson plays every scenario with a person and programs of telling names, also one in which no
// tool can tell who that is, and searches what is logged, written down and reported.
func TestNothingThatIsKeptNamesAPerson(t *testing.T) {
	t.Parallel()
	const name = "quillfeather"
	kept := []string{agent.StatePath, agent.JournalPath, agent.ReportPath, agent.LogPath, macos.PreferencesPath(agent.Identifier)}
	for _, s := range append(sim.Scenarios(), nameless()...) {
		s.Person.Name, s.Person.Unsaved = name, true
		s.Settings = withStyle(s.Settings, "jamfhelper")
		s.Settings["DiagnosticLog"] = true
		p := promisetest.New(s)
		looked := 0
		p.Before = func(n int) {
			for _, file := range kept {
				data, ok := p.File(file)
				if ok {
					looked++
				}
				if strings.Contains(string(data), name) {
					t.Errorf("%s: before turn %d, %s names the person: %s", s.Name, n, file, around(string(data), name))
				}
			}
		}
		p.ToEnd(t.Context())
		must(t, looked > 0 || p.Tally.Turns < 2, "%s: no file was looked at", s.Name)
		if said := p.Log.String(); strings.Contains(said, name) {
			t.Errorf("%s: the log names the person: %s", s.Name, around(said, name))
		}
	}
}

// nameless is a Mac on which the tools misbehave that tell who is at it, in every way: first scutil, then those that are asked
// in its place.
func nameless() []sim.Scenario {
	var all []sim.Scenario
	for _, tool := range []string{"id", "stat"} {
		for _, first := range sim.FaultKinds() {
			for _, second := range sim.FaultKinds() {
				s := short(ordinary(answering(sim.Act{Do: sim.Defer})))
				s.Name = first + " scutil, " + second + " " + tool
				s.Faults = []sim.Fault{{Tool: "scutil", Kind: first}, {Tool: tool, Kind: second}}
				s.Limit = 2 * time.Hour
				all = append(all, s)
			}
		}
	}
	return all
}

// around is the part of a text that a word is in.
func around(text, word string) string {
	i := strings.Index(text, word)
	return text[max(0, i-100):min(len(text), i+100)]
}

// TestWhatAPersonWithoutRightsCanTry lists the ways of somebody who is not root to get out of updates, or to get more
// rights, and how far each leads: enforcement comes all the same, or the report names what stands in its way.
func TestWhatAPersonWithoutRightsCanTry(t *testing.T) {
	const hour, deadline = time.Hour, 24 * time.Hour
	always := func(do string) sim.Person {
		return sim.Person{Answers: []sim.Act{{Do: do}}, Final: []sim.Act{{Do: do}}}
	}
	end := func(e sim.Event) []sim.Event { return []sim.Event{{At: hour, Do: e.Do, Key: e.Key, Value: e.Value}} }
	for name, row := range map[string]struct {
		person sim.Person
		plan   []sim.Event
		files  map[string]string
		late   time.Duration // the most that enforcement is late
		blocks string        // what the report names, where it does not come about for as long as that lasts
	}{
		"ignore all windows":                 {person: always(sim.Ignore), late: hour},
		"quit every window":                  {person: always(sim.Quit), late: hour},
		"kill every window":                  {person: always(sim.Kill), late: hour},
		"keep a document unsaved":            {person: sim.Person{Unsaved: true, Answers: []sim.Act{{Do: sim.Defer}}}, late: hour},
		"log out at every window":            {person: always(sim.LogOut), late: 2 * hour},
		"lock the screen for good":           {plan: end(sim.Event{Do: sim.Lock}), late: hour},
		"feign a presentation":               {plan: end(sim.Event{Do: sim.MeetingStart, Key: "caffeinate"}), late: 9 * hour},
		"feign a call":                       {plan: end(sim.Event{Do: sim.MeetingStart, Key: "zoom.us"}), late: 9 * hour},
		"leave the camera on":                {plan: end(sim.Event{Do: sim.MeetingStart, Key: "camera"}), late: 9 * hour},
		"pull the network before the end":    {plan: []sim.Event{{At: deadline - hour, Do: sim.Offline}}, late: 2 * hour, blocks: "updates not listed"},
		"never plug the power in":            {plan: end(sim.Event{Do: sim.Unplug}), late: 2 * hour, blocks: "on battery"},
		"fill the disk":                      {plan: end(sim.Event{Do: sim.Space, Value: int64(1)}), late: 2 * hour, blocks: "low space"},
		"leave for the login window":         {plan: end(sim.Event{Do: sim.LoginWindow}), late: 2 * hour, blocks: "others logged in"},
		"have somebody else take over":       {plan: end(sim.Event{Do: sim.SwitchUser}), late: 2 * hour},
		"write preferences of their own":     {files: map[string]string{"/Users/alex/Library/Preferences/" + agent.Identifier + ".plist": list("<key>MaxDeferralTime</key><integer>99999999</integer><key>" + promisetest.ForcedAfter + "</key><integer>4102444800</integer>")}, late: hour},
		"plant files where everybody writes": {files: map[string]string{"/private/tmp/install-or-defer": "x", "/private/var/tmp/dialog.log": "quit:\n", "/Users/Shared/install-or-defer/reset": "x"}, late: hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if row.person.Answers == nil {
				row.person.Answers = []sim.Act{{Do: sim.Defer}}
			}
			s := short(ordinary(row.person))
			s.Battery = sim.Battery{Percent: 20}
			s.Plan, s.Limit = row.plan, deadline+row.late+6*hour
			p := promisetest.New(s)
			for file, text := range row.files {
				p.Put(file, []byte(text), 0o666)
			}
			reported := ""
			p.Before = func(int) {
				if data, ok := p.File(agent.ReportPath); ok && p.True().Sub(sim.CommonStart()) > deadline {
					reported = string(data)
				}
			}
			p.ToEnd(t.Context())
			p.Hold(t)
			if row.blocks != "" {
				must(t, strings.Contains(reported, row.blocks), "the report does not name %q: %s", row.blocks, reported)
				return
			}
			p.Removed(t)
			late := p.Tally.Ended.Sub(sim.CommonStart().Add(deadline))
			must(t, late <= row.late, "it comes %s late", late)
			for file, text := range row.files {
				data, _ := p.File(file)
				must(t, string(data) == text, "%s holds %q", file, data)
			}
		})
	}
}
