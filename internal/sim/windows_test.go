package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

func styles() []macos.Style {
	return []macos.Style{macos.StyleJamfHelper, macos.StyleSwiftDialog, macos.StyleAppleScript}
}

// screen is that of a simulated Mac, with all styles at hand.
func screen(m *sim.Mac, style macos.Style) macos.Screen {
	return macos.Screen{
		Host: m.Host(), Person: macos.Person{Name: "alex", UID: 501}, Style: style, Folder: agent.SupportFolder, Keep: agent.SupportFolder + "/window.pid",
	}
}

func prompt() macos.Window {
	return macos.Window{Title: "Updates", Text: "Safari 26.\n\n- and {username}: -x", Buttons: []string{"Run Updates", "Defer"}, Default: 2, Timeout: time.Hour}
}

// shown lists the windows that were shown.
func shown(m *sim.Mac) []sim.Window {
	var list []sim.Window
	for _, e := range m.Journal {
		if e.Kind == sim.KindWindow {
			list = append(list, *e.Window)
		}
	}
	return list
}

// TestEveryStyleAnswersAlike plays the same people before the same window in each style.
func TestEveryStyleAnswersAlike(t *testing.T) {
	for _, row := range []struct {
		name   string
		act    sim.Act
		plan   []sim.Event
		faults []sim.Fault
		until  time.Duration // after the start
		kind   macos.ReplyKind
		stood  time.Duration
	}{
		{"agrees", sim.Act{Do: sim.Install, After: time.Minute}, nil, nil, 0, macos.ReplyFirst, time.Minute},
		{"defers", sim.Act{Do: sim.Defer, After: time.Minute}, nil, nil, 0, macos.ReplySecond, time.Minute},
		{"ignores", sim.Act{Do: sim.Ignore}, nil, nil, 0, macos.ReplyTimeout, time.Hour},
		{"quits", sim.Act{Do: sim.Quit, After: time.Minute}, nil, nil, 0, macos.ReplyClosed, time.Minute},
		{"kills", sim.Act{Do: sim.Kill, After: time.Minute}, nil, nil, 0, macos.ReplyGone, time.Minute},
		{"logs out", sim.Act{Do: sim.LogOut, After: time.Minute}, nil, nil, 0, macos.ReplyGone, time.Minute},
		{"is logged out", sim.Act{Do: sim.Ignore}, []sim.Event{{At: 10 * time.Minute, Do: sim.LogOut}}, nil, 0, macos.ReplyGone, 10 * time.Minute},
		{"is cut off", sim.Act{Do: sim.Ignore}, nil, nil, 20 * time.Minute, macos.ReplyTimeout, 20 * time.Minute},
		{"clicks sooner than a person can", sim.Act{Do: sim.Install, After: time.Millisecond}, nil, nil, 0, macos.ReplyFailed, time.Millisecond},
		{"has a locked screen, and is back", sim.Act{Do: sim.Defer, After: time.Minute}, []sim.Event{{Do: sim.Lock}, {At: 30 * time.Minute, Do: sim.Unlock}}, nil, 0, macos.ReplySecond, 31*time.Minute - time.Second},
		{"has a locked screen, and is not back", sim.Act{Do: sim.Install}, []sim.Event{{Do: sim.Lock}}, nil, 0, macos.ReplyTimeout, time.Hour},
		{"locks the screen before they answer", sim.Act{Do: sim.Install, After: time.Minute}, []sim.Event{{At: 30 * time.Second, Do: sim.Lock}}, nil, 0, macos.ReplyTimeout, time.Hour},
		{"leaves the Mac to another, and is back", sim.Act{Do: sim.Install, After: time.Minute}, []sim.Event{{At: 30 * time.Second, Do: sim.SwitchUser}, {At: 10 * time.Minute, Do: sim.SwitchBack}}, nil, 0, macos.ReplyFirst, 10*time.Minute - time.Second},
		{"has programs that crash", sim.Act{Do: sim.Install}, nil, []sim.Fault{{Tool: "jamfHelper", Kind: sim.Killed}, {Tool: "Dialog", Kind: sim.Killed}, {Tool: "osascript", Kind: sim.Killed}}, 0, macos.ReplyFailed, 0},
	} {
		for _, style := range styles() {
			t.Run(row.name+" with "+string(style), func(t *testing.T) {
				m := sim.New(sim.Scenario{SwiftDialog: true, Plan: row.plan, Faults: row.faults, Person: sim.Person{Answers: []sim.Act{row.act}}})
				w := prompt()
				if row.until > 0 {
					w.Until = m.Now().Add(row.until)
				}
				if len(row.plan) > 0 && row.plan[0].At == 0 {
					after(t, m, time.Second) // it has happened before the window appears
				}
				reply, err := screen(m, style).Ask(t.Context(), w)
				if err != nil || reply.Kind != row.kind {
					t.Fatalf("got %+v, %v; want %v", reply, err, row.kind)
				}
				if off := reply.Shown - row.stood; off < -time.Second || off > time.Second {
					t.Errorf("it stood for %v, want %v", reply.Shown, row.stood)
				}
				if _, ok := m.File(macos.DialogFiles(agent.SupportFolder)[0]); ok {
					t.Error("its file is still there")
				}
			})
		}
	}
}

