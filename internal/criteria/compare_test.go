package criteria_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/criteria"
)

// rank compares versions number by number.
func rank(a, b string) int {
	numbers := func(s string) []int {
		var list []int
		for _, part := range strings.Split(s, ".") {
			n, _ := strconv.Atoi(part)
			list = append(list, n)
		}
		return list
	}
	x, y := numbers(a), numbers(b)
	for len(x) < len(y) {
		x = append(x, 0)
	}
	for len(y) < len(x) {
		y = append(y, 0)
	}
	return slices.Compare(x, y)
}

func versions() *rapid.Generator[string] {
	number := rapid.OneOf(
		rapid.Map(rapid.IntRange(0, 1200), strconv.Itoa),
		rapid.SampledFrom([]string{"0", "9", "10", "00", "09", "019", "99", "100", "999", "1000"}),
	)
	return rapid.Map(rapid.SliceOfN(number, 1, 4), func(parts []string) string { return strings.Join(parts, ".") })
}

func TestVersionsOfApplicationsAreComparedAsNumbers(t *testing.T) {
	wanted := map[string]func(int) bool{
		"less_than": func(n int) bool { return n < 0 }, "at_most": func(n int) bool { return n <= 0 },
		"greater_than": func(n int) bool { return n > 0 }, "at_least": func(n int) bool { return n >= 0 },
	}
	rapid.Check(t, func(t *rapid.T) {
		than := versions().Draw(t, "than")
		for operator, want := range wanted {
			rows, err := test("app_version", operator, than).Rows()
			if err != nil {
				if operator == "less_than" && rank(than, "0") == 0 {
					continue
				}
				t.Fatal(operator, err)
			}
			var expressions []*regexp.Regexp
			for i, r := range rows {
				if err := criteria.CheckExpression(r.Value); err != nil || len(r.Value) > criteria.MaxLength || r.Or != (i > 0) {
					t.Fatalf("%+v %v", r, err)
				}
				expressions = append(expressions, regexp.MustCompile(r.Value))
			}
			fits := func(v string) bool {
				return slices.ContainsFunc(expressions, func(e *regexp.Regexp) bool { return e.MatchString(v) })
			}
			for i := range 20 {
				v := versions().Draw(t, fmt.Sprint("version", i))
				if i == 0 {
					v = than
				}
				if fits(v) != want(rank(v, than)) {
					t.Fatalf("%s %s %s: %t by %v", v, operator, than, fits(v), rows)
				}
				if fits(v+" (17614.1)") != want(rank(v, than)) || fits(v+"-beta") != want(rank(v, than)) {
					t.Fatalf("%s %s %s with something behind it, by %v", v, operator, than, rows)
				}
			}
			for _, none := range []string{"", "x", "unknown", "v9999"} {
				if fits(none) {
					t.Fatalf("%q %s %s", none, operator, than)
				}
			}
		}
	})
}
