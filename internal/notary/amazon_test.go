package notary

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"
)

// TestSignatureOfAmazonsExamples plays the examples that Amazon's documentation of Signature Version 4 gives for its
// store, with the keys of no account.
func TestSignatureOfAmazonsExamples(t *testing.T) {
	empty := sha256.Sum256(nil)
	text := sha256.Sum256([]byte("Welcome to Amazon S3."))
	none, welcome := hex.EncodeToString(empty[:]), hex.EncodeToString(text[:])
	for name, row := range map[string]struct {
		request, sum string
		headers      map[string]string
		names, want  string
	}{
		"put an object": {"PUT\n/" + escapePath("test$file.text") + "\n", welcome, map[string]string{
			"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY",
		}, "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		"get a part of an object": {"GET\n/test.txt\n", none, map[string]string{
			"range": "bytes=0-9",
		}, "host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
	} {
		s := signing{region: "us-east-1", date: time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC), headers: row.headers}
		s.headers["host"], s.headers["x-amz-content-sha256"], s.headers["x-amz-date"] = "examplebucket.s3.amazonaws.com", row.sum, "20130524T000000Z"
		if s.names() != row.names || s.scope() != "20130524/us-east-1/s3/aws4_request" {
			t.Errorf("%s: signs %s in %s", name, s.names(), s.scope())
		}
		if got := s.signature("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", row.request, row.sum); got != row.want {
			t.Errorf("%s: signature is %s", name, got)
		}
	}
}

func TestEscapePath(t *testing.T) {
	for name, want := range map[string]string{
		"prod/AROAX:2efe2717-52ef": "prod/AROAX%3A2efe2717-52ef",
		"a b+c=d&e@f":              "a%20b%2Bc%3Dd%26e%40f",
		"~-._/é%":                  "~-._/%C3%A9%25",
	} {
		if got := escapePath(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestCredentialsThatAreNone(t *testing.T) {
	for name, c := range map[string]credentials{
		"without an identifier": {"", "b", "c"}, "without a secret": {"a", "", "c"}, "without a session": {"a", "b", ""},
		"with a line break": {"a", "b", "c\nd"}, "beyond ASCII": {"ä", "b", "c"},
	} {
		if c.usable() {
			t.Errorf("%s: can be used", name)
		}
	}
}
