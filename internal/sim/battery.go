package sim

import (
	"fmt"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Battery is the battery of a portable. The zero Battery is a Mac that has none.
type Battery struct {
	Percent   int  // that it holds at the start
	Unplugged bool // it is what the Mac runs on
}

// How fast a battery changes, in percent an hour. A Mac that sleeps draws nothing, as far as it matters here.
const (
	drains  = 10
	charges = 40
)

// supply is a battery under way: what it held when it was plugged in or pulled out last, and when that was.
type supply struct {
	there, plugged bool
	held           float64
	at             time.Time     // true time
	awake          time.Duration // awake time
}

// percent is what the battery holds now. It never runs dry: the person sees to it.
func (m *Mac) percent() int {
	level := m.supply.held - drains*(m.awake-m.supply.awake).Hours()
	if m.supply.plugged {
		level = m.supply.held + charges*m.now.Sub(m.supply.at).Hours()
	}
	return int(min(max(level, 1), 100))
}

// plug plugs the power supply in, or pulls it out.
func (m *Mac) plug(in bool) {
	m.supply = supply{there: m.supply.there, plugged: in, held: float64(m.percent()), at: m.now, awake: m.awake}
	if in {
		m.note(KindPerson, "plugs the power supply in")
	} else {
		m.note(KindPerson, "pulls the power supply out")
	}
}

// drawing tells whether the Mac runs on its battery.
func (m *Mac) drawing() bool { return m.supply.there && !m.supply.plugged }

// batteryStatus is what `pmset -g batt` prints.
func (m *Mac) batteryStatus() macos.Output {
	source, state := "AC Power", "charging; (no estimate)"
	switch {
	case m.drawing():
		source, state = "Battery Power", "discharging; (no estimate)"
	case m.percent() == 100:
		state = "charged; 0:00 remaining"
	}
	text := "Now drawing from '" + source + "'\n"
	if m.supply.there {
		text += fmt.Sprintf(" -InternalBattery-0 (id=3997795)\t%d%%; %s present: true\n", m.percent(), state)
	}
	return macos.Output{Stdout: text}
}
