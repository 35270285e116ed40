package rollout_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// payloads are those of the profile as the server has it.
func (w *world) payloads() map[string]any {
	w.t.Helper()
	w.server.Advance(2 * time.Minute)
	p, found, err := w.client().Profiles().Find(w.context(), "Install or Defer")
	if err != nil || !found {
		w.t.Fatal(found, err)
	}
	root, err := plist.Decode([]byte(p.Payloads))
	if err != nil {
		w.t.Fatal(err)
	}
	return root
}

// edit lets somebody else change the payloads of the profile.
func (w *world) edit(change func(list []any) []any) {
	w.t.Helper()
	root := w.payloads()
	root["PayloadContent"] = change(root["PayloadContent"].([]any))
	data, err := plist.Encode(root)
	if err != nil {
		w.t.Fatal(err)
	}
	p, _, err := w.client().Profiles().Find(w.context(), "Install or Defer")
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = w.client().Profiles().Update(w.context(), p.ID, func(p *jamf.Profile) error {
		p.Payloads = string(data)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
}

// preferences is a payload that sets preferences.
func preferences(id string, domains map[string]any) map[string]any {
	return map[string]any{
		"PayloadType": "com.apple.ManagedClient.preferences", "PayloadUUID": id, "PayloadIdentifier": id, "PayloadVersion": int64(1),
		"PayloadContent": domains, "PayloadEnabled": true, "PayloadOrganization": "Theirs", "PayloadDisplayName": "Theirs", "PayloadDescription": "Theirs",
	}
}

func set(name string, value any) map[string]any {
	return map[string]any{"Forced": []any{map[string]any{"mcx_preference_settings": map[string]any{name: value}}}}
}

// TestPayloadsOfOthersStayInTheProfile changes a setting beside them.
func TestPayloadsOfOthersStayInTheProfile(t *testing.T) {
	dock := map[string]any{
		"PayloadType": "com.apple.dock", "PayloadUUID": "D", "PayloadIdentifier": "D", "PayloadVersion": int64(1), "autohide": true, "tilesize": 36.5,
		"since": time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC), "picture": []byte{0, 1, 2},
		"PayloadEnabled": true, "PayloadOrganization": "Theirs", "PayloadDisplayName": "Theirs", "PayloadDescription": "Theirs",
	}
	other := preferences("P", map[string]any{"com.example.other": set("A", int64(1))})
	for name, row := range map[string]struct {
		change func(ours any) []any
		want   func(ours any) []any
	}{
		"in front of ours": {
			func(ours any) []any { return []any{dock, other, ours} },
			func(ours any) []any { return []any{dock, other, ours} },
		},
		"behind it": {
			func(ours any) []any { return []any{ours, other, dock} },
			func(ours any) []any { return []any{ours, other, dock} },
		},
		"a domain in ours": {
			func(ours any) []any {
				ours.(map[string]any)["PayloadContent"].(map[string]any)["com.example.other"] = set("A", int64(1))
				return []any{ours}
			},
			func(ours any) []any {
				ours.(map[string]any)["PayloadContent"].(map[string]any)["com.example.other"] = set("A", int64(1))
				return []any{ours}
			},
		},
		"ours a second time": {
			func(ours any) []any {
				return []any{ours, preferences("Q", map[string]any{agent.Identifier: set("MaxDeferralTime", int64(1)), "com.example.other": set("A", int64(1))})}
			},
			func(ours any) []any {
				return []any{ours, preferences("Q", map[string]any{"com.example.other": set("A", int64(1))})}
			},
		},
		"ours a second time, and nothing beside it": {
			func(ours any) []any {
				return []any{ours, preferences("Q", map[string]any{agent.Identifier: set("MaxDeferralTime", int64(1))})}
			},
			func(ours any) []any { return []any{ours} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jamftest.Options{}, small)
			w.apply(rollout.Options{})
			before := w.payloads()
			w.edit(func(list []any) []any { return row.change(list[0]) })
			w.d.Settings = map[string]any{"MaxDeferralTime": int64(86400)}
			if got := outline(w.apply(rollout.Options{})); !strings.HasPrefix(got, "update configuration profile Install or Defer: settings") {
				t.Error(got)
			}
			w.empty()
			after := w.payloads()
			ours := before["PayloadContent"].([]any)[0]
			ours.(map[string]any)["PayloadContent"] = map[string]any{agent.Identifier: set("MaxDeferralTime", int64(86400))}
			before["PayloadContent"] = row.want(ours)
			if diff := cmp.Diff(before, after); diff != "" {
				t.Error(diff)
			}
			if n := w.server.Counts().Ghosts; n > 0 {
				t.Errorf("Macs have %d profiles more", n)
			}
		})
	}
}

// TestAProfileThatCannotBeReadIsNotWritten has the server show a property list that is none.
func TestAProfileThatCannotBeReadIsNotWritten(t *testing.T) {
	w := newWorld(t, jamftest.Options{}, small)
	w.apply(rollout.Options{})
	w.server.Advance(2 * time.Minute)
	w.d.Settings = map[string]any{"MaxDeferralTime": int64(86400)}
	w.wrap = rewritten("/JSSResource/osxconfigurationprofiles/id/", func(body string) string { return strings.ReplaceAll(body, "432000", "?") })
	w.server.ResetCounts()
	_, err := w.tryApply(t.Context(), rollout.Options{})
	var not *rollout.NotTakenError
	if !errors.As(err, &not) || !strings.HasPrefix(not.Shown, "unreadable: ") || w.writes() != 0 {
		t.Error(err, w.writes())
	}
}
