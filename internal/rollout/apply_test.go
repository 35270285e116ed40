package rollout_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

func TestAFirstApplyMakesAllInOrder(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, example)
	plan := w.apply(rollout.Options{})
	expect(t, outline(plan), `
create category Software Updates
create script Install or Defer - Uninstall
create extension attribute Install or Defer - Status
create extension attribute Install or Defer - Reason
create extension attribute Install or Defer - Blockers
create extension attribute Install or Defer - Deadline
create extension attribute Install or Defer - Deferrals
create extension attribute Install or Defer - Pending Updates
create extension attribute Install or Defer - Journal
create extension attribute Install or Defer - Version
create smart group Critical Update Needed: macOS Catalina 10.15.2
create smart group Critical Update Needed: Safari 13.0.4
create smart group Macs on the way
create smart group Test Macs
create smart group Pilot Macs
create smart group Install or Defer - Installed
create package install-or-defer-1.0.0
upload package install-or-defer-1.0.0
create configuration profile Install or Defer
create policy Install or Defer
create policy Install or Defer - Uninstall
enable policy Install or Defer`)
	w.empty()
	w.server.ResetCounts()
	w.apply(rollout.Options{})
	counts := w.server.Counts()
	if counts.Writes > 0 || counts.Ghosts+counts.Redeployed+counts.Duplicates+counts.WrongHashes+len(counts.Dropped) > 0 {
		t.Errorf("a second apply: %+v", counts)
	}
	if counts.Connections > 5 || counts.MaxConcurrent > 5 {
		t.Errorf("%d connections, %d at a time", counts.Connections, counts.MaxConcurrent)
	}
}

// TestNoPolicyNamesAPackageThatMacsCannotFetchYet has a file take its time: a policy that runs before would fail.
func TestNoPolicyNamesAPackageThatMacsCannotFetchYet(t *testing.T) {
	const takes = 20 * time.Minute
	w := newWorld(t, jamftest.Options{Transfer: takes}, small)
	var uploaded, named time.Time
	w.wrap = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/upload"):
				uploaded = w.server.Now()
			case r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/JSSResource/policies/") && named.Before(uploaded):
				named = w.server.Now()
			}
			next.ServeHTTP(out, r)
		})
	}
	for _, version := range []string{"1.0.0", "2.0.0"} { // a policy that is made, and one that is changed
		w.pkg = newPackage(t, version, "package "+version)
		w.apply(rollout.Options{})
		if waited := named.Sub(uploaded); waited < takes {
			t.Errorf("%s: the policy names it after %s", version, waited)
		}
	}
}
