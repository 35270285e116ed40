package macos

import (
	"context"
	"fmt"
	"strings"
)

const systemVersionPath = "/System/Library/CoreServices/SystemVersion.plist"

// System tells what Mac this is.
type System struct{ Host Host }

// Version is a version of macOS.
type Version struct {
	Number string // as "13.7.4"
	Build  string // as "22H420"
}

// Version reads it from the system's own file, and where that is not there, asks sw_vers(1).
func (s System) Version(ctx context.Context) (Version, error) {
	values, err := ReadList(s.Host, systemVersionPath)
	if err == nil {
		number, _ := values["ProductVersion"].(string)
		build, _ := values["ProductBuildVersion"].(string)
		if number != "" {
			return Version{Number: number, Build: build}, nil
		}
	}
	var out Output
	for _, args := range [][]string{nil, {"-productVersion"}} {
		out, err = s.Host.Runner.Run(ctx, Command{Path: swVersPath, Args: args, Timeout: shortly})
		if err != nil {
			return Version{}, fmt.Errorf("find macOS version: %w", err)
		}
		if version, ok := parseVersion(out.Stdout); ok {
			return version, nil
		}
	}
	return Version{}, fmt.Errorf("find macOS version: %w", out.failure(swVersPath))
}

// parseVersion reads "ProductVersion:\t\t13.3" and "BuildVersion:\t\t22E252", or a version alone.
func parseVersion(text string) (v Version, ok bool) {
	for line := range strings.Lines(text) {
		key, value, found := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch {
		case !found && v.Number == "":
			v.Number = strings.TrimSpace(line)
		case key == "ProductVersion":
			v.Number = value
		case key == "BuildVersion":
			v.Build = value
		}
	}
	if v.Number == "" || v.Number[0] < '1' || v.Number[0] > '9' {
		return Version{}, false
	}
	return v, true
}

// AppleSilicon tells whether the Mac has Apple's own processor.
func (s System) AppleSilicon(ctx context.Context) (bool, error) {
	out, err := s.Host.Runner.Run(ctx, Command{Path: archPath, Timeout: shortly})
	if err != nil {
		out, err = s.Host.Runner.Run(ctx, Command{Path: unamePath, Args: []string{"-m"}, Timeout: shortly})
	}
	if err != nil {
		return false, fmt.Errorf("find processor: %w", err)
	}
	return strings.HasPrefix(firstLine(out.Stdout), "arm64"), nil
}

// Has tells whether a tool is there and can be run.
func (s System) Has(path string) bool {
	entry, err := s.Host.Lister.Stat(path)
	return err == nil && !entry.Mode.IsDir() && (entry.Mode.Perm()&0o111 != 0 || entry.Mode.Type() != 0)
}

// Need is a tool, with what it is needed for and whether no turn can do without it.
type Need struct {
	Path     string
	For      string
	Required bool
}

// Needs lists the tools that a turn may need.
func Needs() []Need {
	return []Need{
		{softwareUpdatePath, "lists and installs updates", true},
		{launchctlPath, "reaches the person's session, and removes the daemon when the work is done", true},
		{shutdownPath, "restarts the Mac", true},
		{defaultsPath, "writes the two values that show the deadline", false},
		{jamfHelperPath, "shows windows; without it osascript does", false},
		{osascriptPath, "asks programs to quit before a restart", false},
		{jamfOldPath, "reports to Jamf Pro", false},
		{loggerPath, "writes to the system log", false},
		{scutilPath, "tells who is at the Mac", false},
		{sysctlPath, "tells when the Mac started", false},
		{fdesetupPath, "tells whether FileVault is converting the disk", false},
		{pmsetPath, "tells of the battery, and of calls and presentations", false},
		{dfPath, "tells how much space is free", false},
		{ioregPath, "tells whether the screen is locked", false},
		{diskutilPath, "tells who owns the volume", false},
		{profilesPath, "tells how the Mac is managed", false},
	}
}
