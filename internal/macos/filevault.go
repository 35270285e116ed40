package macos

import (
	"context"
	"fmt"
	"strings"
)

// FileVault tells about disk encryption.
type FileVault struct{ Host Host }

// Status is what fdesetup(8) says.
type Status struct {
	On         bool
	Converting bool // encryption or decryption is in progress
}

// Status asks fdesetup(8).
func (f FileVault) Status(ctx context.Context) (Status, error) {
	out, err := f.Host.Runner.Run(ctx, Command{Path: fdesetupPath, Args: []string{"status"}, Timeout: shortly})
	if err != nil {
		return Status{}, fmt.Errorf("find FileVault status: %w", err)
	}
	if !strings.Contains(out.Stdout, "FileVault is") {
		return Status{}, fmt.Errorf("find FileVault status: %w", out.failure(fdesetupPath))
	}
	return Status{
		On:         strings.Contains(out.Stdout, "FileVault is On"),
		Converting: strings.Contains(out.Stdout, "cryption in progress"),
	}, nil
}
