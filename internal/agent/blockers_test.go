package agent_test

import (
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/language"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// What keeps a Mac from being updated past its deadline is named in the report, and nothing else is.
func TestTheReportNamesWhatStandsInTheWay(t *testing.T) {
	const day = 24 * time.Hour
	ramped := func(o sim.Offer) sim.Offer { o.Ramped = 30 * day; return o }
	full := []sim.Event{{At: time.Second, Do: sim.Space, Value: int64(3)}}
	for _, row := range []struct {
		name    string
		silicon bool
		offers  []sim.Offer
		plan    []sim.Event
		want    []agent.Blocker
		never   []agent.Blocker
	}{
		{"Apple does not give it", false, []sim.Offer{ramped(update())}, nil, []agent.Blocker{agent.BlockerLater}, []agent.Blocker{agent.BlockerPerson, agent.BlockerFailed}},
		{"Apple does not give the person", true, []sim.Offer{ramped(update())}, nil, []agent.Blocker{agent.BlockerLater}, []agent.Blocker{agent.BlockerPerson}},
		{"the person does not install", true, []sim.Offer{update()}, nil, []agent.Blocker{agent.BlockerPerson}, []agent.Blocker{agent.BlockerLater, agent.BlockerSpace}},
		{"the disk is full where the person installs", true, []sim.Offer{update()}, full, []agent.Blocker{agent.BlockerPerson, agent.BlockerSpace}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := short(ordinary(sim.Person{Answers: []sim.Act{{Do: sim.Install}}, Final: []sim.Act{{Do: sim.Install}}, Handy: row.silicon && row.offers[0].Ramped > 0}))
			s.Silicon, s.Offers, s.Plan, s.Limit = row.silicon, row.offers, row.plan, 5*day
			p := playOut(t, s)
			got := reported(t, p).Blockers
			for _, w := range p.Windows(func(w *sim.Window) bool { return row.silicon && len(w.Buttons) == 1 }) { // reminders
				told := strings.Contains(w.Window.Text, language.Find(language.Base).Texts[language.SpaceNote])
				must(t, told == (row.plan != nil), "the reminder says %q", w.Window.Text)
			}
			for _, b := range row.want {
				must(t, strings.Contains(got, string(b)), "not named: %s, but %q", b, got)
			}
			for _, b := range row.never {
				must(t, !strings.Contains(got, string(b)), "named: %s", got)
			}
		})
	}
}
