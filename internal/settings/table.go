package settings

import "slices"

// Table returns every key, in the order in which they are documented. The caller may keep and change
// what it gets.
func Table() []Key {
	return slices.Concat(periods(), limits(), warnings(), patience(), workday(), method(), choice(), needs(), styles(), labels(), branding(),
		windowTexts(), languages())
}

func periods() []Key {
	return []Key{
		{
			Name: MaxDeferralTime, Type: Integer, Unit: Seconds, Default: int64(259200), DefaultNote: "3 days",
			Min: 1, Max: tenYears, Group: GroupTiming, Since: since, Example: "432000",
			Help: "How long a person can defer required updates before they are enforced.",
			Paragraph: "The time runs from the first conclusive look that finds required updates. It runs on " +
				"while the Mac is switched off, asleep or offline. Once a deadline is set, a larger value does not move " +
				"it later. For no deferral at all, use SkipDeferral.",
		},
		{
			Name: SkipDeferral, Type: Boolean, Default: false, Group: GroupTiming, Since: since, Example: "true",
			Help: "Enforce updates as soon as they are found, with the final warning but without any deferral.",
			Paragraph: "Meant for tests, and for Macs at which nobody works. On a person's Mac the final " +
				"warning of UpdateDelay is the only notice they get.",
		},
		{
			Name: DeferralPeriod, Type: Integer, Unit: Seconds, Default: int64(14400), DefaultNote: "4 hours",
			Min: 1, Max: tenYears, Below: MaxDeferralTime, Group: GroupTiming, Since: since, Example: "28800",
			Help: "How long one deferral lasts, from the click to the next prompt.",
			Paragraph: "A deferral is honoured in full unless the deadline comes first. It has to be shorter " +
				"than MaxDeferralTime.",
		},
		{
			Name: PromptTimeout, Type: Integer, Unit: Seconds, Default: int64(3600), DefaultNote: "1 hour",
			Min: 1, Max: tenYears, Below: DeferralPeriod, Group: GroupTiming, Since: since, Example: "1800",
			Help: "How long a prompt waits for an answer before it counts as a deferral.",
			Paragraph: "A prompt that nobody answers closes by itself after this time, and the next one comes " +
				"when the deferral ends. It has to be shorter than DeferralPeriod.",
		},
	}
}

func warnings() []Key {
	return []Key{
		{
			Name: UpdateDelay, Type: Integer, Unit: Seconds, Default: int64(600), DefaultNote: "10 minutes",
			Min: 1, Max: tenYears, Group: GroupTiming, Since: since, Example: "900",
			Help: "How long the final warning stands before updates are installed without further consent.",
			Paragraph: "The warning comes at the deadline, shows a countdown, and cannot be dismissed; its " +
				"button starts the updates at once. Leave enough time to save work and to end a call.",
		},
		{
			Name: HardRestartDelay, Type: Integer, Unit: Seconds, Default: int64(300), DefaultNote: "5 minutes",
			Min: 1, Max: tenYears, Group: GroupTiming, Since: since, Example: "600",
			Help: "How long after asking for a restart the Mac restarts regardless.",
			Paragraph: "First the Mac is asked to restart in the way of the Apple menu, so that programs can " +
				"ask to save documents. When one of them holds the restart up for this long, it is forced and what is " +
				"not saved is lost. A countdown is shown in the meantime.",
		},
	}
}

