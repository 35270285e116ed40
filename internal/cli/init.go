package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/deployment"
)

// defaultConfig is what the administrator's file is called.
const defaultConfig = "install-or-defer.yaml"

func initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write an administrator's file to start from, with every setting explained",
		Long: "Writes " + defaultConfig + ", or FILE, or standard output where FILE is \"-\". A file that is there already is left alone.\n" +
			"See docs/configuration.md; to start from what you have, see: install-or-defer settings import.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			name := defaultConfig
			if len(args) > 0 {
				name = args[0]
			}
			start := deployment.Start(agent.Identifier)
			if name == "-" {
				return deliver(command.OutOrStdout(), "", start)
			}
			if err := create(name, start); err != nil {
				if errors.Is(err, fs.ErrExist) {
					return usagef("name another file, or move that one away", "%s is there already", name)
				}
				return fmt.Errorf("write start: %w", err)
			}
			fmt.Fprintf(command.OutOrStdout(), "%s is written. Check it at any time: install-or-defer settings check %s\n", name, name)
			return nil
		},
	}
}

// create writes a file that is not there yet.
func create(name string, data []byte) error {
	const readable fs.FileMode = 0o644
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, readable)
	if err != nil {
		return err
	}
	if _, err := file.Write(data); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
