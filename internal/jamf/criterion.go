package jamf

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Criterion is one condition of a smart group. The first one's AndOr is of no use.
type Criterion struct {
	Name         string `json:"name"`
	Priority     int    `json:"priority"` // its place, from 0
	AndOr        AndOr  `json:"andOr"`    // how it is joined to the one before
	Operator     string `json:"searchType"`
	Value        string `json:"value"` // at most 255 characters
	OpeningParen bool   `json:"openingParen"`
	ClosingParen bool   `json:"closingParen"`
}

// AndOr joins criteria.
type AndOr string

// How criteria are joined.
const (
	And AndOr = "and"
	Or  AndOr = "or"
)

// Operators are all that Jamf knows. Which of them fit depends on the criterion.
func Operators() []string {
	return []string{
		"is", "is not", "has", "does not have", "member of", "not member of", "like", "not like",
		"matches regex", "does not match regex", "greater than", "more than", "less than", "greater than or equal",
		"less than or equal", "before (yyyy-mm-dd)", "after (yyyy-mm-dd)", "more than x days ago",
		"less than x days ago", "in more than x days", "in less than x days",
	}
}

// CriterionNames are some that Jamf knows, those that this program has to do with. No API lists them, and each extension
// attribute adds its own name. So an unknown one is worth a warning and no more.
func CriterionNames() []string {
	return []string{
		"Operating System Build", "Operating System Version", "Operating System Rapid Security Response",
		"Application Title", "Application Version", "Computer Group", "Serial Number", "Last Inventory Update",
		"Apple Silicon", "Architecture Type", "Model Identifier", "Supervised", "User Approved MDM",
		"Bootstrap Token Escrowed", "Declarative Device Management Enabled", "MDM Profile Expiration Date",
		"FileVault 2 Status", "Jamf Binary Version", "Profile Name",
	}
}

// maxCriterion is the length of a criterion's name and value, in characters. Older servers cut longer ones, newer ones
// refuse them.
const maxCriterion = 255

// refuseCriteria refuses what one version of the server takes and another one does not, or takes for something else.
func refuseCriteria(criteria []Criterion) error {
	open := 0
	for i, c := range criteria {
		if err := refuseCriterion(i, c); err != nil {
			return fmt.Errorf("criterion %d, %q: %w", i, oneLine(c.Name), err)
		}
		if c.OpeningParen {
			open++
		}
		if c.ClosingParen {
			open--
		}
		if open < 0 {
			return fmt.Errorf("criterion %d, %q: %w: a parenthesis closes that was not opened", i, oneLine(c.Name), ErrRefused)
		}
	}
	if open > 0 {
		return fmt.Errorf("criteria: %w: a parenthesis is not closed", ErrRefused)
	}
	return nil
}

func refuseCriterion(place int, c Criterion) error {
	switch {
	case c.Priority != place:
		return fmt.Errorf("%w: its priority is %d, not its place %d", ErrRefused, c.Priority, place)
	case c.AndOr != And && c.AndOr != Or:
		return fmt.Errorf("%w: it is joined by %q, not by \"and\" or \"or\"", ErrRefused, oneLine(string(c.AndOr)))
	case !slices.Contains(Operators(), c.Operator):
		return fmt.Errorf("%w: there is no operator %q", ErrRefused, oneLine(c.Operator))
	case c.Name == "" || utf8.RuneCountInString(c.Name) > maxCriterion:
		return fmt.Errorf("%w: its name has not 1 to %d characters", ErrRefused, maxCriterion)
	case utf8.RuneCountInString(c.Value) > maxCriterion:
		return fmt.Errorf("%w: its value has more than %d characters", ErrRefused, maxCriterion)
	}
	return nil
}
