package enforce_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
)

// A history is what happened to one Mac, played with a person, tools and a clock that are drawn at random. Everything
// in it is kept in true time; the Mac itself sees only its wall clock, which may be wrong.
type history struct {
	moments  []moment
	finished bool
	macState // as it was at the end
}

// moment is one call of Step, with what a bystander knows of it.
type moment struct {
	turn          int
	true, wall    time.Time
	policy        enforce.Policy
	before, after enforce.State
	event         enforce.Event
	action        enforce.Action
	chapter       *chapter
	macState      // before the action
}

// macState is what a bystander knows of the Mac.
type macState struct {
	offered []enforce.Update
	staged  enforce.Power // what installed updates wait for
	uid     int           // who was at the Mac when it was looked last; 0 for nobody
	clicked time.Time     // the last click on an install button that was reported
	clicker int           // and whose it was
	warned  time.Time     // the last final warning that was seen to its end and reported
	seer    int           // and by whom; 0 for nobody
	asked   time.Time     // the last polite restart of this turn
	alone   bool          // nobody was logged in when last looked

	excused int           // how often an administrator or a reinstall has changed the round
	slack   time.Duration // time that the clock gained where no program could have noticed
	hasty   time.Duration // by how much a step back that was noticed late may have cut a deferral that was granted after it
	forward time.Duration // by how much the clock was put forward, in all
}

// chapter is what happens between one turn and the next, and in that turn. Its zero value is an ordinary turn at which
// all works, with a person who clicks the install button at once.
type chapter struct {
	pause       time.Duration // to the turn, awake or asleep
	clock       time.Duration // the wall clock is put forward, or back
	clockRight  bool          // the wall clock is put right
	restart     bool          // the Mac is restarted for another reason
	bootUnknown bool          // nobody can tell when the Mac started
	reinstall   bool          // the state is lost, the preference values are not
	remembers   bool          // and neither is what a record of our own says
	unmirrored  bool          // the preference values are not written in this turn
	wish        int           // one of the wishes
	edit        int           // one of the edits of the policy
	appears     int           // how many more updates are offered

	nobody, converting    bool
	other                 bool // another person than usual is at the Mac
	handsOver             bool // who has answered or was asked for power leaves the Mac to the other one
	busy, locked          bool
	settingUp             bool
	others                int
	battery               int   // the charge, on battery; 0 for on power
	free                  int64 // free space; 0 for enough
	plugs                 bool  // the person does what a hold asks for
	declared              int   // a declaration appears that is due in so many minutes
	heeds                 bool  // macOS carries its declaration out
	ramped                bool  // Apple does not let this Mac have the updates yet
	noOwner               bool  // the person cannot authorize a new macOS
	owner                 bool  // the installation fails for want of an owner's password
	look                  int   // 0 works, 1 fails, 2 is cut
	noDownload            bool
	answer                enforce.Answer
	takes                 time.Duration // to answer, to download, to install
	step                  time.Duration // the wall clock is put so during the turn's first action
	unseen, early, leaves bool          // the warning: not shown, clicked, logged out of
	outcome               enforce.Outcome
	some                  bool // an unproven installation installed only some
	says                  enforce.Power
	self                  bool // the tool restarts the Mac by itself
	polite                bool // the polite restart works
	refused               bool // the forced one does not
	kill                  int  // the action in which the daemon is killed; 0 none
	killLate              bool // after the action's effect, not before
}

const (
	wishNothing = iota
	wishEarlierDeadline
	wishLaterDeadline
	wishEarlierPrompt
	wishLaterPrompt
)

const (
	editNothing = iota
	editShorter
	editLonger
	editSkip
	editPeriod
)

// troubles are the kinds of things that go wrong in a history.
type troubles struct{ clock, boot, kills, tools, admin, restarts, scenes, awake bool }

func everything() troubles {
	return troubles{clock: true, boot: true, kills: true, tools: true, admin: true, restarts: true, scenes: true}
}

var start = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

func oneIn(t *rapid.T, n int, what string) bool { return rapid.IntRange(1, n).Draw(t, what) == n }

func minutes(t *rapid.T, low, high int, what string) time.Duration {
	return time.Duration(rapid.IntRange(low, high).Draw(t, what)) * time.Minute
}

func drawPolicy(t *rapid.T) enforce.Policy {
	p := policy()
	p.DeferralPeriod = minutes(t, 30, 300, "DeferralPeriod")
	p.MaxDeferral = p.DeferralPeriod + minutes(t, 1, 1500, "MaxDeferral, more")
	p.PromptTimeout = minutes(t, 1, 29, "PromptTimeout")
	p.UpdateDelay = time.Duration(rapid.IntRange(5, 900).Draw(t, "UpdateDelay")) * time.Second
	p.HardRestartDelay = time.Duration(rapid.IntRange(5, 600).Draw(t, "HardRestartDelay")) * time.Second
	drawMethods(t, &p)
	p.InstallLoggedOut = !oneIn(t, 4, "not InstallLoggedOut")
	if oneIn(t, 4, "workday") {
		p.Workday = enforce.Workday{Start: 8, End: 18, Days: [7]bool{false, true, true, true, true, true, false}}
		p.Zone = time.FixedZone("", 3600*rapid.IntRange(-11, 12).Draw(t, "zone"))
	}
	return p
}

