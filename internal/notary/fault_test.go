package notary_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/notary"
	"github.com/install-or-defer/install-or-defer/internal/notary/notarytest"
)

// do asks for what is behind a door.
func (s *stage) do(t *testing.T, door notarytest.Door) error {
	t.Helper()
	var err error
	switch door {
	case notarytest.Submit, notarytest.Upload:
		_, err = s.Submit(t.Context(), upload(t, packageBytes()), nil)
	case notarytest.Status:
		_, err = s.Look(t.Context(), s.submit(t))
	case notarytest.List:
		_, err = s.List(t.Context())
	case notarytest.Log, notarytest.LogFile:
		_, err = s.Log(t.Context(), s.submit(t))
	case notarytest.Ticket:
		_, err = s.Ticket(t.Context(), key(t), 0)
	}
	return err
}

func doors() []notarytest.Door {
	return []notarytest.Door{
		notarytest.Submit, notarytest.Upload, notarytest.Status, notarytest.List, notarytest.Log, notarytest.LogFile, notarytest.Ticket,
	}
}

func TestFaults(t *testing.T) {
	times := func(n int, fault notarytest.Fault) []notarytest.Fault {
		return slices.Repeat([]notarytest.Fault{fault}, n)
	}
	for name, row := range map[string]struct {
		door   notarytest.Door
		faults []notarytest.Fault
		words  string // of the error; it succeeds without
		is     error
		count  int
	}{
		"a look is made again after a failure":               {notarytest.Status, times(1, notarytest.Broken(500)), "", nil, 2},
		"a look is made six times":                           {notarytest.Status, times(9, notarytest.Broken(503)), "503 Service Unavailable (attempt 6)", nil, 6},
		"a list is asked for again after a cut":              {notarytest.List, times(2, notarytest.Cut(0)), "", nil, 3},
		"a list that is always cut":                          {notarytest.List, times(9, notarytest.Cut(0)), "(attempt 6)", nil, 6},
		"a ticket is asked for again after a failure":        {notarytest.Ticket, times(2, notarytest.Broken(502)), "", nil, 3},
		"a log is fetched again after a failure":             {notarytest.LogFile, times(2, notarytest.Broken(500)), "", nil, 3},
		"a log may come a little later":                      {notarytest.Log, times(3, notarytest.Refused(404, "NOT_FOUND", "Not there", "Wait.")), "", nil, 4},
		"a log that never comes":                             {notarytest.Log, times(9, notarytest.Refused(404, "NOT_FOUND", "Not there", "Wait.")), "no log of this submission", notary.ErrNoLog, 6},
		"a log that may not be read":                         {notarytest.LogFile, times(1, notarytest.Answer(403, "application/xml", "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")), "403 Forbidden: Request has expired (AccessDenied)", nil, 1},
		"a submission is not announced again after a 500":    {notarytest.Submit, times(1, notarytest.Broken(500)), "submit package: http://127.0.0.1:", nil, 1},
		"a submission is not announced again after a cut":    {notarytest.Submit, times(1, notarytest.Cut(10)), "/submissions: ", nil, 1},
		"a submission is not announced again when throttled": {notarytest.Submit, times(1, notarytest.Throttled("1")), "429 Too Many Requests", nil, 1},
		"an upload is made again after a failure":            {notarytest.Upload, times(1, notarytest.Broken(503)), "", nil, 2},
		"an upload is made again after a cut":                {notarytest.Upload, times(2, notarytest.Cut(100_000)), "", nil, 3},
		"an upload that stalled is made again":               {notarytest.Upload, times(1, notarytest.Answer(400, "application/xml", "<Error><Code>RequestTimeout</Code></Error>")), "", nil, 2},
		"an upload that is always cut":                       {notarytest.Upload, times(9, notarytest.Cut(100_000)), "upload package: http://127.0.0.1:", nil, 6},
		"an upload that is refused":                          {notarytest.Upload, times(1, notarytest.Answer(403, "application/xml", "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>")), "403 Forbidden: The provided token has expired (ExpiredToken)", nil, 1},
		"an agreement that nobody signed":                    {notarytest.Submit, times(1, notarytest.Agreement()), "submit package: http", notary.ErrAgreement, 1},
		"a key that may not do this":                         {notarytest.List, times(1, notarytest.Refused(403, "FORBIDDEN_ERROR", "Not allowed.", "The role is too small.")), "403 Forbidden: Not allowed: The role is too small (FORBIDDEN_ERROR)", nil, 1},
		"a refusal in plain text":                            {notarytest.List, times(2, notarytest.Answer(401, "text/plain", "Unauthenticated\n\nRequest ID: ABC.0.0")), "401 Unauthorized: Unauthenticated", notary.ErrUnauthorized, 2},
		"a refusal on a page":                                {notarytest.List, times(1, notarytest.Answer(403, "text/html", "<h1>No</h1>")), "submissions: 403 Forbidden", nil, 1},
		"a refusal with control signs":                       {notarytest.List, times(1, notarytest.Refused(409, "A\nB", "red \x1b[31m", "\x00")), "409 Conflict: red [31m (A B)", nil, 1},
		"a refusal in JSON that is none":                     {notarytest.List, times(1, notarytest.Answer(400, "application/json", "{")), "submissions: 400 Bad Request", nil, 1},
		"a refusal by the ticket service":                    {notarytest.Ticket, times(1, notarytest.Answer(400, "application/json", `{"serverErrorCode":"BAD_REQUEST","reason":"no"}`)), "fetch ticket: http", nil, 1},
		"JSON that ends too early":                           {notarytest.Status, times(1, notarytest.Garbled()), "unexpected end of JSON input", notary.ErrAnswer, 1},
		"a submission in JSON that ends too early":           {notarytest.Submit, times(1, notarytest.Garbled()), "unexpected end of JSON input", notary.ErrAnswer, 1},
		"a page for browsers":                                {notarytest.List, times(1, notarytest.Page()), "it is a page for browsers, perhaps by a proxy", notary.ErrAnswer, 1},
		"a page in the place of the log":                     {notarytest.LogFile, times(1, notarytest.Page()), "it is a page for browsers", notary.ErrAnswer, 1},
		"a page in the place of a ticket":                    {notarytest.Ticket, times(1, notarytest.Page()), "it is a page for browsers", notary.ErrAnswer, 1},
		"an answer that is too long":                         {notarytest.List, times(1, notarytest.Answer(200, "application/json", strings.Repeat(" ", 2<<20))), "it is longer than 1048576 bytes", notary.ErrAnswer, 1},
		"a log of another kind":                              {notarytest.LogFile, times(1, notarytest.Answer(200, "application/json", "{}")), "the log has no status", notary.ErrAnswer, 1},
		"a log at an address of files":                       {notarytest.Log, times(1, notarytest.Answer(200, "application/json", `{"data":{"attributes":{"developerLogUrl":"file:///etc/passwd"}}}`)), "does not say where the log is", notary.ErrAnswer, 1},
		"a log at an address of another scheme":              {notarytest.Log, times(1, notarytest.Answer(200, "application/json", `{"data":{"attributes":{"developerLogUrl":"https://example.org/?X=secret"}}}`)), "does not say where the log is", notary.ErrAnswer, 1},
		"a log nowhere":                                      {notarytest.Log, times(1, notarytest.Answer(200, "application/json", `{"data":{}}`)), "does not say where the log is", notary.ErrAnswer, 1},
		"a submission without an identifier":                 {notarytest.Submit, times(1, notarytest.Answer(200, "application/json", locker("", "bucket", "object"))), "no identifier", notary.ErrAnswer, 1},
		"a submission with an identifier of a path":          {notarytest.Submit, times(1, notarytest.Answer(200, "application/json", locker("../x", "bucket", "object"))), "no identifier", notary.ErrAnswer, 1},
		"a bucket that is another host":                      {notarytest.Submit, times(1, notarytest.Answer(200, "application/json", locker("1", "example.org/", "object"))), "the bucket has no name", notary.ErrAnswer, 1},
		"a bucket of dots":                                   {notarytest.Submit, times(1, notarytest.Answer(200, "application/json", locker("1", "a..b", "object"))), "the bucket has no name", notary.ErrAnswer, 1},
		"an object with a line break":                        {notarytest.Submit, times(1, notarytest.Answer(200, "application/json", locker("1", "bucket", `a\nb`))), "the object has no name", notary.ErrAnswer, 1},
		"a submission without credentials":                   {notarytest.Submit, times(1, notarytest.Answer(200, "application/json", `{"data":{"id":"1","attributes":{"bucket":"bucket","object":"object"}}}`)), "credentials of the store are missing", notary.ErrAnswer, 1},
		"a status without a status":                          {notarytest.Status, times(1, notarytest.Answer(200, "application/json", `{"data":{"id":"1","attributes":{"name":"x"}}}`)), "has no status", notary.ErrAnswer, 1},
		"a status of another submission":                     {notarytest.Status, times(1, notarytest.Answer(200, "application/json", `{"data":{"id":"1","attributes":{"status":"Accepted"}}}`)), "it is about another submission", notary.ErrAnswer, 1},
		"a list with an entry of nothing":                    {notarytest.List, times(1, notarytest.Answer(200, "application/json", `{"data":[{}]}`)), "no identifier", notary.ErrAnswer, 1},
		"a ticket of another package":                        {notarytest.Ticket, times(1, notarytest.Answer(200, "application/json", `{"records":[{"recordName":"2/1/00"}]}`)), "it is not about this package", notary.ErrAnswer, 1},
		"no record of a ticket":                              {notarytest.Ticket, times(1, notarytest.Answer(200, "application/json", `{}`)), "it is not about this package", notary.ErrAnswer, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t, notarytest.At(row.door, row.faults...))
			err := s.do(t, row.door)
			if (err == nil) != (row.words == "") || err != nil && !strings.Contains(err.Error(), row.words) || row.is != nil && !errors.Is(err, row.is) {
				t.Errorf("got %v", err)
			}
			if got := s.server.Count(row.door); got != row.count {
				t.Errorf("%d requests", got)
			}
			if len(s.retries) != len(s.clock.sleeps) {
				t.Errorf("told of %d retries, slept %v", len(s.retries), s.clock.sleeps)
			}
		})
	}
}

