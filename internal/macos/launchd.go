package macos

import (
	"context"
	"fmt"
	"time"
)

// Launchd controls launchd(8).
type Launchd struct{ Host Host }

// Remove unloads a job of the system. A job that removes itself is ended by that, at once.
func (l Launchd) Remove(ctx context.Context, label string) error {
	out, err := l.Host.Runner.Run(ctx, Command{
		Path: launchctlPath, Args: []string{"bootout", "system/" + label}, Timeout: time.Minute,
	})
	if err != nil {
		return fmt.Errorf("unload %s: %w", label, err)
	}
	const noSuchProcess, inProgress = 3, 36
	if out.TimedOut || out.Code > 0 && out.Code != noSuchProcess && out.Code != inProgress {
		return fmt.Errorf("unload %s: %w", label, out.failure(launchctlPath))
	}
	return nil
}

// Loaded tells whether launchd knows a job of the system.
func (l Launchd) Loaded(ctx context.Context, label string) (bool, error) {
	out, err := l.Host.Runner.Run(ctx, Command{
		Path: launchctlPath, Args: []string{"print", "system/" + label}, Timeout: shortly,
	})
	if err != nil {
		return false, fmt.Errorf("look up %s: %w", label, err)
	}
	return out.Code == 0, nil
}

// Gone tells whether launchd says, in so many words, that it knows no such job of the system.
func (l Launchd) Gone(ctx context.Context, label string) bool {
	const noSuchProcess, noSuchService = 3, 113
	out, err := l.Host.Runner.Run(ctx, Command{
		Path: launchctlPath, Args: []string{"print", "system/" + label}, Timeout: shortly,
	})
	return err == nil && !out.TimedOut && (out.Code == noSuchProcess || out.Code == noSuchService)
}
