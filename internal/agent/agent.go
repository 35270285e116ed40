package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Interval is how often launchd starts a turn.
const Interval = 20 * time.Minute

// Agent acts on one Mac. Its zero values of Lines and Watch do nothing.
type Agent struct {
	Host  macos.Host
	Root  bool           // it may change the system
	Built time.Time      // when the program was built
	Zone  *time.Location // the Mac's time zone
	Named string         // the program's version, for reports

	Lines io.Writer      // gets every line of the log as well; nil for none
	Watch func(Decision) // is told every decision, before it is carried out; nil for none
}

// Decision is what enforce decided, for who watches.
type Decision struct {
	At     time.Time
	Action enforce.Action
	State  enforce.State
	Why    string // a sentence
}

// Errors of a turn.
var (
	ErrNotRoot = errors.New("must run as root")
	ErrMissing = errors.New("tools are missing")
	ErrBudget  = errors.New("the turn took too many steps")
	// ErrUntrusted says that a file of ours could be anybody's.
	ErrUntrusted = errors.New("a file of this program cannot be trusted")
	ErrTurn      = errors.New("the turn did not do what it was to do")
	ErrLoaded    = errors.New("the job is still loaded")
)

// budget is how many actions a turn may take. The longest that makes sense, a reminder loop, takes less than twenty.
const budget = 60

// Turn takes one turn. The error says that something was wrong which the next turn may find better; a turn that ended
// because there is nothing to do, or because a person deferred, has none.
func (a *Agent) Turn(ctx context.Context) error {
	log := &logLines{agent: a}
	defer log.flush(context.WithoutCancel(ctx))
	if err := a.able(log); err != nil {
		return err
	}
	if err := a.trusted(log, ourLock()); err != nil { // before it is taken: others may hold it
		return err
	}
	release, err := a.lock(log)
	if err != nil {
		return err
	}
	defer release()
	careful := *a
	careful.Host.Tree = &homes{Tree: a.Host.Tree, log: log}
	t := &turn{agent: &careful, log: log}
	t.load()
	if err := a.trusted(log, ourFiles(t.config.Identifier)...); err != nil {
		return err
	}
	return t.run(ctx)
}

// lock takes the lock that keeps turns apart. A link in its place was planted, and is removed.
func (a *Agent) lock(log *logLines) (release func(), err error) {
	release, err = a.Host.Lister.Lock(lockPath)
	if errors.Is(err, macos.ErrLink) {
		if entry, statErr := a.Host.Lister.Stat(lockPath); statErr == nil && entry.Mode&fs.ModeSymlink != 0 {
			log.say("Removing what was put in the place of the lock: %v.", err)
			_ = a.Host.Tree.Remove(lockPath)
			release, err = a.Host.Lister.Lock(lockPath)
		}
	}
	switch {
	case errors.Is(err, macos.ErrLocked):
		log.say("Another turn is under way, so this one ends: %v.", err)
	case err != nil:
		log.say("The turn ends, since it cannot be kept apart from others: %v.", err)
	}
	if err != nil {
		return nil, fmt.Errorf("lock turn: %w", err)
	}
	return release, nil
}

// able tells whether a turn can do anything at all on this machine.
func (a *Agent) able(log *logLines) error {
	if !a.Root {
		return ErrNotRoot
	}
	system := macos.System{Host: a.Host}
	missing := 0
	var without []macos.Need
	for _, need := range macos.Needs() {
		if !system.Has(need.Path) {
			without = append(without, need)
			if need.Required {
				missing++
			}
		}
	}
	if missing > 0 {
		for _, need := range without {
			log.say("Missing: %s, which %s.", need.Path, need.For)
		}
		return fmt.Errorf("%w: %d without which no turn can be taken", ErrMissing, missing)
	}
	return nil
}

// turn is one turn under way.
type turn struct {
	agent *Agent
	log   *logLines

	config  config
	policy  enforce.Policy
	release macos.Version // of macOS, once it was asked for
	running string        // its number; empty until a look needs it
	silicon bool          // the Mac has Apple's own processor
	state   enforce.State
	local   local
	stored  stored // as it was found; what it holds beside the state is kept up to date
	journal keeper
	memory  enforce.Wish // what the journal says of a round whose state is gone
	lostIt  bool         // there was no state
	whole   string       // whether the journal is, once it was looked at
	person  macos.Person
	seen    enforce.Scene // as it was looked at last
	doubts  []string      // what was said of declarations in this turn
	told    bool          // where the round stands

	somebody bool // is taken to be logged in: where that cannot be told, person is nobody all the same
}

