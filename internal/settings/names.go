package settings

// Names of the keys, as they stand in a profile.
const (
	MaxDeferralTime         = "MaxDeferralTime"
	SkipDeferral            = "SkipDeferral"
	DeferralPeriod          = "DeferralPeriod"
	PromptTimeout           = "PromptTimeout"
	UpdateDelay             = "UpdateDelay"
	HardRestartDelay        = "HardRestartDelay"
	WorkdayStartHour        = "WorkdayStartHour"
	WorkdayEndHour          = "WorkdayEndHour"
	WorkdayDays             = "WorkdayDays"
	Holidays                = "Holidays"
	ManualUpdates           = "ManualUpdates"
	DisablePostInstallAlert = "DisablePostInstallAlert"
	InstallWhenLoggedOut    = "InstallWhenLoggedOut"
	AllowMajorUpgrades      = "AllowMajorUpgrades"
	ExcludedUpdates         = "ExcludedUpdates"
	DiagnosticLog           = "DiagnosticLog"
	InstallButtonLabel      = "InstallButtonLabel"
	DeferButtonLabel        = "DeferButtonLabel"
	MessagingLogo           = "MessagingLogo"
	SupportContact          = "SupportContact"
	PromptHeading           = "PromptHeading"
	PromptMessage           = "PromptMessage"
	FinalHeading            = "FinalHeading"
	FinalMessage            = "FinalMessage"
	UpdatingHeading         = "UpdatingHeading"
	UpdatingMessage         = "UpdatingMessage"
	ManualHeading           = "ManualHeading"
	ManualMessage           = "ManualMessage"
	RestartHeading          = "RestartHeading"
	RestartMessage          = "RestartMessage"
	Localizations           = "Localizations"
)

// Names of the keys that are planned.
const (
	DeadlineDate     = "DeadlineDate"
	MaxDeferralCount = "MaxDeferralCount"
	InstallMethod    = "InstallMethod"
	PromptStyle      = "PromptStyle"
	WaitForMeetings  = "WaitForMeetings"
	MeetingPatience  = "MeetingPatience"
	MinimumBattery   = "MinimumBattery"
	MinimumFreeSpace = "MinimumFreeSpace"
)

// Headings under which the keys are documented, in this order.
const (
	GroupTiming     = "Timing"
	GroupWorkday    = "Working hours"
	GroupUpdates    = "Updates"
	GroupAppearance = "Appearance"
	GroupMessages   = "Messages"
)
