package settings

import (
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// declaration finds a deadline that fights the one of declarative management: then macOS enforces an update while people
// have been told that they have more time, or they are urged to install what macOS would install later.
func (l *linter) declaration() {
	at, now := l.context.Declaration, l.context.Now
	if at.IsZero() || now.IsZero() {
		return
	}
	ours, limit := l.settings.Policy(Environment{Zone: now.Location()}).DeadlineFrom(now)
	key := map[enforce.Limit]string{enforce.LimitDate: DeadlineDate, enforce.LimitNone: SkipDeferral}[limit]
	if key == "" {
		key = MaxDeferralTime
	}
	const form = time.RFC3339
	switch {
	case l.settings.Text(InstallMethod) == "softwareupdate":
		l.add(Doubtful, InstallMethod, "InstallMethod is softwareupdate, and a declaration enforces an update by %s: two programs then install the same update; use auto", at.Format(form))
	case ours.After(at):
		l.add(Doubtful, key, "a round that begins today would end by %s, and a declaration enforces the update by %s: the deadline moves there, so people have less time than %s says",
			ours.Format(form), at.Format(form), l.named(MaxDeferralTime))
	case ours.Add(time.Hour).After(at):
		l.add(Remarkable, key, "a round that begins today would end by %s, less than an hour before a declaration enforces the update: macOS and we would ask at the same time", ours.Format(form))
	default:
		l.add(Doubtful, key, "a round that begins today would end by %s, and a declaration enforces the update by %s: in between the person is reminded every few minutes to install it; let both end at one time",
			ours.Format(form), at.Format(form))
	}
}

// deferrals finds a number of deferrals that has no effect, or that is used up long before the deadline.
func (l *linter) deferrals() {
	count, given := l.given[MaxDeferralCount].(int64)
	if !given {
		return
	}
	period, _ := l.seconds(DeferralPeriod)
	most, _ := l.seconds(MaxDeferralTime)
	switch {
	case l.settings.Bool(SkipDeferral):
		l.add(Remarkable, MaxDeferralCount, "MaxDeferralCount has no effect while SkipDeferral is true")
	case count*period >= most:
		l.add(Remarkable, MaxDeferralCount, "MaxDeferralCount (%d) has hardly an effect: so many deferrals of %s are not used up before the deadline of %s",
			count, l.named(DeferralPeriod), l.named(MaxDeferralTime))
	case count*period*4 < most:
		l.add(Remarkable, MaxDeferralCount, "MaxDeferralCount (%d) ends a round after %s at the latest, if the Mac is in use all the time, long before %s",
			count, inWords(count*period), l.named(MaxDeferralTime))
	}
}

// meetings finds patience that has no effect, or that swallows a deferral.
func (l *linter) meetings() {
	_, given := l.given[MeetingPatience]
	patience, _ := l.seconds(MeetingPatience)
	period, _ := l.seconds(DeferralPeriod)
	const turn = 20 * 60
	switch {
	case given && !l.settings.Bool(WaitForMeetings):
		l.add(Remarkable, MeetingPatience, "MeetingPatience has no effect while WaitForMeetings is false")
	case given && patience <= turn:
		l.add(Doubtful, MeetingPatience, "%s is no longer than the 20 minutes between two turns: a prompt waits for nobody", l.named(MeetingPatience))
	case given && patience >= period:
		l.add(Doubtful, MeetingPatience, "%s is not shorter than %s: people in calls all day are asked half as often", l.named(MeetingPatience), l.named(DeferralPeriod))
	}
}
