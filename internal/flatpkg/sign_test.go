package flatpkg_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
)

func now() time.Time { return time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC) }

// party is somebody with a key, and the certificates from their own upwards.
type party struct {
	key   crypto.Signer
	chain []*x509.Certificate
}

func (p party) signing() flatpkg.Signing {
	return flatpkg.Signing{Key: p.key, Chain: p.chain, Now: now()}
}

func (p party) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(p.chain[len(p.chain)-1])
	return pool
}

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue makes a certificate for a key, by somebody or by itself.
func issue(t testing.TB, key crypto.Signer, by *party, change func(*x509.Certificate)) party {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now().UnixNano()), Subject: pkix.Name{CommonName: "Developer ID Installer: Example"},
		NotBefore: now().Add(-time.Hour), NotAfter: now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if change != nil {
		change(template)
	}
	parent, signer, above := template, key, []*x509.Certificate(nil)
	if by != nil {
		parent, signer, above = by.chain[0], by.key, by.chain
	}
	data, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(data)
	if err != nil {
		t.Fatal(err)
	}
	return party{key, append([]*x509.Certificate{c}, above...)}
}

func authority(t testing.TB, name string, by *party) party {
	t.Helper()
	return issue(t, newKey(t), by, func(c *x509.Certificate) {
		c.Subject.CommonName, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = name, true, true, x509.KeyUsageCertSign
		c.NotBefore, c.NotAfter = now().Add(-24*time.Hour), now().Add(1000*24*time.Hour)
		c.SerialNumber = big.NewInt(int64(len(name)))
	})
}

// signer is one such as Apple's: of two authorities, with a critical extension that says what it is for.
func signer(t testing.TB) party {
	t.Helper()
	root := authority(t, "Example Root", nil)
	middle := authority(t, "Example Middle", &root)
	return issue(t, newKey(t), &middle, apple(14))
}

func apple(purpose int) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 840, 113635, 100, 6, 1, purpose}, Critical: true, Value: []byte{5, 0}}}
	}
}

