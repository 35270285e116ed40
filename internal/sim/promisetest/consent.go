package promisetest

import (
	"fmt"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// consent is what people have said and seen so far. Each speaks and sees for themselves.
type consent struct {
	delay   time.Duration            // for which a warning has to stand
	hidden  bool                     // nothing may tell who is logged in
	agreed  map[person]time.Time     // when they agreed last, or were warned for long enough
	warning *moment                  // the warning of this turn
	there   map[person]time.Duration // since when people are there during the warning, in awake time
	unseen  int                      // warnings since one was last seen
}

func newConsent(delay time.Duration, hidden bool) *consent {
	return &consent{delay: delay, hidden: hidden, agreed: map[person]time.Time{}, there: map[person]time.Duration{}}
}

// see takes up what happens next, and tells what it lacks if it is an installation.
func (c *consent) see(m moment) (broken []string) {
	if m.agree {
		c.agreed[m.who] = m.real
	}
	if m.Kind == sim.KindWindow && IsFinal(m.Window) {
		c.unseen = 0
	}
	if _, ok := decided[enforce.Warn](m); ok {
		c.warning = &m
		clear(c.there)
		c.unseen++
	}
	if _, known := c.there[m.who]; c.warning != nil && !known {
		c.there[m.who] = m.awake
	}
	if install, ok := decided[enforce.Install](m); ok {
		broken = c.judge(m, install)
		c.warning = nil
	}
	if m.Kind == sim.KindTurn {
		c.warning = nil
	}
	return broken
}

// judge tells what an installation lacks.
func (c *consent) judge(m moment, install enforce.Install) (broken []string) {
	const pauses = 30 * time.Second // in which a closed warning comes back
	const most = 3
	if c.warning != nil {
		for who, since := range c.there {
			if m.awake-since >= c.delay-min(pauses, c.delay/2) {
				c.agreed[who] = m.real
			}
		}
	}
	unwarned := install.Reason() == enforce.WhyUnwarned && c.unseen >= most
	if unwarned {
		c.agreed[m.who] = m.real // and for one that goes on where this is interrupted
	}
	warned := c.warning != nil && c.unseen == 0 // before they went to the login window
	switch {
	case m.apart && len(c.agreed) == 0 && !warned:
		broken = append(broken, fmt.Sprintf("installed at %v upon people who were neither asked nor warned", m.real))
	case m.asked && !c.recent(m):
		broken = append(broken, fmt.Sprintf("installed at %v with a warning shorter than %v", m.real, c.delay))
	}
	return broken
}

// recent tells whether who is at the Mac has agreed, or was warned, not long ago. Where it may not be known who that is, it
// may have been anybody.
func (c *consent) recent(m moment) bool {
	for who, at := range c.agreed {
		if (who == m.who || c.hidden) && m.real.Sub(at) <= holds {
			return true
		}
	}
	return false
}
