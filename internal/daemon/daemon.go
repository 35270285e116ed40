//go:build unix

package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/release"
)

const name = "install-or-deferd"

// Exit codes.
const (
	exitDone  = 0
	exitNot   = 1 // it could not be done
	exitUsage = 2
)

// Main reads the command line, without the program's name, does what it says, and returns the exit code. Asked by a
// signal to end, it ends the tools that it runs, and then itself.
func Main(ctx context.Context, args []string, out, errOut *os.File) int {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// A reader that goes away, such as a pager, is no reason to die in the middle of a turn. Ignoring the signal would
	// have the tools ignore it too.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	files := &Files{}
	p := program{
		out: out, errOut: errOut, terminal: isTerminal(errOut),
		agent: &agent.Agent{
			Host:  macos.Host{Runner: NewRunner(files), Tree: files, Lister: files, Ledger: files, Clock: Clock{}},
			Root:  os.Geteuid() == 0,
			Built: Built(),
			Zone:  time.Local,
			Named: release.Version(),
		},
	}
	return p.main(ctx, args)
}

// isTerminal tells whether a file is a device, as terminals are; those that are none swallow what is written.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// program is one run of the command line.
type program struct {
	out, errOut io.Writer
	terminal    bool // errOut is one
	agent       *agent.Agent
}

// command is a word of the command line.
type command struct {
	name string
	json bool // has a flag --json
	do   func(ctx context.Context, asJSON bool) error
	help string
}

func (p *program) commands() []command {
	return []command{
		{"run", false, p.run, "take one turn: look, ask, install, as is due (as root)"},
		{"status", true, p.status, "tell where the round stands"},
		{"explain", true, p.explain, "tell what a turn would do now, and why"},
		{"doctor", true, p.doctor, "look whether everything is in place"},
		{"reset", false, p.reset, "forget the round: deadline, deferral and counts (as root)"},
		{"uninstall", false, p.uninstall, "remove this program, its job and its preferences (as root)"},
		{"version", false, p.version, "tell the version"},
		{"help", false, p.help, "show this"},
	}
}

func (p *program) usage() string {
	var text strings.Builder
	text.WriteString("Usage: " + name + " <command>\n\n")
	for _, c := range p.commands() {
		called := c.name
		if c.json {
			called += " [--json]"
		}
		fmt.Fprintf(&text, "  %-18s %s\n", called, c.help)
	}
	text.WriteString("\nExit status: 0 done, 1 could not, 2 wrong usage.\n")
	return text.String()
}

// errReported is a failure that has been told already.
var errReported = errors.New("reported")

func (p *program) main(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(p.errOut, p.usage())
		return exitUsage
	}
	word := args[0]
	switch word {
	case "-h", "-help", "--help":
		word = "help"
	case "-version", "--version":
		word = "version"
	}
	for _, c := range p.commands() {
		if c.name == word {
			return p.call(ctx, c, args[1:])
		}
	}
	fmt.Fprintf(p.errOut, "%s: unknown command %q\n\n%s", name, args[0], p.usage())
	return exitUsage
}

// call reads the flags of a command and does it.
func (p *program) call(ctx context.Context, c command, args []string) int {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	asJSON := false
	if c.json {
		flags.BoolVar(&asJSON, "json", false, "")
	}
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(p.out, p.usage())
		return exitDone
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(p.errOut, "%s: %s: %v\n\n%s", name, c.name, err, p.usage())
		return exitUsage
	}
	err = c.do(ctx, asJSON)
	if err == nil {
		return exitDone
	}
	if !errors.Is(err, errReported) {
		fmt.Fprintf(p.errOut, "%s: %s\n", name, strings.ReplaceAll(err.Error(), "\n", "; "))
		if hint := hintOn(err, c.name); hint != "" {
			fmt.Fprintf(p.errOut, "hint: %s\n", hint)
		}
	}
	return exitNot
}

// hintOn says what a person could do about an error; nothing where that is not known.
func hintOn(err error, word string) string {
	switch {
	case errors.Is(err, agent.ErrNotRoot):
		return "sudo " + name + " " + word
	case errors.Is(err, agent.ErrMissing):
		return "this is not a Mac, or parts of macOS are missing; " + name + " doctor tells more"
	case errors.Is(err, macos.ErrLocked):
		return "wait until the other turn has ended; " + name + " status tells where it stands"
	case errors.Is(err, macos.ErrLink), errors.Is(err, errWritable), errors.Is(err, errForeign), errors.Is(err, agent.ErrUntrusted):
		return "somebody has tampered with it; " + name + " doctor tells more"
	case errors.Is(err, agent.ErrTurn):
		return name + " explain tells more; the next turn tries again"
	}
	return ""
}

// run takes a turn. Without a terminal nobody reads along, so that lines are printed only when they say why a turn
// cannot be taken at all; the system log gets them in any case.
func (p *program) run(ctx context.Context, _ bool) error {
	var lines strings.Builder
	p.agent.Lines = &lines
	if p.terminal {
		p.agent.Lines = p.errOut
	}
	err := p.agent.Turn(ctx)
	if errors.Is(err, agent.ErrMissing) {
		fmt.Fprint(p.errOut, lines.String())
	}
	return err
}

func (p *program) status(ctx context.Context, asJSON bool) error {
	report, err := p.agent.Status(ctx)
	if err != nil {
		return err
	}
	report.Version = Version()
	return p.print(asJSON, report, report.Text())
}

func (p *program) explain(ctx context.Context, asJSON bool) error {
	explanation, err := p.agent.Explain(ctx)
	if err != nil {
		return err
	}
	return p.print(asJSON, explanation, explanation.Text())
}

func (p *program) doctor(ctx context.Context, asJSON bool) error {
	checks := p.agent.Doctor(ctx)
	if err := p.print(asJSON, checks, agent.CheckText(checks)); err != nil {
		return err
	}
	if agent.Failed(checks) {
		return errReported
	}
	return nil
}

func (p *program) reset(ctx context.Context, _ bool) error {
	if err := p.agent.Reset(ctx); err != nil {
		return err
	}
	return p.print(false, nil, "The round is forgotten.\n")
}

func (p *program) uninstall(ctx context.Context, _ bool) error {
	if err := p.agent.Uninstall(ctx); err != nil {
		return err
	}
	return p.print(false, nil, "Removed.\n")
}

func (p *program) version(context.Context, bool) error {
	return p.print(false, nil, name+" "+Version()+"\n")
}

func (p *program) help(context.Context, bool) error { return p.print(false, nil, p.usage()) }

// print writes a result, as JSON or as text.
func (p *program) print(asJSON bool, value any, text string) error {
	var err error
	if asJSON {
		encoder := json.NewEncoder(p.out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(value)
	} else {
		_, err = io.WriteString(p.out, text)
	}
	if err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	return nil
}