// load reads settings, state and local values. What is unusable is reported, and does without.
func (t *turn) load() {
	t.config = loadConfig(t.agent.Host, settings.Platform{})
	t.policy = t.policyFor("")
	saved, found, problems := loadState(t.agent.Host)
	t.state, t.stored, t.lostIt = saved.State, saved, !found
	t.journal = keeper{host: t.agent.Host, log: t.log, head: saved.Journal}
	t.local = loadLocal(t.agent.Host, t.config.Identifier)
	t.log.file = t.config.Settings.Bool(settings.DiagnosticLog)
	for _, problem := range slices.Concat(t.config.Problems, problems, t.local.problems) {
		t.log.say("%s", problem)
	}
}

func (t *turn) zone() *time.Location {
	if t.agent.Zone == nil {
		return time.UTC
	}
	return t.agent.Zone
}

func (t *turn) policyFor(running string) enforce.Policy {
	return t.config.Settings.Policy(settings.Environment{
		Running: running, Silicon: t.silicon, Zone: t.zone(), Built: t.agent.Built, Interval: Interval,
	})
}

// run asks and acts until it is told to wait.
func (t *turn) run(ctx context.Context) error {
	boot, err := macos.Power{Host: t.agent.Host}.Booted(ctx)
	if err != nil {
		t.log.say("%v; a clock that was set back may be noticed less exactly", err)
	}
	if swept, err := t.screen().Sweep(ctx, boot); swept || err != nil {
		t.log.say("A turn that was killed has left a window; taken away: %t (error: %v).", swept, err)
	}
	t.log.say("The turn starts. Updates can be deferred for %s.", t.policy.MaxDeferral)
	if t.lostIt {
		t.lost()
	}
	var event enforce.Event = enforce.TurnStarted{
		Boot: boot, Wish: t.local.wish, Memory: t.memory, Declaration: t.declaration(ctx),
	}
	for range budget {
		action, err := t.decide(ctx, event)
		if err != nil {
			return err
		}
		if wait, ok := action.(enforce.Wait); ok {
			t.report()
			return t.ended(wait)
		}
		if _, ok := action.(enforce.Finish); ok {
			return t.finish(ctx)
		}
		if lasts(action) {
			t.report()
		}
		event = t.perform(ctx, action)
		if err := ctx.Err(); err != nil {
			t.log.say("The turn is told to end.")
			t.report()
			return fmt.Errorf("take turn: %w", err)
		}
	}
	t.log.say("The turn took %d steps and is ended; this is an error of the program.", budget)
	return ErrBudget
}

// lasts tells whether an action takes long, or is the last thing that the Mac does before it restarts, so that an
// inventory that is taken meanwhile has to be told of it.
func lasts(action enforce.Action) bool {
	switch action.(type) {
	case enforce.Prompt, enforce.Warn, enforce.Install, enforce.AskRestart, enforce.ForceRestart, enforce.Remind, enforce.Hold:
		return true
	case enforce.Look, enforce.Download, enforce.Wait, enforce.Finish:
	}
	return false
}

// decide asks what to do next, and puts the answer on disk before anybody acts on it.
func (t *turn) decide(ctx context.Context, event enforce.Event) (enforce.Action, error) {
	before := t.state
	var action enforce.Action
	t.state, action = enforce.Step(t.policy, before, t.agent.Host.Clock.Now(), event)
	t.tell(action)
	if opening, ok := event.(enforce.TurnStarted); ok {
		t.evidence(opening, before)
	}
	if err := t.save(ctx); err != nil {
		return nil, err
	}
	t.record(event, action, before)
	return action, nil
}

// tell logs a decision and hands it to who watches.
func (t *turn) tell(action enforce.Action) {
	now := t.agent.Host.Clock.Now()
	why := enforce.Because(t.policy, t.state, now)
	if !t.told { // once a turn: where the round stands
		t.log.say("%s", enforce.Explain(t.policy, t.state, now)[1])
	}
	t.told = true
	t.log.say("%s", why)
	if t.agent.Watch != nil {
		t.agent.Watch(Decision{At: now, Action: action, State: t.state, Why: why})
	}
}

// ended says whether the turn did what it was to do.
func (t *turn) ended(w enforce.Wait) error {
	trouble := []enforce.Why{
		enforce.WhyClock, enforce.WhyLookFailed, enforce.WhyUnseen, enforce.WhyInstallFailed, enforce.WhyRestartRefused,
	}
	if !slices.Contains(trouble, w.Why) {
		return nil
	}
	if problem := t.state.Problem; problem.Text != "" && w.Why != enforce.WhyClock {
		return fmt.Errorf("%w: %s", ErrTurn, problem.Text)
	}
	return fmt.Errorf("%w: %s", ErrTurn, enforce.Because(t.policy, t.state, t.agent.Host.Clock.Now()))
}
