package notary_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/notary"
	"github.com/install-or-defer/install-or-defer/internal/notary/notarytest"
)

func TestWhatCannotBeSubmitted(t *testing.T) {
	good := upload(t, []byte("a package"))
	for name, row := range map[string]struct {
		change func(*notary.Upload)
		words  string
	}{
		"without a name":           {func(u *notary.Upload) { u.Name = "" }, `"" is not the name of a file`},
		"with the name of a path":  {func(u *notary.Upload) { u.Name = "a/b.pkg" }, `"a/b.pkg" is not the name`},
		"with a name of two lines": {func(u *notary.Upload) { u.Name = "a\nb.pkg" }, `"a b.pkg" is not the name`},
		"empty":                    {func(u *notary.Upload) { u.Size = 0 }, "the package is empty"},
		"larger than one request":  {func(u *notary.Upload) { u.Size = 5<<30 + 1 }, "the package has 5368709121 bytes, and one upload 5368709120 at most"},
		"without a way to be read": {func(u *notary.Upload) { u.Open = nil }, "no way to open"},
		"of a size less than zero": {func(u *notary.Upload) { u.Size = -1 }, "the package is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			s, u := play(t), good
			row.change(&u)
			if _, err := s.Submit(t.Context(), u, nil); err == nil || !strings.Contains(err.Error(), row.words) || len(s.wire.seen) > 0 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAPackageThatChangesOnItsWay(t *testing.T) {
	data := packageBytes()
	for name, row := range map[string]struct {
		open  func() (io.ReadCloser, error)
		words string
		is    error
		most  int // requests
	}{
		"becomes shorter": {func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data[1:])), nil }, "upload package: the package has changed", notary.ErrChanged, 1},
		"becomes longer":  {func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(append(data, 'x'))), nil }, "upload package: the package has changed", notary.ErrChanged, 1},
		"goes away":       {func() (io.ReadCloser, error) { return nil, os.ErrNotExist }, "upload package: file does not exist", os.ErrNotExist, 0},
		"cannot be read": {func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader(data[:100]), broken{})), nil
		}, "upload package: a bad disk", nil, 1},
		"has another content": {func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(bytes.ToUpper(data))), nil }, "(XAmzContentSHA256Mismatch)", nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, u := play(t), upload(t, data)
			u.Open = row.open
			id, err := s.Submit(t.Context(), u, nil)
			if err == nil || !strings.Contains(err.Error(), row.words) || row.is != nil && !errors.Is(err, row.is) || id == "" {
				t.Errorf("got %q, %v", id, err)
			}
			if n := s.server.Count(notarytest.Upload); n > row.most || len(s.clock.sleeps) > 0 {
				t.Errorf("%d uploads, slept %v", n, s.clock.sleeps)
			}
			if _, size := s.server.Received(id); size > 0 {
				t.Errorf("%d bytes have arrived", size)
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("a bad disk") }

func TestProgressStartsAgainWithTheUpload(t *testing.T) {
	s := play(t, notarytest.At(notarytest.Upload, notarytest.Cut(100_000)))
	u, opened := upload(t, packageBytes()), 0
	open := u.Open
	u.Open = func() (io.ReadCloser, error) { opened++; return open() }
	var sent []int64
	if _, err := s.Submit(t.Context(), u, func(n int64) { sent = append(sent, n) }); err != nil {
		t.Fatal(err)
	}
	if opened != 2 || slices.IsSorted(sent) || sent[len(sent)-1] != u.Size {
		t.Errorf("opened %d times, progress is %v", opened, sent)
	}
}

// patient is a transport that waits long for a store to say that it wants a body, so that a slow computer changes nothing.
func patient(t *testing.T) http.RoundTripper {
	through := &http.Transport{ExpectContinueTimeout: time.Minute}
	t.Cleanup(through.CloseIdleConnections)
	return through
}

func TestARefusedUploadIsNotSent(t *testing.T) {
	s := play(t, notarytest.At(notarytest.Upload, notarytest.Broken(403)))
	s.Transport = patient(t)
	sent := int64(0)
	if _, err := s.Submit(t.Context(), upload(t, packageBytes()), func(n int64) { sent = n }); err == nil || sent != 0 {
		t.Errorf("sent %d bytes: %v", sent, err)
	}
}

func TestASuccessWithoutAPackage(t *testing.T) {
	s := play(t, notarytest.At(notarytest.Upload, notarytest.Broken(200)))
	s.Transport = patient(t)
	// The answer comes before the package, which nobody asked for.
	if _, err := s.Submit(t.Context(), upload(t, packageBytes()), nil); !errors.Is(err, notary.ErrAnswer) {
		t.Errorf("got %v", err)
	}
}

