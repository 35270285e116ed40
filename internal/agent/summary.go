package agent

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/journal"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Summary is what the report says for inventories: one line a field, each a text or a number, so that a script of a few
// lines can pick one. Its schema is schema/report.schema.json.
type Summary struct {
	Schema       int       `json:"schema"`        // 1
	At           time.Time `json:"at"`            // when it was written; it is written anew when something changes, and daily
	Version      string    `json:"version"`       // of the program
	Identifier   string    `json:"identifier"`    // the preference domain
	Status       Status    `json:"status"`        // where the round stands, in one word
	Reason       string    `json:"reason"`        // why, as a code: the last decision's
	Phase        string    `json:"phase"`         // where the round stands, as the daemon has it
	Deadline     string    `json:"deadline"`      // "2026-12-03 09:00:25" on the Mac's clock, or empty
	DeadlineBy   string    `json:"deadline_by"`   // what it rests on, as a code; empty where there is none
	Method       string    `json:"method"`        // how the pending updates are installed, with "; " between several
	MethodReason string    `json:"method_reason"` // why so
	Blockers     string    `json:"blockers"`      // what stands in the way, with "; " between
	Deferrals    int       `json:"deferrals"`     // used so far in this round
	Prompts      int       `json:"prompts"`       // shown so far in this round
	PendingCount int       `json:"pending_count"` // updates that are to be enforced
	Pending      string    `json:"pending"`       // their names, with "; " between them
	LastLook     string    `json:"last_look"`     // the last conclusive one, like the deadline
	LastError    string    `json:"last_error"`    // empty for none in this round
	Journal      string    `json:"journal"`       // where it ends, as "218-9f86d081884c"
	JournalWhole string    `json:"journal_whole"` // "yes", or where it breaks
}

// Status is where a round stands, for smart groups: few words, each of which asks for something else.
type Status string

// The statuses. Only the first says that a Mac has all its updates.
const (
	StatusCompliant  Status = "Compliant"  // a conclusive look found nothing to enforce
	StatusUnknown    Status = "Unknown"    // no look was conclusive yet
	StatusPending    Status = "Pending"    // the person is to be asked
	StatusDeferred   Status = "Deferred"   // the person has deferred
	StatusEnforcing  Status = "Enforcing"  // the deadline has passed
	StatusInstalling Status = "Installing" // an installation has begun
	StatusRestarting Status = "Restarting" // a restart was asked for
	StatusFailed     Status = "Failed"     // installations fail
)

// StatusOf tells where a round stands at a time.
func StatusOf(s enforce.State, now time.Time) Status {
	phase := s.Phase(now)
	switch {
	case phase == enforce.PhaseRestarting:
		return StatusRestarting
	case phase == enforce.PhaseInstalling:
		return StatusInstalling
	case s.Install.Failures > 0:
		return StatusFailed
	case phase == enforce.PhaseEnforcing:
		return StatusEnforcing
	case phase == enforce.PhaseDeferred:
		return StatusDeferred
	case phase == enforce.PhasePrompting:
		return StatusPending
	case s.Look.At.IsZero() || s.Look.Failures > 0:
		return StatusUnknown
	default:
		return StatusCompliant
	}
}

// summarize makes the report. What the last one said of the journal holds for as long as nothing is added to it.
func (t *turn) summarize(last Summary) Summary {
	s, now := t.state, t.agent.Host.Clock.Now()
	sum := Summary{
		Schema: 1, At: now.UTC().Truncate(time.Second), Version: t.agent.Named, Identifier: t.config.Identifier,
		Status: StatusOf(s, now), Reason: string(s.Decision), Deadline: t.date(s.Deadline),
		Deferrals: s.Deferrals, Prompts: s.Prompts, PendingCount: len(s.Pending), LastLook: t.date(s.Look.At),
		LastError: s.Problem.Text, Journal: last.Journal, JournalWhole: last.JournalWhole,
	}
	sum.Phase, sum.DeadlineBy = string(s.Phase(now)), string(s.Limit)
	var names []string
	for _, u := range s.Pending {
		names = append(names, u.Name())
	}
	methods := enforce.Methods(t.policy, s, now)
	sum.Pending, sum.Blockers = list(names), list(blockersOf(s, now, methods, t.stored.Rights))
	slices.Sort(methods)
	if sum.Method = list(slices.Compact(methods)); sum.Method != "" {
		sum.MethodReason = t.policy.MethodReason
	}
	switch {
	case t.journal.sound && last.JournalWhole == "yes": // the older file is read again with the daily report
		sum.Journal = t.journal.head.String()
	case t.journal.ready && t.whole == "" || last.Journal == "":
		var end journal.Head
		end, t.whole = endOfJournal(t.agent.Host, t.journal.head)
		t.journal.head = later(t.journal.head, end)
	}
	if t.whole != "" {
		sum.Journal, sum.JournalWhole = t.journal.head.String(), t.whole
	}
	return sum
}

// list writes several words as one text.
func list[T ~string](words []T) string {
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(string(word))
	}
	return b.String()
}

// endOfJournal is where the journal ends that is known to go up to a head, and "yes" if nothing is amiss with it, or else
// what is.
func endOfJournal(host macos.Host, known journal.Head) (end journal.Head, whole string) {
	check, err := readJournal(host, oldJournalPath, JournalPath)
	if err != nil {
		return known, err.Error()
	}
	return check.Head(), cmp.Or(tampered(check, known), "yes")
}

// date is a time in the form that inventories of Jamf Pro have for dates, on the Mac's clock.
func (t *turn) date(when time.Time) string {
	if when.IsZero() {
		return ""
	}
	return when.In(t.zone()).Format(time.DateTime)
}

// report writes the report, if it says anything new or the last one is a day old.
func (t *turn) report() {
	const stale, limit = 24 * time.Hour, 64 << 10
	now := t.agent.Host.Clock.Now()
	var last Summary
	data, err := t.agent.Host.Tree.Read(ReportPath, limit)
	if err != nil || json.Unmarshal(data, &last) != nil || last.At.After(now) || now.Sub(last.At) >= stale {
		last = Summary{}
	}
	sum := t.summarize(last)
	if last.At = sum.At; last == sum {
		return
	}
	data, err = json.MarshalIndent(sum, "", "  ")
	if err == nil {
		err = t.agent.Host.Tree.Write(ReportPath, append(data, '\n'), 0o644)
	}
	if err != nil {
		t.log.say("Report not written: %v.", err)
	}
}
