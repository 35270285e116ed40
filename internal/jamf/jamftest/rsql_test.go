package jamftest

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func TestFilters(t *testing.T) {
	things := map[string]map[string]string{
		"a": {"id": "1", "name": "Software Updates", "priority": "9", "date": "2026-11-30T09:00:00.000Z"},
		"b": {"id": "2", "name": "Apps", "priority": "10", "date": "2026-12-01T09:00:00.000Z"},
		"c": {"id": "10", "name": `Say "hi"`, "priority": "2"},
		"d": {"id": "20", "name": "a,b;c (d)", "priority": "9"},
	}
	rows := []struct{ name, query, want string }{
		{"nothing finds everything", "", "abcd"},
		{"equal", `name=="Software Updates"`, "a"},
		{"capitals do not matter", `name=="software updates"`, "a"},
		{"a bare word", "name==Apps", "b"},
		{"not equal", "name!=Apps", "acd"},
		{"a wildcard at the end", `name=="Soft*"`, "a"},
		{"a wildcard at both ends", "name==*pp*", "b"},
		{"a wildcard within", `name=="S*i\""`, "c"},
		{"an escaped quote", `name=="Say \"hi\""`, "c"},
		{"single quotes", `name=='Say "hi"'`, "c"},
		{"what joins may be in quotes", `name=="a,b;c (d)"`, "d"},
		{"numbers are compared as numbers", "priority>9", "b"},
		{"at least", "priority>=9", "abd"},
		{"in words", "priority=ge=9", "abd"},
		{"less", "priority=lt=9", "c"},
		{"at most", "priority<=2", "c"},
		{"in a list", `id=in=(1,"20")`, "ad"},
		{"not in a list", "id=out=(1,20)", "bc"},
		{"dates", "date>2026-11-30T12:00:00Z", "b"},
		{"what has no value is not before or after one", "date<2030-01-01", "ab"},
		{"and", "priority==9 and id==1", "a"},
		{"and as a sign", "priority==9;id==1", "a"},
		{"or", "id==1 or id==2", "ab"},
		{"or as a sign", "id==1,id==2", "ab"},
		{"and binds tighter", "id==2 or priority==9 and id==1", "ab"},
		{"parentheses bind tightest", "(id==2 or priority==9) and id==1", "a"},
		{"in parentheses in parentheses", "((id==2);(priority==10))", "b"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			f, err := parseFilter(row.query, []string{"id", "name", "priority", "date"})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, key := range []string{"a", "b", "c", "d"} {
				if f(func(name string) string { return things[key][name] }) {
					got += key
				}
			}
			if got != row.want {
				t.Errorf("found %q, want %q", got, row.want)
			}
		})
	}
}

func TestFiltersThatCannotBeRead(t *testing.T) {
	for name, query := range map[string]string{
		"a field that is not allowed":    "colour==red",
		"no operator":                    "name",
		"no value":                       "name==",
		"an operator that nobody knows":  "name=~x",
		"a parenthesis that stays open":  "(name==x",
		"a parenthesis too many":         "name==x)",
		"a quote that stays open":        `name=="x`,
		"a list that stays open":         "name=in=(x,y",
		"a list without parentheses":     "name=in=x",
		"two comparisons without a join": "name==x name==y",
		"only a join":                    "and",
		"parentheses without end":        strings.Repeat("(", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseFilter(query, []string{"name"}); err == nil {
				t.Error("it is read")
			}
		})
	}
}

// TestFiltersAgreeWithAnotherReading makes random queries together with what they mean, by another way: a table of all
// that can be true.
func TestFiltersAgreeWithAnotherReading(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		query, means := randomQuery(r, 3)
		f, err := parseFilter(query, []string{"x", "y", "z"})
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		for n := range 8 {
			value := map[string]string{"x": fmt.Sprint(n & 1), "y": fmt.Sprint(n >> 1 & 1), "z": fmt.Sprint(n >> 2 & 1)}
			if got, want := f(func(name string) string { return value[name] }), means(n); got != want {
				t.Fatalf("%s with %v: %v, want %v", query, value, got, want)
			}
		}
	}
}

func randomQuery(r *rand.Rand, depth int) (query string, means func(n int) bool) {
	if depth == 0 || r.IntN(4) == 0 {
		bit := r.IntN(3)
		field := string("xyz"[bit])
		switch r.IntN(3) {
		case 0:
			return field + "==1", func(n int) bool { return n>>bit&1 == 1 }
		case 1:
			return field + `!="1"`, func(n int) bool { return n>>bit&1 == 0 }
		}
		return field + "=in=(0, 7)", func(n int) bool { return n>>bit&1 == 0 }
	}
	left, meansLeft := randomQuery(r, depth-1)
	right, meansRight := randomQuery(r, depth-1)
	left, right = "("+left+")", "("+right+")"
	if r.IntN(2) == 0 {
		return left + []string{" and ", ";"}[r.IntN(2)] + right, func(n int) bool { return meansLeft(n) && meansRight(n) }
	}
	return left + []string{" or ", ","}[r.IntN(2)] + right, func(n int) bool { return meansLeft(n) || meansRight(n) }
}

func TestWildcardsAgreeWithARegularExpression(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	word := func(letters string, most int) string {
		var b strings.Builder
		for range r.IntN(most + 1) {
			b.WriteByte(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	for range 20000 {
		text, pattern := word("abA", 6), word("ab*", 6)
		expression := "(?i)^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$"
		if got, want := like(text, pattern), regexp.MustCompile(expression).MatchString(text); got != want {
			t.Fatalf("%q like %q: %v, want %v", text, pattern, got, want)
		}
	}
}

func FuzzFiltersAreReadOrRefused(f *testing.F) {
	f.Add(`name=="x" and (id=in=(1,2);name!='y*')`)
	f.Fuzz(func(t *testing.T, query string) {
		if found, err := parseFilter(query, []string{"id", "name"}); err == nil {
			found(func(string) string { return "x" })
		}
	})
}
