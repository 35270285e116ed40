package agent_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// matrixPeople are the ways of people, by name.
func matrixPeople() map[string]func(*sim.Scenario) {
	deferring := []sim.Act{{Do: sim.Defer}}
	person := func(p sim.Person, more ...func(*sim.Scenario)) func(*sim.Scenario) {
		return func(s *sim.Scenario) {
			s.Person = p
			for _, do := range more {
				do(s)
			}
		}
	}
	plan := func(events ...sim.Event) func(*sim.Scenario) {
		return func(s *sim.Scenario) { s.Plan = append(s.Plan, events...) }
	}
	calls := func(s *sim.Scenario) { // nine to five, every day
		for day := range 10 {
			at := time.Duration(day) * 24 * time.Hour
			s.Plan = append(s.Plan, sim.Event{At: at, Do: sim.MeetingStart, Key: "Talk"}, sim.Event{At: at + 8*time.Hour, Do: sim.MeetingEnd})
		}
	}
	return map[string]func(*sim.Scenario){
		"helpful":           person(sim.Person{Handy: true, Answers: []sim.Act{{Do: sim.Install}}, Final: []sim.Act{{Do: sim.Install}}}),
		"defers":            person(sim.Person{Handy: true, Answers: deferring, Final: []sim.Act{{Do: sim.Ignore}, {Do: sim.Install}}}),
		"defers, unsaved":   person(sim.Person{Handy: true, Unsaved: true, Answers: deferring, Final: []sim.Act{{Do: sim.Ignore}, {Do: sim.Install}}}),
		"refuses":           person(sim.Person{Answers: deferring, Final: []sim.Act{{Do: sim.Quit}, {Do: sim.Ignore}}}),
		"never answers":     person(sim.Person{}),
		"owns no volume":    person(sim.Person{Handy: true, NoOwner: true, Answers: []sim.Act{{Do: sim.Install}}}),
		"is away":           person(sim.Person{Away: true}),
		"is in calls":       person(sim.Person{Handy: true, Answers: []sim.Act{{Do: sim.Defer}, {Do: sim.Install}}}, calls),
		"closes the lid":    person(sim.Person{Handy: true, Answers: []sim.Act{{Do: sim.Sleep, For: 14 * time.Hour}, {Do: sim.Install}}}),
		"has switched away": person(sim.Person{Handy: true, Answers: []sim.Act{{Do: sim.Defer}}}, plan(sim.Event{At: 20 * time.Hour, Do: sim.LoginWindow})),
		"has locked":        person(sim.Person{Answers: deferring}, plan(sim.Event{At: 20 * time.Hour, Do: sim.Lock})),
		"runs on a low battery": person(sim.Person{Handy: true, Answers: []sim.Act{{Do: sim.Install}}}, func(s *sim.Scenario) {
			s.Battery = sim.Battery{Percent: 9, Unplugged: true}
		}),
		"has a full disk": person(sim.Person{Handy: true, Answers: []sim.Act{{Do: sim.Install}}}, func(s *sim.Scenario) { s.Free = 2 }),
	}
}

// matrixDeclarations are the declarations that a Mac may have, of the version that it is offered.
func matrixDeclarations() map[string]func(*sim.Scenario) {
	declare := func(due time.Duration) func(*sim.Scenario) {
		return func(s *sim.Scenario) {
			s.Declarations = []sim.Declaration{{Version: s.Offers[0].Version, Due: due}}
		}
	}
	return map[string]func(*sim.Scenario){
		"none":    func(*sim.Scenario) {},
		"sooner":  declare(40 * time.Hour),
		"later":   declare(6 * 24 * time.Hour),
		"without": func(s *sim.Scenario) { declare(40 * time.Hour)(s); s.Management.Unescrowed = true },
		"ignored": func(s *sim.Scenario) { declare(40 * time.Hour)(s); s.Management.Unsupervised = true },
	}
}

// matrix is all that a Mac of these years can be, or without a proof a sample of it that holds each trait.
func matrix() (list []sim.Scenario) {
	people, declarations := matrixPeople(), matrixDeclarations()
	n := 0
	for _, version := range []string{"12.7.5", "13.7.7", "14.8.1", "15.7.1", "26.6", "27.0"} {
		for _, silicon := range []bool{false, true} {
			for _, declared := range slices.Sorted(maps.Keys(declarations)) {
				for _, who := range slices.Sorted(maps.Keys(people)) {
					const stride = 29 // of no trait's number
					if n++; n%stride != 0 && !prooftest.Full() {
						continue
					}
					s := sim.Scenario{
						Name:  fmt.Sprintf("macOS %s, Apple silicon %t, declaration %s, a person who %s", version, silicon, declared, who),
						MacOS: version, Silicon: silicon, Offers: sim.SampleOffers(version), Limit: 8 * 24 * time.Hour,
					}
					declarations[declared](&s)
					people[who](&s)
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// TestEveryMacEndsUpdatedOrSaysWhatIsInTheWay plays the table of all that a Mac can be: each of them ends with all its
// updates, or names what stands in the way, and then whoever was there has been told.
func TestEveryMacEndsUpdatedOrSaysWhatIsInTheWay(t *testing.T) {
	updated, blocked := 0, map[string]int{}
	scenarios := matrix()
	for _, s := range scenarios {
		p := promisetest.New(s).ToEnd(t.Context())
		p.Hold(t)
		if p.Tally.Removed {
			updated++
			must(t, len(stillOffered(p)) == 0, "%s: the daemon is gone, and %v are still offered", s.Name, stillOffered(p))
			continue
		}
		blockers := reported(t, p).Blockers
		blocked[blockers]++
		must(t, blockers != "", "%s: not updated, and nothing is said to stand in the way", s.Name)
		must(t, s.Person.Away || p.Tally.Prompts > 0, "%s: not updated, because of %s, and the person was not told", s.Name, blockers)
	}
	for blockers, n := range blocked {
		t.Logf("%4d: %s", n, blockers)
	}
	t.Logf("%4d updated, of %d", updated, len(scenarios))
	prooftest.Count(t, "kinds of Macs, by macOS, processor, declaration and person", len(scenarios))
	prooftest.Count(t, "of these, Macs that ended with all their updates", updated)
	prooftest.Count(t, "of these, Macs that named what stood in the way", len(scenarios)-updated)
}

// stillOffered lists what is offered of macOS's own generation, and so would have to be installed.
func stillOffered(p *promisetest.Play) []string {
	major, _, _ := strings.Cut(p.Scenario().MacOS, ".")
	return slices.DeleteFunc(p.Remaining(), func(label string) bool {
		return strings.HasPrefix(label, "macOS ") && !strings.Contains(label, " "+major+".")
	})
}

// reported is the report that the agent has left for inventories.
func reported(t *testing.T, p *promisetest.Play) agent.Summary {
	t.Helper()
	data, ok := p.File(agent.ReportPath)
	var sum agent.Summary
	if err := json.Unmarshal(data, &sum); !ok || err != nil {
		t.Fatalf("%s: no report: %v", p.Scenario().Name, err)
	}
	return sum
}
