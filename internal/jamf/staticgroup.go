package jamf

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

// StaticGroup are the computers that somebody put into it.
type StaticGroup struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	SiteID      string   `json:"siteId"`      // "-1" for none
	Members     []string `json:"assignments"` // ids of computers; nil in a list
	Count       int      `json:"count"`       // of members; in a list only
	raw         document
}

// StaticGroups are those of the server, of computers. Their members are written with the rest, and read from the Classic
// API, as the Pro API does not show them: an update that left them out would empty the group.
func (c *Client) StaticGroups() Collection[StaticGroup] {
	return Collection[StaticGroup]{client: c, kind: kind[StaticGroup]{
		noun: "static group", family: groupPaths, path: "static-groups", nameKey: "name", partial: true,
		readOnly: []string{"count"},
		parts:    func(v *StaticGroup) parts { return parts{&v.ID, &v.Name, &v.raw} },
		refuse: func(v StaticGroup) error {
			for _, id := range v.Members {
				if err := checkID(id); err != nil {
					return fmt.Errorf("member: %w", err)
				}
			}
			return refuseName(v.Name)
		},
		finish: finishGroup,
		complete: func(ctx context.Context, v *StaticGroup) (err error) {
			if v.Members, err = c.staticGroupMembers(ctx, v.ID); err != nil {
				return fmt.Errorf("list members: %w", err)
			}
			assignments, err := toDocument(struct {
				Assignments []string `json:"assignments"`
			}{v.Members})
			v.raw = v.raw.with(assignments)
			return err
		},
	}}
}

func (c *Client) classicGroups() classic {
	return classic{
		client: c, noun: "computer group", path: classicRoot + "computergroups",
		list: "computer_groups", root: "computer_group",
	}
}

func (c *Client) staticGroupMembers(ctx context.Context, id string) ([]string, error) {
	e, err := c.classicGroups().read(ctx, id)
	if err != nil {
		return nil, err
	}
	return append([]string{}, ids(references(e.child("computers"), "computer"))...), nil
}

// ChangeStaticGroup puts computers into a group and takes others out, by their ids, and leaves all others as they are,
// also those that somebody else puts in at the same time. The server takes all of it or nothing; it refuses a Mac that
// is not managed.
func (c *Client) ChangeStaticGroup(ctx context.Context, id string, add, remove []string) error {
	if err := c.changeStaticGroup(ctx, id, add, remove); err != nil {
		return fmt.Errorf("change members of static group %s: %w", oneLine(id), err)
	}
	return nil
}

func (c *Client) changeStaticGroup(ctx context.Context, id string, add, remove []string) error {
	members, err := c.staticGroupMembers(ctx, id)
	if err != nil {
		return err
	}
	// To take out who is not in it is refused, and with it all the rest.
	remove = slices.DeleteFunc(slices.Clone(remove), func(m string) bool { return !slices.Contains(members, m) })
	add = slices.DeleteFunc(slices.Clone(add), func(m string) bool { return slices.Contains(members, m) })
	var changes []*element
	for _, change := range []struct {
		name string
		ids  []string
	}{{"computer_additions", add}, {"computer_deletions", remove}} {
		list := branch(change.name)
		for _, m := range change.ids {
			if err := checkID(m); err != nil {
				return err
			}
			list.children = append(list.children, branch("computer", leaf("id", m)))
		}
		if len(list.children) > 0 {
			changes = append(changes, list)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return c.classicGroups().put(ctx, id, changes)
}

// ComputerGroup is one of either kind, as scopes name them.
type ComputerGroup struct {
	ID    string
	Name  string
	Smart bool
}

// ComputerGroups lists the computer groups of both kinds, whose names are unique together.
func (c *Client) ComputerGroups(ctx context.Context) ([]ComputerGroup, error) {
	k := c.classicGroups()
	got, err := c.do(ctx, call{method: http.MethodGet, path: k.path})
	if err != nil {
		return nil, fmt.Errorf("list computer groups: %w", err)
	}
	e, err := parseXML(got.body, k.list)
	if err != nil {
		return nil, fmt.Errorf("list computer groups: %w", err)
	}
	var groups []ComputerGroup
	for _, g := range e.all(k.root) {
		r := g.reference()
		groups = append(groups, ComputerGroup{ID: r.ID, Name: r.Name, Smart: g.is("is_smart")})
	}
	return groups, nil
}
