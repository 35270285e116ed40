package rollout

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrNoUninstall says that nothing removes the program.
var ErrNoUninstall = errors.New("there is no policy on the server that removes the program; declare uninstall: {} and apply")

// RollbackPlan is what a rollback turns off and on.
type RollbackPlan struct {
	Server    string   `json:"server"`
	Policy    string   `json:"policy"`              // that is turned off; empty where there is none, and one removes the program
	Uninstall string   `json:"uninstall,omitempty"` // that is turned on
	Macs      int      `json:"macs"`                // that have the program and would have it removed
	Notes     []string `json:"notes,omitempty"`
	id, away  string
}

// PlanRollback finds what a rollback would touch. It asks for little, since it may be urgent.
func (r *Rollout) PlanRollback(ctx context.Context, uninstall bool) (*RollbackPlan, error) {
	if r.jamf.Policy == nil && !uninstall {
		return nil, fmt.Errorf("plan rollback: %w", ErrNoPolicy)
	}
	if uninstall && r.jamf.Uninstall == nil {
		return nil, fmt.Errorf("plan rollback: %w", ErrNoUninstall)
	}
	var plan *RollbackPlan
	var missing error
	err := r.steady(ctx, func() (surprising bool, err error) {
		plan, err = r.planRollback(ctx, uninstall)
		if missing = nil; errors.Is(err, ErrNoPolicy) || errors.Is(err, ErrNoUninstall) {
			missing, err = err, nil
		}
		return missing != nil || err == nil && r.jamf.Policy != nil && plan.Policy == "", err
	})
	if err = errors.Join(err, missing); err != nil {
		return nil, fmt.Errorf("plan rollback: %w", err)
	}
	return plan, nil
}

func (r *Rollout) planRollback(ctx context.Context, uninstall bool) (*RollbackPlan, error) {
	plan := &RollbackPlan{Server: r.config.Server}
	err := r.planOff(ctx, plan)
	if errors.Is(err, ErrNoPolicy) && uninstall { // which has the more need of it
		plan.Notes, err = append(plan.Notes, "there is no policy on the server that installs the program, and so none to turn off"), nil
	}
	if err != nil || !uninstall {
		return plan, err
	}
	plan.Uninstall = r.jamf.Uninstall.Name
	if plan.away, err = r.policyID(ctx, plan.Uninstall, ErrNoUninstall); err != nil {
		return nil, err
	}
	group, found, err := r.config.Client.SmartGroups().Find(ctx, r.jamf.Uninstall.Group)
	if err != nil || !found {
		return plan, err
	}
	members, err := r.config.Client.SmartGroupMembers(ctx, group.ID)
	plan.Macs = len(members)
	return plan, err
}

// planOff finds the policy that is to be turned off.
func (r *Rollout) planOff(ctx context.Context, plan *RollbackPlan) error {
	if r.jamf.Policy == nil {
		return ErrNoPolicy
	}
	id, err := r.policyID(ctx, r.jamf.Policy.Name, ErrNoPolicy)
	if err == nil {
		plan.Policy, plan.id = r.jamf.Policy.Name, id
	}
	return err
}

// policyID is the number of a policy: the one that the state remembers, if it still is that policy.
func (r *Rollout) policyID(ctx context.Context, name string, missing error) (string, error) {
	if e := r.state.entry(key{KindPolicy, name}); e != nil && e.ID != "" {
		if p, err := r.config.Client.Policies().Read(ctx, e.ID); err == nil && p.Name == name {
			return e.ID, nil
		}
	}
	p, found, err := r.config.Client.Policies().Find(ctx, name)
	if err == nil && !found {
		err = missing
	}
	return p.ID, err
}

// Rollback turns the policy off, in one request, and looks whether it is. Then it turns on the one that removes the program,
// if that is planned. It stays that way until somebody resumes the rollout.
func (r *Rollout) Rollback(ctx context.Context, plan *RollbackPlan) error {
	if err := r.rollback(ctx, plan); err != nil {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

func (r *Rollout) rollback(ctx context.Context, plan *RollbackPlan) error {
	now := r.config.Clock.Now().UTC().Truncate(time.Second)
	r.state.Stopped = &now // which is saved as soon as a policy is off, or on
	if plan.id != "" {
		k := key{KindPolicy, plan.Policy}
		r.tell("Turning off the policy %q.", plan.Policy)
		e := r.state.open(k)
		e.ID, e.Arm = plan.id, false
		if err := r.setEnabled(ctx, k, plan.id, false); err != nil {
			return err
		}
	}
	if plan.away == "" {
		return nil
	}
	r.tell("Turning on the policy %q.", plan.Uninstall)
	away := key{KindPolicy, plan.Uninstall}
	if err := r.setEnabled(ctx, away, plan.away, true); err != nil {
		return err
	}
	r.state.open(away).ID = plan.away
	return r.save()
}
