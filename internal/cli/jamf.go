package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/release"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func jamfCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "jamf",
		Short: "Make a Jamf Pro server hold what the administrator's file declares, stage by stage",
		Long: "Reads the section jamf of the administrator's file, and plans, applies and watches a rollout on a Jamf Pro server. See\n" +
			"docs/jamf.md. The server is " + urlVariable + ", or the url of the file; who asks is " + idVariable + " and " + secretVariable + " of an\n" +
			"API client, or " + userVariable + " and " + jamfPasswordVariable + ", or whoever is typed in at a terminal. To try it without\n" +
			"a Jamf Pro: install-or-defer dev jamf-server.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(
		jamfPlanCommand(), jamfApplyCommand(), jamfStageCommand(), jamfStatusCommand(), jamfSnapshotCommand(),
		jamfRollbackCommand(), jamfDestroyCommand(), jamfDoctorCommand(), jamfExportCommand(),
	)
	return command
}

// Where the server and who asks come from, if nothing else says so. None of it can be a flag: what is on a command line is
// seen by everybody on the computer, and kept in histories.
const (
	urlVariable          = "JAMF_URL"
	idVariable           = "JAMF_CLIENT_ID"
	secretVariable       = "JAMF_CLIENT_SECRET"
	userVariable         = "JAMF_USER"
	jamfPasswordVariable = "JAMF_PASSWORD"
)

// jamfOptions are the flags that the commands share.
type jamfOptions struct {
	config, state, pkg string
	verbose, yes       bool
	command            *cobra.Command
	swept              bool // what earlier commands have left beside the state is looked for once
}

func (o *jamfOptions) flags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&o.config, "config", defaultConfig, "the administrator's `file`")
	flags.StringVar(&o.state, "state", "", "the `file` that remembers what was made; by default beside the other one, with .jamf.json at its end")
	flags.BoolVar(&o.verbose, "verbose", false, "tell of each request")
	o.command = command
}

func (o *jamfOptions) packageFlag(command *cobra.Command) {
	command.Flags().StringVar(&o.pkg, "package", "", "the package to distribute, a `file` from install-or-defer pkg build;\nby default one of the name that the configuration says, here or beside it")
}

func (o *jamfOptions) yesFlag(command *cobra.Command) {
	command.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
}

// load reads the administrator's file.
func (o *jamfOptions) load() (deployment.Deployment, error) {
	data, err := readInput(nil, o.config)
	if err != nil {
		return deployment.Deployment{}, fmt.Errorf("read configuration: %w", err)
	}
	d, problems := deployment.Load(o.config, data)
	if len(problems) > 0 {
		return d, usagef("install-or-defer settings check says more", "read configuration: %w", &deployment.ProblemError{Problems: problems})
	}
	if d.Jamf == nil {
		return d, usagef("install-or-defer init writes an example; docs/configuration.md tells more", "%s: there is no section jamf", o.config)
	}
	return d, nil
}

// session is a rollout with a client that is signed in, and what goes with it.
type session struct {
	*rollout.Rollout
	client *jamf.Client
	server string
	who    jamf.Credentials
	file   *os.File // the package; nil for none
}

