package notary

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// region is where the store is that Apple uses.
const region = "us-west-2"

// credentials open a store at Amazon for a while.
type credentials struct{ id, secret, session string }

func (c credentials) secrets() []string { return []string{c.secret, c.session} }

// usable says whether all are there and fit into headers.
func (c credentials) usable() bool {
	return !slices.ContainsFunc([]string{c.id, c.secret, c.session}, func(s string) bool {
		return s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
	})
}

// sign makes the headers of a request to the store for a body of this SHA-256, in hex.
func (c credentials) sign(method, address, sum string, now time.Time) (http.Header, error) {
	u, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	s := signing{region: region, date: now.UTC(), headers: map[string]string{
		"host": u.Host, "x-amz-content-sha256": sum, "x-amz-date": now.UTC().Format(amazonTime), "x-amz-security-token": c.session,
	}}
	header := http.Header{}
	for name, value := range s.headers {
		if name != "host" {
			header.Set(name, value)
		}
	}
	header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s",
		c.id, s.scope(), s.names(), s.signature(c.secret, method+"\n"+u.EscapedPath()+"\n", sum)))
	return header, nil
}

const amazonTime = "20060102T150405Z"

// signing is a signature of Amazon's, version 4, for its store.
type signing struct {
	region  string
	date    time.Time
	headers map[string]string // that are signed, by their names in lower case
}

func (s signing) scope() string {
	return s.date.Format("20060102") + "/" + s.region + "/s3/aws4_request"
}

func (s signing) sorted() []string {
	var names []string
	for name := range s.headers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s signing) names() string { return strings.Join(s.sorted(), ";") }

// signature signs a request without a query, given its method and path on a line each.
func (s signing) signature(secret, methodAndPath, sum string) string {
	canonical := methodAndPath + "\n"
	for _, name := range s.sorted() {
		canonical += name + ":" + strings.TrimSpace(s.headers[name]) + "\n"
	}
	digest := sha256.Sum256([]byte(canonical + "\n" + s.names() + "\n" + sum))
	text := "AWS4-HMAC-SHA256\n" + s.date.Format(amazonTime) + "\n" + s.scope() + "\n" + hex.EncodeToString(digest[:])
	key := []byte("AWS4" + secret)
	for _, part := range append(strings.Split(s.scope(), "/"), text) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}

// escapePath escapes the name of an object as the store does before it checks a signature: everything but letters,
// digits and a few signs. Package url leaves more as it is, such as the colon that is in Apple's names.
func escapePath(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
