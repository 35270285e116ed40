package agent

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/journal"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Report tells where a round stands, for people and, as JSON, for inventories.
type Report struct {
	Version    string `json:"version,omitempty"` // of the program; filled in by who knows it
	Identifier string `json:"identifier"`

	Phase         enforce.Phase   `json:"phase"`
	Deadline      time.Time       `json:"deadline,omitzero"`
	NextPrompt    time.Time       `json:"next_prompt,omitzero"` // the end of the deferral, or now when a prompt is due
	DeferralsUsed int             `json:"deferrals_used"`
	Prompts       int             `json:"prompts"`
	Pending       []PendingUpdate `json:"pending"`

	DeadlineBy enforce.Limit `json:"deadline_by,omitempty"` // what the deadline rests on
	Blockers   []Blocker     `json:"blockers"`              // what stands in the way

	LastLook  LastLook  `json:"last_look"`
	LastError LastError `json:"last_error,omitzero"`

	ByHand          bool          `json:"by_hand"` // the person is to install in Software Update
	InstallFailures int           `json:"install_failures"`
	Restart         enforce.Power `json:"restart"`  // what was asked for and has not happened
	SetBack         int64         `json:"set_back"` // by how many seconds the clock was set back in this round

	Journal      string `json:"journal"`       // where the journal ends, as "218-9f86d081884c"
	JournalWhole string `json:"journal_whole"` // "yes", or what is wrong with it

	Settings []EffectiveSetting `json:"settings"`
	Problems []string           `json:"problems"` // values and files that are not used, and why

	now  time.Time
	zone *time.Location
}

// PendingUpdate is an update that is to be enforced.
type PendingUpdate struct {
	Label   string        `json:"label"`
	Title   string        `json:"title"`
	Version string        `json:"version"`
	Action  enforce.Power `json:"action"`

	Method enforce.Method `json:"method,omitempty"` // how it is installed, where that is decided

	name string
}

// LastLook is what the last look said. Where it failed, At is when the last one was that did not.
type LastLook struct {
	At       time.Time  `json:"at,omitzero"`
	Result   LookResult `json:"result"`
	Cause    string     `json:"cause,omitempty"`
	Failures int        `json:"failures"`
}

// LookResult is how a look ended.
type LookResult string

// The results.
const (
	LookNever   LookResult = "never"   // there has been none
	LookFound   LookResult = "found"   // required updates are offered
	LookNothing LookResult = "nothing" // none is
	LookFailure LookResult = "failed"  // it proved nothing
)

// LastError is the last thing that went wrong in a turn.
type LastError struct {
	At   time.Time `json:"at,omitzero"`
	Text string    `json:"text,omitempty"`
}

// EffectiveSetting is one value that counts, and where it comes from.
type EffectiveSetting struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Source string `json:"source"`
}

// sight is what a command that only looks sees: everything on disk, without the lock.
type sight struct {
	turn
	problems []string
}

// sight reads what a turn would read, and starts nothing that takes long.
func (a *Agent) sight(ctx context.Context) sight {
	system := macos.System{Host: a.Host}
	silicon, _ := system.AppleSilicon(ctx) // where it cannot be told it is taken to be Intel's, as in a turn
	s := sight{turn: turn{agent: a, log: &logLines{agent: &Agent{}}, silicon: silicon, config: loadConfig(a.Host, settings.Platform{AppleSilicon: silicon})}}
	if version, err := system.Version(ctx); err == nil {
		s.running = version.Number
	}
	s.policy = s.policyFor(s.running)
	saved, _, stateProblems := loadState(a.Host)
	s.state, s.stored, s.journal.head = saved.State, saved, saved.Journal
	s.local = loadLocal(a.Host, s.config.Identifier)
	s.problems = append(s.problems, s.config.Problems...)
	s.problems = append(s.problems, stateProblems...)
	s.problems = append(s.problems, s.local.problems...)
	return s
}

// Status tells where the round stands. It changes nothing and needs no rights.
func (a *Agent) Status(ctx context.Context) (Report, error) {
	s := a.sight(ctx)
	if err := ctx.Err(); err != nil {
		return Report{}, fmt.Errorf("read status: %w", err)
	}
	state, now := s.state, a.Host.Clock.Now()
	end, whole := endOfJournal(a.Host, s.journal.head)
	methods := enforce.Methods(s.policy, state, now)
	r := Report{
		Identifier: s.config.Identifier,
		Phase:      state.Phase(now), Deadline: state.Deadline, NextPrompt: nextPrompt(state, now),
		DeferralsUsed: state.Deferrals, Prompts: state.Prompts,
		Pending:    []PendingUpdate{},
		DeadlineBy: state.Limit, Blockers: blockersOf(state, now, methods, s.stored.Rights),
		LastLook: lastLook(state), LastError: LastError(state.Problem),
		ByHand: s.byHand(), InstallFailures: state.Install.Failures,
		Restart: state.Restart.Power, SetBack: int64(state.SetBack / time.Second),
		Journal: end.String(), JournalWhole: whole,
		Problems: append([]string{}, s.problems...),
		now:      now, zone: s.zone(),
	}
	for i, u := range state.Pending {
		r.Pending = append(r.Pending, PendingUpdate{u.Label, u.Title, u.Version, u.Action, methods[i], u.Name()})
	}
	for _, v := range s.config.Settings.All() {
		r.Settings = append(r.Settings, EffectiveSetting{v.Name, v.Value, v.Source})
	}
	return r, nil
}

// byHand tells whether the person is to install any of the pending updates.
func (s sight) byHand() bool {
	return slices.Contains(enforce.Methods(s.policy, s.state, s.agent.Host.Clock.Now()), enforce.ByPerson)
}

