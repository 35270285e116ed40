package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/notary"
)

// Where the key of App Store Connect comes from, if no flag names it.
const (
	keyVariable    = "INSTALL_OR_DEFER_NOTARY_KEY" // the content of the .p8 file
	keyIDVariable  = "INSTALL_OR_DEFER_NOTARY_KEY_ID"
	issuerVariable = "INSTALL_OR_DEFER_NOTARY_ISSUER"
)

// ticketPatience is how long a ticket is waited for once a package is accepted.
const ticketPatience = 5 * time.Minute

// notarizeOptions are the flags of the command.
type notarizeOptions struct {
	key, keyID, issuer  string
	output, submission  string
	log                 string
	timeout             time.Duration
	regional, noStaple  bool
	endpoints           notary.Endpoints
	terminal            bool
	progress, statement io.Writer
}

func pkgNotarizeCommand() *cobra.Command {
	var o notarizeOptions
	command := &cobra.Command{
		Use:   "notarize PACKAGE",
		Short: "Have Apple's notary look at a signed package, and staple its ticket",
		Long: "Submits a signed package to Apple's notary service, waits for the verdict, and staples the ticket to the package.\n" +
			"Who asks is an API key of App Store Connect: --key, --key-id and --issuer, or " + keyVariable + " (the content of\n" +
			"the .p8 file), " + keyIDVariable + " and " + issuerVariable + ". Nothing of this has been tried on Apple's service yet.",
		Example: "  install-or-defer pkg notarize signed.pkg --key AuthKey_ABC1234567.p8 --key-id ABC1234567 --issuer 1a2b3c4d-…",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			if err := o.checkOutputs(args[0]); err != nil {
				return err
			}
			o.progress, o.statement = command.ErrOrStderr(), announcer(command, o.output, o.log)
			o.terminal = isTerminal(o.progress)
			return o.run(command.Context(), args[0])
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.key, "key", "", "the `file` of an API key of App Store Connect (.p8)")
	flags.StringVar(&o.keyID, "key-id", "", "its `identifier`")
	flags.StringVar(&o.issuer, "issuer", "", "the `identifier` of its issuer")
	flags.StringVar(&o.output, "output", "", "the `file` to write with the ticket; without it the package itself")
	flags.StringVar(&o.log, "log", "", "a `file` to write the notary's log to")
	flags.StringVar(&o.submission, "submission", "", "go on with a submission of this package that was made before, by its `identifier`")
	flags.DurationVar(&o.timeout, "timeout", time.Hour, "how long to wait for the verdict; the notary works on after that")
	flags.BoolVar(&o.noStaple, "no-staple", false, "leave the package without its ticket")
	flags.BoolVar(&o.regional, "no-s3-acceleration", false, "upload by way of the region's own address, for networks that do not let the other pass")
	for name, address := range map[string]*string{
		"notary-url": &o.endpoints.Notary, "store-url": &o.endpoints.Store, "ticket-url": &o.endpoints.Tickets,
	} {
		flags.StringVar(address, name, "", "an `address` to use in the place of the service's own")
		_ = flags.MarkHidden(name) // for tests; it is there
	}
	return command
}

// checkOutputs is done before the notary is asked, who takes a while. The package itself may be written anew.
func (o notarizeOptions) checkOutputs(name string) error {
	output, inputs := mention{"--output", o.output}, []mention{{"--key", o.key}}
	if o.output == "" || sameFile(o.output, name) {
		output = mention{"the package", name}
	} else {
		inputs = append(inputs, mention{"the package", name})
	}
	return checkOutputs([]mention{output, {"--log", o.log}}, inputs)
}

func (o notarizeOptions) run(ctx context.Context, name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	p, err := flatpkg.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("%s: %w", name, &visibleError{err})
	}
	if p.Signature == nil || p.Signature.Timestamp == nil {
		return usagef("sign it with a Developer ID Installer identity: install-or-defer pkg sign "+name+" --sign installer.p12 --output signed.pkg",
			"%s: the notary takes only packages that are signed and carry a time stamp", name)
	}
	client, err := o.client()
	if err != nil {
		return err
	}
	upload, err := notary.Measure(filepath.Base(name), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
	if err != nil {
		return err
	}
	if err := o.verdict(ctx, client, upload); err != nil || o.noStaple {
		return o.hinted(err)
	}
	return o.hinted(o.staple(ctx, client, p, cmp.Or(o.output, name)))
}

