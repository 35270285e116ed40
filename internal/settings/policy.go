package settings

import (
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// Environment is what a policy needs to know and no preference says.
type Environment struct {
	Running  string         // the macOS version that runs, as "13.7.4"
	Silicon  bool           // the Mac has Apple's own processor
	Zone     *time.Location // the Mac's time zone; nil is UTC
	Built    time.Time      // when this program was built
	Interval time.Duration  // how often launchd starts a turn
}

// Policy turns the settings into the core's terms.
func (s Settings) Policy(env Environment) enforce.Policy {
	m := s.methods(env.Silicon)
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
		MaxDeferrals:     s.count(MaxDeferralCount),
		LatestDeadline:   s.date(DeadlineDate),
		System:           m.system,
		Packages:         m.packages,
		Declarations:     m.declarations,
		MethodReason:     m.reason,
		QuietManual:      s.Bool(DisablePostInstallAlert),
		MinimumBattery:   s.count(MinimumBattery),
		MinimumSpace:     int64(s.count(MinimumFreeSpace)) * gigabyte,
		MeetingPatience:  s.meetings(),
		InstallLoggedOut: s.Bool(InstallWhenLoggedOut),
		Built:            env.Built,
		Interval:         env.Interval,
		Zone:             env.Zone,
	}
}

// gigabyte is one as Apple counts them.
const gigabyte = 1_000_000_000

// count is an integer that is nothing where it is not set.
func (s Settings) count(name string) int {
	n, _ := s.Int(name)
	return n
}

// date is a point in time, and zero where it is not set.
func (s Settings) date(name string) time.Time {
	t, _ := s.Of(name).Value.(time.Time)
	return t
}

func (s Settings) meetings() time.Duration {
	if !s.Bool(WaitForMeetings) {
		return 0
	}
	return s.Duration(MeetingPatience)
}

// methods are how updates are installed, and why so.
type methods struct {
	system, packages enforce.Method
	declarations     bool
	reason           string
}

// methods chooses how updates are installed. What is said plainly counts; else it is the Mac that decides.
func (s Settings) methods(silicon bool) methods {
	chosen := s.Text(InstallMethod)
	manual := s.Of(ManualUpdates)
	switch {
	case chosen == "softwareupdate":
		return methods{enforce.ByTool, enforce.ByTool, false, "InstallMethod is softwareupdate"}
	case chosen == "manual":
		return methods{enforce.ByPerson, enforce.ByPerson, true, "InstallMethod is manual"}
	case chosen == "declarative":
		return methods{enforce.ByPerson, enforce.ByTool, true, "InstallMethod is declarative; what no declaration asks for is the person's"}
	case manual.Source != DefaultSource && manual.Value == true:
		return methods{enforce.ByPerson, enforce.ByPerson, true, "ManualUpdates is true"}
	case manual.Source != DefaultSource:
		return methods{enforce.ByTool, enforce.ByTool, true, "ManualUpdates is false"}
	case silicon:
		return methods{enforce.ByPerson, enforce.ByTool, true, "on Apple silicon only an owner of the Mac, or macOS itself, can install macOS"}
	default:
		return methods{enforce.ByTool, enforce.ByTool, true, "this Mac has an Intel processor"}
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
