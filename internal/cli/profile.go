package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// profileOptions are the flags of the command.
type profileOptions struct {
	config, output           string
	identifier, organization string
	signer                   signerOptions
}

func profileCommand() *cobra.Command {
	var o profileOptions
	command := &cobra.Command{
		Use:   "profile",
		Short: "Write the configuration profile that sets your settings on Macs",
		Long: "Checks the settings of a file and writes them as a configuration profile, for any management server. The same\n" +
			"settings always give the same profile. Nothing is written when a setting is wrong: every finding is listed instead.\n" +
			"See also: install-or-defer profile schema, install-or-defer profile manifest.",
		Example: "  install-or-defer profile --config settings.yaml --output install-or-defer.mobileconfig\n" +
			"  install-or-defer profile --config settings.yaml --sign identity.p12 --output signed.mobileconfig",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			inputs := append([]mention{{"--config", o.config}}, o.signer.inputs()...)
			if err := checkOutputs([]mention{{"--output", o.output}}, inputs); err != nil {
				return err
			}
			data, err := o.profile(command.InOrStdin(), command.ErrOrStderr())
			if err != nil {
				return err
			}
			if o.signer.file != "" && o.output == "" && isTerminal(command.OutOrStdout()) {
				return usagef("name a file, as in --output signed.mobileconfig", "a signed profile is not text, and standard output is a terminal")
			}
			return deliver(command.OutOrStdout(), o.output, data)
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.config, "config", "", "the administrator's `file`, or another with settings; see docs/configuration.md")
	flags.StringVar(&o.organization, "organization", "", "the `name` of your organization, which Macs show")
	o.signer.flags(command)
	persistent := command.PersistentFlags()
	persistent.StringVar(&o.output, "output", "", "write to this `file` instead of standard output")
	persistent.StringVar(&o.identifier, "identifier", "", "the preference domain, where it is not "+agent.Identifier+"; an `id` as in com.example.updates")
	command.AddCommand(
		o.rendering("schema", "Write the form for Jamf Pro: a custom schema for Application & Custom Settings", settings.JamfSchema),
		o.rendering("manifest", "Write the manifest for editors of profiles, in the format of ProfileManifests", settings.Manifest),
	)
	return command
}

// rendering is a command that writes what follows from the table of keys alone.
func (o *profileOptions) rendering(name, short string, render func(string) ([]byte, error)) *cobra.Command {
	return &cobra.Command{
		Use:   name,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			identifier, err := validIdentifier("--identifier", cmp.Or(o.identifier, agent.Identifier))
			if err != nil {
				return err
			}
			data, err := render(identifier)
			if err != nil {
				return err
			}
			return deliver(command.OutOrStdout(), o.output, data)
		},
	}
}

// choices are what an administrator has chosen, wherever it is written down.
type choices struct {
	Identifier   string         // empty for the program's own
	Organization string         // may be empty
	Values       map[string]any // settings by key
}

// loadChoices reads the administrator's file, or another that holds settings. No file is no choices.
func loadChoices(file string) (choices, error) {
	if file == "" {
		return choices{}, nil
	}
	data, err := readInput(nil, file)
	if err != nil {
		return choices{}, fmt.Errorf("read settings: %w", err)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return choices{}, usagef("", "read settings: %s: is empty", file)
	}
	document, err := readSettings(file, data)
	if err != nil {
		return choices{}, err
	}
	return choices{
		Identifier: document.Deployment.Identifier, Organization: document.Deployment.Organization, Values: document.Values,
	}, nil
}

// profile renders the profile, signed if that is asked for.
func (o profileOptions) profile(stdin io.Reader, prompt io.Writer) ([]byte, error) {
	chosen, err := loadChoices(o.config)
	if err != nil {
		return nil, err
	}
	where := "--identifier"
	if o.identifier == "" {
		where = cmp.Or(o.config, where)
	}
	identifier, err := validIdentifier(where, cmp.Or(o.identifier, chosen.Identifier, agent.Identifier))
	if err != nil {
		return nil, err
	}
	data, err := settings.Profile(settings.ProfileOptions{
		Identifier: identifier, Organization: cmp.Or(o.organization, chosen.Organization), Values: chosen.Values,
	})
	var refused *settings.RefusedError
	switch {
	case errors.As(err, &refused):
		for i := range refused.Findings {
			refused.Findings[i].Source = o.config
		}
		return nil, usagef("install-or-deferd would ignore these; nothing is written", "%w", refused)
	case err != nil:
		return nil, usagef("", "%w", err)
	case o.signer.file == "" && o.signer.passwordFile != "":
		return nil, usagef("", "--password-file: there is no --sign that it is for")
	case o.signer.file == "":
		return data, nil
	}
	identity, err := o.signer.identity(stdin, prompt)
	if err != nil {
		return nil, err
	}
	return identity.SignCMS(data)
}

func validIdentifier(where, id string) (string, error) {
	if !settings.ValidIdentifier(id) {
		return "", usagef("give at least two parts of letters, digits and hyphens, as in com.example.updates", "%s: %q is not an identifier", where, id)
	}
	return id, nil
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// deliver writes a whole file and says so, or to standard output where no file is named.
func deliver(out io.Writer, file string, data []byte) error {
	if file == "" {
		if _, err := out.Write(data); err != nil {
			return fmt.Errorf("write to standard output: %w", err)
		}
		return nil
	}
	if err := replace(file, data); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if isStandardOutput(file) {
		return nil // nothing but the file belongs there
	}
	fmt.Fprintf(out, "%s is written.\n", file)
	return nil
}