// drawMethods draws who installs, and what is needed for it.
func drawMethods(t *rapid.T, p *enforce.Policy) {
	switch rapid.IntRange(0, 5).Draw(t, "method") {
	case 0:
		p.System, p.Packages = enforce.ByPerson, enforce.ByPerson
	case 1:
		p.System = enforce.ByPerson
	}
	p.Declarations = oneIn(t, 2, "Declarations")
	p.QuietManual = p.System == enforce.ByPerson && oneIn(t, 2, "QuietManual")
	if oneIn(t, 4, "MaxDeferrals") {
		p.MaxDeferrals = rapid.IntRange(1, 4).Draw(t, "so many deferrals")
	}
	if oneIn(t, 6, "LatestDeadline") {
		p.LatestDeadline = start.Add(minutes(t, -60, 2000, "LatestDeadline"))
	}
	p.MinimumBattery, p.MinimumSpace = 20, 15e9
	p.MeetingPatience = minutes(t, 0, 180, "MeetingPatience")
}

func drawChapter(t *rapid.T, w troubles) *chapter {
	c := &chapter{
		pause: 20 * time.Minute, answer: enforce.Answer(rapid.IntRange(0, 6).Draw(t, "answer")), polite: true,
		takes: time.Duration(rapid.IntRange(1, 2400).Draw(t, "takes")) * time.Second,
	}
	if c.answer > enforce.AnswerUnseen {
		c.answer = enforce.AnswerDefer
	}
	if !w.awake && !oneIn(t, 3, "awake") {
		c.pause = minutes(t, 1, 400, "asleep")
	}
	switch rapid.IntRange(0, 9).Draw(t, "person") {
	case 0:
		c.nobody = true
	case 1:
		c.early = true
	case 2:
		c.leaves = true
	case 3:
		c.polite = false
	}
	if oneIn(t, 8, "more updates") {
		c.appears = 1
	}
	if w.tools && oneIn(t, 3, "tool trouble") {
		drawFaults(t, c)
	}
	if w.scenes && oneIn(t, 3, "something is in the way") {
		drawObstacle(t, c)
	}
	if w.kills && oneIn(t, 4, "killed") {
		c.kill, c.killLate = rapid.IntRange(1, 6).Draw(t, "in action"), oneIn(t, 2, "after its effect")
	}
	c.restart = w.restarts && oneIn(t, 12, "restart")
	if w.admin && oneIn(t, 10, "administrator") {
		switch rapid.IntRange(0, 3).Draw(t, "does") {
		case 0:
			c.reinstall, c.remembers = true, oneIn(t, 2, "remembers")
		case 1:
			c.wish = rapid.IntRange(1, 4).Draw(t, "wish")
		case 2:
			c.edit = rapid.IntRange(1, 4).Draw(t, "edit")
		case 3:
			c.unmirrored = true
		}
	}
	c.bootUnknown = w.boot && oneIn(t, 15, "boot unknown")
	if w.clock && oneIn(t, 5, "clock") {
		drawClock(t, c)
	}
	return c
}

// drawObstacle draws what the person or the Mac is up to.
func drawObstacle(t *rapid.T, c *chapter) {
	switch rapid.IntRange(0, 9).Draw(t, "in the way") {
	case 0:
		c.busy = true
	case 1:
		c.locked = true
	case 2:
		c.nobody, c.others = true, 1
	case 3:
		c.nobody, c.settingUp = true, true
	case 4:
		c.battery = rapid.IntRange(1, 60).Draw(t, "charge")
	case 5:
		c.free = rapid.Int64Range(1, 30).Draw(t, "free") * 1e9
	case 6:
		c.declared = rapid.IntRange(-100, 3000).Draw(t, "declared, minutes ahead")
	case 7:
		c.heeds = true
	case 8:
		c.noOwner = true
	case 9:
		c.other = true
	}
	c.handsOver = oneIn(t, 8, "hands over")
	c.plugs = oneIn(t, 2, "plugs in")
}

func drawFaults(t *rapid.T, c *chapter) {
	switch rapid.IntRange(0, 10).Draw(t, "fault") {
	case 9:
		c.outcome, c.owner = enforce.OutcomeFailed, true
	case 10:
		c.ramped = true
	case 0:
		c.look = 1
	case 1:
		c.look = 2
	case 2:
		c.noDownload = true
	case 3:
		c.outcome, c.some = enforce.OutcomeUnproven, oneIn(t, 2, "some")
	case 4:
		c.outcome = enforce.OutcomeFailed
	case 5:
		c.unseen, c.answer = true, enforce.AnswerUnseen
	case 6:
		c.converting = true
	case 7:
		c.refused = true
	case 8:
		c.self, c.says = true, rapid.SampledFrom([]enforce.Power{enforce.Stay, enforce.Restart, enforce.ShutDown}).Draw(t, "says")
	}
}

