package notary_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/install-or-defer/install-or-defer/internal/notary"
)

func p8(t *testing.T, key any) []byte {
	t.Helper()
	data, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: data})
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestParseKey(t *testing.T) {
	good := ecKey(t, elliptic.P256())
	file := p8(t, good)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(good)
	if err != nil {
		t.Fatal(err)
	}
	const id, issuer = "2X9R4HXF34", "57246542-96fe-1a63-e053-0824d011072a"
	for name, row := range map[string]struct {
		file       []byte
		id, issuer string
		words      string // none: it is taken
	}{
		"as Apple gives it out":               {file, id, issuer, ""},
		"that of a person":                    {file, id, "", ""},
		"with the line ends of Windows":       {bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n")), id, issuer, ""},
		"without its last line end":           {bytes.TrimSpace(file), id, issuer, ""},
		"with words around it":                {append([]byte("from Apple\n"), append(file, "\n# the end"...)...), id, issuer, ""},
		"of nothing":                          {nil, id, issuer, "it has no line -----BEGIN PRIVATE KEY-----"},
		"a page":                              {[]byte("<html>"), id, issuer, "it has no line"},
		"cut off":                             {file[:100], id, issuer, "it has no line"},
		"a certificate":                       {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), id, issuer, "it holds a CERTIFICATE"},
		"of openssl's older form":             {pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1}), id, issuer, "it holds a EC PRIVATE KEY"},
		"under a password":                    {pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")}), id, issuer, "it holds a ENCRYPTED PRIVATE KEY"},
		"of the older form under a new title": {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: sec1}), id, issuer, "not in the form PKCS #8"},
		"of RSA":                              {p8(t, rsaKey), id, issuer, "it is one of RSA, and Apple's are of ECDSA"},
		"of Ed25519":                          {p8(t, edKey), id, issuer, "it is one of ED25519"},
		"on a larger curve":                   {p8(t, ecKey(t, elliptic.P384())), id, issuer, "its curve is P-384, and Apple's are on P-256"},
		"without an identifier":               {file, "", issuer, "its identifier is missing"},
		"with an identifier of two words":     {file, "2X9R 4HXF34", issuer, `its identifier "2X9R 4HXF34" is more than a word`},
		"with an identifier that ends a line": {file, "2X9R4HXF34\n", issuer, "more than a word"},
		"with an issuer of two words":         {file, id, "Example Inc", `its issuer "Example Inc" is more than a word`},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := notary.ParseKey(row.file, row.id, row.issuer)
			if row.words == "" {
				if err != nil || !key.Private.Equal(good) || key.ID != row.id || key.Issuer != row.issuer {
					t.Errorf("got %v", err)
				}
				return
			}
			if !errors.Is(err, notary.ErrKey) || !strings.HasPrefix(err.Error(), "read key: ") || !strings.Contains(err.Error(), row.words) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAClientWithoutAKey(t *testing.T) {
	s := play(t)
	s.Key = notary.Key{}
	if _, err := s.List(t.Context()); !errors.Is(err, notary.ErrKey) || len(s.wire.seen) > 0 {
		t.Errorf("got %v", err)
	}
	if _, err := s.Ticket(t.Context(), key(t), 0); err != nil {
		t.Errorf("a ticket needs one: %v", err)
	}
	s.Key = notary.Key{ID: "2X9R4HXF34", Private: ecKey(t, elliptic.P384())}
	if _, err := s.List(t.Context()); !errors.Is(err, notary.ErrKey) {
		t.Errorf("got %v", err)
	}
}
