package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// Apply carries out a plan that was just made. Each write is believed when the server shows it. Whoever is interrupted
// makes a new plan, and goes on where this one ended.
func (r *Rollout) Apply(ctx context.Context, plan *Plan) error {
	if len(plan.Refusals) > 0 {
		return &RefusedError{plan.Refusals}
	}
	if err := r.save(); err != nil { // so that a state that cannot be kept ends this before it begins
		return err
	}
	for _, c := range plan.Changes {
		if err := r.carryOut(ctx, plan, c); err != nil {
			return fmt.Errorf("apply: %s %s %q: %w", c.Action, c.Kind, c.Name, err)
		}
	}
	return r.settled(ctx, plan)
}

// carryOut makes one change.
func (r *Rollout) carryOut(ctx context.Context, plan *Plan, c Change) error {
	k := key{c.Kind, c.Name}
	switch c.Action {
	case Create:
		return r.create(ctx, plan.item(k))
	case Update:
		if len(c.Fields) == 1 && c.Fields[0].Field == hashField {
			return r.seal(ctx, k)
		}
		return r.update(ctx, plan, c)
	case Upload:
		return r.upload(ctx, k)
	case Enable:
		return r.enable(ctx, plan, k)
	case Switch:
		r.tell("Turning off the policy %q.", c.Name)
		return r.setEnabled(ctx, k, c.ID, false)
	case Remove:
		return r.removeLeftover(ctx, k, c.ID)
	}
	return nil
}

func (p *Plan) item(k key) *item {
	i := slices.IndexFunc(p.items, func(it *item) bool { return it.key == k })
	return p.items[i] // a change is one of an item
}

// create notes what is about to be made, makes it, and notes what was made.
func (r *Rollout) create(ctx context.Context, it *item) error {
	if err := r.await(ctx, it); err != nil {
		return err
	}
	r.tell("Creating the %s %q.", it.kind, it.name)
	e := r.state.open(it.key)
	e.Created, e.Pending, e.Arm = true, true, it.kind == KindPolicy && r.isMain(it.key)
	if err := r.written(); err != nil {
		return err
	}
	if err := it.create(ctx); err != nil {
		return err
	}
	r.book.add(it.key, it.id)
	// The server may have put a default where nothing was said.
	if len(it.differences(nil)) > 0 {
		if err := it.update(ctx); err != nil {
			return err
		}
	}
	if err := it.verify(); err != nil {
		return err
	}
	return r.noted(ctx, it)
}

func (r *Rollout) update(ctx context.Context, plan *Plan, c Change) error {
	it := plan.item(key{c.Kind, c.Name})
	if err := r.await(ctx, it); err != nil {
		return err
	}
	if r.renews(c) {
		if err := r.restartStage(ctx, plan.Stage); err != nil {
			return err
		}
	}
	r.tell("Changing the %s %q.", it.kind, it.name)
	if err := it.update(ctx); err != nil {
		return err
	}
	if err := it.verify(); err != nil {
		return err
	}
	r.state.open(it.key).Created = it.made
	return r.noted(ctx, it)
}

// noted remembers what was written, and counts the members of a group.
func (r *Rollout) noted(ctx context.Context, it *item) error {
	e := r.state.open(it.key)
	e.remember(it.id, it.shown)
	e.Groups, e.Without = splitLines(it.shown["scope"]), splitLines(it.shown["exclusions"])
	if it.kind == KindPackage {
		r.state.Package = it.name + ".pkg"
	}
	if err := r.written(); err != nil {
		return err
	}
	if it.kind != KindGroup {
		return nil
	}
	n, err := r.config.Client.RecalculateSmartGroup(ctx, it.id)
	switch {
	case jamf.IsNotFound(err): // a server that is too old to be asked
	case err != nil:
		return err
	default:
		r.tell("The group %q has %s.", it.name, macs(n))
	}
	return nil
}

func macs(n int) string {
	if n == 1 {
		return "1 Mac"
	}
	return fmt.Sprintf("%d Macs", n)
}

