package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// isCobraUsage recognizes the complaints that cobra makes before a command runs; it gives them no type.
func isCobraUsage(err error) bool {
	for _, start := range []string{"unknown command", "accepts ", "requires "} {
		if strings.HasPrefix(err.Error(), start) {
			return true
		}
	}
	return false
}

// commandError adds to a complaint about a command or its arguments what to do: the name that was meant, or how the
// command is written.
func commandError(command *cobra.Command, err error) error {
	if !command.HasSubCommands() {
		return &usageError{err, "write it as: " + command.UseLine()}
	}
	name := ""
	if _, scan := fmt.Sscanf(err.Error(), "unknown command %q", &name); scan == nil {
		const distance = 2 // letters
		command.SuggestionsMinimumDistance = distance
		if near := command.SuggestionsFor(name); len(near) > 0 {
			return &usageError{err, "did you mean " + command.CommandPath() + " " + near[0] + "?"}
		}
	}
	return &usageError{err, command.CommandPath() + " --help lists the commands"}
}

// flagError says of a flag what is wrong with it, without the words of the library that has read it, and what to do.
func flagError(command *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return &usageError{err, command.CommandPath() + " --help lists the flags"}
	}
	flag := invalid.GetFlag()
	want := map[string]string{
		"int": "a whole number", "uint64": "a whole number of 0 or more", "float64": "a number", "duration": "a time such as 90m", "bool": "true or false",
	}[flag.Value.Type()]
	if want == "" {
		return &usageError{err, command.CommandPath() + " --help lists the flags"}
	}
	return usagef("give "+want+"; "+command.CommandPath()+" --help says more", "--%s %q: not %s", flag.Name, invalid.GetValue(), want)
}

// helpCommand is the library's command of that name, but for what it does about a name that is none.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(command *cobra.Command, args []string) error {
			about, rest, err := command.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = fmt.Errorf("unknown command %q for %q", rest[0], about.CommandPath())
			}
			if err != nil {
				return commandError(about, err)
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}
