package settings

// planned are the keys whose features are still to come. Their names, types and limits are settled, so that a profile
// which has them today means the same tomorrow. A row moves up into the table when it works.
func planned() []Key {
	keys := []Key{
		{
			Name: DeadlineDate, Type: Date, DefaultNote: "not set", Group: GroupTiming, Example: "2026-12-01T18:00:00+01:00",
			Help:      "The latest deadline, as a date and time.",
			Paragraph: "The earlier one of this and the end of MaxDeferralTime counts.",
		},
		{
			Name: MaxDeferralCount, Type: Integer, DefaultNote: "not set: any number", Min: 1, Max: 1000, Group: GroupTiming,
			Example:   "5",
			Help:      "How many times a person can defer before updates are enforced.",
			Paragraph: "The deadline still counts when it comes first.",
		},
	}
	keys = append(keys, plannedMethods()...)
	keys = append(keys, plannedPatience()...)
	for i := range keys {
		keys[i].Planned, keys[i].Since = true, since
	}
	return keys
}

func plannedMethods() []Key {
	return []Key{
		{
			Name: InstallMethod, Type: Choice, Default: "auto", Group: GroupUpdates, Example: "manual",
			Choices:     []string{"auto", "softwareupdate", "manual", "declarative"},
			ValueTitles: []string{"Automatic", "softwareupdate", "By the person", "Declarative management"},
			Help:        "How updates are installed.",
			Paragraph: "With auto, Macs with Intel processors use softwareupdate. Macs with Apple silicon use " +
				"declarative management when a declaration is present, and else ask the person.",
		},
		{
			Name: PromptStyle, Type: Choice, Default: "auto", Group: GroupAppearance, Example: "swiftdialog",
			Choices:     []string{"auto", "jamfhelper", "swiftdialog", "osascript"},
			ValueTitles: []string{"Automatic", "jamfHelper", "swiftDialog", "AppleScript"},
			Help:        "Which program shows prompts.",
			Paragraph:   "With auto, it is the first one that is installed, in the order of the choices.",
		},
	}
}

func plannedPatience() []Key {
	return []Key{
		{
			Name: WaitForMeetings, Type: Boolean, Default: true, Group: GroupTiming, Example: "false",
			Help:      "Before the deadline, hold prompts back during a call or a presentation.",
			Paragraph: "What keeps the display awake counts as one, for MeetingPatience at most.",
		},
		{
			Name: MeetingPatience, Type: Integer, Unit: Seconds, Default: int64(3600), DefaultNote: "1 hour",
			Min: 1, Max: tenYears, Group: GroupTiming, Example: "1800",
			Help:      "How long a call or a presentation can hold a prompt back.",
			Paragraph: "Has an effect together with WaitForMeetings.",
		},
		{
			Name: MinimumBattery, Type: Integer, Unit: Percent, Default: int64(50), DefaultVaries: true,
			DefaultNote: "20 on Apple silicon, 50 on Intel", Min: 0, Max: 100, Group: GroupUpdates, Example: "30",
			Help: "The charge below which a Mac on battery does not install.",
			Paragraph: "The person is asked to connect the Mac to power. An installation waits for 24 hours " +
				"after the deadline at most.",
		},
		{
			Name: MinimumFreeSpace, Type: Integer, Unit: Gigabytes, Default: int64(15), Min: 0, Max: 1000,
			Group: GroupUpdates, Example: "25",
			Help:      "The free space below which a Mac does not install.",
			Paragraph: "The person is told, and the installation is tried again later.",
		},
	}
}
