package agent_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// A person's link in a folder that all can write to receives the files of root.
func TestDefect12ALinkReceivesNothing(t *testing.T) {
	p := promisetest.New(deferringDaily())
	p.Put("/Users/alex/x", []byte("mine"), 0o644)
	p.Put("/private/tmp/install-or-defer", []byte("/Users/alex/x"), fs.ModeSymlink|0o777)
	p.Meddle = func(n int) {
		if n == 0 {
			p.Put(agent.StatePath, []byte("/Users/alex/x"), fs.ModeSymlink|0o777)
		}
	}
	p.ToEnd(t.Context())
	enforced(t, p)
	data, _ := p.File("/Users/alex/x")
	must(t, string(data) == "mine", "the target holds %q", data)
}

// SkipDeferral as a boolean is ignored by one version, as text by the other.
func TestDefect13SkipDeferralIsHeardInEveryForm(t *testing.T) {
	for _, value := range []any{true, int64(1), "true", "True", "yes", "1"} {
		s := ordinary(answering(sim.Act{Do: sim.Defer}))
		s.Settings = map[string]any{"SkipDeferral": value}
		p := playOut(t, s)
		p.Removed(t)
		must(t, p.Tally.Prompts == 0, "%v: %+v", value, p.Tally)
	}
}

// Text between two <<…>> sections is deleted, and "/" or "&" empties the window.
func TestDefect14SectionsAreRemovedOneByOne(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Install}))
	s.Offers = []sim.Offer{browser()}
	s.Settings = map[string]any{"PromptMessage": "a<< b>> c<< d>> e %SUPPORT_CONTACT%", "SupportContact": "R&D / IT"}
	p := playOut(t, s)
	p.Removed(t)
	if got := p.Windows(promisetest.IsPrompt)[0].Window.Text; got != "a c e R&D / IT" {
		t.Errorf("the window says %q", got)
	}
}

// The hours 08 and 09 are refused as octal.
func TestDefect15HoursWithALeadingZeroAreHours(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Defer}))
	s.Settings = map[string]any{"WorkdayStartHour": "08", "WorkdayEndHour": "19"}
	p := playOut(t, s)
	p.Removed(t)
	warn := promisetest.Actions[enforce.Warn](p)
	must(t, warn[0].State.Deadline.Hour() == 19, "the deadline is %v", warn[0].State.Deadline)
}

// The deadline is written twice a turn.
func TestDefect15ValuesAreWrittenOnlyWhenTheyChange(t *testing.T) {
	p := playOut(t, deferringDaily())
	writes := p.Calls("defaults")
	must(t, len(writes) == len(slices.Compact(slices.Clone(writes))) && len(writes) == 1+4+1, "defaults ran as %v", writes)
}

// The person is looked up once at the start, so after a user switch the restart goes to a session that has ended.
func TestDefect16ARestartGoesToWhoIsThere(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Install}))
	s.Person.Unsaved = true
	s.Plan = []sim.Event{{At: 10 * time.Minute, Do: sim.LogOut}}
	p := playOut(t, s)
	p.Removed(t)
	for _, args := range p.Calls("launchctl") {
		must(t, !strings.Contains(args, "asuser"), "launchctl ran as %s", args)
	}
	must(t, p.Tally.Forced == 1, "%+v", p.Tally)
}

// Every turn kills every window of jamfHelper, those of other policies too.
func TestDefect17NoWindowOfOthersIsEnded(t *testing.T) {
	p := playOut(t, deferringDaily())
	for _, args := range p.Calls("jamfHelper") {
		must(t, !strings.Contains(args, `"-kill"`), "jamfHelper ran as %s", args)
	}
}

// Every turn starts an inventory and a full list before it looks whether a deferral is running.
func TestDefect18ADeferralCostsNoInventoryAndNoList(t *testing.T) {
	p := playOut(t, deferringDaily())
	lists := 0
	for _, args := range p.Calls("softwareupdate") {
		if args == `["--list"]` {
			lists++
		}
	}
	must(t, lists == 4+1+1 && len(p.Calls("jamf")) == 1, "%d lists, %d inventories", lists, len(p.Calls("jamf")))
}

// The final window has no button.
func TestDefect19TheFinalWarningHasAButton(t *testing.T) {
	p := playOut(t, deferringDaily())
	if w := p.Windows(promisetest.IsFinal)[0].Window; !slices.Equal(w.Buttons, []string{"Run Updates"}) {
		t.Errorf("%q", w.Buttons)
	}
}

// A preference file of the system is deleted, and one of its values restored.
func TestDefect20FilesOfTheSystemAreLeftAlone(t *testing.T) {
	const path = "/Library/Preferences/com.apple.SoftwareUpdate.plist"
	p := promisetest.New(deferringDaily())
	p.Put(path, []byte("theirs"), 0o644)
	host := p.Host()
	p.Play(t.Context(), func(_ ctx, _ macos.Host) error {
		watched := host
		watched.Tree = &watching{Tree: host.Tree, t: t}
		p.Turns = append(p.Turns, promisetest.Turn{})
		return p.Agent(watched).Turn(t.Context())
	})
	data, _ := p.File(path)
	must(t, string(data) == "theirs", "it holds %q", data)
}

// A title is split at commas and colons, and a version is left out when any line speaks of macOS.
func TestToolsTitlesAreShownWhole(t *testing.T) {
	s := ordinary(answering(sim.Act{Do: sim.Install}))
	s.Offers[1].Title = "Tools: one, two, Version: three"
	p := playOut(t, s)
	p.Removed(t)
	if got := p.Windows(promisetest.IsPrompt)[0].Window.Text; !strings.Contains(got, "Tools: one, two, Version: three 14.0.3") {
		t.Errorf("the prompt says %q", got)
	}
}

// "No new software available." comes on standard error only, and is not read.
func TestToolsNoneOnStandardErrorIsHeard(t *testing.T) {
	s := ordinary(sim.Person{})
	s.Offers = nil
	playOut(t, s).Removed(t)
}

// An update that is only prepared stays offered: the loop that waits for it never ends.
func TestToolsAnUpdateThatIsOnlyPreparedIsNotWaitedForForEver(t *testing.T) {
	s := deferringDaily()
	s.Offers[0].Prepares, s.Limit = true, 4*24*time.Hour
	p := promisetest.New(s).ToEnd(t.Context())
	must(t, !p.Tally.Removed && p.Tally.Restarts <= 4, "%+v", p.Tally) // the tool says "Done.", and only a restart tells
	must(t, p.State(t).ByHand(), "it is not handed over to the person")
}

// softwareupdated is kicked on systems that no longer allow it, and a restart is asked of System Events without consent.
func TestToolsNeitherKickstartNorSystemEvents(t *testing.T) {
	s := ordinary(sim.Person{Answers: []sim.Act{{Do: sim.Install}}, Unsaved: true})
	for _, macOS := range []string{"10.15.6", "13.7.3", "27"} {
		s.MacOS, s.Offers[0].Becomes = macOS, ""
		p := playOut(t, s)
		p.Removed(t)
		for _, e := range p.Entries(sim.KindTool, "") {
			all := strings.Join(e.Args, " ")
			must(t, !strings.Contains(all, "kickstart") && !strings.Contains(all, "System Events"), "%s ran with %q", e.Text, e.Args)
		}
	}
}
