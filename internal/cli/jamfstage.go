package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func jamfStageCommand() *cobra.Command {
	var o watchOptions
	var force bool
	command := &cobra.Command{
		Use:   "stage NAME|next",
		Short: "Widen the rollout to a stage, when the gate of the present one holds",
		Long: "Looks at the Macs of the stages so far, and at what the present stage has to hold: soak time, and how many Macs report, fail\n" +
			"and have finished. If it holds, the scope of the policy is widened to the groups of the stage, and nothing else of it is\n" +
			"changed. An earlier stage narrows it, also while the policy is off. --force goes on where the gate does not hold, and says\n" +
			"what it overrides.",
		Example: "  install-or-defer jamf stage next\n  install-or-defer jamf stage all --force",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			watch, done, err := o.watch()
			if err != nil {
				return err
			}
			defer done()
			return o.with(func(ctx context.Context, s *session) error {
				plan, err := s.PlanStage(ctx, args[0], watch)
				if err != nil {
					return err
				}
				return o.enter(ctx, s, plan, force)
			})
		},
	}
	o.watchFlags(command)
	o.yesFlag(command)
	command.Flags().BoolVar(&force, "force", false, "go on where the gate does not hold")
	return command
}

// enter shows what a step does, asks, and makes it.
func (o *watchOptions) enter(ctx context.Context, s *session, plan *rollout.StagePlan, force bool) error {
	out := o.command.OutOrStdout()
	if o.asJSON {
		if err := printJSON(out, plan); err != nil {
			return err
		}
	} else {
		printStage(out, s, plan)
	}
	if plan.From == plan.To {
		return nil
	}
	overridden := overrides(plan)
	if plan.Widens() && len(overridden) > 0 {
		if !force {
			return fmt.Errorf("enter stage %s: %w: %s; --force overrides it", plan.To, rollout.ErrGateClosed, strings.Join(overridden, "; "))
		}
		_, _ = fmt.Fprintf(o.command.ErrOrStderr(), "Overridden: %s.\n", strings.Join(overridden, "; "))
	}
	question := fmt.Sprintf("Widen policy %q to stage %s, of %s?", plan.Policy, plan.To, counted(plan.Macs, "Mac"))
	if !plan.Widens() {
		question = fmt.Sprintf("Narrow policy %q to stage %s, and leave out %s?", plan.Policy, plan.To, counted(plan.Macs, "Mac"))
	}
	if err := o.confirm(ctx, question); err != nil {
		return err
	}
	if err := s.Enter(ctx, plan, force); err != nil {
		return err
	}
	if !o.asJSON {
		fmt.Fprintf(out, "The rollout is in stage %s.\n", plan.To)
	}
	return nil
}

// overrides are what a gate and the order of stages have against a step.
func overrides(plan *rollout.StagePlan) []string {
	var list []string
	for _, c := range plan.Gate.Checks {
		if !c.Holds {
			list = append(list, fmt.Sprintf("%s is %s, and has to be %s", c.Name, c.Measured, c.Required))
		}
	}
	for _, name := range plan.Skipped {
		list = append(list, "stage "+name+" is skipped")
	}
	return list
}

func printStage(out io.Writer, s *session, plan *rollout.StagePlan) {
	p := newPainter(out)
	fmt.Fprintf(out, "Server: %s, as %s\nStage: %s", s.server, s.who, plan.From)
	if plan.From == plan.To {
		fmt.Fprintf(out, ", as before\n")
		return
	}
	fmt.Fprintf(out, " -> %s\n", plan.To)
	if plan.Widens() {
		printGate(out, p, plan.Gate)
	}
	for _, g := range plan.Adds {
		fmt.Fprintf(out, "%s group %q\n", p.green("+"), g)
	}
	for _, g := range plan.Removes {
		fmt.Fprintf(out, "%s group %q\n", p.red("-"), g)
	}
	verb := "leaves out"
	if plan.Widens() {
		verb = "adds"
	}
	fmt.Fprintf(out, "At present that %s %s.\n", verb, counted(plan.Macs, "Mac"))
	if plan.Off {
		fmt.Fprintf(out, "%s the policy is off, and stays off; jamf apply --resume turns it on\n", p.yellow("note:"))
	}
}

func printGate(out io.Writer, p painter, gate rollout.Gate) {
	if len(gate.Checks) == 0 {
		fmt.Fprintf(out, "Stage %s has no gate and no soak time.\n", gate.Stage)
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range gate.Checks {
		verdict := p.green("holds")
		if !c.Holds {
			verdict = p.red("does not hold")
		}
		_, _ = fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", c.Name, c.Measured, c.Required, verdict)
	}
	_ = table.Flush() // what out does not take shows soon enough
}
