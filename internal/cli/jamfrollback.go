package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
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
		RunE: func(command *cobra.Command, _ []string) error {
			return o.with(func(ctx context.Context, s *session) error {
				plan, err := s.PlanRollback(ctx, uninstall)
				if err != nil {
					return err
				}
				out := command.OutOrStdout()
				fmt.Fprintf(out, "Server: %s, as %s\n! policy %q: turn off\n", s.server, s.who, plan.Policy)
				question := fmt.Sprintf("Turn off policy %q?", plan.Policy)
				if plan.Uninstall != "" {
					fmt.Fprintf(out, "! policy %q: turn on, for %s that have the program\n", plan.Uninstall, counted(plan.Macs, "Mac"))
					question = fmt.Sprintf("Turn off policy %q, and remove the program from %s?", plan.Policy, counted(plan.Macs, "Mac"))
				}
				if err := o.confirm(ctx, question); err != nil {
					return err
				}
				if err := s.Rollback(ctx, plan); err != nil {
					return err
				}
				fmt.Fprintln(out, "Done. jamf apply --resume goes on with the rollout.")
				return nil
			})
		},
	}
	o.flags(command)
	o.yesFlag(command)
	command.Flags().BoolVar(&uninstall, "uninstall", false, "also remove the program from the Macs that have it")
	return command
}

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
					return nil
				}
				if dry {
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
				out := command.OutOrStdout()
				bad := slices.ContainsFunc(findings, func(f rollout.Finding) bool { return !f.Good })
				if asJSON {
					err = printJSON(out, findings)
				} else {
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
				if err == nil && bad {
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

func jamfExportCommand() *cobra.Command {
	var o jamfOptions
	var output string
	command := &cobra.Command{
		Use:   "export",
		Short: "Write what is declared as files of JSON and XML, for who makes it by hand",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			d, err := o.load()
			if err != nil {
				return err
			}
			p, file, err := o.openPackage(d)
			if err != nil {
				return err
			}
			if file != nil {
				defer file.Close() //nolint:errcheck // it was only read
			}
			uninstaller, err := uninstallScript(d.Identifier)
			if err != nil {
				return err
			}
			state, err := rollout.ReadState(nil)
			if err != nil {
				return err
			}
			r, err := rollout.New(rollout.Config{Deployment: d, State: state, Package: p, Uninstaller: uninstaller})
			if err != nil {
				return err
			}
			files, err := r.Export()
			if err != nil {
				return err
			}
			return writeExport(command, output, files)
		},
	}
	o.flags(command)
	o.packageFlag(command)
	command.Flags().StringVar(&output, "output", "jamf", "the `folder` to write them to, which must be new or empty")
	return command
}

// writeExport writes files into a folder of their own.
func writeExport(command *cobra.Command, folder string, files map[string][]byte) error {
	const searchable, readable fs.FileMode = 0o755, 0o644
	if err := os.MkdirAll(folder, searchable); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	if there, err := os.ReadDir(folder); err != nil || len(there) > 0 {
		return errors.Join(err, usagef("name a new one with --output", "%s is not empty", folder))
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(folder, name), files[name], readable); err != nil {
			return fmt.Errorf("write export: %w", err)
		}
	}
	fmt.Fprintf(command.OutOrStdout(), "%s are in %s; README.txt tells in which order to make the objects\n", counted(len(files), "file"), folder)
	return nil
}
