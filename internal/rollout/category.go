package rollout

import (
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/jamf"
)

// usualPriority is Jamf's own default for the place of a category in Self Service.
const usualPriority = 9

// categoryDesk deals with categories. Of one that is there nothing is declared but its name.
func (r *Rollout) categoryDesk() desk[jamf.Category] {
	of := r.config.Client.Categories()
	return desk[jamf.Category]{
		kind: KindCategory, find: of.Find, create: of.Create, update: of.Update,
		name: func(v jamf.Category) string { return v.Name }, id: func(v jamf.Category) string { return v.ID },
	}
}

// In the Pro API, objects have the number of a category, and "-1" for none. What is wanted has its name there, after a
// sign that no number has.
const (
	noCategory = "-1"
	nameSign   = "="
)

func byName(category string) string {
	if category == "" {
		return noCategory
	}
	return nameSign + category
}

// categoryField is the field for the category, if one is declared.
func categoryField[T any](r *Rollout, at func(*T) *string) []field[T] {
	if r.jamf.Category == "" {
		return nil
	}
	return []field[T]{{
		name: "category",
		show: func(v T) string {
			id := *at(&v)
			if name, wanted := strings.CutPrefix(id, nameSign); wanted {
				return name
			}
			if id == noCategory || id == "" {
				return ""
			}
			return r.book.name(KindCategory, jamf.Reference{ID: id})
		},
		set: func(into *T, wanted T) { *at(into) = *at(&wanted) },
	}}
}

// categoryID is the number of a category that is wanted.
func (r *Rollout) categoryID(wanted string) (string, error) {
	name, isName := strings.CutPrefix(wanted, nameSign)
	if !isName {
		return wanted, nil
	}
	c, err := r.book.reference(KindCategory, name)
	return c.ID, err
}
