package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func jamfSnapshotCommand() *cobra.Command {
	var o watchOptions
	var output string
	command := &cobra.Command{
		Use:   "snapshot",
		Short: "Write a line of JSON for each Mac, for days to compliance and for trends",
		Long: "Goes through the inventory and writes how each Mac is doing. With --output, the lines are added to a file, after those of\n" +
			"earlier snapshots; jamf status --history reads it. Take one a day.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			watch, done, err := o.watch()
			if err != nil {
				return err
			}
			defer done()
			return o.with(func(ctx context.Context, s *session) error {
				if output == "" {
					_, err := s.Snapshot(ctx, command.OutOrStdout(), watch)
					return err
				}
				n, err := appendSnapshot(output, func(w io.Writer, last time.Time) (int, error) {
					watch.After = last
					return s.Snapshot(ctx, w, watch)
				})
				if err == nil {
					fmt.Fprintf(command.OutOrStdout(), "%s: %s added\n", output, counted(n, "Mac"))
				}
				return err
			})
		},
	}
	o.flags(command)
	command.Flags().IntVar(&o.days, "max-age", 7, "after how many `days` without an inventory a Mac does not report")
	command.Flags().StringVar(&output, "output", "", "add to this `file` instead of writing to standard output")
	return command
}

// appendSnapshot adds a snapshot to a file, or nothing of it where it could not be taken. A line that an earlier one was cut
// off in goes. It tells take when the last one was taken.
func appendSnapshot(name string, take func(out io.Writer, last time.Time) (int, error)) (n int, err error) {
	const readable = 0o644
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, readable)
	if err != nil {
		return 0, fmt.Errorf("write snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, fmt.Errorf("write snapshot: %w", err)
	}
	end, last, err := rollout.HistoryEnd(file, size)
	if err != nil {
		return 0, usagef("name a new file with --output", "%s: %w", name, err)
	}
	if err := file.Truncate(end); err != nil {
		return 0, fmt.Errorf("write snapshot: %w", err)
	}
	if n, err = take(io.NewOffsetWriter(file, end), last); err != nil {
		return 0, errors.Join(err, file.Truncate(end))
	}
	return n, nil
}
