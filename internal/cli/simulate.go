package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/settings"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// simulateOptions are the flags of the command.
type simulateOptions struct {
	list                       bool
	macOS, arch, answers, zone string
	languages                  string
	settingsFile, updatesFile  string
	asJSON                     bool
	seed                       uint64
}

func simulateCommand() *cobra.Command {
	var o simulateOptions
	command := &cobra.Command{
		Use:   "simulate [SCENARIO|FILE]",
		Short: "Play a whole enforcement on a simulated Mac, and tell it as a story",
		Long: "Plays a simulated Mac from the first look for updates until install-or-deferd has removed itself, in virtual time:\n" +
			"what the person sees and does, which tools run, and each decision with its reason. The program that runs is the\n" +
			"one that runs on Macs; the Mac is not. Without an argument, a person on macOS 10.15 defers until the deadline and\n" +
			"leaves a document unsaved. A FILE is a scenario in YAML: see docs/scenarios.md.",
		Example: "  install-or-defer simulate\n  install-or-defer simulate lid --zone Europe/Berlin\n" +
			"  install-or-defer simulate --macos 13.7.3 --answers 'defer, sleep 8h, install'\n" +
			"  install-or-defer simulate --updates listing.txt --settings profile.plist",
		Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			out := command.OutOrStdout()
			if o.list {
				return listScenarios(out)
			}
			scenario, err := o.scenario(command.InOrStdin(), args)
			if err != nil {
				return err
			}
			return o.play(command.Context(), out, scenario)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return scenarioNames(), cobra.ShellCompDirectiveDefault
		},
	}
	flags := command.Flags()
	flags.BoolVar(&o.list, "list-scenarios", false, "list the scenarios that come with the program")
	flags.StringVar(&o.macOS, "macos", "", "the macOS `version` of the Mac, 10.13 to 27")
	flags.StringVar(&o.arch, "arch", "", "the `processor`: intel or arm64")
	flags.StringVar(&o.answers, "answers", "", "what the person does about one prompt after the other, as in 'defer, ignore, sleep 8h, install'")
	flags.StringVar(&o.settingsFile, "settings", "", "the administrator's `file`, or another with settings; see docs/configuration.md")
	flags.StringVar(&o.updatesFile, "updates", "", "a `file` with what softwareupdate --list printed: these updates are offered")
	flags.StringVar(&o.zone, "zone", "", "the Mac's time zone, as in Europe/Berlin")
	flags.StringVar(&o.languages, "language", "", "the `languages` that the person prefers, as in 'de, en'")
	flags.Uint64Var(&o.seed, "seed", 0, "vary how quickly the person reacts, by this `number`")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON, one event a line")
	return command
}

