package jamf

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// Policies are those of the server.
type Policies struct{ kind classic }

// Policies are those of the server. They are found in the Classic API only.
func (c *Client) Policies() Policies {
	return Policies{classic{client: c, noun: "policy", path: classicRoot + "policies", list: "policies", root: "policy"}}
}

// All lists all policies by id and name; the server says no more in a list.
func (o Policies) All(ctx context.Context) ([]Reference, error) {
	list, err := o.kind.references(ctx)
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	return list, nil
}

// Find looks a policy up by its exact name. That there is none is no error.
func (o Policies) Find(ctx context.Context, name string) (Policy, bool, error) {
	id, ok, err := o.kind.find(ctx, name)
	var p Policy
	if ok {
		p, err = o.read(ctx, id)
	}
	if err != nil {
		return Policy{}, false, fmt.Errorf("find policy %q: %w", name, err)
	}
	return p, ok, nil
}

// Read reads a policy by its id.
func (o Policies) Read(ctx context.Context, id string) (Policy, error) {
	p, err := o.read(ctx, id)
	if err != nil {
		return Policy{}, fmt.Errorf("read policy %s: %w", oneLine(id), err)
	}
	return p, nil
}

func (o Policies) read(ctx context.Context, id string) (Policy, error) {
	e, err := o.kind.read(ctx, id)
	if err != nil {
		return Policy{}, err
	}
	p := readPolicy(e)
	p.ID = id
	return p, nil
}

// Create creates a policy, unless there is one of its name ([ExistsError]), and returns it as the server shows it.
func (o Policies) Create(ctx context.Context, p Policy) (Policy, error) {
	made := p
	err := p.refuse()
	if err == nil {
		err = o.kind.create(ctx, p.Name, branch("policy", p.whole()...), func(ctx context.Context, id string) error {
			read, err := o.read(ctx, id)
			if made.ID = id; err == nil {
				made = read
			}
			return err
		})
	}
	if err != nil {
		return made, fmt.Errorf("create policy %q: %w", p.Name, err)
	}
	return made, nil
}

// Update reads a policy, lets change alter it, and writes the sections that it altered, and those only. It returns the
// policy as the server shows it then.
func (o Policies) Update(ctx context.Context, id string, change func(*Policy) error) (Policy, error) {
	p, err := o.update(ctx, id, change)
	if err != nil {
		return Policy{}, fmt.Errorf("update policy %s: %w", oneLine(id), err)
	}
	return p, nil
}

func (o Policies) update(ctx context.Context, id string, change func(*Policy) error) (Policy, error) {
	before, err := o.read(ctx, id)
	if err != nil {
		return Policy{}, err
	}
	after := before.clone()
	if err := change(&after); err != nil {
		return Policy{}, err
	}
	sections := after.since(before)
	if len(sections) == 0 {
		return before, nil
	}
	if err := after.refuse(); err != nil {
		return Policy{}, err
	}
	if err := o.kind.put(ctx, id, sections); err != nil {
		return Policy{}, err
	}
	return o.read(ctx, id)
}

// SetEnabled turns a policy on or off. It sends that and nothing else, in one request, without reading first: it is how a
// rollout is stopped.
func (o Policies) SetEnabled(ctx context.Context, id string, enabled bool) error {
	err := o.kind.put(ctx, id, []*element{branch("general", flag("enabled", enabled))})
	if err != nil {
		return fmt.Errorf("set enabled of policy %s: %w", oneLine(id), err)
	}
	return nil
}

// Delete deletes a policy.
func (o Policies) Delete(ctx context.Context, id string) error { return o.kind.remove(ctx, id) }

func (p Policy) clone() Policy {
	p.Packages, p.Scripts = slices.Clone(p.Packages), slices.Clone(p.Scripts)
	p.Scope = p.Scope.clone()
	return p
}

// whole is a new policy's document.
func (p Policy) whole() []*element {
	return p.since(Policy{})
}

