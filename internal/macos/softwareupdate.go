package macos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
)

// How long softwareupdate may take, in awake time. A scan takes a minute or two, but `jamf recon` is known to stop one
// after five, so twice that is given. An upgrade is 12 GB to fetch, and up to an hour to prepare. After "Done." the
// tool may never end, on macOS 10.11 at least, so a limit that is reached is not by itself a failure.
const (
	listTimeout     = 10 * time.Minute
	downloadTimeout = 3 * time.Hour
	installTimeout  = InstallLimit
)

// InstallLimit is how long an installation may take before it is stopped.
const InstallLimit = 3 * time.Hour

// ErrUnproven says that softwareupdate ended well and printed neither that it did its work nor what it complains of.
// Only a new listing can tell what happened.
var ErrUnproven = errors.New("ended without saying what it did")

// ErrOwner says that an update needs the password of a volume owner, which a daemon does not have: Apple silicon.
var ErrOwner = errors.New("a volume owner has to authorize it")

// ErrRamped says that Apple lists an update, and does not let this Mac have it yet: it rolls updates out step by step. It
// is no failure; time heals it.
var ErrRamped = errors.New("held back by Apple for now")

// SoftwareUpdate is Apple's softwareupdate(8).
type SoftwareUpdate struct {
	Host Host // its Runner is used
}

// Installation is an order to install updates.
type Installation struct {
	Labels  []string // as listed, verbatim; at least one
	Restart bool     // let the tool restart or shut down the Mac; macOS 10.13.4 and later
	Modern  bool     // macOS 11 or later, which has --agree-to-license

	// As is the person as whom the tool is run, in their session; nobody for root. On Apple silicon the tool, run by root,
	// may ask in a window of its own, or not work at all: that is what several public tools say, which leave such Macs
	// alone. One of them (super) installs packages that need no restart as the person, on macOS 13 and later, and macOS
	// itself never so. Nothing of it has been tried by this project.
	As Person
}

// List asks what is on offer. The error says that the tool could not be run, was stopped at its limit or by a signal,
// or printed more than is kept; the listing then has Err set and is not conclusive. What the tool itself complained of
// is no error here, but [Listing.Err].
func (s SoftwareUpdate) List(ctx context.Context) (Listing, error) {
	out, err := s.run(ctx, listTimeout, "--list")
	if err == nil {
		err = stopped(ctx, out, listTimeout)
	}
	if err == nil && out.Cut {
		err = errors.New("printed too much")
	}
	if err != nil {
		class := ClassUnknown
		if out.TimedOut {
			class = ClassTimeout
		}
		return Listing{Err: &ListError{Class: class, Text: excerpt(err.Error())}},
			fmt.Errorf("list updates: softwareupdate --list: %w", err)
	}
	// Standard error goes first, so that a listing that ends within a line is seen to do so.
	return ParseListing(Output{Stdout: out.Stderr, Stderr: out.Stdout}.Text()), nil
}

// Download fetches updates ahead of their installation. It succeeds when the tool said that each is downloaded, even
// if it then failed to authenticate (Apple silicon: the payload is there, and preparing it needs a volume owner), or
// that it is done. Else the error names the cause; it is [ErrUnproven] when the tool said nothing of use.
func (s SoftwareUpdate) Download(ctx context.Context, labels []string) error {
	err := s.download(ctx, labels)
	if err != nil {
		return fmt.Errorf("download updates: softwareupdate --download: %w", err)
	}
	return nil
}

func (s SoftwareUpdate) download(ctx context.Context, labels []string) error {
	if err := checkLabels(labels); err != nil {
		return err
	}
	args := slices.Concat([]string{"--download"}, labels, []string{"--no-scan"})
	out, err := s.run(ctx, downloadTimeout, args...)
	if err != nil {
		return err
	}
	t := ParseTranscript(out.Text())
	if t.fetched(labels) || t.Done && t.Problem == "" && !t.NoneAvailable {
		return nil
	}
	return t.cause(stopped(ctx, out, downloadTimeout), out)
}

