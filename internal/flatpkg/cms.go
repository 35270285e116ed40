package flatpkg

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"github.com/smallstep/pkcs7"
)

// A CMS message (RFC 5652) is written here instead of by the library that reads it, as the library looks at the clock
// itself. Without a time stamp a package signed twice at the same Now is the same, byte for byte.
type (
	cmsMessage struct {
		Type    asn1.ObjectIdentifier
		Content cmsSigned `asn1:"explicit,tag:0"`
	}
	cmsSigned struct {
		Version      int
		Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
		Encapsulated struct{ Type asn1.ObjectIdentifier }
		Certificates asn1.RawValue
		Signers      []cmsSigner `asn1:"set"`
	}
	cmsSigner struct {
		Version   int
		Issuer    cmsIssuer
		Digest    pkix.AlgorithmIdentifier
		Signed    asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature []byte
		Unsigned  asn1.RawValue `asn1:"optional"`
	}
	cmsIssuer struct {
		Name   asn1.RawValue
		Serial *big.Int
	}
	cmsAttribute struct {
		Type   asn1.ObjectIdentifier
		Values []any `asn1:"set"`
	}
)

func oidTimestampToken() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
}

// cms signs a digest: the content, which is detached, is the digest itself.
func (s *Signing) cms(ctx context.Context, content []byte) ([]byte, error) {
	null := asn1.RawValue{Tag: asn1.TagNull}
	sha := pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDDigestAlgorithmSHA256, Parameters: null}
	sum := sha256.Sum256(content)
	attributes, err := attributeSet(
		cmsAttribute{pkcs7.OIDAttributeContentType, []any{pkcs7.OIDData}},
		cmsAttribute{pkcs7.OIDAttributeSigningTime, []any{s.Now.UTC().Truncate(time.Second)}},
		cmsAttribute{pkcs7.OIDAttributeMessageDigest, []any{sum[:]}},
	)
	if err != nil {
		return nil, fmt.Errorf("sign message: %w", err)
	}
	toSign := sha256.Sum256(attributes)
	signature, err := s.Key.Sign(rand.Reader, toSign[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign message: %w", err)
	}
	leaf := s.Chain[0]
	signer := cmsSigner{
		Version: 1, Issuer: cmsIssuer{asn1.RawValue{FullBytes: leaf.RawIssuer}, leaf.SerialNumber}, Digest: sha,
		Signed:    retag(attributes, 0xa0),
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDEncryptionAlgorithmRSA, Parameters: null}, Signature: signature,
	}
	if s.Timestamp != nil {
		token, err := s.timestamp(ctx, signature)
		if err != nil {
			return nil, err
		}
		stamped, err := attributeSet(cmsAttribute{oidTimestampToken(), []any{asn1.RawValue{FullBytes: token}}})
		if err != nil {
			return nil, fmt.Errorf("time stamp: %w", err)
		}
		signer.Unsigned = retag(stamped, 0xa1)
	}
	return marshalCMS(s.Chain, sha, signer)
}

func marshalCMS(chain []*x509.Certificate, digest pkix.AlgorithmIdentifier, signer cmsSigner) ([]byte, error) {
	var certificates bytes.Buffer
	for _, c := range chain {
		certificates.Write(c.Raw)
	}
	signed := cmsSigned{
		Version: 1, Digests: []pkix.AlgorithmIdentifier{digest}, Signers: []cmsSigner{signer},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: certificates.Bytes()},
	}
	signed.Encapsulated.Type = pkcs7.OIDData
	message, err := asn1.Marshal(cmsMessage{pkcs7.OIDSignedData, signed})
	if err != nil {
		return nil, fmt.Errorf("sign message: %w", err)
	}
	return message, nil
}

// attributeSet is a SET in DER, as it is signed.
func attributeSet(attributes ...cmsAttribute) ([]byte, error) {
	return asn1.MarshalWithParams(attributes, "set")
}

// retag gives a SET the tag it has within a message.
func retag(set []byte, tag byte) asn1.RawValue {
	return asn1.RawValue{FullBytes: append([]byte{tag}, set[1:]...)}
}