func drawClock(t *rapid.T, c *chapter) {
	seconds := func(low, high int) time.Duration {
		return time.Duration(rapid.IntRange(low, high).Draw(t, "clock step")) * time.Second
	}
	switch rapid.IntRange(0, 5).Draw(t, "clock trouble") {
	case 0:
		c.clock = seconds(-5, 5)
	case 1:
		c.clock = seconds(-48*3600, 0)
	case 2:
		c.clock = seconds(0, 6*3600)
	case 3:
		c.clock = -20 * 365 * 24 * time.Hour
	case 4:
		c.clockRight = true
	case 5:
		c.step = seconds(-10*3600, 3600)
		if oneIn(t, 4, "far back") {
			c.step = -20 * 365 * 24 * time.Hour
		}
	}
}

// try checks a property in several rounds of rapid's number of draws, which is 100, and in a proof in many. What is one
// draw, in the plural: "histories".
func try(t *testing.T, what string, property func(*rapid.T)) {
	t.Helper()
	rounds, drawn := 8, 0
	switch {
	case testing.Short():
		rounds = 1
	case prooftest.Full():
		rounds = 160
	}
	for range rounds {
		rapid.Check(t, func(t *rapid.T) {
			property(t)
			drawn++
		})
		if t.Failed() {
			break
		}
	}
	prooftest.Count(t, what, drawn)
}

const (
	countHistories = "histories of one Mac's decisions"
	countDecisions = "decisions in these histories"
)

// histories runs a check on histories that are drawn at random.
func histories(t *testing.T, w troubles, check func(*rapid.T, *history)) {
	t.Helper()
	decisions := 0
	try(t, countHistories, func(t *rapid.T) {
		m, blind := newMac(drawPolicy(t)), 0
		for range rapid.IntRange(1, 40).Draw(t, "chapters") {
			if m.finished {
				break
			}
			c := drawChapter(t, w)
			if blind--; w.tools && blind < -10 && oneIn(t, 10, "no window can be shown for a while") {
				blind = 10
			}
			if blind > 0 {
				c.unseen, c.answer = true, enforce.AnswerUnseen
			}
			m.play(c)
		}
		check(t, &m.history)
		decisions += len(m.moments)
	})
	prooftest.Count(t, countDecisions, decisions)
}

// policy is what the framework that this program replaces had for defaults.
func policy() enforce.Policy {
	return enforce.Policy{
		MaxDeferral: 72 * time.Hour, DeferralPeriod: 4 * time.Hour, PromptTimeout: time.Hour, UpdateDelay: 10 * time.Minute,
		HardRestartDelay: 5 * time.Minute, InstallLoggedOut: true, Built: start.AddDate(0, -1, 0), Interval: 20 * time.Minute,
		Scope: enforce.Scope{Running: "13.6.0", Excluded: []string{"Skip*"}},
	}
}

// offer makes the nth update that a Mac is ever offered. Some restart, some do not, and some are none of our business.
func offer(n int) enforce.Update {
	u := enforce.Update{Label: fmt.Sprintf("Update%d-1 ", n), Title: fmt.Sprintf("Update %d", n), Version: "1", Recommended: true}
	switch n % 7 {
	case 0:
		u.Version, u.Action = fmt.Sprintf("13.6.%d", n+1), enforce.Restart
		u.Title = "macOS Ventura " + u.Version
	case 2:
		u.Action, u.Recommended = enforce.ShutDown, false
	case 3:
		u.Recommended = false
	case 4:
		u.Deferred = true
	case 5:
		u.Title, u.Version, u.Action = "macOS Sonoma 14.1", "14.1", enforce.Restart
	case 6:
		u.Title = "Skip this"
	}
	return u
}

func (h *history) String() string {
	var text string
	for _, m := range h.moments {
		text += fmt.Sprintf("turn %d %s (wall %s) %T → %T %s; deadline %s, deferred until %s\n", m.turn, m.true.Format("02 15:04:05"),
			m.wall.Format("06-01-02 15:04:05"), m.event, m.action, m.action.Reason(), m.after.Deadline.Format("02 15:04:05"),
			m.after.DeferredUntil.Format("02 15:04:05"))
	}
	return text
}

// shuffled gives the updates in another order: listings have none.
func shuffled(updates []enforce.Update, seed int) []enforce.Update {
	updates = slices.Clone(updates)
	rand.New(rand.NewPCG(uint64(seed), 1)).Shuffle(len(updates), func(i, j int) { updates[i], updates[j] = updates[j], updates[i] })
	return updates
}
