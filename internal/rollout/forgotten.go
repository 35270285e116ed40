package rollout

import (
	"context"
	"maps"
	"slices"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// forgotten are the policies that this program turned on and that are not declared any more.
func (r *Rollout) forgotten() []key {
	declared := map[string]bool{}
	if r.jamf.Policy != nil {
		declared[r.jamf.Policy.Name] = true
	}
	if r.jamf.Uninstall != nil {
		declared[r.jamf.Uninstall.Name] = true
	}
	var list []key
	for _, text := range slices.Sorted(maps.Keys(r.state.Objects)) {
		k, _ := parseKey(text)
		if e := r.state.entry(k); k.kind == KindPolicy && e.ID != "" && e.On != nil && *e.On && !declared[k.name] {
			list = append(list, k)
		}
	}
	return list
}

// planForgotten plans that policies are turned off which this program turned on and which are not declared any more, when the
// rollout is resumed, and else tells that they are on: one that installs and one that removes must not run side by side.
func (s *survey) planForgotten(ctx context.Context, o Options) error {
	for _, k := range s.forgotten() {
		e, on := s.state.entry(k), false
		err := s.steady(ctx, func() (surprising bool, err error) {
			p, err := s.config.Client.Policies().Read(ctx, e.ID)
			if jamf.IsNotFound(err) {
				return true, nil
			}
			on = p.Enabled && p.Name == k.name
			return !on, err
		})
		switch {
		case err != nil:
			return err
		case on && o.Resume:
			s.plan.Changes = slices.Insert(s.plan.Changes, 0, Change{Kind: k.kind, Name: k.name, ID: e.ID, Action: Switch})
		case on && (!o.Prune || !e.Created): // to prune is to delete it
			s.plan.note("policy %q is on, and is not declared any more: it was turned on here; --resume turns it off", k.name)
		}
	}
	return nil
}
