package criteria_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/criteria"
)

func all(parts ...criteria.Node) criteria.Node {
	return criteria.Node{Join: criteria.All, Parts: parts}
}

func either(parts ...criteria.Node) criteria.Node {
	return criteria.Node{Join: criteria.Any, Parts: parts}
}

func test(field, operator string, values ...string) criteria.Node {
	return criteria.Node{Test: criteria.Test{Field: field, Operator: operator, Values: values}}
}

// letter is a test that is told from others by its value, and shown as that alone.
func letter(name string) criteria.Node { return test("serial", "is", name) }

// shown writes rows in the way of Jamf's page: one after the other.
func shown(rows []criteria.Row) string {
	var b strings.Builder
	for i, r := range rows {
		if i > 0 {
			b.WriteString(map[bool]string{true: " or ", false: " and "}[r.Or])
		}
		if r.Open {
			b.WriteString("(")
		}
		switch r.Name + " " + r.Operator {
		case "Serial Number is":
			b.WriteString(r.Value)
		case "Serial Number is not":
			b.WriteString("not " + r.Value)
		default:
			fmt.Fprintf(&b, "%s %s %s", r.Name, r.Operator, r.Value)
		}
		if r.Close {
			b.WriteString(")")
		}
	}
	return b.String()
}

func TestRows(t *testing.T) {
	a, b, c, d := letter("A"), letter("B"), letter("C"), letter("D")
	for name, row := range map[string]struct {
		in   criteria.Node
		want string
	}{
		"one test stands alone":                {a, "A"},
		"all of one is that one":               {all(a), "A"},
		"all":                                  {all(a, b, c), "A and B and C"},
		"any":                                  {either(a, b), "A or B"},
		"any within all is put in parentheses": {all(a, either(b, c)), "A and (B or C)"},
		"all within any too, whichever binds tighter":        {either(all(a, b), all(c, d)), "(A and B) or (C and D)"},
		"all within all needs none":                          {all(all(a, b), all(c, d)), "A and B and C and D"},
		"any of one within all needs none":                   {all(either(a), either(b)), "A and B"},
		"what collapses is joined with what is around it":    {all(a, either(all(b, c))), "A and B and C"},
		"parentheses in parentheses":                         {all(a, either(b, all(c, d), a)), "A and (B or (C and D) or A)"},
		"several serial numbers are alternatives":            {all(test("serial", "is", "A", "B"), c), "(A or B) and C"},
		"several that it may not be are not":                 {either(test("serial", "is_not", "A", "B"), c), "(not A and not B) or C"},
		"truth is a word":                                    {test("apple_silicon", "is", "true"), "Apple Silicon is Yes"},
		"a criterion of Jamf's own":                          {criteria.Node{Test: criteria.Test{Field: criteria.Criterion, Name: "Last Enrollment", Operator: "more_than_days_ago", Values: []string{"30"}}}, "Last Enrollment more than x days ago 30"},
		"an extension attribute":                             {criteria.Node{Test: criteria.Test{Field: criteria.Attribute, Name: "Ring", Operator: "is", Values: []string{""}}}, "Ring is "},
		"a version of macOS is compared by the server":       {test("os_version", "less_than", "15.7.1"), "Operating System Version less than 15.7.1"},
		"a version of an application by regular expressions": {test("app_version", "less_than", "2"), `Application Version matches regex ^0*([0-1])([^0-9]|$)`},
		"another group":                                      {test("computer_group", "not_member_of", "Test Macs"), "Computer Group not member of Test Macs"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := row.in.Rows()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, shown(rows)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	a, b, c := letter("A"), letter("B"), letter("C")
	long := strings.Repeat("é", 256)
	for name, row := range map[string]struct {
		in   criteria.Node
		want string
	}{
		"parentheses that open twice at one criterion":   {all(either(all(a, b), c), c), "make a second group of it"},
		"parentheses that close twice":                   {all(c, either(c, all(a, b))), "make a second group of it"},
		"nothing to test":                                {all(), "all holds no test"},
		"a join that is none":                            {criteria.Node{Join: "some", Parts: []criteria.Node{a}}, `"some"`},
		"an operator that is none":                       {test("serial", "equals", "A"), `"equals" is no operator`},
		"a field that is none":                           {test("colour", "is", "red"), `"colour" is no field`},
		"an operator that does not fit":                  {test("serial", "less_than", "A"), "less_than does not fit a text; write one of is, is_not, like"},
		"a group that is compared":                       {test("computer_group", "is", "A"), "write one of member_of, not_member_of"},
		"a comparison without a value":                   {test("serial", "is"), "is has no value"},
		"a version that is none":                         {test("os_version", "less_than", "Sequoia"), "is no version, as 15.7.1"},
		"a version with an empty part":                   {test("os_version", "less_than", "15."), "is no version"},
		"a date that is none":                            {test("last_inventory", "before", "2026-02-30"), "is no date"},
		"days that are none":                             {test("last_inventory", "more_than_days_ago", "a week"), "is no number of days"},
		"days with a zero before them":                   {test("last_inventory", "more_than_days_ago", "07"), "is no number of days"},
		"neither yes nor no":                             {test("supervised", "is", "maybe"), "neither true nor false"},
		"nothing, where nothing is meant":                {test("serial", "like", ""), "the value is empty"},
		"a value that is too long":                       {test("serial", "is", long), "has 256 characters, and Jamf Pro takes 255"},
		"a name that is too long":                        {criteria.Node{Test: criteria.Test{Field: criteria.Criterion, Name: long, Operator: "is", Values: []string{"A"}}}, "more than 255"},
		"a name that is missing":                         {criteria.Node{Test: criteria.Test{Field: criteria.Attribute, Operator: "is", Values: []string{"A"}}}, "is no field"},
		"a space that servers drop":                      {test("serial", "is", "A "), "begins or ends with a space"},
		"a line break":                                   {test("serial", "is", "A\nB"), "cannot be seen"},
		"a regular expression that cannot be read":       {test("os_build", "matches", "^17G("), "missing closing )"},
		"a class that only some engines know":            {test("os_build", "matches", `^17G\d{1,4}$`), `holds \d, which not every server knows; write [0-9]`},
		"the same in brackets":                           {test("os_build", "matches", `[\w.]`), `holds \w`},
		"a class with a name":                            {test("os_build", "matches", `[[:digit:]]`), "holds [:"},
		"a flag":                                         {test("os_build", "matches", `(?i)a`), "holds (?"},
		"a lazy repetition":                              {test("os_build", "matches", `^a+?b`), "holds +?"},
		"a flag after brackets that hold brackets":       {test("os_build", "matches", `[]a](?:b)`), "holds (?"},
		"a flag after brackets that hold one":            {test("os_build", "matches", `[a[](?:b)`), "holds (?"},
		"an expression that cannot be split":             {test("os_build", "matches", "("+strings.Repeat("abc|", 70)+"d)"), "has 283 characters"},
		"a version of an application below all versions": {test("app_version", "less_than", "0.0"), "no version is less than 0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := row.in.Rows()
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v, %v", rows, err)
			}
		})
	}
	if _, err := all(either(all(a, b), c), c).Rows(); !errors.Is(err, criteria.ErrDepth) {
		t.Error(err)
	}
}

