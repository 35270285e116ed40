package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/journal"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// journalMost is how large the journal grows, in bytes, before it is continued in a new file. One older file is kept.
const journalMost = 256 << 10

// entry is one line of the journal: a decision and what led to it, or a notice of something that should not be.
type entry struct {
	At            time.Time `json:"at"`
	After         string    `json:"after,omitempty"` // what happened
	Action        string    `json:"action,omitempty"`
	Why           string    `json:"why,omitempty"`
	Notice        string    `json:"notice,omitempty"`
	Deadline      time.Time `json:"deadline,omitzero"`
	DeferredUntil time.Time `json:"deferred_until,omitzero"`
	Deferrals     int       `json:"deferrals,omitzero"`
	Updates       []string  `json:"updates,omitempty"` // that the action is about
}

// keeper writes the journal during a turn. The journal proves what was decided and answered; it is not worth a failure,
// so what cannot be written is said in the log, once, and enforcement goes on.
type keeper struct {
	host  macos.Host
	log   *logLines
	head  journal.Head // as the state knows it, and then as it grows
	ready bool         // the file was looked at
	sound bool         // and is as it was left
	stuck bool         // it cannot be written
}

// readJournal reads the journal from its files, the older first, as far as they are there.
func readJournal(host macos.Host, names ...string) (journal.Check, error) {
	var parts [][]byte
	var failed []error
	for _, name := range names {
		data, err := host.Tree.Read(name, 2*journalMost)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
		parts = append(parts, data)
	}
	return journal.Read(parts...), errors.Join(failed...)
}

// add writes an entry.
func (k *keeper) add(e entry) {
	if !k.ready {
		k.prepare(e.At)
	}
	k.write(e)
}

// prepare finds the end of the journal, and notices if it is not the one that the state knows. Where it was changed, what
// is there is kept beside, and the journal goes on from the head that is known.
func (k *keeper) prepare(now time.Time) {
	k.ready = true
	check, err := readJournal(k.host, JournalPath)
	if err == nil && len(check.Lines) == 0 && check.Broken == "" { // it may just have been put aside
		check, err = readJournal(k.host, oldJournalPath, JournalPath)
	}
	if err != nil {
		k.log.say("Journal not read: %v.", err)
	}
	known := k.head
	trouble := tampered(check, known)
	switch {
	case trouble == "":
		k.sound = err == nil
		k.head = later(known, check.Head())
		k.rotate(journalMost)
		return
	case len(check.Lines) > 0 || check.Broken != "":
		k.rotate(-1)
	}
	k.head = later(known, check.Head())
	k.log.say("The journal was changed from outside: %s.", trouble)
	k.write(entry{At: now, Notice: "the journal was changed from outside: " + trouble})
}

// tampered says what is wrong with a journal that was written up to a head; nothing if it is whole.
func tampered(check journal.Check, known journal.Head) string {
	if check.Broken == "" && !check.Passes(known) {
		return fmt.Sprintf("it does not hold line %s, which was written", known)
	}
	return check.Broken
}

// later is the head with the greater number.
func later(a, b journal.Head) journal.Head {
	if b.N >= a.N {
		return b
	}
	return a
}

// rotate puts the journal aside once it is larger than a limit, so that it is continued in a new file.
func (k *keeper) rotate(limit int64) {
	entry, err := k.host.Lister.Stat(JournalPath)
	if err != nil || entry.Size <= limit {
		return
	}
	data, err := k.host.Tree.Read(JournalPath, 2*journalMost)
	if err == nil {
		err = k.host.Tree.Write(oldJournalPath, data, 0o644)
	}
	if err = errors.Join(err, k.host.Tree.Remove(JournalPath)); err != nil {
		k.log.say("Journal not put aside: %v.", err)
	}
}

func (k *keeper) write(e entry) {
	line, next, err := journal.Next(k.head, e)
	if err == nil {
		err = k.host.Ledger.Append(JournalPath, line, 0o644)
	}
	if err == nil {
		k.head = next
		return
	}
	k.ready = false // the line may be there for all that, and what follows has to follow it
	if !k.stuck {
		k.stuck = true
		k.log.say("Journal not written: %v.", err)
	}
}

