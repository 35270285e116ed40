package jamftest

import (
	"net/http"
	"strconv"
	"strings"
)

// answerClassic answers with an element, in the form that the request accepts.
func (c *call) answerClassic(m *model, e *element) answer {
	if c.wantsJSON() {
		return object(http.StatusOK, map[string]any{e.name: m.json(e)})
	}
	return answer{status: http.StatusOK, kind: xmlType, body: m.sized(e).render()}
}

// wantsJSON tells whether a request prefers JSON. XML is what it gets otherwise.
func (c *call) wantsJSON() bool {
	return strings.HasPrefix(c.r.Header.Get("Accept"), "application/json")
}

// json is what an element is in JSON: a list for a list, a number for a number.
func (m *model) json(e *element) any {
	if m.list {
		out := []any{}
		for _, c := range e.children {
			out = append(out, m.children[0].json(c))
		}
		return out
	}
	if len(m.children) > 0 {
		out := map[string]any{}
		for _, c := range e.children {
			out[c.name] = m.child(c.name).json(c)
		}
		return out
	}
	switch m.kind {
	case "int":
		n, _ := strconv.Atoi(e.body) // what is stored is a number, or empty
		return n
	case "bool":
		return e.body == "true"
	}
	return e.body
}

// sized makes a copy in which the lists that tell their length do.
func (m *model) sized(e *element) *element {
	out := *e
	out.children = nil
	if m.size {
		out.children = append(out.children, leaf("size", strconv.Itoa(len(e.children))))
	}
	for _, c := range e.children {
		of := m.child(c.name)
		if m.list {
			of = m.children[0]
		}
		out.children = append(out.children, of.sized(c))
	}
	return &out
}
