package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

func settingsCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "settings",
		Short: "List and explain the settings, check a file of them, import what you have",
		Long: "All that an administrator can set is in one table. These commands show it, and check and convert files by it:\n" +
			"see docs/configuration.md and docs/settings.md.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(settingsListCommand(), settingsExplainCommand(), settingsCheckCommand(), settingsImportCommand(), settingsDocsCommand())
	return command
}

func settingsListCommand() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "list",
		Short: "List the settings: name, type, default and what each does",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return listSettings(command.OutOrStdout(), asJSON)
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

// keyReport is a key as JSON.
type keyReport struct {
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Unit        string   `json:"unit"` // empty for none
	Default     any      `json:"default"`
	DefaultNote string   `json:"default_note"`
	Min         *int64   `json:"min"` // null where there is no limit
	Max         *int64   `json:"max"`
	MaxLength   *int     `json:"max_length"` // in characters
	Choices     []string `json:"choices"`
	Below       string   `json:"below"` // the key whose value this one has to stay below
	Group       string   `json:"group"`
	Since       string   `json:"since"`
	Help        string   `json:"help"`
	Paragraph   string   `json:"paragraph"`
	Example     string   `json:"example"`
}

func reportKey(key settings.Key) keyReport {
	report := keyReport{
		Name: key.Name, Type: string(key.Type), Unit: key.Unit, Default: key.Default, DefaultNote: key.DefaultNote,
		Choices: append([]string{}, key.Choices...), Below: key.Below, Group: key.Group, Since: key.Since,
		Help: key.Help, Paragraph: key.Paragraph, Example: key.Example,
	}
	if key.Max > 0 {
		report.Min, report.Max = &key.Min, &key.Max
	}
	if key.MaxLength > 0 {
		report.MaxLength = &key.MaxLength
	}
	return report
}

func listSettings(out io.Writer, asJSON bool) error {
	keys := settings.Table()
	if asJSON {
		reports := make([]keyReport, len(keys))
		for i, key := range keys {
			reports[i] = reportKey(key)
		}
		return printJSON(out, reports)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tTYPE\tDEFAULT\tWHAT IT DOES")
	for _, key := range keys {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", key.Name, key.Type, shortDefault(key), key.Help)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("list settings: %w", err)
	}
	return nil
}

// shortDefault is a default in a table.
func shortDefault(key settings.Key) string {
	switch v := key.Default.(type) {
	case int64, bool:
		if key.DefaultVaries {
			return key.DefaultNote
		}
		if key.DefaultNote != "" {
			return fmt.Sprintf("%v (%s)", v, key.DefaultNote)
		}
		return fmt.Sprint(v)
	case string:
		line, _, more := strings.Cut(v, "\n")
		const longest = 32
		if runes := []rune(line); len(runes) > longest {
			line, more = string(runes[:longest]), true
		}
		if more {
			line += "…"
		}
		if line != "" {
			return line
		}
	}
	return key.DefaultNote
}

func printJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}

func settingsExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain KEY",
		Short:   "Say all there is to know about one setting",
		Example: "  install-or-defer settings explain MaxDeferralTime",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			key, err := findKey(args[0])
			if err != nil {
				return err
			}
			explainKey(command.OutOrStdout(), key)
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var all []string
			for _, key := range settings.Table() {
				all = append(all, key.Name+"\t"+key.Help)
			}
			return all, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// findKey finds a key by its name, in any case of letters.
func findKey(name string) (settings.Key, error) {
	var all []string
	for _, key := range settings.Table() {
		if strings.EqualFold(key.Name, name) {
			return key, nil
		}
		all = append(all, key.Name)
	}
	if near := settings.Nearest(name, all); near != "" {
		return settings.Key{}, usagef("did you mean "+near+"?", "no setting is called %q", name)
	}
	return settings.Key{}, usagef("install-or-defer settings list names them all", "no setting is called %q", name)
}

func explainKey(out io.Writer, key settings.Key) {
	fmt.Fprintf(out, "%s\n\n%s\n", key.Name, key.Help)
	for _, line := range wrapText(key.Paragraph, 100) {
		fmt.Fprintln(out, line)
	}
	fmt.Fprintln(out)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(out, "%-9s %s\n", name+":", value)
		}
	}
	kind := string(key.Type)
	if key.Unit != "" {
		kind += ", " + key.Unit
	}
	row("Type", kind)
	row("Default", shortDefault(key))
	row("Limits", limits(key))
	row("Example", key.Example)
	row("Since", key.Since)
	if text, ok := key.Default.(string); ok && strings.Contains(text, "\n") {
		fmt.Fprintf(out, "\nThe default in full:\n\n  %s\n", strings.ReplaceAll(text, "\n", "\n  "))
	}
}

func limits(key settings.Key) string {
	var parts []string
	switch {
	case len(key.Choices) > 0:
		parts = append(parts, "one of "+strings.Join(key.Choices, ", "))
	case key.Max > 0:
		parts = append(parts, fmt.Sprintf("from %d to %d", key.Min, key.Max))
	case key.MaxLength > 0:
		parts = append(parts, fmt.Sprintf("up to %d characters", key.MaxLength))
	}
	if key.Below != "" {
		parts = append(parts, "less than "+key.Below)
	}
	return strings.Join(parts, ", ")
}

// wrapText breaks a paragraph into lines of some width.
func wrapText(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func settingsDocsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "docs",
		Short: "Write the reference of all settings in Markdown",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if _, err := io.WriteString(command.OutOrStdout(), settings.Markdown()); err != nil {
				return fmt.Errorf("write reference: %w", err)
			}
			return nil
		},
	}
}

func today() time.Time {
	return time.Now() //nolint:forbidigo // a command reads the clock, here to know which holidays are over
}