// client speaks as whoever the key belongs to.
func (o notarizeOptions) client() (*notary.Client, error) {
	const hint = "create one at appstoreconnect.apple.com, under Users and Access > Integrations, with the role Developer"
	p8 := []byte(os.Getenv(keyVariable))
	if o.key != "" {
		var err error
		if p8, err = readInput(nil, o.key); err != nil {
			return nil, fmt.Errorf("read key: %w", err)
		}
	}
	if len(bytes.TrimSpace(p8)) == 0 {
		return nil, usagef(hint, "there is no API key: give --key, or set %s", keyVariable)
	}
	key, err := notary.ParseKey(p8, cmp.Or(o.keyID, os.Getenv(keyIDVariable)), cmp.Or(o.issuer, os.Getenv(issuerVariable)))
	if err != nil {
		return nil, usagef(hint, "%w", err)
	}
	if o.regional && o.endpoints.Store == "" {
		o.endpoints.Store = notary.RegionalStoreAddress
	}
	return &notary.Client{
		Key: key, Endpoints: o.endpoints, Now: now, Sleep: pause,
		Retry: retrying(o.progress),
	}, nil
}

// verdict submits the package, unless that was done before, and waits for what the notary says of it.
func (o notarizeOptions) verdict(ctx context.Context, client *notary.Client, upload notary.Upload) error {
	id := o.submission
	if id == "" {
		meter := newMeter(o.progress, o.terminal, upload.Name, upload.Size)
		var err error
		id, err = client.Submit(ctx, upload, meter.tell)
		meter.end()
		if err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(o.progress, "The notary knows %s as submission %s.\n", upload.Name, id)
	looks := 0
	submission, err := client.Wait(ctx, id, o.timeout, func(s notary.Submission) {
		if looks++; looks == 1 || s.Status.Final() {
			_, _ = fmt.Fprintf(o.progress, "The notary says: %s.\n", s.Status)
		}
	})
	if errors.Is(err, notary.ErrNoVerdict) {
		return fmt.Errorf("%w; go on later with --submission %s", err, id)
	}
	if err != nil {
		return err
	}
	report, err := client.Log(ctx, id)
	if err == nil && o.log != "" {
		err = replace(o.log, report.Raw)
	}
	if err != nil && (submission.Status != notary.Accepted || o.log != "") {
		return err
	}
	if submission.Status != notary.Accepted {
		return fmt.Errorf("the notary does not accept %s: %s%s", upload.Name, cmp.Or(report.Summary, string(submission.Status)), issues(report))
	}
	if sum := hex.EncodeToString(upload.SHA256[:]); report.SHA256 != "" && !strings.EqualFold(report.SHA256, sum) {
		return fmt.Errorf("submission %s is of another package: its SHA-256 is %s, and that of this one %s", id, report.SHA256, sum)
	}
	return nil
}

// issues lists what the notary found, a line each.
func issues(r notary.Report) string {
	var lines strings.Builder
	for _, i := range r.Issues {
		where := i.Path
		if i.Architecture != "" {
			where += " (" + i.Architecture + ")"
		}
		fmt.Fprintf(&lines, "\n  %s: %s: %s %s", i.Severity, where, i.Message, i.URL)
	}
	return strings.TrimRight(lines.String(), " ")
}

// staple fetches the ticket and writes the package with it.
func (o notarizeOptions) staple(ctx context.Context, client *notary.Client, p *flatpkg.Package, output string) error {
	key, err := notary.TicketKey(p.Digest)
	if err != nil {
		return err
	}
	ticket, err := client.Ticket(ctx, key, ticketPatience)
	if err != nil {
		return err
	}
	if err := replaceWith(output, func(w io.Writer) error { return flatpkg.Staple(ctx, w, p, ticket) }); err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.statement, "%s is written, with the notary's ticket\n", output)
	return err
}

// hinted says what a person can do about some of the errors.
func (notarizeOptions) hinted(err error) error {
	switch {
	case errors.Is(err, notary.ErrUnauthorized):
		return usagef("look at the identifiers of key and issuer, and at this computer's clock", "%w", err)
	case errors.Is(err, notary.ErrAgreement):
		return usagef("somebody with the role Account Holder has to agree at developer.apple.com", "%w", err)
	default:
		return err
	}
}

// retrying says that a service did not do what it was asked, and will be asked again.
func retrying(out io.Writer) func(error, time.Duration) {
	return func(err error, wait time.Duration) {
		_, _ = fmt.Fprintf(out, "%v; trying again in %s\n", err, wait.Round(time.Second))
	}
}

// now is the time, for commands that speak with services.
func now() time.Time { return time.Now() } //nolint:forbidigo // a command reads the clock, here to date what it asks for

// pause waits, unless the context ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d) //nolint:forbidigo // a command waits, here for a service
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
