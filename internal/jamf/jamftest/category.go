package jamftest

import (
	"net/http"
	"strconv"
)

// category is a category, in Jamf's words.
type category struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Priority int    `json:"priority"`
}

func categories() *shelf[category] {
	show := func(_ *call, id int, t category) any {
		t.ID = strconv.Itoa(id)
		return t
	}
	return &shelf[category]{
		path: "/api/v1/categories", fields: []string{"id", "name", "priority"}, order: "id:asc", required: []string{"name", "priority"},
		named: "name", name: func(t category) string { return t.Name }, updated: http.StatusOK,
		check: func(*call, int, *category) *answer { return nil }, show: show, row: show,
	}
}

// categoryOf checks a reference to a category, and puts the one that stands for none where there is none.
func (c *call) categoryOf(id *string) *answer {
	if *id == "" {
		*id = none
	}
	if *id == none {
		return nil
	}
	n, err := strconv.Atoi(*id)
	if _, ok := c.categories.get(c.view, n); err != nil || !ok {
		return invalid("categoryId", "no category has the id "+*id)
	}
	return nil
}

// none is the number that stands for nothing.
const none = "-1"

// categoryName is what a category is called, or "NONE", as the Pro API says. What refers to a category that was deleted
// has none.
func (c *call) categoryName(id string) (string, string) {
	n, err := strconv.Atoi(id)
	if t, ok := c.categories.get(c.view, n); err == nil && ok {
		return id, t.Name
	}
	return none, "NONE"
}
