package flatpkg

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/smallstep/pkcs7"
)

// Limits of a signature with its certificates. The library that reads CMS goes down into what is nested, and within so
// few bytes cannot go deep enough to hurt.
const (
	maxSignature    = 64 << 10
	maxCertificates = 16
)

// Signature is what a package says of who signed it.
type Signature struct {
	Chain     []*x509.Certificate // the signer's first
	RSA       []byte              // over the digest of the table of contents
	CMS       []byte              // a detached message over that digest; nil in packages of before 2012
	Time      time.Time           // as the signer claims it; zero without a message
	Timestamp *Timestamp          // nil if there is none
	style     string
	message   *pkcs7.PKCS7
}

func readSignature(x *xar) (*Signature, error) {
	if x.rsa == nil {
		if x.cms != nil {
			return nil, malformed("there is the second one without the first")
		}
		return nil, nil
	}
	s := &Signature{style: x.rsa.style}
	var err error
	if s.RSA, err = x.read(x.rsa); err != nil {
		return nil, err
	}
	if s.Chain, err = readChain(x.rsa.certificates); err != nil {
		return nil, err
	}
	if x.cms == nil {
		return s, nil
	}
	if x.cms.style != "CMS" || !slices.Equal(x.cms.certificates, x.rsa.certificates) {
		return nil, malformed("there are two by different people")
	}
	if s.CMS, err = x.read(x.cms); err != nil {
		return nil, err
	}
	return s, s.readCMS()
}

func (x *xar) read(s *xarSignature) ([]byte, error) {
	if s.size > maxSignature {
		return nil, tooLarge("a signature of %d bytes", s.size)
	}
	data := make([]byte, s.size)
	if _, err := x.from.ReadAt(data, x.heap+s.offset); err != nil && err != io.EOF {
		return nil, err
	}
	return data, nil
}

func readChain(texts []string) ([]*x509.Certificate, error) {
	if len(texts) == 0 || len(texts) > maxCertificates {
		return nil, malformed("it has %d certificates", len(texts))
	}
	var chain []*x509.Certificate
	for _, text := range texts {
		// Apple's tools break the lines.
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			return nil, malformed("certificate: %v", err)
		}
		c, err := x509.ParseCertificate(data)
		if err != nil {
			return nil, malformed("certificate: %v", err)
		}
		chain = append(chain, c)
	}
	return chain, nil
}

func (s *Signature) readCMS() error {
	// The place has room to spare. A message that tells its length is cut there; Apple's need not tell it.
	var whole asn1.RawValue
	if rest, err := asn1.Unmarshal(s.CMS, &whole); err == nil {
		if len(bytes.Trim(rest, "\x00")) > 0 {
			return malformed("something follows the message")
		}
		s.CMS = whole.FullBytes
	}
	message, err := pkcs7.Parse(s.CMS)
	if err != nil {
		return malformed("%v", err)
	}
	if len(message.Signers) != 1 {
		return malformed("the message has %d signers", len(message.Signers))
	}
	s.message = message
	if err := message.UnmarshalSignedAttribute(pkcs7.OIDAttributeSigningTime, &s.Time); err != nil {
		s.Time = time.Time{}
	}
	for _, a := range message.Signers[0].UnauthenticatedAttributes {
		if !a.Type.Equal(oidTimestampToken()) {
			continue
		}
		if s.Timestamp != nil {
			return malformed("it has two time stamps")
		}
		if s.Timestamp, err = readTimestamp(a.Value.Bytes); err != nil {
			return err
		}
	}
	return nil
}

// check says whether the signatures are those of the digest, by the first certificate.
func (s *Signature) check(x *xar) error {
	leaf := s.Chain[0]
	key, ok := leaf.PublicKey.(*rsa.PublicKey)
	if !ok || s.style != "RSA" {
		return fmt.Errorf("%w: it is not one of RSA", ErrSignature)
	}
	if err := rsa.VerifyPKCS1v15(key, x.checksum.hash(), x.digest, s.RSA); err != nil {
		return fmt.Errorf("%w: that of the table of contents: %w", ErrSignature, err)
	}
	if s.message == nil {
		return nil
	}
	if signer := s.message.GetOnlySigner(); signer == nil || !signer.Equal(leaf) {
		return fmt.Errorf("%w: the message is by somebody else", ErrSignature)
	}
	if len(s.message.Content) > 0 && !bytes.Equal(s.message.Content, x.digest) {
		return fmt.Errorf("%w: the message is about something else", ErrSignature)
	}
	message := *s.message
	message.Content = x.digest
	if err := message.Verify(); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if s.Timestamp != nil {
		return s.Timestamp.check(s.message.Signers[0].EncryptedDigest)
	}
	return nil
}
