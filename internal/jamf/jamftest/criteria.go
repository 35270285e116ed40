package jamftest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// test tells whether a Mac fits the criteria of a smart group.
type test func(*exam) bool

// exam is a Mac that is tested, and when.
type exam struct {
	s     *Server
	v     view
	mac   *Mac
	depth int // of groups that ask for other groups
}

// compile makes a test of criteria. Between them "and" binds tighter than "or", as in SQL: not known of Jamf, so whoever
// mixes them had better use parentheses, which bind tightest. An operator that nobody knows, a name that is neither known nor an extension attribute, a
// regular expression that cannot be read, and parentheses that do not match are errors.
func (s *Server) compile(v view, criteria []criterion) (test, error) {
	if len(criteria) == 0 {
		return func(*exam) bool { return true }, nil
	}
	p := &criteriaParser{s: s, v: v, list: criteria}
	t, err := p.or()
	switch {
	case err != nil:
		return nil, err
	case p.at < len(criteria) || p.open != 0:
		return nil, fmt.Errorf("the parentheses do not match")
	}
	return t, nil
}

// criteriaParser reads criteria in their order. A parenthesis opens before a criterion and closes after one.
type criteriaParser struct {
	s       *Server
	v       view
	list    []criterion
	at      int
	entered bool // the parenthesis before the next criterion has been seen
	open    int
	closed  bool // the last criterion has closed a parenthesis
}

func (p *criteriaParser) more(join string) bool {
	return p.at < len(p.list) && !p.closed && p.list[p.at].AndOr == join
}

func (p *criteriaParser) or() (test, error) {
	left, err := p.and()
	for err == nil && p.more("or") {
		var right test
		one := left
		if right, err = p.and(); err == nil {
			left = func(e *exam) bool { return one(e) || right(e) }
		}
	}
	return left, err
}

func (p *criteriaParser) and() (test, error) {
	left, err := p.one()
	for err == nil && p.more("and") {
		var right test
		one := left
		if right, err = p.one(); err == nil {
			left = func(e *exam) bool { return one(e) && right(e) }
		}
	}
	return left, err
}

func (p *criteriaParser) one() (test, error) {
	k := p.list[p.at]
	if k.OpeningParen && !p.entered {
		p.entered = true
		p.open++
		t, err := p.or()
		if err == nil && !p.closed {
			err = fmt.Errorf("the parentheses do not match")
		}
		p.closed = false
		p.open--
		return t, err
	}
	p.entered = false
	p.at++
	if k.ClosingParen {
		if p.open == 0 {
			return nil, fmt.Errorf("the parentheses do not match")
		}
		p.closed = true
	}
	return p.s.criterion(p.v, k)
}

// criterion makes a test of one criterion. Of things that a Mac has several of, such as applications, one has to fit; or
// none, if the operator says "not".
func (s *Server) criterion(v view, k criterion) (test, error) {
	if !slices.Contains(operators(), k.SearchType) {
		return nil, fmt.Errorf("%q is no operator", k.SearchType)
	}
	if k.Name == groupCriterion {
		wanted := k.SearchType == "member of"
		return func(e *exam) bool { return e.memberOf(k.Value) == wanted }, nil
	}
	if !slices.Contains(criterionNames(), k.Name) {
		if _, _, ok := s.attributes.find(v, func(a attribute) bool { return a.Name == k.Name }); !ok {
			return nil, fmt.Errorf("no criterion is called %q", k.Name)
		}
	}
	fits, negative, err := operation(k)
	if err != nil {
		return nil, err
	}
	return func(e *exam) bool {
		values := valuesOf(e.mac, k.Name)
		if len(values) == 0 {
			values = []string{""}
		}
		return slices.ContainsFunc(values, func(have string) bool { return fits(e, have) }) != negative
	}, nil
}

