package preview

import (
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/settings"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// Person is somebody to choose for the film.
type Person struct {
	Name  string `json:"name"`
	Title string `json:"title"` // what the page calls them
	Text  string `json:"text"`  // what they do, in a sentence
}

// The people to choose from.
const (
	You      = "you"
	Helpful  = "helpful"
	Busy     = "busy"
	Stubborn = "stubborn"
	Meetings = "meetings"
	Lid      = "lid"
	Nobody   = "nobody"
)

// People lists the people to choose from. The first is the one to begin with.
func People() []Person {
	return []Person{
		{Stubborn, "Stubborn", "Defers every prompt, and keeps an unsaved document open."},
		{Helpful, "Helpful", "Runs the updates at the first prompt, and in Software Update where that is asked."},
		{Busy, "Busy", "Answers no prompt, so each stands until it closes by itself."},
		{Meetings, "Always in meetings", "Is in a call from nine to twelve and from one to five, and defers what gets through."},
		{Lid, "Closes the lid", "Closes the lid at half past five and opens it at half past nine, and defers."},
		{Nobody, "Nobody there", "Nobody is logged in."},
		{You, "You", "Only what you click happens. A window that you do not click is not answered."},
	}
}

// playable tells whether a name is one of People.
func playable(name string) bool {
	return slices.ContainsFunc(People(), func(p Person) bool { return p.Name == name })
}

// habits are what a person does by themselves.
type habits struct {
	answer, final sim.Act
	person        sim.Person
	plan          []sim.Event
}

// habitsOf makes a person for the simulated Mac. The film begins at start and lasts for so long.
func habitsOf(name string, start time.Time, length time.Duration) habits {
	ignore := sim.Act{Do: sim.Ignore}
	deferring := sim.Act{Do: sim.Defer}
	h := habits{answer: ignore, final: ignore}
	switch name {
	case Helpful:
		h.answer, h.final = sim.Act{Do: sim.Install, After: 40 * time.Second}, sim.Act{Do: sim.Install, After: 40 * time.Second}
		h.person.Handy = true
	case Stubborn:
		h.answer, h.person.Unsaved = deferring, true
	case Meetings:
		h.answer = deferring
		for _, call := range []struct{ from, to time.Duration }{{9 * time.Hour, 12 * time.Hour}, {13 * time.Hour, 17 * time.Hour}} {
			h.plan = append(h.plan, daily(start, length, call.from, sim.Event{Do: sim.MeetingStart, Key: aCall})...)
			h.plan = append(h.plan, daily(start, length, call.to, sim.Event{Do: sim.MeetingEnd, Key: aCall})...)
		}
	case Lid:
		h.answer = deferring
		h.plan = daily(start, length, 17*time.Hour+30*time.Minute, sim.Event{Do: sim.Sleep, For: 16 * time.Hour})
	case Nobody:
		h.person.Away = true
	}
	return h
}

// daily plans an event for the same time of every day, by the Mac's clock.
func daily(start time.Time, length, at time.Duration, e sim.Event) []sim.Event {
	var plan []sim.Event
	for day := 0; ; day++ {
		midnight := time.Date(start.Year(), start.Month(), start.Day()+day, 0, 0, 0, 0, start.Location())
		after := midnight.Add(at).Sub(start)
		if after > length {
			return plan
		}
		if after >= 0 {
			e.At = after
			plan = append(plan, e)
		}
	}
}

// Click is something that the administrator did on the page, in place of the person.
type Click struct {
	On     string `json:"on"`     // what was clicked: one of the sorts of windows below
	Number int    `json:"number"` // the so-and-so-manieth window of the sort, from 1
	Do     string `json:"do"`     // sim.Install for the first button, sim.Defer for the second, sim.Quit for the close button
	After  int64  `json:"after"`  // milliseconds after the window appeared, of time awake
}

// Sorts of windows that can be clicked: those with two buttons, those with one, and Software Update itself.
const (
	OnPrompt = "prompt"
	OnNotice = "notice"
	OnPane   = "pane"
)

// soonest is the earliest that a click counts: what comes sooner is taken for a window that broke down, as on a Mac.
const soonest = 2 * time.Second

func (c Click) act() sim.Act {
	return sim.Act{Do: c.Do, After: max(soonest, time.Duration(c.After)*time.Millisecond)}
}

func (c Click) valid() bool {
	const longest = 1000 * 24 * time.Hour
	return slices.Contains([]string{OnPrompt, OnNotice, OnPane}, c.On) && slices.Contains([]string{sim.Install, sim.Defer, sim.Quit}, c.Do) &&
		c.Number > 0 && c.Number <= maxClicks && c.After >= 0 && c.After < longest.Milliseconds()
}

// acts are what happens to one window of a sort after the other: what was clicked, and else what the person does.
func acts(on string, clicks []Click, usual sim.Act) []sim.Act {
	list := []sim.Act{}
	for _, c := range clicks {
		if c.On != on {
			continue
		}
		for len(list) < c.Number {
			list = append(list, usual)
		}
		list[c.Number-1] = c.act()
	}
	return append(list, usual)
}

// pane lets a click in Software Update start the installation there. Times that it was opened before and not clicked come to
// nothing: opening it then does nothing, though it is opened.
func pane(s *sim.Scenario, clicks []Click) {
	for _, c := range clicks {
		if c.On == OnPane {
			s.Person.Handy = true
			if c.Number > 1 {
				s.Faults = append(s.Faults, sim.Fault{Tool: "open", Kind: sim.Empty, Times: c.Number - 1})
			}
			return
		}
	}
}

// longest is how much time a film shows at most, and further how much of it is left for what comes after the deadline.
const (
	longest = 60 * 24 * time.Hour
	further = 10 * 24 * time.Hour
)

// lengthOf is how much time the film of some settings shows at most: the round, and some days.
func lengthOf(s settings.Settings) time.Duration {
	return min(longest, s.Duration(settings.MaxDeferralTime)+further)
}

// aCall is the program that keeps the display awake during a call.
const aCall = "a call"