// since are the elements that make what before was into p. The server keeps what is not sent; of a list that is sent it
// keeps nothing.
func (p Policy) since(before Policy) []*element {
	var sections []*element
	if general := p.general(before); len(general) > 0 {
		sections = append(sections, branch("general", general...))
	}
	if !p.Scope.same(before.Scope) {
		sections = append(sections, p.Scope.splice(before.tree.child("scope")))
	}
	if !samePackages(p.Packages, before.Packages) {
		list := branch("packages")
		for _, r := range p.Packages {
			list.children = append(list.children, r.splice(before.tree.child("package_configuration", "packages")))
		}
		sections = append(sections, branch("package_configuration", list))
	}
	if !sameScripts(p.Scripts, before.Scripts) {
		list := branch("scripts")
		for _, r := range p.Scripts {
			list.children = append(list.children, r.splice(before.tree.child("scripts")))
		}
		sections = append(sections, list)
	}
	if p.UpdateInventory != before.UpdateInventory {
		sections = append(sections, branch("maintenance", flag("recon", p.UpdateInventory)))
	}
	if p.SelfService != before.SelfService {
		sections = append(sections, branch("self_service", flag("use_for_self_service", p.SelfService)))
	}
	return sections
}

// general are the elements of the section of that name that differ. Of a new policy everything is said: what the server
// takes for a default is its own affair.
func (p Policy) general(before Policy) []*element {
	fresh := before.tree == nil
	var changed []*element
	text := func(name, is, was string) {
		if is != was || fresh && is != "" {
			changed = append(changed, leaf(name, is))
		}
	}
	truth := func(name string, is, was bool) {
		if is != was || fresh {
			changed = append(changed, flag(name, is))
		}
	}
	text("name", p.Name, before.Name)
	truth("enabled", p.Enabled, before.Enabled)
	truth("trigger_checkin", p.Triggers.CheckIn, before.Triggers.CheckIn)
	truth("trigger_enrollment_complete", p.Triggers.EnrollmentComplete, before.Triggers.EnrollmentComplete)
	truth("trigger_login", p.Triggers.Login, before.Triggers.Login)
	truth("trigger_network_state_changed", p.Triggers.NetworkStateChanged, before.Triggers.NetworkStateChanged)
	truth("trigger_startup", p.Triggers.Startup, before.Triggers.Startup)
	text("trigger_other", p.Triggers.Custom, before.Triggers.Custom)
	text("frequency", string(p.Frequency), string(before.Frequency))
	text("retry_event", string(p.Retry.Event), string(before.Retry.Event))
	text("retry_attempts", p.Retry.attempts(), before.Retry.attempts())
	return append(changed, categoryChange(p.Category, before.Category)...)
}

// attempts are -1 where there is nothing to attempt.
func (r Retry) attempts() string {
	if r.Event == RetryNever || r.Event == "" {
		return "-1"
	}
	return strconv.Itoa(r.Attempts)
}

func categoryChange(is, was Reference) []*element {
	switch is.ID {
	case was.ID:
		return nil
	case "":
		return []*element{branch("category", leaf("id", "-1"))}
	}
	return []*element{branch("category", leaf("id", is.ID))}
}

// samePackages compares without order, which the server does not keep.
func samePackages(a, b []PolicyPackage) bool {
	key := func(p PolicyPackage) string { return p.ID + " " + string(p.Action) }
	return sameKeys(a, b, key)
}

func sameScripts(a, b []PolicyScript) bool {
	key := func(s PolicyScript) string { return fmt.Sprintf("%s %s %q", s.ID, s.Time, s.Parameters) }
	return sameKeys(a, b, key)
}

func sameKeys[T any](a, b []T, key func(T) string) bool {
	keys := func(list []T) []string {
		found := make([]string, 0, len(list))
		for _, v := range list {
			found = append(found, key(v))
		}
		slices.Sort(found)
		return found
	}
	return slices.Equal(keys(a), keys(b))
}

// splice is the server's own element for a package with our action, or a new one.
func (r PolicyPackage) splice(list *element) *element {
	for _, e := range list.all("package") {
		if e.reference().ID == r.ID {
			return e.with(leaf("action", string(r.Action)))
		}
	}
	// Neither is a user's template filled nor are homes: this is no package of that kind.
	return branch("package", leaf("id", r.ID), leaf("action", string(r.Action)), flag("fut", false), flag("feu", false))
}

func (r PolicyScript) splice(list *element) *element {
	made := branch("script", leaf("id", r.ID))
	for _, e := range list.all("script") {
		if e.reference().ID == r.ID {
			made = e
			break
		}
	}
	made = made.with(leaf("priority", string(r.Time)))
	for i, value := range r.Parameters {
		if value != "" || made.child(parameterName(i)) != nil {
			made = made.with(leaf(parameterName(i), value))
		}
	}
	return made
}
