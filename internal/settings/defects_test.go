package settings_test

import (
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// The tests in this file hold what the shell script of the same name did wrong.

func TestDefectABooleanSkipDeferralWasIgnored(t *testing.T) {
	s, findings := decode(profile(values{settings.SkipDeferral: true}))
	compare(t, true, s.Bool(settings.SkipDeferral))
	compare(t, []string(nil), findings)
}

func TestDefectSkipDeferralAsTextWasIgnored(t *testing.T) {
	for _, word := range []string{"true", "True", "TRUE", "yes", "YES", "1"} {
		s, findings := decode(profile(values{settings.SkipDeferral: word}))
		compare(t, true, s.Bool(settings.SkipDeferral))
		compare(t, []string(nil), findings)
	}
}

func TestDefectHoursWereReadAsOctal(t *testing.T) {
	s, findings := decode(profile(values{settings.WorkdayStartHour: "08", settings.WorkdayEndHour: "09"}))
	w := s.Policy(settings.Environment{}).Workday
	compare(t, [2]int{8, 9}, [2]int{w.Start, w.End})
	compare(t, []string(nil), findings)
}

func TestDefectAValueWasRunByTheShell(t *testing.T) {
	const command = "x[$(touch /tmp/owned)]"
	s, findings := decode(profile(values{settings.UpdateDelay: command, settings.SupportContact: command}))
	compare(t, int64(600), s.Of(settings.UpdateDelay).Value)
	compare(t, command, s.Text(settings.SupportContact))
	compare(t, []string{
		`managed profile: UpdateDelay is the text "x[$(touch /tmp/owned)]", not a whole number of seconds; ignored`,
	}, findings)
}

func TestDefectSignsInAContactEmptiedTheWindow(t *testing.T) {
	for _, contact := range []string{"IT / Help Desk", "Research & Development", `a\1b`, "50 %"} {
		s, _ := decode(profile(values{settings.SupportContact: contact}))
		compare(t, contact, s.Text(settings.SupportContact))
	}
}

func TestDefectGarbageAsTheDeferralTimeMeantAtOnce(t *testing.T) {
	for _, garbage := range []any{"", "soon", "2026-11-23", int64(0), int64(-1), 1e300, []byte{0}} {
		s, findings := decode(profile(values{settings.MaxDeferralTime: garbage}))
		compare(t, int64(259200), s.Of(settings.MaxDeferralTime).Value)
		compare(t, 1, len(findings))
	}
}
