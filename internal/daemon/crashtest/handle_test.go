//go:build linux

package crashtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/daemon"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// handle deals with an event, and tells whether the turn is over.
func (r *rig) handle(ctx context.Context, e event) (over bool) {
	r.Helper()
	switch {
	case e.exited != nil:
		if e.exited != r.daemon {
			return false
		}
		if r.daemon = nil; r.ended == nil {
			r.Errorf("%s: the daemon dies by itself:\n%s", r.mishap, e.exited.text.String())
			r.ended = &end{Error: "died"}
		}
		return true
	case e.gone:
		r.gone(e)
		return false
	case !e.of(r.daemon): // of a turn that was killed
		if e.peer.Tool != "" {
			r.close(e.peer)
		}
		return false
	case e.ask != nil:
		return r.asked(ctx, e.peer, *e.ask)
	case e.peer.Tool != "":
		return r.called(ctx, e.peer)
	default:
		e.peer.answer(reply{Now: r.play.Now(), Built: promisetest.Built()})
		return false
	}
}

// asked answers the daemon.
func (r *rig) asked(ctx context.Context, p *peer, a request) (over bool) {
	r.Helper()
	r.play.Log.WriteString(a.Lines)
	answer := reply{}
	if r.taken != nil {
		r.step(*r.taken)
		r.taken = nil
	}
	switch {
	case a.Step != nil:
		r.keeping = r.keeping.after(*a.Step, r.tool)
		over = r.pass(ctx, nameOf(*a.Step))
		if answer.Errno = int(r.refusal(*a.Step)); answer.Errno == 0 {
			r.taken = a.Step
		}
	case a.Sleep != 0:
		if over = r.pass(ctx, "before a wait of "+a.Sleep.String()); !over {
			r.through(func() { _ = r.play.Sleep(ctx, a.Sleep) })
			over = r.pass(ctx, "after a wait of "+a.Sleep.String())
		}
	case a.Run != nil, a.Start != nil:
		over = r.order(ctx, a)
	case a.Started, a.Failed:
		r.unhide()
		if a.Started && r.output == nil { // it has yet to say hello
			r.started = p
			return false
		}
		over = r.pass(ctx, "after the start of "+filepath.Base(r.tool.Path))
	case a.Ran:
		r.unhide()
		if over = r.pass(ctx, "after "+filepath.Base(r.tool.Path)); r.output != nil {
			answer.Output = *r.output
		}
	case a.Decision != nil:
		d, err := a.Decision.unpack()
		r.check(err)
		r.play.Decided(d)
	case a.End != nil:
		r.ended = a.End
	}
	if !over {
		answer.Now = r.play.Now()
		p.answer(answer)
	}
	if early := r.early; !over && early != nil && r.keeping == kept {
		r.early = nil
		return r.called(ctx, early)
	}
	return over
}

// keeping tells how far the daemon is with the file that names the process of a tool. It is written while the tool says
// hello; to have points in the same order each time, the tool is heard afterwards.
type keeping int

const (
	kept    keeping = iota // it is written, or there is none
	ordered                // the tool is about to be started
	begun                  // it is started, and the file is being written
)

func (k keeping) after(s daemon.Step, tool *macos.Command) keeping {
	switch {
	case tool == nil || tool.Keep == "" || k == kept:
		return kept
	case k == ordered && s.Do == daemon.StepCreate:
		return begun
	case k == begun && (s.Do == daemon.StepRemove || s.Do == daemon.StepSyncFolder): // it has failed, or not
		return kept
	}
	return k
}

// nameOf says what a step does, in words that are the same each time.
func nameOf(s daemon.Step) string {
	folder, file := filepath.Split(s.Path)
	if strings.HasSuffix(file, ".tmp") {
		file = file[:strings.LastIndexByte(strings.TrimSuffix(file, ".tmp"), '.')] + ".tmp"
	}
	return string(s.Do) + " " + folder + file
}

// order takes the order for a tool.
func (r *rig) order(ctx context.Context, a request) (over bool) {
	c := a.Run
	if r.starts = a.Start != nil; r.starts {
		c = a.Start
	}
	r.tool, r.output, r.keeping, r.heard = c, nil, kept, false
	if c.Keep != "" {
		r.keeping = ordered
	}
	if over = r.pass(ctx, "before "+filepath.Base(c.Path)); over {
		return true
	}
	mayMiss := slices.ContainsFunc(r.play.Scenario().Faults, func(f sim.Fault) bool { return f.Kind == sim.Missing && f.Tool == filepath.Base(c.Path) })
	if mayMiss {
		r.work(ctx)
	}
	return false
}

