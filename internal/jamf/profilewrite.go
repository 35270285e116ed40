package jamf

import (
	"context"
	"errors"
	"fmt"
)

// ErrNewIdentity says that a change would make Macs take a profile for another one, and keep the old one beside it.
var ErrNewIdentity = errors.New("it has another PayloadUUID or PayloadIdentifier than the server's, so that macs would have both")

// Profiles are those of the server.
type Profiles struct{ kind classic }

// Profiles are the macOS configuration profiles of the server. They are found in the Classic API only.
func (c *Client) Profiles() Profiles {
	return Profiles{classic{
		client: c, noun: "configuration profile", path: classicRoot + "osxconfigurationprofiles",
		list: "os_x_configuration_profiles", root: "os_x_configuration_profile",
	}}
}

// All lists all profiles by id and name; the server says no more in a list.
func (o Profiles) All(ctx context.Context) ([]Reference, error) {
	list, err := o.kind.references(ctx)
	if err != nil {
		return nil, fmt.Errorf("list configuration profiles: %w", err)
	}
	return list, nil
}

// Find looks a profile up by its exact name. That there is none is no error.
func (o Profiles) Find(ctx context.Context, name string) (Profile, bool, error) {
	id, ok, err := o.kind.find(ctx, name)
	var p Profile
	if ok {
		p, err = o.read(ctx, id)
	}
	if err != nil {
		return Profile{}, false, fmt.Errorf("find configuration profile %q: %w", name, err)
	}
	return p, ok, nil
}

// Read reads a profile by its id.
func (o Profiles) Read(ctx context.Context, id string) (Profile, error) {
	p, err := o.read(ctx, id)
	if err != nil {
		return Profile{}, fmt.Errorf("read configuration profile %s: %w", oneLine(id), err)
	}
	return p, nil
}

func (o Profiles) read(ctx context.Context, id string) (Profile, error) {
	e, err := o.kind.read(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	p := readProfile(e)
	p.ID = id
	return p, nil
}

// Create creates a profile, unless there is one of its name ([ExistsError]), and returns it as the server shows it: with
// an identity that the server made up, and keys that it added.
func (o Profiles) Create(ctx context.Context, p Profile) (Profile, error) {
	made := p
	err := p.refuse()
	if err == nil {
		whole := branch("os_x_configuration_profile", p.since(Profile{})...)
		err = o.kind.create(ctx, p.Name, whole, func(ctx context.Context, id string) error {
			read, err := o.read(ctx, id)
			if made.ID = id; err == nil {
				made = read
			}
			return err
		})
	}
	if err != nil {
		return made, fmt.Errorf("create configuration profile %q: %w", p.Name, err)
	}
	return made, nil
}

// Update reads a profile, lets change alter it, and if it did, writes it and returns it as the server shows it then.
// Payloads with another identity than the server's are refused with [ErrNewIdentity]. A write sends the profile to every
// Mac in scope, so change should leave alone what says the same already.
func (o Profiles) Update(ctx context.Context, id string, change func(*Profile) error) (Profile, error) {
	p, err := o.update(ctx, id, change)
	if err != nil {
		return Profile{}, fmt.Errorf("update configuration profile %s: %w", oneLine(id), err)
	}
	return p, nil
}

func (o Profiles) update(ctx context.Context, id string, change func(*Profile) error) (Profile, error) {
	before, err := o.read(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	after := before
	after.Scope = before.Scope.clone()
	if err := change(&after); err != nil {
		return Profile{}, err
	}
	sections := after.since(before)
	if len(sections) == 0 {
		return before, nil
	}
	if err := after.refuse(); err != nil {
		return Profile{}, err
	}
	if err := sameIdentity(before.Payloads, after.Payloads); err != nil {
		return Profile{}, err
	}
	if err := o.kind.put(ctx, id, sections); err != nil {
		return Profile{}, err
	}
	return o.read(ctx, id)
}

func sameIdentity(before, after string) error {
	was, err := Identity(before)
	if err != nil {
		return fmt.Errorf("payloads of the server: %w", err)
	}
	if is, err := Identity(after); err != nil || is != was {
		return errors.Join(err, ErrNewIdentity)
	}
	return nil
}

// Delete deletes a profile. Macs remove it.
func (o Profiles) Delete(ctx context.Context, id string) error { return o.kind.remove(ctx, id) }

// since are the elements that make what before was into p. Payloads go along with any change: it is not known that the
// server keeps the identity of payloads that it is not sent.
func (p Profile) since(before Profile) []*element {
	fresh := before.tree == nil
	var general []*element
	text := func(name, is, was string) {
		if is != was {
			general = append(general, leaf(name, is))
		}
	}
	text("name", p.Name, before.Name)
	text("description", p.Description, before.Description)
	text("distribution_method", string(p.Distribution), string(before.Distribution))
	text("level", string(p.Level), string(before.Level))
	text("redeploy_on_update", string(p.Redeploy), string(before.Redeploy))
	if fresh || p.UserRemovable != before.UserRemovable {
		general = append(general, flag("user_removable", p.UserRemovable))
	}
	general = append(general, categoryChange(p.Category, before.Category)...)
	scoped := !p.Scope.same(before.Scope)
	if len(general) == 0 && p.Payloads == before.Payloads && !scoped {
		return nil
	}
	sections := []*element{branch("general", append(general, payloadsElement(p.Payloads))...)}
	if scoped {
		sections = append(sections, p.Scope.splice(before.tree.child("scope")))
	}
	return sections
}