func scenarioNames() []string {
	var names []string
	for _, s := range sim.Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

func listScenarios(out io.Writer) error {
	for _, s := range sim.Scenarios() {
		if _, err := fmt.Fprintf(out, "%-14s %s\n", s.Name, s.Title); err != nil {
			return fmt.Errorf("list scenarios: %w", err)
		}
	}
	return nil
}

// scenario is the one that is asked for, changed by the flags.
func (o simulateOptions) scenario(stdin io.Reader, args []string) (sim.Scenario, error) {
	scenario := sim.Scenarios()[0]
	if len(args) > 0 {
		var err error
		if scenario, err = findScenario(stdin, args[0]); err != nil {
			return sim.Scenario{}, err
		}
	}
	for _, change := range []func(*sim.Scenario) error{
		o.setMac, o.setZone, o.setAnswers, o.setLanguages, o.setSettings,
		func(s *sim.Scenario) error { return o.setUpdates(stdin, s) },
	} {
		if err := change(&scenario); err != nil {
			return sim.Scenario{}, err
		}
	}
	scenario.Seed = o.seed
	return scenario, nil
}

func findScenario(stdin io.Reader, name string) (sim.Scenario, error) {
	for _, s := range sim.Scenarios() {
		if s.Name == name {
			return s, nil
		}
	}
	if name != "-" && !strings.ContainsAny(name, "./\\") {
		return sim.Scenario{}, usagef("install-or-defer simulate --list-scenarios lists them; a file needs an ending, as in my.yaml",
			"no scenario is called %q", name)
	}
	data, err := readInput(stdin, name)
	if err != nil {
		return sim.Scenario{}, fmt.Errorf("read scenario: %w", err)
	}
	return parseScenario(name, data)
}

func (o simulateOptions) setMac(s *sim.Scenario) error {
	if o.macOS != "" {
		if !sim.Plays(o.macOS) {
			return usagef("give a version from 10.13 to 27, as in --macos 13.7.3", "--macos %q: not a version that can be played", o.macOS)
		}
		s.MacOS, s.Build = o.macOS, ""
		s.Offers = sim.SampleOffers(o.macOS)
	}
	switch o.arch {
	case "":
	case "intel", "x86_64", "amd64", "i386":
		s.Silicon = false
	case "arm64", "apple", "silicon":
		s.Silicon = true
	default:
		return usagef("give intel or arm64", "--arch %q: no such processor", o.arch)
	}
	return nil
}

func (o simulateOptions) setZone(s *sim.Scenario) error {
	if o.zone == "" {
		return nil
	}
	zone, err := time.LoadLocation(o.zone)
	if err != nil {
		return usagef("give a name of the time zone database, as in Europe/Berlin", "--zone %q: no such time zone", o.zone)
	}
	start := s.Start
	if start.IsZero() {
		start = sim.CommonStart()
	}
	s.Start = time.Date(start.Year(), start.Month(), start.Day(), start.Hour(), start.Minute(), start.Second(), 0, zone)
	return nil
}

func (o simulateOptions) setLanguages(s *sim.Scenario) error {
	if o.languages == "" {
		return nil
	}
	s.Person.Languages = strings.FieldsFunc(o.languages, func(r rune) bool { return r == ',' || r == ' ' })
	for _, tag := range s.Person.Languages {
		var unknown language.ValueError // well formed, so a person may have it: texts are in English then
		if _, err := language.Parse(tag); err != nil && !errors.As(err, &unknown) {
			return usagef("give tags as in 'de, pt-BR'", "--language %q: %q is no tag of a language", o.languages, tag)
		}
	}
	return nil
}

func (o simulateOptions) setAnswers(s *sim.Scenario) error {
	if o.answers == "" {
		return nil
	}
	s.Person.Answers = nil
	for i, text := range strings.Split(o.answers, ",") {
		act, err := parseAct(text)
		if err != nil {
			return usagef("give "+actForms, "--answers: answer %d: %w", i+1, err)
		}
		s.Person.Answers = append(s.Person.Answers, act)
	}
	return nil
}

// setSettings reads the settings of a profile, and refuses what the daemon would not use.
func (o simulateOptions) setSettings(s *sim.Scenario) error {
	if o.settingsFile == "" {
		return nil
	}
	data, err := readInput(nil, o.settingsFile)
	if err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	document, err := readSettings(o.settingsFile, data)
	if err != nil {
		return err
	}
	if err := usable(s.Silicon, settings.Source{Name: o.settingsFile, Values: document.Values}); err != nil {
		return usagef("install-or-deferd would ignore these", "settings are refused:\n  %w", err)
	}
	s.Settings = document.Values
	return nil
}

// usable tells which settings the daemon would not use, a line for each.
func usable(silicon bool, source settings.Source) error {
	_, findings := settings.Decode(settings.Platform{AppleSilicon: silicon}, source)
	var lines []string
	for _, f := range findings {
		lines = append(lines, f.String())
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New(strings.Join(lines, "\n  "))
}

// setUpdates offers what a captured listing lists.
func (o simulateOptions) setUpdates(stdin io.Reader, s *sim.Scenario) error {
	if o.updatesFile == "" {
		return nil
	}
	data, err := readInput(stdin, o.updatesFile)
	if err != nil {
		return fmt.Errorf("read listing: %w", err)
	}
	listing := macos.ParseListing(string(data))
	if !listing.Conclusive() {
		return fmt.Errorf("read listing: %s: %w", o.updatesFile, listing.Err)
	}
	if o.macOS == "" {
		if running := enforce.Oldest(listing.Updates); running != "" {
			s.MacOS, s.Build = running, ""
		}
	}
	s.Offers = nil
	for _, u := range listing.Updates {
		offer := sim.Offer{Update: u}
		if strings.HasPrefix(u.Title, "macOS ") {
			offer.Becomes = u.Version
		}
		s.Offers = append(s.Offers, offer)
	}
	return nil
}

// play plays the scenario and tells it.
func (o simulateOptions) play(ctx context.Context, out io.Writer, s sim.Scenario) error {
	if ctx == nil {
		ctx = context.Background()
	}
	mac := sim.New(s)
	tally := mac.Play(ctx, func(ctx context.Context, host macos.Host) error {
		daemon := agent.Agent{
			Host: host, Root: true, Built: sim.CommonStart().AddDate(0, -1, 0), Zone: mac.Zone(),
			Watch: func(d agent.Decision) { mac.Note(doing(d.Action) + ". " + d.Why) },
		}
		return daemon.Turn(ctx)
	})
	if o.asJSON {
		return writeJSON(out, mac.Journal)
	}
	_, _ = fmt.Fprintf(out, "%s\nmacOS %s on %s. Everything below is simulated.\n", s.Title, mac.Scenario().MacOS, processor(s.Silicon))
	(&transcript{out: out}).tell(mac.Journal)
	return sum(out, mac, tally)
}

// doing says what an action does.
func doing(action enforce.Action) string {
	switch a := action.(type) {
	case enforce.Look:
		return "Look for updates"
	case enforce.Download:
		return "Download them"
	case enforce.Prompt:
		if a.Last {
			return "Prompt, for the last time"
		}
		return "Prompt"
	case enforce.Warn:
		return "Warn"
	case enforce.Install:
		return "Install"
	case enforce.AskRestart:
		return "Ask for a " + string(a.Power)
	case enforce.ForceRestart:
		return "Force the " + string(a.Power)
	case enforce.Remind:
		return "Remind"
	case enforce.Hold:
		return "Ask for " + string(a.Lack)
	case enforce.Finish:
		return "Finish"
	case enforce.Wait:
		return "Wait"
	}
	return ""
}

func processor(silicon bool) string {
	if silicon {
		return "Apple silicon"
	}
	return "Intel"
}

// sum says what the play came to.
func sum(out io.Writer, mac *sim.Mac, t sim.Tally) error {
	end := "The daemon has removed itself, and left nothing behind."
	switch left := mac.Leftovers(); {
	case !t.Removed:
		end = "The play ends here; the daemon is still at work."
	case len(left) > 0:
		end = "The daemon has removed itself, but left behind: " + strings.Join(left, ", ")
	}
	_, err := fmt.Fprintf(out, "\n%s\nIn all: turns %d, prompts %d, final warnings and reminders %d, restarts %d, of these forced %d.\n",
		end, t.Turns, t.Prompts, t.Warnings, t.Restarts, t.Forced)
	return err
}
