package jamf

import (
	"bytes"
	"context"
	"crypto/sha3"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// shelf is a stub with the record of a package, whose uploads are answered by some handlers in turn.
func shelf(t *testing.T, handlers ...http.HandlerFunc) *stub {
	s := newStub(t)
	record := func(more string) http.HandlerFunc {
		return answerText(200, `{"id":"160","packageName":"install-or-defer-6.0.0","fileName":"a-6.pkg","categoryId":"-1","priority":10,"future":[1]`+more+`}`)
	}
	s.on("GET /api/v1/packages/160", record(""))
	s.on("POST /api/v1/packages/160/upload", handlers...)
	s.on("PUT /api/v1/packages/160", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, hash, _ := strings.Cut(string(body), `"hashValue":"`)
		hash, _, _ = strings.Cut(hash, `"`)
		s.on("GET /api/v1/packages/160", record(`,"hashType":"SHA3_512","hashValue":"`+hash+`"`))
	})
	return s
}

func aFile() ([]byte, Upload) {
	content := bytes.Repeat([]byte("package "), 300_000)
	return content, Upload{FileName: "a-6.pkg", Content: bytes.NewReader(content), Size: int64(len(content))}
}

func TestUploadingAFile(t *testing.T) {
	created := answerText(http.StatusCreated, `{"id":"160","href":"x"}`)
	s := shelf(t, created)
	content, file := aFile()
	var told []int64
	file.Progress = func(sent, total int64) {
		told = append(told, sent)
		equal(t, total, file.Size)
	}
	c := s.client(t)
	_, err := c.Version(t.Context()) // so that there is a token already
	ok(t, err)
	p, err := c.Upload(t.Context(), "160", file)
	ok(t, err)
	sum := sha3.Sum512(content)
	equal(t, p.HashValue, hex.EncodeToString(sum[:]))
	equal(t, p.HashType, HashSHA3)
	equal(t, told[len(told)-1], file.Size)

	sent := s.last(t, "POST /api/v1/packages/160/upload")
	equal(t, sent.header.Get("Authorization"), "Bearer "+aToken+"2") // a new one, which lives long enough
	_, params, err := mime.ParseMediaType(sent.header.Get("Content-Type"))
	ok(t, err)
	parts := multipart.NewReader(strings.NewReader(sent.body), params["boundary"])
	part, err := parts.NextPart()
	ok(t, err)
	equal(t, part.FormName(), "file")
	equal(t, part.FileName(), "a-6.pkg")
	got, err := io.ReadAll(part)
	ok(t, err)
	equal(t, bytes.Equal(got, content), true)
	_, err = parts.NextPart()
	equal(t, err, io.EOF)
	equal(t, sent.header.Get("Content-Length"), fmt.Sprint(len(sent.body)))
	equal(t, strings.Contains(s.last(t, "PUT").body, `"future":[1]`), true)
}

func TestUploadsThatGoWrong(t *testing.T) {
	created := answerText(http.StatusCreated, `{"id":"160"}`)
	for _, row := range []struct {
		name    string
		answers []http.HandlerFunc
		works   bool
		is      error
		uploads int
		words   string
	}{
		{"the token is refused, which costs a second sending", []http.HandlerFunc{answerStatus(401), created}, true, nil, 2, ""},
		{"the connection is cut", []http.HandlerFunc{cut}, false, ErrUnknownOutcome, 1, ""},
		{"what is in front of the server had no patience", []http.HandlerFunc{answerStatus(504)}, false, ErrUnknownOutcome, 1, "504"},
		{"the file is too large", []http.HandlerFunc{answerStatus(413)}, false, nil, 1, "413 Request Entity Too Large"},
		{"the edge does not like it", []http.HandlerFunc{answerText(403, cloudFrontPage)}, false, nil, 1, "the edge in front of Jamf Pro"},
		{"the record was just created, and this web server has not heard", []http.HandlerFunc{answerStatus(404)}, false, nil, 1, "404"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := shelf(t, row.answers...)
			_, file := aFile()
			p, err := s.client(t).Upload(t.Context(), "160", file)
			if row.works {
				ok(t, err)
				content, _ := aFile()
				sum := sha3.Sum512(content)
				equal(t, p.HashValue, hex.EncodeToString(sum[:])) // of one sending, not of both
			} else {
				fails(t, err, "upload package 160: ", row.words)
				equal(t, s.count("PUT"), 0)
			}
			if row.is != nil {
				failsAs(t, err, row.is)
			}
			equal(t, s.count("POST /api/v1/packages/160/upload"), row.uploads)
		})
	}
}

