package agent

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// stillMac is a Mac that can be looked at. What would change it is noted.
type stillMac struct {
	now     time.Time
	files   map[string]string
	entries map[string]macos.Entry // instead of what is there by default
	tools   map[string]macos.Output
	changes []string
}

func (m *stillMac) Run(ctx context.Context, c macos.Command) (macos.Output, error) {
	name := path.Base(c.Path)
	if slices.Contains([]string{"softwareupdate", "jamf", "jamfHelper", "defaults", "shutdown", "logger", "osascript"}, name) {
		m.changes = append(m.changes, "run "+name)
	}
	out, ok := m.tools[name]
	if !ok {
		return macos.Output{}, &macos.MissingError{Path: c.Path}
	}
	return out, ctx.Err()
}

func (m *stillMac) End(int) error { return errors.New("nothing is ended here") }

func (m *stillMac) Start(_ context.Context, c macos.Command) (macos.Standing, error) {
	m.changes = append(m.changes, "start "+c.Path)
	return nil, &macos.MissingError{Path: c.Path}
}

func (m *stillMac) Read(name string, _ int64) ([]byte, error) {
	if m.entries[name].Mode.Type() == fs.ModeSymlink {
		return nil, &fs.PathError{Op: "open", Path: name, Err: macos.ErrLink}
	}
	text, ok := m.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

func (m *stillMac) Write(name string, _ []byte, _ fs.FileMode) error {
	m.changes = append(m.changes, "write "+name)
	return fs.ErrPermission
}

func (m *stillMac) Remove(name string) error {
	m.changes = append(m.changes, "remove "+name)
	return fs.ErrPermission
}

func (m *stillMac) Lock(name string) (func(), error) {
	m.changes = append(m.changes, "lock "+name)
	return nil, macos.ErrLocked
}

func (m *stillMac) Stat(name string) (macos.Entry, error) {
	if entry, ok := m.entries[name]; ok {
		return entry, nil
	}
	if _, ok := m.files[name]; ok {
		return macos.Entry{Mode: 0o644}, nil
	}
	return macos.Entry{}, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrNotExist}
}

func (m *stillMac) Now() time.Time { return m.now }

func (m *stillMac) Sleep(context.Context, time.Duration) error {
	m.changes = append(m.changes, "sleep")
	return nil
}

func (m *stillMac) agent(root bool) *Agent {
	return &Agent{
		Host: macos.Host{Runner: m, Tree: m, Lister: m, Clock: m}, Root: root,
		Built: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	}
}

func (m *stillMac) list(t *testing.T, name string, values map[string]any) {
	t.Helper()
	data, err := plist.Encode(values)
	if err != nil {
		t.Fatal(err)
	}
	m.files[name] = string(data)
}

func (m *stillMac) state(t *testing.T, s enforce.State) {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	m.files[StatePath] = string(data)
}

// unchanged checks that nothing was tried that changes the Mac or takes long.
func (m *stillMac) unchanged(t *testing.T) {
	t.Helper()
	if len(m.changes) > 0 {
		t.Errorf("it does more than look: %q", m.changes)
	}
}

func newStillMac() *stillMac {
	return &stillMac{
		now:     time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC),
		files:   map[string]string{},
		entries: map[string]macos.Entry{},
		tools:   map[string]macos.Output{"arch": {Stdout: "i386\n"}, "sw_vers": {Stdout: "ProductVersion:\t\t13.7.4\n"}},
	}
}

func elm() enforce.Update {
	return enforce.Update{Label: "macOS Elm 13.7.5-22H9", Title: "macOS Elm 13.7.5", Version: "13.7.5", Recommended: true, Action: enforce.Restart}
}

func safari() enforce.Update {
	return enforce.Update{Label: "Safari14-1", Title: "Safari", Version: "14.1", Recommended: true}
}

