package flatpkg

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"github.com/smallstep/pkcs7"
)

// Timestamp is an authority's word on when a signature was there.
type Timestamp struct {
	Time        time.Time
	Authority   *x509.Certificate
	message     *pkcs7.PKCS7
	fingerprint stampImprint
	nonce       *big.Int
}

// What an authority is asked and answers (RFC 3161).
type (
	stampImprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Hash      []byte
	}
	stampRequest struct {
		Version      int
		Imprint      stampImprint
		Nonce        *big.Int
		Certificates bool
	}
	stampResponse struct {
		Status struct {
			Status int
			Text   []asn1.RawValue `asn1:"optional"`
			Fail   asn1.BitString  `asn1:"optional"`
		}
		Token asn1.RawValue `asn1:"optional"`
	}
	stampToken struct {
		Version  int
		Policy   asn1.ObjectIdentifier
		Imprint  stampImprint
		Serial   *big.Int
		Time     time.Time     `asn1:"generalized"`
		Accuracy stampAccuracy `asn1:"optional"`
		Ordering bool          `asn1:"optional"`
		Nonce    *big.Int      `asn1:"optional"`
		Name     asn1.RawValue `asn1:"optional,tag:0"`
	}
	stampAccuracy struct {
		Seconds int `asn1:"optional"`
		Millis  int `asn1:"optional,tag:0"`
		Micros  int `asn1:"optional,tag:1"`
	}
)

// timestamp asks for a token over a signature, and checks that the answer is one.
func (s *Signing) timestamp(ctx context.Context, signature []byte) ([]byte, error) {
	sum := sha256.Sum256(signature)
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, err
	}
	sha := pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDDigestAlgorithmSHA256, Parameters: asn1.RawValue{Tag: asn1.TagNull}}
	request, err := asn1.Marshal(stampRequest{1, stampImprint{sha, sum[:]}, nonce, true})
	if err != nil {
		return nil, err
	}
	answer, err := s.Timestamp(ctx, request)
	if err != nil {
		return nil, err
	}
	var response stampResponse
	if rest, err := asn1.Unmarshal(answer, &response); err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("%w: the answer is no response of a time stamp authority", ErrTimestamp)
	}
	if status := response.Status.Status; status > 1 {
		return nil, fmt.Errorf("%w: the authority refused with status %d %q", ErrTimestamp, status, stampText(response.Status.Text))
	}
	stamp, err := readTimestamp(response.Token.FullBytes)
	if err != nil {
		return nil, err
	}
	if stamp.nonce == nil || stamp.nonce.Cmp(nonce) != 0 {
		return nil, fmt.Errorf("%w: it answers another request", ErrTimestamp)
	}
	if err := stamp.check(signature); err != nil {
		return nil, err
	}
	return response.Token.FullBytes, nil
}

func stampText(values []asn1.RawValue) string {
	var all [][]byte
	for _, v := range values {
		all = append(all, v.Bytes)
	}
	return string(bytes.Join(all, []byte(" ")))
}

func readTimestamp(token []byte) (*Timestamp, error) {
	message, err := pkcs7.Parse(token)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	var info stampToken
	if rest, err := asn1.Unmarshal(message.Content, &info); err != nil || len(rest) > 0 || info.Version != 1 {
		return nil, fmt.Errorf("%w: the token does not tell a time", ErrTimestamp)
	}
	authority := message.GetOnlySigner()
	if authority == nil {
		return nil, fmt.Errorf("%w: the certificate of the authority is missing", ErrTimestamp)
	}
	return &Timestamp{info.Time, authority, message, info.Imprint, info.Nonce}, nil
}

// check says whether a time stamp is one of this signature, by an authority that may give any.
func (t *Timestamp) check(signature []byte) error {
	sum := stampHash(t.fingerprint.Algorithm.Algorithm, signature)
	if sum == nil || !bytes.Equal(sum, t.fingerprint.Hash) {
		return fmt.Errorf("%w: it is one of something else", ErrTimestamp)
	}
	var kind asn1.ObjectIdentifier
	if err := t.message.UnmarshalSignedAttribute(pkcs7.OIDAttributeContentType, &kind); err != nil ||
		!kind.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}) {
		return fmt.Errorf("%w: its authority signed something that is no time stamp", ErrTimestamp)
	}
	if err := t.message.Verify(); err != nil {
		return fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	if err := checkValidity(t.Authority, t.Time); err != nil {
		return fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	for _, usage := range t.Authority.ExtKeyUsage {
		if usage == x509.ExtKeyUsageTimeStamping {
			return nil
		}
	}
	return fmt.Errorf("%w: %q may not give time stamps", ErrTimestamp, t.Authority.Subject.CommonName)
}

func stampHash(algorithm asn1.ObjectIdentifier, data []byte) []byte {
	switch {
	case algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA1):
		sum := sha1.Sum(data)
		return sum[:]
	case algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA256):
		sum := sha256.Sum256(data)
		return sum[:]
	case algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA384):
		sum := sha512.Sum384(data)
		return sum[:]
	case algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA512):
		sum := sha512.Sum512(data)
		return sum[:]
	default:
		return nil
	}
}
