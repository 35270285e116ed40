package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func jamfDoctorCommand() *cobra.Command {
	var o jamfOptions
	var asJSON bool
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is lacking for a rollout, before anything is written: server, account, privileges",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return o.with(func(ctx context.Context, s *session) error {
				findings, err := s.Doctor(ctx)
				if err != nil {
					return err
				}
				if out := command.OutOrStdout(); asJSON {
					err = printJSON(out, findings)
				} else {
					printFindings(out, findings)
				}
				if err == nil && slices.ContainsFunc(findings, func(f rollout.Finding) bool { return !f.Good }) {
					err = &quietError{exitFailed}
				}
				return err
			})
		},
	}
	o.flags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

func printFindings(out io.Writer, findings []rollout.Finding) {
	p := newPainter(out)
	for _, f := range findings {
		word := p.green("good")
		if !f.Good {
			word = p.red("bad ")
		}
		fmt.Fprintf(out, "%s  %s: %s\n", word, f.Name, harmless(f.Text))
		if f.Fix != "" {
			fmt.Fprintf(out, "      %s\n", f.Fix)
		}
	}
}
