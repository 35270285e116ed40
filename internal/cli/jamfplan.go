package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// exitDue is the exit code of a plan that has changes.
const exitDue = 3

// planOptions are the flags of plan and apply.
type planOptions struct {
	jamfOptions
	plan   rollout.Options
	asJSON bool
	full   bool
}

func (o *planOptions) planFlags(command *cobra.Command) {
	o.flags(command)
	o.packageFlag(command)
	flags := command.Flags()
	flags.BoolVar(&o.plan.Adopt, "adopt", false, "take over objects that were there before, and make them what is declared")
	flags.BoolVar(&o.plan.Resume, "resume", false, "turn the policy on again, after a rollback")
	flags.BoolVar(&o.plan.Prune, "prune", false, "delete what was made here and is not declared any more, old packages too")
	flags.BoolVar(&o.plan.Copied, "copied", false, "the package has been copied to the file share, where the server takes no uploads")
	flags.BoolVar(&o.full, "full", false, "show long texts whole")
}

func jamfPlanCommand() *cobra.Command {
	var o planOptions
	command := &cobra.Command{
		Use:   "plan",
		Short: "Show what differs between the file and the server, and write nothing",
		Long: "Compares what is declared, and nothing else. Ends with exit code 0 where there is nothing to do, 3 where changes are due,\n" +
			"2 where something is refused, and 1 where it could not be done.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return o.with(func(ctx context.Context, s *session) error {
				plan, err := s.Plan(ctx, o.plan)
				if err != nil {
					return err
				}
				if o.asJSON {
					err = printJSON(command.OutOrStdout(), plan)
				} else {
					o.print(command.OutOrStdout(), s, plan)
				}
				switch {
				case err != nil:
					return err
				case len(plan.Refusals) > 0:
					return &quietError{exitUsage}
				case plan.Due():
					return &quietError{exitDue}
				}
				return nil
			})
		},
	}
	o.planFlags(command)
	command.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	return command
}

func jamfApplyCommand() *cobra.Command {
	var o planOptions
	command := &cobra.Command{
		Use:   "apply",
		Short: "Make the server hold what the file declares",
		Long: "Shows the plan, asks, and carries it out: in an order in which nothing refers to what is not there yet, and believing no\n" +
			"write before the server shows it. Whoever is interrupted calls it again. A second apply writes nothing.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return o.with(func(ctx context.Context, s *session) error {
				plan, err := s.Plan(ctx, o.plan)
				if err != nil {
					return err
				}
				o.print(command.OutOrStdout(), s, plan)
				if plan.Due() && len(plan.Refusals) == 0 {
					if err := o.confirm(ctx, "Apply this to "+s.server+"?"); err != nil {
						return err
					}
				}
				if err := s.Apply(ctx, plan); err != nil {
					return err
				}
				if plan.Due() {
					fmt.Fprintf(command.OutOrStdout(), "Done. The state is in %s.\n", o.stateFile())
				}
				return nil
			})
		},
	}
	o.planFlags(command)
	o.yesFlag(command)
	return command
}

// print writes a plan for people.
func (o *planOptions) print(out io.Writer, s *session, plan *rollout.Plan) {
	p := newPainter(out)
	fmt.Fprintf(out, "Server: %s, as %s\n", s.server, s.who)
	if plan.Stage != "" {
		fmt.Fprintf(out, "Stage: %s\n", plan.Stage)
	}
	for _, c := range plan.Changes {
		o.printChange(out, p, c)
	}
	for _, c := range plan.Leftovers {
		fmt.Fprintf(out, "%s %s %q was made here and is not declared any more; --prune deletes it\n", p.dim("·"), c.Kind, c.Name)
	}
	for _, note := range plan.Notes {
		fmt.Fprintf(out, "%s %s\n", p.yellow("note:"), harmless(note))
	}
	for _, r := range plan.Refusals {
		fmt.Fprintf(out, "%s %s\n", p.red("refused:"), harmless(r.String()))
	}
	fmt.Fprintf(out, "%s\n", summarize(plan))
}

