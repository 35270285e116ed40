package jamftest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// filter is a query in RSQL that has been read: it tells whether what has some fields is looked for. A field that is
// null or absent has the empty text.
type filter func(field func(name string) string) bool

// parseFilter reads a query. Fields that are not among those allowed are an error, and so is an operator that nobody
// knows. An empty query finds everything.
func parseFilter(query string, allowed []string) (filter, error) {
	if strings.TrimSpace(query) == "" {
		return func(func(string) string) bool { return true }, nil
	}
	p := &rsql{text: query, allowed: allowed}
	f, err := p.or()
	if err == nil && p.rest() != "" {
		err = fmt.Errorf("unexpected %q", p.rest())
	}
	if err != nil {
		return nil, fmt.Errorf("filter %q: %w", query, err)
	}
	return f, nil
}

// rsql reads a query from left to right. "and" binds tighter than "or".
type rsql struct {
	text    string
	at      int
	depth   int
	allowed []string
}

// maxDepth is how deep parentheses may go.
const maxDepth = 50

func (p *rsql) rest() string { return strings.TrimLeft(p.text[p.at:], " ") }

func (p *rsql) skip() { p.at = len(p.text) - len(p.rest()) }

// take takes one of some words if it is next. A word of letters must end where it ends.
func (p *rsql) take(words ...string) bool {
	p.skip()
	for _, w := range words {
		after, ok := strings.CutPrefix(p.text[p.at:], w)
		if ok && (w[0] < 'a' || after == "" || strings.ContainsAny(after[:1], " (")) {
			p.at += len(w)
			return true
		}
	}
	return false
}

func (p *rsql) or() (filter, error) {
	return p.chain(p.and, []string{",", "or"}, func(a, b bool) bool { return a || b })
}

func (p *rsql) and() (filter, error) {
	return p.chain(p.primary, []string{";", "and"}, func(a, b bool) bool { return a && b })
}

func (p *rsql) chain(next func() (filter, error), joins []string, join func(a, b bool) bool) (filter, error) {
	left, err := next()
	for err == nil && p.take(joins...) {
		var right filter
		one := left
		if right, err = next(); err == nil {
			left = func(field func(string) string) bool { return join(one(field), right(field)) }
		}
	}
	return left, err
}

func (p *rsql) primary() (filter, error) {
	if !p.take("(") {
		return p.comparison()
	}
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("more than %d parentheses in each other", maxDepth)
	}
	inner, err := p.or()
	p.depth--
	if err == nil && !p.take(")") {
		err = fmt.Errorf("a parenthesis is not closed")
	}
	return inner, err
}

func (p *rsql) comparison() (filter, error) {
	p.skip()
	name := p.until("=!<>~\"'(); ,")
	if name == "" {
		return nil, fmt.Errorf("a field is missing before %q", p.rest())
	}
	if !slices.Contains(p.allowed, name) {
		return nil, fmt.Errorf("%s is no field to filter by", name)
	}
	operator, err := p.operator()
	if err != nil {
		return nil, err
	}
	var values []string
	if operator == "=in=" || operator == "=out=" {
		values, err = p.list()
	} else {
		var v string
		v, err = p.value()
		values = []string{v}
	}
	if err != nil {
		return nil, err
	}
	return func(field func(string) string) bool { return compare(field(name), operator, values) }, nil
}

func (p *rsql) until(stops string) string {
	start := p.at
	for p.at < len(p.text) && !strings.ContainsRune(stops, rune(p.text[p.at])) {
		p.at++
	}
	return p.text[start:p.at]
}

func (p *rsql) operator() (string, error) {
	for _, o := range []struct{ text, means string }{
		{"==", "=="},
		{"!=", "!="},
		{"=in=", "=in="},
		{"=out=", "=out="},
		{"=lt=", "<"},
		{"=le=", "<="},
		{"=gt=", ">"},
		{"=ge=", ">="},
		{"<=", "<="},
		{">=", ">="},
		{"<", "<"},
		{">", ">"},
	} {
		if p.take(o.text) {
			return o.means, nil
		}
	}
	return "", fmt.Errorf("an operator is missing before %q", p.rest())
}

func (p *rsql) list() ([]string, error) {
	if !p.take("(") {
		return nil, fmt.Errorf("a list is missing before %q", p.rest())
	}
	var values []string
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		values = append(values, v)
		if p.take(")") {
			return values, nil
		}
		if !p.take(",") {
			return nil, fmt.Errorf("a list is not closed")
		}
	}
}

// value reads an argument: in quotes of either kind, in which a backslash takes away the meaning of what follows, or a
// bare word.
func (p *rsql) value() (string, error) {
	p.skip()
	if p.at == len(p.text) {
		return "", fmt.Errorf("a value is missing at the end")
	}
	quote := p.text[p.at]
	if quote != '"' && quote != '\'' {
		v := p.until("\"'(); ,=!<>~")
		if v == "" {
			return "", fmt.Errorf("a value is missing before %q", p.rest())
		}
		return v, nil
	}
	var b strings.Builder
	for p.at++; p.at < len(p.text); p.at++ {
		switch ch := p.text[p.at]; {
		case ch == '\\' && p.at+1 < len(p.text):
			p.at++
			b.WriteByte(p.text[p.at])
		case ch == quote:
			p.at++
			return b.String(), nil
		default:
			b.WriteByte(ch)
		}
	}
	return "", fmt.Errorf("a quote is not closed")
}

// compare compares what a field has with what a query asks for. "*" stands for anything, so whoever looks a name up has
// to compare what comes back. Capitals do not matter, as they do not in a MySQL database: not known of Jamf's.
func compare(have, operator string, values []string) bool {
	switch operator {
	case "==", "=in=":
		return slices.ContainsFunc(values, func(v string) bool { return like(have, v) })
	case "!=", "=out=":
		return !slices.ContainsFunc(values, func(v string) bool { return like(have, v) })
	}
	if have == "" {
		return false
	}
	switch o := order(have, values[0]); operator {
	case "<":
		return o < 0
	case "<=":
		return o <= 0
	case ">":
		return o > 0
	default:
		return o >= 0
	}
}

// like tells whether a text fits a pattern in which "*" stands for anything.
func like(text, pattern string) bool {
	text, pattern = strings.ToLower(text), strings.ToLower(pattern)
	first, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return text == pattern
	}
	text, ok := strings.CutPrefix(text, first)
	parts := strings.Split(rest, "*")
	for _, part := range parts[:len(parts)-1] {
		at := strings.Index(text, part)
		if !ok || at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return ok && strings.HasSuffix(text, parts[len(parts)-1])
}

// order compares two texts as what they are: times, numbers, or words.
func order(a, b string) int {
	if x, ok := moment(a); ok {
		if y, ok := moment(b); ok {
			return x.Compare(y)
		}
	}
	if numeric(a) && numeric(b) {
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		if errX == nil && errY == nil {
			return cmp.Compare(x, y)
		}
	}
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}

// numeric tells whether a text may be a number, by its first letter.
func numeric(text string) bool {
	return text != "" && strings.IndexByte("+-.0123456789", text[0]) >= 0
}

func moment(text string) (time.Time, bool) {
	if len(text) < len(time.DateOnly) || text[4] != '-' || text[7] != '-' {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
