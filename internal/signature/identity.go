package signature

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// Reasons for which an identity cannot be used, wrapped with what is known about it.
var (
	ErrPassword      = errors.New("the password is wrong")
	ErrFormat        = errors.New("this is not a .p12 file that can be read")
	ErrNoKey         = errors.New("it holds no private key")
	ErrNoCertificate = errors.New("it holds no certificate for its private key")
	ErrExpired       = errors.New("the certificate has expired")
	ErrNotYetValid   = errors.New("the certificate is not valid yet")
)

// Identity is who signs.
type Identity struct {
	Key   crypto.Signer
	Chain []*x509.Certificate // the key's own certificate first, and after each the one that issued it, as far as known
}

// Name is the common name of the certificate, or all of its subject if it has none.
func (i Identity) Name() string {
	subject := i.Chain[0].Subject
	if subject.CommonName != "" {
		return subject.CommonName
	}
	return subject.String()
}

// Load reads an identity from a .p12 file (PKCS #12), with today's ciphers or those of older programs, and checks that
// its certificate is valid now. The certificates may be in any order, and strangers among them are left out.
func Load(p12 []byte, password string, now time.Time) (Identity, error) {
	identity, err := load(p12, password, now)
	if err != nil {
		return Identity{}, fmt.Errorf("load identity: %w", err)
	}
	return identity, nil
}

func load(p12 []byte, password string, now time.Time) (Identity, error) {
	raw, first, others, err := pkcs12.DecodeChain(p12, password)
	if err != nil {
		return Identity{}, reason(err)
	}
	key, ok := raw.(crypto.Signer)
	if !ok {
		return Identity{}, fmt.Errorf("%w: one of type %T cannot sign", ErrNoKey, raw)
	}
	identity := Identity{Key: key}
	if identity.Chain = chain(key, append([]*x509.Certificate{first}, others...)); identity.Chain == nil {
		return Identity{}, ErrNoCertificate
	}
	leaf := identity.Chain[0]
	switch {
	case now.After(leaf.NotAfter):
		return Identity{}, fmt.Errorf("%w: that of %q did on %s", ErrExpired, identity.Name(), leaf.NotAfter.UTC().Format(time.RFC1123))
	case now.Before(leaf.NotBefore):
		return Identity{}, fmt.Errorf("%w: that of %q is from %s", ErrNotYetValid, identity.Name(), leaf.NotBefore.UTC().Format(time.RFC1123))
	}
	return identity, nil
}

// reason turns the library's error into one of ours. It has types for some only.
func reason(err error) error {
	switch text := err.Error(); {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return ErrPassword
	case strings.HasSuffix(text, "private key missing"):
		return ErrNoKey
	case strings.HasSuffix(text, "certificate missing"):
		return ErrNoCertificate
	default:
		return fmt.Errorf("%w: %s", ErrFormat, strings.TrimPrefix(text, "pkcs12: "))
	}
}

// chain finds the certificate of a key, and follows it upwards from issuer to issuer.
func chain(key crypto.Signer, certificates []*x509.Certificate) []*x509.Certificate {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return nil
	}
	at := slices.IndexFunc(certificates, func(c *x509.Certificate) bool { return public.Equal(c.PublicKey) })
	if at < 0 {
		return nil
	}
	chain := []*x509.Certificate{certificates[at]}
	for {
		last := chain[len(chain)-1]
		if bytes.Equal(last.RawIssuer, last.RawSubject) {
			return chain
		}
		at := slices.IndexFunc(certificates, func(c *x509.Certificate) bool {
			return !slices.ContainsFunc(chain, c.Equal) && bytes.Equal(c.RawSubject, last.RawIssuer) && last.CheckSignatureFrom(c) == nil
		})
		if at < 0 {
			return chain
		}
		chain = append(chain, certificates[at])
	}
}
