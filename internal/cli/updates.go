package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
)

func updatesCommand() *cobra.Command {
	var running string
	var asJSON, allowMajor bool
	command := &cobra.Command{
		Use:   "updates FILE|-",
		Short: "Say which updates of a captured listing would be enforced, and why",
		Long: "Reads what `softwareupdate --list` printed on a Mac, and says what would be enforced there, and why.\n" +
			"Ends with exit code 1 when the text does not say whether there are updates.",
		Example: "  softwareupdate --list 2>&1 | install-or-defer updates - --macos 13.7.3",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			text, err := readInput(command.InOrStdin(), args[0])
			if err != nil {
				return fmt.Errorf("read listing: %w", err)
			}
			if running != "" && !enforce.AtLeast(running, 1) {
				return usagef("give it as in --macos 13.7.3", "--macos %q: not a version", running)
			}
			listing := macos.ParseListing(string(text))
			return reportUpdates(command.OutOrStdout(), listing, updatesOptions{running, allowMajor, asJSON})
		},
	}
	command.Flags().StringVar(&running, "macos", "", "the macOS `version` that runs; without it the oldest macOS in the listing counts")
	command.Flags().BoolVar(&allowMajor, "allow-major", false, "as with the setting AllowMajorUpgrades")
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

// inputLimit is more than any file that this tool reads should have, in bytes.
const inputLimit = 16 << 20

// readInput reads a file, or standard input where the name is "-".
func readInput(stdin io.Reader, name string) ([]byte, error) {
	source := stdin
	if name != "-" || stdin == nil {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // it was only read
		source = file
	}
	data, err := io.ReadAll(io.LimitReader(source, inputLimit+1))
	if err == nil && len(data) > inputLimit {
		err = fmt.Errorf("%s: larger than %d MiB", name, inputLimit>>20)
	}
	return data, err
}

type updatesOptions struct {
	running    string
	allowMajor bool
	asJSON     bool
}

// updatesReport is the command's JSON.
type updatesReport struct {
	Conclusive bool           `json:"conclusive"`
	Error      string         `json:"error"`
	Updates    []updateReport `json:"updates"`
}

type updateReport struct {
	Label       string        `json:"label"`
	Title       string        `json:"title"`
	Version     string        `json:"version"`
	Build       string        `json:"build"`
	SizeKiB     *int64        `json:"size_kib"` // null where the listing gives none
	Recommended bool          `json:"recommended"`
	Action      enforce.Power `json:"action"`
	Deferred    bool          `json:"deferred"`
	Major       bool          `json:"major"`
	Enforced    bool          `json:"enforced"`
	Reason      string        `json:"reason"`
}

func reportUpdates(out io.Writer, listing macos.Listing, options updatesOptions) error {
	scope := enforce.Scope{Running: options.running, AllowMajor: options.allowMajor}
	if scope.Running == "" {
		scope.Running = enforce.Oldest(listing.Updates)
	}
	verdicts := scope.Judge(listing.Updates)
	report := updatesReport{Conclusive: listing.Conclusive(), Updates: make([]updateReport, len(verdicts))}
	if listing.Err != nil {
		report.Error = listing.Err.Error()
	}
	for i, v := range verdicts {
		report.Updates[i] = updateReport{
			Label: v.Label, Title: v.Title, Version: v.Version, Build: v.Build, Recommended: v.Recommended, Action: v.Action,
			Deferred: v.Deferred, Major: v.Major, Enforced: v.Enforced, Reason: v.Reason,
		}
		if v.SizeKiB != enforce.UnknownSize {
			report.Updates[i].SizeKiB = &v.SizeKiB
		}
	}
	if options.asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(report); err != nil {
			return fmt.Errorf("print report: %w", err)
		}
	} else if err := report.print(out, options.running == "" && scope.Running != "", scope.Running); err != nil {
		return fmt.Errorf("print report: %w", err)
	}
	if !report.Conclusive {
		return &quietError{exitFailed}
	}
	return nil
}

// print writes the report for people.
func (r updatesReport) print(out io.Writer, assumed bool, running string) error {
	if !r.Conclusive {
		_, _ = fmt.Fprintf(out, "Inconclusive: %s.\nOn a Mac nothing would change: deadline and state stay, and the next turn looks again.\n", r.Error)
	} else if len(r.Updates) == 0 {
		_, _ = fmt.Fprintln(out, "No updates are offered. On a Mac the daemon would report and remove itself.")
	}
	if len(r.Updates) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ENFORCED\tUPDATE\tVERSION\tWHY")
	for _, u := range r.Updates {
		enforced := "no"
		if u.Enforced {
			enforced = "yes"
		}
		title := u.Title
		if title == "" {
			title = u.Label
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", enforced, title, u.Version, u.Reason)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if assumed {
		_, _ = fmt.Fprintf(out, "\nTaken to run macOS %s, the oldest in the listing; say --macos for another.\n", running)
	}
	return nil
}
