package cli

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func jamfStatusCommand() *cobra.Command {
	var o watchOptions
	var asCSV bool
	var chart string
	command := &cobra.Command{
		Use:   "status",
		Short: "Show how the Macs are doing, stage by stage",
		Long: "Counts the Macs of each stage by what they report with their inventory: compliant, pending, deferred, enforcing, failed,\n" +
			"waiting for the package, unknown, and not reporting. What is not known never counts as compliant. With earlier snapshots\n" +
			"(jamf snapshot), also how many days Macs take, and how many have finished and left their groups.",
		Example: "  install-or-defer jamf status --history snapshots.ndjson --chart status.png",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if asCSV && o.asJSON {
				return usagef("", "--csv and --json: choose one")
			}
			if err := checkChart(chart); err != nil {
				return err
			}
			watch, done, err := o.watch()
			if err != nil {
				return err
			}
			defer done()
			return o.with(func(ctx context.Context, s *session) error {
				report, err := s.Status(ctx, watch)
				if err != nil {
					return err
				}
				if chart != "" {
					if err := drawStatus(chart, report); err != nil {
						return err
					}
				}
				switch out := command.OutOrStdout(); {
				case o.asJSON:
					return printJSON(out, report)
				case asCSV:
					return printStatusCSV(out, report)
				default:
					return printStatus(out, report)
				}
			})
		},
	}
	o.watchFlags(command)
	command.Flags().BoolVar(&asCSV, "csv", false, "print CSV, a row a stage")
	command.Flags().StringVar(&chart, "chart", "", "also draw the stages into this `file`, a .png or .svg")
	return command
}

// rows are the counts of a report by what they are of, with the sum at the end.
func statusRows(r *rollout.Report) []rollout.StageReport {
	rows := append([]rollout.StageReport{}, r.Stages...)
	return append(rows, rollout.StageReport{Name: "total", Counts: r.Total})
}

func printStatus(out io.Writer, r *rollout.Report) error {
	fmt.Fprintf(out, "%s at %s; the policy is %s\n\n", r.Server, r.At.Format("2006-01-02 15:04 MST"), policyWord(r.Policy))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprint(table, "STAGE\tIN SCOPE")
	for _, outcome := range rollout.Outcomes() {
		_, _ = fmt.Fprintf(table, "\t%s", strings.ToUpper(string(outcome)))
	}
	_, _ = fmt.Fprintln(table, "\t")
	for i, row := range statusRows(r) {
		name := row.Name
		if !row.Reached && i < len(r.Stages) {
			name = "(" + name + ")"
		}
		_, _ = fmt.Fprintf(table, "%s\t%d", name, row.InScope)
		for _, outcome := range rollout.Outcomes() {
			_, _ = fmt.Fprintf(table, "\t%d", row.Of(outcome))
		}
		_, _ = fmt.Fprintln(table, "\t")
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print status: %w", err)
	}
	fmt.Fprintf(out, "\nCompliant: %s of the Macs in scope, %s of those that report (an inventory within %s).\n",
		percent(r.Total.Compliant, r.Total.InScope), percent(r.Total.Compliant, r.Total.Reporting()), counted(r.MaxAgeDays, "day"))
	if r.Outside.InScope > 0 || r.NotInScope > 0 {
		fmt.Fprintf(out, "Outside of the stages: %s with the program, %d compliant; %s without it.\n",
			counted(r.Outside.InScope, "Mac"), r.Outside.Compliant, counted(r.NotInScope, "Mac"))
	}
	if d := r.Days; d != nil {
		fmt.Fprintf(out, "Days to compliance: %s, by %s; %s still open.\n", daysText(d), counted(d.Taken, "snapshot"), counted(d.Open, "round"))
	}
	if len(r.Reasons) > 0 {
		fmt.Fprintln(out, "\nWhy Macs are not compliant:")
	}
	for _, reason := range r.Reasons {
		fmt.Fprintf(out, "%8d  %s\n", reason.Macs, harmless(reason.Text))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(out, "note: %s\n", harmless(note))
	}
	return nil
}

func policyWord(word string) string {
	if word == "none" {
		return "not there"
	}
	return word
}

func daysText(d *rollout.Days) string {
	if d.Macs == 0 {
		return "no round has ended yet"
	}
	return fmt.Sprintf("median %d, 90 %% within %d, of %s", d.Median, d.P90, counted(d.Macs, "round"))
}

func percent(part, of int) string {
	if of == 0 {
		return "none"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(of))
}

// printStatusCSV writes a row a stage, for spreadsheets.
func printStatusCSV(out io.Writer, r *rollout.Report) error {
	w := csv.NewWriter(out)
	header := []string{"at", "stage", "reached", "in_scope"}
	for _, outcome := range rollout.Outcomes() {
		header = append(header, strings.ReplaceAll(string(outcome), " ", "_"))
	}
	rows := [][]string{append(header, "median_days", "p90_days")}
	for i, row := range statusRows(r) {
		line := []string{r.At.Format(time.RFC3339), row.Name, strconv.FormatBool(row.Reached), strconv.Itoa(row.InScope)}
		for _, outcome := range rollout.Outcomes() {
			line = append(line, strconv.Itoa(row.Of(outcome)))
		}
		median, p90 := "", ""
		if d := r.Days; d != nil && d.Macs > 0 && i == len(r.Stages) {
			median, p90 = strconv.Itoa(d.Median), strconv.Itoa(d.P90)
		}
		rows = append(rows, append(line, median, p90))
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("print CSV: %w", err)
	}
	return nil
}