func TestEveryStyleShowsTheWholeWindow(t *testing.T) {
	w := prompt()
	final := macos.Window{Title: "-Now", Text: "Save your work.", Buttons: []string{"Run"}, Locked: true, Timeout: time.Minute, Countdown: "in", Help: "Ask IT."}
	for _, style := range styles() {
		m := sim.New(sim.Scenario{SwiftDialog: true})
		s := screen(m, style)
		for _, w := range []macos.Window{w, final} {
			if _, err := s.Ask(t.Context(), w); err != nil {
				t.Fatal(err)
			}
		}
		standing, err := s.Stand(t.Context(), macos.Window{Title: "T", Text: "D", Locked: true})
		if err != nil {
			t.Fatal(err)
		}
		standing.Stop()
		got := shown(m)
		if len(got) != 3 || got[0].Style != style || got[0].Text != w.Text || got[0].Title != w.Title || !slices.Equal(got[0].Buttons, w.Buttons) || got[0].Timeout != time.Hour {
			t.Fatalf("%s: %+v", style, got)
		}
		if strings.TrimSpace(got[1].Title) != "-Now" || got[1].Text != final.Text || !got[2].Standing {
			t.Errorf("%s: %+v", style, got)
		}
		want := sim.Window{Locked: true, Countdown: "in"}
		if style == macos.StyleAppleScript {
			want = sim.Window{Countdown: "in"} // as a text: it says how much time there is when it appears
		}
		if style == macos.StyleSwiftDialog {
			want.Help = "Ask IT."
		}
		if diff := cmp.Diff(want, sim.Window{Locked: got[1].Locked, Countdown: got[1].Countdown, Help: got[1].Help}); diff != "" {
			t.Errorf("%s: %s", style, diff)
		}
	}
}

func TestAWindowBeforeAnotherPerson(t *testing.T) {
	m := sim.New(sim.Scenario{
		Plan:   []sim.Event{{Do: sim.SwitchUser}},
		Person: sim.Person{Answers: []sim.Act{{Do: sim.Install}}}, Other: sim.Person{Name: "kim", UID: 777, Answers: []sim.Act{{Do: sim.Defer}}},
	})
	after(t, m, time.Second)
	person, err := macos.Console{Host: m.Host()}.Person(t.Context())
	if err != nil || person != (macos.Person{Name: "kim", UID: 777}) {
		t.Fatalf("%v, %v", person, err)
	}
	s := screen(m, macos.StyleAppleScript)
	s.Person = person
	if reply, err := s.Ask(t.Context(), prompt()); err != nil || reply.Kind != macos.ReplySecond {
		t.Errorf("got %+v, %v", reply, err)
	}
	s.Person.UID = 778 // who is not logged in
	if reply, err := s.Ask(t.Context(), prompt()); err != nil || reply.Kind != macos.ReplySecond {
		t.Errorf("with the next style: %+v, %v", reply, err)
	}
}

func TestNoWindowBeforeNobody(t *testing.T) {
	for name, plan := range map[string][]sim.Event{"logged out": {{Do: sim.LogOut}}, "at the login window": {{Do: sim.LoginWindow}}} {
		m := sim.New(sim.Scenario{SwiftDialog: true, Plan: plan, Person: sim.Person{Answers: []sim.Act{{Do: sim.Install}}}})
		after(t, m, time.Second)
		for _, style := range styles() {
			if reply, err := screen(m, style).Ask(t.Context(), prompt()); err != nil || reply.Kind != macos.ReplyFailed {
				t.Errorf("%s, %s: %+v, %v", name, style, reply, err)
			}
		}
		if len(shown(m)) > 0 {
			t.Errorf("%s: %+v", name, shown(m))
		}
	}
}
