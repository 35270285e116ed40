package signature_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/install-or-defer/install-or-defer/internal/signature"
)

const password = "correct horse ü"

func today() time.Time { return time.Now() }

// party is somebody with a key and a certificate.
type party struct {
	key         crypto.Signer
	certificate *x509.Certificate
}

func rsaKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue makes a certificate, issued by somebody or, where that is nil, by itself.
func issue(t *testing.T, name string, key crypto.Signer, by *party, change ...func(*x509.Certificate)) party {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: today().Add(-time.Hour), NotAfter: today().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	for _, c := range change {
		c(template)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.certificate, by.key
	}
	data, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(data)
	if err != nil {
		t.Fatal(err)
	}
	return party{key, certificate}
}

// family is a root, one below it, and one below that.
func family(t *testing.T) (root, middle, leaf party) {
	t.Helper()
	root = issue(t, "Example Root", ecKey(t), nil)
	middle = issue(t, "Example Middle", ecKey(t), &root)
	return root, middle, issue(t, "Example Leaf", rsaKey(t), &middle)
}

func export(t *testing.T, encoder *pkcs12.Encoder, who party, others ...*x509.Certificate) []byte {
	t.Helper()
	data, err := encoder.Encode(who.key, who.certificate, others, password)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func names(chain []*x509.Certificate) string {
	var all []string
	for _, c := range chain {
		all = append(all, c.Subject.CommonName)
	}
	return strings.Join(all, ", ")
}

func TestLoadReadsEveryKindOfFile(t *testing.T) {
	root, middle, leaf := family(t)
	for name, encoder := range map[string]*pkcs12.Encoder{
		"modern ciphers":       pkcs12.Modern2023,
		"newer ciphers":        pkcs12.Modern2026,
		"triple DES":           pkcs12.LegacyDES,
		"RC2, as in old files": pkcs12.LegacyRC2,
	} {
		t.Run(name, func(t *testing.T) {
			identity, err := signature.Load(export(t, encoder, leaf, middle.certificate, root.certificate), password, today())
			if err != nil {
				t.Fatal(err)
			}
			if got := names(identity.Chain); got != "Example Leaf, Example Middle, Example Root" || identity.Name() != "Example Leaf" {
				t.Errorf("chain is %s", got)
			}
		})
	}
}

func TestLoadOrdersTheChain(t *testing.T) {
	root, middle, leaf := family(t)
	stranger := issue(t, "Stranger", ecKey(t), nil)
	impostor := issue(t, "Example Middle", ecKey(t), nil)
	for name, row := range map[string]struct {
		first  party
		others []party
		want   string
	}{
		"upside down":                      {root, []party{middle, leaf}, "Example Leaf, Example Middle, Example Root"},
		"the leaf alone":                   {leaf, nil, "Example Leaf"},
		"without its issuer":               {leaf, []party{root}, "Example Leaf"},
		"a stranger among them":            {stranger, []party{leaf, middle}, "Example Leaf, Example Middle"},
		"an issuer's name on another key":  {leaf, []party{impostor, middle}, "Example Leaf, Example Middle"},
		"the same certificate given twice": {leaf, []party{leaf, middle, middle}, "Example Leaf, Example Middle"},
	} {
		t.Run(name, func(t *testing.T) {
			var others []*x509.Certificate
			for _, o := range row.others {
				others = append(others, o.certificate)
			}
			data := export(t, pkcs12.Modern2023, party{leaf.key, row.first.certificate}, others...)
			identity, err := signature.Load(data, password, today())
			if err != nil {
				t.Fatal(err)
			}
			if got := names(identity.Chain); got != row.want {
				t.Errorf("chain is %s, not %s", got, row.want)
			}
		})
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	_, middle, leaf := family(t)
	good := export(t, pkcs12.Modern2023, leaf)
	trust, err := pkcs12.Modern2023.EncodeTrustStore([]*x509.Certificate{leaf.certificate}, password)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		data     []byte
		password string
		at       time.Duration
		want     error
		words    string
	}{
		"a wrong password":                   {good, "guess", 0, signature.ErrPassword, "load identity: the password is wrong"},
		"no password":                        {good, "", 0, signature.ErrPassword, ""},
		"a wrong password to old ciphers":    {export(t, pkcs12.LegacyRC2, leaf), "guess", 0, signature.ErrPassword, ""},
		"a file without a key":               {trust, password, 0, signature.ErrNoKey, "load identity: it holds no private key"},
		"a certificate of another key":       {export(t, pkcs12.Modern2023, party{leaf.key, middle.certificate}), password, 0, signature.ErrNoCertificate, ""},
		"an expired certificate":             {good, password, 2 * time.Hour, signature.ErrExpired, `that of "Example Leaf" did on `},
		"a certificate that is not yet good": {good, password, -2 * time.Hour, signature.ErrNotYetValid, `that of "Example Leaf" is from `},
		"an empty file":                      {nil, password, 0, signature.ErrFormat, ""},
		"a file that is something else":      {[]byte("-----BEGIN CERTIFICATE-----\n"), password, 0, signature.ErrFormat, ""},
		"a file that is cut short":           {good[:len(good)/2], password, 0, signature.ErrFormat, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := signature.Load(row.data, row.password, today().Add(row.at))
			if !errors.Is(err, row.want) || !strings.Contains(err.Error(), row.words) {
				t.Errorf("got %v", err)
			}
			if strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "guess") {
				t.Errorf("tells the password: %v", err)
			}
		})
	}
}

