package criteria

import (
	"errors"
	"fmt"
	"slices"
)

// Join is how several conditions are joined.
type Join string

// How conditions are joined.
const (
	Alone Join = ""    // it is one test
	All   Join = "all" // every one has to hold
	Any   Join = "any" // one has to
)

// Node is a condition: a test of one thing, or several conditions together.
type Node struct {
	Join  Join
	Parts []Node // of All and Any
	Test  Test   // if Alone
}

// Test is a condition on one thing.
type Test struct {
	Field    string   // a name of [Fields], [Criterion] or [Attribute]
	Name     string   // in Jamf Pro, with Criterion and Attribute
	Operator string   // a name of [Operators]
	Values   []string // several are alternatives; with an operator that says no, none of them may be
}

// Fields that are named in full. Neither Jamf Pro's own criteria nor extension attributes are a closed list.
const (
	Criterion = "criterion" // any criterion of Jamf Pro
	Attribute = "attribute" // an extension attribute
)

// Row is one line of a smart group in Jamf Pro.
type Row struct {
	Name     string
	Operator string // in Jamf's words
	Value    string
	Or       bool // it is joined to the one before by "or"; the first one's is false
	Open     bool // a parenthesis opens before it
	Close    bool // and one closes after it
}

// ErrDepth says that a condition needs more parentheses than Jamf Pro has.
var ErrDepth = errors.New("would need two parentheses at one criterion, and Jamf Pro has one; " +
	"put a single test first and last, or make a second group of it and write computer_group: {member_of: …}")

// Rows are the lines of a smart group that has this condition.
func (n Node) Rows() ([]Row, error) {
	plain, err := n.resolve()
	if err != nil {
		return nil, err
	}
	return plain.rows()
}

// Name is what the field of a test is called in Jamf Pro.
func (t Test) criterion() string {
	if t.Field == Criterion || t.Field == Attribute {
		return t.Name
	}
	f, _ := Lookup(t.Field)
	return f.Jamf
}

// branch is a condition in Jamf's words. It has a row, or parts.
type branch struct {
	join  Join
	parts []branch
	row   Row
}

// resolve turns tests into rows and makes the tree as flat as it can be, without changing the order or the meaning.
func (n Node) resolve() (branch, error) {
	if n.Join == Alone {
		return n.Test.resolve()
	}
	if n.Join != All && n.Join != Any {
		return branch{}, fmt.Errorf("conditions are joined by %q, not by all or any", n.Join)
	}
	if len(n.Parts) == 0 {
		return branch{}, fmt.Errorf("%s holds no test", n.Join)
	}
	parts := make([]branch, 0, len(n.Parts))
	for _, p := range n.Parts {
		part, err := p.resolve()
		if err != nil {
			return branch{}, err
		}
		parts = append(parts, part)
	}
	return joined(n.Join, parts), nil
}

// joined joins conditions. One alone stays as it is, and those that are joined the same way are taken in.
func joined(by Join, parts []branch) branch {
	if len(parts) == 1 {
		return parts[0]
	}
	flat := branch{join: by}
	for _, p := range parts {
		if p.join == by {
			flat.parts = append(flat.parts, p.parts...)
		} else {
			flat.parts = append(flat.parts, p)
		}
	}
	return flat
}

// rows lists a condition. Parts that are joined another way than the whole are put in parentheses.
func (b branch) rows() ([]Row, error) {
	if b.join == Alone {
		return []Row{b.row}, nil
	}
	var list []Row
	for i, p := range b.parts {
		rows, err := p.rows()
		if err != nil {
			return nil, err
		}
		if last := len(rows) - 1; last > 0 {
			if rows[0].Open || rows[last].Close {
				return nil, ErrDepth
			}
			rows[0].Open, rows[last].Close = true, true
		}
		rows[0].Or = i > 0 && b.join == Any
		list = append(list, rows...)
	}
	return list, nil
}

// Tests are all tests of a condition, in order.
func (n Node) Tests() []Test {
	if n.Join == Alone {
		return []Test{n.Test}
	}
	var tests []Test
	for _, p := range n.Parts {
		tests = append(tests, p.Tests()...)
	}
	return tests
}

// Groups are the names of the groups that a condition asks for, each once.
func (n Node) Groups() []string {
	var names []string
	for _, t := range n.Tests() {
		if t.criterion() == groupCriterion {
			names = append(names, t.Values...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Attributes are the names of the extension attributes that a condition asks for, each once.
func (n Node) Attributes() []string {
	var names []string
	for _, t := range n.Tests() {
		if t.Field == Attribute {
			names = append(names, t.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