// with runs something with a rollout. An interrupt, or the end of a pipeline's patience, ends it between two steps, and gives
// the token back.
func (o *jamfOptions) with(run func(context.Context, *session) error) (err error) {
	d, err := o.load()
	if err != nil {
		return err
	}
	lock, err := o.lockState()
	if err != nil {
		return err
	}
	defer unlockState(lock)
	s, err := o.open(d)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(o.command.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer func() {
		const patience = 10 * time.Second
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		_ = s.client.Close(ending) // a token that cannot be given back dies of age
		if s.file != nil {
			_ = s.file.Close() // it was only read
		}
	}()
	return jamfHint(run(ctx, s))
}

// open prepares a client and a rollout.
func (o *jamfOptions) open(d deployment.Deployment) (*session, error) {
	s := &session{server: strings.TrimRight(cmp.Or(os.Getenv(urlVariable), d.Jamf.URL), "/")}
	if s.server == "" {
		return nil, usagef("set "+urlVariable+", or write url: under jamf: in "+o.config, "there is no address of a server")
	}
	var err error
	if s.who, err = credentials(o.command.InOrStdin(), o.command.ErrOrStderr()); err != nil {
		return nil, err
	}
	clock := jamf.Clock{Now: now, Sleep: pause, Rand: rand.Float64}
	config := jamf.Config{URL: s.server, Credentials: s.who, UserAgent: "install-or-defer/" + release.Version(), Clock: clock}
	if o.verbose {
		config.Trace = func(e jamf.Exchange) { _, _ = fmt.Fprintf(o.command.ErrOrStderr(), "  %s\n", e) }
	}
	if s.client, err = jamf.New(config); err != nil {
		return nil, usagef("write it as https://example.jamfcloud.com", "%w", err)
	}
	state, err := o.readState()
	if err != nil {
		return nil, err
	}
	p, file, err := o.openPackage(d)
	if err != nil {
		return nil, err
	}
	s.file = file
	uninstaller, err := uninstallScript(d.Identifier)
	if err != nil {
		return nil, err
	}
	progress := o.command.ErrOrStderr()
	s.Rollout, err = rollout.New(rollout.Config{
		Deployment: d, Server: s.server, Client: s.client, State: state, Save: o.saveState, Package: p, Uninstaller: uninstaller,
		Clock: clock, Patience: packagePatience, Meter: progressMeter(progress),
		Tell: func(text string) { _, _ = fmt.Fprintln(progress, text) },
	})
	if errors.Is(err, rollout.ErrForeignState) {
		return nil, usagef("name another with --state, or another server", "%w", err)
	}
	return s, err
}

// packagePatience is how long a package may take until Macs can fetch it.
const packagePatience = 30 * time.Minute

// progressMeter shows how far an upload is.
func progressMeter(out io.Writer) func(string, int64) (func(int64, int64), func()) {
	return func(name string, size int64) (func(int64, int64), func()) {
		m := newMeter(out, isTerminal(out), name, size)
		return func(sent, _ int64) { m.tell(sent) }, m.end
	}
}

// credentials are those of the environment, or of whoever is at the terminal.
func credentials(stdin io.Reader, prompt io.Writer) (jamf.Credentials, error) {
	c := jamf.Credentials{
		ID: os.Getenv(idVariable), Secret: os.Getenv(secretVariable), User: os.Getenv(userVariable), Password: os.Getenv(jamfPasswordVariable),
	}
	hint := "set " + idVariable + " and " + secretVariable + ", or " + userVariable + " and " + jamfPasswordVariable
	if c.ID != "" && c.User != "" {
		return c, usagef("unset one of "+idVariable+" and "+userVariable, "an API client and a user are both given")
	}
	if c.ID != "" && c.Secret != "" || c.User != "" && c.Password != "" {
		return c, nil
	}
	file, ok := stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return c, usagef(hint, "it is not said who asks")
	}
	if c.ID == "" && c.User == "" {
		_, _ = fmt.Fprint(prompt, "ID of the API client: ")
		line, err := bufio.NewReader(file).ReadString('\n')
		if c.ID = strings.TrimSpace(line); err != nil || c.ID == "" {
			return c, usagef(hint, "it is not said who asks")
		}
	}
	typed, err := askSecret(file, prompt, fmt.Sprintf("Secret of the %s: ", c))
	if err != nil {
		return c, fmt.Errorf("read secret: %w", err)
	}
	if c.ID != "" {
		c.Secret = typed
	} else {
		c.Password = typed
	}
	return c, nil
}

// jamfHint says what a person can do about some of the errors.
func jamfHint(err error) error {
	var refused *rollout.RefusedError
	var answer *jamf.APIError
	const troubleOfServer = 500
	switch {
	case errors.As(err, &refused):
		return usagef("nothing was written", "%w", err)
	case errors.Is(err, jamf.ErrSignIn) && (!errors.As(err, &answer) || answer.Status >= troubleOfServer):
		return fmt.Errorf("%w; look at the address of the server, and whether it is there", err)
	case errors.Is(err, rollout.ErrNoStage):
		return usagef("name one of these, or next", "%w", err)
	case errors.Is(err, jamf.ErrSignIn):
		return usagef("look at "+idVariable+" and "+secretVariable+", and at the address of the server", "%w", err)
	case errors.Is(err, rollout.ErrPolicyOff):
		return usagef("install-or-defer jamf apply --resume turns it on", "%w", err)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%w; the same command goes on from here", err)
	}
	return err
}