func workday() []Key {
	return []Key{
		{
			Name: WorkdayStartHour, Type: Integer, Unit: Hours, DefaultNote: "not set: no working hours",
			Min: 0, Max: 22, Group: GroupWorkday, Since: since, Example: "9",
			Help: "The hour at which the working day begins, from 0 to 22.",
			Paragraph: "A deadline that falls into working hours moves to their end. Needs WorkdayEndHour, " +
				"and has to be smaller. The hours are those of the Mac's own time zone.",
		},
		{
			Name: WorkdayEndHour, Type: Integer, Unit: Hours, DefaultNote: "not set: no working hours",
			Min: 1, Max: 23, Group: GroupWorkday, Since: since, Example: "17",
			Help:      "The hour at which the working day ends, from 1 to 23.",
			Paragraph: "Needs WorkdayStartHour, and has to be larger. See there.",
		},
		{
			Name: WorkdayDays, Type: Integers, Default: []int64{1, 2, 3, 4, 5, 6, 7}, DefaultNote: "every day",
			Min: 1, Max: 7, ValueTitles: weekdays(), Group: GroupWorkday, Since: since, Example: "1, 2, 3, 4, 5",
			Help: "Which days are working days: 1 is Monday and 7 is Sunday.",
			Paragraph: "Has an effect together with working hours only: on other days a deadline stays where " +
				"it is, at whatever hour.",
		},
		{
			Name: Holidays, Type: Dates, Default: []string{}, DefaultNote: "none",
			Group: GroupWorkday, Since: since, Example: "2026-12-25, 2027-01-01",
			Help: "Dates that are not working days, as YYYY-MM-DD.",
			Paragraph: "Has an effect together with working hours only. A date that cannot be read is left " +
				"out and reported; the others count.",
		},
	}
}

func weekdays() []string {
	return []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
}

func method() []Key {
	return []Key{
		{
			Name: InstallMethod, Type: Choice, Default: "auto", Group: GroupUpdates, Since: since, Example: "manual",
			Choices:     []string{"auto", "softwareupdate", "manual", "declarative"},
			ValueTitles: []string{"Automatic", "softwareupdate", "By the person", "Declarative management"},
			Help:        "How updates are installed.",
			Paragraph: "With auto, what declarative management enforces is left to macOS. Else Macs with Intel processors use " +
				"softwareupdate; on Macs with Apple silicon it installs Safari and the like, and the person is asked to install " +
				"macOS. With declarative, macOS is installed by a declaration, and by the person where there is none.",
		},
		{
			Name: ManualUpdates, Type: Boolean, Default: false, DefaultNote: "true on Apple silicon, false on Intel",
			DefaultVaries: true, Group: GroupUpdates, Since: since, Example: "false",
			Help: "Ask the person to install the updates in Software Update instead of installing them.",
			Paragraph: "On Apple silicon an update of macOS needs the password of a person who may install it, " +
				"which no background program has. The agent then reminds, opens Software Update and checks the result.",
		},
		{
			Name: DisablePostInstallAlert, Type: Boolean, Default: false, Group: GroupUpdates, Since: since,
			Example: "true",
			Help:    "With manual updates, show no standing reminder after the install button was clicked.",
			Paragraph: "The reminder otherwise stands until the updates are installed. From the deadline on it " +
				"is shown in any case.",
		},
		{
			Name: InstallWhenLoggedOut, Type: Boolean, Default: true, Group: GroupUpdates, Since: since,
			Example: "false",
			Help:    "Past the deadline with nobody logged in, install without a warning.",
			Paragraph: "Nobody is there to be interrupted or to be warned. When false, enforcement " +
				"waits until somebody logs in and shows them the final warning.",
		},
	}
}

func choice() []Key {
	return []Key{
		{
			Name: AllowMajorUpgrades, Type: Boolean, Default: false, Group: GroupUpdates, Since: since,
			Example: "true",
			Help:    "Also enforce upgrades to the next major version of macOS.",
			Paragraph: "When false, a major upgrade is never shown, counted or installed, whatever Software " +
				"Update recommends.",
		},
		{
			Name: ExcludedUpdates, Type: Strings, Default: []string{}, DefaultNote: "none", MaxLength: maxTitle,
			Group: GroupUpdates, Since: since, Example: "Safari*, Command Line Tools*",
			Help: "Titles or labels of updates that are never enforced; * stands for any text.",
			Paragraph: "A pattern has to fit the whole title or the whole label, letter case included, as " +
				"softwareupdate --list prints them.",
		},
		{
			Name: DiagnosticLog, Type: Boolean, Default: false, Group: GroupUpdates, Since: since, Example: "true",
			Help:      "Also write the log to /var/log/install-or-defer.log.",
			Paragraph: "The system log gets every line in any case; the file is easier to collect and to keep.",
		},
	}
}