// work lets a tool do its work, in memory.
func (r *rig) work(ctx context.Context) {
	r.Helper()
	if r.output != nil {
		return
	}
	var out macos.Output
	var err error
	r.through(func() {
		if r.starts {
			_, err = r.play.Start(ctx, *r.tool)
		} else {
			out, err = r.play.Run(ctx, *r.tool)
		}
	})
	var missing *macos.MissingError
	switch {
	case errors.As(err, &missing):
		r.hidden, r.keeping, r.heard = r.tool.Path, kept, true
		r.check(syscall.Unlink(r.at(r.hidden)))
		return
	case err != nil && ctx.Err() == nil:
		r.Fatalf("%s: %v", r.mishap, err)
	}
	if filepath.Base(r.tool.Path) == "ps" {
		pid, _ := strconv.Atoi(r.tool.Args[len(r.tool.Args)-1])
		if w := r.windows[pid]; w != nil {
			out.Stdout = w.Tool + " " + strings.Join(w.Args, " ") + "\n"
		}
	}
	r.output = &out
}

// unhide brings back a tool that was not there for a moment.
func (r *rig) unhide() {
	if r.hidden != "" {
		r.check(syscall.Link(r.program, r.at(r.hidden)))
		r.hidden = ""
	}
}

// through lets time pass, with what is on disk known in memory and the other way round.
func (r *rig) through(do func()) {
	r.Helper()
	r.fetch(r.play.Mac)
	do()
	r.lay(r.play.Mac)
}

// called answers a tool that was started.
func (r *rig) called(ctx context.Context, p *peer) (over bool) {
	r.Helper()
	if r.tool == nil || p.Tool != r.tool.Path || !slices.Equal(p.Args, r.tool.Args) || p.Stdin != r.tool.Stdin {
		r.Errorf("%s: ordered is %+v, and started %+v", r.mishap, r.tool, p.hello)
		return false
	}
	r.heard = true
	if stands(p.hello) {
		r.windows[p.PID] = p
	}
	if r.keeping != kept {
		r.early = p
		return false
	}
	if r.pass(ctx, "during "+filepath.Base(p.Tool)) {
		if !stands(p.hello) {
			_ = syscall.Kill(p.PID, syscall.SIGKILL)
		}
		return true
	}
	r.work(ctx)
	if r.starts {
		p.answer(reply{Stand: true})
		if waiting := r.started; waiting != nil {
			r.started = nil
			return r.asked(ctx, waiting, request{Started: true})
		}
		return false
	}
	if n := len(r.play.Journal); p.Tool == "/bin/launchctl" && p.Args[0] == "bootout" && r.play.Journal[n-1].Kind == sim.KindSystem {
		r.check(r.daemon.Process.Signal(syscall.SIGTERM)) // which ends launchctl as well
		return false
	}
	p.answer(reply{Output: *r.output, Hang: r.output.TimedOut})
	return false
}

// stands tells whether a tool shows a window, which outlives who has ordered it.
func stands(h hello) bool {
	return slices.Contains(h.Args, "-windowType") || slices.Contains(h.Args, "--jsonfile") ||
		slices.ContainsFunc(h.Args, func(arg string) bool { return strings.Contains(arg, "display dialog") })
}

// unpack is what pack has packed.
func (d decision) unpack() (agent.Decision, error) {
	for _, action := range []enforce.Action{
		&enforce.Look{}, &enforce.Download{}, &enforce.Prompt{}, &enforce.Warn{}, &enforce.Install{}, &enforce.AskRestart{},
		&enforce.ForceRestart{}, &enforce.Remind{}, &enforce.Hold{}, &enforce.Finish{}, &enforce.Wait{},
	} {
		value := reflect.ValueOf(action)
		if strings.HasSuffix(value.Type().String(), "."+d.Type) {
			err := json.Unmarshal(d.Detail, action)
			d.Action, _ = value.Elem().Interface().(enforce.Action)
			return d.Decision, err
		}
	}
	return d.Decision, fmt.Errorf("unknown action %s", d.Type)
}
