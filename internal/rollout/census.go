package rollout

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/deployment"
	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// pageSize is how many Macs are asked for at a time. It bounds the memory that a census takes.
const pageSize = 500

// census goes through all Macs, by number, and holds one page of them at a time.
func (r *Rollout) census(ctx context.Context, w *watch, visit func(Sighting) error) error {
	query := jamf.ComputerQuery{
		Sections: []jamf.Section{
			jamf.SectionGeneral, jamf.SectionHardware, jamf.SectionSystem, jamf.SectionSecurity, jamf.SectionStorage,
			jamf.SectionGroups, jamf.SectionAttributes,
		},
		PageSize: pageSize,
	}
	for c, err := range r.config.Client.Computers(ctx, query) {
		if err != nil {
			return err
		}
		if err := visit(w.see(c)); err != nil {
			return err
		}
	}
	return nil
}

// check finds out what has to be known before Macs are looked at: the server's time, that the groups of stages exist, and
// which stage the policy is in.
func (r *Rollout) check(ctx context.Context, maxAge time.Duration) (*watch, []string, error) {
	now, err := r.config.Client.Time(ctx)
	if err != nil {
		return nil, nil, err
	}
	groups, err := r.listGroups(ctx)
	if err != nil {
		return nil, nil, err
	}
	there := map[string]bool{}
	for _, g := range groups {
		there[g.Name] = true
	}
	var notes []string
	for _, s := range r.jamf.Stages {
		for _, name := range s.Groups {
			if !there[name] {
				notes = append(notes, fmt.Sprintf("stage %s: there is no group %q on the server", s.Name, name))
			}
		}
	}
	if r.jamf.Attributes == nil {
		notes = append(notes, "no extension attributes are declared, so that little is known of any Mac")
	}
	w := r.watch(now.UTC().Truncate(time.Second), maxAge)
	w.reached, w.on, err = r.present(ctx)
	return w, notes, err
}

// present is the stage that the policy is in, by the server's scope, or -1 if there is no policy. A policy that is off is
// told apart.
func (r *Rollout) present(ctx context.Context) (stage int, enabled bool, err error) {
	if r.jamf.Policy == nil {
		return -1, false, nil
	}
	p, found, err := r.config.Client.Policies().Find(ctx, r.jamf.Policy.Name)
	if err != nil || !found {
		return -1, false, err
	}
	reached := r.reached(p)
	if mark := r.state.Stage; mark != nil && r.unsettled() > 0 { // this web server may not have heard of it yet
		reached = max(reached, slices.IndexFunc(r.jamf.Stages, func(s deployment.JamfStage) bool { return s.Name == mark.Name }))
	}
	return reached, p.Enabled, nil
}
