package settings

import (
	"fmt"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// order finds durations that are not in the order in which things happen.
func (l *linter) order() {
	reasons := map[string]string{
		DeferralPeriod: "the deadline would come before the first deferral ends",
		PromptTimeout:  "a prompt would still stand when the next one is due",
	}
	for _, name := range []string{DeferralPeriod, PromptTimeout} {
		key, _ := Lookup(name)
		n, given := l.seconds(name)
		larger, _ := l.seconds(key.Below)
		switch {
		case given && n >= larger:
			l.add(Wrong, name, "%s is not shorter than %s: %s", l.named(name), l.named(key.Below), reasons[name])
		case l.settings.Of(name).Source == limitedBy+key.Below:
			l.add(Wrong, name, "%s is not set, and its default (%d s, %s) is not shorter than %s: it would become %s; set it",
				name, key.Default, inWords(key.Default.(int64)), l.named(key.Below), inWords(n))
		}
	}
	warning, _ := l.seconds(UpdateDelay)
	if deferral, _ := l.seconds(DeferralPeriod); warning >= deferral {
		l.add(Doubtful, UpdateDelay, "%s is not shorter than %s: the final warning would stand longer than a deferral lasts",
			l.named(UpdateDelay), l.named(DeferralPeriod))
	}
}

// skips finds durations that say how long to defer what cannot be deferred.
func (l *linter) skips() {
	if !l.settings.Bool(SkipDeferral) {
		return
	}
	var idle []string
	for _, name := range []string{MaxDeferralTime, DeferralPeriod, PromptTimeout} {
		if _, given := l.given[name]; given {
			idle = append(idle, name)
		}
	}
	consequence := ""
	if len(idle) > 0 {
		consequence = ", and " + strings.Join(idle, ", ") + " have no effect"
		if len(idle) == 1 {
			consequence = ", and " + idle[0] + " has no effect"
		}
	}
	l.add(Doubtful, SkipDeferral, "SkipDeferral is true: updates are enforced as soon as they are found, after a warning of %s%s",
		inWords(int64(l.settings.Duration(UpdateDelay)/time.Second)), consequence)
}

// reruns finds a policy that installs the package again while a round runs.
func (l *linter) reruns() {
	frequency := l.context.PolicyFrequency
	again := int64(rerun(frequency) / time.Second)
	if most, _ := l.seconds(MaxDeferralTime); again == 0 || again > most || l.settings.Bool(SkipDeferral) {
		return
	}
	how := fmt.Sprintf("the policy runs %q, every %s", frequency, inWords(again))
	if frequency == ongoing {
		how = fmt.Sprintf("the policy is %q and runs at every check-in, as often as every %s", frequency, inWords(again))
	}
	if l.context.ResetOnInstall {
		l.add(Wrong, MaxDeferralTime, "%s, and each time the package forgets the deadline: with %s none is ever reached", how, l.named(MaxDeferralTime))
		return
	}
	l.add(Doubtful, MaxDeferralTime, "%s, within %s: the package is installed again in the middle of a round; the deadline stays, "+
		"but choose a frequency longer than that, or a scope without Macs that have it", how, l.named(MaxDeferralTime))
}

// held finds a deadline that looks earlier than it can be, since updates are held back first.
func (l *linter) held() {
	if l.context.MDMDeferral <= 0 {
		return
	}
	most, _ := l.seconds(MaxDeferralTime)
	held := int64(l.context.MDMDeferral) * 86400
	if most < held {
		l.add(Doubtful, MaxDeferralTime, "%s is shorter than the %s for which a management profile holds updates back: nobody sees an update "+
			"before day %d after its release, and it is enforced %s after its release, not %s",
			l.named(MaxDeferralTime), counted(l.context.MDMDeferral, "day"), l.context.MDMDeferral, inWords(held+most), inWords(most))
	}
}

// absoluteDeadline finds a date that is over, or that comes before anybody can see the update.
func (l *linter) absoluteDeadline() {
	deadline, given := l.given[DeadlineDate].(time.Time)
	if !given || l.context.Now.IsZero() {
		return
	}
	const form = time.RFC3339
	visible := l.context.Now.AddDate(0, 0, l.context.MDMDeferral)
	switch {
	case deadline.Before(l.context.Now):
		l.add(Doubtful, DeadlineDate, "DeadlineDate (%s) is in the past: today is %s", deadline.Format(form), l.context.Now.Format(time.DateOnly))
	case l.context.MDMDeferral > 0 && deadline.Before(visible):
		l.add(Doubtful, DeadlineDate, "DeadlineDate (%s) comes before an update that is released today is seen: a management profile holds it back for %s, to %s",
			deadline.Format(form), counted(l.context.MDMDeferral, "day"), visible.Format(time.DateOnly))
	}
}

// hours finds working hours that leave hardly a time for a deadline, and those that have no effect.
func (l *linter) hours() {
	start, set := l.settings.Int(WorkdayStartHour)
	end, _ := l.settings.Int(WorkdayEndHour)
	if !set {
		for _, name := range []string{WorkdayDays, Holidays} {
			if _, given := l.given[name]; given {
				l.add(Remarkable, name, "%s has no effect without WorkdayStartHour and WorkdayEndHour", name)
			}
		}
		return
	}
	const longDay = 16 // hours: longer than people work
	covered, furthest := week(l.settings.workday())
	most, _ := l.seconds(MaxDeferralTime)
	move := fmt.Sprintf("WorkdayStartHour %d and WorkdayEndHour %d", start, end)
	switch {
	case end-start > longDay:
		l.add(Doubtful, WorkdayStartHour, "%s make working time of %d of the 168 hours of a week: a deadline nearly always falls into it on "+
			"these days, and moves by up to %s beyond MaxDeferralTime (%s)", move, covered, counted(furthest, "hour"), inWords(most))
	case int64(furthest)*3600 >= most:
		l.add(Doubtful, WorkdayStartHour, "%s can move a deadline by %s, as long as %s itself", move, counted(furthest, "hour"), l.named(MaxDeferralTime))
	}
}

// week plays the hours of a week without holidays: how many are working time, and by how many hours a deadline in one of
// them moves at most.
func week(w enforce.Workday) (covered, furthest int) {
	w.Holidays = nil
	for hour := range 7 * 24 {
		at := time.Date(2024, time.January, 1, hour, 0, 0, 0, time.UTC) // any week does
		if moved := int(w.After(at).Sub(at) / time.Hour); moved > 0 {
			covered, furthest = covered+1, max(furthest, moved)
		}
	}
	return covered, furthest
}

// holidays finds a list that nobody has kept up.
func (l *linter) holidays() {
	days := l.settings.Texts(Holidays)
	if len(days) == 0 || l.context.Now.IsZero() {
		return
	}
	today := l.context.Now.Format(time.DateOnly)
	if latest := days[len(days)-1]; latest < today {
		all := fmt.Sprintf("all %d dates are", len(days))
		if len(days) == 1 {
			all = "the only date is"
		}
		l.add(Doubtful, Holidays, "Holidays: %s in the past: the latest is %s, and today is %s", all, latest, today)
	}
}
