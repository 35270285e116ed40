package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/release"
)

// Exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1 // it could not be done
	exitUsage  = 2 // wrong usage, or a setting that is refused
)

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Main runs the command line and returns its exit code.
func Main(args []string, streams Streams) int {
	root := &cobra.Command{
		Use:   "install-or-defer",
		Short: "Make Macs install pending Apple updates by a deadline, kindly",
		Long: "install-or-defer is the administrator's tool: it runs anywhere, and shows and prepares what install-or-deferd\n" +
			"does on Macs. Start with: install-or-defer simulate",
		Version:            release.Version(),
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true, // commandError makes them, at every level
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	root.SetArgs(args)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(initCommand(), settingsCommand(), simulateCommand(), previewCommand(), updatesCommand(), profileCommand(), pkgCommand(),
		jamfCommand(), devCommand())
	command, err := root.ExecuteContextC(context.Background())
	if err == nil {
		return exitDone
	}
	var usage *usageError
	if !errors.As(err, &usage) && isCobraUsage(err) {
		err = commandError(command, err)
	}
	var quiet *quietError
	if errors.As(err, &quiet) {
		return quiet.code
	}
	_, _ = fmt.Fprintf(streams.Err, "install-or-defer: %v\n", err)
	if !errors.As(err, &usage) {
		return exitFailed
	}
	if usage.hint != "" {
		_, _ = fmt.Fprintf(streams.Err, "hint: %s\n", usage.hint)
	}
	return exitUsage
}

// usageError is a mistake in how a command was called or what it was given; the hint says what to do.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(hint, format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...), hint}
}

// quietError ends a command with a code, after it has said all there is to say.
type quietError struct{ code int }

func (e *quietError) Error() string { return fmt.Sprintf("exit code %d", e.code) }
