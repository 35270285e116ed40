package preview_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/preview"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/settings"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// intel is a Mac on which updates are installed in the background.
func intel() preview.Machine {
	return preview.Machine{MacOS: "15.7.1", Zone: "UTC", Start: "2026-11-30T09:00", JamfHelper: true, SwiftDialog: true, Language: "en"}
}

func silicon() preview.Machine {
	m := intel()
	m.MacOS, m.Silicon = "26.6", true
	return m
}

func desk(person string, m preview.Machine) preview.Desk {
	return preview.Desk{Values: map[string]any{}, Mac: m, Person: person}
}

func film(t testing.TB, d preview.Desk) preview.Film {
	t.Helper()
	f, err := preview.Play(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// about lists the windows that are about something.
func about(f preview.Film, sort string) []preview.Window {
	return slices.DeleteFunc(slices.Clone(f.Windows), func(w preview.Window) bool { return w.Sort != sort })
}

// kinds counts the moments of each kind.
func kinds(f preview.Film) map[string]int {
	n := map[string]int{}
	for _, m := range f.Moments {
		n[m.Kind]++
	}
	return n
}

func hours(n int64) int64 { return n * 3600 * 1000 }

func TestStubbornPersonIsRestartedByForce(t *testing.T) {
	f := film(t, desk(preview.Stubborn, intel()))
	want := preview.Counts{Prompts: 18, Warnings: 1, Restarts: 1, Forced: 1, Turns: 218}
	if f.Counts != want || !f.Done || !f.Unsaved {
		t.Errorf("counts %+v, done %t, unsaved %t", f.Counts, f.Done, f.Unsaved)
	}
	if f.Deadline < hours(72) || f.Deadline > hours(73) {
		t.Errorf("the deadline is at %d", f.Deadline)
	}
	prompts, warnings := about(f, "prompt"), about(f, "warning")
	if len(prompts) != 18 || len(warnings) != 1 || len(about(f, "updating")) != 1 || len(about(f, "restart")) != 1 {
		t.Fatalf("windows: %d prompts, %d warnings", len(prompts), len(warnings))
	}
	if first := prompts[0]; first.Locked || first.Default != 2 || !slices.Equal(first.Buttons, []string{"Run Updates", "Defer"}) || first.Ended != `clicks "Defer"` {
		t.Errorf("the first prompt: %+v", first)
	}
	warning := warnings[0]
	if !warning.Locked || warning.To-warning.From != 600_000 || warning.From < f.Deadline || warning.Countdown == "" || warning.Timeout != 600_000 {
		t.Errorf("the warning: %+v", warning)
	}
	if up, restart := about(f, "updating")[0], about(f, "restart")[0]; up.From != warning.To || up.To != restart.From || restart.To-restart.From < 300_000 {
		t.Errorf("the windows after it: %+v %+v", up, restart)
	}
	n := kinds(f)
	for kind, least := range map[string]int{"look": 18, "prompt": 18, "deferral": 18, "deadline": 1, "warning": 1, "install": 1, "ask": 1, "force": 1, "restart": 1, "boot": 1, "finish": 1} {
		if n[kind] < least {
			t.Errorf("%d moments of the kind %q, want %d", n[kind], kind, least)
		}
	}
}

func TestPeopleDoWhatIsSaidOfThem(t *testing.T) {
	for _, row := range []struct {
		person string
		mac    preview.Machine
		check  func(f preview.Film) bool
	}{
		{preview.Helpful, intel(), func(f preview.Film) bool {
			return f.Done && f.Counts.Prompts == 1 && f.Counts.Forced == 0 && f.Length < hours(1)
		}},
		{preview.Helpful, silicon(), func(f preview.Film) bool { return f.Done && len(about(f, "pane")) > 0 && f.Length < hours(2) }},
		{preview.Busy, intel(), func(f preview.Film) bool {
			return f.Done && kinds(f)["unanswered"] == f.Counts.Prompts && f.Counts.Prompts > 10 && about(f, "prompt")[0].To-about(f, "prompt")[0].From >= hours(1)-1000
		}},
		{preview.Lid, intel(), func(f preview.Film) bool {
			return f.Done && len(f.Asleep) >= 3 && f.Asleep[0].From == hours(8)+hours(1)/2 && about(f, "warning")[0].From > f.Asleep[2].To
		}},
		{preview.Meetings, intel(), func(f preview.Film) bool {
			first := about(f, "prompt")[0]
			return f.Done && first.From >= hours(1)-20*60_000 && kinds(f)["wait"] > 0 && about(f, "warning")[0].From > f.Deadline
		}},
		{preview.Nobody, intel(), func(f preview.Film) bool { return f.Done && len(f.Windows) == 0 && f.Away[0].From == 0 }},
		{preview.Stubborn, silicon(), func(f preview.Film) bool {
			return !f.Done && strings.Contains(f.Ended, "hours after the deadline") && len(about(f, "reminder")) > 100 && len(about(f, "reminder")) < 200
		}},
		{preview.You, intel(), func(f preview.Film) bool { return !f.Unsaved && kinds(f)["person"] <= 2 }},
	} {
		if f := film(t, desk(row.person, row.mac)); !row.check(f) {
			t.Errorf("%s on macOS %s: %+v, %v, %s", row.person, row.mac.MacOS, f.Counts, kinds(f), f.Ended)
		}
	}
}

func TestAFilmIsAFunctionOfItsDesk(t *testing.T) {
	d := desk(preview.Lid, silicon())
	d.Values["DeferralPeriod"] = int64(7200)
	if diff := cmp.Diff(film(t, d), film(t, d)); diff != "" {
		t.Error(diff)
	}
}

func TestAClickIsWhatHappens(t *testing.T) {
	d := desk(preview.Stubborn, intel())
	before := film(t, d)
	d.Clicks = []preview.Click{{On: preview.OnPrompt, Number: 3, Do: sim.Install, After: 90_000}}
	f := film(t, d)
	if f.Counts.Prompts != 3 || f.Length > hours(12) {
		t.Errorf("after a click on the third prompt's first button: %+v", f.Counts)
	}
	third := about(f, "prompt")[2]
	if third.Ended != `clicks "Run Updates"` || third.To-third.From != 90_000 {
		t.Errorf("the third prompt: %+v", third)
	}
	if diff := cmp.Diff(about(before, "prompt")[:2], about(f, "prompt")[:2]); diff != "" {
		t.Errorf("what came before a click has changed: %s", diff)
	}
}

func TestAClickAtOnceIsAClick(t *testing.T) {
	d := desk(preview.You, intel())
	d.Clicks = []preview.Click{{On: preview.OnPrompt, Number: 1, Do: sim.Install}}
	if f := film(t, d); f.Counts.Prompts != 1 || !f.Done {
		t.Errorf("%+v: a click within the first second is taken for a window that broke down", f.Counts)
	}
}

func TestTheFinalWarningComesBackWhenItIsQuit(t *testing.T) {
	d := desk(preview.Stubborn, intel())
	d.Clicks = []preview.Click{{On: preview.OnNotice, Number: 1, Do: sim.Quit, After: 30_000}}
	warnings := about(film(t, d), "warning")
	if len(warnings) != 2 || warnings[1].From-warnings[0].To > 2000 {
		t.Fatalf("%d warnings", len(warnings))
	}
	if whole := warnings[1].To - warnings[0].From; whole < 600_000 {
		t.Errorf("the warning stood for %d ms in all", whole)
	}
}

func TestAClickInSoftwareUpdateInstalls(t *testing.T) {
	d := desk(preview.You, silicon())
	d.Clicks = []preview.Click{
		{On: preview.OnPrompt, Number: 1, Do: sim.Install, After: 5000}, {On: preview.OnNotice, Number: 1, Do: sim.Install, After: 5000},
	}
	without := film(t, d)
	panes := about(without, preview.OnPane)
	if len(panes) == 0 || without.Counts.Restarts != 0 {
		t.Fatalf("%d times open, %+v", len(panes), without.Counts)
	}
	d.Clicks = append(d.Clicks, preview.Click{On: preview.OnPane, Number: 1, Do: sim.Install})
	if f := film(t, d); f.Counts.Restarts != 1 || !f.Done {
		t.Errorf("after a click on Update Now: %+v", f.Counts)
	}
}

func TestWhatIsNoDeskIsRefused(t *testing.T) {
	for name, change := range map[string]func(*preview.Desk){
		"a zone that is not known":   func(d *preview.Desk) { d.Mac.Zone = "Mars/Olympus" },
		"a start that is no time":    func(d *preview.Desk) { d.Mac.Start = "soon" },
		"a start before computers":   func(d *preview.Desk) { d.Mac.Start = "1066-10-14T09:00" },
		"a macOS that is not played": func(d *preview.Desk) { d.Mac.MacOS = "9.2.2" },
		"a person who is not known":  func(d *preview.Desk) { d.Person = "Godot" },
		"a start in another age":     func(d *preview.Desk) { d.Mac.Start = "2200-01-01T09:00" },
		"a click on nothing":         func(d *preview.Desk) { d.Clicks = []preview.Click{{On: "roof", Number: 1, Do: sim.Defer}} },
		"a click with a number of 0": func(d *preview.Desk) { d.Clicks = []preview.Click{{On: preview.OnPrompt, Do: sim.Defer}} },
		"a click before the window": func(d *preview.Desk) {
			d.Clicks = []preview.Click{{On: preview.OnPrompt, Number: 1, Do: sim.Defer, After: -1}}
		},
		"a click that sets the clock":  func(d *preview.Desk) { d.Clicks = []preview.Click{{On: preview.OnPrompt, Number: 1, Do: sim.SetClock}} },
		"a click on the millionth one": func(d *preview.Desk) { d.Clicks = []preview.Click{{On: preview.OnPrompt, Number: 1e6, Do: sim.Defer}} },
	} {
		d := desk(preview.Helpful, intel())
		change(&d)
		if _, err := preview.Play(context.Background(), d); !errors.Is(err, preview.ErrDesk) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFilmEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := preview.Play(ctx, desk(preview.Stubborn, intel())); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestMain(m *testing.M) {
	const films = 40 // each takes some ten milliseconds
	if err := prooftest.Sample(films); err != nil {
		panic(err)
	}
	m.Run()
}

// TestFilmsHoldTogether plays random desks, and looks for what no film may have.
func TestFilmsHoldTogether(t *testing.T) {
	t.Parallel()
	people := preview.People()
	rapid.Check(t, func(t *rapid.T) {
		d := desk(people[rapid.IntRange(0, len(people)-1).Draw(t, "person")].Name, intel())
		d.Mac.Silicon = rapid.Bool().Draw(t, "silicon")
		d.Mac.MacOS = rapid.SampledFrom([]string{"26.6", "15.7.1", "12.7.5", "10.15.6"}).Draw(t, "macos")
		d.Mac.Zone = rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York"}).Draw(t, "zone")
		d.Mac.JamfHelper = rapid.Bool().Draw(t, "jamfHelper")
		for _, set := range []struct {
			key  string
			most int64
		}{
			{settings.MaxDeferralTime, 2 * 86400},
			{settings.DeferralPeriod, 86400},
			{settings.PromptTimeout, 7200},
			{settings.UpdateDelay, 3600},
			{settings.HardRestartDelay, 3600},
			{settings.MaxDeferralCount, 20},
			{settings.WorkdayStartHour, 12},
			{settings.WorkdayEndHour, 23},
		} {
			if rapid.Bool().Draw(t, "set "+set.key) {
				d.Values[set.key] = rapid.Int64Range(-1, set.most).Draw(t, set.key)
			}
		}
		for range rapid.IntRange(0, 3).Draw(t, "clicks") {
			d.Clicks = append(d.Clicks, preview.Click{
				On: rapid.SampledFrom([]string{preview.OnPrompt, preview.OnNotice, preview.OnPane}).Draw(t, "on"), Number: rapid.IntRange(1, 4).Draw(t, "number"),
				Do: rapid.SampledFrom([]string{sim.Install, sim.Defer, sim.Quit}).Draw(t, "do"), After: rapid.Int64Range(0, 7_200_000).Draw(t, "after"),
			})
		}
		f, err := preview.Play(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range f.Moments {
			if i > 0 && m.At < f.Moments[i-1].At || m.At < 0 || m.At > f.Length || m.Title == "" {
				t.Errorf("moment %d of a film of %d: %+v", i, f.Length, m)
			}
		}
		for i, s := range f.Stands {
			if i == 0 && s.At != 0 || i > 0 && s.At < f.Stands[i-1].At || s.At > f.Length || s.Phase == "" || s.Pending >= len(f.Sets) {
				t.Errorf("stand %d of a film of %d: %+v", i, f.Length, s)
			}
		}
		for i, w := range f.Windows {
			if w.From < 0 || w.To < w.From || w.To > f.Length || w.Buttons == nil || w.Overflow.Labels == nil {
				t.Errorf("window %d of a film of %d: %+v", i, f.Length, w)
			}
			for _, off := range f.Off {
				if w.From < off.To && off.From < w.To {
					t.Errorf("window %+v is there while the Mac restarts: %+v", w, off)
				}
			}
			const shortest = 60_000 // where there is no time for a prompt any more, the warning begins before the deadline
			if w.Sort == "warning" && w.From+shortest < f.Deadline {
				t.Errorf("a final warning long before the deadline, %d: %+v", f.Deadline, w)
			}
		}
		if data, err := json.Marshal(f); err != nil || len(data) > 1<<20 {
			t.Errorf("%d bytes, %v", len(data), err)
		}
	})
}

func TestWhyIsWhatExplainPrintsOnThatMac(t *testing.T) {
	d := desk(preview.Stubborn, intel())
	f := film(t, d)
	for _, row := range []struct {
		name string
		at   int64
		want []string
	}{
		{"before the first turn has looked", 0, []string{"A turn that starts now looks for updates.", "No deadline is set"}},
		{"while the first prompt stands", about(f, "prompt")[0].From + 1000, []string{"The deadline is 2026-12-03 09:00:25 +0000, in 2 days 23 hours", "the person is asked"}},
		{"between two prompts", hours(2), []string{"A deferral runs until 2026-11-30 13:0", "1 deferral used so far"}},
		{"an hour before the deadline", f.Deadline - hours(1), []string{"in 1 hour.", "18 deferrals used so far"}},
		{"while the final warning stands", about(f, "warning")[0].From + 60_000, []string{"which has passed", "the final warning is shown"}},
		{"while it is installed", about(f, "updating")[0].From + 60_000, []string{"The final warning was shown, for 10 minutes"}},
		{"while the restart is asked for", about(f, "restart")[0].From + 60_000, []string{"An installed update needs a restart."}},
		{"past the end", f.Length + 1000, []string{"the daemon has removed itself. There are no more turns."}},
	} {
		told, err := preview.Why(context.Background(), d, row.at)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		for _, text := range row.want {
			if !strings.Contains(told, text) {
				t.Errorf("%s: %q is not in:\n%s", row.name, text, told)
			}
		}
	}
	if _, err := preview.Why(context.Background(), d, -1); !errors.Is(err, preview.ErrDesk) {
		t.Error(err)
	}
}

// TestTheStageChangesNothing plays the same Mac without anybody who writes down what is to be seen.
func TestTheStageChangesNothing(t *testing.T) {
	for _, person := range preview.People() {
		d := desk(person.Name, intel())
		tally := preview.Bare(t, d)
		f := film(t, d)
		if f.Counts != (preview.Counts{Prompts: tally.Prompts, Warnings: tally.Warnings, Restarts: tally.Restarts, Forced: tally.Forced, Turns: tally.Turns}) {
			t.Errorf("%s: %+v on the stage, %+v without", person.Name, f.Counts, tally)
		}
	}
}

// BenchmarkPlay makes the film of the longest round that people come across: one who defers for three days.
func BenchmarkPlay(b *testing.B) {
	d := desk(preview.Stubborn, intel())
	for b.Loop() {
		film(b, d)
	}
}

// BenchmarkRender renders the windows of ten languages.
func BenchmarkRender(b *testing.B) {
	d := desk(preview.Stubborn, intel())
	for b.Loop() {
		if _, err := preview.Render(context.Background(), d, []string{"de", "en", "es", "fr", "it", "ja", "nl", "pt-BR", "sv", "zh-Hans"}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTheChosenProgramShowsTheWindow(t *testing.T) {
	for style, want := range map[string]string{"auto": "jamfhelper", "jamfhelper": "jamfhelper", "swiftdialog": "swiftdialog", "osascript": "osascript"} {
		d := desk(preview.Stubborn, intel())
		d.Values["PromptStyle"] = style
		for _, w := range film(t, d).Windows {
			if string(w.Style) != want {
				t.Errorf("%s: the window about %s is shown by %s", style, w.Sort, w.Style)
			}
		}
	}
	d := desk(preview.Stubborn, intel())
	d.Mac.JamfHelper, d.Mac.SwiftDialog = false, false
	if w := film(t, d).Windows[0]; w.Style != "osascript" || w.Default != 2 {
		t.Errorf("where there is nothing else: %+v", w)
	}
}