func TestBracketsAndEscapesAreNotTakenForMore(t *testing.T) {
	for _, in := range []string{`[]a]\.`, `[^]a]b`, `a\[(b|c)`, `[(?]`, `[a+?]`, `^19[A-B]`, `\(\?`, `a{2,}b`, `[-+?]`} {
		if err := criteria.CheckExpression(in); err != nil {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestAnExpressionThatIsTooLongIsSplitAtItsBars(t *testing.T) {
	var parts []string
	for i := range 60 {
		parts = append(parts, fmt.Sprintf(`^24G%d(a|b)[|)]\|$`, i))
	}
	rows, err := all(test("os_build", "matches", strings.Join(parts, "|")), letter("A")).Rows()
	if err != nil || len(rows) < 4 {
		t.Fatal(rows, err)
	}
	var again []string
	for i, r := range rows[:len(rows)-1] {
		if len(r.Value) > criteria.MaxLength || r.Or != (i > 0) || r.Open != (i == 0) || r.Close != (i == len(rows)-2) {
			t.Errorf("%+v", r)
		}
		again = append(again, r.Value)
	}
	if strings.Join(again, "|") != strings.Join(parts, "|") {
		t.Error(again)
	}
	denied, err := either(test("os_build", "does_not_match", strings.Join(parts, "|")), letter("A")).Rows()
	if err != nil || denied[1].Or || !denied[len(denied)-1].Or {
		t.Error("an expression that is denied is split into such that all are denied:", denied, err)
	}
}

func TestWhatAConditionAsksFor(t *testing.T) {
	n := all(test("computer_group", "member_of", "B", "A"), either(test("computer_group", "not_member_of", "A"), criteria.Node{
		Test: criteria.Test{Field: criteria.Attribute, Name: "Ring", Operator: "is", Values: []string{"1"}},
	}), criteria.Node{Test: criteria.Test{Field: criteria.Criterion, Name: "Computer Group", Operator: "member_of", Values: []string{"C"}}})
	if diff := cmp.Diff([]string{"A", "B", "C"}, n.Groups()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Ring"}, n.Attributes()); diff != "" {
		t.Error(diff)
	}
}

// trees draws conditions on five letters.
func trees(depth int) *rapid.Generator[criteria.Node] {
	leaf := rapid.Custom(func(t *rapid.T) criteria.Node {
		values := rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "C", "D", "E"}), 1, 3).Draw(t, "values")
		return test("serial", rapid.SampledFrom([]string{"is", "is_not"}).Draw(t, "operator"), values...)
	})
	if depth == 0 {
		return leaf
	}
	return rapid.Custom(func(t *rapid.T) criteria.Node {
		if rapid.Bool().Draw(t, "leaf") {
			return leaf.Draw(t, "test")
		}
		join := rapid.SampledFrom([]criteria.Join{criteria.All, criteria.Any}).Draw(t, "join")
		return criteria.Node{Join: join, Parts: rapid.SliceOfN(trees(depth-1), 1, 4).Draw(t, "parts")}
	})
}

