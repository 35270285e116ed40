package settings

import (
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// Environment is what a policy needs to know and no preference says.
type Environment struct {
	Running  string         // the macOS version that runs, as "13.7.4"
	Zone     *time.Location // the Mac's time zone; nil is UTC
	Built    time.Time      // when this program was built
	Interval time.Duration  // how often launchd starts a turn
}

// Policy turns the settings into the core's terms.
func (s Settings) Policy(env Environment) enforce.Policy {
	return enforce.Policy{
		MaxDeferral:      s.Duration(MaxDeferralTime),
		SkipDeferral:     s.Bool(SkipDeferral),
		DeferralPeriod:   s.Duration(DeferralPeriod),
		PromptTimeout:    s.Duration(PromptTimeout),
		UpdateDelay:      s.Duration(UpdateDelay),
		HardRestartDelay: s.Duration(HardRestartDelay),
		Workday:          s.workday(),
		Scope: enforce.Scope{
			Running:    env.Running,
			AllowMajor: s.Bool(AllowMajorUpgrades),
			Excluded:   s.Texts(ExcludedUpdates),
		},
		Manual:           s.Bool(ManualUpdates),
		QuietManual:      s.Bool(DisablePostInstallAlert),
		InstallLoggedOut: s.Bool(InstallWhenLoggedOut),
		Built:            env.Built,
		Interval:         env.Interval,
		Zone:             env.Zone,
	}
}

func (s Settings) workday() enforce.Workday {
	var w enforce.Workday
	w.Start, _ = s.Int(WorkdayStartHour)
	w.End, _ = s.Int(WorkdayEndHour)
	for _, day := range s.Ints(WorkdayDays) {
		w.Days[day%len(w.Days)] = true // 7 is Sunday, which time.Weekday counts as 0
	}
	for _, text := range s.Texts(Holidays) {
		if t, err := time.Parse(time.DateOnly, text); err == nil { // always: Decode keeps real dates only
			year, month, day := t.Date()
			w.Holidays = append(w.Holidays, enforce.Date{Year: year, Month: month, Day: day})
		}
	}
	return w
}
