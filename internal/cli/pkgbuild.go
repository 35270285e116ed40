package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
	"github.com/install-or-defer/install-or-defer/internal/release"
)

func pkgBuildCommand() *cobra.Command {
	var o pkgOptions
	var daemon daemonOptions
	reset := false
	command := &cobra.Command{
		Use:   "build",
		Short: "Build the package that puts install-or-deferd on Macs",
		Long: "Builds the package from the administrator's file, or from the defaults where none is given. The same choices give the\n" +
			"same bytes, on any system and at any time; SOURCE_DATE_EPOCH sets the date that it carries. A release of this program\n" +
			"brings the daemon along; in a checkout of the source the go command builds it, unless one is given.",
		Example: "  install-or-defer pkg build --config install-or-defer.yaml --output install-or-defer.pkg",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			d, err := o.deployment()
			if err != nil {
				return err
			}
			if !command.Flags().Changed("output") {
				if o.output, err = defaultOutput(d); err != nil {
					return err
				}
			}
			if err := o.checkOutputs(mention{"--daemon", daemon.file}, mention{"logo", o.picture(d)}); err != nil {
				return err
			}
			logo, err := o.logo(d)
			if err != nil {
				return err
			}
			d.Package.ResetOnInstall = d.Package.ResetOnInstall || reset
			program, err := daemon.program(command.Context())
			if err != nil {
				return err
			}
			modified, err := sourceDate()
			if err != nil {
				return err
			}
			content, err := installer.Content(d, program, installer.Options{Version: release.Version(), Modified: modified, Logo: logo})
			if err != nil {
				return usagef("", "%w", err)
			}
			return o.write(command, content)
		},
	}
	o.flags(command, packageFile(deployment.Deployment{}, "VERSION"))
	daemon.flags(command)
	command.Flags().BoolVar(&reset, "reset-on-install", false, "an installation forgets the deadline of an earlier one, and so buys people more time")
	return command
}

// defaultOutput is the file that the package goes into where no other is named.
func defaultOutput(d deployment.Deployment) (string, error) {
	version := cmp.Or(d.Package.Version, release.Version())
	if strings.ContainsAny(version, `/\`) {
		return "", usagef("name the file with --output", "package.version %q cannot be in the name of a file", version)
	}
	return packageFile(d, version), nil
}

// packageFile is the file that the package is in, by the name under which jamf plan looks for it.
func packageFile(d deployment.Deployment, version string) string {
	if d.Jamf != nil && d.Jamf.Package.File != "" {
		return d.Jamf.Package.FileName(version)
	}
	return "install-or-defer-" + version + ".pkg"
}

func pkgUninstallerCommand() *cobra.Command {
	var o pkgOptions
	command := &cobra.Command{
		Use:   "uninstaller",
		Short: "Build a package that installs nothing and removes everything, to roll back",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := o.checkOutputs(); err != nil {
				return err
			}
			d, err := o.deployment()
			if err != nil {
				return err
			}
			modified, err := sourceDate()
			if err != nil {
				return err
			}
			content, err := installer.Uninstaller(d.Identifier, installer.Options{Version: release.Version(), Modified: modified})
			if err != nil {
				return usagef("", "%w", err)
			}
			return o.write(command, content)
		},
	}
	o.flags(command, "install-or-defer-uninstaller-"+release.Version()+".pkg")
	return command
}

// bill writes the list of what is inside, where one is asked for.
func (o pkgOptions) bill(content flatpkg.Component) error {
	if o.sbom == "" {
		return nil
	}
	list, err := installer.Materials(content)
	if err != nil {
		return err
	}
	if err := replace(o.sbom, list); err != nil {
		return fmt.Errorf("write bill of materials: %w", err)
	}
	return nil
}
