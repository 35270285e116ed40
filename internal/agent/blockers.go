package agent

import (
	"context"
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// Blocker is something that keeps a Mac from being updated, and that somebody can do something about.
type Blocker string

// The blockers. Those of rights matter on Apple silicon alone, where a person or the management has to authorize a new
// macOS.
const (
	BlockerBattery    Blocker = "on battery"
	BlockerSpace      Blocker = "low space"
	BlockerEncrypting Blocker = "encrypting"
	BlockerOthers     Blocker = "others logged in" // and nobody at the console, who could be asked
	BlockerNobody     Blocker = "nobody logged in"
	BlockerSetup      Blocker = "Setup Assistant"
	BlockerClock      Blocker = "clock not set"
	BlockerLook       Blocker = "updates not listed"
	BlockerWindows    Blocker = "windows not shown"
	BlockerFailed     Blocker = "installation failed"
	BlockerPerson     Blocker = "person has not installed" // past the deadline, where only they can
	BlockerLater      Blocker = "not offered yet"
	BlockerLapsed     Blocker = "declaration lapsed"
	BlockerOwner      Blocker = "no volume owner"
	BlockerNotOwner   Blocker = "person is no volume owner"
	BlockerToken      Blocker = "no bootstrap token"
	BlockerSupervised Blocker = "not supervised"
)

// blockersOf names what stands in the way at a time, given how updates are installed and what is known of rights.
func blockersOf(s enforce.State, now time.Time, methods []enforce.Method, rights []Blocker) []Blocker {
	list := []Blocker{}
	add := func(is bool, b Blocker) {
		if is {
			list = append(list, b)
		}
	}
	overdue := s.Phase(now) == enforce.PhaseEnforcing
	add(s.Lack == enforce.LackPower, BlockerBattery)
	add(s.Lack == enforce.LackSpace, BlockerSpace)
	add(s.Decision == enforce.WhyConverting, BlockerEncrypting)
	add(s.Decision == enforce.WhyOthers, BlockerOthers)
	add(s.Decision == enforce.WhyNobody && overdue, BlockerNobody)
	add(s.Decision == enforce.WhySettingUp, BlockerSetup)
	add(s.Decision == enforce.WhyClock, BlockerClock)
	add(s.Look.Failures > 0, BlockerLook)
	add(s.Unseen > 0, BlockerWindows)
	add(s.Install.Failures > 0, BlockerFailed)
	held := len(enforce.Withheld(s, now))
	add(overdue && slices.Contains(methods, enforce.ByPerson) && held < len(s.Pending), BlockerPerson)
	add(held > 0, BlockerLater)
	add(s.Lapsed, BlockerLapsed)
	if len(s.Pending) > 0 {
		list = append(list, rights...)
	}
	return list
}

// noOwner tells whether the person at the Mac is known to be unable to authorize a new macOS.
func (t *turn) noOwner() bool {
	theirs := t.stored.RightsOf == t.person.UID
	return theirs && slices.Contains(t.stored.Rights, BlockerNotOwner) || slices.Contains(t.stored.Rights, BlockerOwner)
}

// rights looks, once a day and whenever another person is at the Mac, who could authorize a new macOS on a Mac with Apple
// silicon. Some of the tools are slow.
func (t *turn) rights(ctx context.Context, updates []enforce.Update) {
	const daily = 24 * time.Hour
	host := t.agent.Host
	now := host.Clock.Now()
	system := slices.ContainsFunc(updates, func(u enforce.Update) bool { return u.Action != enforce.Stay })
	same := t.stored.RightsOf == t.person.UID
	known := now.Sub(t.stored.RightsAt).Abs() < daily && same && !t.noOwner() // who had no rights may have got them
	if !t.silicon || !system || known {
		return
	}
	t.stored.Rights, t.stored.RightsAt, t.stored.RightsOf = nil, now, t.person.UID
	add := func(is bool, err error, b Blocker) {
		switch {
		case err != nil:
			t.log.say("%v; it is taken to be well", err)
		case is:
			t.stored.Rights = append(t.stored.Rights, b)
		}
	}
	owners, err := macos.Owners{Host: host}.List(ctx)
	add(owners.Told && len(owners.People) == 0, err, BlockerOwner)
	if owners.Told && len(owners.People) > 0 && !t.person.Nobody() {
		is, err := macos.Owners{Host: host}.Include(ctx, t.person)
		add(!is, err, BlockerNotOwner)
	}
	management := macos.Management{Host: host}
	token, err := management.BootstrapToken(ctx)
	add(!token.Escrowed, err, BlockerToken)
	if enforce.AtLeast(t.running, firstDeclared) {
		supervised, err := management.Supervised(ctx)
		add(!supervised, err, BlockerSupervised)
	}
}

// firstDeclared is the first macOS that takes declarations of updates.
const firstDeclared = 14