func locker(id, bucket, object string) string {
	return `{"data":{"id":"` + id + `","attributes":{"bucket":"` + bucket + `","object":"` + object +
		`","awsAccessKeyId":"a","awsSecretAccessKey":"b","awsSessionToken":"c"}}}`
}

func TestAUploadThatFailsLeavesTheIdentifier(t *testing.T) {
	s := play(t, notarytest.At(notarytest.Upload, notarytest.Broken(403)))
	id, err := s.Submit(t.Context(), upload(t, packageBytes()), nil)
	if err == nil || id == "" {
		t.Fatalf("got %q, %v", id, err)
	}
	if got, err := s.Look(t.Context(), id); err != nil || got.Status != notary.InProgress {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestErrorsHoldNoSecrets asks services that repeat all that they are sent.
func TestErrorsHoldNoSecrets(t *testing.T) {
	for _, door := range doors() {
		for _, fault := range []notarytest.Fault{
			notarytest.Blabbing(401), notarytest.Blabbing(403), notarytest.Blabbing(500), notarytest.Elsewhere("https://user:s3cr3t@example.org/?token=s3cr3t"),
			notarytest.Elsewhere("http://%zz?token=s3cr3t"), notarytest.Cut(0), notarytest.Answer(200, "text/html; x=s3cr3t", "s3cr3t"),
		} {
			// More than attempts, as a transport makes some of its own after a cut.
			s := play(t, notarytest.At(door, slices.Repeat([]notarytest.Fault{fault}, 30)...))
			err := s.do(t, door)
			if err == nil {
				if door != notarytest.Upload { // whose answer has nothing to say
					t.Errorf("%s: is taken", door)
				}
				continue
			}
			for _, text := range append(s.retries, err.Error()) {
				for _, secret := range append(s.wire.secrets, "s3cr3t") {
					if strings.Contains(text, secret) {
						t.Errorf("%s: %q is in %s", door, secret, text)
					}
				}
			}
		}
	}
}

func TestRedirectionsAreNotFollowed(t *testing.T) {
	visits := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits++ }))
	defer other.Close()
	for _, door := range doors() {
		s := play(t, notarytest.At(door, notarytest.Elsewhere(other.URL+"/there?token=secret")))
		err := s.do(t, door)
		if err == nil || !strings.Contains(err.Error(), "307 Temporary Redirect: it points to "+other.URL+"/there") {
			t.Errorf("%s: %v", door, err)
		}
	}
	if visits > 0 {
		t.Error("went there")
	}
}

