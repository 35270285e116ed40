package preview

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// stage is a simulated Mac on which the real agent plays a desk, with somebody who writes down what is to be seen.
type stage struct {
	mac    *sim.Mac
	begins time.Time
	last   enforce.Action // that was decided

	windows   []Window
	decisions []decision
	asked     map[string]int // windows that could be clicked, by sort
	stop      context.CancelFunc
	enforcing int       // the turn that first came past the deadline; 0 for none yet
	overtime  time.Time // when the film ends though the daemon is still at work; zero for not yet

	until time.Time // where the film is cut, for [Why]; zero for nowhere
	cut   func()    // what happens there
}

// decision is one decision of the agent, with where the round stood.
type decision struct {
	agent.Decision
	entry int // how long the Mac's journal was
}

// overtime is for how many turns past the deadline a film goes on when the work is not done. A Mac that sleeps takes none.
const overtime = 12

// longestPlay is how long the making of a film may take. It is no part of what is shown: a film that takes so long is an error.
const longestPlay = 10 * time.Second

// newStage sets the stage.
func newStage(d Desk) (*stage, error) {
	begins, err := d.Mac.start()
	if err != nil {
		return nil, err
	}
	if !sim.Plays(d.Mac.MacOS) {
		return nil, fmt.Errorf("%w: macOS %.80q cannot be played", ErrDesk, d.Mac.MacOS)
	}
	if !playable(d.Person) {
		return nil, fmt.Errorf("%w: person %.80q is not known", ErrDesk, d.Person)
	}
	for _, c := range d.Clicks {
		if !c.valid() {
			return nil, fmt.Errorf("%w: click %+v", ErrDesk, c)
		}
	}
	return &stage{mac: sim.New(scenario(d, begins)), begins: begins, asked: map[string]int{}}, nil
}

// scenario is a desk in the simulator's terms.
func scenario(d Desk, begins time.Time) sim.Scenario {
	length := lengthOf(d.settings())
	h := habitsOf(d.Person, begins, length)
	s := sim.Scenario{
		MacOS: d.Mac.MacOS, Silicon: d.Mac.Silicon, SwiftDialog: d.Mac.SwiftDialog, Start: begins, Limit: length,
		Settings: d.Values, Offers: sim.SampleOffers(d.Mac.MacOS), Person: h.person, Plan: h.plan,
	}
	s.Person.Name = "alex"
	s.Person.Answers = acts(OnPrompt, d.Clicks, h.answer)
	s.Person.Final = acts(OnNotice, d.Clicks, h.final)
	if d.Mac.Language != "" {
		s.Person.Languages = []string{d.Mac.Language}
	}
	if !d.Mac.JamfHelper {
		s.Faults = append(s.Faults, sim.Fault{Tool: "jamfHelper", Kind: sim.Missing})
	}
	pane(&s, d.Clicks)
	return s
}

// agent is the real one, on the stage.
func (s *stage) agent(host macos.Host) *agent.Agent {
	return &agent.Agent{
		Host: host, Root: true, Built: s.begins.AddDate(0, -1, 0), Zone: s.mac.Zone(), Watch: s.watch,
	}
}

// play plays it out.
func (s *stage) play(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longestPlay)
	defer cancel()
	inner, stop := context.WithCancel(ctx)
	defer stop()
	s.stop = stop
	host := s.mac.Host()
	host.Runner = &watchedRunner{Runner: host.Runner, stage: s}
	host.Clock = &watchedClock{Clock: host.Clock, stage: s}
	s.mac.Play(inner, func(ctx context.Context, _ macos.Host) error {
		err := s.agent(host).Turn(ctx)
		if inner.Err() != nil { // the film ends, and nothing has happened on the Mac
			return nil //nolint:nilerr // the context's own error is returned below
		}
		return err
	})
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("play film: %w", err)
	}
	return nil
}

// watch is told every decision.
func (s *stage) watch(d agent.Decision) {
	s.last = d.Action
	s.decisions = append(s.decisions, decision{d, len(s.mac.Journal)})
	now, deadline := s.mac.True(), d.State.Deadline
	if deadline.IsZero() || now.Before(deadline) {
		s.enforcing = 0
		return
	}
	if s.enforcing == 0 {
		s.enforcing = s.mac.Tally.Turns
	}
	if s.mac.Tally.Turns >= s.enforcing+overtime && s.overtime.IsZero() {
		s.overtime = now
		s.stop()
	}
}

// sort says what a window is about: what was decided before it appeared.
func (s *stage) sort() string {
	switch s.last.(type) {
	case enforce.Prompt:
		return "prompt"
	case enforce.Warn:
		return "warning"
	case enforce.Install:
		return "updating"
	case enforce.AskRestart:
		return "restart"
	case enforce.Remind:
		return "reminder"
	case enforce.Hold:
		return "hold"
	case enforce.Look, enforce.Download, enforce.ForceRestart, enforce.Wait, enforce.Finish:
	}
	return "other"
}