// nextPrompt is when the person is asked next, if they will be.
func nextPrompt(s enforce.State, now time.Time) time.Time {
	switch s.Phase(now) {
	case enforce.PhaseDeferred:
		return s.DeferredUntil
	case enforce.PhasePrompting:
		if s.Look.RetryAt.After(now) {
			return s.Look.RetryAt
		}
		return now
	case enforce.PhaseIdle, enforce.PhaseEnforcing, enforce.PhaseInstalling, enforce.PhaseRestarting:
	}
	return time.Time{}
}

func lastLook(s enforce.State) LastLook {
	l := LastLook{At: s.Look.At, Result: LookFound, Cause: s.Look.Cause, Failures: s.Look.Failures}
	switch {
	case l.Failures > 0:
		l.Result = LookFailure
	case l.At.IsZero():
		l.Result = LookNever
	case len(s.Pending) == 0 || s.Decision == enforce.WhyNothingLeft:
		l.Result = LookNothing
	}
	return l
}

// Text is the report for people.
func (r Report) Text() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		value := fmt.Sprintf(format, args...)
		_, _ = fmt.Fprintf(w, "%s\t%s\n", name, value) // into memory
	}
	if r.Version != "" {
		row("Version", "%s", r.Version)
	}
	row("Identifier", "%s", r.Identifier)
	row("Phase", "%s", r.Phase)
	row("Deadline", "%s", r.deadline())
	row("Next prompt", "%s", r.moment(r.NextPrompt, "none"))
	row("Prompts", "%d, of which %d deferred", r.Prompts, r.DeferralsUsed)
	for i, u := range r.Pending {
		row(first(i, "Pending"), "%s", u.text())
	}
	if len(r.Pending) == 0 {
		row("Pending", "nothing is known to be")
	}
	if len(r.Blockers) > 0 {
		row("In the way", "%s", list(r.Blockers))
	}
	row("Last look", "%s", r.look())
	if r.LastError.Text != "" {
		row("Last error", "%s: %s", r.moment(r.LastError.At, "some time ago"), r.LastError.Text)
	}
	if r.InstallFailures > 0 {
		row("Install failures", "%d", r.InstallFailures)
	}
	if r.ByHand {
		row("By hand", "the person is to install in Software Update")
	}
	if r.Restart != enforce.Stay {
		row("Asked for", "a %s, which has not happened", r.Restart)
	}
	if r.SetBack > 0 {
		row("Clock", "was set back by %s in this round", time.Duration(r.SetBack)*time.Second)
	}
	row("Journal", "%s", journalText(r.Journal, r.JournalWhole))
	for i, s := range r.Settings {
		row(first(i, "Settings"), "%s = %s (%s)", s.Key, brief(s.Value), s.Source)
	}
	for i, p := range r.Problems {
		row(first(i, "Problems"), "%s", p)
	}
	_ = w.Flush() // into memory
	return out.String()
}

// deadline says when it is and what it rests on.
func (r Report) deadline() string {
	text := r.moment(r.Deadline, "none is set")
	if r.Deadline.IsZero() || r.DeadlineBy == "" {
		return text
	}
	return text + ", by " + map[enforce.Limit]string{
		enforce.LimitTime: "MaxDeferralTime", enforce.LimitCount: "MaxDeferralCount", enforce.LimitDate: "DeadlineDate",
		enforce.LimitDeclaration: "the declaration that macOS enforces", enforce.LimitValue: "a value that was written on this Mac",
		enforce.LimitNone: "SkipDeferral",
	}[r.DeadlineBy]
}

// journalText says where the journal ends, and whether it is whole.
func journalText(end, whole string) string {
	switch {
	case whole != "yes":
		return "is not whole: " + whole
	case end == (journal.Head{}).String():
		return "is empty"
	default:
		return "ends with " + end + ", and is whole"
	}
}

// first is a name on the first of several rows, and nothing on those that follow.
func first(i int, name string) string {
	if i == 0 {
		return name
	}
	return ""
}

// moment words a time and how far off it is.
func (r Report) moment(t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	text := t.In(r.zone).Format("2006-01-02 15:04:05 -0700")
	switch d := t.Sub(r.now); {
	case d == 0:
		return text + " (now)"
	case d > 0:
		return text + " (in " + d.Round(time.Second).String() + ")"
	default:
		return text + " (" + (-d).Round(time.Second).String() + " ago)"
	}
}

func (r Report) look() string {
	l := r.LastLook
	switch l.Result {
	case LookNever:
		return "there has been none"
	case LookFailure:
		return fmt.Sprintf("failed, %d in a row: %s; the last that did not: %s", l.Failures, l.Cause, r.moment(l.At, "none"))
	case LookFound:
		return r.moment(l.At, "some time ago") + ", found required updates"
	case LookNothing:
	}
	return r.moment(l.At, "some time ago") + ", found none that is required"
}

func (u PendingUpdate) text() string {
	text := u.name
	if u.Action != enforce.Stay {
		text += fmt.Sprintf(", needs a %s", u.Action)
	}
	if u.Method != "" {
		text += ", by " + string(u.Method)
	}
	return text
}

// brief words a setting's value on one short line.
func brief(value any) string {
	text := fmt.Sprint(value)
	switch v := value.(type) {
	case nil:
		text = "not set"
	case string:
		text = fmt.Sprintf("%q", v)
	case map[string]map[string]string:
		text = strings.Join(slices.Sorted(maps.Keys(v)), ", ")
	}
	if text == "" || text == "[]" {
		text = "none"
	}
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
