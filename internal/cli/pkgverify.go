package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/installer"
	"github.com/install-or-defer/install-or-defer/internal/release"
)

// verifyOptions are the flags of the command.
type verifyOptions struct {
	signed, foreign bool
	roots, stamps   string // files with certificates in PEM
	config          string
	daemon          daemonOptions
}

func pkgVerifyCommand() *cobra.Command {
	var o verifyOptions
	command := &cobra.Command{
		Use:   "verify PACKAGE",
		Short: "Check that a package is whole, who signed it, and that it holds what this version builds",
		Long: "Checks structure, every checksum, the signature and its chain, and then builds the package anew, from the choices that\n" +
			"it holds or from --config, and compares every file and script. So whatever somebody else has put into it is named.",
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			trust, err := o.trust()
			if err != nil {
				return err
			}
			return withPackage(args[0], func(p *flatpkg.Package) error {
				if err := p.Verify(command.Context(), trust); err != nil {
					return fmt.Errorf("%s: %w", args[0], &visibleError{err})
				}
				content, err := o.content(command.Context(), p)
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				signer := flatpkg.Visible(signedBy(p))
				if p.Signature != nil && o.roots == "" {
					signer += ", whom nobody vouches for as no --root is given"
				}
				_, err = fmt.Fprintf(command.OutOrStdout(), "%s: whole, %s, %s\n", args[0], signer, content)
				return err
			})
		},
	}
	flags := command.Flags()
	flags.BoolVar(&o.signed, "signed", false, "it has to be signed")
	flags.BoolVar(&o.foreign, "any", false, "take packages of others, too: the content is not compared")
	flags.StringVar(&o.roots, "root", "", "a `file` with certificates (PEM), to one of which the signer's has to lead")
	flags.StringVar(&o.stamps, "timestamp-root", "", "a `file` with those of time stamp authorities: a signature stamped by one outlives its certificate")
	flags.StringVar(&o.config, "config", "", "the administrator's `file`, whose choices the package has to hold")
	o.daemon.flags(command)
	return command
}

func (o verifyOptions) trust() (flatpkg.Trust, error) {
	trust := flatpkg.Trust{Signed: o.signed || o.roots != "", Now: now()}
	for _, pool := range []struct {
		flag, file string
		into       **x509.CertPool
	}{{"--root", o.roots, &trust.Roots}, {"--timestamp-root", o.stamps, &trust.TimestampRoots}} {
		if pool.file == "" {
			continue
		}
		data, err := readInput(nil, pool.file)
		if err != nil {
			return trust, fmt.Errorf("read certificates: %w", err)
		}
		*pool.into = x509.NewCertPool()
		if !(*pool.into).AppendCertsFromPEM(data) {
			return trust, usagef("convert it with: openssl x509 -inform der -outform pem", "%s %s: holds no certificate in PEM", pool.flag, pool.file)
		}
	}
	return trust, nil
}

// content compares a package with the one that this version builds, and says in a few words what came of it.
func (o verifyOptions) content(ctx context.Context, p *flatpkg.Package) (string, error) {
	if o.foreign {
		return "content not compared", nil
	}
	said := "with the content of install-or-defer " + release.Version()
	var program *io.SectionReader
	if !installer.Uninstalls(p) {
		var err error
		program, err = o.daemon.program(ctx)
		var usage *usageError
		if errors.As(err, &usage) && o.daemon.file == "" {
			program, said = nil, said+"; its daemon is not compared, since there is none to compare with: "+usage.hint
		} else if err != nil {
			return "", err
		}
	}
	want, err := o.want(ctx, p, program)
	if errors.Is(err, installer.ErrForeign) {
		return "", usagef("--any verifies packages of others", "%w", &visibleError{err})
	}
	if err != nil {
		return "", &visibleError{err}
	}
	lines, err := compareWith(ctx, p, want)
	if err == nil && len(lines) > 0 {
		err = fmt.Errorf("it is not what install-or-defer %s builds:\n  %s", release.Version(), strings.Join(lines, "\n  "))
	}
	return said, err
}

// want describes the package that it should be.
func (o verifyOptions) want(ctx context.Context, p *flatpkg.Package, program *io.SectionReader) (flatpkg.Component, error) {
	wanted := installer.Wanted{Program: program}
	if o.config != "" {
		given := pkgOptions{config: o.config}
		d, err := given.deployment()
		if err != nil {
			return flatpkg.Component{}, err
		}
		wanted.Choices = &d
		if !installer.Uninstalls(p) {
			if wanted.Logo, err = given.logo(d); err != nil {
				return flatpkg.Component{}, err
			}
		}
	}
	return installer.Expect(ctx, p, wanted)
}

// compareWith writes the package that is wanted, in the form of the other, and compares the two.
func compareWith(ctx context.Context, p *flatpkg.Package, want flatpkg.Component) (lines []string, err error) {
	file, err := os.CreateTemp("", "install-or-defer-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	options := flatpkg.Options{Checksum: p.Checksum}
	if p.Kind == flatpkg.KindProduct {
		err = flatpkg.WriteProduct(ctx, file, installer.Product(want), options)
	} else {
		err = flatpkg.WriteComponent(ctx, file, want, options)
	}
	if err != nil {
		return nil, err
	}
	about, err := file.Stat()
	if err != nil {
		return nil, err
	}
	built, err := flatpkg.Open(file, about.Size())
	if err != nil {
		return nil, err
	}
	return flatpkg.Differences(ctx, p, built)
}
