package promisetest

import "github.com/install-or-defer/install-or-defer/internal/sim"

// FaultyTools are the tools, and one argument of those that do several things.
func FaultyTools() []sim.Fault {
	return []sim.Fault{
		{Tool: "softwareupdate"},
		{Tool: "softwareupdate", Arg: "--list"},
		{Tool: "softwareupdate", Arg: "--download"},
		{Tool: "softwareupdate", Arg: "--install"},
		{Tool: "jamfHelper"},
		{Tool: "launchctl"},
		{Tool: "launchctl", Arg: "asuser"},
		{Tool: "launchctl", Arg: "bootout"},
		{Tool: "osascript"},
		{Tool: "shutdown"},
		{Tool: "defaults"},
		{Tool: "scutil"},
		{Tool: "stat"},
		{Tool: "id"},
		{Tool: "sysctl"},
		{Tool: "fdesetup"},
		{Tool: "jamf"},
		{Tool: "logger"},
		{Tool: "arch"},
		{Tool: "sw_vers"},
		{Tool: "nc"},
	}
}
