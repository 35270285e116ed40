package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func jamfDestroyCommand() *cobra.Command {
	var o jamfOptions
	var dry bool
	command := &cobra.Command{
		Use:   "destroy",
		Short: "Delete from the server what was made here, and nothing else",
		Long: "Lists what the state and the markers in descriptions prove to be made by this program, asks, and deletes it. What was there\n" +
			"before is kept. Macs that have the program keep it: see jamf rollback --uninstall, which comes before.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return o.with(func(ctx context.Context, s *session) error {
				plan, err := s.PlanDestroy(ctx)
				if err != nil {
					return err
				}
				out := command.OutOrStdout()
				printDestroy(out, s, plan)
				if dry || len(plan.Delete) == 0 {
					return nil
				}
				if err := o.confirm(ctx, fmt.Sprintf("Delete %s from %s?", counted(len(plan.Delete), "object"), s.server)); err != nil {
					return err
				}
				if err := s.Destroy(ctx, plan); err != nil {
					return err
				}
				fmt.Fprintf(out, "Done: %s deleted.\n", counted(len(plan.Delete), "object"))
				return nil
			})
		},
	}
	o.flags(command)
	o.yesFlag(command)
	command.Flags().BoolVar(&dry, "dry-run", false, "list, and delete nothing")
	return command
}

// printDestroy lists what goes and what stays.
func printDestroy(out io.Writer, s *session, plan *rollout.DestroyPlan) {
	p := newPainter(out)
	fmt.Fprintf(out, "Server: %s, as %s\n", s.server, s.who)
	for _, c := range plan.Delete {
		fmt.Fprintf(out, "%s %s %q (number %s)\n", p.red("-"), c.Kind, c.Name, c.ID)
		if c.Kind == rollout.KindCategory {
			fmt.Fprintln(out, "    what others have put into it will be in none")
		}
	}
	for _, k := range plan.Keep {
		fmt.Fprintf(out, "%s %s %q: kept: %s\n", p.dim("·"), k.Kind, k.Name, harmless(k.Why))
	}
	if len(plan.Delete) == 0 {
		fmt.Fprintln(out, "There is nothing of ours to delete.")
	}
}
