package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

// packageReport is what pkg list says, as JSON. Its texts are those of the package, whatever they are.
type packageReport struct {
	Kind         string              `json:"kind"`
	Title        string              `json:"title,omitempty"`
	Created      time.Time           `json:"created"`
	Signed       string              `json:"signed"`              // by whom; "unsigned"
	Stamped      time.Time           `json:"time_stamp,omitzero"` // when an authority has seen the signature
	Chain        []string            `json:"chain,omitempty"`     // of the signer's certificates
	Notarized    bool                `json:"notarized"`           // it carries a ticket of the notary
	Checksum     string              `json:"checksum"`            // of the table of contents
	Distribution *distributionReport `json:"distribution,omitempty"`
	Components   []componentReport   `json:"components"`
	Strays       []strayReport       `json:"strays,omitempty"` // what is no part of a package as it is known here
}

// distributionReport is what a product archive says of itself.
type distributionReport struct {
	Title         string            `json:"title"`
	Identifier    string            `json:"identifier"`
	Version       string            `json:"version"`
	MinOS         string            `json:"minimum_macos"`
	Architectures []string          `json:"host_architectures"`
	Components    []referenceReport `json:"components"`
}

type referenceReport struct {
	Identifier string `json:"identifier"`
	Version    string `json:"version"`
	Folder     string `json:"folder"` // in the archive
}

// componentReport is what a component says of itself, in PackageInfo, and what its Bom and its scripts list.
type componentReport struct {
	Identifier  string       `json:"identifier"`
	Version     string       `json:"version"`
	MinOS       string       `json:"minimum_macos"`
	Location    string       `json:"install_location"`
	Auth        string       `json:"auth"`
	Files       []fileReport `json:"files"`
	Scripts     []fileReport `json:"scripts"`
	Count       int64        `json:"number_of_files"` // the install location and folders included
	KBytes      int64        `json:"install_kbytes"`
	Preinstall  string       `json:"preinstall,omitempty"` // the scripts that run
	Postinstall string       `json:"postinstall,omitempty"`
}

type fileReport struct {
	Path  string `json:"path"`
	Mode  string `json:"mode"`
	UID   int    `json:"uid"`
	GID   int    `json:"gid"`
	Size  int64  `json:"size"`
	Cksum uint32 `json:"cksum"` // POSIX
	Link  string `json:"link,omitempty"`
}

type strayReport struct {
	Path   string `json:"path"` // in the archive
	Folder bool   `json:"folder"`
	Size   int64  `json:"size"`
}

// visibleError is an error of one line, in which there may be texts of a package from further down.
type visibleError struct{ err error }

func (e *visibleError) Error() string { return flatpkg.Visible(e.err.Error()) }
func (e *visibleError) Unwrap() error { return e.err }

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
	if d := p.Distribution; d != nil {
		r.Title = d.Title
		r.Distribution = &distributionReport{
			Title: d.Title, Identifier: d.Identifier, Version: d.Version, MinOS: d.MinOSVersion,
			Architectures: append([]string{}, d.HostArchitectures...), Components: []referenceReport{},
		}
		for _, c := range d.Components {
			r.Distribution.Components = append(r.Distribution.Components, referenceReport(c))
		}
	}
	for _, c := range p.Components {
		component, err := describeComponent(ctx, p, c)
		if err != nil {
			return r, err
		}
		r.Components = append(r.Components, component)
	}
	for _, s := range p.Strays {
		r.Strays = append(r.Strays, strayReport(s))
	}
	return r, nil
}

func describeComponent(ctx context.Context, p *flatpkg.Package, c *flatpkg.Contents) (componentReport, error) {
	scripts, err := c.Files(ctx, flatpkg.Scripts)
	if err != nil {
		return componentReport{}, err
	}
	minimum := c.Info.MinOSVersion
	if minimum == "" && p.Distribution != nil {
		minimum = p.Distribution.MinOSVersion
	}
	return componentReport{
		Identifier: c.Info.Identifier, Version: c.Info.Version, MinOS: minimum, Location: c.Info.InstallLocation, Auth: c.Info.Auth,
		Files: fileReports(c.Bom), Scripts: fileReports(scripts), Count: c.Info.NumberOfFiles, KBytes: c.Info.InstallKBytes,
		Preinstall: c.Info.Preinstall, Postinstall: c.Info.Postinstall,
	}, nil
}

