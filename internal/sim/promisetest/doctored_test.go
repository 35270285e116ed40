package promisetest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// doctoring is a change to what was seen of a play that breaks a promise, and what is then said.
type doctoring struct {
	promise, name, says string
	do                  func(*play)
}

func doctored() []doctoring {
	return slices.Concat(doctoredForce(), doctoredTimes(), doctoredRestarts(), doctoredEnds(), doctoredTurns())
}

func doctoredForce() []doctoring {
	return []doctoring{
		{"P1", "installed before the deadline", "before the deadline, without a click", func(p *play) {
			decision[enforce.Install](p).State.Deadline = sim.CommonStart().Add(9 * time.Hour)
		}},
		{"P1", "agreed to another update, and installed before the deadline", "before the deadline, without a click", func(p *play) {
			d := decision[enforce.Install](p)
			d.State.Deadline = sim.CommonStart().Add(9 * time.Hour)
			*entry(p, sim.KindPerson, "Defer") = sim.Entry{At: d.At, Kind: sim.KindPerson, Text: `clicks "Run Updates"`}
			d.Action = enforce.Install{Updates: []enforce.Update{{Label: "another"}}, Why: enforce.WhyAgreed}
		}},
		{"P1", "restarted before anything is installed", "restarted without an installation", func(p *play) {
			*entry(p, sim.KindTurn, "") = sim.Entry{At: sim.CommonStart(), Kind: sim.KindSystem, Text: "The Mac is restarted at once."}
		}},
		{"P2", "a turn after the deadline waits", "nothing is enforced", waiting},
		{"P2", "no turn for an hour after the deadline", "no turn for 1h", func(p *play) {
			for i := range p.Turns {
				if d := decision[enforce.Warn](p); i >= d.Turn {
					p.Turns[i].Began = p.Turns[i].Began.Add(time.Hour)
				}
			}
		}},
		{"P3", "the warning comes nine minutes before the installation", "with a warning shorter than", func(p *play) {
			i := slices.IndexFunc(p.Journal, func(e sim.Entry) bool { return e.Kind == sim.KindDecision && strings.HasPrefix(e.Text, "enforce.Warn") })
			p.Journal[i].At = p.Journal[i].At.Add(time.Minute)
		}},
		{"P3", "no warning", "with a warning shorter than", func(p *play) { decision[enforce.Warn](p).Action = enforce.Wait{Why: enforce.WhyUnseen} }},
		{"P3", "another person takes the Mac after the warning", "with a warning shorter than", func(p *play) {
			i := slices.IndexFunc(p.Journal, func(e sim.Entry) bool {
				return e.Kind == sim.KindDecision && strings.HasPrefix(e.Text, "enforce.Install")
			})
			p.Journal[i-1] = sim.Entry{At: p.Journal[i-1].At, Kind: sim.KindPerson, Text: "leaves the Mac to robin, and stays logged in"}
		}},
		{"P3", "no window in one turn only", "with a warning shorter than", func(p *play) {
			drop(p, windows(promisetest.IsFinal))
			decision[enforce.Warn](p).Action = enforce.Wait{Why: enforce.WhyUnseen}
			decision[enforce.Install](p).Action = enforce.Install{Why: enforce.WhyUnwarned}
		}},
	}
}

func doctoredTimes() []doctoring {
	return []doctoring{
		{"P4", "a prompt comes ten minutes early", "after the one before", func(p *play) {
			prompts := 0
			for i := range p.Journal {
				if windows(promisetest.IsPrompt)(p.Journal[i]) {
					if prompts++; prompts == 2 {
						p.Journal[i].At = p.Journal[i].At.Add(-10 * time.Minute)
					}
				}
			}
		}},
		{"P5", "the deadline moves by a minute", "the deadline moved later by 1m0s", func(p *play) {
			for i := range p.Decisions {
				if i > 5 {
					p.Decisions[i].State.Deadline = p.Decisions[i].State.Deadline.Add(time.Minute)
				}
			}
		}},
		{"P6", "a deadline by a clock that shows last year", "a deadline is set at 2025", func(p *play) {
			for i := range p.Decisions {
				p.Decisions[i].At = p.Decisions[i].At.AddDate(-1, 0, 0)
			}
		}},
		{"P9", "another round after the restart", "a second round begins", func(p *play) {
			last := &p.Decisions[len(p.Decisions)-2]
			last.State.Began = last.State.Began.Add(time.Hour)
		}},
	}
}

func doctoredRestarts() []doctoring {
	return []doctoring{
		{"P7", "nothing installed needs the restart", "But nothing installed since the last start needs it", func(p *play) {
			drop(p, func(e sim.Entry) bool { return strings.HasSuffix(e.Text, " is installed.") })
		}},
		{"P7", "a second restart", "But nothing installed since the last start needs it", func(p *play) {
			p.Journal = append(p.Journal, sim.Entry{At: p.Now(), Kind: sim.KindSystem, Text: "The Mac is restarted at once."})
		}},
		{"P7", "a restart where a shut down is needed", "needs a shut down", func(p *play) {
			p.Scenario().Offers[0].Action = enforce.ShutDown
		}},
		{"P8", "forced two seconds too soon", "was forced too soon", func(p *play) {
			i := slices.IndexFunc(p.Journal, func(e sim.Entry) bool {
				return e.Kind == sim.KindDecision && strings.HasPrefix(e.Text, "enforce.ForceRestart")
			})
			p.Journal[i].At = p.Journal[i].At.Add(-2 * time.Second) // one of which the window was given to appear
		}},
		{"P8", "forced without being asked for", "was forced too soon", func(p *play) { decision[enforce.AskRestart](p).Action = enforce.Wait{Why: enforce.WhyInstalled} }},
		{"P8", "nobody is told", "nobody is told when it is forced", func(p *play) { drop(p, windows(promisetest.IsRestartNotice)) }},
	}
}

