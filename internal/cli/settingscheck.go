package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// checkOptions are the flags of the command.
type checkOptions struct {
	context settings.LintContext
	today   string
	declare string // when a declaration enforces an update
	asJSON  bool
}

func settingsCheckCommand() *cobra.Command {
	var o checkOptions
	command := &cobra.Command{
		Use:   "check FILE|-",
		Short: "Say what is wrong with settings, before they are deployed",
		Long: "Reads the administrator's file, a property list, a configuration profile or a bare list of settings in YAML. Errors are\n" +
			"what install-or-deferd would not take, or what keeps it from doing its work; warnings are what is hardly meant, such as\n" +
			"two settings that work against each other or a text that does not fit its window; notes are worth knowing.\n" +
			"Ends with exit code 2 when there is an error, and 1 when the file cannot be read.",
		Example: "  install-or-defer settings check install-or-defer.yaml\n" +
			"  install-or-defer settings check profile.mobileconfig --policy-frequency 'Once every week' --mdm-deferral 14",
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			data, err := readInput(command.InOrStdin(), args[0])
			if err != nil {
				return fmt.Errorf("read settings: %w", err)
			}
			return o.check(command.OutOrStdout(), args[0], data)
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.context.PolicyFrequency, "policy-frequency", "", "how often the policy that installs the package runs, in Jamf Pro's `words`,\nas in 'Once every week' or Ongoing; the administrator's file says so itself")
	flags.IntVar(&o.context.MDMDeferral, "mdm-deferral", 0, "for how many `days` a management profile holds updates back, 1 to 90")
	flags.StringVar(&o.context.MacOS, "macos", "", "the oldest `version` of macOS that your Macs run, as in 13.7")
	flags.BoolVar(&o.context.LogoInPackage, "logo-in-package", false, "the package brings a logo along; the administrator's file says so itself")
	flags.StringVar(&o.today, "today", "", "the `date` to compare dates with, as in 2026-11-30, where it is not today")
	flags.StringVar(&o.declare, "declaration", "", "when a declaration of your management enforces an update, as in 2026-12-04T18:00:00")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON")
	_ = command.RegisterFlagCompletionFunc("policy-frequency", cobra.FixedCompletions(settings.Frequencies(), cobra.ShellCompDirectiveNoFileComp))
	return command
}

func (o *checkOptions) validate() error {
	const longest = 90 // days, which is as long as a management profile can hold an update back
	if f := o.context.PolicyFrequency; f != "" {
		at := slices.IndexFunc(settings.Frequencies(), func(known string) bool { return strings.EqualFold(known, f) })
		if at < 0 {
			return usagef("give one of: "+strings.Join(settings.Frequencies(), ", "), "--policy-frequency %q: no such frequency", f)
		}
		o.context.PolicyFrequency = settings.Frequencies()[at]
	}
	if d := o.context.MDMDeferral; d < 0 || d > longest {
		return usagef("give days from 1 to 90", "--mdm-deferral %d: no such deferral", d)
	}
	if v := o.context.MacOS; v != "" && !enforce.AtLeast(v, 1) {
		return usagef("give it as in --macos 13.7", "--macos %q: not a version", v)
	}
	o.context.Now = today()
	if o.today != "" {
		day, err := time.Parse(time.DateOnly, o.today)
		if err != nil {
			return usagef("give it as in --today 2026-11-30", "--today %q: not a date", o.today)
		}
		o.context.Now = day
	}
	if o.declare != "" {
		at, err := time.Parse("2006-01-02T15:04:05", o.declare)
		if err != nil {
			return usagef("give it as in --declaration 2026-12-04T18:00:00, as the declaration does", "--declaration %q: not a date and time", o.declare)
		}
		o.context.Declaration = at
	}
	return nil
}

// checkReport is the command's JSON.
type checkReport struct {
	File     string          `json:"file"`
	Findings []findingReport `json:"findings"`
}

type findingReport struct {
	Severity settings.Severity `json:"severity"`
	Key      string            `json:"key"`  // empty for the file as a whole
	Line     *int              `json:"line"` // null where it is not known
	Column   *int              `json:"column"`
	Message  string            `json:"message"`
}

func (o *checkOptions) check(out io.Writer, file string, data []byte) error {
	report := checkReport{File: file, Findings: []findingReport{}}
	document, problems := deployment.Survey(file, data)
	for _, p := range problems {
		report.add(findingReport{Severity: settings.Wrong, Key: p.Key, Message: p.Message}, p.Line, p.Column)
	}
	c := o.context
	c.LogoInPackage = c.LogoInPackage || document.Deployment.Logo != ""
	c.ResetOnInstall = document.Deployment.Package.ResetOnInstall
	if j := document.Deployment.Jamf; c.PolicyFrequency == "" && j != nil && j.Policy != nil {
		c.PolicyFrequency = deployment.InJamf(deployment.JamfFrequencies(), j.Policy.Frequency)
	}
	for _, f := range settings.Check(document.Values, c) {
		if len(problems) == 0 || f.Severity != settings.Wrong { // else the reader has said it
			report.add(findingReport{Severity: f.Severity, Key: f.Key, Message: f.Message}, document.Lines(f.Key), 0)
		}
	}
	if o.asJSON {
		if err := printJSON(out, report); err != nil {
			return err
		}
	} else {
		report.print(out, len(document.Values))
	}
	if report.count(settings.Wrong) > 0 {
		return &quietError{exitUsage}
	}
	return nil
}

// add adds a finding; a line or a column of 0 is not known.
func (r *checkReport) add(f findingReport, line, column int) {
	if line > 0 {
		f.Line = &line
	}
	if column > 0 {
		f.Column = &column
	}
	r.Findings = append(r.Findings, f)
}

func (r *checkReport) count(s settings.Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// print writes the report for people, each finding in the form that compilers use.
func (r *checkReport) print(out io.Writer, values int) {
	for _, f := range r.Findings {
		where := r.File
		if f.Line != nil {
			where = fmt.Sprintf("%s:%d", r.File, *f.Line)
		}
		if f.Line != nil && f.Column != nil {
			where = fmt.Sprintf("%s:%d", where, *f.Column)
		}
		message := f.Message
		if f.Key != "" && !strings.Contains(message, f.Key) {
			message = f.Key + ": " + message
		}
		fmt.Fprintf(out, "%s: %s: %s\n", where, f.Severity, message)
	}
	if len(r.Findings) == 0 {
		fmt.Fprintf(out, "%s: %s, nothing to say against them\n", r.File, counted(values, "setting"))
		return
	}
	fmt.Fprintf(out, "%s: %s, %s, %s\n", r.File, counted(r.count(settings.Wrong), "error"),
		counted(r.count(settings.Doubtful), "warning"), counted(r.count(settings.Remarkable), "note"))
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// readSettings reads settings from a file of any form that [deployment.Read] knows.
func readSettings(name string, data []byte) (deployment.Document, error) {
	document, problems := deployment.Read(name, data)
	if len(problems) > 0 {
		return deployment.Document{}, usagef("install-or-defer settings check says more", "read settings: %w", &deployment.ProblemError{Problems: problems})
	}
	return document, nil
}