// printChange writes a change with its fields.
func (o *planOptions) printChange(out io.Writer, p painter, c rollout.Change) {
	sign, what := p.green("+"), ""
	switch c.Action {
	case rollout.Create:
	case rollout.Update:
		sign = p.yellow("~")
	case rollout.Upload:
		sign, what = p.green("^"), ": upload its file"
	case rollout.Enable:
		sign, what = p.green("!"), ": turn on"
	case rollout.Switch:
		sign, what = p.yellow("!"), ": turn off"
	case rollout.Remove:
		sign, what = p.red("-"), ": delete"
	}
	if c.Adopts {
		what += " (it was there before)"
	}
	fmt.Fprintf(out, "%s %s %q%s\n", sign, c.Kind, c.Name, what)
	for _, f := range c.Fields {
		if o.full || c.Action != rollout.Create || tellsSomething(f) {
			o.printField(out, p, f)
		}
	}
}

// tellsSomething tells whether a field of a new object is worth a line. The others are the same with every deployment.
func tellsSomething(f rollout.Difference) bool {
	return slices.Contains([]string{"criteria", "settings", "category", "scope", "exclusions", "triggers", "frequency", "package"}, f.Field)
}

// printField writes what a field is and becomes, line by line where it has several.
func (o *planOptions) printField(out io.Writer, p painter, f rollout.Difference) {
	drift := ""
	f.Server, f.Wanted = harmless(f.Server), harmless(f.Wanted)
	if f.Drift {
		drift = p.yellow(" (somebody has changed it)")
	}
	was, is := strings.Split(f.Server, "\n"), strings.Split(f.Wanted, "\n")
	if len(was) == 1 && len(is) == 1 {
		change := f.Wanted
		if f.Server != "" {
			change = f.Server + " -> " + cmp.Or(f.Wanted, "nothing")
		}
		fmt.Fprintf(out, "    %s: %s%s\n", f.Field, change, drift)
		return
	}
	fmt.Fprintf(out, "    %s:%s\n", f.Field, drift)
	const most = 8
	shown := 0
	for _, line := range lineChanges(was, is) {
		if shown++; shown > most && !o.full {
			fmt.Fprintf(out, "      … %s; --full shows them\n", counted(len(lineChanges(was, is))-most, "more line"))
			return
		}
		paint := p.green
		if strings.HasPrefix(line, "- ") {
			paint = p.red
		}
		fmt.Fprintf(out, "      %s\n", paint(line))
	}
}

// lineChanges are the lines that go and those that come. Lines that stay are left out.
func lineChanges(was, is []string) []string {
	var list []string
	for _, line := range was {
		if line != "" && !slices.Contains(is, line) {
			list = append(list, "- "+line)
		}
	}
	for _, line := range is {
		if line != "" && !slices.Contains(was, line) {
			list = append(list, "+ "+line)
		}
	}
	return list
}

// summarize says in a line what a plan comes to.
func summarize(plan *rollout.Plan) string {
	if len(plan.Refusals) > 0 {
		return fmt.Sprintf("Refused, for %s. Nothing can be applied.", counted(len(plan.Refusals), "reason"))
	}
	if !plan.Due() {
		return "Nothing to do: the server holds what is declared."
	}
	counts := map[rollout.Action]int{}
	for _, c := range plan.Changes {
		counts[c.Action]++
	}
	var parts []string
	for _, a := range []struct {
		action rollout.Action
		word   string
	}{
		{rollout.Create, "create"},
		{rollout.Update, "change"},
		{rollout.Upload, "upload"},
		{rollout.Enable, "turn on"},
		{rollout.Switch, "turn off"},
		{rollout.Remove, "delete"},
	} {
		if n := counts[a.action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, a.word))
		}
	}
	return "Plan: " + strings.Join(parts, ", ") + "."
}
