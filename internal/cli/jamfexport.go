package cli

import (
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

func jamfExportCommand() *cobra.Command {
	var o jamfOptions
	var output string
	command := &cobra.Command{
		Use:   "export",
		Short: "Write what is declared as files of JSON and XML, for who makes it by hand",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			files, err := o.export()
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

// export makes the files. No server is asked, and nobody has to say who they are.
func (o *jamfOptions) export() (map[string][]byte, error) {
	d, err := o.load()
	if err != nil {
		return nil, err
	}
	p, file, err := o.openPackage(d)
	if err != nil {
		return nil, err
	}
	if file != nil {
		defer file.Close() //nolint:errcheck // it was only read
	}
	uninstaller, err := uninstallScript(d.Identifier)
	if err != nil {
		return nil, err
	}
	state, err := rollout.ReadState(nil)
	if err != nil {
		return nil, err
	}
	r, err := rollout.New(rollout.Config{Deployment: d, State: state, Package: p, Uninstaller: uninstaller})
	if err != nil {
		return nil, err
	}
	return r.Export()
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