// Install installs updates. The error is nil when the tool said that it did: done, installed, or that the Mac must or
// will restart; and, where it was to restart the Mac itself, that all is downloaded, which is the last that macOS 11
// and later print. The transcript may tell of a problem with some of the updates all the same. Else the error names
// the cause; it is [ErrUnproven] when the tool ended well and said nothing of use.
func (s SoftwareUpdate) Install(ctx context.Context, order Installation) (Transcript, error) {
	t, err := s.install(ctx, order)
	if err != nil {
		return t, fmt.Errorf("install updates: softwareupdate --install: %w", err)
	}
	return t, nil
}

func (s SoftwareUpdate) install(ctx context.Context, order Installation) (Transcript, error) {
	if err := checkLabels(order.Labels); err != nil {
		return Transcript{}, err
	}
	command := Command{Path: softwareUpdatePath, Args: order.args()}
	if !order.As.Nobody() {
		command = asPerson(order.As, softwareUpdatePath, order.args()...)
	}
	command.Timeout = installTimeout
	out, err := s.Host.Runner.Run(ctx, command)
	if err != nil {
		return Transcript{}, err
	}
	t := ParseTranscript(out.Text())
	if t.proves(order, out.TimedOut) {
		return t, nil
	}
	return t, t.cause(stopped(ctx, out, installTimeout), out)
}

func (o Installation) args() []string {
	args := append([]string{"--install"}, o.Labels...)
	if o.Restart {
		args = append(args, "--restart")
	}
	args = append(args, "--no-scan")
	if o.Modern {
		args = append(args, "--agree-to-license")
	}
	return args
}

// checkLabels refuses what the tool would not take for the label of an update.
func checkLabels(labels []string) error {
	if len(labels) == 0 {
		return errors.New("no label is given")
	}
	for _, label := range labels {
		switch {
		case strings.TrimSpace(label) == "":
			return errors.New("a label is empty")
		case strings.HasPrefix(label, "-"):
			return fmt.Errorf("label %q begins with a hyphen, so it would be taken for an option", excerpt(label))
		case hasControl(label):
			return fmt.Errorf("label %q holds a control character", excerpt(label))
		}
	}
	return nil
}

func (s SoftwareUpdate) run(ctx context.Context, timeout time.Duration, args ...string) (Output, error) {
	return s.Host.Runner.Run(ctx, Command{Path: softwareUpdatePath, Args: args, Timeout: timeout})
}

// stopped is the error of a tool that did not end by itself.
func stopped(ctx context.Context, out Output, timeout time.Duration) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case out.TimedOut:
		return fmt.Errorf("timed out after %s", timeout)
	case out.Code < 0:
		return errors.New("ended by a signal")
	default:
		return nil
	}
}

// fetched tells whether as many updates were downloaded as there are labels. They are counted, since titles are
// printed, and two updates may share one. Before macOS 10.9 the word is "Installed" for downloads too.
func (t Transcript) fetched(labels []string) bool {
	return max(len(t.Downloaded), len(t.Installed)) >= len(labels)
}

// proves tells whether the transcript is evidence that an install succeeded. A tool that had everything downloaded and
// then neither ended nor restarted the Mac in hours has not installed it; one that was ended by a signal may have been
// so by the restart.
func (t Transcript) proves(order Installation, timedOut bool) bool {
	if len(t.Installed) > 0 || t.Power != enforce.Stay || t.Restarting {
		return true
	}
	if t.Problem != "" || t.NoneAvailable {
		return false
	}
	return t.Done || order.Restart && !timedOut && t.fetched(order.Labels)
}

// cause says why there is no evidence of success, given how the tool was stopped, if it was.
func (t Transcript) cause(stop error, out Output) error {
	switch {
	case t.Ramped:
		return fmt.Errorf("%w: %s", ErrRamped, t.Problem)
	case t.AuthFailed:
		return fmt.Errorf("%w: %s", ErrOwner, t.Problem)
	case t.Problem != "":
		return errors.New(t.Problem)
	case stop != nil:
		return stop
	case t.NoneAvailable:
		return errors.New("no updates are available")
	case out.Code != 0:
		return fmt.Errorf("exit status %d", out.Code)
	default:
		return ErrUnproven
	}
}
