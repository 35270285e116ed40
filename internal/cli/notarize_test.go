package cli_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/install-or-defer/install-or-defer/internal/notary/notarytest"
)

// TestNotarizeScripts plays the scripts that sign with a time stamp and go to the notary, with stand-ins on loopback.
func TestNotarizeScripts(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		text := "openssl is missing: apt-get install openssl"
		if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	key := newRSA(t)
	developer := identityOf(t, key, "Developer ID Installer: Example (ABCDE12345)", pkix.Extension{
		Id: asn1.ObjectIdentifier{1, 2, 840, 113635, 100, 6, 1, 14}, Critical: true, Value: asn1.NullBytes,
	})
	authority := stampAuthority(t, openssl)
	good := notarytest.Start(t, time.Now, notarytest.At(notarytest.Upload, notarytest.Throttled("0")))
	bad := notarytest.Start(t, time.Now, notarytest.Verdict("Invalid", notarytest.Issue{
		Severity: "error", Path: "signed.pkg/install-or-deferd", Message: "The binary is not signed.", Architecture: "x86_64",
	}))
	locked := notarytest.Start(t, time.Now, notarytest.At(notarytest.Submit, notarytest.Agreement()))
	unknown := notarytest.Start(t, time.Now, notarytest.At(notarytest.Submit, notarytest.Expired(), notarytest.Expired(), notarytest.Expired()))
	slow := notarytest.Start(t, time.Now, notarytest.Polls(1_000_000))
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "notarize"), UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("AUTHORITY", authority)
			env.Setenv("NOWHERE", good.Notary+"/nowhere")
			for name, server := range map[string]*notarytest.Server{"GOOD": good, "BAD": bad, "LOCKED": locked, "UNKNOWN": unknown, "SLOW": slow} {
				env.Setenv(name, fmt.Sprintf("--notary-url=%s", server.Notary))
				env.Setenv(name+"_STORE", fmt.Sprintf("--store-url=%s", server.Store))
				env.Setenv(name+"_TICKET", fmt.Sprintf("--ticket-url=%s", server.Tickets))
				env.Setenv(name+"_ID", server.KeyID)
				env.Setenv(name+"_ISSUER", server.Issuer)
				if err := os.WriteFile(filepath.Join(env.WorkDir, name+".p8"), server.KeyFile, 0o600); err != nil {
					return err
				}
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "developer.p12"), developer, 0o600)
		},
	})
}

func newRSA(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certificateOf makes a certificate of a key for itself.
func certificateOf(t *testing.T, key crypto.Signer, name string, extensions ...pkix.Extension) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), ExtraExtensions: extensions,
	}
	data, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(data)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func identityOf(t *testing.T, key crypto.Signer, name string, extensions ...pkix.Extension) []byte {
	t.Helper()
	data, err := pkcs12.Modern.Encode(key, certificateOf(t, key, name, extensions...), nil, "secret")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// stampAuthority starts a time stamp authority, in which openssl answers, and returns its address.
func stampAuthority(t *testing.T, openssl string) string {
	t.Helper()
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	key := newRSA(t)
	certificate := certificateOf(t, key, "Stamp Authority", pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage})
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, data := range map[string][]byte{
		"key.pem":  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		"leaf.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}),
		"ts.cnf": []byte("[tsa]\nserial=serial\nsigner_cert=leaf.pem\nsigner_key=key.pem\nsigner_digest=sha256\n" +
			"default_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\n"),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, _ := io.ReadAll(r.Body)
		n++
		request, reply := "request"+strconv.Itoa(n), "reply"+strconv.Itoa(n)
		err := os.WriteFile(filepath.Join(folder, request), query, 0o600)
		cmd := exec.Command(openssl, "ts", "-reply", "-config", "ts.cnf", "-section", "tsa", "-queryfile", request, "-out", reply)
		cmd.Dir = folder
		if out, runErr := cmd.CombinedOutput(); err != nil || runErr != nil {
			http.Error(w, fmt.Sprintf("%v %v %s", err, runErr, out), http.StatusInternalServerError)
			return
		}
		data, _ := os.ReadFile(filepath.Join(folder, reply))
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(data)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
