package reliability_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// What can come of a cell. Stuck and lost must not.
const (
	same      = "all as without it"
	sooner    = "done, and sooner"
	later     = "done, up to an hour later"
	muchLater = "done, hours later"
	stays     = "all is installed; the daemon stays, and says why"
	unremoved = "all is installed; every turn removes the daemon, and launchctl only says so"
	pending   = "installed; the restart is tried every turn"
	byPerson  = "the person is asked, time and again, to install in Software Update"
	waits     = "nothing is installed, and every turn says why"
	stuck     = "stuck"
	lost      = "lost"
)

// result is what has come of a cell.
type result struct{ outcome, seen, late string }

// result judges a cell by the round without a fault. The faults are what must not be.
func (w *watch) result(sound *watch) (r result, wrong []string) {
	r = result{w.outcome(sound), w.seen(sound), w.late()}
	wrong = w.Broken()
	if why := w.lost(); why != "" {
		r.outcome = lost
		wrong = append(wrong, "lost: "+why)
	}
	if r.outcome == stuck {
		wrong = append(wrong, "stuck: "+w.lastWords())
	}
	return r, wrong
}

// outcome says where the round has come to in the end.
func (w *watch) outcome(sound *watch) string {
	const while = 2 * time.Minute
	last := w.Decisions[len(w.Decisions)-1].State
	behind := w.Tally.Ended.Sub(sound.Tally.Ended)
	switch done := w.Tally.Removed && len(w.Remaining()) == 0 && len(w.Leftovers()) == 0; {
	case done && behind < -while:
		return sooner
	case done && behind <= while:
		return same
	case done && behind <= time.Hour+while:
		return later
	case done:
		return muchLater
	case last.Restart.Power != enforce.Stay && len(w.Remaining()) == 0:
		return pending
	case len(w.Remaining()) == 0 && w.complains():
		return stays
	case len(w.Remaining()) == 0 && last.Decision == enforce.WhyNothingLeft && len(w.Leftovers()) == 1:
		return unremoved // all but the job
	case w.reminds():
		return byPerson
	case w.complains():
		return waits
	default:
		return stuck
	}
}

// complains tells whether the last turns have ended with an error, but for those that only wait for something.
func (w *watch) complains() bool {
	complaints := 0
	for n := len(w.Turns) - 1; n > 0 && complaints < 3; n-- {
		if w.Turns[n].Err != nil || !w.Turns[n].Whole {
			complaints++
		} else if !w.idle(n) {
			return false
		}
	}
	return complaints == 3
}

// idle tells whether a turn only waits: for the end of a deferral, or of the back-off after a look that proved nothing.
func (w *watch) idle(turn int) bool {
	return !slices.ContainsFunc(w.Decisions, func(d promisetest.Decision) bool {
		why := d.Action.Reason()
		return d.Turn == turn && why != enforce.WhyDeferred && why != enforce.WhyBackOff
	})
}

// reminds tells whether the person was reminded in the last hour.
func (w *watch) reminds() bool {
	return slices.ContainsFunc(w.Decisions, func(d promisetest.Decision) bool {
		_, reminds := d.Action.(enforce.Remind)
		return reminds && w.Tally.Ended.Sub(d.Real) < time.Hour
	})
}

func (w *watch) lastWords() string {
	text := w.Log.String()
	return text[max(0, len(text)-1500):]
}

// lost says what was forgotten: an update, or the deadline.
func (w *watch) lost() string {
	if w.Tally.Removed && len(w.Remaining()) > 0 {
		return fmt.Sprintf("the daemon has removed itself, and %q is still offered", w.Remaining())
	}
	var deadline time.Time
	for _, d := range w.Decisions {
		if _, ended := d.Action.(enforce.Finish); !ended && !deadline.IsZero() && d.State.Deadline.IsZero() {
			return "there is no deadline any more"
		}
		if deadline = d.State.Deadline; d.Action == nil {
			return "there is no decision"
		}
	}
	return ""
}

// late says when enforcement has begun, counted from the deadline.
func (w *watch) late() string {
	for _, d := range w.Decisions {
		_, warns := d.Action.(enforce.Warn)
		_, installs := d.Action.(enforce.Install)
		remind, reminds := d.Action.(enforce.Remind)
		if !warns && !installs && (!reminds || !remind.Overdue) {
			continue
		}
		switch after := d.Real.Sub(d.Deadline()); {
		case after <= 21*time.Minute:
			return "within 20 minutes"
		case after <= time.Hour+21*time.Minute:
			return "within an hour or so"
		default:
			return "some hours late"
		}
	}
	if w.Decisions[len(w.Decisions)-1].State.Deadline.IsZero() && !w.Tally.Removed {
		return "no deadline is set before a look has worked"
	}
	return "not while it lasts"
}

// seen says what the person has seen, as far as that is not the same as ever.
func (w *watch) seen(sound *watch) string {
	usual, now := sound.windows(), w.windows()
	switch {
	case now["by hand"] && !usual["by hand"]:
		return "a window that asks to install in Software Update"
	case len(now) == 0:
		return "nothing"
	case now["plain"] && now["final"]:
		return "plain dialogs in place of some windows"
	}
	var missing []string
	for _, sort := range []string{"prompt", "final", "progress", "restart"} {
		if usual[sort] && !now[sort] {
			missing = append(missing, map[string]string{
				"prompt": "prompts", "final": "final warning", "progress": "window while it installs", "restart": "window before the restart",
			}[sort])
		}
	}
	if len(missing) > 0 {
		return "no " + strings.Join(missing, ", no ")
	}
	return "the usual windows"
}

// windows are the sorts of windows that have appeared.
func (w *watch) windows() map[string]bool {
	sorts := map[string]bool{}
	for _, e := range w.Entries(sim.KindWindow, "") {
		sorts["plain"] = sorts["plain"] || e.Window.Style == macos.StyleAppleScript
		switch v := e.Window; {
		case promisetest.IsPrompt(v):
			sorts["prompt"] = true
		case promisetest.IsRestartNotice(v):
			sorts["restart"] = true
		case v.Standing:
			sorts["progress"] = true
		case strings.Contains(v.Title, "about to start"):
			sorts["final"] = true
		default:
			sorts["by hand"] = true
		}
	}
	return sorts
}
