package flatpkg

import (
	"context"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"
)

// Trust says whom to believe. The zero value believes any signature that holds, and asks for none.
type Trust struct {
	Signed bool           // there has to be a signature
	Now    time.Time      // certificates have to be valid then; needed if there is a signature
	Roots  *x509.CertPool // the signer's chain has to lead to one of these; any will do if nil
	// TimestampRoots are those of time stamp authorities. A stamp by one of them lets a signature outlive its
	// certificate; other stamps have to hold, but prove nothing.
	TimestampRoots *x509.CertPool
}

// Verify checks all of a package: every checksum, that Payload, Bom, PackageInfo and Distribution tell the same, that
// the scripts that PackageInfo names can run, and the signature.
func (p *Package) Verify(ctx context.Context, t Trust) error {
	if err := p.verify(ctx, t); err != nil {
		return fmt.Errorf("verify package: %w", err)
	}
	return nil
}

func (p *Package) verify(ctx context.Context, t Trust) error {
	for _, f := range p.x.files {
		if f.dir {
			continue
		}
		if err := p.x.check(f, func(r io.Reader) io.Reader { return &patient{ctx, r} }); err != nil {
			return err
		}
	}
	for _, c := range p.Components {
		if err := c.verify(ctx); err != nil {
			return fmt.Errorf("%s: %w", c.Info.Identifier, err)
		}
	}
	if p.Distribution != nil {
		if err := p.references(); err != nil {
			return err
		}
	}
	if p.Signature == nil {
		if t.Signed {
			return ErrUnsigned
		}
		return nil
	}
	if err := p.Signature.check(p.x); err != nil {
		return err
	}
	return p.Signature.trust(t)
}

// references compares what the Distribution names with what is there.
func (p *Package) references() error {
	for _, r := range p.Distribution.Components {
		i := slices.IndexFunc(p.Components, func(c *Contents) bool { return c.Folder == r.Folder })
		if i < 0 {
			return contradiction("Distribution names %s, which is missing", r.Folder)
		}
		if info := p.Components[i].Info; info.Identifier != r.Identifier || info.Version != r.Version {
			return contradiction("Distribution says %s %s, and %s is %s %s", r.Identifier, r.Version, r.Folder, info.Identifier, info.Version)
		}
	}
	if len(p.Distribution.Components) != len(p.Components) {
		return contradiction("Distribution names %d of %d components", len(p.Distribution.Components), len(p.Components))
	}
	return nil
}

func (c *Contents) verify(ctx context.Context) error {
	_, bill := c.files["Bom"]
	if c.Has(Payload) != bill || c.Has(Payload) != c.Info.HasPayload {
		return contradiction("Payload, Bom and the payload in PackageInfo go together, and one is missing")
	}
	if err := c.compare(ctx); err != nil {
		return err
	}
	if n := int64(len(c.Bom)); c.Info.NumberOfFiles != n {
		return contradiction("PackageInfo says %d files, and there are %d", c.Info.NumberOfFiles, n)
	}
	if kb := bomKBytes(c.Bom); c.Info.InstallKBytes != kb {
		return contradiction("PackageInfo says %d kilobytes, and there are %d", c.Info.InstallKBytes, kb)
	}
	scripts, err := c.Files(ctx, Scripts)
	if err != nil {
		return err
	}
	for _, name := range []string{c.Info.Preinstall, c.Info.Postinstall} {
		if name == "" {
			continue
		}
		i := slices.IndexFunc(scripts, func(f File) bool { return f.Path == name })
		if i < 0 || scripts[i].Mode.Type()&^fs.ModeSymlink != 0 || scripts[i].Mode&0o100 == 0 {
			return contradiction("PackageInfo names the script %s, which is missing or cannot run", name)
		}
	}
	return nil
}

func bomKBytes(files []File) int64 {
	var blocks int64
	for _, f := range files {
		if f.Path != "." {
			blocks += (f.Size + 511) / 512
		}
	}
	return (blocks + 1) / 2
}

// compare says where payload and bill of materials differ.
func (c *Contents) compare(ctx context.Context) error {
	listed := make(map[string]int, len(c.Bom))
	for i, b := range c.Bom {
		listed[b.Path] = i
	}
	err := c.each(ctx, Payload, func(f File) error {
		i, ok := listed[f.Path]
		if !ok {
			return contradiction("%s is in the Payload, and not in the Bom", f.Path)
		}
		b := c.Bom[i]
		if b.Mode.IsDir() || b.Mode.Type() == fs.ModeSymlink {
			b.Size = 0
		}
		if b != f {
			return contradiction("%s is %v in the Payload, and %v in the Bom", f.Path, f, b)
		}
		delete(listed, f.Path)
		return nil
	})
	if err != nil || len(listed) == 0 {
		return err
	}
	missing := slices.IndexFunc(c.Bom, func(b File) bool { _, ok := listed[b.Path]; return ok })
	return contradiction("%s is in the Bom, and not in the Payload", c.Bom[missing].Path)
}

func contradiction(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrContent, Visible(fmt.Sprintf(format, args...)))
}

// trust follows the chain of a signature that holds.
func (s *Signature) trust(t Trust) error {
	at := t.Now
	if at.IsZero() {
		return fmt.Errorf("%w: the time to check it at is missing", ErrCertificate)
	}
	if s.Timestamp != nil && t.TimestampRoots != nil {
		authorities := append([]*x509.Certificate{s.Timestamp.Authority}, s.Timestamp.message.Certificates...)
		if err := follow(authorities, t.TimestampRoots, s.Timestamp.Time); err != nil {
			return fmt.Errorf("%w: %w", ErrTimestamp, err)
		}
		at = s.Timestamp.Time
	}
	if err := CheckCertificate(s.Chain, at); err != nil {
		return err
	}
	if t.Roots == nil {
		return nil
	}
	if err := follow(s.Chain, t.Roots, at); err != nil {
		return fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	return nil
}

// follow finds a way from the first of some certificates to a root. Apple marks extensions of its own as critical that
// a verifier has to know about: they say what the certificate is for, which CheckCertificate reads.
func follow(chain []*x509.Certificate, roots *x509.CertPool, at time.Time) error {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(known(c))
	}
	_, err := known(chain[0]).Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		return errors.New("it does not lead to anybody who is trusted")
	}
	return err
}

func known(c *x509.Certificate) *x509.Certificate {
	clone := *c
	clone.UnhandledCriticalExtensions = slices.DeleteFunc(slices.Clone(c.UnhandledCriticalExtensions), func(id asn1.ObjectIdentifier) bool {
		arc := appleArc()
		return len(id) > len(arc) && id[:len(arc)].Equal(arc)
	})
	return &clone
}
