package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func jamfRollbackCommand() *cobra.Command {
	var o jamfOptions
	var uninstall bool
	command := &cobra.Command{
		Use:   "rollback",
		Short: "Stop the rollout: turn the policy off, in one request",
		Long: "Turns the policy off, so that no Mac that has not run it does. With --uninstall, also turns on the policy that removes the\n" +
			"program from Macs that have it. It stays that way until jamf apply --resume: an apply does not turn anything on again.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return o.with(func(ctx context.Context, s *session) error { return o.rollback(ctx, s, uninstall) })
		},
	}
	o.flags(command)
	o.yesFlag(command)
	command.Flags().BoolVar(&uninstall, "uninstall", false, "also remove the program from the Macs that have it")
	return command
}

// rollback shows what is turned off and on, asks, and does it.
func (o *jamfOptions) rollback(ctx context.Context, s *session, uninstall bool) error {
	plan, err := s.PlanRollback(ctx, uninstall)
	if err != nil {
		return err
	}
	out := o.command.OutOrStdout()
	fmt.Fprintf(out, "Server: %s, as %s\n", s.server, s.who)
	var steps []string
	if plan.Policy != "" {
		fmt.Fprintf(out, "! policy %q: turn off\n", plan.Policy)
		steps = append(steps, fmt.Sprintf("turn off policy %q", plan.Policy))
	}
	if plan.Uninstall != "" {
		fmt.Fprintf(out, "! policy %q: turn on, for %s that have the program\n", plan.Uninstall, counted(plan.Macs, "Mac"))
		steps = append(steps, "remove the program from "+counted(plan.Macs, "Mac"))
	}
	for _, note := range plan.Notes {
		fmt.Fprintf(out, "%s %s\n", newPainter(out).yellow("note:"), note)
	}
	question := strings.Join(steps, ", and ") + "?"
	question = strings.ToUpper(question[:1]) + question[1:]
	if err := o.confirm(ctx, question); err != nil {
		return err
	}
	if err := s.Rollback(ctx, plan); err != nil {
		return err
	}
	fmt.Fprintln(out, "Done. jamf apply --resume goes on with the rollout.")
	return nil
}
