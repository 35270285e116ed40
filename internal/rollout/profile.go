package rollout

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
	"github.com/install-or-defer/install-or-defer/internal/plist"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// wantedProfile is the configuration profile with the settings.
func (r *Rollout) wantedProfile() (jamf.Profile, error) {
	p := r.jamf.Profile
	payloads, err := settings.Profile(settings.ProfileOptions{
		Identifier: r.identifier, Organization: r.config.Deployment.Organization, DisplayName: p.Name,
		Values: r.config.Deployment.Values(),
	})
	if err != nil {
		return jamf.Profile{}, err
	}
	groups := p.Groups
	if len(groups) == 0 {
		groups = r.allGroups()
	}
	return jamf.Profile{
		Name: p.Name, Description: marked("When and how this Mac installs updates from Apple.", r.identifier),
		Category:     jamf.Reference{Name: r.jamf.Category},
		Distribution: jamf.Distribution(deployment.InJamf(deployment.JamfDistributions(), p.Distribution)),
		Redeploy:     jamf.Redeploy(deployment.InJamf(deployment.JamfRedeploys(), p.Redeploy)),
		Level:        jamf.LevelComputer, Payloads: string(payloads),
		Scope: jamf.Scope{Groups: named(groups), ExcludedGroups: named(p.Exclusions)},
	}, nil
}

// profileDesk deals with configuration profiles. Whether Macs get a changed one anew is part of the change, and no field:
// it is not known that servers keep it.
func (r *Rollout) profileDesk(wanted jamf.Profile) desk[jamf.Profile] {
	type profile = jamf.Profile
	of := r.config.Client.Profiles()
	last := r.state.entry(key{KindProfile, wanted.Name})
	return desk[profile]{
		kind: KindProfile, find: of.Find, create: of.Create, update: r.updateProfile(wanted.Redeploy),
		name: func(v profile) string { return v.Name }, id: func(v profile) string { return v.ID },
		mark: func(v *profile) *string { return &v.Description },
		fields: slices.Concat([]field[profile]{
			text("description", func(v *profile) *string { return &v.Description }),
			{"distribution", func(v profile) string { return string(v.Distribution) }, func(to *profile, v profile) { to.Distribution = v.Distribution }},
			{"level", func(v profile) string { return string(v.Level) }, func(to *profile, v profile) { to.Level = v.Level }},
			{"settings", r.showSettings, r.setSettings},
		}, referenceField(r, func(v *profile) *jamf.Reference { return &v.Category }),
			scopeFields(r, oursOf(namesOf(wanted.Scope.Groups), last.groups()), oursOf(namesOf(wanted.Scope.ExcludedGroups), last.without()),
				func(v *profile) *jamf.Scope { return &v.Scope })),
		ready: func(v profile) (profile, error) { return v, r.resolve(&v.Category, &v.Scope) },
	}
}

// updateProfile says with each change who gets the profile anew.
func (r *Rollout) updateProfile(redeploy jamf.Redeploy) func(context.Context, string, func(*jamf.Profile) error) (jamf.Profile, error) {
	return func(ctx context.Context, id string, change func(*jamf.Profile) error) (jamf.Profile, error) {
		return r.config.Client.Profiles().Update(ctx, id, func(have *jamf.Profile) error {
			before := *have
			if err := change(have); err != nil {
				return err
			}
			if have.Payloads != before.Payloads {
				have.Redeploy = redeploy
			}
			return nil
		})
	}
}

// preferencesOf are the domains that a payload of a profile sets, if it is one that sets preferences.
func preferencesOf(payload any) map[string]any {
	p, _ := payload.(map[string]any)
	if p["PayloadType"] != "com.apple.ManagedClient.preferences" {
		return nil
	}
	domains, _ := p["PayloadContent"].(map[string]any)
	return domains
}

// settingsOf finds what a profile sets in our domain. It does not hold what describes the payload, which servers rewrite.
func settingsOf(payloads, domain string) (map[string]any, error) {
	root, err := plist.Decode([]byte(payloads))
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	list, _ := root["PayloadContent"].([]any)
	for _, p := range list {
		kinds, _ := preferencesOf(p)[domain].(map[string]any)
		forced, _ := kinds["Forced"].([]any)
		for _, f := range forced {
			entry, _ := f.(map[string]any)
			set, _ := entry["mcx_preference_settings"].(map[string]any)
			maps.Copy(values, set)
		}
	}
	return values, nil
}

// showSettings shows the settings of a profile, one a line. Spaces at the ends of texts do not count, since servers drop
// them, and neither does an empty text, since servers drop that, too.
func (r *Rollout) showSettings(p jamf.Profile) string {
	values, err := settingsOf(p.Payloads, r.identifier)
	if err != nil {
		return "unreadable: " + err.Error()
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if value := trimmed(values[name]); value != "" {
			data, err := json.Marshal(value)
			if err != nil {
				return "unreadable: " + err.Error()
			}
			list = append(list, fmt.Sprintf("%s: %s", name, data))
		}
	}
	return strings.Join(list, "\n")
}

func trimmed(value any) any {
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = trimmed(item)
		}
		return list
	case map[string]any:
		dict := map[string]any{}
		for name, item := range v {
			if kept := trimmed(item); kept != "" {
				dict[name] = kept
			}
		}
		return dict
	}
	return value
}

// setSettings puts our settings into a profile, in the place of those that it has. All else of it stays as the server has it:
// payloads and domains of others, and the identities, without which Macs would have two profiles. Where the server's cannot
// be read nothing is put anywhere, and the profile does not verify.
func (r *Rollout) setSettings(into *jamf.Profile, wanted jamf.Profile) {
	if payloads, err := withSettings(into.Payloads, wanted.Payloads, r.identifier); err == nil {
		into.Payloads = payloads
	}
}

// withSettings are a server's payloads with what others set in a domain: in the payload that has it already, or in one more.
func withSettings(server, wanted, domain string) (string, error) {
	have, err := plist.Decode([]byte(server))
	if err != nil {
		return "", err
	}
	want, err := plist.Decode([]byte(wanted))
	if err != nil {
		return "", err
	}
	ours, _ := want["PayloadContent"].([]any)
	if len(ours) != 1 {
		return "", fmt.Errorf("it has %d payloads, not one", len(ours))
	}
	list, _ := have["PayloadContent"].([]any)
	var made []any
	placed := false
	for _, p := range list {
		domains := preferencesOf(p)
		if _, has := domains[domain]; has {
			if delete(domains, domain); !placed {
				domains[domain], placed = preferencesOf(ours[0])[domain], true
			}
			if len(domains) == 0 {
				continue
			}
		}
		made = append(made, p)
	}
	if !placed {
		made = append(made, ours[0])
	}
	have["PayloadContent"] = made
	data, err := plist.Encode(have)
	return string(data), err
}
