package rollout

import (
	"context"
	"fmt"
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// remover is how objects of a kind are found and deleted, whether they are declared or not.
type remover struct {
	find   func(ctx context.Context, name string) (found thing, exists bool, err error)
	remove func(ctx context.Context, id string) error
}

// thing is an object on the server: its number, and the text that may hold our marker.
type thing struct{ id, text string }

func (r *Rollout) remover(k Kind) remover {
	c := r.config.Client
	switch k {
	case KindCategory:
		return removerOf(c.Categories(), func(v jamf.Category) thing { return thing{v.ID, ""} })
	case KindScript:
		return removerOf(c.Scripts(), func(v jamf.Script) thing { return thing{v.ID, v.Notes} })
	case KindAttribute:
		return removerOf(c.ExtensionAttributes(), func(v jamf.ExtensionAttribute) thing { return thing{v.ID, v.Description} })
	case KindGroup:
		return removerOf(c.SmartGroups(), func(v jamf.SmartGroup) thing { return thing{v.ID, v.Description} })
	case KindPackage:
		return removerOf(c.Packages(), func(v jamf.Package) thing { return thing{v.ID, v.Notes} })
	case KindProfile:
		return remover{func(ctx context.Context, name string) (thing, bool, error) {
			v, ok, err := c.Profiles().Find(ctx, name)
			return thing{v.ID, v.Description}, ok, err
		}, c.Profiles().Delete}
	case KindPolicy:
		return remover{func(ctx context.Context, name string) (thing, bool, error) {
			v, ok, err := c.Policies().Find(ctx, name)
			return thing{v.ID, ""}, ok, err
		}, c.Policies().Delete}
	}
	return remover{}
}

func removerOf[T any](of jamf.Collection[T], thingOf func(T) thing) remover {
	return remover{func(ctx context.Context, name string) (thing, bool, error) {
		v, ok, err := of.Find(ctx, name)
		return thingOf(v), ok, err
	}, of.Delete}
}

// proven tells that an object was made here: the state says so of its number, or it holds our marker and the state does not
// say otherwise.
func (r *Rollout) proven(k key, t thing) bool {
	e := r.state.entry(k)
	if e != nil && (e.ID == t.id || e.ID == "" && e.Pending) {
		return e.Created
	}
	return strings.Contains(t.text, r.marker())
}

// removeLeftover deletes what was made here and is not declared any more, if it still is what was made.
func (r *Rollout) removeLeftover(ctx context.Context, k key, id string) error {
	of := r.remover(k.kind)
	t, exists, err := of.find(ctx, k.name)
	if err != nil {
		return err
	}
	if exists && t.id == id && r.proven(k, t) {
		r.tell("Deleting the %s %q.", k.kind, k.name)
		if err := of.remove(ctx, t.id); err != nil {
			return dependent(err)
		}
	} else {
		r.tell("The %s %q is not what was made here any more: kept.", k.kind, k.name)
	}
	r.state.drop(k)
	return r.save()
}

// dependent says what to do where something is still in use.
func dependent(err error) error {
	if jamf.HasDependencies(err) {
		return fmt.Errorf("%w; somebody else's objects use it: take it out of them first", err)
	}
	return err
}