func TestServicesThatAskToBeLeftAlone(t *testing.T) {
	for name, row := range map[string]struct {
		after    string
		min, max time.Duration
		words    string
	}{
		"for some seconds":      {"7", 7 * time.Second, 7 * time.Second, ""},
		"until a date":          {"Sun, 01 Nov 2026 08:02:00 GMT", 2 * time.Minute, 2 * time.Minute, ""},
		"until one in the past": {"Sun, 01 Nov 2026 07:02:00 GMT", time.Second / 2, time.Second, ""},
		"without a time":        {"", time.Second / 2, time.Second, ""},
		"in words":              {"soon", time.Second / 2, time.Second, ""},
		"for less than no time": {"-5", time.Second / 2, time.Second, ""},
		"for too long":          {"3600", 0, 0, "it asks to be left alone for 1h0m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t, notarytest.At(notarytest.List, notarytest.Throttled(row.after)))
			_, err := s.List(t.Context())
			if row.words != "" {
				if err == nil || !strings.Contains(err.Error(), row.words) || len(s.clock.sleeps) > 0 {
					t.Errorf("got %v after %v", err, s.clock.sleeps)
				}
				return
			}
			if err != nil || len(s.clock.sleeps) != 1 || s.clock.sleeps[0] < row.min || s.clock.sleeps[0] > row.max {
				t.Errorf("got %v after %v", err, s.clock.sleeps)
			}
		})
	}
}