func TestFilesThatAreNotSent(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Upload)
		words  string
	}{
		{"one with another name than the record's", func(u *Upload) { u.FileName = "b.pkg" }, `the file is "b.pkg"`},
		{"an empty one", func(u *Upload) { u.Size = 0 }, "0 bytes"},
		{"one with a hash that Jamf does not know", func(u *Upload) { u.Hash = "SHA1" }, `hash "SHA1"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := shelf(t)
			_, file := aFile()
			row.change(&file)
			_, err := s.client(t).Upload(t.Context(), "160", file)
			failsAs(t, err, ErrRefused, "upload package 160: ", row.words)
			equal(t, s.count("POST /api/v1/packages"), 0)
		})
	}
}

func TestAFileThatEndsEarlyIsNoPackage(t *testing.T) {
	s := shelf(t, answerText(http.StatusCreated, `{}`))
	_, file := aFile()
	file.Size += 10
	_, err := s.client(t).Upload(t.Context(), "160", file)
	fails(t, err)
	equal(t, s.count("PUT"), 0)
}

func TestAnAnswerBeforeTheFileWasSentIsNone(t *testing.T) {
	var m meter
	m.file.Size = 10
	_, err := m.sum()
	failsAs(t, err, ErrMalformed, "0 of 10 bytes")
	_, err = m.Read(make([]byte, 1))
	equal(t, err, io.ErrClosedPipe)
}

func TestAnotherHashOfTheServerIsSaid(t *testing.T) {
	for _, row := range []struct {
		name, held string
		hash       HashType
		words      string
	}{
		{"one that it computed", `"sha3512":"00","hashValue":"%s"`, HashSHA3, "the server's file has the hash 00"},
		{"one that it computed, MD5", `"md5":"00","hashValue":"%s"`, HashMD5, "the server's file has the hash 00"},
		{"one that it did not take", `"hashValue":"11"`, HashSHA3, "the server's file has the hash 11"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := shelf(t, answerText(http.StatusCreated, `{}`))
			held := strings.Replace(row.held, "%s", "x", 1)
			s.on("PUT /api/v1/packages/160", func(http.ResponseWriter, *http.Request) {
				s.on("GET /api/v1/packages/160", answerText(200, `{"id":"160","packageName":"a","fileName":"a-6.pkg",`+held+`}`))
			})
			_, file := aFile()
			file.Hash = row.hash
			_, err := s.client(t).Upload(t.Context(), "160", file)
			fails(t, err, row.words)
			var differs *HashError
			equal(t, errors.As(err, &differs), true)
		})
	}
}

func TestPatienceWithUploadsGrowsWithTheirSize(t *testing.T) {
	for _, size := range []int64{1, 8_000_000, 1_000_000_000, 10_000_000_000} {
		if atLeast := time.Duration(size/1_000_000) * time.Second; patience(size) < atLeast+10*time.Minute {
			t.Errorf("%d bytes have %s", size, patience(size))
		}
	}
}

func TestWhetherTheServerTakesFiles(t *testing.T) {
	for _, row := range []struct {
		name, version string
		answer        http.HandlerFunc
		can           bool
	}{
		{"it does", "11.30.0", answerText(200, `{"principalDistributionTechnology":true,"directUploadCapable":true}`), true},
		{"its cloud is not the principal place", "11.30.0", answerText(200, `{"principalDistributionTechnology":false,"directUploadCapable":true}`), false},
		{"its principal place is a file share", "11.30.0", answerText(200, `{"principalDistributionTechnology":true,"directUploadCapable":false}`), false},
		{"it is too old to say, and does", "11.5.0", answerStatus(404), true},
		{"it is too old to say, and does not", "11.4.2", answerStatus(404), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.version = row.version
			s.on("GET /api/v1/cloud-distribution-point/upload-capability", row.answer)
			can, err := s.client(t).CanUpload(t.Context())
			ok(t, err)
			equal(t, can, row.can)
		})
	}
	s := newStub(t)
	s.on("GET /api/v1/cloud-distribution-point/upload-capability", answerText(403, `{"errors":[{"code":"INVALID_PRIVILEGE"}]}`))
	_, err := s.client(t).CanUpload(t.Context())
	fails(t, err, "ask whether packages can be uploaded: ", `"Read Cloud Distribution Point"`)
}

func TestPackagesAreFoundByFile(t *testing.T) {
	s := newStub(t)
	row := `{"id":"160","packageName":"Agent","fileName":"a-6.pkg"}`
	s.on("GET /api/v1/packages", page(2, `{"id":"159","packageName":"x","fileName":"A-6.PKG"}`, row))
	c := s.client(t)
	p, is, err := c.PackageByFile(t.Context(), "a-6.pkg")
	ok(t, err)
	equal(t, is, true)
	equal(t, p.ID, "160")
	if line := s.last(t, "GET /api/v1/packages").line; !strings.Contains(line, "filter=fileName%3D%3D%22a-6.pkg%22") {
		t.Error(line)
	}
	_, is, err = c.PackageByFile(t.Context(), "b.pkg")
	ok(t, err)
	equal(t, is, false)
	s.on("GET /api/v1/packages", page(2, row, row))
	_, _, err = c.PackageByFile(t.Context(), "a-6.pkg")
	fails(t, err, `find package by file "a-6.pkg": there are 2 package files`)
}

func TestAFileNameThatIsTakenIsNotTakenAgain(t *testing.T) {
	s := newStub(t)
	s.on("GET /api/v1/packages", page(1, `{"id":"160","packageName":"Agent","fileName":"a-6.pkg"}`))
	_, err := s.client(t).Packages().Create(t.Context(), Package{Name: "Other", FileName: "a-6.pkg", Priority: 10})
	fails(t, err, `create package "Other": there is a package with the file "a-6.pkg" already, with id 160`)
	equal(t, IsDuplicate(err), true)
	equal(t, s.count("POST /api/v1/packages"), 0)
}

func TestAvailability(t *testing.T) {
	record := func(state string) http.HandlerFunc {
		return answerText(200, `{"id":"160","packageName":"a","fileName":"a-6.pkg","cloudTransferStatus":`+state+`}`)
	}
	file := func(name, state string) string {
		return fmt.Sprintf(`{"fileName":%q,"status":%q,"type":"PACKAGE"}`, name, state)
	}
	for _, row := range []struct {
		name          string
		record, files http.HandlerFunc
		want          Availability
	}{
		{"the record says so", record(`"READY"`), answerStatus(500), Ready},
		{"the record says no", record(`"ERROR"`), answerStatus(500), Failed},
		{"the record says nothing, the distribution point does", record(`null`), page(1, file("a-6.pkg", "READY")), Ready},
		{"the record is behind", record(`"PENDING"`), page(1, file("a-6.pkg", "READY")), Ready},
		{"the distribution point knows a file of another case only", record(`"PENDING"`), page(1, file("A-6.pkg", "READY")), Pending},
		{"the distribution point knows none", record(`""`), page(0), AvailabilityUnknown},
		{"the server is too old to be asked", record(`""`), answerStatus(404), AvailabilityUnknown},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t)
			s.on("GET /api/v1/packages/160", row.record)
			s.on("GET /api/v1/cloud-distribution-point/files", row.files)
			state, err := s.client(t).Availability(t.Context(), "160")
			ok(t, err)
			equal(t, state, row.want)
		})
	}
}

func TestAwaitingAvailability(t *testing.T) {
	s := newStub(t)
	record := func(state string) http.HandlerFunc {
		return answerText(200, `{"id":"160","packageName":"a","fileName":"a-6.pkg","cloudTransferStatus":"`+state+`"}`)
	}
	s.on("GET /api/v1/cloud-distribution-point/files", page(0))
	s.on("POST /api/v1/jcds/refresh-inventory", answerStatus(204)) // the newer path is not there
	s.on("GET /api/v1/packages/160", record("PENDING"), record("PENDING"), record("PENDING"), record("READY"))
	c := s.client(t)
	state, err := c.AwaitAvailability(t.Context(), "160", time.Hour)
	ok(t, err)
	equal(t, state, Ready)
	equal(t, s.sleeps, []time.Duration{2e9, 4e9, 8e9})
	equal(t, s.count("POST /api/v1/jcds/refresh-inventory"), 1)
	t.Run("not for ever", func(t *testing.T) {
		s.sleeps = nil
		s.on("GET /api/v1/packages/160", record("PENDING"))
		s.on("POST /api/v1/jcds/refresh-inventory", answerStatus(403)) // is no reason to give up
		state, err := c.AwaitAvailability(t.Context(), "160", 5*time.Minute)
		failsAs(t, err, ErrNotReady, "await availability of package 160: ", "after 5m0s")
		equal(t, state, Pending)
		if s.slept() > 5*time.Minute || s.slept() < 4*time.Minute {
			t.Errorf("waited %s", s.slept())
		}
	})
	t.Run("and not after the server said no", func(t *testing.T) {
		s.on("GET /api/v1/packages/160", record("ERROR"))
		_, err := c.AwaitAvailability(t.Context(), "160", time.Hour)
		failsAs(t, err, ErrNotReady, "says ERROR")
	})
	t.Run("and not when nobody waits any more", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s.on("GET /api/v1/packages/160", func(w http.ResponseWriter, r *http.Request) {
			record("PENDING")(w, r)
		})
		s.on("GET /api/v1/cloud-distribution-point/files", func(w http.ResponseWriter, r *http.Request) {
			page(0)(w, r)
			cancel()
		})
		_, err := c.AwaitAvailability(ctx, "160", time.Hour)
		failsAs(t, err, context.Canceled)
	})
}

func TestRefreshingTheInventory(t *testing.T) {
	s := newStub(t)
	s.on("POST /api/v1/cloud-distribution-point/refresh-inventory", answerStatus(204))
	ok(t, s.client(t).RefreshInventory(t.Context()))
	equal(t, s.lines(), []string{"POST /api/v1/cloud-distribution-point/refresh-inventory"})
	s.on("POST /api/v1/cloud-distribution-point/refresh-inventory", answerText(403, `{"errors":[{"code":"INVALID_PRIVILEGE"}]}`))
	fails(t, s.client(t).RefreshInventory(t.Context()), "refresh inventory of cloud distribution point: ")
}
