package cli_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/install-or-defer/install-or-defer/internal/universal"
)

// TestPackageScripts plays the scripts that build packages, with the real daemon for macOS.
func TestPackageScripts(t *testing.T) {
	daemon, err := universal.Build(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "install-or-deferd")
	if err := os.WriteFile(file, daemon, 0o755); err != nil {
		t.Fatal(err)
	}
	identity, err := installerIdentity()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "package"),
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DAEMON", file)
			pictures := filepath.Join(env.WorkDir, "pictures")
			if err := os.Mkdir(pictures, 0o755); err != nil {
				return err
			}
			png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
			if err := os.WriteFile(filepath.Join(pictures, "logo.png"), png, 0o644); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "installer.p12"), identity, 0o600)
		},
	})
}

// installerIdentity makes a .p12 file with the password "secret", whose certificate can sign packages.
func installerIdentity() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Installer"},
		NotBefore: time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return pkcs12.Modern.Encode(key, certificate, nil, "secret")
}
