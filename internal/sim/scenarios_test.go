package sim_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// turn takes turns of our program, as launchd does.
func turn(ctx context.Context, host macos.Host) error {
	a := &agent.Agent{Host: host, Root: true, Built: time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)}
	return a.Turn(ctx)
}

// ends is how a scenario ends.
type ends struct {
	removed          bool
	prompts          int // shown
	warned           bool
	restarts, forced int
	after            time.Duration // from the start, in whole hours by the Mac's clock
	remaining        []string
}

func TestScenariosPlayToTheirEnds(t *testing.T) {
	const day = 24 * time.Hour
	sequoia := []string{"macOS Sequoia 15.3.1-24D70"}
	want := map[string]ends{
		"stubborn":        {true, 18, true, 1, 1, 3 * day, nil},
		"helpful":         {true, 1, false, 1, 0, 0, nil},
		"busy":            {true, 15, true, 1, 0, 3 * day, nil},
		"quitter":         {true, 18, true, 1, 0, 3 * day, nil},
		"killer":          {true, 18, true, 1, 0, 3 * day, nil},
		"nobody":          {true, 0, false, 1, 1, 3 * day, nil},
		"logout":          {true, 18, true, 1, 0, 3 * day, nil},
		"lid":             {true, 18, true, 1, 0, 3*day + 7*time.Hour, nil},
		"clock":           {true, 18, true, 1, 0, day, nil},
		"meeting":         {true, 1, false, 1, 0, time.Hour, nil},
		"battery":         {true, 1, false, 1, 0, 0, nil},
		"full-disk":       {true, 7, false, 1, 0, 26 * time.Hour, nil},
		"switched":        {true, 18, true, 1, 0, 80 * time.Hour, nil},
		"locked":          {true, 8, true, 1, 0, 3 * day, nil},
		"setup":           {true, 1, false, 1, 0, 3 * time.Hour, nil},
		"count":           {true, 3, true, 1, 0, 12 * time.Hour, nil},
		"date":            {true, 9, true, 1, 0, 33 * time.Hour, nil},
		"swiftdialog":     {true, 18, true, 1, 0, 3 * day, nil},
		"crashing-dialog": {true, 1, false, 1, 0, 0, nil},
		"mixed":           {true, 4, true, 1, 0, 12 * time.Hour, nil},
		"declared":        {true, 8, false, 1, 1, 30 * time.Hour, nil},
		"lapsed":          {true, 8, true, 1, 0, 55 * time.Hour, nil},
		"two-people":      {true, 5, false, 1, 1, 16 * time.Hour, nil},
		"no-owner":        {false, 18, true, 0, 0, 5 * day, []string{"macOS Tahoe 26.7-25G229"}},
		"golden-gate":     {true, 4, true, 1, 0, 12 * time.Hour, nil},
		"ramped":          {true, 2, false, 1, 0, day, nil},
		"superseded":      {true, 18, true, 1, 0, 3 * day, nil},
		"sequential":      {true, 18, true, 2, 0, 3 * day, nil},
		"shutdown":        {true, 1, false, 1, 0, 0, nil},
		"no-restart":      {true, 1, false, 0, 0, 0, nil},
		"modern":          {true, 1, false, 1, 0, 0, sequoia},
		"silicon":         {true, 2, true, 1, 0, 4 * time.Hour, sequoia},
		"nothing":         {true, 0, false, 0, 0, 0, []string{"iCal-1.0.2"}},
		"workday":         {true, 21, true, 1, 0, 3*day + 9*time.Hour, nil},
		"skip":            {true, 0, true, 1, 0, 0, nil},
		"offline":         {true, 13, true, 1, 0, 3 * day, nil},
		"failing":         {true, 4, true, 1, 0, 13 * time.Hour, nil},
		"hanging":         {true, 18, true, 1, 0, 3*day + time.Hour, nil},
		"filevault":       {true, 1, false, 1, 0, 12 * time.Hour, nil},
		"no-jamfhelper":   {true, 2, false, 1, 0, 4 * time.Hour, nil},
	}
	start := time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)
	for _, s := range sim.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			m := sim.New(s)
			tally := m.Play(t.Context(), turn)
			got := ends{
				tally.Removed, tally.Prompts, tally.Warnings > 0, tally.Restarts, tally.Forced,
				tally.Ended.Sub(start).Truncate(time.Hour), m.Remaining(),
			}
			if diff := cmp.Diff(want[s.Name], got, cmp.AllowUnexported(ends{})); diff != "" {
				t.Error(diff)
			}
			if left := m.Leftovers(); (len(left) == 0) != tally.Removed {
				t.Errorf("left: %q", left)
			}
			if s.Title == "" || !strings.HasSuffix(s.Title, ".") {
				t.Errorf("the title is no sentence: %q", s.Title)
			}
		})
		delete(want, s.Name)
	}
	if len(want) > 0 {
		t.Errorf("there are no such scenarios: %v", want)
	}
}

func TestScenariosAreTheSameEachTime(t *testing.T) {
	for i, s := range sim.Scenarios() {
		one, two := sim.New(s), sim.New(sim.Scenarios()[i])
		one.Play(t.Context(), turn)
		two.Play(t.Context(), turn)
		if diff := cmp.Diff(one.Journal, two.Journal); diff != "" {
			t.Errorf("%s: %s", s.Name, diff)
		}
	}
}

