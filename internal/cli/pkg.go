package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
	"github.com/install-or-defer/install-or-defer/internal/release"
	"github.com/install-or-defer/install-or-defer/internal/universal"
)

func pkgCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "pkg",
		Short: "Build the installer package, on any system, and look into packages",
	}
	command.AddCommand(pkgBuildCommand(), pkgUninstallerCommand(), pkgListCommand(), pkgVerifyCommand(), pkgSignCommand())
	return command
}

// pkgOptions are the flags of the commands that write a package.
type pkgOptions struct {
	config, output, daemon string
	component, sha256      bool
	signer                 signerOptions
}

func pkgBuildCommand() *cobra.Command {
	var o pkgOptions
	command := &cobra.Command{
		Use:   "build",
		Short: "Build the package that puts install-or-deferd on Macs",
		Long: "Builds the package from the administrator's file, or from the defaults where none is given. The same choices give the\n" +
			"same bytes, on any system and at any time; SOURCE_DATE_EPOCH sets the date that it carries. The daemon is built from a\n" +
			"source checkout in this folder with the go command, unless one is given.",
		Example: "  install-or-defer pkg build --config install-or-defer.yaml --output install-or-defer.pkg",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			d, logo, err := o.deployment()
			if err != nil {
				return err
			}
			program, err := o.program(command.Context())
			if err != nil {
				return err
			}
			modified, err := sourceDate()
			if err != nil {
				return err
			}
			content, err := installer.Content(d, io.NewSectionReader(bytes.NewReader(program), 0, int64(len(program))),
				installer.Options{Version: release.Version(), Modified: modified, Logo: logo})
			if err != nil {
				return usagef("", "describe package: %w", err)
			}
			return o.write(command, content, "Install or Defer")
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.config, "config", "", "the administrator's `file`; without it the defaults")
	flags.StringVar(&o.daemon, "daemon", "", "a `file` with install-or-deferd for macOS, instead of building one")
	o.flags(command, "install-or-defer-"+release.Version()+".pkg")
	return command
}

func pkgUninstallerCommand() *cobra.Command {
	var o pkgOptions
	command := &cobra.Command{
		Use:   "uninstaller",
		Short: "Build a package that installs nothing and removes everything, to roll back",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			d, _, err := o.deployment()
			if err != nil {
				return err
			}
			modified, err := sourceDate()
			if err != nil {
				return err
			}
			content, err := installer.Uninstaller(d.Identifier, installer.Options{Version: release.Version(), Modified: modified})
			if err != nil {
				return usagef("", "describe package: %w", err)
			}
			return o.write(command, content, "Install or Defer: remove")
		},
	}
	command.Flags().StringVar(&o.config, "config", "", "the administrator's `file`, for its identifier")
	o.flags(command, "install-or-defer-uninstaller-"+release.Version()+".pkg")
	return command
}

// flags adds the flags that all commands share that write a package.
func (o *pkgOptions) flags(command *cobra.Command, output string) {
	flags := command.Flags()
	flags.StringVar(&o.output, "output", output, "the `file` to write")
	flags.BoolVar(&o.component, "component", false, "write a component package, not the product archive that prestages need")
	flags.BoolVar(&o.sha256, "sha256", false, "use SHA-256 in the table of contents, which older readers do not open")
	o.signer.flags(command)
}

// deployment reads the administrator's file and the picture that it names, beside it.
func (o pkgOptions) deployment() (d deployment.Deployment, logo []byte, err error) {
	if o.config == "" {
		return deployment.Deployment{}, nil, nil
	}
	data, err := readInput(nil, o.config)
	if err != nil {
		return d, nil, fmt.Errorf("read configuration: %w", err)
	}
	d, problems := deployment.Load(o.config, data)
	if len(problems) > 0 {
		return d, nil, usagef("install-or-defer settings check says more", "read configuration: %w", &deployment.ProblemError{Problems: problems})
	}
	if d.Logo == "" {
		return d, nil, nil
	}
	picture := d.Logo
	if !filepath.IsAbs(picture) {
		picture = filepath.Join(filepath.Dir(o.config), picture)
	}
	logo, err = readInput(nil, picture)
	if err != nil {
		return d, nil, fmt.Errorf("read logo: %w", err)
	}
	return d, logo, nil
}

// program is the daemon for macOS: the one that is given, or one built here.
func (o pkgOptions) program(ctx context.Context) ([]byte, error) {
	if o.daemon == "" {
		program, err := universal.Build(ctx, ".")
		if err != nil {
			return nil, usagef("run this in a checkout of the source with Go, or give --daemon", "build daemon: %w", err)
		}
		return program, nil
	}
	program, err := os.ReadFile(o.daemon)
	if err != nil {
		return nil, fmt.Errorf("read daemon: %w", err)
	}
	if _, err := universal.Check(bytes.NewReader(program)); err != nil {
		return nil, usagef("make it with make build, for GOOS=darwin", "--daemon %s: %w", o.daemon, err)
	}
	return program, nil
}

// sourceDate is the date that a package carries: that of SOURCE_DATE_EPOCH, or of the release.
func sourceDate() (time.Time, error) {
	const name = "SOURCE_DATE_EPOCH"
	text, ok := os.LookupEnv(name)
	if !ok {
		return release.Date(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 {
		return time.Time{}, usagef("give whole seconds since 1970", "%s: %q is not a time", name, text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// write writes the package under a temporary name first, so that what is there stays whole until all is written.
func (o pkgOptions) write(command *cobra.Command, content flatpkg.Component, title string) error {
	options := flatpkg.Options{}
	if o.sha256 {
		options.Checksum = flatpkg.SHA256
	}
	signing, err := o.signer.signing(command.InOrStdin(), command.ErrOrStderr())
	if err != nil {
		return err
	}
	options.Sign = signing
	err = replaceWith(o.output, func(w io.Writer) error {
		if o.component {
			return flatpkg.WriteComponent(command.Context(), w, content, options)
		}
		return flatpkg.WriteProduct(command.Context(), w, flatpkg.Product{
			Title: title, Identifier: content.Identifier, Version: content.Version, MinOSVersion: installer.MinimumMacOS,
			HostArchitectures: []string{"arm64", "x86_64"}, Components: []flatpkg.Component{content},
		}, options)
	})
	if errors.Is(err, flatpkg.ErrCertificate) {
		return usagef("", "write package: %w", err)
	}
	if err != nil {
		return fmt.Errorf("write package: %w", err)
	}
	signed := "unsigned"
	if signing != nil {
		signed = "signed"
	}
	_, err = fmt.Fprintf(command.OutOrStdout(), "%s is written: %s %s, %s\n", o.output, content.Identifier, content.Version, signed)
	return err
}
