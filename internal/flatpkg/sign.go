package flatpkg

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Signing says who signs, and when.
type Signing struct {
	Key crypto.Signer // of RSA, as the Installer knows no other
	// Chain is the key's certificate and those above it. All are put into the package: a Mac that lacks one of them
	// could not follow the chain. None are built in here, as intermediate certificates come and go.
	Chain []*x509.Certificate
	Now   time.Time // the time of signing, as the signer claims it
	// Timestamp asks an authority to confirm the time: it sends a request (application/timestamp-query) and returns the
	// response. An error of it has to say that it is about a time stamp. Without it there is none, and the signature ends with the certificate.
	Timestamp func(ctx context.Context, request []byte) ([]byte, error)
}

// Room for a CMS message around its certificates, and for a time stamp with the certificates of its authority.
const (
	cmsRoom       = 8 << 10
	timestampRoom = 16 << 10
)

// slots reserves places for the signatures. Without a signer there are none.
func (s *Signing) slots(at int64) ([]slot, error) {
	if s == nil {
		return nil, nil
	}
	if s.Key == nil {
		return nil, fmt.Errorf("%w: its key is missing", ErrCertificate)
	}
	public, ok := s.Key.Public().(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%w: its key is %s, and those of packages are of RSA, as every Developer ID Installer certificate has one",
			ErrCertificate, kindOfKey(s.Key.Public()))
	}
	if !public.Equal(s.Chain[0].PublicKey) {
		return nil, fmt.Errorf("%w: it is that of another key", ErrCertificate)
	}
	room := int64(cmsRoom)
	for _, c := range s.Chain {
		room += int64(len(c.Raw))
	}
	if s.Timestamp != nil {
		room += timestampRoom
	}
	if room > maxSignature {
		return nil, fmt.Errorf("%w: %d certificates are too much for a signature", ErrLimit, len(s.Chain))
	}
	size := int64(public.Size())
	return []slot{{"RSA", at, size}, {"CMS", at + size, room}}, nil
}

// kindOfKey says in words what kind of key it is that is none of RSA.
func kindOfKey(public crypto.PublicKey) string {
	switch public.(type) {
	case *ecdsa.PublicKey:
		return "one of an elliptic curve (ECDSA)"
	case ed25519.PublicKey:
		return "one of an elliptic curve (Ed25519)"
	default:
		return "of another kind"
	}
}

// signatures are what goes into the slots.
func (s *Signing) signatures(ctx context.Context, c Checksum, digest []byte) ([][]byte, error) {
	if s == nil {
		return nil, nil
	}
	plain, err := s.Key.Sign(rand.Reader, digest, c.hash())
	if err != nil {
		return nil, fmt.Errorf("sign table of contents: %w", err)
	}
	message, err := s.cms(ctx, digest)
	if err != nil {
		return nil, err
	}
	return [][]byte{plain, message}, nil
}

// appleArc begins the object identifiers of Apple's certificate extensions.
func appleArc() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113635, 100, 6, 1} }

// CheckCertificate says whether a certificate can sign packages: whether it is valid at a time, and not made for
// another purpose. A Developer ID Installer certificate is what Gatekeeper and the notary service ask for; for fleets
// any other does that the Macs trust, such as one issued by Jamf Pro, whatever extended key usage it has.
func CheckCertificate(chain []*x509.Certificate, now time.Time) error {
	if len(chain) == 0 {
		return fmt.Errorf("%w: there is none", ErrCertificate)
	}
	leaf := chain[0]
	name := leaf.Subject.CommonName
	if err := checkValidity(leaf, now); err != nil {
		return err
	}
	for _, e := range leaf.Extensions {
		if purpose := applePurpose(e.Id); purpose != "" {
			return fmt.Errorf("%w: that of %q is one for %s; use a Developer ID Installer certificate", ErrCertificate, name, purpose)
		}
	}
	switch {
	case leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return fmt.Errorf("%w: that of %q must not be used for signatures", ErrCertificate, name)
	case len(leaf.ExtKeyUsage) > 0 && len(leaf.UnknownExtKeyUsage) == 0 && !slices.ContainsFunc(leaf.ExtKeyUsage, func(u x509.ExtKeyUsage) bool {
		return u != x509.ExtKeyUsageTimeStamping && u != x509.ExtKeyUsageOCSPSigning
	}):
		return fmt.Errorf("%w: that of %q is one for time stamps or revocation answers", ErrCertificate, name)
	}
	return nil
}

func checkValidity(c *x509.Certificate, now time.Time) error {
	switch {
	case now.IsZero():
		return fmt.Errorf("%w: the time to check it at is missing", ErrCertificate)
	case now.After(c.NotAfter):
		return fmt.Errorf("%w: that of %q expired on %s", ErrCertificate, c.Subject.CommonName, c.NotAfter.UTC().Format(time.RFC1123))
	case now.Before(c.NotBefore):
		return fmt.Errorf("%w: that of %q is not valid before %s", ErrCertificate, c.Subject.CommonName, c.NotBefore.UTC().Format(time.RFC1123))
	}
	return nil
}

// applePurpose names what Apple issues a certificate for, if that is not packages.
func applePurpose(id asn1.ObjectIdentifier) string {
	arc := appleArc()
	if len(id) != len(arc)+1 || !id[:len(arc)].Equal(arc) {
		return ""
	}
	switch id[len(arc)] {
	case 2, 4, 12:
		return "apps, for development or the App Store"
	case 7:
		return "apps on the Mac App Store"
	case 13:
		return "programs (Developer ID Application)"
	case 18, 33:
		return "kernel extensions"
	default:
		return ""
	}
}

// IsDeveloperID tells whether Apple has issued a certificate for packages, a Developer ID Installer one. The time of such a
// signature is confirmed by an authority, or the notary does not take the package.
func IsDeveloperID(c *x509.Certificate) bool {
	const installer = 14
	id := append(appleArc(), installer)
	return slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(id) })
}

// Sign writes a signed copy of a package, without the signature and the notary's ticket it may have. Its files are
// copied as they are; what its table of contents says beyond their checksums is replaced, as if written here.
func Sign(ctx context.Context, w io.Writer, p *Package, s Signing) error {
	err := (Options{Checksum: p.Checksum, Sign: &s}).check()
	if err == nil {
		var nodes []*node
		if nodes, err = p.nodes(); err == nil {
			a := &archive{checksum: p.Checksum, modified: p.Created, nodes: nodes, sign: &s}
			err = a.write(ctx, w)
		}
	}
	if err != nil {
		return fmt.Errorf("sign package: %w", err)
	}
	return nil
}

// nodes are the files of a package, to be written again.
func (p *Package) nodes() ([]*node, error) {
	root := &node{}
	for _, f := range p.x.files {
		if !f.dir && (f.style != p.Checksum || f.archived == nil || f.extracted == nil) {
			return nil, fmt.Errorf("%w: %s has another kind of checksum than the package", ErrUnsupported, Visible(f.path))
		}
		up, name := root, f.path
		for at := bytes.IndexByte([]byte(name), '/'); at >= 0; at = bytes.IndexByte([]byte(name), '/') {
			i := slices.IndexFunc(up.children, func(n *node) bool { return n.name == name[:at] })
			if i < 0 {
				return nil, errors.New("a file without its folder")
			}
			up, name = up.children[i], name[at+1:]
		}
		n := &node{name: name}
		if !f.dir {
			n.part = &part{from: p.x.from, at: p.x.heap + f.offset, length: f.length, size: f.size, zlib: f.zlib, archived: f.archived, extracted: f.extracted}
		}
		up.children = append(up.children, n)
	}
	return root.children, nil
}