func TestThePersonsClockAndTheTrueOne(t *testing.T) {
	s := sim.Scenario{Plan: []sim.Event{{At: time.Hour, Do: sim.SetClock, For: -30 * time.Hour}, {At: 2 * time.Hour, Do: sim.Sleep, For: time.Hour}}}
	m := sim.New(s)
	began := m.True()
	if err := m.Sleep(t.Context(), 150*time.Minute); err != nil {
		t.Fatal(err)
	}
	if went := m.True().Sub(began); went != 3*time.Hour+30*time.Minute {
		t.Errorf("%v went by, of which an hour asleep", went)
	}
	if behind := m.True().Sub(m.Now()); behind != 30*time.Hour {
		t.Errorf("the clock is %v behind", behind)
	}
}

func TestAToolThatIsNotListedIsNotRun(t *testing.T) {
	m := sim.New(sim.Scenario{})
	var unlisted *macos.UnlistedError
	if _, err := m.Run(t.Context(), macos.Command{Path: "/bin/sh"}); !asUnlisted(err, &unlisted) {
		t.Errorf("got %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Run(ended, macos.Command{Path: "/usr/bin/arch"}); err == nil {
		t.Error("a tool runs though the turn has ended")
	}
	if err := m.Sleep(ended, time.Hour); err == nil {
		t.Error("it sleeps though the turn has ended")
	}
}

func asUnlisted(err error, target **macos.UnlistedError) bool {
	unlisted, ok := err.(*macos.UnlistedError) //nolint:errorlint // the runner's own error, not wrapped
	*target = unlisted
	return ok
}

func TestFaults(t *testing.T) {
	osascript := macos.Command{
		Path: "/bin/launchctl", Timeout: time.Minute,
		Args: []string{"asuser", "501", "/usr/bin/sudo", "-u", "alex", "/usr/bin/osascript", "-e", "x"},
	}
	list := macos.Command{Path: "/usr/sbin/softwareupdate", Args: []string{"--list"}, Timeout: time.Minute}
	for _, row := range []struct {
		kind    string
		command macos.Command
		tool    string
		ok      func(macos.Output, error) bool
	}{
		{sim.Hang, list, "softwareupdate", func(o macos.Output, err error) bool { return o.TimedOut && o.Awake == time.Minute && err == nil }},
		{sim.Exit, list, "softwareupdate", func(o macos.Output, err error) bool { return o.Code == 1 && o.Text() == "" && err == nil }},
		{sim.Killed, list, "softwareupdate", func(o macos.Output, err error) bool { return o.Code == -1 && err == nil }},
		{sim.Empty, list, "softwareupdate", func(o macos.Output, err error) bool { return o == macos.Output{} && err == nil }},
		{sim.Garbage, list, "softwareupdate", func(o macos.Output, _ error) bool { return !macos.ParseListing(o.Text()).Conclusive() }},
		{sim.Huge, list, "softwareupdate", func(o macos.Output, _ error) bool { return o.Cut && len(o.Stdout) > 500_000 }},
		{sim.Missing, list, "softwareupdate", func(_ macos.Output, err error) bool { return err != nil }},
		{sim.Missing, osascript, "osascript", func(o macos.Output, err error) bool {
			return o.Code == 1 && strings.Contains(o.Stderr, "command not found") && err == nil
		}},
		{sim.Hang, osascript, "osascript", func(o macos.Output, _ error) bool { return o.TimedOut }},
	} {
		m := sim.New(sim.Scenario{Faults: []sim.Fault{{Tool: row.tool, Kind: row.kind, Skip: 1, Times: 1}}})
		if _, err := m.Run(t.Context(), row.command); err != nil {
			t.Errorf("%s: the first call: %v", row.kind, err)
		}
		if out, err := m.Run(t.Context(), row.command); !row.ok(out, err) {
			t.Errorf("%s: %+v, %v", row.kind, out, err)
		}
		if out, err := m.Run(t.Context(), row.command); err != nil || out.TimedOut {
			t.Errorf("%s: the third call: %+v, %v", row.kind, out, err)
		}
	}
}

func TestAStandingWindowIsSeen(t *testing.T) {
	for _, kind := range []string{"", sim.Missing} {
		m := sim.New(sim.Scenario{Faults: []sim.Fault{{Tool: "jamfHelper", Kind: kind}}})
		screen := macos.Screen{Host: m.Host(), Person: macos.Person{Name: "alex", UID: 501}}
		standing, err := screen.Stand(t.Context(), macos.Window{Title: "-T", Text: "D", Locked: true})
		if err != nil {
			t.Fatal(err)
		}
		standing.Stop()
		seen := slices.IndexFunc(m.Journal, func(e sim.Entry) bool { return e.Kind == sim.KindWindow && e.Window.Standing })
		if seen < 0 || !strings.HasSuffix(m.Journal[seen].Window.Title, "-T") {
			t.Errorf("%s: %+v", kind, m.Journal)
		}
	}
}