func TestSignedPackage(t *testing.T) {
	who, stranger := signer(t), signer(t)
	for _, sum := range []flatpkg.Checksum{flatpkg.SHA1, flatpkg.SHA256} {
		signing := who.signing()
		o := flatpkg.Options{Checksum: sum, Sign: &signing}
		data := build(t, daemon(), o)
		p := open(t, data)
		if err := p.Verify(t.Context(), flatpkg.Trust{Signed: true, Now: now(), Roots: who.pool()}); err != nil {
			t.Error(err)
		}
		if !p.Signature.Time.Equal(now()) || len(p.Signature.Chain) != 3 || p.Signature.Timestamp != nil {
			t.Errorf("signature is %+v", p.Signature)
		}
		if !bytes.Equal(data, build(t, daemon(), o)) {
			t.Error("the same at the same time, signed by the same, is not the same")
		}
		for name, row := range map[string]struct {
			trust flatpkg.Trust
			words string
		}{
			"a root of somebody else":   {flatpkg.Trust{Now: now(), Roots: stranger.pool()}, "does not lead to anybody who is trusted"},
			"after the certificate":     {flatpkg.Trust{Now: now().Add(2 * time.Hour)}, `"Developer ID Installer: Example" expired on Sun, 01 Nov 2026 09:00:00 UTC`},
			"before the certificate":    {flatpkg.Trust{Now: now().Add(-2 * time.Hour)}, "is not valid before"},
			"without a time to look at": {flatpkg.Trust{}, "the time to check it at is missing"},
		} {
			if err := p.Verify(t.Context(), row.trust); !errors.Is(err, flatpkg.ErrCertificate) || !strings.Contains(err.Error(), row.words) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := open(t, build(t, daemon(), flatpkg.Options{})).Verify(t.Context(), flatpkg.Trust{Signed: true}); !errors.Is(err, flatpkg.ErrUnsigned) {
		t.Errorf("got %v", err)
	}
}

func TestSignAnExistingPackage(t *testing.T) {
	first, second := signer(t).signing(), signer(t)
	for _, plain := range [][]byte{build(t, daemon(), flatpkg.Options{}), buildProduct(t, product(daemon(), many(3)), flatpkg.Options{Checksum: flatpkg.SHA256})} {
		var once, twice, stapled bytes.Buffer
		if err := flatpkg.Sign(t.Context(), &once, open(t, plain), first); err != nil {
			t.Fatal(err)
		}
		if err := flatpkg.Staple(t.Context(), &stapled, open(t, once.Bytes()), []byte("ticket")); err != nil {
			t.Fatal(err)
		}
		if err := flatpkg.Sign(t.Context(), &twice, open(t, stapled.Bytes()), second.signing()); err != nil {
			t.Fatal(err)
		}
		p := open(t, twice.Bytes())
		if err := p.Verify(t.Context(), flatpkg.Trust{Signed: true, Now: now(), Roots: second.pool()}); err != nil {
			t.Error(err)
		}
		if p.Ticket != nil {
			t.Error("has a ticket of the old signature")
		}
		var direct bytes.Buffer
		if err := flatpkg.Sign(t.Context(), &direct, open(t, plain), second.signing()); err != nil || !bytes.Equal(direct.Bytes(), twice.Bytes()) {
			t.Errorf("signing again left something behind (%v)", err)
		}
	}
	signing := second.signing()
	var later bytes.Buffer
	if err := flatpkg.Sign(t.Context(), &later, open(t, build(t, daemon(), flatpkg.Options{})), signing); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(later.Bytes(), build(t, daemon(), flatpkg.Options{Sign: &signing})) {
		t.Error("signing later gives another package than signing at once")
	}
}

func TestSigningNamesWrongCertificates(t *testing.T) {
	root := authority(t, "Example Root", nil)
	key := newKey(t)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		who   party
		words string
	}{
		"for programs":   {issue(t, key, &root, apple(13)), "is one for programs (Developer ID Application); use a Developer ID Installer certificate"},
		"for the store":  {issue(t, key, &root, apple(7)), "apps on the Mac App Store"},
		"expired":        {issue(t, key, &root, func(c *x509.Certificate) { c.NotAfter = now().Add(-time.Minute) }), "expired on Sun, 01 Nov 2026 07:59:00 UTC"},
		"not valid yet":  {issue(t, key, &root, func(c *x509.Certificate) { c.NotBefore = now().Add(time.Minute) }), "is not valid before"},
		"for keys":       {issue(t, key, &root, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), "must not be used for signatures"},
		"for times":      {issue(t, key, &root, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping} }), "time stamps"},
		"of EC":          {issue(t, ec, &root, nil), "its key is one of an elliptic curve (ECDSA), and those of packages are of RSA"},
		"of another key": {party{newKey(t), issue(t, key, &root, nil).chain}, "that of another key"},
		"none":           {party{key, nil}, "there is none"},
		"without a key":  {party{nil, issue(t, key, &root, nil).chain}, "key is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			signing := row.who.signing()
			var out bytes.Buffer
			err := flatpkg.WriteComponent(t.Context(), &out, daemon(), flatpkg.Options{Sign: &signing})
			if !errors.Is(err, flatpkg.ErrCertificate) || !strings.Contains(err.Error(), row.words) || out.Len() > 0 {
				t.Errorf("got %v after %d bytes", err, out.Len())
			}
		})
	}
	for name, change := range map[string]func(*x509.Certificate){
		"of a web server, as Jamf Pro's are": func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} },
		"of an installer":                    apple(14),
	} {
		signing := issue(t, key, &root, change).signing()
		if err := flatpkg.WriteComponent(t.Context(), io.Discard, daemon(), flatpkg.Options{Sign: &signing}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFlippedByteIsNoticed(t *testing.T) {
	who := signer(t)
	signing := who.signing()
	data := build(t, daemon(), flatpkg.Options{Sign: &signing})
	p := open(t, data)
	// A message may be written in many ways, and repeats certificates that are not used. A byte of it may change if what
	// it says does not.
	message := bytes.Index(data, p.Signature.CMS)
	for at := 0; at < len(data); at += 5 {
		bad := bytes.Clone(data)
		bad[at] ^= 0x10
		opened, err := flatpkg.Open(bytes.NewReader(bad), int64(len(bad)))
		if err == nil {
			err = opened.Verify(t.Context(), flatpkg.Trust{Signed: true, Now: now(), Roots: who.pool()})
		}
		if err == nil && (at < message || at >= message+len(p.Signature.CMS) || !opened.Signature.Time.Equal(now())) {
			t.Fatalf("byte %d of %d", at, len(data))
		}
	}
	for name, part := range map[string][]byte{"the plain signature": p.Signature.RSA, "the end of the message": p.Signature.CMS[len(p.Signature.CMS)-200:]} {
		bad := bytes.Clone(data)
		bad[bytes.Index(data, part)+20] ^= 1
		opened, err := flatpkg.Open(bytes.NewReader(bad), int64(len(bad)))
		if err == nil {
			err = opened.Verify(t.Context(), flatpkg.Trust{Now: now()})
		}
		if !errors.Is(err, flatpkg.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpensslVerifiesSignatures(t *testing.T) {
	openssl := tool(t, "openssl", "openssl")
	for _, sum := range []flatpkg.Checksum{flatpkg.SHA1, flatpkg.SHA256} {
		who, folder := signer(t), t.TempDir()
		signing := who.signing()
		p := open(t, buildProduct(t, product(daemon()), flatpkg.Options{Checksum: sum, Sign: &signing}))
		save(t, folder, "root.pem", pemOf(who.chain[2]))
		save(t, folder, "leaf.pem", pemOf(who.chain[0]))
		save(t, folder, "digest", p.Digest)
		save(t, folder, "rsa", p.Signature.RSA)
		save(t, folder, "cms", p.Signature.CMS)
		run(t, folder, nil, openssl, "pkeyutl", "-verify", "-certin", "-inkey", "leaf.pem", "-in", "digest", "-sigfile", "rsa", "-pkeyopt", "digest:"+sum.String())
		run(t, folder, nil, openssl, "cms", "-verify", "-ignore_critical", "-purpose", "any", "-binary", "-inform", "DER", "-in", "cms",
			"-content", "digest", "-CAfile", "root.pem", "-attime", fmt.Sprint(now().Unix()), "-out", "content")
		if !bytes.Equal(load(t, folder, "content"), p.Digest) {
			t.Error("the content is another")
		}
		save(t, folder, "digest", bytes.Repeat([]byte{1}, len(p.Digest)))
		if out, err := exec.Command(openssl, "cms", "-verify", "-noverify", "-ignore_critical", "-binary", "-inform", "DER",
			"-in", filepath.Join(folder, "cms"), "-content", filepath.Join(folder, "digest")).CombinedOutput(); err == nil {
			t.Errorf("takes another digest: %s", out)
		}
	}
}

func pemOf(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// stamps is a time stamp authority: openssl answers.
func stamps(t *testing.T) (party, func(context.Context, []byte) ([]byte, error)) {
	t.Helper()
	openssl, folder := tool(t, "openssl", "openssl"), t.TempDir()
	root := authority(t, "Stamp Root", nil)
	who := issue(t, newKey(t), &root, func(c *x509.Certificate) {
		c.Subject.CommonName = "Stamp Authority"
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
		value, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
		if err != nil {
			t.Fatal(err)
		}
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: value}}
	})
	key, err := x509.MarshalPKCS8PrivateKey(who.key)
	if err != nil {
		t.Fatal(err)
	}
	save(t, folder, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	save(t, folder, "leaf.pem", pemOf(who.chain[0]))
	save(t, folder, "root.pem", pemOf(who.chain[1]))
	save(t, folder, "ts.cnf", []byte("[tsa]\nserial=serial\nsigner_cert=leaf.pem\nsigner_key=key.pem\ncerts=root.pem\nsigner_digest=sha256\n"+
		"default_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\nordering=yes\ntsa_name=yes\ness_cert_id_chain=no\n"))
	return who, func(_ context.Context, request []byte) ([]byte, error) {
		save(t, folder, "request", request)
		run(t, folder, nil, openssl, "ts", "-reply", "-config", "ts.cnf", "-section", "tsa", "-queryfile", "request", "-out", "reply")
		return os.ReadFile(filepath.Join(folder, "reply"))
	}
}

func TestTimestamp(t *testing.T) {
	stamper, ask := stamps(t)
	who := signer(t)
	// The certificate is valid when the authority's clock, the real one, stamps.
	root := authority(t, "Example Root", nil)
	who = issue(t, who.key, &root, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = now().Add(-24*time.Hour), time.Now().Add(time.Hour)
	})
	signing := who.signing()
	signing.Timestamp = ask
	data := build(t, daemon(), flatpkg.Options{Sign: &signing})
	p := open(t, data)
	stamp := p.Signature.Timestamp
	if stamp == nil || stamp.Authority.Subject.CommonName != "Stamp Authority" || time.Since(stamp.Time).Abs() > time.Hour {
		t.Fatalf("time stamp is %+v", stamp)
	}
	late := time.Now().Add(48 * time.Hour)
	if err := p.Verify(t.Context(), flatpkg.Trust{Now: late, Roots: who.pool()}); !errors.Is(err, flatpkg.ErrCertificate) {
		t.Errorf("an authority that nobody trusts lets a signature outlive its certificate: %v", err)
	}
	if err := p.Verify(t.Context(), flatpkg.Trust{Now: late, Roots: who.pool(), TimestampRoots: stamper.pool()}); err != nil {
		t.Error(err)
	}
	if err := p.Verify(t.Context(), flatpkg.Trust{Now: now(), TimestampRoots: who.pool()}); !errors.Is(err, flatpkg.ErrTimestamp) {
		t.Errorf("got %v", err)
	}
	folder := t.TempDir()
	save(t, folder, "cms", p.Signature.CMS)
	save(t, folder, "digest", p.Digest)
	save(t, folder, "root.pem", pemOf(root.chain[0]))
	run(t, folder, nil, tool(t, "openssl", "openssl"), "cms", "-verify", "-purpose", "any", "-binary", "-inform", "DER", "-in", "cms", "-content", "digest", "-CAfile", "root.pem", "-out", "content")
}

func TestTimestampThatDoesNotHold(t *testing.T) {
	_, ask := stamps(t)
	who := signer(t)
	var earlier []byte
	for name, answer := range map[string]func(context.Context, []byte) ([]byte, error){
		"no network": func(context.Context, []byte) ([]byte, error) {
			return nil, errors.New("request time stamp: no network")
		},
		"a page of a portal": func(context.Context, []byte) ([]byte, error) { return []byte("<html>Sign in"), nil },
		"a refusal":          func(context.Context, []byte) ([]byte, error) { return []byte{0x30, 5, 0x30, 3, 2, 1, 2}, nil },
		"an old answer": func(ctx context.Context, request []byte) ([]byte, error) {
			if earlier == nil {
				other := bytes.Clone(request)
				other[len(other)-5] ^= 1 // within the nonce, which comes before the last three bytes
				var err error
				if earlier, err = ask(ctx, other); err != nil {
					return nil, err
				}
			}
			return earlier, nil
		},
		"one of something else": func(ctx context.Context, request []byte) ([]byte, error) {
			other := bytes.Clone(request)
			other[bytes.Index(other, []byte{4, 32})+5] ^= 1
			return ask(ctx, other)
		},
	} {
		t.Run(name, func(t *testing.T) {
			signing := who.signing()
			signing.Timestamp = answer
			var out bytes.Buffer
			err := flatpkg.WriteComponent(t.Context(), &out, daemon(), flatpkg.Options{Sign: &signing})
			if err == nil || !strings.Contains(err.Error(), "time stamp") || strings.Contains(err.Error(), "time stamp: request") || out.Len() > 0 || name != "no network" && !errors.Is(err, flatpkg.ErrTimestamp) {
				t.Errorf("got %v after %d bytes", err, out.Len())
			}
		})
	}
}
