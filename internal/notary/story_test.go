package notary_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/flatpkg"
	"github.com/install-or-defer/install-or-defer/internal/notary"
	"github.com/install-or-defer/install-or-defer/internal/notary/notarytest"
)

// identity is a key of RSA with a certificate by itself, for signing packages or for time stamps.
func identity(t *testing.T, name string, extensions ...pkix.Extension) (*rsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: extensions,
	}
	data, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(data)
	if err != nil {
		t.Fatal(err)
	}
	return key, certificate
}

// opensslAuthority is a time stamp authority: openssl answers.
func opensslAuthority(t *testing.T) *httptest.Server {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
			t.Fatal("openssl is missing: apt-get install openssl")
		}
		t.Skip("openssl is missing: apt-get install openssl")
	}
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	key, certificate := identity(t, "Stamp Authority", pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage})
	folder := t.TempDir()
	save := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Error(err)
		}
	}
	save("key.pem", p8(t, key))
	save("leaf.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}))
	save("ts.cnf", []byte("[tsa]\nserial=serial\nsigner_cert=leaf.pem\nsigner_key=key.pem\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		save("query", query)
		command := exec.Command(openssl, "ts", "-reply", "-config", "ts.cnf", "-section", "tsa", "-queryfile", "query", "-out", "reply")
		command.Dir = folder
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		reply, err := os.ReadFile(filepath.Join(folder, "reply"))
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(reply)
	}))
	t.Cleanup(server.Close)
	return server
}

// TestAPackageFromItsSignatureToItsTicket plays all that becomes of a package before it goes to Macs.
func TestAPackageFromItsSignatureToItsTicket(t *testing.T) {
	stamps := opensslAuthority(t)
	signer, certificate := identity(t, "Developer ID Installer: Example")
	for _, checksum := range []flatpkg.Checksum{flatpkg.SHA1, flatpkg.SHA256} {
		var signed bytes.Buffer
		component := flatpkg.Component{Identifier: "com.example.agent", Version: "1.2.3", Modified: time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)}
		script := []byte("#!/bin/sh\nexit 0\n")
		component.Scripts = []flatpkg.Entry{{Path: "postinstall", Size: int64(len(script)), Open: flatpkg.Content(script)}}
		err := flatpkg.WriteComponent(t.Context(), &signed, component, flatpkg.Options{Checksum: checksum, Sign: &flatpkg.Signing{
			Key: signer, Chain: []*x509.Certificate{certificate}, Now: time.Now(), Timestamp: notary.Authority{URL: stamps.URL}.Stamp,
		}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := flatpkg.Open(bytes.NewReader(signed.Bytes()), int64(signed.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if p.Signature.Timestamp == nil {
			t.Error("there is no time stamp")
		}

		s := play(t, notarytest.Polls(2), notarytest.NoTicket(1))
		u := upload(t, signed.Bytes())
		id, err := s.Submit(t.Context(), u, nil)
		if err != nil {
			t.Fatal(err)
		}
		if verdict, err := s.Wait(t.Context(), id, time.Hour, nil); err != nil || verdict.Status != notary.Accepted {
			t.Fatalf("verdict is %+v (%v)", verdict, err)
		}
		if report, err := s.Log(t.Context(), id); err != nil || report.SHA256 != hex.EncodeToString(u.SHA256[:]) {
			t.Errorf("the notary looked at %s (%v)", report.SHA256, err)
		}
		name, err := notary.TicketKey(p.Digest)
		if err != nil {
			t.Fatal(err)
		}
		ticket, err := s.Ticket(t.Context(), name, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		var stapled bytes.Buffer
		if err := flatpkg.Staple(t.Context(), &stapled, p, ticket); err != nil {
			t.Fatal(err)
		}
		p, err = flatpkg.Open(bytes.NewReader(stapled.Bytes()), int64(stapled.Len()))
		if err != nil || !bytes.Equal(p.Ticket, notarytest.TicketOf(name)) {
			t.Errorf("ticket is %q (%v)", p.Ticket, err)
		}
	}
}

func TestApplesAddresses(t *testing.T) {
	var asked []string
	answers := map[string]string{
		"POST": locker("2efe2717-52ef-43a5-96dc-0797e4ca1041", "notary-submissions-prod", "prod/AROAX:2efe2717"),
		"PUT":  "", "GET": `{"data":{"attributes":{"developerLogUrl":"http://example.org/log"}}}`,
	}
	s := play(t)
	s.Endpoints = notary.Endpoints{}
	s.Transport = transport(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.Method+" "+r.URL.String())
		if r.Body != nil {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return nil, err
			}
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answers[r.Method]))}, nil
	})
	id, err := s.Submit(t.Context(), upload(t, packageBytes()), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Log(t.Context(), id); !errors.Is(err, notary.ErrAnswer) {
		t.Errorf("a log that is not fetched over TLS is taken: %v", err)
	}
	s.Endpoints.Store = notary.RegionalStoreAddress
	if _, err := s.Submit(t.Context(), upload(t, packageBytes()), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ticket(t.Context(), key(t), 0); !errors.Is(err, notary.ErrAnswer) {
		t.Errorf("got %v", err)
	}
	want := []string{
		"POST https://appstoreconnect.apple.com/notary/v2/submissions",
		"PUT https://notary-submissions-prod.s3-accelerate.amazonaws.com/prod/AROAX%3A2efe2717",
		"GET https://appstoreconnect.apple.com/notary/v2/submissions/2efe2717-52ef-43a5-96dc-0797e4ca1041/logs",
		"POST https://appstoreconnect.apple.com/notary/v2/submissions",
		"PUT https://notary-submissions-prod.s3.us-west-2.amazonaws.com/prod/AROAX%3A2efe2717",
		"POST https://api.apple-cloudkit.com/database/1/com.apple.gk.ticket-delivery/production/public/records/lookup",
	}
	if got := strings.Join(asked, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("asked\n%s", got)
	}
}

func doorOf(r *http.Request) notarytest.Door {
	switch path := r.URL.Path; {
	case r.Method == http.MethodPut:
		return notarytest.Upload
	case path == "/lookup":
		return notarytest.Ticket
	case strings.HasPrefix(path, "/logs/"):
		return notarytest.LogFile
	case strings.HasSuffix(path, "/logs"):
		return notarytest.Log
	case strings.HasSuffix(path, "/submissions") && r.Method == http.MethodPost:
		return notarytest.Submit
	case strings.HasSuffix(path, "/submissions"):
		return notarytest.List
	default:
		return notarytest.Status
	}
}

// TestATransportThatBlabs fails with words that hold all it was given, as one does that cannot read an answer.
func TestATransportThatBlabs(t *testing.T) {
	for _, door := range doors() {
		s := play(t)
		secret := ""
		through := s.Transport
		s.Transport = transport(func(r *http.Request) (*http.Response, error) {
			response, err := through.RoundTrip(r)
			if err != nil || doorOf(r) != door {
				return response, err
			}
			if secret = r.Header.Get("X-Amz-Security-Token"); secret == "" {
				secret = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			}
			if secret == "" {
				secret = r.URL.RawQuery
			}
			if err := response.Body.Close(); err != nil {
				return nil, err
			}
			return nil, errors.New("malformed answer: you said " + secret)
		})
		err := s.do(t, door)
		if err == nil || !strings.Contains(err.Error(), "malformed answer: you said") || secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", door, err)
		}
	}
}