func identityOf(t *testing.T, who party, others ...*x509.Certificate) signature.Identity {
	t.Helper()
	identity, err := signature.Load(export(t, pkcs12.Modern2023, who, others...), password, today())
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

func TestSignCMS(t *testing.T) {
	root, middle, leaf := family(t)
	content := []byte("<plist>\r\n\x00ü</plist>\n")
	message, err := identityOf(t, leaf, root.certificate, middle.certificate).SignCMS(content)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := pkcs7.Parse(message)
	if err != nil {
		t.Fatal(err)
	}
	trust := x509.NewCertPool()
	trust.AddCert(root.certificate)
	if err := parsed.VerifyWithChain(trust); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(parsed.Content, content) {
		t.Errorf("content is %q", parsed.Content)
	}
	if got := parsed.Signers[0].DigestAlgorithm.Algorithm; !got.Equal(pkcs7.OIDDigestAlgorithmSHA256) {
		t.Errorf("digest algorithm is %v", got)
	}
	if len(parsed.Certificates) != 3 || !slices.ContainsFunc(parsed.Certificates, leaf.certificate.Equal) {
		t.Errorf("holds %s", names(parsed.Certificates))
	}
}

func TestSignCMSNamesAKeyThatItCannotUse(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := identityOf(t, issue(t, "Ed", key, nil)).SignCMS(nil); err == nil || !strings.HasPrefix(err.Error(), "sign message: ") {
		t.Errorf("got %v", err)
	}
}

// openssl finds the program, which CI has to have.
func openssl(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err == nil {
		return path
	}
	if os.Getenv("INSTALL_OR_DEFER_CI") != "" {
		t.Fatal("openssl is missing: install openssl")
	}
	t.Skip("openssl is missing: install openssl")
	return ""
}

func TestOpensslGivesTheContentBack(t *testing.T) {
	program, folder := openssl(t), t.TempDir()
	root, middle, rsaLeaf := family(t)
	content := bytes.Repeat([]byte("<string>Söhne & Töchter</string>\n"), 500)
	anchor := filepath.Join(folder, "root.pem")
	write(t, anchor, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.certificate.Raw}))
	for name, leaf := range map[string]party{"rsa": rsaLeaf, "ec": issue(t, "Example Leaf", ecKey(t), &middle)} {
		message, err := identityOf(t, leaf, middle.certificate).SignCMS(content)
		if err != nil {
			t.Fatal(err)
		}
		good, bad := filepath.Join(folder, name), filepath.Join(folder, name+".bad")
		write(t, good, message)
		at := bytes.Index(message, []byte("Söhne"))
		message[at] ^= 1
		write(t, bad, message)
		for how, args := range map[string][]string{
			"smime": {"smime", "-verify", "-ignore_critical", "-noverify", "-binary", "-inform", "DER", "-in"},
			"cms":   {"cms", "-verify", "-ignore_critical", "-purpose", "any", "-CAfile", anchor, "-binary", "-inform", "DER", "-in"},
		} {
			t.Run(name+" with "+how, func(t *testing.T) {
				var out, errs bytes.Buffer
				command := exec.Command(program, append(args, good)...)
				command.Stdout, command.Stderr = &out, &errs
				if err := command.Run(); err != nil {
					t.Fatalf("%v: %s", err, &errs)
				}
				if !bytes.Equal(out.Bytes(), content) {
					t.Errorf("gives %d bytes of %d back", out.Len(), len(content))
				}
				if err := exec.Command(program, append(args, bad)...).Run(); err == nil {
					t.Error("accepts a content that was changed")
				}
			})
		}
	}
}

// TestLoadReadsWhatOpensslExports guards against reading only what the same library wrote.
func TestLoadReadsWhatOpensslExports(t *testing.T) {
	program, folder := openssl(t), t.TempDir()
	root, middle, leaf := family(t)
	key, err := x509.MarshalPKCS8PrivateKey(leaf.key)
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, block := range []pem.Block{
		{Type: "PRIVATE KEY", Bytes: key},
		{Type: "CERTIFICATE", Bytes: leaf.certificate.Raw},
		{Type: "CERTIFICATE", Bytes: root.certificate.Raw},
		{Type: "CERTIFICATE", Bytes: middle.certificate.Raw},
	} {
		if err := pem.Encode(&all, &block); err != nil {
			t.Fatal(err)
		}
	}
	source, exported := filepath.Join(folder, "all.pem"), filepath.Join(folder, "identity.p12")
	write(t, source, all.Bytes())
	out, err := exec.Command(program, "pkcs12", "-export", "-in", source, "-out", exported, "-passout", "pass:"+password).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(exported)
	if err != nil {
		t.Fatal(err)
	}
	identity, err := signature.Load(data, password, today())
	if err != nil {
		t.Fatal(err)
	}
	if got := names(identity.Chain); got != "Example Leaf, Example Middle, Example Root" {
		t.Errorf("chain is %s", got)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
