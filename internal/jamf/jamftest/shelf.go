package jamftest

import (
	"net/http"
	"strconv"
	"strings"
)

// shelf holds the objects of a kind of the Pro API, and knows what is particular to the kind.
type shelf[T any] struct {
	table[T]
	path     string   // of the collection
	fields   []string // that a filter may name
	order    string   // of a list that nobody sorted
	required []string // fields that must be there
	named    string   // the field that must be unique
	name     func(T) string
	updated  int // the status of a PUT

	// check refuses what cannot be, and fills in what the server makes; id is 0 for an object that is new.
	check func(c *call, id int, t *T) *answer
	// show is an object as it is read, and row as it is listed.
	show func(c *call, id int, t T) any
	row  func(c *call, id int, t T) any
	// made is the answer to the POST that makes one. May be nil: the number and where it is.
	made func(c *call, id int, t T) answer
	// gone says what happens when an object is deleted, or why it cannot be. May be nil.
	gone func(c *call, id int, t T) *answer
}

func (h *shelf[T]) list(c *call) answer {
	things := []any{}
	for id, t := range h.all(c.view) {
		things = append(things, h.row(c, id, t))
	}
	return c.listed(things, h.fields, h.order)
}

func (h *shelf[T]) read(c *call) answer {
	t, ok := h.get(c.view, c.id())
	if !ok {
		return missing(c.r.PathValue("id"))
	}
	return object(http.StatusOK, h.show(c, c.id(), t))
}

func (h *shelf[T]) create(c *call) answer {
	t, refusal := decode[T](c, h.required...)
	if refusal == nil {
		refusal = h.accept(c, 0, &t)
	}
	if refusal != nil {
		return *refusal
	}
	id := h.next()
	h.put(c.view, id, t)
	if h.made != nil {
		return h.made(c, id, t)
	}
	return c.created(h.path, strconv.Itoa(id))
}

func (h *shelf[T]) replace(c *call) answer {
	id := c.id()
	if _, ok := h.get(c.view, id); !ok {
		return missing(c.r.PathValue("id"))
	}
	t, refusal := decode[T](c, h.required...)
	if refusal == nil {
		refusal = h.accept(c, id, &t)
	}
	if refusal != nil {
		return *refusal
	}
	h.put(c.view, id, t)
	return object(h.updated, h.show(c, id, t))
}

// accept checks an object, its name first. Two names that differ in capitals only are the same: not known of Jamf.
func (h *shelf[T]) accept(c *call, id int, t *T) *answer {
	name := h.name(*t)
	if strings.TrimSpace(name) == "" {
		return invalid(h.named, "must not be empty")
	}
	other, _, taken := h.find(c.truth(), func(o T) bool { return strings.EqualFold(h.name(o), name) })
	if taken && other != id {
		return c.duplicate(http.StatusBadRequest, h.named)
	}
	return h.check(c, id, t)
}

func (h *shelf[T]) remove(c *call) answer {
	id := c.id()
	t, ok := h.get(c.view, id)
	if !ok {
		return missing(c.r.PathValue("id"))
	}
	if h.gone != nil {
		if refusal := h.gone(c, id, t); refusal != nil {
			return *refusal
		}
	}
	h.table.remove(c.view, id)
	return nothing(http.StatusNoContent)
}

// duplicate refuses a name that is taken.
func (c *call) duplicate(status int, field string) *answer {
	c.traffic.duplicate()
	return refuse(status, cause{Code: "DUPLICATE_FIELD", Description: "duplicate " + field, Field: field})
}