// isMain tells whether a policy is the one that installs the package.
func (r *Rollout) isMain(k key) bool { return r.jamf.Policy != nil && k.name == r.jamf.Policy.Name }

// await waits until Macs can fetch the package that the policy is about to name: one that runs before fails.
func (r *Rollout) await(ctx context.Context, it *item) error {
	if it.kind != KindPolicy || !r.isMain(it.key) || it.wanted["package"] == it.shown["package"] {
		return nil
	}
	wanted, ok := r.wantedPackage()
	if !ok {
		return nil
	}
	id := r.book.ids[key{KindPackage, wanted.Name}]
	can, err := r.config.Client.CanUpload(ctx)
	if err != nil || !can { // who copies files to a share knows when they are there
		return err
	}
	r.tell("Waiting until Macs can fetch %s.", wanted.FileName)
	state, err := r.config.Client.AwaitAvailability(ctx, id, r.config.Patience)
	if errors.Is(err, jamf.ErrNotReady) && state == jamf.AvailabilityUnknown {
		return fmt.Errorf("%w: the server does not say whether it is there", err)
	}
	return err
}

// renews tells whether a change gives another package to the policy that installs it.
func (r *Rollout) renews(c Change) bool {
	return c.Kind == KindPolicy && c.Action == Update && r.isMain(key{c.Kind, c.Name}) &&
		slices.ContainsFunc(c.Fields, func(f Difference) bool { return f.Field == "package" })
}

// enable turns on the policy that installs the package, when all else is done.
func (r *Rollout) enable(ctx context.Context, plan *Plan, k key) error {
	r.tell("Turning on the policy %q.", k.name)
	if err := r.restartStage(ctx, plan.Stage); err != nil {
		return err
	}
	if err := r.setEnabled(ctx, k, r.book.ids[k], true); err != nil {
		return err
	}
	r.state.open(k).Arm = false
	r.state.Stopped = nil
	return r.save()
}

// restartStage notes that the present stage lasts since now. What went on while the policy was off, or with another package,
// tells nothing of what Macs get from now on. It is noted before that begins, so that whoever is killed has waited too long
// rather than too short.
func (r *Rollout) restartStage(ctx context.Context, stage string) error {
	now, err := r.config.Client.Time(ctx)
	if err != nil {
		return err
	}
	r.state.Stage = &StageMark{Name: stage, Since: now.UTC().Truncate(time.Second)}
	return r.save()
}

// setEnabled turns a policy on or off, and looks whether it is.
func (r *Rollout) setEnabled(ctx context.Context, k key, id string, enabled bool) error {
	if err := r.config.Client.Policies().SetEnabled(ctx, id, enabled); err != nil {
		return err
	}
	p, err := r.config.Client.Policies().Read(ctx, id)
	if err != nil {
		return err
	}
	if p.Enabled != enabled {
		return &NotTakenError{KindPolicy, p.Name, "enabled", fmt.Sprint(enabled), fmt.Sprint(p.Enabled)}
	}
	r.state.open(k).On = &enabled
	return r.written()
}

// settled remembers what was found to be as it is declared already. Whoever was interrupted has written it, and did not get
// to say so; or somebody has turned on again what a rollback stopped.
func (r *Rollout) settled(ctx context.Context, plan *Plan) error {
	for _, it := range plan.items {
		if e := r.state.entry(it.key); e == nil || e.ID != it.id || e.Pending {
			e := r.state.open(it.key)
			e.Created = it.made
			e.remember(it.id, it.shown)
			e.Groups, e.Without = splitLines(it.shown["scope"]), splitLines(it.shown["exclusions"])
		}
		e := r.state.entry(it.key)
		if !plan.on || it.kind != KindPolicy || !r.isMain(it.key) || !e.Arm && r.state.Stopped == nil {
			continue
		}
		if err := r.restartStage(ctx, plan.Stage); err != nil {
			return err
		}
		e.Arm, e.On, r.state.Stopped = false, &plan.on, nil
	}
	return r.save()
}
