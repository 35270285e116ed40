package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// DestroyPlan is what would be deleted, in order, and what would be kept.
type DestroyPlan struct {
	Server string   `json:"server"`
	Delete []Change `json:"delete"`
	Keep   []Kept   `json:"keep"`
}

// Kept is an object that is declared and stays.
type Kept struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	Why  string `json:"why"`
}

// PlanDestroy finds what was made here, by the state and by the markers in descriptions. What was there before stays, and
// so does what cannot be told from it.
func (r *Rollout) PlanDestroy(ctx context.Context) (*DestroyPlan, error) {
	plan, err := r.planDestroy(ctx)
	if err != nil {
		return nil, fmt.Errorf("plan destruction: %w", err)
	}
	return plan, nil
}

func (r *Rollout) planDestroy(ctx context.Context) (*DestroyPlan, error) {
	keys, err := r.all()
	if err != nil {
		return nil, err
	}
	var plan *DestroyPlan
	err = r.steady(ctx, func() (missing bool, err error) {
		plan, missing, err = r.provenOf(ctx, keys)
		return missing, err
	})
	return plan, err
}

// provenOf sorts objects into those that were made here and others, and tells whether one that is remembered is missing.
func (r *Rollout) provenOf(ctx context.Context, keys []key) (plan *DestroyPlan, missing bool, err error) {
	plan = &DestroyPlan{Server: r.config.Server, Delete: []Change{}, Keep: []Kept{}}
	for _, k := range keys {
		t, exists, err := r.remover(k.kind).find(ctx, k.name)
		var wrong *jamf.NameError
		switch {
		case errors.As(err, &wrong):
			plan.Keep = append(plan.Keep, Kept{k.kind, k.name, wrong.Error()})
		case err != nil:
			return nil, false, err
		case exists && r.proven(k, t):
			plan.Delete = append(plan.Delete, Change{Kind: k.kind, Name: k.name, ID: t.id, Action: Remove})
		case exists:
			plan.Keep = append(plan.Keep, Kept{k.kind, k.name, "nothing proves that it was made here"})
		case r.state.entry(k) != nil:
			missing = true
		}
	}
	return plan, missing, nil
}

// all are the keys of all that is declared or remembered, in an order in which it can be deleted: nothing goes before what
// refers to it.
func (r *Rollout) all() ([]key, error) {
	items, err := (&survey{Rollout: r, plan: &Plan{}}).items()
	if err != nil {
		return nil, err
	}
	var keys []key
	for _, it := range items {
		keys = append(keys, it.key)
	}
	slices.Reverse(keys) // groups stand after those that they ask for
	var others []key
	for text := range r.state.Objects {
		if k, _ := parseKey(text); !slices.Contains(keys, k) {
			others = append(others, k)
		}
	}
	slices.SortFunc(others, func(a, b key) int { return byKind(b, a) })
	keys = append(others, keys...)
	slices.SortStableFunc(keys, func(a, b key) int { return b.kind.rank() - a.kind.rank() })
	return keys, nil
}

// Destroy deletes what a plan says, and forgets it.
func (r *Rollout) Destroy(ctx context.Context, plan *DestroyPlan) error {
	for _, c := range plan.Delete {
		k := key{c.Kind, c.Name}
		r.tell("Deleting the %s %q.", c.Kind, c.Name)
		if err := r.remover(c.Kind).remove(ctx, c.ID); err != nil && !jamf.IsNotFound(err) {
			return fmt.Errorf("destroy: %w", dependent(err))
		}
		r.state.drop(k)
		if err := r.written(); err != nil {
			return fmt.Errorf("destroy: %w", err)
		}
	}
	for _, kept := range plan.Keep {
		r.state.drop(key{kept.Kind, kept.Name})
	}
	r.state.Stage, r.state.Stopped, r.state.Package = nil, nil, ""
	if err := r.written(); err != nil {
		return fmt.Errorf("destroy: %w", err)
	}
	return nil
}
