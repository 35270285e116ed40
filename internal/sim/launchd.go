package sim

import (
	"context"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Turn is what launchd starts.
type Turn func(ctx context.Context, host macos.Host) error

// Play lets launchd start turns until the daemon has removed itself or the scenario's limit is reached.
func (m *Mac) Play(ctx context.Context, turn Turn) Tally {
	end := m.start.Add(m.scenario.Limit)
	for m.now.Before(end) && ctx.Err() == nil {
		if !m.loaded && !m.loadedLater() {
			break
		}
		halted := m.guard(func() {
			m.due()
			if _, ok := m.files[agent.BinaryPath]; !ok {
				m.note(KindSystem, "launchd cannot start a turn: the program is gone.")
				return
			}
			m.Tally.Turns++
			m.note(KindTurn, "launchd starts a turn")
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			m.terminate = cancel
			if err := turn(ctx, m.Host()); err != nil {
				m.note(KindSystem, "The turn ends: "+err.Error())
			}
		})
		m.locked = false
		atOnce := halted && m.justBooted() // RunAtLoad: after a restart the next turn starts at once
		if m.loaded && !atOnce {
			m.guard(func() { m.pass(agent.Interval, limits{gone: m.justBooted}) })
		}
	}
	m.Tally.Removed = !m.loaded && !m.forgotten
	m.Tally.Ended = m.Now()
	return m.Tally
}

// loadedLater restarts the Mac where the job is not loaded, and its file is there: launchd then begins with it.
func (m *Mac) loadedLater() bool {
	m.guard(func() {
		if m.hasJob() {
			m.pass(8*time.Hour, limits{})
			m.restart(false, "Somebody restarts the Mac.")
		}
	})
	return m.loaded
}

func (m *Mac) hasJob() bool {
	_, ok := m.files[agent.LaunchDaemonPath(agent.Identifier)]
	return ok
}

// justBooted tells that the Mac has started and no turn has been since.
func (m *Mac) justBooted() bool { return m.now.Sub(m.boot) < time.Second }

// guard runs what may be ended by a restart, a crash or launchd.
func (m *Mac) guard(do func()) (halted bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(halt); !ok {
				panic(r)
			}
			halted = true
		}
	}()
	do()
	return false
}

// LosePower ends everything at once. The Mac starts again. To be called from within a turn, which does not go on.
func (m *Mac) LosePower() { m.restart(false, "The Mac loses its power.") }

// restart restarts the Mac, or shuts it down and starts it again.
func (m *Mac) restart(forced bool, why string) {
	m.Tally.Restarts++
	if forced {
		m.Tally.Forced++
	}
	m.note(KindSystem, why)
	became := m.version
	for _, o := range m.offers {
		if o.waiting {
			o.waiting, o.installed = false, true
			if o.Becomes != "" {
				m.version = o.Becomes
			}
		}
	}
	m.now = m.now.Add(2 * time.Minute)
	m.boot = m.now
	m.loaded, m.forgotten = m.hasJob(), m.forgotten || m.loaded && !m.hasJob() // launchd begins with the files that are there
	m.unsaved = false
	m.console = console{setup: m.console.setup}
	if m.version != became {
		m.build += "1"
		m.writeVersion()
	}
	m.note(KindSystem, "The Mac has started, with macOS "+m.version+".")
	if !m.loggedIn {
		panic(halt{"restart"})
	}
	m.loggedIn = false
	m.at(m.now.Add(3*time.Minute), func() {
		m.loggedIn = true
		m.note(KindPerson, "logs in")
	})
	panic(halt{"restart"})
}
