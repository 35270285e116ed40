package rollout_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/prooftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// killer ends the program at a request: before the server gets it, or after it has carried it out and before the answer.
type killer struct {
	w      *world
	at     int
	after  bool
	n      int
	dead   bool
	cancel context.CancelFunc
}

func (k *killer) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		k.n++
		if k.n != k.at && !k.dead {
			next.ServeHTTP(out, r)
			return
		}
		if k.n == k.at && k.after {
			next.ServeHTTP(&nowhere{header: http.Header{}}, r)
		}
		k.dead = true
		k.w.frozen = true // nothing is saved any more
		k.cancel()
		panic(http.ErrAbortHandler)
	})
}

type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header       { return n.header }
func (*nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (*nowhere) WriteHeader(int)             {}

// small has one object of each kind, so that few requests are a whole rollout.
const small = `
settings: {MaxDeferralTime: 5d}
jamf:
  category: Software Updates
  extension_attributes: {fields: [status]}
  profile: {}
  policy: {}
  uninstall: {}
  groups: [{name: Test Macs, criteria: {serial: {is: TEST1}}}]
  stages: [{name: test, groups: [Test Macs]}]
`

// TestWhoeverIsKilledGoesOn kills an apply at each of its requests, before it and after it.
func TestWhoeverIsKilledGoesOn(t *testing.T) {
	file, kills := small, 0
	if prooftest.Full() {
		file = example
	}
	defer func() { prooftest.Count(t, "kills of an apply", kills) }()
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			w := newWorld(t, jamftest.Options{Seed: uint64(at)}, file)
			ctx, cancel := context.WithCancel(t.Context())
			k := &killer{w: w, at: at, after: after, cancel: cancel}
			w.wrap = k.wrap
			_, err := w.tryApply(ctx, rollout.Options{})
			cancel()
			w.wrap, w.frozen = nil, false
			if !k.dead {
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%d requests", k.n)
				w.http.Close()
				break
			}
			if err == nil {
				t.Fatalf("killed at %d, and nothing is said", at)
			}
			kills++
			name := fmt.Sprintf("killed at %d (after: %t): %v", at, after, err)
			w.server.ResetCounts()
			if _, err := w.tryApply(t.Context(), rollout.Options{}); err != nil {
				t.Fatalf("%s\nthen: %v", name, err)
			}
			w.finished(name)
			w.http.Close()
		}
	}
}

// finished asserts that all is there, once, and turned on.
func (w *world) finished(name string) {
	w.t.Helper()
	w.empty()
	counts := w.server.Counts()
	if counts.Duplicates+counts.WrongHashes+counts.Ghosts+len(counts.Dropped) > 0 {
		w.t.Fatalf("%s: %+v", name, counts)
	}
	c, ctx := w.client(), context.Background()
	policies, err := c.Policies().All(ctx)
	if err != nil || len(policies) != 2 {
		w.t.Fatalf("%s: %v %v", name, policies, err)
	}
	for _, p := range policies {
		if found, err := c.Policies().Read(ctx, p.ID); err != nil || found.Enabled == strings.Contains(p.Name, "Uninstall") {
			w.t.Fatalf("%s: %s is on: %t %v", name, p.Name, found.Enabled, err)
		}
	}
	profiles, err := c.Profiles().All(ctx)
	if err != nil || len(profiles) != 1 {
		w.t.Fatalf("%s: %v %v", name, profiles, err)
	}
	groups, err := c.ComputerGroups(ctx)
	if err != nil || len(groups) != len(w.d.Jamf.Groups)+1 {
		w.t.Fatalf("%s: %v %v", name, groups, err)
	}
	state, err := rollout.ReadState(w.saved)
	if err != nil {
		w.t.Fatal(err)
	}
	for k, e := range state.Objects {
		if !e.Created || e.Pending || e.Arm || e.ID == "" {
			w.t.Fatalf("%s: %s is %+v", name, k, e)
		}
	}
}

// TestADestructionThatIsKilledGoesOn kills a destroy at each of its requests, before it and after it; without a proof, at every
// third.
func TestADestructionThatIsKilledGoesOn(t *testing.T) {
	step := 3
	if prooftest.Full() {
		step = 1
	}
	destroy := func(ctx context.Context, w *world) error {
		r := w.rollout()
		plan, err := r.PlanDestroy(ctx)
		if err != nil {
			return err
		}
		return r.Destroy(ctx, plan)
	}
	for _, after := range []bool{false, true} {
		for at := 1; ; at += step {
			w := newWorld(t, jamftest.Options{Seed: uint64(at)}, small)
			foreign(t, w.client())
			w.apply(rollout.Options{})
			ctx, cancel := context.WithCancel(t.Context())
			k := &killer{w: w, at: at, after: after, cancel: cancel}
			w.wrap = k.wrap
			err := destroy(ctx, w)
			cancel()
			w.wrap, w.frozen = nil, false
			if k.dead {
				if err == nil {
					t.Fatalf("killed at %d, and nothing is said", at)
				}
				if again := destroy(t.Context(), w); again != nil {
					t.Fatalf("killed at %d (after: %t): %v\nthen: %v", at, after, err, again)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			w.server.Advance(2 * time.Minute)
			plan, err := w.rollout().PlanDestroy(t.Context())
			if err != nil || len(plan.Delete)+len(plan.Keep) > 0 {
				t.Fatalf("killed at %d (after: %t), and left: %+v %v", at, after, plan, err)
			}
			others(t, w.client())
			w.http.Close()
			if !k.dead {
				break
			}
		}
	}
}
