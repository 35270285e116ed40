package cli

import (
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
)

func pkgCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "pkg",
		Short: "Build the installer package, on any system, and look into packages",
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(pkgBuildCommand(), pkgUninstallerCommand(), pkgDaemonCommand(), pkgListCommand(), pkgVerifyCommand(), pkgSignCommand(), pkgNotarizeCommand())
	return command
}

// pkgOptions are the flags of the commands that write a package.
type pkgOptions struct {
	config, output, sbom string
	component, sha256    bool
	signer               signerOptions
}

// flags adds the flags that all commands share that write a package.
func (o *pkgOptions) flags(command *cobra.Command, output string) {
	flags := command.Flags()
	flags.StringVar(&o.config, "config", "", "the administrator's `file`; without it the defaults")
	flags.StringVar(&o.output, "output", output, "the `file` to write")
	flags.StringVar(&o.sbom, "sbom", "", "a `file` to write a list to of what is inside (CycloneDX, JSON)")
	flags.BoolVar(&o.component, "component", false, "write a component package, not the product archive that prestages need")
	flags.BoolVar(&o.sha256, "sha256", false, "use SHA-256 in the table of contents, which older readers do not open")
	o.signer.flags(command)
	o.signer.stampFlag(command)
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
func (o pkgOptions) write(command *cobra.Command, content flatpkg.Component) error {
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
		return flatpkg.WriteProduct(command.Context(), w, installer.Product(content), options)
	})
	if errors.Is(err, flatpkg.ErrCertificate) {
		return usagef("", "write package: %w", err)
	}
	if err != nil {
		return fmt.Errorf("write package: %w", err)
	}
	if err := o.bill(content); err != nil {
		return err
	}
	signed := "unsigned"
	if signing != nil {
		signed = "signed"
	}
	_, err = fmt.Fprintf(command.OutOrStdout(), "%s is written: %s %s, %s\n", o.output, content.Identifier, content.Version, signed)
	return err
}
