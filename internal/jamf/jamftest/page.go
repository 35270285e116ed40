package jamftest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxPage is the size that the server silently makes of any larger one.
const maxPage = 2000

// paging is which part of a list a request asks for.
type paging struct {
	page, size int
	filter     filter
	sort       []sorting
}

type sorting struct {
	field string
	down  bool
}

// paging reads the parameters of a request for a list. What is not a number counts as absent.
func (c *call) paging(fields []string, order string) (p paging, refusal *answer) {
	q := c.query()
	p.size = 100
	if n, err := strconv.Atoi(q.Get("page-size")); err == nil && n > 0 {
		p.size = n
	}
	if c.has(Strictness) {
		p.size = min(p.size, maxPage)
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		p.page = n
	}
	var err error
	if p.filter, err = parseFilter(q.Get("filter"), fields); err != nil {
		return p, invalid("filter", err.Error())
	}
	wanted := strings.Join(q["sort"], ",")
	if wanted == "" {
		wanted = order
	}
	for _, one := range strings.Split(wanted, ",") {
		field, way, _ := strings.Cut(strings.TrimSpace(one), ":")
		if field == "" {
			continue
		}
		if !slices.Contains(fields, field) && !strings.HasPrefix(order, field) {
			return p, invalid("sort", field+" is no field to sort by")
		}
		p.sort = append(p.sort, sorting{field, strings.EqualFold(way, "desc")})
	}
	return p, nil
}

// compare puts two things in the order asked for.
func (p paging) compare(a, b func(string) string) int {
	for _, s := range p.sort {
		o := order(a(s.field), b(s.field))
		if s.down {
			o = -o
		}
		if o != 0 {
			return o
		}
	}
	return 0
}

// pick is the part of a list that is on the page.
func pick[T any](p paging, list []T) []T {
	from := min(p.page*p.size, len(list))
	return list[from:min(from+p.size, len(list))]
}

// paged is a list as the Pro API answers it.
type paged struct {
	TotalCount int   `json:"totalCount"`
	Results    []any `json:"results"`
}

// listed answers with the part of a list that a request asks for.
func (c *call) listed(things []any, fields []string, order string) answer {
	p, refusal := c.paging(fields, order)
	if refusal != nil {
		return *refusal
	}
	type row struct {
		thing any
		field func(string) string
	}
	found := []row{}
	for _, thing := range things {
		if field := fieldsOf(thing); p.filter(field) {
			found = append(found, row{thing, field})
		}
	}
	slices.SortStableFunc(found, func(a, b row) int { return p.compare(a.field, b.field) })
	out := paged{TotalCount: len(found), Results: []any{}}
	for _, r := range pick(p, found) {
		out.Results = append(out.Results, r.thing)
	}
	return object(http.StatusOK, out)
}

// fieldsOf finds the fields of a thing by their names in JSON, those of things within by names with dots.
func fieldsOf(thing any) func(string) string {
	var tree map[string]any
	if b, err := json.Marshal(thing); err == nil {
		_ = json.Unmarshal(b, &tree) // what is no object has no fields
	}
	return func(name string) string {
		at := any(tree)
		for _, part := range strings.Split(name, ".") {
			within, _ := at.(map[string]any)
			at = within[part]
		}
		return plain(at)
	}
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// sorted are those of a list that somebody wants, in some order.
func sorted[T any](list []T, want func(T) bool, compare func(a, b T) int) []T {
	found := []T{}
	for _, one := range list {
		if want(one) {
			found = append(found, one)
		}
	}
	slices.SortStableFunc(found, compare)
	return found
}
