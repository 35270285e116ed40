package macos

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Jamf is the agent of Jamf Pro.
type Jamf struct{ Host Host }

// Recon sends the inventory to Jamf Pro. It is slow: it runs softwareupdate itself, for up to five minutes.
func (j Jamf) Recon(ctx context.Context) error {
	var missing *MissingError
	command := Command{Path: jamfOldPath, Args: []string{"recon"}, Timeout: 15 * time.Minute}
	out, err := j.Host.Runner.Run(ctx, command)
	if errors.As(err, &missing) {
		command.Path = jamfPath // a link to the other, in a folder that is not always root's alone
		out, err = j.Host.Runner.Run(ctx, command)
	}
	if err != nil {
		return fmt.Errorf("update inventory: %w", err)
	}
	if out.Code != 0 || out.TimedOut {
		return fmt.Errorf("update inventory: %w", out.failure(jamfPath))
	}
	return nil
}

// Enrolled tells whether the Mac is managed by a server.
func (j Jamf) Enrolled(ctx context.Context) (bool, error) {
	enrollment, err := Management(j).Enrollment(ctx)
	return enrollment.MDM, err
}
