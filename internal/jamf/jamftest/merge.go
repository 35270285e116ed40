package jamftest

import "slices"

// merger lays what a request sends over what the server has, element by element: what is not sent stays as it is, a list
// that is sent takes the place of the list, and so does a section that the model calls whole.
type merger struct {
	lost func(path string) // told what is dropped or replaced by a default
}

func (g merger) merge(m *model, have, sent *element, path string) *element {
	if sent == nil || m.fixed {
		return have
	}
	if m.list {
		return g.list(m, sent, path)
	}
	if len(m.children) == 0 {
		value, taken := m.value(sent.body)
		if !taken {
			g.lost(path + " " + sent.body)
		}
		return &element{name: m.name, body: value, cdata: sent.cdata}
	}
	if m.whole {
		have = m.empty()
	}
	for _, s := range sent.children {
		if m.child(s.name) == nil {
			g.lost(path + "/" + s.name)
		}
	}
	out := *have
	out.children = nil
	for _, child := range m.children {
		now := have.child(child.name)
		if now == nil {
			now = child.empty()
		}
		sentChild := sent.child(child.name)
		// An object that is referred to by one of number and name is not to be known by the old other one.
		if m.refers != "" && sentChild == nil && (child.name == "id" || child.name == "name") {
			now = &element{name: child.name}
		}
		out.children = append(out.children, g.merge(child, now, sentChild, path+"/"+child.name))
	}
	return &out
}

func (g merger) list(m *model, sent *element, path string) *element {
	item := m.children[0]
	out := &element{name: m.name}
	for _, s := range sent.children {
		switch s.name {
		case item.name:
			out.children = append(out.children, g.merge(item, item.empty(), s, path+"/"+item.name))
		case "size":
		default:
			g.lost(path + "/" + s.name)
		}
	}
	return out
}

// walk goes through a model and an element together, and makes another element of what visit makes of those that refer
// to other objects.
func (m *model) walk(e *element, visit func(m *model, e *element) (*element, bool)) *element {
	if m.refers != "" {
		if e, ok := visit(m, e); ok {
			return e
		}
		return nil
	}
	if len(m.children) == 0 {
		return e
	}
	out := *e
	out.children = nil
	for _, c := range e.children {
		of := m.children[0]
		if !m.list {
			of = m.child(c.name)
		}
		if made := of.walk(c, visit); made != nil {
			out.children = append(out.children, made)
		}
	}
	return &out
}

// shuffled makes a copy in which every list is in another order, since the order of a list means nothing to the server.
func (m *model) shuffled(e *element) *element {
	out := *e
	out.children = nil
	for _, c := range e.children {
		of := m.child(c.name)
		if m.list {
			of = m.children[0]
		}
		out.children = append(out.children, of.shuffled(c))
	}
	if m.list {
		slices.Reverse(out.children)
	}
	return &out
}
