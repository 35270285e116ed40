package cli_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"software.sslmate.com/src/go-pkcs12"
)

func TestRenderingsAreFresh(t *testing.T) {
	for command, file := range map[string]string{"schema": "docs/jamf-schema.json", "manifest": "docs/profile-manifest.plist"} {
		stdout, stderr, code := run(t, "profile", command)
		if code != 0 {
			t.Fatalf("profile %s ends with %d: %s", command, code, stderr)
		}
		fresh(t, file, stdout)
	}
}

// TestScriptsWithAnIdentity plays the scripts that sign, with identities made for the occasion.
func TestScriptsWithAnIdentity(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "identity"),
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			for name, end := range map[string]time.Time{
				"identity.p12": time.Now().Add(time.Hour),
				"expired.p12":  time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC),
			} {
				key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
				if err != nil {
					return err
				}
				data, err := newIdentity(key, "Example", end)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), data, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// newIdentity makes a .p12 file with the password "secret", of a key and a name.
func newIdentity(key crypto.Signer, name string, end time.Time) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: end,
	}
	data, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(data)
	if err != nil {
		return nil, err
	}
	return pkcs12.Modern.Encode(key, certificate, nil, "secret")
}