// record notes a decision. Turn after turn that finds the same deferral running is noted once.
func (t *turn) record(event enforce.Event, action enforce.Action, before enforce.State) {
	_, opens := event.(enforce.TurnStarted)
	_, waits := action.(enforce.Wait)
	if opens && waits && before.Decision == action.Reason() {
		return
	}
	s := t.state
	name, _, _ := describe(action)
	t.journal.add(entry{
		At: s.Decided.UTC(), After: happened(event), Action: name, Why: string(action.Reason()), Updates: about(action, s),
		Deadline: s.Deadline.UTC(), DeferredUntil: s.DeferredUntil.UTC(), Deferrals: s.Deferrals,
	})
}

// notice notes what should not be, and says it in the log.
func (t *turn) notice(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	t.log.say("Noticed: %s.", text)
	t.journal.add(entry{At: t.agent.Host.Clock.Now().UTC(), Notice: text, Deadline: t.state.Deadline.UTC()})
}

// about lists the updates that an action is about, by name.
func about(action enforce.Action, s enforce.State) []string {
	var updates []enforce.Update
	switch a := action.(type) {
	case enforce.Download:
		updates = a.Updates
	case enforce.Install:
		updates = a.Updates
	case enforce.Prompt:
		updates = a.Updates
	case enforce.Warn:
		updates = a.Updates
	case enforce.Remind:
		updates = a.Updates
	case enforce.Hold:
		updates = s.Pending
	case enforce.Look, enforce.AskRestart, enforce.ForceRestart, enforce.Wait, enforce.Finish:
	}
	var names []string
	for _, u := range updates {
		names = append(names, u.Name())
	}
	return names
}

// happened words an event, for the journal.
func happened(event enforce.Event) string {
	switch e := event.(type) {
	case enforce.TurnStarted:
		return "a turn started"
	case enforce.Looked:
		return fmt.Sprintf("a look found %d updates", len(e.Updates))
	case enforce.LookFailed:
		return "a look failed: " + e.Cause
	case enforce.Downloaded:
		if len(e.Later) > 0 {
			return "Apple does not let this Mac have some of what was to be downloaded yet"
		}
		return outcome("a download", e.Cause)
	case enforce.Answered:
		return []string{
			enforce.AnswerInstall: "the person agreed", enforce.AnswerDefer: "the person deferred",
			enforce.AnswerIgnored: "the prompt was not answered", enforce.AnswerClosed: "the prompt was closed",
			enforce.AnswerUnseen: "the prompt was not shown",
		}[e.Answer]
	case enforce.Warned:
		return warning(e)
	case enforce.Installed:
		return []string{
			enforce.OutcomeInstalled: "an installation ended", enforce.OutcomeUnproven: "an installation ended without a word",
			enforce.OutcomeFailed: "an installation failed: " + e.Cause, enforce.OutcomeLater: "Apple does not let this Mac have some of what was to be installed yet",
		}[e.Outcome]
	case enforce.Held:
		return "what was lacking was asked for"
	case enforce.StillUp:
		return "the polite restart did not come about"
	case enforce.RestartForced:
		return outcome("the order to restart", e.Cause)
	case enforce.Reminded:
		if e.Unseen {
			return "a reminder was not shown"
		}
		return "a reminder was shown"
	}
	return ""
}

func warning(e enforce.Warned) string {
	switch {
	case e.Unseen:
		return "the warning was not shown"
	case e.Clicked:
		return "the person started the updates"
	default:
		return "the warning stood to its end"
	}
}

func outcome(what, cause string) string {
	if cause == "" {
		return what + " went well"
	}
	return what + " failed: " + cause
}

// remembered is what the journal says of the round, for a state that is lost: the last line that speaks of one. A line
// that ended it, or tells that it was forgotten, speaks of none.
func remembered(check journal.Check) (wish enforce.Wish, ok bool) {
	for _, l := range slices.Backward(check.Lines) {
		var e entry
		if json.Unmarshal(l.Raw, &e) != nil || e.Notice != "" {
			continue
		}
		return enforce.Wish{ForcedAfter: e.Deadline, DeferredUntil: e.DeferredUntil}, !e.Deadline.IsZero()
	}
	return enforce.Wish{}, false
}
