package jamftest_test

import (
	"crypto/sha3"
	"encoding/hex"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

func digest(content string) string {
	sum := sha3.Sum512([]byte(content))
	return hex.EncodeToString(sum[:])
}

func longLived(o jamftest.Options) jamftest.Options {
	o.Clients = []jamftest.Client{{ID: jamftest.ClientID, Secret: jamftest.ClientSecret, Lifetime: 1000 * time.Hour}}
	return o
}

func TestUploads(t *testing.T) {
	b := visit(t, longLived(jamftest.Options{}))
	b.must(201, "POST", "/api/v1/packages", pkg)
	if r := b.must(200, "GET", "/api/v1/packages/1", ""); r.text("cloudTransferStatus") != "PENDING" || r.at("size") != nil || r.at("hashType") != nil {
		t.Errorf("before: %s", r.body)
	}
	if r := b.upload("/api/v1/packages/1/upload", "package", "p.pkg", "x"); r.status != 400 || r.text("errors.0.field") != "file" {
		t.Errorf("a part of another name: %d %s", r.status, r.body)
	}
	if r := b.upload("/api/v1/packages/9/upload", "file", "p.pkg", "x"); r.status != 404 {
		t.Errorf("no record: %d", r.status)
	}
	r := b.upload("/api/v1/packages/1/upload", "file", "p.pkg", "content")
	if r.status != 201 || r.text("id") != "1" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	r = b.must(200, "GET", "/api/v1/packages/1", "")
	if r.text("hashType") != "SHA3_512" || r.text("hashValue") != digest("content") || r.text("sha3512") != digest("content") || r.text("size") != "7" {
		t.Errorf("after: %s", r.body)
	}
	if r := b.must(200, "PUT", "/api/v1/packages/1", pkg); r.text("size") != "7" || r.text("sha3512") != digest("content") || r.at("hashValue") != nil {
		t.Errorf("what the server has found out stays; what is left out goes: %s", r.body)
	}
}

func TestFilesAreThereLater(t *testing.T) {
	start := func(o jamftest.Options) (b *browser, status func() string) {
		b = visit(t, longLived(o))
		b.must(201, "POST", "/api/v1/packages", pkg)
		b.upload("/api/v1/packages/1/upload", "file", "p.pkg", "content")
		return b, func() string {
			record := b.must(200, "GET", "/api/v1/packages/1", "").text("cloudTransferStatus")
			r := b.must(200, "GET", `/api/v1/cloud-distribution-point/files?filter=fileName==p.pkg`, "")
			if r.number("totalCount") != 1 || r.text("results.0.status") != record || r.text("results.0.type") != "PACKAGE" || r.text("results.0.fileObjectId") != "1" {
				t.Errorf("record %s: %s", record, r.body)
			}
			return record
		}
	}
	const refresh = "/api/v1/cloud-distribution-point/refresh-inventory"
	t.Run("without being asked, in the end", func(t *testing.T) {
		b, status := start(jamftest.Options{})
		b.server.Advance(3*time.Minute - time.Second)
		if s := status(); s != "PENDING" {
			t.Error(s)
		}
		b.server.Advance(time.Second)
		if s := status(); s != "READY" {
			t.Error(s)
		}
	})
	t.Run("sooner, if the node is asked to look after the transfer", func(t *testing.T) {
		b, status := start(jamftest.Options{})
		b.must(204, "POST", refresh, "")
		b.server.Advance(time.Minute)
		if s := status(); s != "PENDING" {
			t.Errorf("it has looked too early: %s", s)
		}
		b.must(204, "POST", refresh, "")
		if s := status(); s != "READY" {
			t.Error(s)
		}
		b.cookie = "jpro-ingress=node-1"
		if s := status(); s != "PENDING" {
			t.Errorf("the other node knows: %s", s)
		}
	})
	t.Run("but it does not look twice in 15 seconds", func(t *testing.T) {
		b, status := start(jamftest.Options{Transfer: 5 * time.Second})
		b.must(204, "POST", refresh, "")
		b.server.Advance(10 * time.Second)
		b.must(204, "POST", refresh, "")
		if s := status(); s != "PENDING" {
			t.Error(s)
		}
		b.must(204, "POST", refresh+"?file-name=p.pkg", "")
		if s := status(); s != "READY" {
			t.Errorf("unless it is asked for a file: %s", s)
		}
	})
	t.Run("by the older path", func(t *testing.T) {
		b, status := start(jamftest.Options{Version: "11.23.2"})
		b.server.Advance(time.Minute)
		b.must(404, "POST", refresh, "")
		b.must(204, "POST", "/api/v1/jcds/refresh-inventory", "")
		if s := status(); s != "READY" {
			t.Error(s)
		}
	})
	t.Run("at once, if that is switched off", func(t *testing.T) {
		_, status := start(jamftest.Options{Off: []jamftest.Behaviour{jamftest.Transfer}})
		if s := status(); s != "READY" {
			t.Error(s)
		}
	})
}

func TestAFileOfAnotherNameIsAnotherFile(t *testing.T) {
	b := visit(t, longLived(jamftest.Options{}))
	b.must(201, "POST", "/api/v1/packages", pkg)
	b.upload("/api/v1/packages/1/upload", "file", "other.pkg", "content")
	b.server.Advance(time.Hour)
	if r := b.must(200, "GET", "/api/v1/packages/1", ""); r.text("cloudTransferStatus") != "PENDING" || r.at("hashValue") != nil {
		t.Error(r.body)
	}
}

func TestWrongHashesAreRecorded(t *testing.T) {
	b := visit(t, longLived(jamftest.Options{}))
	b.must(201, "POST", "/api/v1/packages", strings.Replace(pkg, `"packageName"`, `"hashType":"SHA3_512","hashValue":"00","packageName"`, 1))
	b.upload("/api/v1/packages/1/upload", "file", "p.pkg", "content")
	if r := b.must(200, "GET", "/api/v1/packages/1", ""); r.text("hashValue") != "00" || r.text("sha3512") != digest("content") {
		t.Error(r.body)
	}
	if n := b.server.Counts().WrongHashes; n != 1 {
		t.Errorf("%d wrong hashes", n)
	}
	b.must(200, "PUT", "/api/v1/packages/1", strings.Replace(pkg, `"packageName"`, `"hashType":"SHA3_512","hashValue":"`+strings.ToUpper(digest("content"))+`","packageName"`, 1))
	if n := b.server.Counts().WrongHashes; n != 1 {
		t.Errorf("%d wrong hashes: a right one counts", n)
	}
}

func TestAFileShareTakesNoUploads(t *testing.T) {
	b := visit(t, jamftest.Options{FileShare: true})
	if r := b.must(200, "GET", "/api/v1/cloud-distribution-point/upload-capability", ""); r.at("directUploadCapable") != false || r.at("principalDistributionTechnology") != false {
		t.Error(r.body)
	}
	b.must(201, "POST", "/api/v1/packages", pkg)
	if r := b.upload("/api/v1/packages/1/upload", "file", "p.pkg", "x"); r.status != 400 {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestUploadsGoWithTheirRecords(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", "/api/v1/packages", pkg)
	b.upload("/api/v1/packages/1/upload", "file", "p.pkg", "x")
	b.must(204, "DELETE", "/api/v1/packages/1", "")
	if r := b.must(200, "GET", "/api/v1/cloud-distribution-point/files", ""); r.number("totalCount") != 0 {
		t.Error(r.body)
	}
}

func TestUploadsThatBreakOff(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", "/api/v1/packages", pkg)
	r := httptest.NewRequest("POST", "/api/v1/packages/1/upload", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.pkg\"\r\n\r\nhalf"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if got := b.ask(r); got.status != 400 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if r := b.must(200, "GET", "/api/v1/cloud-distribution-point/files", ""); r.number("totalCount") != 0 {
		t.Error(r.body)
	}
}
