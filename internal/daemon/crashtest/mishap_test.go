//go:build linux

package crashtest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/daemon"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// mishap is what happens to the daemon, and where: at a point of a turn. Points are counted from 1: each step that changes
// the file tree is one, each tool is three (before it is started, before it has done its work, and before its answer is
// read), and so is each wait two. Turns are counted from 0.
type mishap struct {
	kind     kind
	scenario string
	turn     int
	point    int
}

type kind string

// The kinds of mishaps.
const (
	none  kind = "none"  // every turn is taken in a process, and nothing happens
	count kind = "count" // likewise, and only the one turn
	kill  kind = "kill"  // the daemon is killed

	// The power is lost. What was not synced by then is lost, or is there, or is there but for its content, or for half.
	powerLost  kind = "power-lost"
	powerWhole kind = "power-whole"
	powerEmpty kind = "power-empty"
	powerTorn  kind = "power-torn"

	full     kind = "full"      // the disk is full from there on, for some turns
	readOnly kind = "read-only" // it cannot be written to, likewise
	failing  kind = "failing"   // that step fails, once
	second   kind = "second"    // a second turn is started
)

// others are those that happen at steps that change a file.
func others() []kind {
	return []kind{powerLost, full, powerWhole, failing, powerEmpty, readOnly, powerTorn, second}
}

// counted is what a mishap is called where they are counted.
func (k kind) counted() string {
	switch k {
	case kill:
		return "kills of the daemon's process, at each tool and each step that changes a file"
	case powerLost, powerWhole, powerEmpty, powerTorn:
		return "crashes of the Mac, which loses its power while a file changes"
	case full, readOnly, failing:
		return "crashes into a disk that is full, cannot be written to or fails"
	case second:
		return "crashes of a second turn into one that is under way"
	case none, count:
	}
	return string(k)
}

// String is what INSTALL_OR_DEFER_MISHAP takes: "kill:stubborn/3.17".
func (m mishap) String() string {
	return fmt.Sprintf("%s:%s/%d.%d", m.kind, m.scenario, m.turn, m.point)
}

// parse reads what String writes.
func parse(text string) (m mishap, err error) {
	kindOf, rest, _ := strings.Cut(text, ":")
	scenario, at, _ := strings.Cut(rest, "/")
	m.kind, m.scenario = kind(kindOf), scenario
	if _, err := fmt.Sscanf(at, "%d.%d", &m.turn, &m.point); err != nil {
		return m, fmt.Errorf("%q is not kind:scenario/turn.point", text)
	}
	return m, nil
}

// lasting is how many turns after its own a mishap lasts.
func (m mishap) lasting() int {
	if m.kind == full || m.kind == readOnly {
		return 2
	}
	return 0
}

// power tells whether the power is lost, which restarts the Mac.
func (m mishap) power() bool { return strings.HasPrefix(string(m.kind), "power") }

// near tells whether the next turn of a play is taken in a process: that of the mishap, and those that follow until one
// comes to its end. The others are taken in memory: that both do the same is tested by itself.
func (m mishap) near(p *promisetest.Play) bool {
	turn := len(p.Turns) - 1
	switch {
	case m.kind == none || turn == m.turn:
		return true
	case m.kind == count || turn < m.turn:
		return false
	case turn <= m.turn+m.lasting():
		return true
	}
	return !slices.ContainsFunc(p.Turns[m.turn+1+m.lasting():turn], func(t promisetest.Turn) bool { return t.Whole })
}

// refusal is why a step is refused; zero where it is not. On a full disk there is room for names.
func (r *rig) refusal(s daemon.Step) syscall.Errno {
	switch {
	case !r.ill || r.mounted:
		return 0
	case r.mishap.kind == failing:
		r.ill = false
		return syscall.EIO
	case r.mishap.kind == readOnly && s.Do != daemon.StepSync && s.Do != daemon.StepSyncFolder:
		return syscall.EROFS
	case r.mishap.kind == full && (s.Do == daemon.StepWrite || s.Do == daemon.StepMkdir):
		return syscall.ENOSPC
	}
	return 0
}

// pass passes a point, and tells whether the turn ends there.
func (r *rig) pass(ctx context.Context, name string) (over bool) {
	r.Helper()
	r.passed = append(r.passed, name)
	if r.mishap.turn != len(r.play.Turns)-1 || r.mishap.point != len(r.passed) {
		return false
	}
	switch r.mishap.kind {
	case kill, powerLost, powerWhole, powerEmpty, powerTorn:
		r.await()
		r.end()
		r.forget()
		r.struck = true
		return true
	case full, readOnly, failing:
		r.ill = true
		r.check(r.spoil())
	case second:
		r.intrude(ctx)
	case none, count:
	}
	return false
}

// await waits for the window that the daemon has started a moment ago, so that it is known.
func (r *rig) await() {
	r.Helper()
	for r.tool != nil && r.tool.Keep != "" && r.keeping != ordered && !r.heard {
		e := r.next()
		if e.of(r.daemon) && e.peer.Tool != "" && !e.gone {
			r.heard, r.windows[e.peer.PID] = true, e.peer
		} else {
			r.gone(e)
		}
	}
}

// forget ends the windows that no file names. Killed in the very moment in which a window was started, nobody can know of
// it; it closes by itself, when its own time is up.
func (r *rig) forget() {
	r.Helper()
	named, _ := os.ReadFile(r.at(agent.SupportFolder + "/window.pid"))
	for pid, p := range r.windows {
		if strconv.Itoa(pid) != strings.TrimSpace(string(named)) {
			r.close(p)
		}
	}
}

// after is what comes after the end of a turn that was cut.
func (r *rig) after() error {
	r.Helper()
	if r.mishap.kind == kill {
		r.fetch(r.play.Mac)
		return promisetest.ErrKilled
	}
	r.wreck()
	r.fetch(r.play.Mac)
	r.play.LosePower()
	return nil
}
