package enforce_test

import (
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// mac plays a history. It drives Step as the agent does: what Step returns is saved before its action is carried out,
// and a killed turn leaves what was saved.
type mac struct {
	history
	policy enforce.Policy
	saved  enforce.State
	prefs  enforce.Wish
	now    time.Time     // true time
	off    time.Duration // what the wall clock shows is this much later
	boot   time.Time     // in true time
	turn   int
	made   int // updates ever offered

	unsure    bool // the clock went back since the last turn that knew when the Mac started
	rebooted  bool // the Mac was started since then
	record    enforce.Declaration
	late      bool          // it went back within a turn
	wiped     bool          // the state was lost since then
	memory    enforce.Wish  // what a record of our own says of it
	back      time.Duration // by how much the clock went back since then
	lastKnown time.Time     // that turn, in true time
	counted   time.Time     // up to here slack was counted
	up        bool
}

func newMac(p enforce.Policy) *mac {
	m := &mac{policy: p, now: start, boot: start.Add(-3 * time.Hour), lastKnown: start}
	m.appear(7)
	return m
}

func (m *mac) wall() time.Time { return m.now.Add(m.off) }

func (m *mac) appear(n int) {
	for range n {
		m.offered = append(slices.Clone(m.offered), offer(m.made))
		m.made++
	}
}

// setClock puts the wall clock forward or back.
func (m *mac) setClock(by time.Duration) {
	m.off += by
	if by < 0 {
		m.unsure = true
		m.back -= by
	} else {
		m.forward += by
	}
}

// account counts the time that nobody can give account of: where the Mac was started, or all memory of it is gone, a
// clock that went back cannot be told from one that stood. Noticed late, it also moves what was set after it.
func (m *mac) account(c *chapter) {
	if m.unsure && m.late {
		m.hasty += m.now.Sub(m.lastKnown)
	}
	m.late = c.bootUnknown
	switch {
	case m.wiped:
		m.slack += m.back + 5*time.Second
		m.back = 0
	case m.unsure && (m.rebooted || c.bootUnknown):
		if m.counted.Before(m.lastKnown) {
			m.counted = m.lastKnown
		}
		m.slack += m.now.Sub(m.counted)
		m.counted = m.now
	}
	m.slack = min(m.slack, 1<<62) // a century is enough
}

func (m *mac) reboot() {
	m.slack += 5 * time.Second
	m.now = m.now.Add(30 * time.Second)
	m.boot, m.up, m.rebooted = m.now, false, true
	m.staged = enforce.Stay
}

// play plays one chapter.
func (m *mac) play(c *chapter) {
	m.now = m.now.Add(c.pause)
	m.setClock(c.clock)
	if c.clockRight {
		m.setClock(-m.off)
	}
	if c.restart {
		m.reboot()
		m.now = m.now.Add(time.Minute)
	}
	m.appear(c.appears)
	m.declare(c)
	if c.reinstall && m.prefs == m.shown() { // two losses at once are one too many
		if m.memory = (enforce.Wish{}); c.remembers {
			m.memory = m.shown()
		}
		m.saved, m.wiped = enforce.State{}, true
		m.excused++
	}
	m.administrate(c)
	m.turn++
	m.up, m.asked = true, time.Time{}
	m.take(c)
}

// declare lets the management declare an update, and macOS carry it out when it is due.
func (m *mac) declare(c *chapter) {
	if c.declared != 0 && m.record.None() {
		m.record = enforce.Declaration{Version: "13.6.1", At: m.wall().Add(time.Duration(c.declared) * time.Minute)}
		m.excused++ // the deadline may come nearer
	}
	if !c.heeds || m.record.None() || m.wall().Before(m.record.At) {
		return
	}
	for _, u := range m.offered {
		if u.Version == m.record.Version {
			m.put([]enforce.Update{u})
			m.reboot()
		}
	}
}

// administrate carries out what an administrator does to the preference values and to the policy.
func (m *mac) administrate(c *chapter) {
	if c.wish != wishNothing || c.edit != editNothing {
		m.excused++
	}
	if m.wiped {
		return // the preference values are all that is left
	}
	switch c.wish {
	case wishEarlierDeadline:
		m.prefs.ForcedAfter = m.wall()
	case wishLaterDeadline:
		m.prefs.ForcedAfter = m.wall().Add(1000 * time.Hour)
	case wishEarlierPrompt:
		m.prefs.DeferredUntil = m.wall()
	case wishLaterPrompt:
		m.prefs.DeferredUntil = m.wall().Add(1000 * time.Hour)
	}
	switch c.edit {
	case editShorter:
		m.policy.MaxDeferral = max(m.policy.MaxDeferral/2, 31*time.Minute)
	case editLonger:
		m.policy.MaxDeferral *= 2
	case editSkip:
		m.policy.SkipDeferral = true
	case editPeriod:
		m.policy.DeferralPeriod = max(m.policy.DeferralPeriod/2, 30*time.Minute)
	}
}

// take takes a turn.
func (m *mac) take(c *chapter) {
	e := enforce.TurnStarted{Boot: m.boot.Add(m.off), Wish: m.prefs, Declaration: m.record}
	if m.saved.Deadline.IsZero() && m.wiped {
		e.Memory = m.memory
	}
	if c.bootUnknown {
		e.Boot = time.Time{}
	}
	m.account(c)
	var event enforce.Event = e
	for n := 1; m.up; n++ {
		if n > 60 {
			panic("the turn does not end\n" + m.String())
		}
		action := m.step(c, event)
		if _, ok := event.(enforce.TurnStarted); ok && !c.bootUnknown && action.Reason() != enforce.WhyClock {
			m.unsure, m.rebooted, m.wiped, m.back, m.lastKnown = false, false, false, 0, m.now
		}
		if _, ok := action.(enforce.Wait); ok {
			return
		}
		if _, ok := action.(enforce.Finish); ok {
			m.finished = true
			return
		}
		if n == c.kill && !c.killLate {
			return
		}
		if n == 1 {
			m.setClock(c.step)
			m.late = m.late || c.step < 0
		}
		event = m.perform(c, action)
		if n == c.kill {
			return
		}
		m.told(event)
	}
}

// shown is the state as the preference values show it.
func (m *mac) shown() enforce.Wish {
	return enforce.Wish{
		ForcedAfter: m.saved.Deadline.Truncate(time.Second), DeferredUntil: m.saved.DeferredUntil.Truncate(time.Second),
	}
}

func (m *mac) step(c *chapter, event enforce.Event) enforce.Action {
	moment := moment{
		turn: m.turn, true: m.now, wall: m.wall(), policy: m.policy, before: m.saved, event: event, chapter: c,
	}
	moment.macState = m.macState
	moment.after, moment.action = enforce.Step(m.policy, m.saved, m.wall(), event)
	m.saved = moment.after
	if shown := m.shown(); !m.saved.Deadline.IsZero() && shown != m.prefs {
		m.saved.Mirror.Written = shown
		if !c.unmirrored {
			m.prefs = shown
		}
	}
	m.moments = append(m.moments, moment)
	if install, ok := moment.action.(enforce.Install); ok && install.Why == enforce.WhyUnwarned {
		m.warned, m.seer = m.now, m.uid // as far as it could be: an installation that is interrupted goes on without another three turns
	}
	return moment.action
}

// told notes what an event tells that promises speak of.
func (m *mac) told(event enforce.Event) {
	if e, ok := event.(enforce.Answered); ok && e.Answer == enforce.AnswerInstall {
		m.clicked, m.clicker = m.now, e.By
	}
	if e, ok := event.(enforce.Warned); ok && !e.Unseen {
		m.warned, m.seer = m.now, e.By
	}
}

func (m *mac) scene(c *chapter) enforce.Scene {
	m.alone, m.uid = c.nobody, c.uid()
	return enforce.Scene{
		Somebody: !c.nobody, UID: m.uid, Converting: c.converting, Busy: c.busy, Locked: c.locked, Others: c.others, SettingUp: c.settingUp,
		OnBattery: c.battery > 0, Charge: c.battery, Free: c.free, NoOwner: c.noOwner,
	}
}

// perform carries an action out.
func (m *mac) perform(c *chapter, action enforce.Action) enforce.Event {
	switch a := action.(type) {
	case enforce.Look:
		return m.look(c)
	case enforce.Download:
		m.now = m.now.Add(c.takes)
		e := enforce.Downloaded{Scene: m.scene(c)}
		if c.noDownload {
			e.Cause = "no space left"
		}
		if held := c.heldBack(a.Updates); len(held) > 0 {
			e.Cause, e.Later = "ramped", labels(held)
		}
		return e
	case enforce.Prompt:
		return m.prompt(c, a)
	case enforce.Warn:
		return m.warn(c)
	case enforce.Install:
		return m.install(c, a)
	case enforce.AskRestart:
		return m.askRestart(c)
	case enforce.ForceRestart:
		if c.refused {
			return enforce.RestartForced{Cause: "not now"}
		}
		m.reboot()
	case enforce.Remind:
		m.now = m.now.Add(4 * time.Minute)
		if !c.unseen && c.early && !c.ramped { // the person installs by hand, which restarts the Mac where that is needed
			m.put(m.policy.Scope.Required(m.offered))
			m.staged = enforce.Stay
		}
		return enforce.Reminded{Unseen: c.unseen, Later: labels(c.heldBack(a.Updates))}
	case enforce.Hold:
		m.now = m.now.Add(5 * time.Minute)
		if c.plugs {
			c.battery, c.free = 0, 0
		}
		c.handOver()
		return enforce.Held{Scene: m.scene(c)}
	case enforce.Wait, enforce.Finish:
	}
	return enforce.RestartForced{}
}

func (m *mac) look(c *chapter) enforce.Event {
	m.now = m.now.Add(30 * time.Second)
	switch c.look {
	case 1:
		return enforce.LookFailed{Cause: "timed out"}
	case 2:
		return enforce.Looked{Updates: m.offered[:len(m.offered)/2], Partial: true, Scene: m.scene(c), Declaration: m.record}
	default:
		return enforce.Looked{Updates: shuffled(m.offered, m.turn), Scene: m.scene(c), Declaration: m.record}
	}
}

func (m *mac) prompt(c *chapter, a enforce.Prompt) enforce.Event {
	e := enforce.Answered{Answer: c.answer, By: c.uid()}
	rest := a.Until.Sub(m.wall())
	switch {
	case e.Answer == enforce.AnswerUnseen:
	case e.Answer == enforce.AnswerIgnored || c.takes >= rest:
		m.now = m.now.Add(max(rest, time.Second))
		e.Answer = enforce.AnswerIgnored
	default:
		m.now = m.now.Add(c.takes)
	}
	c.handOver()
	e.Scene = m.scene(c)
	return e
}

func (m *mac) warn(c *chapter) enforce.Event {
	switch {
	case c.unseen:
		return enforce.Warned{Unseen: true}
	case c.early:
		m.now = m.now.Add(time.Second)
		m.clicked, m.clicker = m.now, c.uid()
		return enforce.Warned{Clicked: true, By: c.uid(), Scene: m.scene(c)}
	case c.leaves:
		m.now = m.now.Add(m.policy.UpdateDelay / 2)
		m.alone, c.nobody = true, true
	default:
		m.now = m.now.Add(m.policy.UpdateDelay)
	}
	by := c.uid()
	c.handOver()
	return enforce.Warned{By: by, Scene: m.scene(c)}
}

// put installs updates.
func (m *mac) put(updates []enforce.Update) {
	for _, u := range updates {
		if u.Action != enforce.Stay && m.staged != enforce.ShutDown {
			m.staged = u.Action
		}
		m.offered = slices.DeleteFunc(slices.Clone(m.offered), func(o enforce.Update) bool { return o.Label == u.Label })
	}
}

func (m *mac) install(c *chapter, a enforce.Install) enforce.Event {
	m.now = m.now.Add(c.takes)
	e := enforce.Installed{Outcome: c.outcome, Owner: c.owner, Scene: m.scene(c)}
	switch {
	case c.ramped:
		held := c.heldBack(a.Updates)
		e.Outcome, e.Cause, e.Later = enforce.OutcomeLater, "ramped", labels(held)
		if c.early { // the others all the same
			m.put(slices.DeleteFunc(slices.Clone(a.Updates), func(u enforce.Update) bool { return slices.Contains(held, u) }))
		}
		return e
	case c.outcome == enforce.OutcomeFailed:
		e.Cause = "failed to authenticate"
		return e
	case c.outcome == enforce.OutcomeUnproven && c.some:
		m.put(a.Updates[:len(a.Updates)/2])
		return e
	}
	m.put(a.Updates)
	if c.says != enforce.Stay && m.staged != enforce.ShutDown {
		m.staged, e.Power = c.says, c.says
	}
	if c.self && m.staged != enforce.Stay {
		m.reboot()
	}
	return e
}

func (m *mac) askRestart(c *chapter) enforce.Event {
	m.asked = m.now
	if c.nobody {
		return enforce.StillUp{}
	}
	if c.polite {
		m.now = m.now.Add(m.policy.HardRestartDelay / 2)
		m.reboot()
		return enforce.StillUp{}
	}
	m.now = m.now.Add(m.policy.HardRestartDelay)
	return enforce.StillUp{}
}
