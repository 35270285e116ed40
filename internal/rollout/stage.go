package rollout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// Next stands for the stage after the present one.
const Next = "next"

// Errors of going from stage to stage.
var (
	ErrNoPolicy   = errors.New("there is no such policy on the server; apply makes it")
	ErrPolicyOff  = errors.New("the policy is off")
	ErrLastStage  = errors.New("this is the last stage already")
	ErrNoStage    = errors.New("there is no such stage")
	ErrGateClosed = errors.New("the gate does not hold")
)

// StagePlan is a step from one stage to another.
type StagePlan struct {
	Server   string   `json:"server"`
	Policy   string   `json:"policy"`
	From     string   `json:"from"`
	To       string   `json:"to"`
	Gate     Gate     `json:"gate"`
	Skipped  []string `json:"skipped,omitempty"` // stages in between, whose own gates are never looked at
	Adds     []string `json:"adds,omitempty"`    // groups
	Removes  []string `json:"removes,omitempty"`
	Macs     int      `json:"macs"` // that are in the stages which are added or removed, at present
	Off      bool     `json:"off"`  // the policy is off, and stays off
	id       string
	from, to int
}

// Widens tells whether Macs are added.
func (p StagePlan) Widens() bool { return p.to > p.from }

// PlanStage looks what a step to a stage would do, and whether the gate of the present one holds.
func (r *Rollout) PlanStage(ctx context.Context, name string, o StatusOptions) (*StagePlan, error) {
	plan, err := r.planStage(ctx, name, o)
	if err != nil {
		return nil, fmt.Errorf("plan stage %s: %w", name, err)
	}
	return plan, nil
}

func (r *Rollout) planStage(ctx context.Context, name string, o StatusOptions) (*StagePlan, error) {
	if r.jamf.Policy == nil {
		return nil, ErrNoPolicy
	}
	p, err := r.mainPolicy(ctx)
	if err != nil {
		return nil, err
	}
	from := r.reached(p)
	to, err := r.target(name, from)
	if !p.Enabled && (name == Next || to > from) {
		return nil, ErrPolicyOff
	}
	if err != nil {
		return nil, err
	}
	if err := r.resolveGroups(ctx, r.groupsUpTo(to)); err != nil {
		return nil, err
	}
	report, err := r.status(ctx, o) // last, since it takes long with many Macs
	if err != nil {
		return nil, err
	}
	stages := r.jamf.Stages
	plan := &StagePlan{
		Server: r.config.Server, Policy: p.Name, From: stages[from].Name, To: stages[to].Name, Gate: r.gate(from, report, o.History != nil),
		Off: !p.Enabled, id: p.ID, from: from, to: to,
	}
	for i := range stages {
		switch {
		case i > from && i <= to:
			plan.Adds = append(plan.Adds, stages[i].Groups...)
			plan.Macs += report.Stages[i].InScope
			if i < to {
				plan.Skipped = append(plan.Skipped, stages[i].Name)
			}
		case i > to && i <= from:
			plan.Removes = append(plan.Removes, stages[i].Groups...)
			plan.Macs += report.Stages[i].InScope
		}
	}
	return plan, nil
}

// mainPolicy reads the policy that installs the package, which has to be there.
func (r *Rollout) mainPolicy(ctx context.Context) (p jamf.Policy, err error) {
	e := r.state.entry(key{KindPolicy, r.jamf.Policy.Name})
	in := oursOf(r.allGroups(), e.groups())
	if _, err := r.listGroups(ctx); err != nil {
		return p, err
	}
	found := false
	err = r.steady(ctx, func() (bool, error) {
		p, found, err = r.config.Client.Policies().Find(ctx, r.jamf.Policy.Name)
		return e != nil && (!found || e.On != nil && *e.On != p.Enabled || e.drifted("scope", in.show(r.book, p.Scope.Groups))), err
	})
	if err == nil && !found {
		err = ErrNoPolicy
	}
	return p, err
}

// target is the number of the stage that is meant.
func (r *Rollout) target(name string, from int) (int, error) {
	if name == Next {
		if from+1 >= len(r.jamf.Stages) {
			return 0, ErrLastStage
		}
		return from + 1, nil
	}
	var names []string
	for i, s := range r.jamf.Stages {
		if s.Name == name {
			return i, nil
		}
		names = append(names, s.Name)
	}
	return 0, fmt.Errorf("%w: %q; there are %s", ErrNoStage, name, strings.Join(names, ", "))
}

// resolveGroups finds the numbers of groups.
func (r *Rollout) resolveGroups(ctx context.Context, names []string) error {
	groups, err := r.listGroups(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		var ids []string
		for _, g := range groups {
			if g.Name == name {
				ids = append(ids, g.ID)
			}
		}
		if len(ids) != 1 {
			return fmt.Errorf("there are %d groups %q on the server, not one; jamf plan says more", len(ids), name)
		}
		r.book.add(key{KindGroup, name}, ids[0])
	}
	return nil
}

// Enter changes the scope of the policy to that of a stage, and nothing else of it. A gate that does not hold keeps from
// going on, unless it is overridden.
func (r *Rollout) Enter(ctx context.Context, plan *StagePlan, override bool) error {
	if err := r.enter(ctx, plan, override); err != nil {
		return fmt.Errorf("enter stage %s: %w", plan.To, err)
	}
	return nil
}

func (r *Rollout) enter(ctx context.Context, plan *StagePlan, override bool) error {
	if plan.Widens() && (!plan.Gate.Holds() || len(plan.Skipped) > 0) && !override {
		return ErrGateClosed
	}
	k := key{KindPolicy, plan.Policy}
	last := r.state.entry(k)
	in := oursOf(r.allGroups(), last.groups())
	wanted := r.groupsUpTo(plan.to)
	p, err := r.config.Client.Policies().Update(ctx, plan.id, func(p *jamf.Policy) error {
		refs, err := r.book.references(KindGroup, wanted)
		if err != nil {
			return err
		}
		p.Scope.Groups = append(in.foreign(r.book, p.Scope.Groups), refs...)
		return nil
	})
	if err != nil {
		return err
	}
	if shown := in.show(r.book, p.Scope.Groups); shown != lines(wanted) {
		return &NotTakenError{KindPolicy, plan.Policy, "scope", lines(wanted), shown}
	}
	now, err := r.config.Client.Time(ctx)
	if err != nil {
		return err
	}
	if plan.to != plan.from {
		r.state.Stage = &StageMark{Name: plan.To, Since: now.UTC().Truncate(time.Second)}
	}
	if e := r.state.entry(k); e != nil {
		e.Groups = splitLines(lines(wanted))
		if e.Fields != nil {
			e.Fields["scope"] = fingerprint(lines(wanted))
		}
	}
	return r.written()
}
