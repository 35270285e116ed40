package settings

import "slices"

func labels() []Key {
	return []Key{
		{
			Name: InstallButtonLabel, Type: String, Default: "Run Updates", MaxLength: maxLabel,
			Group: GroupAppearance, Since: since, Example: "Update Now",
			Help:      "The text of the button that starts the updates.",
			Paragraph: "Keep it short: some dialogs cut long labels.",
		},
		{
			Name: DeferButtonLabel, Type: String, Default: "Defer", MaxLength: maxLabel,
			Group: GroupAppearance, Since: since, Example: "Later",
			Help:      "The text of the button that defers the updates.",
			Paragraph: "Keep it short: some dialogs cut long labels.",
		},
	}
}

func branding() []Key {
	return []Key{
		{
			Name: MessagingLogo, Type: Path, Default: "", DefaultNote: "the Software Update icon", MaxLength: maxPath,
			Group: GroupAppearance, Since: since, Example: "/Library/Application Support/Example/logo.png",
			Help: "The path of a picture to show beside messages.",
			Paragraph: "A png or icns file on the Mac, readable by everybody. When it is missing, the default is " +
				"shown and the absence is reported.",
		},
		{
			Name: SupportContact, Type: String, Default: "IT", MaxLength: maxContact,
			Group: GroupAppearance, Since: since, Example: "IT Support (extension 4357)",
			Help: "Whom people can ask, as it appears in messages for %SUPPORT_CONTACT%.",
			Paragraph: "It begins a sentence, as in \"IT can help\", or stands within one: write what reads well in both, as the " +
				"name of a team without an article, a telephone number or an address.",
		},
	}
}

// windowTexts are the headings and messages of all windows.
func windowTexts() []Key {
	return slices.Concat(promptTexts(), finalTexts(), updatingTexts(), manualTexts(), restartTexts())
}

// texts makes the two rows of one window from when it is shown.
func texts(heading, message Key, shown string) []Key {
	heading.Type, heading.Group, heading.Since, heading.MaxLength = String, GroupMessages, since, maxHeading
	message.Type, message.Group, message.Since, message.MaxLength = String, GroupMessages, since, maxMessage
	heading.Help = "The heading " + shown + "."
	message.Help = "The message " + shown + "."
	if heading.Paragraph == "" {
		heading.Paragraph = "A few words on one line; placeholders work as in the message."
	}
	return []Key{heading, message}
}

func promptTexts() []Key {
	return texts(
		Key{
			Name: PromptHeading, Default: defaultPromptHeading, Example: "Updates for your Mac",
		},
		Key{
			Name: PromptMessage, Default: defaultPromptMessage,
			Example: "Please install %UPDATE_LIST%.{{ You can defer.}} They are enforced after %DEFER_HOURS%.",
			Paragraph: "Placeholders: %UPDATE_LIST% names the updates, %DEFER_HOURS% is the time left in words " +
				"(\"after %DEFER_HOURS%\" reads \"very soon\" near the end), %DEADLINE_DATE% is the deadline, " +
				"%UPDATE_MECHANISM% is where a person finds Software Update, and %SUPPORT_CONTACT% is SupportContact. " +
				"Text between << and >> stays only if an update needs a restart; text between {{ and }} is left out " +
				"of the last prompt before the deadline.",
		},
		"of the prompt, while the updates can be deferred")
}

func finalTexts() []Key {
	return texts(
		Key{
			Name: FinalHeading, Default: defaultFinalHeading, Example: "Time to update",
		},
		Key{
			Name: FinalMessage, Default: defaultFinalMessage,
			Example: "%UPDATE_LIST% will now be installed.<< Your Mac needs to restart to finish.>>",
			Paragraph: "Say that it is time to save work. A countdown of UpdateDelay stands beside it. " +
				"Placeholders work as in PromptMessage.",
		},
		"of the final warning, after the deadline")
}

func updatingTexts() []Key {
	return texts(
		Key{
			Name: UpdatingHeading, Default: defaultUpdatingHeading, Example: "Updating",
		},
		Key{
			Name: UpdatingMessage, Default: defaultUpdatingMessage,
			Example:   "Installing %UPDATE_LIST%. Please leave your Mac connected to power.",
			Paragraph: "It can stand for an hour and longer. Placeholders work as in PromptMessage.",
		},
		"shown while updates are being installed")
}

func manualTexts() []Key {
	return texts(
		Key{
			Name: ManualHeading, Default: defaultManualHeading, Example: "Install updates now",
		},
		Key{
			Name: ManualMessage, Default: defaultManualMessage,
			Example: "Please open %UPDATE_MECHANISM% and install %UPDATE_LIST%.",
			Paragraph: "%UPDATE_MECHANISM% says where a person finds Software Update on their version of macOS. " +
				"Placeholders work as in PromptMessage.",
		},
		"of the reminder, when the person has to install the updates in Software Update")
}

func restartTexts() []Key {
	return texts(
		Key{
			Name: RestartHeading, Default: defaultRestartHeading, Example: "Restarting soon",
		},
		Key{
			Name: RestartMessage, Default: defaultRestartMessage,
			Example: "Please save your work: your Mac needs to restart to finish its updates.",
			Paragraph: "A countdown of HardRestartDelay stands beside it. Some updates need a shut down instead; " +
				"choose words that fit both. Placeholders work as in PromptMessage.",
		},
		"shown from asking for a restart until it comes")
}

func languages() []Key {
	return []Key{{
		Name: Localizations, Type: Dictionary, Default: map[string]map[string]string{}, DefaultNote: "none",
		Group: GroupMessages, Since: since,
		Example: `{de: {InstallButtonLabel: Jetzt installieren, DeferButtonLabel: Später}}`,
		Help:    "Headings, messages and button labels in other languages, by language tag.",
		Paragraph: "A dictionary with a dictionary for each language, named as macOS names it: de, pt-BR, " +
			"zh-Hans. In there, the ten headings and messages and the two button labels have the names and the limits " +
			"that they have outside. A text that is not usable is left out and reported; the others count. A window " +
			"speaks one language: give its heading and its message. In a language that the program brings along, and " +
			"where the base has not been changed, one of them is enough.",
	}}
}
