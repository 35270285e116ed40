package settings

// limits are the two further limits of a round.
func limits() []Key {
	return []Key{
		{
			Name: DeadlineDate, Type: Date, DefaultNote: "not set", Group: GroupTiming, Since: since, Example: "2026-12-01T18:00:00+01:00",
			Help: "The latest deadline, as a date and time.",
			Paragraph: "The earlier one of this and the end of MaxDeferralTime counts, and working hours do not move it. " +
				"Remove it when it is over: a Mac that needs an update after it is enforced at once.",
		},
		{
			Name: MaxDeferralCount, Type: Integer, DefaultNote: "not set: any number", Min: 1, Max: 1000, Group: GroupTiming,
			Since: since, Example: "5",
			Help: "How many times a person can defer before updates are enforced.",
			Paragraph: "With the last deferral the deadline moves to its end; the prompt says how many are left. A prompt " +
				"that is not answered counts as a deferral. The deadline still counts when it comes first.",
		},
	}
}

// patience is about when a prompt comes at a bad moment.
func patience() []Key {
	return []Key{
		{
			Name: WaitForMeetings, Type: Boolean, Default: true, Group: GroupTiming, Since: since, Example: "false",
			Help: "Before the deadline, hold prompts back during a call or a presentation.",
			Paragraph: "What keeps the display awake counts as one, and a camera that is in use where that can be told, for " +
				"MeetingPatience at most. The final warning is never held back.",
		},
		{
			Name: MeetingPatience, Type: Integer, Unit: Seconds, Default: int64(3600), DefaultNote: "1 hour",
			Min: 1, Max: tenYears, Group: GroupTiming, Since: since, Example: "1800",
			Help:      "How long a call or a presentation can hold a prompt back.",
			Paragraph: "Has an effect together with WaitForMeetings. It never reaches beyond the deadline.",
		},
	}
}

// needs are what a Mac must have before anything is installed on it.
func needs() []Key {
	return []Key{
		{
			Name: MinimumBattery, Type: Integer, Unit: Percent, Default: int64(50), DefaultVaries: true,
			DefaultNote: "20 on Apple silicon, 50 on Intel", Min: 0, Max: 100, Group: GroupUpdates, Since: since, Example: "30",
			Help: "The charge below which a Mac on battery does not install.",
			Paragraph: "The person is asked to connect the Mac to power. An installation waits for 24 hours " +
				"after the deadline at most; below 10 percent nothing is begun at all.",
		},
		{
			Name: MinimumFreeSpace, Type: Integer, Unit: Gigabytes, Default: int64(15), Min: 0, Max: 1000,
			Group: GroupUpdates, Since: since, Example: "25",
			Help: "The free space below which a Mac does not install.",
			Paragraph: "The person is told, and the report says so. An installation waits for 24 hours after the deadline at " +
				"most; then it is left to softwareupdate whether there is enough.",
		},
	}
}

func styles() []Key {
	return []Key{{
		Name: PromptStyle, Type: Choice, Default: "auto", Group: GroupAppearance, Since: since, Example: "swiftdialog",
		Choices:     []string{"auto", "jamfhelper", "swiftdialog", "osascript"},
		ValueTitles: []string{"Automatic", "jamfHelper", "swiftDialog", "AppleScript"},
		Help:        "Which program shows prompts.",
		Paragraph: "With auto, it is the first one that is installed, in the order of the choices. One that cannot show a " +
			"window is followed by the next.",
	}}
}
