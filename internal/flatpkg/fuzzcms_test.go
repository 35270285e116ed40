package flatpkg

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"testing"
	"time"
)

// FuzzCMS feeds what a signature holds to the reader, past the checksums that keep a fuzzer of whole packages away.
func FuzzCMS(f *testing.F) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<31, 0)}
	data, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		f.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(data)
	if err != nil {
		f.Fatal(err)
	}
	digest := make([]byte, 20)
	s := Signing{Key: key, Chain: []*x509.Certificate{leaf}, Now: time.Unix(1e9, 0)}
	both, err := s.signatures(f.Context(), SHA1, digest)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(both[1])
	f.Add(append(both[1], 0, 0, 0))
	f.Fuzz(func(t *testing.T, message []byte) {
		if len(message) > maxSignature {
			return
		}
		chain, err := readChain([]string{base64.StdEncoding.EncodeToString(data)})
		if err != nil {
			t.Fatal(err)
		}
		signature := &Signature{Chain: chain, RSA: both[0], CMS: message, style: "RSA"}
		if err := signature.readCMS(); err != nil {
			kindOf(t, err)
			return
		}
		kindOf(t, signature.check(&xar{digest: digest}))
	})
}

// TestDeepMessage is as deep as a message can be nested within the limit.
func TestDeepMessage(t *testing.T) {
	deep := make([]byte, maxSignature)
	for i := range deep {
		deep[i] = [2]byte{0x30, 0x80}[i%2]
	}
	start := time.Now()
	if err := (&Signature{CMS: deep}).readCMS(); err == nil {
		t.Error("was taken")
	}
	message := []byte{5, 0}
	for len(message) < maxSignature-8 {
		n := len(message)
		head := []byte{0x30, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}
		switch {
		case n < 0x80:
			head = []byte{0x30, byte(n)}
		case n < 0x100:
			head = []byte{0x30, 0x81, byte(n)}
		case n < 0x10000:
			head = []byte{0x30, 0x82, byte(n >> 8), byte(n)}
		}
		message = append(head, message...)
	}
	if err := (&Signature{CMS: message}).readCMS(); err == nil {
		t.Error("was taken")
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	t.Log(time.Since(start))
}
