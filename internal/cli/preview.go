package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
	"github.com/install-or-defer/install-or-defer/internal/preview"
	"github.com/install-or-defer/install-or-defer/internal/release"
)

// previewOptions are the flags of the command.
type previewOptions struct {
	config string
	port   int
	noOpen bool
	daemon daemonOptions
}

func previewCommand() *cobra.Command {
	var o previewOptions
	command := &cobra.Command{
		Use:   "preview",
		Short: "Open a page on which you see what people will see, before they do",
		Long: "Serves a page on this computer, for this computer alone, and opens it in your browser. There you edit settings and\n" +
			"messages, play the whole enforcement with a time slider, for any person, language and Mac, and take away the\n" +
			"files. What runs is the program that runs on Macs, on a simulated Mac. Nothing is written unless you download it, and\n" +
			"nothing leaves this computer. It ends with Ctrl-C, or when nobody has looked for a quarter of an hour.",
		Example: "  install-or-defer preview\n  install-or-defer preview --config install-or-defer.yaml --no-open",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(command.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return o.serve(ctx, command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.config, "config", "", "the administrator's `file`, or another with settings; without it the defaults")
	flags.IntVar(&o.port, "port", 0, "the `number` of the port; else any that is free")
	flags.BoolVar(&o.noOpen, "no-open", false, "open no browser, only print the address")
	o.daemon.flags(command)
	return command
}

func (o previewOptions) serve(ctx context.Context, out, errs io.Writer) error {
	const highest = 65535
	if o.port < 0 || o.port > highest {
		return usagef("give a port from 1 to 65535, or leave it out", "--port %d: no such port", o.port)
	}
	base, err := o.base()
	if err != nil {
		return err
	}
	server, err := preview.Listen(ctx, o.port, preview.Options{Base: base, Now: today, Build: o.build})
	if errors.Is(err, syscall.EADDRINUSE) {
		return usagef("leave --port out for one that is free", "port %d is taken by another program", o.port)
	}
	if err != nil {
		return err
	}
	if n := len(base.Problems); n > 0 {
		fmt.Fprintf(errs, "install-or-defer: %s: %s; the page shows where\n", o.config, counted(n, "problem"))
	}
	fmt.Fprintf(out, "%s\nThe address works once, on this computer. Ctrl-C ends the preview.\n", server.URL())
	if !o.noOpen {
		if err := preview.Open(ctx, server.URL()); err != nil {
			fmt.Fprintf(errs, "install-or-defer: %v\nhint: open the address yourself\n", err)
		}
	}
	err = server.Serve(ctx)
	if errors.Is(err, preview.ErrIdle) {
		fmt.Fprintln(out, "Nobody has looked for a quarter of an hour, so the preview ends.")
		return nil
	}
	return err
}

// base reads the administrator's file. What is wrong in it is for the page to show; a file that cannot be read at all is
// not. Nor can a picture that is named and is not there be seen, which is said, and no reason not to begin.
func (o previewOptions) base() (preview.Base, error) {
	if o.config == "" {
		return preview.Base{}, nil
	}
	data, err := readInput(nil, o.config)
	if err != nil {
		return preview.Base{}, fmt.Errorf("read configuration: %w", err)
	}
	b := preview.Base{File: filepath.Base(o.config)}
	b.Document, b.Problems = deployment.Survey(b.File, data)
	logo := b.Document.Deployment.Logo
	if logo == "" {
		return b, nil
	}
	if !filepath.IsAbs(logo) {
		logo = filepath.Join(filepath.Dir(o.config), logo)
	}
	if b.Logo, err = preview.ReadPicture(logo); err != nil {
		b.Problems = append(b.Problems, deployment.Problem{File: b.File, Message: err.Error()})
	}
	return b, nil
}

// build builds the package as pkg build does.
func (o previewOptions) build(ctx context.Context, w io.Writer, d deployment.Deployment, logo []byte) error {
	program, err := o.daemon.program(ctx)
	var usage *usageError
	if errors.As(err, &usage) && usage.hint != "" {
		return fmt.Errorf("%w; to build packages, %s", err, usage.hint) // the page has no line of its own for it
	}
	if err != nil {
		return err
	}
	modified, err := sourceDate()
	if err != nil {
		return err
	}
	content, err := installer.Content(d, program, installer.Options{Version: release.Version(), Modified: modified, Logo: logo})
	if err != nil {
		return fmt.Errorf("describe package: %w", err)
	}
	return flatpkg.WriteProduct(ctx, w, installer.Product(content), flatpkg.Options{})
}
