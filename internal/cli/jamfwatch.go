package cli

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// watchOptions are the flags of the commands that look at Macs.
type watchOptions struct {
	jamfOptions
	history string
	days    int
	asJSON  bool
}

func (o *watchOptions) watchFlags(command *cobra.Command) {
	o.flags(command)
	flags := command.Flags()
	flags.StringVar(&o.history, "history", "", "earlier snapshots, a `file` of jamf snapshot")
	flags.IntVar(&o.days, "max-age", 7, "after how many `days` without an inventory a Mac does not report")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON")
}

// watch is what is asked for; done ends the reading of the history.
func (o *watchOptions) watch() (options rollout.StatusOptions, done func(), err error) {
	const day, most = 24 * time.Hour, 3650
	if o.days < 1 || o.days > most {
		return options, nil, usagef("give days from 1 to 3650", "--max-age %d: no such age", o.days)
	}
	options.MaxAge = time.Duration(o.days) * day
	if o.history == "" {
		return options, func() {}, nil
	}
	file, err := os.Open(o.history)
	if err != nil {
		return options, nil, fmt.Errorf("read history: %w", err)
	}
	about, err := file.Stat()
	if err == nil {
		options.History, err = rollout.OpenHistory(file, about.Size())
	}
	if err != nil {
		_ = file.Close() // it was only read
		return options, nil, usagef("jamf snapshot --output makes one", "%s: %w", o.history, err)
	}
	return options, func() { _ = file.Close() }, nil
}
