package rollout_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// world is a server, a declaration, and an administrator who remembers.
type world struct {
	t      rapid.TB
	server *jamftest.Server
	http   *httptest.Server
	d      deployment.Deployment
	pkg    *rollout.Package
	saved  []byte // the state, as it is kept
	saves  int
	told   []string
	wrap   func(http.Handler) http.Handler
	script string
	frozen bool // the state is not saved
	tokens sync.Map
}

// tb are the tests that a world can be in.
type tb interface {
	rapid.TB
	Cleanup(func())
}

// newWorld starts a server whose clock the answers tell.
func newWorld(t tb, o jamftest.Options, file string) *world {
	t.Helper()
	w := &world{t: t, server: jamftest.New(o), d: load(t, file), script: "#!/bin/sh\nexit 0\n"}
	w.http = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Date", w.server.Now().UTC().Format(http.TimeFormat))
		if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			w.tokens.Store(token, true)
		}
		h := http.Handler(w.server)
		if w.wrap != nil {
			h = w.wrap(h)
		}
		h.ServeHTTP(out, r)
	}))
	t.Cleanup(w.http.Close)
	w.pkg = newPackage(t, "1.0.0", "the first package")
	return w
}

func load(t rapid.TB, file string) deployment.Deployment {
	t.Helper()
	d, problems := deployment.Load("test.yaml", []byte(file))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d
}

func newPackage(t rapid.TB, version, content string) *rollout.Package {
	t.Helper()
	p, err := rollout.NewPackage(version, bytes.NewReader([]byte(content)), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// client is one on the server's own clock: to wait is to let time pass there.
func (w *world) client() *jamf.Client {
	w.t.Helper()
	client, err := jamf.New(jamf.Config{
		URL: w.http.URL, Credentials: jamf.Credentials{ID: jamftest.ClientID, Secret: jamftest.ClientSecret},
		Clock: w.clock(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}

func (w *world) clock() jamf.Clock {
	return jamf.Clock{
		Now: w.server.Now, Rand: func() float64 { return 0.5 },
		Sleep: func(ctx context.Context, d time.Duration) error {
			w.server.Advance(d)
			return ctx.Err()
		},
	}
}

// rollout is what a command works with: it begins with what was saved.
func (w *world) rollout() *rollout.Rollout {
	w.t.Helper()
	state, err := rollout.ReadState(w.saved)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := rollout.New(rollout.Config{
		Deployment: w.d, Server: w.http.URL, Client: w.client(), State: state, Package: w.pkg, Uninstaller: w.script,
		Clock: w.clock(), Patience: time.Hour, Tell: func(text string) {
			w.quiet(text)
			w.told = append(w.told, text)
		},
		Save: func(s *rollout.State) error {
			data, err := s.Bytes()
			w.quiet(string(data))
			if !w.frozen {
				w.saves++
				w.saved = data
			}
			return err
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// quiet asserts that a text which is kept or told opens no door: it has neither the secret in it nor any token.
func (w *world) quiet(text string) {
	w.t.Helper()
	w.tokens.Range(func(token, _ any) bool {
		if strings.Contains(text, token.(string)) {
			w.t.Errorf("a token is told: %s", text)
		}
		return true
	})
	if strings.Contains(text, jamftest.ClientSecret) {
		w.t.Errorf("the secret is told: %s", text)
	}
}

func (w *world) plan(o rollout.Options) *rollout.Plan {
	w.t.Helper()
	plan, err := w.rollout().Plan(context.Background(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return plan
}

// apply plans and applies, as a command does.
func (w *world) apply(o rollout.Options) *rollout.Plan {
	w.t.Helper()
	plan, err := w.tryApply(context.Background(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return plan
}

func (w *world) tryApply(ctx context.Context, o rollout.Options) (*rollout.Plan, error) {
	r := w.rollout()
	plan, err := r.Plan(ctx, o)
	if err != nil {
		return nil, err
	}
	return plan, r.Apply(ctx, plan)
}

// empty asserts that there is nothing to do.
func (w *world) empty() {
	w.t.Helper()
	if plan := w.plan(rollout.Options{}); plan.Due() || len(plan.Refusals) > 0 {
		w.t.Fatalf("the plan is not empty: %s %v", outline(plan), plan.Refusals)
	}
}

// outline is a plan in short.
func outline(p *rollout.Plan) string {
	var list []string
	for _, c := range p.Changes {
		line := string(c.Action) + " " + string(c.Kind) + " " + c.Name
		var fields []string
		for _, f := range c.Fields {
			if f.Server != "" || c.Action != rollout.Create {
				name := f.Field
				if f.Drift {
					name += "!"
				}
				fields = append(fields, name)
			}
		}
		if c.Action != rollout.Create && len(fields) > 0 {
			line += ": " + strings.Join(fields, ", ")
		}
		if c.Adopts {
			line += " (adopted)"
		}
		list = append(list, line)
	}
	return strings.Join(list, "\n")
}

func expect(t rapid.TB, got, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// writes are how many requests changed something, tokens aside, since the counts were last reset.
func (w *world) writes() int { return w.server.Counts().Writes }

// example is the seed's deployment, in stages.
const example = `
identifier: com.example.updates
organization: Example & Sons
settings:
  MaxDeferralTime: 5d
  SupportContact: "R&D <IT> \"desk\""
jamf:
  category: Software Updates
  extension_attributes: {}
  groups:
    - name: "Critical Update Needed: macOS Catalina 10.15.2"
      update_needed: true
      criteria: {os_build: {matches: "^19[A-B]"}}
    - name: "Critical Update Needed: Safari 13.0.4"
      update_needed: true
      criteria:
        all:
          - app_title: {is: Safari.app}
          - any:
              - app_version: {matches: '^[0-9]\.'}
              - app_version: {matches: '^1[0-2]\.'}
              - app_version: {matches: '^13\.0\.[0-3]$'}
    - name: Macs on the way
      criteria:
        any:
          - computer_group: {member_of: "Critical Update Needed: Safari 13.0.4"}
          - {attribute: "Install or Defer - Status", is: Deferred}
    - name: Test Macs
      criteria: {serial: {is: [TEST1, TEST2]}}
    - name: Pilot Macs
      criteria: {serial: {like: PILOT}}
  profile: {}
  policy: {}
  uninstall: {}
  stages:
    - {name: test, groups: [Test Macs], soak: 1d}
    - {name: pilot, groups: [Pilot Macs], soak: 3d, gate: {min_reporting_percent: 80, max_failed_percent: 2}}
    - {name: all, groups: ["Critical Update Needed: macOS Catalina 10.15.2", "Critical Update Needed: Safari 13.0.4"]}
`

var _ tb = (*testing.T)(nil)
