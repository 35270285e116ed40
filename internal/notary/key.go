package notary

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// ErrKey says that a key cannot be one of App Store Connect.
var ErrKey = errors.New("this is no key of App Store Connect")

// Key is a key of the App Store Connect API, as its page "Integrations" gives it out once.
type Key struct {
	ID string // ten letters and digits, which are in the name of the file as well
	// Issuer is the identifier of the team's issuer, a UUID. It is empty for the key of a single person. Apple says that
	// such keys do not open the notary; whether they do is left to Apple to say.
	Issuer  string
	Private *ecdsa.PrivateKey // on the curve P-256
}

// ParseKey reads the file of a key, AuthKey_<id>.p8: PKCS #8 in PEM.
func ParseKey(p8 []byte, id, issuer string) (Key, error) {
	key, err := parseKey(p8, id, issuer)
	if err != nil {
		return Key{}, fmt.Errorf("read key: %w", err)
	}
	return key, nil
}

func parseKey(p8 []byte, id, issuer string) (Key, error) {
	block, _ := pem.Decode(p8)
	if block == nil {
		return Key{}, fmt.Errorf("%w: it has no line -----BEGIN PRIVATE KEY-----", ErrKey)
	}
	if block.Type != "PRIVATE KEY" {
		return Key{}, fmt.Errorf("%w: it holds a %s, and a .p8 file holds a PRIVATE KEY", ErrKey, plain(block.Type, 40))
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		// The parser's own words may hold bytes of the key.
		return Key{}, fmt.Errorf("%w: what is in it is not in the form PKCS #8", ErrKey)
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		kind, _, _ := strings.Cut(strings.TrimPrefix(fmt.Sprintf("%T", parsed), "*"), ".")
		return Key{}, fmt.Errorf("%w: it is one of %s, and Apple's are of ECDSA", ErrKey, strings.ToUpper(kind))
	}
	key := Key{ID: id, Issuer: issuer, Private: private}
	return key, key.check()
}

// check says whether a key can sign tokens.
func (k Key) check() error {
	switch {
	case k.Private == nil || k.Private.Curve == nil:
		return fmt.Errorf("%w: the private key is missing", ErrKey)
	case k.Private.Curve != elliptic.P256():
		return fmt.Errorf("%w: its curve is %s, and Apple's are on P-256", ErrKey, k.Private.Curve.Params().Name)
	case k.ID == "":
		return fmt.Errorf("%w: its identifier is missing", ErrKey)
	case !isWord(k.ID):
		return fmt.Errorf("%w: its identifier %q is more than a word", ErrKey, plain(k.ID, 60))
	case k.Issuer != "" && !isWord(k.Issuer):
		return fmt.Errorf("%w: its issuer %q is more than a word", ErrKey, plain(k.Issuer, 60))
	}
	return nil
}

func isWord(s string) bool {
	return len(s) <= 100 && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

// Times of a token. Apple refuses one that lives longer than 20 minutes, and one from the future. It is dated back a
// little and ends early, so that a clock may be a minute ahead or a few minutes behind.
const (
	tokenBack  = time.Minute
	tokenLife  = 15 * time.Minute
	tokenFresh = 10 * time.Minute // for as long it is used
	audience   = "appstoreconnect-v1"
)

type (
	tokenHeader struct {
		Algorithm string `json:"alg"`
		Key       string `json:"kid"`
		Type      string `json:"typ"`
	}
	tokenClaims struct {
		Issuer   string `json:"iss,omitempty"`
		Subject  string `json:"sub,omitempty"`
		Issued   int64  `json:"iat"`
		Expires  int64  `json:"exp"`
		Audience string `json:"aud"`
	}
)

// token is a JSON web token (RFC 7519), signed with ES256.
func (k Key) token(now time.Time) (string, error) {
	if err := k.check(); err != nil {
		return "", err
	}
	claims := tokenClaims{Issuer: k.Issuer, Issued: now.Add(-tokenBack).Unix(), Expires: now.Add(tokenLife).Unix(), Audience: audience}
	if k.Issuer == "" {
		claims.Subject = "user"
	}
	header, err := json.Marshal(tokenHeader{"ES256", k.ID, "JWT"})
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload)
	digest := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, k.Private, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	signature := make([]byte, 64) // both numbers at full length (RFC 7518)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
