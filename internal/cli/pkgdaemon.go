package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/embedded"
	"github.com/install-or-defer/install-or-defer/internal/universal"
)

// daemonOptions say which daemon goes into a package.
type daemonOptions struct{ file string }

func (o *daemonOptions) flags(command *cobra.Command) {
	command.Flags().StringVar(&o.file, "daemon", "", "a `file` with install-or-deferd for macOS, instead of the one of this version")
}

// program is the daemon for macOS: the one that is given, the one that this program brings along, or one built from the
// source in this folder.
func (o daemonOptions) program(ctx context.Context) (*io.SectionReader, error) {
	program, err := o.read(ctx)
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(bytes.NewReader(program), 0, int64(len(program))), nil
}

func (o daemonOptions) read(ctx context.Context) ([]byte, error) {
	if o.file == "" {
		if program := embedded.Daemon(); program != nil {
			return program, nil
		}
		program, err := universal.Build(ctx, ".")
		if err != nil {
			return nil, usagef("run this in a checkout of the source with Go, or give --daemon", "%w", err)
		}
		return program, nil
	}
	program, err := os.ReadFile(o.file)
	if err != nil {
		return nil, fmt.Errorf("read daemon: %w", err)
	}
	if _, err := universal.Check(bytes.NewReader(program)); err != nil {
		return nil, usagef("make it with: install-or-defer pkg daemon --output "+o.file, "--daemon %s: %w", o.file, err)
	}
	return program, nil
}

func pkgDaemonCommand() *cobra.Command {
	var daemon daemonOptions
	var signer universal.Signer
	output := ""
	command := &cobra.Command{
		Use:   "daemon",
		Short: "Write the daemon alone, for both kinds of Mac in one file, and have it signed",
		Long: "Writes install-or-deferd for macOS. With --sign, one of rcodesign, quill or, on a Mac, codesign signs it with a\n" +
			"Developer ID Application identity, as the notary service asks for; build the package with --daemon then.\n" +
			"The password of the identity comes from a file: the arguments of a program are for all to read.",
		Example: "  install-or-defer pkg daemon --sign application.p12 --password-file password.txt --output install-or-deferd\n" +
			"  install-or-defer pkg build --daemon install-or-deferd --sign installer.p12",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			inputs := []mention{{"--daemon", daemon.file}, {"--sign", signer.Identity}, {"--password-file", signer.PasswordFile}}
			if err := checkOutputs([]mention{{"--output", output}}, inputs); err != nil {
				return err
			}
			program, err := daemon.read(command.Context())
			if err != nil {
				return err
			}
			signed := "ad hoc where Macs need it"
			if signer.Identity != "" {
				if program, err = signProgram(command.Context(), signer, program); err != nil {
					return err
				}
				signed = "signed with " + signer.Identity
			}
			if err := replace(output, program); err != nil {
				return fmt.Errorf("write daemon: %w", err)
			}
			_, err = fmt.Fprintf(announcer(command, output), "%s is written, %s\n", output, signed)
			return err
		},
	}
	daemon.flags(command)
	flags := command.Flags()
	flags.StringVar(&output, "output", "install-or-deferd", "the `file` to write")
	flags.StringVar(&signer.Identity, "sign", "", "sign with this `identity`: a .p12 file, or with codesign a name in the keychain")
	flags.StringVar(&signer.Tool, "sign-with", "", "the `tool` that signs: rcodesign, quill or codesign; else the first of them that is there")
	flags.StringVar(&signer.PasswordFile, "password-file", "", "a `file` with the password of the .p12 file")
	flags.StringVar(&signer.Timestamp, "timestamp", "", "the `URL` of a time stamp authority, instead of Apple's")
	return command
}

// signProgram has the daemon signed, and checks that what comes back is one still.
func signProgram(ctx context.Context, signer universal.Signer, program []byte) ([]byte, error) {
	signer.Identifier = agent.Identifier
	signed, err := signer.Sign(ctx, program)
	if errors.Is(err, universal.ErrNoSigner) || errors.Is(err, universal.ErrSigner) {
		return nil, usagef("rcodesign: cargo install apple-codesign; quill: github.com/anchore/quill; or sign on a Mac with codesign", "%w", err)
	}
	if err != nil {
		return nil, err
	}
	found, err := universal.Check(bytes.NewReader(signed))
	if err != nil {
		return nil, fmt.Errorf("look at what was signed: %w", err)
	}
	for _, a := range found.Architectures {
		if !a.Signed {
			return nil, fmt.Errorf("look at what was signed: the part for %s is not", a.Name)
		}
	}
	return signed, nil
}
