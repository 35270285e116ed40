package jamftest

import (
	"slices"
	"strconv"
	"strings"
)

// classicGroups are the computer groups of both kinds, as the Classic API sees them.
func classicGroups() *cabinet {
	k := &cabinet{
		root: "computer_group", plural: "computer_groups", model: loadModel("computer_group"), name: []string{"name"}, id: []string{"id"},
		listed: []string{"is_smart"},
	}
	k.load = func(c *call, id int) (*element, bool) {
		g, ok := c.groups.get(c.view, id)
		if !ok {
			return nil, false
		}
		return c.groupElement(k.model, id, g), true
	}
	k.ids = func(c *call) (ids []int) {
		for id := range c.groups.all(c.view) {
			ids = append(ids, id)
		}
		return ids
	}
	k.accept = func(c *call, id int, _, e *element) (*element, *answer) {
		_, refusal := c.groupFrom(id, e)
		return e, refusal
	}
	k.save = func(c *call, id int, e *element) int {
		g, _ := c.groupFrom(id, e) // accept has seen to that
		return c.saveGroup(id, g)
	}
	k.drop = func(c *call, id int) *answer {
		g, _ := c.groups.get(c.view, id)
		if users := c.users(id, g); len(users) > 0 { // with which words a real server refuses is not known
			return conflict("Unable to delete: used by " + strings.Join(users, ", "))
		}
		c.groups.remove(c.view, id)
		return nil
	}
	k.show = func(_ *call, _ int, e *element) *element {
		out := *e
		out.children = slices.DeleteFunc(slices.Clone(e.children), func(c *element) bool {
			return c.name == "computer_additions" || c.name == "computer_deletions"
		})
		return &out
	}
	return k
}

// groupElement is a group in XML, with its members.
func (c *call) groupElement(m *model, id int, g group) *element {
	e := m.empty().set(g.name, "name").set(strconv.FormatBool(g.smart), "is_smart")
	criteria := branch("criteria")
	for _, k := range g.criteria {
		criteria.children = append(criteria.children, branch(
			"criterion",
			leaf("name", k.Name), leaf("priority", strconv.Itoa(k.Priority)), leaf("and_or", k.AndOr), leaf("search_type", k.SearchType),
			leaf("value", k.Value), leaf("opening_paren", strconv.FormatBool(k.OpeningParen)), leaf("closing_paren", strconv.FormatBool(k.ClosingParen)),
		))
	}
	computers := branch("computers")
	for _, n := range c.members(c.view, id) {
		if mac := c.mac(n); mac != nil {
			computers.children = append(computers.children, branch(
				"computer",
				leaf("id", strconv.Itoa(n)), leaf("name", mac.live.Name), leaf("mac_address", ""), leaf("alt_mac_address", ""),
				leaf("serial_number", mac.live.Serial),
			))
		}
	}
	return e.with(criteria).with(computers)
}

// groupFrom is the group that an element describes, after what was there. Operators that nobody knows have already
// become "is", and whatever is not "or" has become "and".
func (c *call) groupFrom(id int, e *element) (group, *answer) {
	old, _ := c.groups.get(c.view, id)
	g := group{name: e.text("name"), description: old.description, siteID: none, smart: e.text("is_smart") == "true"}
	if !g.smart {
		return c.staticFrom(g, e)
	}
	for i, k := range e.child("criteria").children {
		priority, err := strconv.Atoi(k.text("priority"))
		if err != nil {
			priority = i
		}
		g.criteria = append(g.criteria, criterion{
			k.text("name"), priority, k.text("and_or"), k.text("search_type"), k.text("value"),
			k.text("opening_paren") == "true", k.text("closing_paren") == "true",
		})
	}
	slices.SortStableFunc(g.criteria, func(a, b criterion) int { return a.Priority - b.Priority })
	var err error
	if g.test, err = c.compile(c.view, g.criteria); err != nil {
		return g, conflict("Problem with criteria: " + err.Error())
	}
	return g, nil
}

// staticFrom takes the members of a static group: those listed, then those added, without those taken away, of which
// each must have been there.
func (c *call) staticFrom(g group, e *element) (group, *answer) {
	var refusal *answer
	numbers := func(list string) (out []int) {
		for _, k := range orEmpty(e.child(list), list).children {
			m := c.macBy(k)
			if m == nil {
				refusal = conflict("Problem with computer in " + list)
				continue
			}
			if !m.live.Managed && k.text("id") != "" {
				refusal = conflict("Computer " + k.text("id") + " is not managed")
			}
			out = append(out, m.live.ID)
		}
		return out
	}
	g.members = numbers("computers")
	for _, n := range numbers("computer_additions") {
		if !slices.Contains(g.members, n) {
			g.members = append(g.members, n)
		}
	}
	for _, n := range numbers("computer_deletions") {
		at := slices.Index(g.members, n)
		if at < 0 {
			return g, conflict("Computer " + strconv.Itoa(n) + " is not in the group")
		}
		g.members = slices.Delete(g.members, at, at+1)
	}
	return g, refusal
}

// macBy finds the Mac that an element names: by number, serial number, identifier or name.
func (c *call) macBy(e *element) *machine {
	if id := number(e); id > 0 {
		return c.mac(id)
	}
	for _, m := range c.macs {
		for _, pair := range [][2]string{
			{e.text("serial_number"), m.live.Serial}, {e.text("udid"), m.live.UDID}, {e.text("name"), m.live.Name},
		} {
			if pair[0] != "" && strings.EqualFold(pair[0], pair[1]) {
				return m
			}
		}
	}
	return nil
}
