package agent_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/sim"
	"github.com/install-or-defer/install-or-defer/internal/sim/promisetest"
)

// survive plays a round of two hours on a Mac on which a file holds what it should not, with a person who installs when
// asked in whatever way. The round has to come to its end all the same: P13.
func survive(t *testing.T, path string, data []byte) {
	t.Helper()
	m := sim.New(sim.Scenario{
		Start: sim.CommonStart(), Offers: []sim.Offer{update(), browser()}, Limit: 4 * 24 * time.Hour,
		Settings: map[string]any{"MaxDeferralTime": int64(2 * 3600), "DeferralPeriod": int64(2400), "PromptTimeout": int64(600)},
		Person:   sim.Person{Answers: []sim.Act{{Do: sim.Defer}, {Do: sim.Install}}, Final: []sim.Act{{Do: sim.Install}}, Handy: true},
	})
	m.Put(path, data, 0o644)
	turns := 0
	tally := m.Play(t.Context(), func(ctx context.Context, host macos.Host) error {
		turns++
		a := &agent.Agent{Host: host, Root: true, Built: promisetest.Built(), Zone: time.UTC}
		return a.Turn(ctx)
	})
	if !tally.Removed || len(m.Remaining()) > 0 || len(m.Leftovers()) > 0 {
		t.Errorf("%q: %d turns, %+v, %q still offered, %q left", data, turns, tally, m.Remaining(), m.Leftovers())
	}
}

func FuzzState(f *testing.F) {
	at := sim.CommonStart()
	for _, s := range []enforce.State{
		{},
		{Began: at, Deadline: at.Add(time.Hour), DeferredUntil: at.Add(time.Hour), Deferrals: -3, Prompts: 1 << 40},
		{Began: at, Deadline: at.AddDate(100, 0, 0), Install: enforce.InstallState{Failures: 3, FailedAt: at.AddDate(5, 0, 0)}},
		{Deadline: at.AddDate(-1, 0, 0), Restart: enforce.RestartState{Power: "halt", Asked: at, Asks: 99}},
		{Restart: enforce.RestartState{Power: enforce.Restart, Asked: at.AddDate(9, 0, 0)}, Clock: enforce.ClockState{Seen: at.AddDate(9, 0, 0)}},
		{Look: enforce.LookState{RetryAt: at.AddDate(9, 0, 0), Failures: 63}, Later: at.AddDate(9, 0, 0), Unwarned: 1 << 62, Unseen: 1 << 62},
		{
			Began: at, Deadline: at.Add(time.Hour), Agreed: at.AddDate(1, 0, 0), Pending: []enforce.Update{update().Update},
			Install: enforce.InstallState{Tried: []enforce.Update{browser().Update}, At: at.AddDate(1, 0, 0), Ended: true},
		},
	} {
		data, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte(`{"journal":{"n":-5,"hash":"zz"},"no_job":7}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, data []byte) { survive(t, agent.StatePath, data) })
}

func FuzzLocalValues(f *testing.F) {
	at := sim.CommonStart().Unix()
	for _, values := range []map[string]any{
		{"AppleSoftwareUpdatesForcedAfter": at, "AppleSoftwareUpdatesDeferredUntil": at + 9999},
		{"AppleSoftwareUpdatesForcedAfter": at + 1<<40, "AppleSoftwareUpdatesDeferredUntil": int64(-1)},
		{"AppleSoftwareUpdatesForcedAfter": "soon", "UpdatesForcedAfter": true, "UpdatesDeferredUntil": 1.5},
		{"AppleSoftwareUpdatesDeferredUntil": []any{"x"}, "UpdatesForcedAfter": int64(1)},
	} {
		data, err := plist.Encode(values)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { survive(t, macos.PreferencesPath(agent.Identifier), data) })
}

// The settings that came with the package may be anything: what is unusable is as if it were not there, and turns end.
func FuzzBuildSettings(f *testing.F) {
	for _, values := range []map[string]any{
		{"Identifier": "com.example.updates", "UpdateDelay": int64(60), "MessagingLogo": "/Library/Application Support/install-or-defer/x.png"},
		{"Identifier": "../../etc", "PromptMessage": "%UPDATE_LIST% <<{{%DEFER_HOURS%", "ExcludedUpdates": []any{"*", int64(1)}},
		{"Identifier": int64(5), "InstallLoggedOut": "no", "InstallMethod": "manual", "MaxDeferralTime": int64(60)},
		{"SkipDeferral": true, "WorkdayStartHour": "8", "WorkdayEndHour": int64(18), "Localizations": map[string]any{"en": map[string]any{}}},
	} {
		data, err := plist.Encode(values)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := sim.New(sim.Scenario{
			Start: sim.CommonStart(), Offers: []sim.Offer{update(), browser()}, Limit: 30 * time.Hour,
			Person: sim.Person{Answers: []sim.Act{{Do: sim.Defer}, {Do: sim.Install}}, Handy: true},
		})
		m.Put(agent.BuildPath, data, 0o644)
		m.Play(t.Context(), func(ctx context.Context, host macos.Host) error {
			a := &agent.Agent{Host: host, Root: true, Built: promisetest.Built(), Zone: time.UTC}
			err := a.Turn(ctx)
			if errors.Is(err, agent.ErrBudget) || errors.Is(err, agent.ErrUntrusted) {
				t.Errorf("%q: %v", data, err)
			}
			return err
		})
	})
}
