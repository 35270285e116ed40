package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

func pkgListCommand() *cobra.Command {
	asJSON := false
	command := &cobra.Command{
		Use:   "list PACKAGE",
		Short: "List what is in a package: files, scripts, identity and signature",
		Long: "Lists every file and script with mode, owner, size and checksum, what PackageInfo and Distribution say, who has signed\n" +
			"it, and what else is in the archive. Nothing of it is checked: see pkg verify.",
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return withPackage(args[0], func(p *flatpkg.Package) error {
				report, err := describePackage(command.Context(), p)
				if err != nil {
					return fmt.Errorf("list package: %w", &visibleError{err})
				}
				if asJSON {
					return report.printJSON(command.OutOrStdout())
				}
				return report.print(command.OutOrStdout())
			})
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

func pkgSignCommand() *cobra.Command {
	var signer signerOptions
	output := ""
	command := &cobra.Command{
		Use:     "sign PACKAGE",
		Short:   "Write a signed copy of a package",
		Example: "  install-or-defer pkg sign install-or-defer.pkg --sign installer.p12 --output signed.pkg",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			if signer.file == "" || output == "" {
				return usagef("give both", "sign package: --sign and --output are needed")
			}
			inputs := append([]mention{{"the package", args[0]}}, signer.inputs()...)
			if err := checkOutputs([]mention{{"--output", output}}, inputs); err != nil {
				return err
			}
			signing, err := signer.signing(command.InOrStdin(), command.ErrOrStderr())
			if err != nil {
				return err
			}
			return withPackage(args[0], func(p *flatpkg.Package) error {
				err := replaceWith(output, func(w io.Writer) error { return flatpkg.Sign(command.Context(), w, p, *signing) })
				if err != nil {
					return unsuitable(err)
				}
				_, err = fmt.Fprintf(announcer(command, output), "%s is written\n", output)
				return err
			})
		},
	}
	command.Flags().StringVar(&output, "output", "", "the `file` to write")
	signer.flags(command)
	signer.stampFlag(command)
	return command
}

// withPackage opens a package for as long as it is used.
func withPackage(name string, use func(*flatpkg.Package) error) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	about, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	p, err := flatpkg.Open(file, about.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", name, &visibleError{err})
	}
	return use(p)
}
