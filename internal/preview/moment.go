package preview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// Moment is one thing that happens in a film.
type Moment struct {
	At    int64  `json:"at"`
	Kind  string `json:"kind"`
	Title string `json:"title"` // what happens, in a few words
	Text  string `json:"text"`  // why, in a sentence; may be empty
}

// Stand is where the round stands, from a time on until the next of them.
type Stand struct {
	At        int64         `json:"at"`
	Phase     enforce.Phase `json:"phase"`
	Deadline  int64         `json:"deadline"` // -1 for none
	Deferred  int64         `json:"deferred"` // until when; -1 for not
	Deferrals int           `json:"deferrals"`
	Pending   int           `json:"pending"` // which of the film's sets
}

// Kinds of moments that the page looks for; the others are for the eye.
const (
	momentPrompt   = "prompt"
	momentDeadline = "deadline"
	momentRestart  = "restart"
	momentWait     = "wait"
	momentPerson   = "person"
	momentLook     = "look"
	momentDefer    = "deferral"
	momentMore     = "more" // moments are left out there
)

// teller makes the moments of a film.
type teller struct {
	film    *Film
	stage   *stage
	stands  Stand       // where the round stands
	waiting enforce.Why // why the last turn ended; empty once something but a look was done since
	prompts int
	shown   int // windows that appeared since the last decision
}

// moments tells the film: decisions and what the journal says, in the order in which they came.
func (f *Film) moments(s *stage) {
	t := &teller{film: f, stage: s, stands: Stand{Phase: enforce.PhaseIdle, Deadline: -1, Deferred: -1}}
	f.Moments = []Moment{{Kind: "start", Title: "The package arrives", Text: "launchd starts the first turn."}}
	f.Stands = []Stand{t.stands}
	next := 0
	for i := range s.mac.Journal {
		for ; next < len(s.decisions) && s.decisions[next].entry <= i; next++ {
			t.decision(s.decisions[next])
		}
		t.entry(i)
	}
	for ; next < len(s.decisions); next++ {
		t.decision(s.decisions[next])
	}
	t.unanswered()
	t.deadline()
	slices.SortStableFunc(f.Moments, func(a, b Moment) int { return cmp.Compare(a.At, b.At) })
	f.Moments = thin(slices.DeleteFunc(f.Moments, func(m Moment) bool { return m.At > f.Length }))
	f.Stands = slices.DeleteFunc(f.Stands, func(s Stand) bool { return s.At > f.Length })
	f.Stands = slices.CompactFunc(f.Stands, func(a, b Stand) bool {
		b.At = a.At
		return a == b
	})
}

// thin leaves out moments from the middle of a long film, where one prompt is like the next. What happens once stays, and so
// do the beginning and the end.
func thin(moments []Moment) []Moment {
	const most, head, tail = 600, 100, 400
	if len(moments) <= most {
		return moments
	}
	round := func(at int) int { // to where the next round of a look and what follows begins
		if next := slices.IndexFunc(moments[at:], func(m Moment) bool { return m.Kind == momentLook }); next >= 0 {
			return at + next
		}
		return at
	}
	repeated := []string{
		momentLook, momentPrompt, momentPerson, momentDefer, momentWait, "unanswered", "sleep", "wake", "download", "reminder", "again",
	}
	from, to := round(head), round(len(moments)-tail)
	var kept []Moment
	gap, prompts := -1, 0
	for i, m := range moments {
		if i < from || i >= to || !slices.Contains(repeated, m.Kind) {
			kept = append(kept, m)
			continue
		}
		if gap < 0 {
			gap = len(kept)
			kept = append(kept, Moment{At: m.At, Kind: momentMore, Title: "And so on"})
		}
		if m.Kind == momentPrompt {
			prompts++
		}
	}
	if gap >= 0 {
		kept[gap].Text = fmt.Sprintf("It goes on like this: %d prompts, and what belongs to them, are left out of this list. They are on the slider.", prompts)
	}
	return kept
}

func (t *teller) add(at int64, kind, title, text string) {
	t.film.Moments = append(t.film.Moments, Moment{at, kind, title, text})
}

// stand takes over where a decision leaves the round.
func (t *teller) stand(s enforce.State, at int64) {
	since := func(n int64) int64 { return n - t.stage.begins.UnixMilli() }
	t.stands.Phase = s.Phase(t.stage.begins.Add(duration(at)))
	t.stands.Deadline, t.stands.Deferred, t.stands.Deferrals = -1, -1, s.Deferrals
	if !s.Deadline.IsZero() {
		t.stands.Deadline = since(s.Deadline.UnixMilli())
		t.film.Deadline = t.stands.Deadline
	}
	if s.DeferredUntil.After(t.stage.begins.Add(duration(at))) {
		t.stands.Deferred = since(s.DeferredUntil.UnixMilli())
	}
	names := make([]string, len(s.Pending))
	for i, u := range s.Pending {
		names[i] = u.Name()
	}
	t.stands.Pending = slices.IndexFunc(t.film.Sets, func(set []string) bool { return slices.Equal(set, names) })
	if t.stands.Pending < 0 {
		t.film.Sets = append(t.film.Sets, names)
		t.stands.Pending = len(t.film.Sets) - 1
	}
	t.stands.At = at
	t.film.Stands = append(t.film.Stands, t.stands)
}