func TestMeasureFails(t *testing.T) {
	if _, err := notary.Measure("a.pkg", func() (io.ReadCloser, error) { return nil, os.ErrPermission }); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
	if _, err := notary.Measure("a.pkg", func() (io.ReadCloser, error) { return io.NopCloser(broken{}), nil }); err == nil || err.Error() != "measure package: a bad disk" {
		t.Errorf("got %v", err)
	}
}

func TestIdentifiersThatAreNone(t *testing.T) {
	s := play(t)
	for _, id := range []string{"", "../lookup", "a/b", "a?b", "a b", "-", strings.Repeat("a", 101)} {
		_, look := s.Look(t.Context(), id)
		_, wait := s.Wait(t.Context(), id, 0, nil)
		_, log := s.Log(t.Context(), id)
		for _, err := range []error{look, wait, log} {
			if err == nil || !strings.Contains(err.Error(), "is not the identifier of a submission") {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
	if len(s.wire.seen) > 0 {
		t.Errorf("%d requests", len(s.wire.seen))
	}
	if _, err := s.Look(t.Context(), "00000000-0000-0000-0000-000000000000"); err == nil || !strings.Contains(err.Error(), "404 Not Found: The specified resource does not exist: There is no such submission (NOT_FOUND)") {
		t.Errorf("got %v", err)
	}
}

// TestTheStandInIsStrict changes requests on their way: what a wrong client would send has to be refused.
func TestTheStandInIsStrict(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			if r.Method == http.MethodPut {
				r.Header.Set(name, value)
			}
		}
	}
	within := func(name, old, now string) func(*http.Request) {
		return func(r *http.Request) {
			if r.Method == http.MethodPut {
				r.Header.Set(name, strings.Replace(r.Header.Get(name), old, now, 1))
			}
		}
	}
	for name, row := range map[string]struct {
		change func(*http.Request)
		words  string
	}{
		"a digest of something else":   {header("X-Amz-Content-Sha256", strings.Repeat("0", 64)), "SignatureDoesNotMatch"},
		"another session":              {header("X-Amz-Security-Token", "x"), "InvalidToken"},
		"no time":                      {header("X-Amz-Date", ""), "AccessDenied"},
		"another time":                 {header("X-Amz-Date", "20261101T075900Z"), "SignatureDoesNotMatch"},
		"a time long ago":              {header("X-Amz-Date", "20261101T070000Z"), "RequestTimeTooSkewed"},
		"another region":               {within("Authorization", "us-west-2", "us-east-1"), "AuthorizationHeaderMalformed"},
		"another key":                  {within("Authorization", "ASIA", "AKIA"), "InvalidAccessKeyId"},
		"another signature":            {within("Authorization", "Signature=", "Signature=0"), "SignatureDoesNotMatch"},
		"a session that is not signed": {within("Authorization", ";x-amz-security-token", ""), "AccessDenied"},
		"an object that is not escaped": {func(r *http.Request) {
			if r.Method == http.MethodPut {
				r.URL.RawPath = ""
			}
		}, "SignatureDoesNotMatch"},
		"another object": {func(r *http.Request) {
			if r.Method == http.MethodPut {
				r.URL.Path, r.URL.RawPath = r.URL.Path+"x", r.URL.RawPath+"x"
			}
		}, "AccessDenied"},
		"a token without its end": {func(r *http.Request) {
			r.Header.Set("Authorization", strings.TrimSuffix(r.Header.Get("Authorization"), "a")[:60])
		}, "there is no bearer token"},
		"no token": {func(r *http.Request) { r.Header.Del("Authorization") }, "there is no bearer token"},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.wire.change = row.change
			if _, err := s.Submit(t.Context(), upload(t, packageBytes()), nil); err == nil || !strings.Contains(err.Error(), row.words) {
				t.Errorf("got %v", err)
			}
		})
	}
	for name, row := range map[string]struct {
		change func(*stage)
		words  string
	}{
		"a key of somebody else": {func(s *stage) { s.Key.Private = ecKey(t, s.Key.Private.Curve) }, "the signature is wrong"},
		"another identifier":     {func(s *stage) { s.Key.ID = "OTHER" }, "the key is not known"},
		"another issuer":         {func(s *stage) { s.Key.Issuer = "other" }, "the issuer is not known"},
		"no issuer":              {func(s *stage) { s.Key.Issuer = "" }, "the issuer is not known"},
		"a clock far behind":     {func(s *stage) { now := s.clock.now().Add(-16 * time.Minute); s.Now = fixed(now) }, "the token has expired"},
		"a clock far ahead":      {func(s *stage) { now := s.clock.now().Add(2 * time.Minute); s.Now = fixed(now) }, "the token is from the future"},
		"an issuer for a person": {func(s *stage) { s.server.Issuer = "" }, "the key is that of a person"},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			row.change(s)
			if _, err := s.List(t.Context()); !errors.Is(err, notary.ErrUnauthorized) || !strings.Contains(err.Error(), row.words) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func fixed(now time.Time) func() time.Time { return func() time.Time { return now } }