func TestWaitsGrowAndAreBounded(t *testing.T) {
	fault := notarytest.Broken(500)
	s := play(t, notarytest.At(notarytest.List, fault, fault, fault, fault, fault, fault))
	if _, err := s.List(t.Context()); err == nil {
		t.Fatal("there is a list")
	}
	if len(s.clock.sleeps) != 5 {
		t.Fatalf("slept %v", s.clock.sleeps)
	}
	for i, slept := range s.clock.sleeps {
		if most := time.Second << i; slept < most/2 || slept > most {
			t.Errorf("wait %d is %v", i, slept)
		}
	}
}

func TestCancelling(t *testing.T) {
	t.Run("between two attempts", func(t *testing.T) {
		s := play(t, notarytest.At(notarytest.List, notarytest.Broken(500)))
		ctx, cancel := context.WithCancel(t.Context())
		s.Retry = func(error, time.Duration) { cancel() }
		_, err := s.List(ctx)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "500 Internal Server Error") || s.server.Count(notarytest.List) != 1 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("in the midst of an upload", func(t *testing.T) {
		s := play(t, notarytest.At(notarytest.Upload, notarytest.Silent())) // it might else be over before the client sees that it is to stop
		ctx, cancel := context.WithCancel(t.Context())
		id, err := s.Submit(ctx, upload(t, packageBytes()), func(int64) { cancel() })
		if !errors.Is(err, context.Canceled) || id == "" || s.server.Count(notarytest.Upload) > 1 {
			t.Errorf("got %v", err)
		}
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAServiceThatDoesNotAnswer(t *testing.T) {
	s := play(t)
	client, u := s.Client, upload(t, packageBytes())
	synctest.Test(t, func(t *testing.T) {
		start, asked := time.Now(), 0
		client.Transport = transport(func(r *http.Request) (*http.Response, error) {
			asked++
			if r.Body != nil {
				if err := r.Body.Close(); err != nil {
					t.Error(err)
				}
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		_, err := client.Submit(t.Context(), u, nil)
		if err == nil || !strings.Contains(err.Error(), "/submissions: no answer within 1m0s") || asked != 1 || time.Since(start) != time.Minute {
			t.Errorf("got %v after %d requests and %v", err, asked, time.Since(start))
		}
		_, err = client.List(t.Context())
		if err == nil || !strings.HasSuffix(err.Error(), "no answer within 1m0s (attempt 6)") || asked != 7 {
			t.Errorf("got %v after %d requests", err, asked)
		}
	})
}

func TestABodyThatDoesNotEnd(t *testing.T) {
	s := play(t)
	client := s.Client
	synctest.Test(t, func(t *testing.T) {
		client.Transport = transport(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(stalled{r.Context()})}, nil
		})
		if _, err := client.List(t.Context()); err == nil || !strings.Contains(err.Error(), "no answer within 1m0s (attempt 6)") {
			t.Errorf("got %v", err)
		}
	})
}

// stalled is a body that comes to nothing.
type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func TestNoNetwork(t *testing.T) {
	s := play(t)
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	s.Endpoints = notary.Endpoints{Notary: server.URL + "/notary", Store: server.URL, Tickets: server.URL}
	for door, attempts := range map[notarytest.Door]int{notarytest.Submit: 1, notarytest.List: 6, notarytest.Ticket: 6} {
		s.wire.seen = nil
		err := s.do(t, door)
		if err == nil || !strings.Contains(err.Error(), server.URL) || !strings.Contains(err.Error(), ": dial tcp 127.0.0.1:") || len(s.wire.seen) != attempts {
			t.Errorf("%s: %v after %d requests", door, err, len(s.wire.seen))
		}
	}
}

func TestACertificateThatNobodyTrusts(t *testing.T) {
	s := play(t)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	s.Endpoints.Notary = server.URL
	if _, err := s.List(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") || len(s.wire.seen) != 1 {
		t.Errorf("got %v after %d requests", err, len(s.wire.seen))
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for name, row := range map[string]struct{ address, words string }{
		"of files":            {"file:///x?secret", `"file:///x" is no address of HTTP`},
		"without a host":      {"https:///x", `"https:///x" is no address of HTTP`},
		"with a broken port":  {"https://user:secret@host:x/", "this is no address"},
		"with a line break":   {"https://user:secret@host/\n", "this is no address"},
		"of nothing but text": {"secretless", `"secretless" is no address`},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.Endpoints.Tickets = row.address
			_, err := s.Ticket(t.Context(), key(t), time.Hour)
			if err == nil || !strings.Contains(err.Error(), row.words) || strings.Contains(err.Error(), "user:secret") || strings.Contains(err.Error(), "?secret") || len(s.clock.sleeps) > 0 {
				t.Errorf("got %v", err)
			}
		})
	}
}