func fileReports(files []flatpkg.File) []fileReport {
	list := make([]fileReport, len(files))
	for i, f := range files {
		list[i] = fileReport{f.Path, f.Mode.String(), f.UID, f.GID, f.Size, f.Cksum, f.Link}
	}
	return list
}

// signedBy says by whom a package is signed, in the words of the certificate.
func signedBy(p *flatpkg.Package) string {
	if p.Signature == nil || len(p.Signature.Chain) == 0 {
		return "unsigned"
	}
	return "signed by " + p.Signature.Chain[0].Subject.CommonName
}

// printJSON writes the report with escapes of JSON for what a terminal would obey, or nobody would see.
func (r packageReport) printJSON(out io.Writer) error {
	var plain bytes.Buffer
	if err := printJSON(&plain, r); err != nil {
		return err
	}
	var text strings.Builder
	for _, c := range plain.String() {
		if c == '\n' || unicode.IsGraphic(c) {
			text.WriteRune(c)
			continue
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&text, `\u%04x`, unit)
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// print writes the report as text, a line for each thing: no text of the package can break out of its line.
func (r packageReport) print(out io.Writer) error {
	var failed error
	line := func(format string, args ...any) {
		_, err := fmt.Fprintln(out, flatpkg.Visible(fmt.Sprintf(format, args...)))
		failed = cmp.Or(failed, err)
	}
	line("%s, %s, %s", r.Kind, r.Signed, r.Created.UTC().Format(time.RFC3339))
	for i, name := range r.Chain {
		line("  %s%s", strings.Repeat("  ", i), name)
	}
	if !r.Stamped.IsZero() {
		line("  time stamp %s", r.Stamped.UTC().Format(time.RFC3339))
	}
	if r.Notarized {
		line("  notarized: it carries a ticket")
	}
	if d := r.Distribution; d != nil {
		line("  Distribution: %q, %s %s, for macOS %s and later, on %s", d.Title, cmp.Or(d.Identifier, "no identifier"), d.Version,
			cmp.Or(d.MinOS, "any"), cmp.Or(strings.Join(d.Architectures, " and "), "the processors that the Installer assumes"))
		for _, c := range d.Components {
			line("    installs %s %s from %s", c.Identifier, c.Version, c.Folder)
		}
	}
	for _, c := range r.Components {
		line("")
		c.print(line)
	}
	if len(r.Strays) > 0 {
		line("")
		line("In the archive besides, and no part of a package as it is known here:")
	}
	for _, s := range r.Strays {
		name := s.Path
		if s.Folder {
			name += "/"
		}
		line("  %10d  %s", s.Size, name)
	}
	return failed
}

func (c componentReport) print(line func(string, ...any)) {
	var run []string
	for _, script := range []string{c.Preinstall, c.Postinstall} {
		if script != "" {
			run = append(run, script)
		}
	}
	line("%s %s, for macOS %s and later", c.Identifier, c.Version, cmp.Or(c.MinOS, "any"))
	line("  PackageInfo: %s of %d kB to install in %s, with the rights of %s; scripts to run: %s", counted(int(c.Count), "path"), c.KBytes,
		cmp.Or(c.Location, "/"), cmp.Or(c.Auth, "whoever installs"), cmp.Or(strings.Join(run, ", "), "none"))
	for _, group := range []struct {
		name  string
		files []fileReport
	}{{"Files", c.Files}, {"Scripts", c.Scripts}} {
		line("%s:", group.name)
		for _, f := range group.files {
			name := f.Path
			if f.Link != "" {
				name += " -> " + f.Link
			}
			line("  %s %3d:%-3d %9d %10d  %s", f.Mode, f.UID, f.GID, f.Size, f.Cksum, name)
		}
	}
}
