package flatpkg

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// Limits of the parts that are held in memory.
const (
	maxInfo    = 1 << 20
	maxBom     = 64 << 20
	maxScripts = 256 << 20 // of all that goes with them, which is read bit by bit
	maxScript  = 1 << 20
)

// Kind is that of a package.
type Kind int

// A component installs; a product archive holds components.
const (
	KindComponent Kind = iota
	KindProduct
)

// String is what people call it.
func (k Kind) String() string {
	if k == KindProduct {
		return "product archive"
	}
	return "component package"
}

// Package is a flat package that was opened. What it says was checked for form, not yet for truth: see Verify.
type Package struct {
	Kind         Kind
	Checksum     Checksum
	Created      time.Time
	Digest       []byte // of the table of contents; the notary service knows a package by it
	Distribution *Distribution
	Components   []*Contents
	Strays       []Stray    // what else is in the archive, folders before what is in them
	Signature    *Signature // nil if there is none
	Ticket       []byte     // of the notary service, stapled to the end
	x            *xar
}

// Contents are those of a component.
type Contents struct {
	Folder string // in a product archive
	Info   PackageInfo
	Bom    []File // parents before children
	x      *xar
	files  map[string]xarFile
}

// Archive is one of the two archives in a component.
type Archive string

// The two archives in a component.
const (
	Payload Archive = "Payload"
	Scripts Archive = "Scripts"
)

// Open reads a package of some size: its table of contents, its descriptions and its bill of materials. Payload and
// Scripts are read when asked for, from the same reader. Nothing of it is trusted: sizes, places, names and depths are
// checked, and what is held in memory is limited.
func Open(r io.ReaderAt, size int64) (*Package, error) {
	p, err := open(r, size)
	if err != nil {
		return nil, fmt.Errorf("open package: %w", err)
	}
	return p, nil
}

func open(r io.ReaderAt, size int64) (*Package, error) {
	x, err := readXar(r, size)
	if err != nil {
		return nil, err
	}
	p := &Package{Checksum: x.checksum, Created: x.created, Digest: x.digest, x: x}
	if p.Ticket, err = readTicket(r, x.end, size); err != nil {
		return nil, err
	}
	if p.Signature, err = readSignature(x); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	folders := map[string]*Contents{}
	for _, f := range x.files {
		folder, name := "", f.path
		if at := strings.LastIndexByte(f.path, '/'); at >= 0 {
			folder, name = f.path[:at], f.path[at+1:]
		}
		if folders[folder] == nil {
			folders[folder] = &Contents{Folder: folder, x: x, files: map[string]xarFile{}}
		}
		if !f.dir {
			folders[folder].files[name] = f
		}
	}
	if err := p.contents(folders); err != nil {
		return nil, err
	}
	p.Strays = p.strays()
	return p, nil
}

// contents finds out what the package is by what it holds.
func (p *Package) contents(folders map[string]*Contents) error {
	top := folders[""]
	if top == nil {
		return malformed("it is empty")
	}
	_, component := top.files["PackageInfo"]
	distribution, product := top.files["Distribution"]
	if component == product {
		return malformed("it holds both or neither of PackageInfo and Distribution")
	}
	if component {
		p.Components = []*Contents{top}
		return top.read()
	}
	p.Kind = KindProduct
	data, err := p.x.small(distribution, maxInfo)
	if err != nil {
		return err
	}
	if p.Distribution, err = readDistribution(data); err != nil {
		return fmt.Errorf("distribution: %w", err)
	}
	for _, f := range p.x.files {
		c := folders[f.path]
		if !f.dir || c == nil {
			continue
		}
		if _, ok := c.files["PackageInfo"]; !ok {
			continue
		}
		if err := c.read(); err != nil {
			return fmt.Errorf("%s: %w", Visible(f.path), err)
		}
		p.Components = append(p.Components, c)
	}
	return nil
}

func (c *Contents) read() error {
	data, err := c.x.small(c.files["PackageInfo"], maxInfo)
	if err != nil {
		return err
	}
	if c.Info, err = readPackageInfo(data); err != nil {
		return fmt.Errorf("package info: %w", err)
	}
	bill, ok := c.files["Bom"]
	if !ok {
		return nil
	}
	if data, err = c.x.small(bill, maxBom); err != nil {
		return err
	}
	if c.Bom, err = readBom(data); err != nil {
		return fmt.Errorf("bill of materials: %w", err)
	}
	return nil
}

// Has says whether there is such an archive.
func (c *Contents) Has(a Archive) bool {
	_, ok := c.files[string(a)]
	return ok
}

// Walk calls visit for each path of an archive, folders before what they contain, with the content of a file. Of a file
// that visit does not read, Cksum stays 0. Without such an archive there is nothing to visit.
func (c *Contents) Walk(ctx context.Context, a Archive, visit func(File, io.Reader) error) error {
	f, ok := c.files[string(a)]
	if !ok {
		return nil
	}
	from, err := c.x.decoded(f)
	if err == nil {
		limit := int64(maxUnpacked)
		if a == Scripts {
			limit = maxScripts
		}
		err = unpack(&patient{ctx, from}, limit, visit)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", Visible(f.path), err)
	}
	return nil
}

// Files lists an archive, with the checksums of what is in it.
func (c *Contents) Files(ctx context.Context, a Archive) ([]File, error) {
	var files []File
	err := c.each(ctx, a, func(f File) error {
		files = append(files, f)
		return nil
	})
	return files, err
}

// each calls visit for each path of an archive, with the checksum of what is there.
func (c *Contents) each(ctx context.Context, a Archive, visit func(File) error) error {
	return c.Walk(ctx, a, func(f File, content io.Reader) error {
		if f.Mode.IsRegular() {
			sum := newCksum()
			if n, err := io.Copy(sum, content); err != nil || n != f.Size {
				return malformed("%s is cut short: %v", f.Path, err)
			}
			f.Cksum = sum.Sum32()
		}
		return visit(f)
	})
}

// Script reads a script, of which no sensible one has a megabyte. What the package does not have is not an error, but nil.
func (c *Contents) Script(ctx context.Context, name string) (content []byte, err error) {
	err = c.Walk(ctx, Scripts, func(f File, from io.Reader) error {
		if f.Path != name || !f.Mode.IsRegular() {
			return nil
		}
		if f.Size > maxScript {
			return tooLarge("script %s of %d bytes", f.Path, f.Size)
		}
		content, err = io.ReadAll(from)
		return err
	})
	return content, err
}