// deferredState is that of a round within its first deferral.
func deferredState(now time.Time) enforce.State {
	return enforce.State{
		Began: now.Add(-time.Hour), Allowed: 72 * time.Hour, Deadline: now.Add(71 * time.Hour),
		DeferredUntil: now.Add(3 * time.Hour), Prompted: now.Add(-time.Hour), Prompts: 1, Deferrals: 1,
		Pending: []enforce.Update{elm(), safari()}, Look: enforce.LookState{At: now.Add(-time.Hour)},
		Decision: enforce.WhyDeferred, Decided: now.Add(-time.Hour),
	}
}

func TestStatusOfAFreshMac(t *testing.T) {
	for _, m := range []*stillMac{newStillMac(), {now: newStillMac().now}} { // the second has no tool at all
		r, err := m.agent(false).Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r.Identifier != Identifier || r.Phase != enforce.PhaseIdle || !r.Deadline.IsZero() || r.LastLook.Result != LookNever ||
			r.ByHand || len(r.Settings) < 20 || len(r.Problems) > 0 {
			t.Errorf("%+v", r)
		}
		text := r.Text()
		for _, want := range []string{"Phase        idle\n", "none is set", "there has been none", "MaxDeferralTime = 259200 (default)"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
		m.unchanged(t)
	}
}

func TestStatusWithinADeferral(t *testing.T) {
	m := newStillMac()
	s := deferredState(m.now)
	s.Problem = enforce.Problem{At: m.now.Add(-time.Minute), Text: "download updates: no space"}
	s.SetBack = 90 * time.Second
	m.state(t, s)
	m.list(t, macos.ManagedPath(Identifier), map[string]any{"UpdateDelay": 900, "PromptTimeout": "soon"})
	m.list(t, macos.PreferencesPath(Identifier), map[string]any{"AppleSoftwareUpdatesForcedAfter": "tomorrow"})
	r, err := m.agent(false).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Phase != enforce.PhaseDeferred || !r.Deadline.Equal(s.Deadline) || !r.NextPrompt.Equal(s.DeferredUntil) || r.DeferralsUsed != 1 ||
		r.Prompts != 1 || r.LastLook.Result != LookFound || r.LastError.Text != s.Problem.Text || r.SetBack != 90 {
		t.Errorf("%+v", r)
	}
	if len(r.Pending) != 2 || r.Pending[0].Label != elm().Label || r.Pending[0].Action != enforce.Restart {
		t.Errorf("%+v", r.Pending)
	}
	i := slices.IndexFunc(r.Settings, func(s EffectiveSetting) bool { return s.Key == "UpdateDelay" })
	if got := r.Settings[i]; got.Value != int64(900) || got.Source != "managed profile" {
		t.Errorf("%+v", got)
	}
	if len(r.Problems) != 2 || !strings.Contains(r.Problems[0], "PromptTimeout") || !strings.Contains(r.Problems[1], "ForcedAfter") {
		t.Errorf("%q", r.Problems)
	}
	text := r.Text()
	for _, want := range []string{
		"Deadline     2026-11-23 11:00:00 +0000 (in 71h0m0s)\n", "(in 3h0m0s)\n", "macOS Elm 13.7.5, needs a restart, by softwareupdate\n",
		"\n             Safari 14.1, by softwareupdate\n", "(1m0s ago): download updates: no space\n", "UpdateDelay = 900 (managed profile)\n",
		"set back by 1m30s", "1, of which 1 deferred",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	m.unchanged(t)
}

func TestStatusAsJSON(t *testing.T) {
	m := newStillMac()
	m.state(t, deferredState(m.now))
	r, err := m.agent(false).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var value map[string]any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"identifier", "phase", "deadline", "next_prompt", "deferrals_used", "prompts", "pending", "last_look", "by_hand",
		"install_failures", "restart", "set_back", "settings", "problems",
	} {
		if _, ok := value[key]; !ok {
			t.Errorf("no %s in %s", key, data)
		}
	}
	if value["problems"] == nil || value["pending"].([]any)[1].(map[string]any)["title"] != "Safari" {
		t.Errorf("%s", data)
	}
}

func TestStatusTellsTheNextPrompt(t *testing.T) {
	m := newStillMac()
	now := m.now
	for _, row := range []struct {
		name   string
		change func(*enforce.State)
		phase  enforce.Phase
		want   time.Time
	}{
		{"a deferral that is over makes one due", func(s *enforce.State) { s.DeferredUntil = now }, enforce.PhasePrompting, now},
		{"a failed look has to be repeated first", func(s *enforce.State) {
			s.DeferredUntil, s.Look.RetryAt = now, now.Add(time.Minute)
		}, enforce.PhasePrompting, now.Add(time.Minute)},
		{"after the deadline none comes", func(s *enforce.State) { s.Deadline = now }, enforce.PhaseEnforcing, time.Time{}},
		{"nor while an installation is under way", func(s *enforce.State) { s.Install.Tried = s.Pending }, enforce.PhaseInstalling, time.Time{}},
		{"nor when a restart was asked for", func(s *enforce.State) { s.Restart.Power = enforce.Restart }, enforce.PhaseRestarting, time.Time{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := deferredState(now)
			row.change(&s)
			m.state(t, s)
			r, err := m.agent(false).Status(t.Context())
			if err != nil || r.Phase != row.phase || !r.NextPrompt.Equal(row.want) {
				t.Errorf("%s, %s, %v", r.Phase, r.NextPrompt, err)
			}
		})
	}
}

func TestStatusTellsTheLastLook(t *testing.T) {
	m := newStillMac()
	at := m.now.Add(-time.Hour)
	for _, row := range []struct {
		name string
		s    enforce.State
		want LookResult
		text string
	}{
		{"never", enforce.State{}, LookNever, "there has been none"},
		{"nothing is pending", enforce.State{Look: enforce.LookState{At: at}}, LookNothing, "found none that is required"},
		{"nothing is left", enforce.State{Look: enforce.LookState{At: at}, Pending: []enforce.Update{elm()}, Decision: enforce.WhyNothingLeft}, LookNothing, "found none"},
		{"failed", enforce.State{Look: enforce.LookState{At: at, Failures: 2, Cause: "offline"}}, LookFailure, "failed, 2 in a row: offline; the last that did not: 2026-11-20 11:00:00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			m.state(t, row.s)
			r, err := m.agent(false).Status(t.Context())
			if err != nil || r.LastLook.Result != row.want || !strings.Contains(r.Text(), row.text) {
				t.Errorf("%+v, %v\n%s", r.LastLook, err, r.Text())
			}
		})
	}
}

func TestStatusTellsWhatIsAskedOfThePerson(t *testing.T) {
	m := newStillMac()
	m.tools["arch"] = macos.Output{Stdout: "arm64\n"}
	s := deferredState(m.now)
	s.Install.Failures, s.Restart.Power = 3, enforce.ShutDown
	m.state(t, s)
	r, err := m.agent(false).Status(t.Context())
	if err != nil || !r.ByHand || r.InstallFailures != 3 || r.Restart != enforce.ShutDown {
		t.Errorf("%+v, %v", r, err)
	}
	for _, want := range []string{"By hand", "a shut down, which has not happened", "Install failures  3\n"} {
		if !strings.Contains(r.Text(), want) {
			t.Errorf("%q is not in\n%s", want, r.Text())
		}
	}
}

func TestStatusTellsWhatCannotBeRead(t *testing.T) {
	m := newStillMac()
	m.files[StatePath] = "{"
	m.files[BuildPath] = "not a property list"
	r, err := m.agent(false).Status(t.Context())
	if err != nil || len(r.Problems) != 2 || !strings.Contains(r.Text(), "State not used") {
		t.Errorf("%q, %v", r.Problems, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.agent(false).Status(ctx); err == nil {
		t.Error("a status that was told to end has one")
	}
}
