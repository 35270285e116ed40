package agent

import (
	"context"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// scene looks who is at the Mac, and what the Mac is busy with. It is looked at anew for every decision that turns on
// it, since people come and go. What cannot be told is taken to be well: the worst of that is a window that nobody sees.
func (t *turn) scene(ctx context.Context) enforce.Scene {
	host := t.agent.Host
	sessions, err := macos.Console{Host: host}.Sessions(ctx)
	if err != nil {
		t.log.say("%v; somebody is taken to be there", err)
	}
	t.person, t.somebody = sessions.Person, err != nil || !sessions.Person.Nobody()
	status, err := macos.FileVault{Host: host}.Status(ctx)
	if err != nil {
		t.log.say("%v; it is taken not to be converting the disk", err)
	}
	t.seen = enforce.Scene{
		Somebody: t.somebody, UID: t.person.UID, Locked: sessions.Locked, Others: sessions.Others, SettingUp: sessions.Setup,
		Converting: status.Converting, NoOwner: t.noOwner(),
	}
	t.means(ctx)
	t.attention(ctx)
	return t.seen
}

// sceneWithout is the scene, in which a person who is logged in and not at the console does not count: they have been warned.
func (t *turn) sceneWithout(ctx context.Context, warned macos.Person) enforce.Scene {
	scene := t.scene(ctx)
	if scene.Others > 0 && t.behind(ctx, warned) {
		scene.Others--
	}
	return scene
}

// means looks whether the Mac has what an installation needs.
func (t *turn) means(ctx context.Context) {
	if t.policy.MinimumBattery > 0 {
		t.power(ctx)
	}
	if t.policy.MinimumSpace > 0 {
		t.space(ctx)
	}
}

func (t *turn) power(ctx context.Context) {
	charge, err := macos.Battery{Host: t.agent.Host}.State(ctx)
	if err != nil {
		t.log.say("%v; it is taken to be on AC power", err)
	}
	t.seen.OnBattery, t.seen.Charge = charge.Drawing && charge.Present, charge.Percent
}

func (t *turn) space(ctx context.Context) {
	free, err := macos.Disk{Host: t.agent.Host}.Free(ctx)
	if err != nil {
		t.log.say("%v; there is taken to be enough", err)
	}
	t.seen.Free = free
}

// attention looks whether a prompt would come at a bad moment. Only a prompt waits for that, so it does not matter once
// the deadline is over.
func (t *turn) attention(ctx context.Context) {
	s := t.state
	overdue := !s.Deadline.IsZero() && !t.agent.Host.Clock.Now().Before(s.Deadline)
	if t.policy.MeetingPatience == 0 || !t.somebody || t.seen.Locked || overdue {
		return
	}
	meeting, err := macos.Display{Host: t.agent.Host}.Busy(ctx)
	if err != nil {
		t.log.say("%v; nobody is taken to be in a call", err)
	}
	t.seen.Busy = meeting.Busy
	if meeting.Busy {
		t.log.say("In use for a call or a presentation: %s.", strings.Join(meeting.By, ", "))
	}
}

// version is that of macOS, which no turn sees change: the Mac restarts for that.
func (t *turn) version(ctx context.Context) (v macos.Version, err error) {
	if t.release.Number == "" {
		t.release, err = macos.System{Host: t.agent.Host}.Version(ctx)
	}
	return t.release, err
}

// declaration finds out what macOS itself is going to enforce.
func (t *turn) declaration(ctx context.Context) enforce.Declaration {
	host := t.agent.Host
	version, err := t.version(ctx)
	if err != nil {
		return enforce.Declaration{} // a look says so
	}
	found, problems, err := macos.Declarations{Host: host}.Current(host.Clock.Now(), version, t.zone())
	if err != nil {
		problems = append(problems, err.Error()+".")
	}
	for _, problem := range problems {
		if !slices.Contains(t.doubts, problem) { // once a turn
			t.log.say("%s", problem)
			t.doubts = append(t.doubts, problem)
		}
	}
	return enforce.Declaration{Version: found.Version, Build: found.Build, At: found.Enforced, Padded: found.Padded}
}
