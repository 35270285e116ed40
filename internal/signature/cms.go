package signature

import (
	"fmt"

	"github.com/smallstep/pkcs7"
)

// SignCMS wraps a content in a signed message: CMS (RFC 5652) in DER, the content attached, SHA-256, with the identity's
// certificates. The message also holds the time of signing, so two of the same content differ.
func (i Identity) SignCMS(content []byte) ([]byte, error) {
	message, err := i.signCMS(content)
	if err != nil {
		return nil, fmt.Errorf("sign message: %w", err)
	}
	return message, nil
}

func (i Identity) signCMS(content []byte) ([]byte, error) {
	signed, err := pkcs7.NewSignedData(content)
	if err != nil {
		return nil, err
	}
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := signed.AddSignerChain(i.Chain[0], i.Key, i.Chain[1:], pkcs7.SignerInfoConfig{}); err != nil {
		return nil, err
	}
	return signed.Finish()
}
