package deployment

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/install-or-defer/install-or-defer/internal/criteria"
	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// group reads a smart group.
func (c *jamfCheck) group(e entry, path string) JamfGroup {
	var g JamfGroup
	read := false
	c.fields(e, path, map[string]func(entry, string){
		"name":          func(f entry, at string) { g.Name = c.jamfName(f, at) },
		"description":   func(f entry, at string) { g.Description = c.line(entry{at, f.at, f.value}) },
		"update_needed": func(f entry, at string) { g.UpdateNeeded = c.truth(f, at) },
		"criteria": func(f entry, at string) {
			before := len(c.problems)
			read = true
			if g.Criteria = c.condition(f, at); len(c.problems) > before {
				return
			}
			if _, err := g.Criteria.Rows(); err != nil {
				c.add(position(f.value), at, "%v", err)
			}
		},
	})
	if g.Name == "" {
		c.add(e.at, path, "has no name; write name: …")
	}
	if !read {
		c.add(e.at, path, "has no criteria; write criteria: {os_version: {less_than: 15.7.1}}")
	}
	c.groupPlaces = append(c.groupPlaces, e.at)
	return g
}

// condition reads a condition: all of some, any of some, or a test.
func (c *jamfCheck) condition(e entry, path string) criteria.Node {
	const deepest = 16
	entries, ok := c.mapping(e.value, path)
	if !ok {
		return criteria.Node{}
	}
	if strings.Count(path, "].") > deepest {
		c.add(position(e.value), path, "is deeper than %d levels", deepest)
		return criteria.Node{}
	}
	if len(entries) == 0 {
		c.add(e.at, path, "holds no test; write one, as os_version: {less_than: 15.7.1}")
		return criteria.Node{}
	}
	first := entries[0]
	if named := namedField(entries); named != nil {
		return criteria.Node{Test: c.namedTest(*named, entries, path)}
	}
	if len(entries) > 1 {
		c.add(entries[1].at, join(path, clip(entries[1].name)), "stands beside %s, and it is not said whether both have to hold; write all: or any:, and each test after a dash", clip(first.name))
		return criteria.Node{}
	}
	switch by := criteria.Join(first.name); by {
	case criteria.All, criteria.Any:
		at := join(path, first.name)
		parts := each(c.reader, first, at, c.condition)
		if len(parts) == 0 {
			c.add(first.at, at, "holds no test; write some, each after a dash")
		}
		return criteria.Node{Join: by, Parts: parts}
	case criteria.Alone:
	}
	return criteria.Node{Test: c.test(first, path)}
}

// namedField finds the key that names a criterion or an extension attribute in full.
func namedField(entries []entry) *entry {
	for i := range entries {
		if entries[i].name == criteria.Criterion || entries[i].name == criteria.Attribute {
			return &entries[i]
		}
	}
	return nil
}

// namedTest reads {criterion: "Exact name", is: value}.
func (c *jamfCheck) namedTest(field entry, entries []entry, path string) criteria.Test {
	t := criteria.Test{Field: field.name, Name: c.jamfName(field, join(path, field.name))}
	if len(entries) != 2 {
		c.add(field.at, join(path, field.name), "needs one operator beside it, as is: or like:")
		return t
	}
	operator := entries[0]
	if operator.name == field.name {
		operator = entries[1]
	}
	c.compared(operator, path, &t)
	if t.Field == criteria.Attribute {
		c.attributePlaces = append(c.attributePlaces, namedPlace{field.at, join(path, field.name), t.Name})
	}
	return t
}

// namedPlace is where a name stands.
type namedPlace struct {
	at   place
	path string
	name string
}

// test reads a test of a field with a readable name.
func (c *jamfCheck) test(e entry, path string) criteria.Test {
	at := join(path, clip(e.name))
	field, ok := criteria.Lookup(e.name)
	if !ok {
		c.unknownCriterion(e, at)
		return criteria.Test{}
	}
	t := criteria.Test{Field: e.name}
	if text, ok := scalarText(e.value); ok && field.Kind == criteria.YesNo {
		t.Operator, t.Values = "is", []string{text}
		c.checkTest(e, at, t)
		return t
	}
	entries, ok := c.mapping(e.value, at)
	if !ok {
		return t
	}
	if len(entries) != 1 {
		c.add(position(e.value), at, "needs one operator; write one of %s", strings.Join(criteria.OperatorsOf(field.Kind), ", "))
		return t
	}
	c.compared(entries[0], at, &t)
	return t
}

func (c *jamfCheck) unknownCriterion(e entry, at string) {
	names := append([]string{"all", "any"}, criteria.FieldNames()...)
	if near := settings.Nearest(e.name, names); near != "" {
		c.add(e.at, at, "is nothing that can be tested; did you mean %s?", near)
		return
	}
	c.add(e.at, at, "is nothing that can be tested; write one of %s, or criterion: with the exact name in Jamf Pro", strings.Join(names, ", "))
}

// compared reads an operator with its value or values.
func (c *jamfCheck) compared(e entry, path string, t *criteria.Test) {
	at := join(path, clip(e.name))
	operator, ok := criteria.LookupOperator(e.name)
	if !ok {
		known := criteria.OperatorsOf(t.KindOf())
		if near := settings.Nearest(e.name, known); near != "" {
			c.add(e.at, at, "is an unknown operator; did you mean %s?", near)
			return
		}
		c.add(e.at, at, "is an unknown operator; write one of %s", strings.Join(known, ", "))
		return
	}
	t.Operator = operator.Name
	nodes := []ast.Node{e.value}
	if list, ok := e.value.(*ast.SequenceNode); ok {
		nodes = list.Values
	}
	for _, node := range nodes {
		text, ok := scalarText(node)
		if !ok {
			c.add(position(node), at, "is %s; write a value, or a list of values", describe(node))
			return
		}
		t.Values = append(t.Values, text)
	}
	c.checkTest(e, at, *t)
}

// checkTest says what is wrong with a test where it stands.
func (c *jamfCheck) checkTest(e entry, at string, t criteria.Test) {
	if _, err := (criteria.Node{Test: t}).Rows(); err != nil && t.Name+t.Field != "" {
		c.add(position(e.value), at, "%v", err)
	}
}

// scalarText is a value as it is written: 26.10 is a version, and no number.
func scalarText(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}
