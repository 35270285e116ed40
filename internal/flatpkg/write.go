package flatpkg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// WriteComponent writes a component package. Nothing is written before all of the payload was read.
func WriteComponent(ctx context.Context, w io.Writer, c Component, o Options) error {
	if err := writeComponent(ctx, w, c, o); err != nil {
		return fmt.Errorf("write component package: %w", err)
	}
	return nil
}

func writeComponent(ctx context.Context, w io.Writer, c Component, o Options) (err error) {
	if err := cmp.Or(c.check(), o.check()); err != nil {
		return err
	}
	s, err := newSpool(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	nodes, _, err := c.nodes(ctx, s)
	if err != nil {
		return err
	}
	a := &archive{checksum: o.Checksum, modified: c.Modified, nodes: nodes, sign: o.Sign}
	return a.write(ctx, w)
}

// WriteProduct writes a product archive of one or more components. Its time is that of the latest of them.
func WriteProduct(ctx context.Context, w io.Writer, p Product, o Options) error {
	if err := writeProduct(ctx, w, p, o); err != nil {
		return fmt.Errorf("write product archive: %w", err)
	}
	return nil
}

func writeProduct(ctx context.Context, w io.Writer, p Product, o Options) (err error) {
	if err := cmp.Or(p.check(), o.check()); err != nil {
		return err
	}
	for _, c := range p.Components {
		if err := c.check(); err != nil {
			return err
		}
	}
	s, err := newSpool(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	a := &archive{checksum: o.Checksum, sign: o.Sign, nodes: []*node{{name: "Distribution"}}}
	var kilobytes []int64
	for _, c := range p.Components {
		children, kb, err := c.nodes(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Identifier, err)
		}
		a.nodes = append(a.nodes, &node{name: c.folder(), children: children})
		kilobytes = append(kilobytes, kb)
		if c.Modified.After(a.modified) {
			a.modified = c.Modified
		}
	}
	if a.nodes[0].part, err = s.deflate(p.distribution(kilobytes)); err != nil {
		return err
	}
	return a.write(ctx, w)
}

func (o Options) check() error {
	if o.Checksum != SHA1 && o.Checksum != SHA256 {
		return wrong("there is no kind of checksum with the number %d", o.Checksum)
	}
	if o.Sign == nil {
		return nil
	}
	return CheckCertificate(o.Sign.Chain, o.Sign.Now)
}

// nodes packs a component, in pkgbuild's order, and tells the kilobytes that it installs.
func (c Component) nodes(ctx context.Context, s *spool) ([]*node, int64, error) {
	var nodes []*node
	var payload, scripts []*item
	var err error
	add := func(name string, p *part, err error) error {
		nodes = append(nodes, &node{name: name, part: p})
		return err
	}
	if len(c.Payload) > 0 {
		if payload, err = arrange(c.Payload); err != nil {
			return nil, 0, fmt.Errorf("payload: %w", err)
		}
		packed, err := s.store(func(w io.Writer) error { return pack(ctx, w, payload, c.Modified.Unix()) })
		if err != nil {
			return nil, 0, fmt.Errorf("payload: %w", err)
		}
		bill, err := s.deflate(makeBom(payload, c.Modified.Unix()))
		if err := errors.Join(add("Bom", bill, err), add("Payload", packed, nil)); err != nil {
			return nil, 0, err
		}
	}
	if len(c.Scripts) > 0 {
		if scripts, err = arrangeScripts(c.Scripts); err != nil {
			return nil, 0, fmt.Errorf("scripts: %w", err)
		}
		packed, err := s.store(func(w io.Writer) error { return pack(ctx, w, scripts, c.Modified.Unix()) })
		if err := add("Scripts", packed, err); err != nil {
			return nil, 0, fmt.Errorf("scripts: %w", err)
		}
	}
	info, err := s.deflate(c.packageInfo(payload, scripts))
	if err := add("PackageInfo", info, err); err != nil {
		return nil, 0, err
	}
	var kilobytes int64
	if len(payload) > 0 {
		kilobytes = installKBytes(payload)
	}
	return nodes, kilobytes, nil
}

// arrangeScripts gives scripts the mode and owner that they need.
func arrangeScripts(scripts []Entry) ([]*item, error) {
	items, err := arrange(scripts)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		i.Mode, i.UID, i.GID = i.Mode.Type()|0o755, 0, 0
		if (i.Path == "preinstall" || i.Path == "postinstall") && i.Mode.Type()&^fs.ModeSymlink != 0 {
			return nil, wrong("%s is no file", i.Path)
		}
	}
	return items, nil
}