func (e *exam) memberOf(name string) bool {
	id, g, ok := e.s.groups.find(e.v, func(g group) bool { return strings.EqualFold(g.name, name) })
	switch {
	case !ok || e.depth > maxDepth:
		return false
	case g.smart:
		return g.test(&exam{e.s, e.v, e.mac, e.depth + 1})
	}
	return e.s.isMember(e.v, id, e.mac)
}

// operators are those of all criteria. Which of them fit which criterion is not checked: not known.
func operators() []string {
	return []string{
		"is", "is not", "has", "does not have", "member of", "not member of", "like", "not like", "matches regex", "does not match regex",
		"greater than", "more than", "less than", "greater than or equal", "less than or equal", "before (yyyy-mm-dd)", "after (yyyy-mm-dd)",
		"more than x days ago", "less than x days ago", "in more than x days", "in less than x days",
	}
}

// operation is what an operator does with a value, and whether its result counts the other way round.
func operation(k criterion) (fits func(e *exam, have string) bool, negative bool, err error) {
	value := k.Value
	switch k.SearchType {
	case "is", "has", "is not", "does not have":
		fits = func(_ *exam, have string) bool { return strings.EqualFold(have, value) }
	case "like", "not like":
		fits = func(_ *exam, have string) bool {
			return strings.Contains(strings.ToLower(have), strings.ToLower(value))
		}
	case "matches regex", "does not match regex":
		var expression *regexp.Regexp
		if expression, err = regexp.Compile(value); err != nil {
			return nil, false, err
		}
		fits = func(_ *exam, have string) bool { return expression.MatchString(have) }
	case "before (yyyy-mm-dd)", "after (yyyy-mm-dd)":
		day, wrong := time.Parse(time.DateOnly, value)
		after := strings.HasPrefix(k.SearchType, "after")
		err = wrong
		fits = func(_ *exam, have string) bool {
			at, ok := moment(have)
			return ok && (after && !at.Before(day.AddDate(0, 0, 1)) || !after && at.Before(day))
		}
	case "more than x days ago", "less than x days ago", "in more than x days", "in less than x days":
		days, wrong := strconv.Atoi(value)
		err = wrong
		fits = func(e *exam, have string) bool { return inDays(k.SearchType, have, e.v.now, days) }
	default:
		fits = func(_ *exam, have string) bool { return have != "" && ranks(k.SearchType, byVersion(have, value)) }
	}
	negative = strings.HasPrefix(k.SearchType, "is not") || strings.HasPrefix(k.SearchType, "does not") || strings.HasPrefix(k.SearchType, "not ")
	return fits, negative, err
}

func inDays(operator, have string, now time.Time, days int) bool {
	at, ok := moment(have)
	if !ok {
		return false
	}
	ago, ahead := now.Sub(at), at.Sub(now)
	span := time.Duration(days) * 24 * time.Hour
	switch operator {
	case "more than x days ago":
		return ago > span
	case "less than x days ago":
		return ago >= 0 && ago < span
	case "in more than x days":
		return ahead > span
	}
	return ahead >= 0 && ahead < span
}

func ranks(operator string, o int) bool {
	switch operator {
	case "less than":
		return o < 0
	case "less than or equal":
		return o <= 0
	case "greater than or equal":
		return o >= 0
	}
	return o > 0
}

// byVersion compares versions number by number: 15.10 comes after 15.9. What is no version is compared as a word.
func byVersion(a, b string) int {
	x, y := splitVersion(a), splitVersion(b)
	if x == nil || y == nil {
		return order(a, b)
	}
	for len(x) < len(y) {
		x = append(x, 0)
	}
	for len(y) < len(x) {
		y = append(y, 0)
	}
	return slices.Compare(x, y)
}

// splitVersion reads the numbers of a version, as far as there are any, or nothing.
func splitVersion(text string) []int {
	text, _, _ = strings.Cut(text, "-")
	text, _, _ = strings.Cut(text, " ")
	var parts []int
	for _, p := range strings.Split(text, ".") {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil
		}
		parts = append(parts, n)
	}
	return parts
}
