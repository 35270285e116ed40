package jamftest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// criterion is one of those of a smart group, in Jamf's words. AndOr joins it to the one before.
type criterion struct {
	Name         string `json:"name"`
	Priority     int    `json:"priority"`
	AndOr        string `json:"andOr"`
	SearchType   string `json:"searchType"`
	Value        string `json:"value"`
	OpeningParen bool   `json:"openingParen"`
	ClosingParen bool   `json:"closingParen"`
}

// smartGroup is a smart group as it is read and written. It has no number: that is in the path only.
type smartGroup struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	SiteID      *string         `json:"siteId"`
	Criteria    []sentCriterion `json:"criteria"`
}

// sentCriterion is a criterion as it is written: what is left out counts.
type sentCriterion struct {
	Name         *string `json:"name"`
	Priority     *int    `json:"priority"`
	AndOr        *string `json:"andOr"`
	SearchType   *string `json:"searchType"`
	Value        *string `json:"value"`
	OpeningParen bool    `json:"openingParen"`
	ClosingParen bool    `json:"closingParen"`
}

func (c *call) listSmartGroups() answer {
	type row struct {
		ID              string `json:"id"`
		SiteID          string `json:"siteId"`
		Name            string `json:"name"`
		Description     string `json:"description"`
		MembershipCount int    `json:"membershipCount"`
	}
	rows := []any{}
	for id, g := range c.groups.all(c.view) {
		if g.smart {
			rows = append(rows, row{strconv.Itoa(id), g.siteID, g.name, g.description, len(c.members(c.view, id))})
		}
	}
	return c.listed(rows, groupFields(), "id:asc")
}

func (c *call) readSmartGroup() answer {
	g, ok := c.groups.get(c.view, c.id())
	if !ok || !g.smart {
		return missing(c.r.PathValue("id"))
	}
	return object(http.StatusOK, showSmartGroup(g))
}

func showSmartGroup(g group) any {
	return struct {
		Name        string      `json:"name"`
		Description string      `json:"description"`
		SiteID      string      `json:"siteId"`
		Criteria    []criterion `json:"criteria"`
	}{g.name, g.description, g.siteID, append([]criterion{}, g.criteria...)}
}

// createSmartGroup makes the operation for version 2 or 3 of the API.
func createSmartGroup(api int) func(*call) answer {
	return func(c *call) answer {
		g, refusal := c.acceptSmartGroup(api, 0)
		if refusal != nil {
			return *refusal
		}
		return c.created(fmt.Sprintf("/api/v%d/computer-groups/smart-groups", api), strconv.Itoa(c.saveGroup(0, g)))
	}
}

func replaceSmartGroup(api int) func(*call) answer {
	return func(c *call) answer {
		if g, ok := c.groups.get(c.view, c.id()); !ok || !g.smart {
			return missing(c.r.PathValue("id"))
		}
		g, refusal := c.acceptSmartGroup(api, c.id())
		if refusal != nil {
			return *refusal
		}
		c.saveGroup(c.id(), g)
		return object(http.StatusAccepted, showSmartGroup(g))
	}
}

func (c *call) acceptSmartGroup(api, id int) (g group, refusal *answer) {
	in, refusal := decode[smartGroup](c, "name")
	if refusal != nil {
		return g, refusal
	}
	if in.Name == "" || len(in.Name) > maxText {
		return g, invalid("name", "must have 1 to 255 characters")
	}
	if c.nameTaken(id, in.Name) {
		status := http.StatusUnprocessableEntity
		if api < 3 { // Its schema declares neither 400 nor 422: not known.
			status = http.StatusBadRequest
		}
		return g, refuse(status, cause{Code: "DUPLICATE_FIELD", Description: "duplicate name", Field: "name"})
	}
	g = group{name: in.Name, description: in.Description, siteID: none, smart: true}
	if in.SiteID != nil && *in.SiteID != none && *in.SiteID != "" {
		return g, refuse(http.StatusForbidden, cause{Code: "INVALID_PRIVILEGE", Description: "no such site", Field: "siteId"})
	}
	for i, k := range in.Criteria {
		one, refusal := c.acceptCriterion(k, api, i)
		if refusal != nil {
			return g, refusal
		}
		g.criteria = append(g.criteria, one)
	}
	slices.SortStableFunc(g.criteria, func(a, b criterion) int { return a.Priority - b.Priority })
	var err error
	if g.test, err = c.compile(c.view, g.criteria); err != nil {
		return g, invalid("criteria", err.Error())
	}
	return g, nil
}

// maxText is how many characters a name and a value may have.
const maxText = 255

// acceptCriterion checks what both versions of the API want, and what only the third wants: a priority in order, and
// "and" or "or" in exactly these letters, which are all that its schema lists.
func (c *call) acceptCriterion(k sentCriterion, api, i int) (criterion, *answer) {
	at := "criteria[" + strconv.Itoa(i) + "]."
	for _, f := range []struct {
		name string
		text *string
	}{{"name", k.Name}, {"andOr", k.AndOr}, {"searchType", k.SearchType}, {"value", k.Value}} {
		if f.text == nil {
			return criterion{}, invalid(at+f.name, "must not be null")
		}
	}
	out := criterion{*k.Name, i, *k.AndOr, *k.SearchType, *k.Value, k.OpeningParen, k.ClosingParen}
	if k.Priority != nil {
		out.Priority = *k.Priority
	}
	if api < 3 || !c.has(Strictness) {
		if out.AndOr != "or" {
			out.AndOr = "and"
		}
		return out, nil
	}
	for _, refusal := range []*answer{
		demand(k.Priority != nil, at+"priority", "must not be null"),
		demand(out.Priority == i, at+"priority", "priorities must start at 0 and increase by 1"),
		among(at+"andOr", out.AndOr, "and", "or"),
		demand(len([]rune(out.Name)) <= maxText, at+"name", "must have at most 255 characters"),
		demand(len([]rune(out.Value)) <= maxText, at+"value", "must have at most 255 characters"),
	} {
		if refusal != nil {
			return out, refusal
		}
	}
	return out, nil
}

func (c *call) groupMembership() answer {
	g, ok := c.groups.get(c.view, c.id())
	if !ok || !g.smart {
		return missing(c.r.PathValue("id"))
	}
	return object(http.StatusOK, struct {
		Members []int `json:"members"`
	}{append([]int{}, c.members(c.view, c.id())...)})
}

// recalculate answers how many Macs are in a group. A number that no group has is a bad request here, not one that is
// not found.
func (c *call) recalculate() answer {
	if g, ok := c.groups.get(c.view, c.id()); !ok || !g.smart {
		return *refuse(http.StatusBadRequest, cause{Code: "INVALID_ID", Description: "smart group not found", Field: "id"})
	}
	return object(http.StatusOK, struct {
		Count int `json:"count"`
	}{len(c.members(c.view, c.id()))})
}
