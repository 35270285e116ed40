package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

func pkgListCommand() *cobra.Command {
	asJSON := false
	command := &cobra.Command{
		Use:   "list PACKAGE",
		Short: "List what is in a package: files, scripts, identity and signature",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return withPackage(args[0], func(p *flatpkg.Package) error {
				report, err := describePackage(command.Context(), p)
				if err != nil {
					return fmt.Errorf("list package: %w", err)
				}
				if asJSON {
					return printJSON(command.OutOrStdout(), report)
				}
				return report.print(command.OutOrStdout())
			})
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}

func pkgSignCommand() *cobra.Command {
	var signer signerOptions
	output := ""
	command := &cobra.Command{
		Use:     "sign PACKAGE",
		Short:   "Write a signed copy of a package",
		Example: "  install-or-defer pkg sign install-or-defer.pkg --sign installer.p12 --output signed.pkg",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			if signer.file == "" || output == "" {
				return usagef("give both", "sign package: --sign and --output are needed")
			}
			inputs := append([]mention{{"the package", args[0]}}, signer.inputs()...)
			if err := checkOutputs([]mention{{"--output", output}}, inputs); err != nil {
				return err
			}
			signing, err := signer.signing(command.InOrStdin(), command.ErrOrStderr())
			if err != nil {
				return err
			}
			return withPackage(args[0], func(p *flatpkg.Package) error {
				err := replaceWith(output, func(w io.Writer) error { return flatpkg.Sign(command.Context(), w, p, *signing) })
				if err != nil {
					return unsuitable(err)
				}
				_, err = fmt.Fprintf(announcer(command, output), "%s is written\n", output)
				return err
			})
		},
	}
	command.Flags().StringVar(&output, "output", "", "the `file` to write")
	signer.flags(command)
	signer.stampFlag(command)
	return command
}

// withPackage opens a package for as long as it is used.
func withPackage(name string, use func(*flatpkg.Package) error) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	about, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	p, err := flatpkg.Open(file, about.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return use(p)
}

// packageReport is what pkg list says, as JSON.
type packageReport struct {
	Kind       string            `json:"kind"`
	Title      string            `json:"title,omitempty"`
	Created    time.Time         `json:"created"`
	Signed     string            `json:"signed"`              // by whom; "unsigned"
	Stamped    time.Time         `json:"time_stamp,omitzero"` // when an authority has seen the signature
	Chain      []string          `json:"chain,omitempty"`     // of the signer's certificates
	Notarized  bool              `json:"notarized"`           // it carries a ticket of the notary
	Checksum   string            `json:"checksum"`            // of the table of contents
	Components []componentReport `json:"components"`
}

type componentReport struct {
	Identifier string       `json:"identifier"`
	Version    string       `json:"version"`
	MinOS      string       `json:"minimum_macos"`
	Location   string       `json:"install_location"`
	Files      []fileReport `json:"files"`
	Scripts    []fileReport `json:"scripts"`
}

type fileReport struct {
	Path  string `json:"path"`
	Mode  string `json:"mode"`
	UID   int    `json:"uid"`
	GID   int    `json:"gid"`
	Size  int64  `json:"size"`
	Cksum uint32 `json:"cksum"` // POSIX
}

func describePackage(ctx context.Context, p *flatpkg.Package) (packageReport, error) {
	r := packageReport{
		Kind: p.Kind.String(), Created: p.Created, Signed: signedBy(p), Notarized: len(p.Ticket) > 0, Checksum: p.Checksum.String(),
		Components: []componentReport{},
	}
	if s := p.Signature; s != nil {
		for _, c := range s.Chain {
			r.Chain = append(r.Chain, c.Subject.String())
		}
		if s.Timestamp != nil {
			r.Stamped = s.Timestamp.Time
		}
	}
	if p.Distribution != nil {
		r.Title = p.Distribution.Title
	}
	for _, c := range p.Components {
		scripts, err := c.Files(ctx, flatpkg.Scripts)
		if err != nil {
			return r, err
		}
		minimum := c.Info.MinOSVersion
		if minimum == "" && p.Distribution != nil {
			minimum = p.Distribution.MinOSVersion
		}
		r.Components = append(r.Components, componentReport{
			Identifier: c.Info.Identifier, Version: c.Info.Version, MinOS: minimum, Location: c.Info.InstallLocation,
			Files: fileReports(c.Bom), Scripts: fileReports(scripts),
		})
	}
	return r, nil
}

func fileReports(files []flatpkg.File) []fileReport {
	list := make([]fileReport, len(files))
	for i, f := range files {
		list[i] = fileReport{f.Path, f.Mode.String(), f.UID, f.GID, f.Size, f.Cksum}
	}
	return list
}

func signedBy(p *flatpkg.Package) string {
	if p.Signature == nil || len(p.Signature.Chain) == 0 {
		return "unsigned"
	}
	return "signed by " + p.Signature.Chain[0].Subject.CommonName
}

func (r packageReport) print(out io.Writer) error {
	_, _ = fmt.Fprintf(out, "%s, %s, %s\n", r.Kind, r.Signed, r.Created.UTC().Format(time.RFC3339))
	for i, name := range r.Chain {
		_, _ = fmt.Fprintf(out, "  %s%s\n", strings.Repeat("  ", i), name)
	}
	if !r.Stamped.IsZero() {
		_, _ = fmt.Fprintf(out, "  time stamp %s\n", r.Stamped.UTC().Format(time.RFC3339))
	}
	if r.Notarized {
		_, _ = fmt.Fprintln(out, "  notarized: it carries a ticket")
	}
	for _, c := range r.Components {
		_, _ = fmt.Fprintf(out, "\n%s %s, for macOS %s and later\n", c.Identifier, c.Version, first(c.MinOS, "any"))
		for _, group := range []struct {
			name  string
			files []fileReport
		}{{"Files", c.Files}, {"Scripts", c.Scripts}} {
			_, _ = fmt.Fprintf(out, "%s:\n", group.name)
			for _, f := range group.files {
				if _, err := fmt.Fprintf(out, "  %s %3d:%-3d %9d %10d  %s\n", f.Mode, f.UID, f.GID, f.Size, f.Cksum, f.Path); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