// decision tells of a decision. Of waits for the same reason, only the first is told.
func (t *teller) decision(d decision) {
	at := milliseconds(d.At.Sub(t.stage.begins))
	t.stand(d.State, at)
	t.shown = 0
	kind, title := t.words(d.Action)
	switch a := d.Action.(type) {
	case enforce.Wait:
		if a.Why == enforce.WhyRestarting {
			return
		}
		if a.Why == t.waiting {
			t.forget()
			return
		}
		t.waiting = a.Why
	case enforce.Look: // may come to the same
	case enforce.Download, enforce.Prompt, enforce.Warn, enforce.Install, enforce.AskRestart, enforce.ForceRestart,
		enforce.Remind, enforce.Hold, enforce.Finish:
		t.waiting = ""
	}
	t.add(at, kind, title, d.Why)
}

// forget takes back a look that came to what the one before it did.
func (t *teller) forget() {
	moments := t.film.Moments
	if last := len(moments) - 1; moments[last].Kind == momentLook {
		t.film.Moments = moments[:last]
	}
}

// words says what an action does.
func (t *teller) words(action enforce.Action) (kind, title string) {
	switch a := action.(type) {
	case enforce.Look:
		return momentLook, "Looks for updates"
	case enforce.Download:
		return "download", "Downloads the updates"
	case enforce.Prompt:
		t.prompts++
		if a.Last {
			return momentPrompt, fmt.Sprintf("Prompt %d, the last before the deadline", t.prompts)
		}
		return momentPrompt, fmt.Sprintf("Prompt %d", t.prompts)
	case enforce.Warn:
		return "warning", "Final warning"
	case enforce.Install:
		return "install", "Installs the updates"
	case enforce.AskRestart:
		return "ask", "Asks for a " + string(a.Power)
	case enforce.ForceRestart:
		return "force", "Forces the " + string(a.Power)
	case enforce.Remind:
		if !a.Standing {
			return "reminder", "Opens Software Update"
		}
		return "reminder", "Reminds to install in Software Update"
	case enforce.Hold:
		return "hold", "Asks for " + string(a.Lack)
	case enforce.Finish:
		return "finish", "Nothing is left to do"
	case enforce.Wait:
		return waitWords(a)
	}
	return "", ""
}

func waitWords(w enforce.Wait) (kind, title string) {
	switch w.Why { //nolint:exhaustive // the reasons that have words of their own; their sentence says the rest
	case enforce.WhyDeferred:
		return momentDefer, "Deferred"
	case enforce.WhyNobody:
		return momentWait, "Nobody is there"
	case enforce.WhyBusy:
		return momentWait, "Waits for the end of the call"
	}
	return momentWait, "Waits"
}

// entry tells of what the journal says, as far as no decision does.
func (t *teller) entry(i int) {
	e := t.stage.mac.Journal[i]
	at := milliseconds(e.At.Sub(t.stage.begins))
	switch e.Kind {
	case sim.KindWindow:
		if t.shown++; t.shown > 1 {
			t.add(at, "again", "The window is there again", "It was closed, and does not go away like that.")
		}
	case sim.KindPerson:
		kind := momentPerson
		switch {
		case isOpened(e):
			kind = "wake"
		case strings.HasPrefix(e.Text, "closes the lid"):
			kind = "sleep"
		}
		t.add(at, kind, "The person "+strings.ReplaceAll(e.Text, "0m0s", ""), "")
	case sim.KindSystem:
		journal := t.stage.mac.Journal
		switch {
		case isStarted(e):
			t.add(at, "boot", strings.TrimSuffix(e.Text, "."), "")
		case i+1 < len(journal) && isStarted(journal[i+1]):
			t.add(at, momentRestart, strings.TrimSuffix(e.Text, "."), "")
		default:
			t.add(at, "system", strings.TrimSuffix(e.Text, "."), "")
		}
	case sim.KindTurn, sim.KindTool, sim.KindDecision:
	}
}

// unanswered tells of the prompts that nobody answered.
func (t *teller) unanswered() {
	for _, w := range t.film.Windows {
		if w.On != OnPrompt || w.Ended != "" || w.To >= t.film.Length || slices.ContainsFunc(t.film.Off, func(o Span) bool { return o.From == w.To }) {
			continue
		}
		at := slices.IndexFunc(t.film.Moments, func(m Moment) bool { return m.At >= w.To })
		if at > 0 {
			m := Moment{w.To, "unanswered", "Nobody answers, and the prompt closes", ""}
			t.film.Moments = slices.Insert(t.film.Moments, at, m)
		}
	}
}

// deadline tells of the deadline, where the round is not over before it.
func (t *teller) deadline() {
	f := t.film
	if f.Deadline < 0 || f.Deadline >= f.Length {
		return
	}
	over := slices.ContainsFunc(f.Moments, func(m Moment) bool { return m.Kind == "finish" && m.At <= f.Deadline })
	if over {
		return
	}
	t.add(f.Deadline, momentDeadline, "The deadline", "From now on the updates are no longer deferred.")
	if at := slices.IndexFunc(f.Stands, func(s Stand) bool { return s.At >= f.Deadline }); at != 0 {
		if at < 0 {
			at = len(f.Stands)
		}
		stand := f.Stands[at-1]
		stand.At, stand.Phase = f.Deadline, enforce.PhaseEnforcing
		f.Stands = slices.Insert(f.Stands, at, stand)
	}
}
