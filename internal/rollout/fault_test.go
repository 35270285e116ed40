package rollout_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// faultyRoutes are requests of each sort: a list, an object, each kind of write, and what is sent in between.
func faultyRoutes() []string {
	return []string{
		"GET /api/v1/auth", "GET /JSSResource/computergroups", "GET /api/v1/categories", "POST /api/v1/categories",
		"POST /api/v1/computer-extension-attributes", "POST /api/v3/computer-groups/smart-groups", "GET /api/v3/computer-groups/smart-groups/{id}",
		"POST /api/v1/packages", "POST /api/v1/packages/{id}/upload", "GET /api/v1/packages/{id}",
		"POST /JSSResource/osxconfigurationprofiles/id/{id}", "POST /JSSResource/policies/id/{id}", "PUT /JSSResource/policies/id/{id}",
		"POST /api/v1/oauth/token",
	}
}

// plain asserts that an error tells what was asked and what came of it, and nothing that opens a door.
func (w *world) plain(t *testing.T, name string, err error) {
	t.Helper()
	text := err.Error()
	w.quiet(text)
	if strings.Contains(text, "<html") || strings.ContainsAny(text, "\n\t") {
		t.Errorf("%s: %q", name, text)
	}
	var said *jamf.APIError
	var lost *jamf.LostError
	if !errors.As(err, &said) && !errors.As(err, &lost) {
		t.Errorf("%s: it is not said what was answered: %q", name, text)
	}
	if !strings.Contains(text, "/api/") && !strings.Contains(text, "/JSSResource/") {
		t.Errorf("%s: it is not said what was asked: %q", name, text)
	}
}

// TestOneFaultIsOvercome lets each sort of request meet each kind of fault once. What can be repeated is; what cannot is
// said, and the next apply finishes.
func TestOneFaultIsOvercome(t *testing.T) {
	for name, fault := range map[string]struct {
		kind jamftest.FaultKind
		may  string // the method with which it may end the apply: a POST is not repeated
	}{
		"429": {jamftest.TooManyRequests, "nothing"}, "500": {jamftest.InternalError, "POST"}, "502": {jamftest.BadGateway, "POST"},
		"503": {jamftest.Unavailable, "POST"}, "504": {jamftest.GatewayTimeout, "POST"},
		"a dropped connection": {jamftest.Drop, "POST"}, "a lost answer": {jamftest.LostResponse, "POST /api/v1/packages/{id}/upload"},
		"an expired token": {jamftest.ExpireToken, "nothing"}, "the edge": {jamftest.Firewall, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, route := range faultyRoutes() {
				w := newWorld(t, jamftest.Options{}, small)
				w.server.Fault(jamftest.Fault{Match: route, Kind: fault.kind})
				_, err := w.tryApply(t.Context(), rollout.Options{})
				if err != nil {
					if !strings.HasPrefix(route, fault.may) {
						t.Errorf("%s: %v", route, err)
					}
					w.plain(t, route, err)
					if _, err = w.tryApply(t.Context(), rollout.Options{}); err != nil {
						t.Fatalf("%s: then: %v", route, err)
					}
				}
				w.finished(route)
				if most := w.server.Counts().MaxConcurrent; most > 5 {
					t.Errorf("%s: %d connections at a time", route, most)
				}
				w.http.Close()
			}
		})
	}
}

// TestAFaultThatStaysIsSaid breaks each sort of request for good, and then not.
func TestAFaultThatStaysIsSaid(t *testing.T) {
	for name, fault := range map[string]struct {
		kind jamftest.FaultKind
		says string
	}{
		"503":      {jamftest.Unavailable, "503 Service Unavailable"},
		"the edge": {jamftest.Firewall, "the edge in front of Jamf Pro said this, not Jamf Pro"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, route := range faultyRoutes() {
				w := newWorld(t, jamftest.Options{}, small)
				w.server.Fault(jamftest.Fault{Match: route, Kind: fault.kind, Times: -1})
				_, err := w.tryApply(t.Context(), rollout.Options{})
				if err == nil || !strings.Contains(err.Error(), fault.says) {
					t.Fatalf("%s: %v", route, err)
				}
				w.plain(t, route, err)
				w.server.ClearFaults()
				if _, err = w.tryApply(t.Context(), rollout.Options{}); err != nil {
					t.Fatalf("%s: then: %v", route, err)
				}
				w.finished(route)
				w.http.Close()
			}
		})
	}
}

func TestAServerThatAsksForMorePatienceThanAnybodyHasIsNotWaitedFor(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.server.Fault(jamftest.Fault{Match: "GET /api/v1/auth", Kind: jamftest.TooManyRequests, Times: -1, RetryAfter: time.Hour})
	if _, err := w.tryApply(t.Context(), rollout.Options{}); err == nil || !strings.Contains(err.Error(), "it asks for a pause of 1h0m0s") {
		t.Error(err)
	}
}
