package jamftest

import (
	"net/http"
	"slices"
	"strconv"
)

// script is a script, in Jamf's words.
type script struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Info           string `json:"info"`
	Notes          string `json:"notes"`
	Priority       string `json:"priority"`
	CategoryID     string `json:"categoryId"`
	CategoryName   string `json:"categoryName"`
	Parameter4     string `json:"parameter4"`
	Parameter5     string `json:"parameter5"`
	Parameter6     string `json:"parameter6"`
	Parameter7     string `json:"parameter7"`
	Parameter8     string `json:"parameter8"`
	Parameter9     string `json:"parameter9"`
	Parameter10    string `json:"parameter10"`
	Parameter11    string `json:"parameter11"`
	OSRequirements string `json:"osRequirements"`
	ScriptContents string `json:"scriptContents"`
}

func scripts() *shelf[script] {
	show := func(c *call, id int, t script) any {
		t.ID = strconv.Itoa(id)
		t.CategoryID, t.CategoryName = c.categoryName(t.CategoryID)
		return t
	}
	return &shelf[script]{
		path: "/api/v1/scripts", order: "name:asc", required: []string{"name"}, fields: []string{
			"id", "name", "info", "notes", "priority", "categoryId", "categoryName", "parameter4", "parameter5", "parameter6", "parameter7",
			"parameter8", "parameter9", "parameter10", "parameter11", "osRequirements", "scriptContents",
		},
		named: "name", name: func(t script) string { return t.Name }, updated: http.StatusOK,
		check: func(c *call, _ int, t *script) *answer {
			// A priority that nobody knows is dropped without a word.
			if !slices.Contains([]string{"BEFORE", "AFTER", "AT_REBOOT"}, t.Priority) {
				if t.Priority != "" {
					c.traffic.drop(c.r, "priority "+t.Priority)
				}
				t.Priority = "AFTER"
			}
			return c.categoryOf(&t.CategoryID)
		},
		show: show, row: show,
	}
}
