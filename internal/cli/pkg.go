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

// deployment reads the administrator's file.
func (o pkgOptions) deployment() (deployment.Deployment, error) {
	if o.config == "" {
		return deployment.Deployment{}, nil
	}
	data, err := readInput(nil, o.config)
	if err != nil {
		return deployment.Deployment{}, fmt.Errorf("read configuration: %w", err)
	}
	d, problems := deployment.Load(o.config, data)
	if len(problems) > 0 {
		return d, usagef("install-or-defer settings check says more", "read configuration: %w", &deployment.ProblemError{Problems: problems})
	}
	return d, nil
}

// picture is the file with the logo that the administrator's file names, beside it; empty if it names none.
func (o pkgOptions) picture(d deployment.Deployment) string {
	if d.Logo == "" || filepath.IsAbs(d.Logo) {
		return d.Logo
	}
	return filepath.Join(filepath.Dir(o.config), d.Logo)
}

// logo reads the picture; it is nil if there is none.
func (o pkgOptions) logo(d deployment.Deployment) ([]byte, error) {
	if d.Logo == "" {
		return nil, nil
	}
	logo, err := readInput(nil, o.picture(d))
	if err != nil {
		return nil, fmt.Errorf("read logo: %w", err)
	}
	return logo, nil
}

// checkOutputs sees to it that no file to write is one of those that are read, of which there are more than the flags
// here name.
func (o pkgOptions) checkOutputs(more ...mention) error {
	inputs := append([]mention{{"--config", o.config}}, o.signer.inputs()...)
	return checkOutputs([]mention{{"--output", o.output}, {"--sbom", o.sbom}}, append(inputs, more...))
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
	if err != nil {
		return unsuitable(err)
	}
	if err := o.bill(content); err != nil {
		return err
	}
	signed := "unsigned"
	if signing != nil {
		signed = "signed"
	}
	_, err = fmt.Fprintf(announcer(command, o.output, o.sbom), "%s is written: %s %s, %s\n", o.output, content.Identifier, content.Version, signed)
	return err
}

// unsuitable tells that who was to sign cannot, which is an error in how the command was called.
func unsuitable(err error) error {
	if errors.Is(err, flatpkg.ErrCertificate) {
		return usagef("pkg build and pkg sign take a Developer ID Installer identity, or another RSA key with a certificate for signatures", "%w", err)
	}
	return err
}
