package macos

import (
	"context"
	"fmt"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// SettingsPane is Software Update in System Settings, or System Preferences before macOS 13.
type SettingsPane struct{ Host Host }

// Open opens it for a person. The address is known from public tools, and has not been tried by this project.
func (s SettingsPane) Open(ctx context.Context, person Person, running string) error {
	address := "x-apple.systempreferences:com.apple.preferences.softwareupdate"
	if enforce.AtLeast(running, 13) {
		address = "x-apple.systempreferences:com.apple.Software-Update-Settings.extension"
	}
	if person.Nobody() {
		return fmt.Errorf("open Software Update: %w", errNobody)
	}
	command := asPerson(person, openPath, address)
	command.Timeout = shortly
	out, err := s.Host.Runner.Run(ctx, command)
	if err != nil {
		return fmt.Errorf("open Software Update: %w", err)
	}
	if out.Code != 0 {
		return fmt.Errorf("open Software Update: %w", out.failure(openPath))
	}
	return nil
}

// Mechanism names the place for people, for the placeholder %UPDATE_MECHANISM%.
func Mechanism(running string) string {
	switch {
	case enforce.AtLeast(running, 13):
		return "System Settings > General > Software Update"
	case strings.HasPrefix(running, "10.13"):
		return "App Store > Updates"
	default:
		return "System Preferences > Software Update"
	}
}

// UpdateIcons lists where Apple's icon of Software Update lies, for the macOS versions that have one.
func UpdateIcons() []string {
	return []string{
		"/System/Library/CoreServices/Software Update.app/Contents/Resources/SoftwareUpdate.icns",
		"/System/Library/PreferencePanes/SoftwareUpdate.prefPane/Contents/Resources/SoftwareUpdate.icns",
	}
}
