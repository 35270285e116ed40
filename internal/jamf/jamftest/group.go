package jamftest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// group is a computer group, smart or static: they share their numbers and their names.
type group struct {
	name, description string
	siteID            string
	smart             bool
	criteria          []criterion
	test              test  // of a smart group
	members           []int // of a static group
}

// membership is who is in a group, as long as nothing has changed.
type membership struct {
	now     time.Time
	changes int
	node    int
	members []int
}

// changed forgets who is in which group.
func (s *Server) changed() { s.changes++ }

// members are the numbers of the Macs in a group, by what they have reported last.
func (s *Server) members(v view, id int) []int {
	g, ok := s.groups.get(v, id)
	if !ok {
		return nil
	}
	if !g.smart {
		return g.members
	}
	if m, ok := s.memberships[id]; ok && m.now.Equal(v.now) && m.changes == s.changes && m.node == v.node {
		return m.members
	}
	members := []int{}
	for _, m := range s.macs {
		if g.test(&exam{s, v, &m.reported, 0}) {
			members = append(members, m.reported.ID)
		}
	}
	s.memberships[id] = membership{v.now, s.changes, v.node, members}
	return members
}

// isMember tells whether a Mac is in a group, without looking at the others.
func (s *Server) isMember(v view, id int, m *Mac) bool {
	g, ok := s.groups.get(v, id)
	switch {
	case !ok:
		return false
	case g.smart:
		return g.test(&exam{s, v, m, 0})
	}
	return slices.Contains(g.members, m.ID)
}

// Members are the numbers of the Macs in the group of a name, in order. It is nil if there is no such group.
func (s *Server) Members(name string) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, _, ok := s.groups.find(s.truth(), func(g group) bool { return g.name == name }); ok {
		return slices.Sorted(slices.Values(s.members(s.truth(), id)))
	}
	return nil
}

// nameTaken tells whether another group has the name.
func (c *call) nameTaken(id int, name string) bool {
	other, _, taken := c.groups.find(c.truth(), func(g group) bool { return strings.EqualFold(g.name, name) })
	if taken && other != id {
		c.traffic.duplicate()
	}
	return taken && other != id
}

// users are what refers to a group, so that it cannot be deleted.
func (c *call) users(id int, g group) []string {
	var found []string
	for _, in := range []*cabinet{c.policies, c.profiles} {
		for other, e := range in.rows.all(c.truth()) {
			if refersTo(e.child("scope"), "computer_group", id) {
				found = append(found, in.root+" "+strconv.Itoa(other)+" ("+e.text("general", "name")+")")
			}
		}
	}
	for other, o := range c.groups.all(c.truth()) {
		if slices.ContainsFunc(o.criteria, func(k criterion) bool { return k.Name == groupCriterion && strings.EqualFold(k.Value, g.name) }) {
			found = append(found, "computer group "+strconv.Itoa(other)+" ("+o.name+")")
		}
	}
	return found
}

// deleteGroup makes the deletion of a group by the Pro API.
func deleteGroup(smart bool) func(*call) answer {
	return func(c *call) answer {
		g, ok := c.groups.get(c.view, c.id())
		if !ok || g.smart != smart {
			return missing(c.r.PathValue("id"))
		}
		if users := c.users(c.id(), g); len(users) > 0 && c.has(Strictness) {
			return *refuse(http.StatusUnprocessableEntity, cause{
				Code: "HAS_DEPENDENCIES", Description: "cannot delete, used by: " + strings.Join(users, ", "),
			})
		}
		c.groups.remove(c.view, c.id())
		c.changed()
		return nothing(http.StatusNoContent)
	}
}

// saveGroup writes a group and answers with its number.
func (c *call) saveGroup(id int, g group) int {
	if id == 0 {
		id = c.groups.next()
	}
	c.groups.put(c.view, id, g)
	c.changed()
	return id
}

// allGroups answers GET /api/v1/computer-groups: every group, in one list.
func (c *call) allGroups() answer {
	type row struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Description string `json:"description"`
		SmartGroup  bool   `json:"smartGroup"`
	}
	rows := []row{}
	for id, g := range c.groups.all(c.view) {
		rows = append(rows, row{strconv.Itoa(id), g.name, g.description, g.smart})
	}
	return object(http.StatusOK, rows)
}

// groupFields are those that lists of groups can be filtered by.
func groupFields() []string { return []string{"id", "name", "siteId"} }
