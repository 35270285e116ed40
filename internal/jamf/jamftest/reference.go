package jamftest

import (
	"net/http"
	"strconv"
	"strings"
)

// referred is an object that another refers to.
type referred struct {
	id   int
	name string
	more map[string]string // other elements that tell of it
}

// lookUp finds an object by number or, without one, by name.
func (c *call) lookUp(kind string, id int, name string) (referred, bool) {
	is := func(other int, its string) bool {
		return id != 0 && id == other || id == 0 && strings.EqualFold(name, its)
	}
	switch kind {
	case "category":
		for n, t := range c.categories.all(c.view) {
			if is(n, t.Name) {
				return referred{n, t.Name, nil}, true
			}
		}
	case "computer_group":
		for n, g := range c.groups.all(c.view) {
			if is(n, g.name) {
				return referred{n, g.name, nil}, true
			}
		}
	case "package":
		for n, t := range c.packages.all(c.view) {
			if is(n, t.PackageName) {
				return referred{n, t.PackageName, nil}, true
			}
		}
	case "script":
		for n, t := range c.scripts.all(c.view) {
			if is(n, t.Name) {
				return referred{n, t.Name, nil}, true
			}
		}
	case "computer":
		return c.lookUpComputer(id, name)
	}
	return referred{}, false
}

func (c *call) lookUpComputer(id int, name string) (referred, bool) {
	m := c.mac(id)
	if id == 0 {
		for _, other := range c.macs {
			if strings.EqualFold(other.live.Name, name) {
				m = other
			}
		}
	}
	if m == nil {
		return referred{}, false
	}
	return referred{m.live.ID, m.live.Name, map[string]string{"udid": m.live.UDID}}, true
}

// noneOf tells what a reference to nothing is called. Only some kinds have one.
func noneOf(kind string) (string, bool) {
	switch kind {
	case "category":
		return "No category assigned", true
	case "site":
		return "None", true
	}
	return "", false
}

// resolved replaces what refers to other objects by their numbers, or refuses what refers to nothing. Some kinds make
// the server fall over.
func (c *call) resolved(m *model, e *element) (*element, *answer) {
	var refusal *answer
	out := m.walk(e, func(m *model, e *element) (*element, bool) {
		id, _ := strconv.Atoi(e.text("id"))
		name := e.text("name")
		nothing, may := noneOf(m.refers)
		if may && (id < 0 || id == 0 && (name == "" || name == nothing)) {
			return e.set(none, "id").set("", "name"), true
		}
		if r, ok := c.lookUp(m.refers, id, name); ok {
			return e.set(strconv.Itoa(r.id), "id").set("", "name"), true
		}
		if refusal == nil {
			refusal = unresolved(m.refers, id, name)
		}
		return e, true
	})
	return out, refusal
}

func unresolved(kind string, id int, name string) *answer {
	switch kind {
	case "category":
		if id == 0 && name != "" {
			return conflict("No match found for category " + name)
		}
		return conflict("No match found for category " + strconv.Itoa(id))
	case "building", "department", "network_segment", "ibeacon", "user", "user_group":
		return page(http.StatusInternalServerError, "")
	}
	return conflict("Problem with " + kind)
}

// named fills in the names of what an object refers to. What is not there any more is left out, or becomes nothing.
func (c *call) named(m *model, e *element) *element {
	return m.walk(e, func(m *model, e *element) (*element, bool) {
		id, _ := strconv.Atoi(e.text("id"))
		if r, ok := c.lookUp(m.refers, id, ""); ok && id > 0 {
			e = e.set(r.name, "name")
			for name, text := range r.more {
				e = e.set(text, name)
			}
			return e, true
		}
		nothing, may := noneOf(m.refers)
		return e.set(none, "id").set(nothing, "name"), may
	})
}

// refersTo tells whether a kind of object with a number is anywhere in an element.
func refersTo(e *element, kind string, id int) bool {
	if e == nil {
		return false
	}
	if e.name == kind && e.text("id") == strconv.Itoa(id) {
		return true
	}
	for _, c := range e.children {
		if refersTo(c, kind, id) {
			return true
		}
	}
	return false
}
