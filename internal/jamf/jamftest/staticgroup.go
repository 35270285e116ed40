package jamftest

import (
	"fmt"
	"net/http"
	"strconv"
)

// staticGroup is a static group as it is written. Members are the numbers of Macs, as text.
type staticGroup struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description *string   `json:"description"`
	SiteID      *string   `json:"siteId"`
	Assignments *[]string `json:"assignments"`
}

func (c *call) listStaticGroups() answer {
	type row struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Description string `json:"description"`
		SiteID      string `json:"siteId"`
		Count       int    `json:"count"`
	}
	rows := []any{}
	for id, g := range c.groups.all(c.view) {
		if !g.smart {
			rows = append(rows, row{strconv.Itoa(id), g.name, g.description, g.siteID, len(g.members)})
		}
	}
	return c.listed(rows, groupFields(), "id:asc")
}

// readStaticGroup answers without the members: no operation of the Pro API tells them.
func (c *call) readStaticGroup() answer {
	g, ok := c.groups.get(c.view, c.id())
	if !ok || g.smart {
		return missing(c.r.PathValue("id"))
	}
	return object(http.StatusOK, struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Description string `json:"description"`
		SiteID      string `json:"siteId"`
	}{strconv.Itoa(c.id()), g.name, g.description, g.siteID})
}

func createStaticGroup(api int) func(*call) answer {
	return func(c *call) answer {
		g, refusal := c.acceptStaticGroup(0)
		if refusal != nil {
			return *refusal
		}
		return c.created(fmt.Sprintf("/api/v%d/computer-groups/static-groups", api), strconv.Itoa(c.saveGroup(0, g)))
	}
}

// replaceStaticGroup replaces all members by those that are sent.
func (c *call) replaceStaticGroup() answer {
	if g, ok := c.groups.get(c.view, c.id()); !ok || g.smart {
		return missing(c.r.PathValue("id"))
	}
	g, refusal := c.acceptStaticGroup(c.id())
	if refusal != nil {
		return *refusal
	}
	c.saveGroup(c.id(), g)
	out := staticGroup{ID: strconv.Itoa(c.id()), Name: g.name, Description: &g.description, SiteID: &g.siteID, Assignments: &[]string{}}
	for _, m := range g.members {
		*out.Assignments = append(*out.Assignments, strconv.Itoa(m))
	}
	return object(http.StatusAccepted, out)
}

func (c *call) acceptStaticGroup(id int) (g group, refusal *answer) {
	in, refusal := decode[staticGroup](c, "name")
	if refusal != nil {
		return g, refusal
	}
	if in.Assignments == nil && c.has(Strictness) {
		// The schema says that they may be left out; the server falls over them.
		return g, refuse(http.StatusInternalServerError)
	}
	if c.nameTaken(id, in.Name) {
		return g, refuse(http.StatusUnprocessableEntity, cause{Code: "DUPLICATE_FIELD", Description: "duplicate name", Field: "name"})
	}
	g = group{name: in.Name, description: deref(in.Description), siteID: none}
	if in.Assignments == nil {
		return g, nil
	}
	for _, text := range *in.Assignments {
		n, err := strconv.Atoi(text)
		if err != nil || c.mac(n) == nil {
			return g, refuse(http.StatusBadRequest, cause{Code: "INVALID_ID", Description: "no computer has the id " + text, ID: &text, Field: "assignments"})
		}
		g.members = append(g.members, n)
	}
	return g, nil
}
