package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamflocal"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func devCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "dev",
		Short: "Stand-ins on this computer, to try things out with",
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(devServerCommand(), devAdvanceCommand())
	return command
}

// devServer are the flags of the command.
type devServer struct {
	address string
	macs    int
	nodes   int
	speed   float64
}

func devServerCommand() *cobra.Command {
	var o devServer
	command := &cobra.Command{
		Use:   "jamf-server",
		Short: "Be a Jamf Pro server, in memory, with a fleet of simulated Macs and a clock that can be sped up",
		Long: "Answers on a loopback address until it is interrupted, and prints what to set to speak with it. The Macs check in, install\n" +
			"what policies of their scope say, ask people, defer, install macOS " + devTarget().Version + ", and report. There are the static groups\n" +
			"Test Macs and Pilot Macs. It does what is known of a real server, and nobody has compared the two: that something works\n" +
			"here does not prove that it works there.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			const most = 100_000
			if o.macs < 0 || o.macs > most || o.speed <= 0 || o.nodes < 1 {
				return usagef("", "give --macs from 0 to %d, a --speed above 0, and --nodes from 1", most)
			}
			ctx, stop := signal.NotifyContext(command.Context(), os.Interrupt)
			defer stop()
			err := jamflocal.Serve(ctx, o.server(), jamflocal.Options{
				Address: o.address, Speed: o.speed, Now: now, Sleep: pause,
				Ready: func(url string) error {
					if err := o.groups(ctx, url); err != nil {
						return err
					}
					_, err := fmt.Fprintf(command.OutOrStdout(), "export %s=%s\nexport %s=%s\nexport %s=%s\n",
						urlVariable, url, idVariable, jamftest.ClientID, secretVariable, jamftest.ClientSecret)
					return err
				},
			})
			if errors.Is(err, syscall.EADDRINUSE) {
				return usagef("give another port, as in --address 127.0.0.1:0 for any that is free", "%s is taken by another program", o.address)
			}
			return err
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.address, "address", "127.0.0.1:8480", "the loopback `address` to answer on; port 0 is any that is free")
	flags.IntVar(&o.macs, "macs", 200, "`how many` Macs there are")
	flags.IntVar(&o.nodes, "nodes", 1, "`how many` web servers there are, which hear of each other's writes after a minute")
	flags.Float64Var(&o.speed, "speed", 1, "`how many` seconds go by there in one here")
	return command
}

// devTarget is what the simulated Macs are to run in the end.
func devTarget() jamftest.Release { return jamftest.Release{Version: "15.7.1", Build: "24G231"} }

// server is a Jamf Pro server whose Macs report what real ones would.
func (o devServer) server() *jamftest.Server {
	const lifetime = 30 * time.Minute // of a token, by this computer's clock
	return jamftest.New(jamftest.Options{
		Start: now().UTC().Truncate(time.Second), Nodes: o.nodes,
		Transfer: time.Second, Settle: time.Second, // nobody wants to wait for a stand-in
		Clients: []jamftest.Client{{
			ID: jamftest.ClientID, Secret: jamftest.ClientSecret, Lifetime: time.Duration(float64(lifetime) * max(o.speed, 1)),
		}},
		Fleet: jamftest.Fleet{
			Count: o.macs, Failing: 0.01, Silent: 0.03,
			Releases: []jamftest.Release{
				{Version: "15.6.1", Build: "24G90", Share: 0.45},
				{Version: "15.7", Build: "24G222", Share: 0.45},
				{Version: devTarget().Version, Build: devTarget().Build, Share: 0.1},
			},
		},
		Lifecycle: jamftest.Lifecycle{
			Absent: rollout.NotInstalled, Prompting: string(agent.StatusPending), Deferred: string(agent.StatusDeferred),
			Enforcing: string(agent.StatusEnforcing), Compliant: string(agent.StatusCompliant), Failed: string(agent.StatusFailed),
			Target: devTarget(), Leaves: true, Says: says,
		},
	})
}

// says is what the attributes for texts say in a state. They are told apart by their scripts, since anybody can name them.
func says(state string, a jamftest.Attribute) string {
	field := rollout.FieldOf(a.Script)
	switch {
	case field == "status":
		return state
	case state == rollout.NotInstalled:
		return ""
	case field == "journal_whole":
		return "yes"
	case field == "phase":
		return string(phaseOf(agent.Status(state)))
	case state == string(agent.StatusCompliant):
		return ""
	}
	return map[string]string{
		"reason": map[agent.Status]string{
			agent.StatusPending: "updates-pending", agent.StatusDeferred: "deferral-runs",
			agent.StatusEnforcing: "deadline-passed", agent.StatusFailed: "install-failed",
		}[agent.Status(state)],
		"pending": "macOS Sequoia " + devTarget().Version, "method": "softwareupdate", "deadline_by": string(enforce.LimitTime),
	}[field]
}

// phaseOf is the phase of a round that the stand-in's Macs are in.
func phaseOf(s agent.Status) enforce.Phase {
	switch s {
	case agent.StatusPending:
		return enforce.PhasePrompting
	case agent.StatusDeferred:
		return enforce.PhaseDeferred
	case agent.StatusEnforcing, agent.StatusFailed:
		return enforce.PhaseEnforcing
	case agent.StatusInstalling:
		return enforce.PhaseInstalling
	case agent.StatusRestarting:
		return enforce.PhaseRestarting
	case agent.StatusCompliant, agent.StatusUnknown:
	}
	return enforce.PhaseIdle
}

// groups makes the static groups that a rollout begins with.
func (o devServer) groups(ctx context.Context, url string) error {
	client, err := jamf.New(jamf.Config{
		URL: url, Credentials: jamf.Credentials{ID: jamftest.ClientID, Secret: jamftest.ClientSecret},
		Clock: jamf.Clock{Now: now, Sleep: pause, Rand: func() float64 { return 0 }},
	})
	if err != nil {
		return err
	}
	defer client.Close(ctx) //nolint:errcheck // it is our own
	for _, g := range []struct {
		name     string
		from, to int
	}{{"Test Macs", 0, o.macs / 20}, {"Pilot Macs", o.macs / 20, o.macs / 5}} {
		var members []string
		for i := g.from; i < g.to; i++ {
			members = append(members, fmt.Sprint(i+1))
		}
		if _, err := client.StaticGroups().Create(ctx, jamf.StaticGroup{Name: g.name, Members: members}); err != nil {
			return err
		}
	}
	return nil
}

func devAdvanceCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "advance TIME",
		Short:   "Let time go by at once on the stand-in for a Jamf Pro server",
		Example: "  install-or-defer dev advance 72h",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			by, err := time.ParseDuration(args[0])
			if err != nil {
				return usagef("write it as 90m or 72h", "%q is no time", args[0])
			}
			address := os.Getenv(urlVariable)
			if address == "" {
				return usagef("set "+urlVariable+" as dev jamf-server says", "there is no address of a server")
			}
			at, err := jamflocal.Advance(command.Context(), address, by)
			if err != nil {
				return fmt.Errorf("%w; is %s that of install-or-defer dev jamf-server, and does it run?", err, urlVariable)
			}
			fmt.Fprintf(command.OutOrStdout(), "It is %s there.\n", at.Format("2006-01-02 15:04"))
			return nil
		},
	}
}