// appeared notes the windows that the journal has got since, and returns where those of them begin.
func (s *stage) appeared(since int) (first int) {
	first = len(s.windows)
	for _, e := range s.mac.Journal[since:] {
		if e.Kind == sim.KindPerson && len(s.windows) > first && !isSleep(e) {
			s.windows[len(s.windows)-1].Ended = e.Text
		}
		if e.Kind != sim.KindWindow || e.Window == nil {
			continue
		}
		w := newWindow(*e.Window, e.At.Sub(s.begins), s.sort())
		if !e.Window.Standing {
			w.On = OnNotice
			if len(w.Buttons) > 1 {
				w.On = OnPrompt
			}
			s.asked[w.On]++
			w.Number = s.asked[w.On]
		}
		s.windows = append(s.windows, w)
	}
	return first
}

// gone notes that windows are gone.
func (s *stage) gone(from, to int) {
	for i := from; i < to; i++ {
		s.windows[i].To = milliseconds(s.mac.Now().Sub(s.begins))
	}
}

// opened notes that Software Update is opened: it stays open until the Mac restarts, or the film ends.
func (s *stage) opened() {
	s.asked[OnPane]++
	s.windows = append(s.windows, Window{
		From: milliseconds(s.mac.Now().Sub(s.begins)), To: openEnd, Sort: OnPane, On: OnPane, Number: s.asked[OnPane], Style: OnPane,
		Title: macos.Mechanism(s.mac.Scenario().MacOS), Buttons: []string{}, Overflow: Overflow{Labels: []string{}},
	})
}

// openEnd marks a window that is there until something else takes it away.
const openEnd = -1

// watchedRunner is the Mac's runner, with somebody who writes down which windows appear and how long they stand.
type watchedRunner struct {
	macos.Runner
	stage *stage
}

// Run implements macos.Runner.
func (r *watchedRunner) Run(ctx context.Context, c macos.Command) (macos.Output, error) {
	s := r.stage
	if !s.until.IsZero() {
		s.cutAt(s.mac.Now())
		if c.Until.IsZero() || c.Until.After(s.until) {
			c.Until = s.until.Add(1)
		}
	}
	since, first := len(s.mac.Journal), len(s.windows)
	defer func() { // also when the Mac restarts meanwhile, which ends the turn
		first = s.appeared(since)
		s.gone(first, len(s.windows))
		for i := range s.windows[first:] {
			s.windows[first+i].Default = defaultOf(c, len(s.windows[first+i].Buttons))
		}
	}()
	if path.Base(c.Path) == "open" || slices.ContainsFunc(c.Args, func(arg string) bool { return path.Base(arg) == "open" && path.IsAbs(arg) }) {
		s.opened()
	}
	out, err := r.Runner.Run(ctx, c)
	s.cutAt(s.mac.Now())
	return out, err
}

// defaultOf reads which button Return presses from how a window is shown; 0 is none, or one that is not told there.
func defaultOf(c macos.Command, buttons int) int {
	for i, arg := range c.Args {
		if arg == "-defaultButton" && i+1 < len(c.Args) {
			n, _ := strconv.Atoi(c.Args[i+1])
			return n
		}
		if _, rest, found := strings.Cut(arg, "default button "); found { // of AppleScript, which counts from the left
			n, _ := strconv.Atoi(rest[:max(0, strings.IndexByte(rest+" ", ' '))])
			return max(0, buttons+1-n)
		}
	}
	return 0
}

// Start implements macos.Runner.
func (r *watchedRunner) Start(ctx context.Context, c macos.Command) (macos.Standing, error) {
	s := r.stage
	s.cutAt(s.mac.Now())
	since := len(s.mac.Journal)
	standing, err := r.Runner.Start(ctx, c)
	first := s.appeared(since)
	last := len(s.windows)
	for i := first; i < last; i++ {
		s.windows[i].To = openEnd
	}
	if err != nil {
		return nil, err
	}
	return &watchedStanding{standing, func() { s.gone(first, last) }}, nil
}

type watchedStanding struct {
	macos.Standing
	gone func()
}

// Stop implements macos.Standing.
func (w *watchedStanding) Stop() {
	w.gone()
	w.Standing.Stop()
}

// watchedClock is the Mac's clock, which stops where the film is cut.
type watchedClock struct {
	macos.Clock
	stage *stage
}

// Sleep implements macos.Clock.
func (c *watchedClock) Sleep(ctx context.Context, d time.Duration) error {
	s := c.stage
	s.cutAt(s.mac.Now())
	if left := s.until.Sub(s.mac.Now()); !s.until.IsZero() && left < d {
		d = left + 1
	}
	err := c.Clock.Sleep(ctx, d)
	s.cutAt(s.mac.Now())
	return err
}

// cutAt cuts the film once it has come past the place where that is wanted.
func (s *stage) cutAt(now time.Time) {
	if s.cut == nil || s.until.IsZero() || !now.After(s.until) {
		return
	}
	cut := s.cut
	s.cut = nil
	cut()
	s.stop()
}

func milliseconds(d time.Duration) int64 { return d.Milliseconds() }

func duration(milliseconds int64) time.Duration {
	return time.Duration(milliseconds) * time.Millisecond
}
