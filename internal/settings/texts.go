package settings

// The default texts. Placeholders: %UPDATE_LIST%, %DEFER_HOURS% (the time left in words: after the word "after", since
// "after %DEFER_HOURS%" turns into "very soon" near the end), %DEADLINE_DATE%, %UPDATE_MECHANISM%, %SUPPORT_CONTACT%;
// "<<…>>" stays only when an update needs a restart, "{{…}}" goes when this is the last prompt.
const (
	defaultPromptHeading = "Your Mac has updates to install"
	defaultPromptMessage = `These updates from Apple are required on this Mac:

%UPDATE_LIST%

Run them now if it suits you.{{ If you are in the middle of something, defer them: you will be asked again later.}}

They become mandatory after %DEFER_HOURS% (%DEADLINE_DATE%).<< Your Mac needs to restart to finish them, so please save your work first.>>

Questions? %SUPPORT_CONTACT% can help.`

	defaultFinalHeading = "Updates are about to start"
	defaultFinalMessage = `It is now time for these updates from Apple, and they can no longer be deferred:

%UPDATE_LIST%

Please save your work. The updates start when the countdown ends, or as soon as you click the button.<< Your Mac needs to restart to finish them.>>

Questions? %SUPPORT_CONTACT% can help.`

	defaultUpdatingHeading = "Updates are being installed"
	defaultUpdatingMessage = `Your Mac is installing:

%UPDATE_LIST%

This can take a while. Please leave your Mac switched on and connected to power.<< You will be told before it restarts.>>

Questions? %SUPPORT_CONTACT% can help.`

	defaultManualHeading = "Please install these updates"
	defaultManualMessage = `These updates from Apple are required on this Mac:

%UPDATE_LIST%

Please save your work, open %UPDATE_MECHANISM% and install them there.<< Your Mac needs to restart to finish them.>>

Once they are installed, there is nothing else to do. Questions? %SUPPORT_CONTACT% can help.`

	defaultRestartHeading = "One last step for your updates"
	defaultRestartMessage = `The updates are in place, and your Mac needs to restart to finish them.

Please save your work and close your documents now. Your Mac goes ahead by itself when the countdown ends.

Questions? %SUPPORT_CONTACT% can help.`
)
