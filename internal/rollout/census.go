package rollout

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	for _, name := range w.needy {
		if !there[name] {
			w.blind = true
			notes = append(notes, fmt.Sprintf("there is no group %q on the server, which tells of Macs that lack an update: none counts as compliant until apply has made it", name))
		}
	}
	more, err := w.meet(ctx)
	return w, append(notes, more...), err
}

// meet looks at the policy: which stage it is in, by the server's scope, whether it is on, and whom it excludes. It returns
// what of the scope is not looked at.
func (w *watch) meet(ctx context.Context) (notes []string, err error) {
	if w.jamf.Policy == nil {
		return nil, nil
	}
	p, found, err := w.config.Client.Policies().Find(ctx, w.jamf.Policy.Name)
	if err != nil || !found {
		return nil, err
	}
	w.stage, w.on = w.reached(p), p.Enabled
	if mark := w.state.Stage; mark != nil && w.unsettled() > 0 { // this web server may not have heard of it yet
		w.stage = max(w.stage, slices.IndexFunc(w.jamf.Stages, func(s deployment.JamfStage) bool { return s.Name == mark.Name }))
	}
	for _, g := range p.Scope.ExcludedGroups {
		w.excluded = append(w.excluded, w.book.name(KindGroup, g))
	}
	for _, other := range p.Scope.Others {
		if strings.HasPrefix(other, "exclusions/") || strings.HasPrefix(other, "limit") {
			notes = append(notes, fmt.Sprintf("the scope of the policy has %s: Macs that it shuts out by that are counted all the same", other))
		}
	}
	return notes, nil
}
