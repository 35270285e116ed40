package jamftest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
)

func TestFaultsThatAnswer(t *testing.T) {
	rows := []struct {
		name   string
		kind   jamftest.FaultKind
		status int
		says   string
	}{
		{"too many requests", jamftest.TooManyRequests, 429, `"httpStatus": 429`},
		{"an error of Jamf's", jamftest.InternalError, 500, `"errors": []`},
		{"a bad gateway", jamftest.BadGateway, 502, "<h1>502 Bad Gateway</h1>"},
		{"unavailable", jamftest.Unavailable, 503, "<h1>503"},
		{"a timeout at the gateway", jamftest.GatewayTimeout, 504, "<h1>504"},
		{"too large", jamftest.TooLarge, 413, "<h1>413"},
		{"the edge", jamftest.Firewall, 403, "cloudfront"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := visit(t, jamftest.Options{})
			b.server.Fault(jamftest.Fault{Match: "POST /api/v1/categories", Kind: row.kind, RetryAfter: 1500 * time.Millisecond})
			r := b.must(row.status, "POST", "/api/v1/categories", category)
			if !strings.Contains(r.body, row.says) {
				t.Error(r.body)
			}
			if (row.kind == jamftest.Firewall) != (r.header.Get("X-Amz-Cf-Id") != "") {
				t.Errorf("header: %v", r.header)
			}
			if row.kind == jamftest.TooManyRequests && r.header.Get("Retry-After") != "2" {
				t.Errorf("header: %v", r.header)
			}
			b.must(201, "POST", "/api/v1/categories", category)
			if got := b.server.Counts(); got.Writes != 1 || got.Requests["POST /api/v1/categories"] != 2 {
				t.Errorf("%+v", got)
			}
		})
		t.Run(row.name+", after the work", func(t *testing.T) {
			b := visit(t, jamftest.Options{})
			b.server.Fault(jamftest.Fault{Kind: row.kind, AfterWork: true})
			b.must(row.status, "POST", "/api/v1/categories", category)
			b.must(200, "GET", "/api/v1/categories/1", "")
		})
	}
	b := visit(t, jamftest.Options{})
	b.server.Fault(jamftest.Fault{Kind: jamftest.InternalError})
	if r := b.must(500, "GET", "/JSSResource/policies", ""); !strings.Contains(r.body, "<title>Status page</title>") {
		t.Errorf("the Classic API: %s", r.body)
	}
}

func TestWhichRequestsMeetAFault(t *testing.T) {
	paths := []string{"/api/v1/categories", "/api/v1/categories/1", "/api/v1/scripts", "/api/v1/categories", "/api/v1/categories"}
	rows := []struct {
		name  string
		fault jamftest.Fault
		met   string
	}{
		{"the first of all", jamftest.Fault{}, "x...."},
		{"the second of all", jamftest.Fault{Nth: 2}, ".x..."},
		{"all", jamftest.Fault{Times: -1}, "xxxxx"},
		{"all from the third on", jamftest.Fault{Nth: 3, Times: -1}, "..xxx"},
		{"two from the second on", jamftest.Fault{Nth: 2, Times: 2}, ".xx.."},
		{"the second with a path", jamftest.Fault{Match: "GET /api/v1/categories", Nth: 2}, "...x."},
		{"with a pattern of the server's", jamftest.Fault{Match: "GET /api/v1/categories/{id}"}, ".x..."},
		{"with a wildcard", jamftest.Fault{Match: "* /api/v1/cat*", Times: -1}, "xx.xx"},
		{"without a method", jamftest.Fault{Match: "/api/v1/scripts"}, "..x.."},
		{"with another method", jamftest.Fault{Match: "PUT *", Times: -1}, "....."},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := visit(t, jamftest.Options{})
			row.fault.Kind = jamftest.BadGateway
			b.server.Fault(row.fault)
			met := ""
			for _, path := range paths {
				if b.get(path).status == 502 {
					met += "x"
				} else {
					met += "."
				}
			}
			if met != row.met {
				t.Errorf("%s, want %s", met, row.met)
			}
		})
	}
	b := visit(t, jamftest.Options{})
	b.server.Fault(jamftest.Fault{Kind: jamftest.BadGateway, Times: -1})
	b.server.Switch(jamftest.Misfortune, false)
	b.must(200, "GET", "/api/v1/categories", "")
	b.server.Switch(jamftest.Misfortune, true)
	b.must(502, "GET", "/api/v1/categories", "")
	b.server.ClearFaults()
	b.must(200, "GET", "/api/v1/categories", "")
}