// holds is what a tree means.
func holds(n criteria.Node, serial string) bool {
	if n.Join == criteria.Alone {
		found := false
		for _, v := range n.Test.Values {
			found = found || v == serial
		}
		return found == (n.Test.Operator == "is")
	}
	for _, p := range n.Parts {
		if holds(p, serial) == (n.Join == criteria.Any) {
			return n.Join == criteria.Any
		}
	}
	return n.Join == criteria.All
}

// reading is a way to read rows: whether "and" binds tighter than "or", or what comes first does.
type reading struct {
	rows  []criteria.Row
	at    int
	tight bool
}

func (r *reading) one(serial string) bool {
	row := r.rows[r.at]
	if row.Open {
		r.rows[r.at].Open = false
		value := r.list(serial)
		r.rows[r.at-1].Close = false
		return value
	}
	r.at++
	return (row.Value == serial) == (row.Operator == "is")
}

// list reads up to where a parenthesis closes.
func (r *reading) list(serial string) bool {
	whole, part := false, r.one(serial)
	for r.at < len(r.rows) && !r.rows[r.at-1].Close {
		or := r.rows[r.at].Or
		next := r.one(serial)
		switch {
		case !or:
			part = part && next
		case r.tight:
			whole, part = whole || part, next
		default:
			part = part || next
		}
	}
	return whole || part
}

// TestTheListMeansWhatTheTreeMeans reads the rows of random trees in both ways in which a server may.
func TestTheListMeansWhatTheTreeMeans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := trees(3).Draw(t, "tree")
		rows, err := n.Rows()
		if errors.Is(err, criteria.ErrDepth) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, serial := range []string{"A", "B", "C", "D", "E", "F"} {
			for _, tight := range []bool{true, false} {
				r := reading{rows: append([]criteria.Row{}, rows...), tight: tight}
				if got := r.list(serial); got != holds(n, serial) || r.at != len(rows) {
					t.Fatalf("%s (and first: %t): %t\n%s", serial, tight, got, shown(rows))
				}
			}
		}
	})
}
