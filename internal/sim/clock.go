package sim

import (
	"context"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Now implements macos.Clock: the Mac's clock, which people can set.
func (m *Mac) Now() time.Time { return m.now.Add(m.skew) }

// Sleep implements macos.Clock.
func (m *Mac) Sleep(ctx context.Context, d time.Duration) error {
	m.touch()
	if err := ctx.Err(); err != nil {
		return err
	}
	m.pass(d, limits{})
	return nil
}

// limits are what ends a passing of time early.
type limits struct {
	timeout time.Duration // awake time; 0 for none
	until   time.Time     // by the Mac's clock; zero for none
	gone    func() bool   // nil for none
}

func limitsOf(c macos.Command) limits { return limits{timeout: c.Timeout, until: c.Until} }

// pass lets awake time go by and whatever is planned happen. It tells whether a limit ended it before its time.
func (m *Mac) pass(d time.Duration, l limits) (cut bool) {
	for began := m.awake; d > 0; {
		step := d
		if len(m.plan) > 0 {
			step = min(step, max(0, m.plan[0].at.Sub(m.now)))
		}
		if l.timeout > 0 {
			left := l.timeout - (m.awake - began)
			if left <= 0 {
				return true
			}
			step = min(step, left)
		}
		if !l.until.IsZero() {
			left := l.until.Sub(m.Now())
			if left <= 0 {
				return true
			}
			step = min(step, left)
		}
		m.now, m.awake, d = m.now.Add(step), m.awake+step, d-step
		m.due()
		if l.gone != nil && l.gone() {
			return true
		}
	}
	return false
}

// due lets happen what is planned for now or before.
func (m *Mac) due() {
	for len(m.plan) > 0 && !m.plan[0].at.After(m.now) {
		next := m.plan[0]
		m.plan = m.plan[1:]
		next.do()
	}
}

// doze closes the lid for a while: time goes by, and the Mac does nothing.
func (m *Mac) doze(d time.Duration) {
	m.note(KindPerson, "closes the lid for "+d.String())
	m.now = m.now.Add(d)
	m.note(KindPerson, "opens the lid")
	m.due()
}

func (m *Mac) setClock(by time.Duration) {
	m.note(KindPerson, "sets the clock by "+by.String())
	m.skew += by
}

// touch counts what the daemon does to the host, and ends its process where a test wants that.
func (m *Mac) touch() {
	m.touches++
	for _, n := range m.CrashAt {
		if n == m.touches {
			m.note(KindSystem, "The daemon is killed.")
			panic(halt{"crash"})
		}
	}
}