func TestATokenThatExpiresMeanwhile(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.server.Fault(jamftest.Fault{Match: "POST /api/v1/categories", Kind: jamftest.ExpireToken})
	b.must(401, "POST", "/api/v1/categories", category)
	b.signIn(jamftest.ClientID, jamftest.ClientSecret)
	b.must(201, "POST", "/api/v1/categories", category)
}

// post asks over a connection, with a token that another has got.
func post(ctx context.Context, at, token, body string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, "POST", at+"/api/v1/categories", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	return http.DefaultClient.Do(r)
}

func TestFaultsOfConnections(t *testing.T) {
	rows := []struct {
		name string
		kind jamftest.FaultKind
		done bool // the request has been carried out all the same
	}{
		{"a connection that ends", jamftest.Drop, false},
		{"a response that is lost", jamftest.LostResponse, true},
		{"a body that is cut", jamftest.Cut, false},
		{"an answer that never comes", jamftest.Hang, false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := visit(t, jamftest.Options{Off: []jamftest.Behaviour{jamftest.Replication}})
			web := httptest.NewServer(b.server)
			defer web.Close()
			b.server.Fault(jamftest.Fault{Match: "POST /api/v1/categories", Kind: row.kind})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if row.kind == jamftest.Hang {
				context.AfterFunc(arrived(ctx, b.server, 2), cancel)
			}
			answer, err := post(ctx, web.URL, b.token, category)
			if err == nil {
				_ = answer.Body.Close()
				t.Fatalf("there is an answer: %s", answer.Status)
			}
			if row.kind == jamftest.Hang && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			want := 404
			if row.done {
				want = 200
			}
			b.must(want, "GET", "/api/v1/categories/1", "")
		})
	}
}

// arrived is done when a server has been asked so many times.
func arrived(ctx context.Context, s *jamftest.Server, times int) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		for s.Counts().Total < times && ctx.Err() == nil {
			runtime.Gosched()
		}
		cancel()
	}()
	return ctx
}

func TestCounts(t *testing.T) {
	b := visit(t, jamftest.Options{})
	b.must(201, "POST", "/api/v1/categories", category)
	b.must(200, "GET", "/api/v1/categories/1", "")
	b.must(200, "GET", "/api/v1/categories/1", "")
	b.must(404, "GET", "/api/v1/nothing", "")
	got := b.server.Counts()
	for request, n := range map[string]int{
		"POST /api/v1/oauth/token": 1, "POST /api/v1/categories": 1, "GET /api/v1/categories/{id}": 2, "GET /api/v1/nothing": 1,
	} {
		if got.Requests[request] != n {
			t.Errorf("%s: %d, want %d", request, got.Requests[request], n)
		}
	}
	if got.Total != 5 || got.Writes != 1 || got.MaxConcurrent != 1 || got.Connections != 1 {
		t.Errorf("%+v", got)
	}
	b.server.ResetCounts()
	b.must(200, "GET", "/api/v1/categories/1", "")
	if got := b.server.Counts(); got.Total != 1 || got.Writes != 0 {
		t.Errorf("%+v", got)
	}
}

func TestManyAskWhileTimePasses(t *testing.T) {
	b := visit(t, longLived(jamftest.Options{Fleet: jamftest.Fleet{Count: 50}}))
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			own := &browser{t: t, server: b.server, token: b.token, sticky: true}
			for i := range 25 {
				own.do("POST", "/api/v1/categories", fmt.Sprintf(`{"name":"%d-%d","priority":1}`, worker, i))
				own.get("/api/v1/computers-inventory?section=GROUP_MEMBERSHIPS&page-size=10")
				own.get("/JSSResource/policies")
			}
		})
	}
	all.Go(func() {
		for range 50 {
			b.server.Advance(10 * time.Minute)
			b.server.Fault(jamftest.Fault{Match: "GET /JSSResource/*", Kind: jamftest.BadGateway})
			b.server.Counts()
		}
	})
	all.Wait()
	b.server.Advance(time.Minute)
	b.server.ClearFaults()
	if r := b.must(200, "GET", "/api/v1/categories", ""); r.number("totalCount") != 100 {
		t.Error(r.number("totalCount"))
	}
}

func TestRequestsAtTheSameTimeAreCounted(t *testing.T) {
	b := visit(t, jamftest.Options{})
	web := httptest.NewServer(b.server)
	defer web.Close()
	b.server.Fault(jamftest.Fault{Match: "POST *", Times: -1, Kind: jamftest.Hang})
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if answer, err := post(ctx, web.URL, b.token, category); err == nil {
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			}
		})
	}
	<-arrived(ctx, b.server, 5).Done()
	cancel()
	all.Wait()
	if got := b.server.Counts(); got.MaxConcurrent != 4 || got.Connections != 5 {
		t.Errorf("%d at a time over %d connections", got.MaxConcurrent, got.Connections)
	}
}
