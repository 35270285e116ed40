package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
)

func settingsImportCommand() *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Make the administrator's file of what you have: a profile, a property list, an edited script",
		Long: "Reads a configuration profile, a property list or a copy of the shell script that came before this program, with the\n" +
			"variables that you edited in it (timing, logo, identifier, labels and messages), and writes the administrator's file.\n" +
			"Standard error says of every value what became of it. Nothing in a script is run. A file that is there already is left\n" +
			"alone.",
		Example: "  install-or-defer settings import 'Install or Defer.sh' --output install-or-defer.yaml\n" +
			"  install-or-defer settings import old.mobileconfig > install-or-defer.yaml",
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			if _, err := os.Lstat(output); output != "" && err == nil {
				return usagef("name another file, or move that one away", "%s is there already", output)
			}
			data, err := readInput(command.InOrStdin(), args[0])
			if err != nil {
				return fmt.Errorf("import settings: %w", err)
			}
			d, fates, problems := deployment.Import(args[0], data)
			if len(problems) > 0 {
				return usagef("", "import settings: %w", &deployment.ProblemError{Problems: problems})
			}
			if err := deliver(command.OutOrStdout(), output, deployment.Write(d)); err != nil {
				return err
			}
			left := 0
			for _, fate := range fates {
				if fate.To == "" {
					left++
				}
				fmt.Fprintln(command.ErrOrStderr(), fate)
			}
			fmt.Fprintf(command.ErrOrStderr(), "%s carried over, %d not. See what speaks against them: install-or-defer settings check\n",
				counted(len(fates)-left, "value"), left)
			return nil
		},
	}
	command.Flags().StringVar(&output, "output", "", "write to this `file` instead of standard output")
	return command
}
