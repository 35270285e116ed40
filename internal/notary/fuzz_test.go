package notary

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
)

// FuzzAnswers feeds answers to all that read one. What they refuse they refuse as an answer, and what they take is fit
// for a terminal and for an address.
func FuzzAnswers(f *testing.F) {
	const key = "2/1/abababababababababababababababababababab"
	for _, body := range []string{
		`{"data":{"id":"1","attributes":{"awsAccessKeyId":"a","awsSecretAccessKey":"b","awsSessionToken":"c","bucket":"abc","object":"d:e"}}}`,
		`{"data":{"id":"1","attributes":{"createdDate":"2022-06-08T01:38:09.498Z","name":"a.pkg","status":"Accepted","developerLogUrl":"https://example.org/?a"}}}`,
		`{"data":[{"id":"1","attributes":{"name":"a.pkg","status":"In Progress"}}]}`,
		`{"status":"Invalid","statusSummary":"x","statusCode":4000,"sha256":"ab","issues":[{"severity":"error","code":null,"path":"a","message":"b","docUrl":null}]}`,
		`{"records":[{"recordName":"` + key + `","fields":{"signedTicket":{"value":"czhjaA=="}}}]}`,
		`{"records":[{"recordName":"` + key + `","serverErrorCode":"NOT_FOUND"}]}`,
		`{"errors":[{"code":"NOT_AUTHORIZED","title":"a","detail":"b"}]}`,
		`<Error><Code>AccessDenied</Code><Message>no</Message></Error>`, "Unauthenticated\n", "<html>",
	} {
		for _, kind := range []string{"application/json", "application/xml", "text/plain", "text/html", ""} {
			f.Add(kind, "https://example.org/?s3cr3t", []byte(body))
		}
	}
	c := &Client{}
	f.Fuzz(func(t *testing.T, kind, location string, body []byte) {
		a := answer{200, http.Header{"Content-Type": {kind}, "Location": {location}, "Retry-After": {location}}, body}
		fit := func(texts ...string) {
			for _, text := range texts {
				if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || len(text) > 4*2001 {
					t.Errorf("not fit to print: %q", text)
				}
			}
		}
		if l, err := decodeLocker(a); known(t, err) {
			fit(l.id, l.bucket, l.object)
			if !isIdentifier(l.id) || strings.ContainsAny(l.bucket, "/:@?#%") || !l.usable() {
				t.Errorf("place is %+v", l)
			}
		}
		if s, err := decodeSubmission(a); known(t, err) {
			fit(s.ID, s.Name, string(s.Status))
		}
		list, err := decodeSubmissions(a)
		known(t, err)
		for _, s := range list {
			fit(s.ID, s.Name, string(s.Status))
		}
		if u, err := c.decodeLogAddress(a); known(t, err) && (u.Scheme != "https" || u.Host == "" || u.User != nil) {
			t.Errorf("the log is at %s", u)
		}
		if r, err := decodeReport(a); known(t, err) {
			fit(r.Status, r.Summary, r.Name, r.SHA256)
			for _, i := range r.Issues {
				fit(i.Severity, i.Code, i.Path, i.Message, i.URL, i.Architecture)
			}
		}
		if ticket, err := decodeTicket(a, key); err == nil && len(ticket) == 0 {
			t.Error("an empty ticket")
		}
		for _, status := range []int{302, 401, 599} {
			a.status = status
			e := refusal(a, time.Unix(1e9, 0))
			e.tidy([]string{"s3cr3t"})
			if fit(e.Error()); strings.Contains(e.Error(), "s3cr3t") || e.Wait < 0 {
				t.Errorf("got %v, wait %v", e, e.Wait)
			}
		}
	})
}

// known says whether there is no error, and holds that one is of a known kind.
func known(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && !errors.Is(err, ErrAnswer) {
		t.Errorf("got %v", err)
	}
	return err == nil
}