func doctoredEnds() []doctoring {
	return []doctoring{
		{"P10", "a deferred update is downloaded and shown", "Safari is out of scope", func(p *play) { p.Scenario().Offers[1].Deferred = true }},
		{"P10", "an upgrade is", "is out of scope", func(p *play) { p.Scenario().Offers[0].Version = "11.2.3" }},
		{"P11", "a file is left", "it has left", func(p *play) { p.Put("/usr/local/bin/install-or-deferd", nil, 0o755) }},
		{"P11", "an update is offered", "is still offered", func(p *play) {
			s := p.Scenario()
			s.Limit = time.Hour
			*p = *promisetest.New(s).ToEnd(context.Background())
			p.Tally.Removed = true
		}},
		{"P11", "an installed update waits for its restart", "before the restart that", func(p *play) {
			drop(p, func(e sim.Entry) bool { return strings.HasPrefix(e.Text, "The Mac has started") })
		}},
		{"P15", "a turn takes a day", "a turn took 24h", func(p *play) { p.Turns[2].Ended = p.Turns[2].Began.Add(24 * time.Hour) }},
		{"P15", "a turn takes too many steps", "too many steps", func(p *play) {
			p.Log.WriteString("The turn took 60 steps and is ended; this is an error of the program.")
		}},
		{"P16", "a decision without a reason", "is explained by", func(p *play) { p.Decisions[3].Why = "" }},
	}
}

func doctoredTurns() []doctoring {
	return []doctoring{
		{"P12", "a turn begins before the end of the one before", "before the one before has ended", func(p *play) { p.Turns[0].Ended = p.Turns[1].Began.Add(time.Second) }},
		{"P12", "a turn decides when it is over", "when it is not its turn", func(p *play) { p.Decisions[0].Real = p.Turns[0].Ended.Add(time.Second) }},
		{"P12", "a second turn goes on", "a second turn ends with <nil>", func(p *play) { p.Seconds = []promisetest.Second{{Said: "Another turn is under way"}} }},
		{"P12", "a second turn decides", "a second turn decides 1 times", func(p *play) {
			p.Seconds = []promisetest.Second{{Err: macos.ErrLocked, Said: "Another turn is under way", Decided: 1}}
		}},
		{"P12", "a second turn does not say why", "does not say why", func(p *play) { p.Seconds = []promisetest.Second{{Err: macos.ErrLocked}} }},
		{"P12", "a second turn lists updates", "a second turn runs softwareupdate", func(p *play) {
			p.Seconds = []promisetest.Second{{Err: macos.ErrLocked, Said: "Another turn is under way", To: len(p.Journal)}}
		}},
		{"P13", "a setting of the wrong type is not spoken of", "Setting UpdateDelay cannot be used", func(p *play) { p.Scenario().Settings["UpdateDelay"] = "never" }},
		{"P13", "a spoiled file is not spoken of", "/x/state.json cannot be used", func(p *play) { p.Spoil("/x/state.json", nil) }},
		{"P13", "a value is executed", "a value is executed: defaults", func(p *play) { entry(p, sim.KindTool, "defaults").Args = []string{"write", "$(reboot)"} }},
		{"P13", "a text is part of a script", "a value is executed: launchctl", func(p *play) { entry(p, sim.KindTool, "launchctl").Args = []string{"asuser", "-e", "`id`"} }},
		{"P13", "a turn with unusable values does not enforce", "nothing is enforced", func(p *play) {
			p.Log.WriteString("/x/state.json")
			p.Spoil("/x/state.json", nil)
			waiting(p)
		}},
		{"P14", "the state is not used", "the state is lost", func(p *play) { p.Log.WriteString("State not used: read /x") }},
		{"P14", "the turn after a kill decides nothing", "decides nothing after one that was killed", func(p *play) {
			p.Journal[p.Turns[1].To-1] = sim.Entry{Kind: sim.KindSystem, Text: "The daemon is killed."}
			p.Turns[3].Decisions = p.Turns[2].Decisions
			p.Turns[2].Err = errors.New("nothing")
		}},
		{"P14", "a prompt comes again though its answer was kept", "whose answer was kept", func(p *play) {
			second := slices.IndexFunc(p.Journal, func(e sim.Entry) bool {
				return windows(promisetest.IsPrompt)(e) && e.At.After(sim.CommonStart().Add(time.Hour/2))
			})
			p.Journal[second-1] = sim.Entry{At: p.Journal[second].At, Kind: sim.KindSystem, Text: "The daemon is killed."}
			p.Journal[second].At = p.Journal[second].At.Add(-10 * time.Minute)
		}},
	}
}

// waiting has every turn after the deadline wait.
func waiting(p *play) {
	for i := range p.Decisions {
		if d := &p.Decisions[i]; !d.At.Before(d.State.Deadline) {
			d.Action = enforce.Wait{Why: enforce.WhyDeferred}
		}
	}
}
