package deployment

import (
	"fmt"
	"math"
	"strings"
)

// assignment is a variable that a shell script sets.
type assignment struct {
	name    string
	line    int
	value   string
	dynamic string // why the value is only known when the script runs; empty when it is known
}

// assignments finds the variables that a script sets at the beginning of a line, in order. Nothing is run: values are
// read where they are texts, numbers, arithmetic or variables set before in the same ways.
func assignments(script string) []assignment {
	s := &shell{text: strings.ReplaceAll(script, "\r\n", "\n"), known: map[string]string{}}
	var all []assignment
	for s.at < len(s.text) {
		s.skip(" \t")
		for _, word := range []string{"export ", "readonly ", "local ", "declare -r ", "typeset -r "} {
			if strings.HasPrefix(s.text[s.at:], word) {
				s.at += len(word)
				s.skip(" \t")
			}
		}
		if name := s.name(); name != "" && s.at < len(s.text) && s.text[s.at] == '=' {
			a := assignment{name: name, line: 1 + strings.Count(s.text[:s.at], "\n")}
			s.at++
			a.value, a.dynamic = s.word()
			if a.dynamic == "" {
				s.known[name] = a.value
			} else {
				delete(s.known, name)
			}
			all = append(all, a)
		}
		s.toLineEnd()
	}
	return all
}

// shell is one reading of a script.
type shell struct {
	text  string
	at    int
	known map[string]string
}

func (s *shell) skip(set string) {
	for s.at < len(s.text) && strings.IndexByte(set, s.text[s.at]) >= 0 {
		s.at++
	}
}

func (s *shell) toLineEnd() {
	if i := strings.IndexByte(s.text[s.at:], '\n'); i >= 0 {
		s.at += i + 1
		return
	}
	s.at = len(s.text)
}

func (s *shell) name() string {
	start := s.at
	for s.at < len(s.text) {
		c := s.text[s.at]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (s.at == start || c < '0' || c > '9') {
			break
		}
		s.at++
	}
	return s.text[start:s.at]
}

// word reads a value up to its end.
func (s *shell) word() (value, dynamic string) {
	var b strings.Builder
	for s.at < len(s.text) && strings.IndexByte(" \t\n;&|()<>", s.text[s.at]) < 0 {
		c := s.text[s.at]
		why := ""
		switch {
		case c == '\'':
			why = s.single(&b)
		case c == '"':
			s.at++
			why = s.double(&b)
		case c == '\\' && s.at+1 < len(s.text):
			if s.text[s.at+1] != '\n' {
				b.WriteByte(s.text[s.at+1])
			}
			s.at += 2
		case c == '$' || c == '`':
			why = s.expansion(&b)
		default:
			b.WriteByte(c)
			s.at++
		}
		if dynamic == "" {
			dynamic = why
		}
	}
	if s.at < len(s.text) && s.text[s.at] == '(' && b.Len() == 0 && dynamic == "" {
		dynamic = "it is an array"
	}
	return b.String(), dynamic
}

// single reads text in single quotes.
func (s *shell) single(b *strings.Builder) (dynamic string) {
	rest := s.text[s.at+1:]
	end := strings.IndexByte(rest, '\'')
	if end < 0 {
		s.at = len(s.text)
		return "its quotes are not closed"
	}
	b.WriteString(rest[:end])
	s.at += end + 2
	return ""
}

// double reads text in double quotes, from after the first.
func (s *shell) double(b *strings.Builder) (dynamic string) {
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '"':
			s.at++
			return dynamic
		case c == '\\' && s.at+1 < len(s.text):
			next := s.text[s.at+1]
			if strings.IndexByte("$`\"\\", next) >= 0 {
				b.WriteByte(next)
			} else if next != '\n' {
				b.WriteString(s.text[s.at : s.at+2])
			}
			s.at += 2
		case c == '$' || c == '`':
			if why := s.expansion(b); dynamic == "" {
				dynamic = why
			}
		default:
			b.WriteByte(c)
			s.at++
		}
	}
	return "its quotes are not closed"
}

// expansion reads what begins with $ or `.
func (s *shell) expansion(b *strings.Builder) (dynamic string) {
	rest := s.text[s.at:]
	switch {
	case strings.HasPrefix(rest, "$(("):
		inner, closed := s.balanced(len("$("))
		if !closed {
			return "a bracket is not closed"
		}
		n, err := evaluate(strings.TrimSuffix(strings.TrimPrefix(inner, "("), ")"), s.known)
		if err != nil {
			return err.Error()
		}
		fmt.Fprint(b, n)
	case strings.HasPrefix(rest, "$("):
		s.balanced(len("$("))
		return "it holds what a command prints"
	case rest[0] == '`':
		end := strings.IndexByte(rest[1:], '`')
		s.at += max(end+2, 1)
		return "it holds what a command prints"
	case strings.HasPrefix(rest, "${"):
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			s.at = len(s.text)
			return "a bracket is not closed"
		}
		s.at += end + 1
		return s.variable(rest[2:end], b)
	case len(rest) > 1 && (rest[1] == '\'' || rest[1] == '"'):
		s.at++
		return "it uses quotes after $"
	default:
		s.at++
		if name := s.name(); name != "" {
			return s.variable(name, b)
		}
		b.WriteByte('$')
	}
	return ""
}

func (s *shell) variable(name string, b *strings.Builder) (dynamic string) {
	value, ok := s.known[name]
	if !ok {
		return fmt.Sprintf("it depends on %.40q", name)
	}
	b.WriteString(value)
	return ""
}

// balanced reads from so many bytes on, after an opening bracket, to the bracket that closes it.
func (s *shell) balanced(from int) (inner string, closed bool) {
	s.at += from
	start, depth := s.at, 1
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				s.at++
				return s.text[start : s.at-1], true
			}
		case '\'', '"':
			s.quoted(s.text[s.at])
		}
	}
	return s.text[start:], false
}

// quoted goes to the end of a text in quotes of a kind, if it has one.
func (s *shell) quoted(quote byte) {
	for at := s.at + 1; at < len(s.text); at++ {
		switch {
		case s.text[at] == quote:
			s.at = at
			return
		case s.text[at] == '\\' && quote == '"':
			at++
		}
	}
}

// evaluate computes shell arithmetic on whole numbers and variables.
func evaluate(text string, known map[string]string) (int64, error) {
	a := &arithmetic{text: text, known: known}
	n := a.sum(0)
	if a.space(); a.err == "" && a.at < len(text) {
		a.err = fmt.Sprintf("the arithmetic %.40q is not understood", text)
	}
	if a.err != "" {
		return 0, fmt.Errorf("%s", a.err)
	}
	return int64(n), nil
}

// arithmetic is one computation. Numbers beyond what a float64 holds exactly are refused.
type arithmetic struct {
	text  string
	at    int
	known map[string]string
	err   string
}

func (a *arithmetic) space() {
	for a.at < len(a.text) && strings.IndexByte(" \t\n", a.text[a.at]) >= 0 {
		a.at++
	}
}

func (a *arithmetic) fail(why string) float64 {
	if a.err == "" {
		a.err = why
	}
	a.at = len(a.text)
	return 0
}

// operator takes one of some operators, if one is next.
func (a *arithmetic) operator(set string) byte {
	if a.space(); a.at < len(a.text) && strings.IndexByte(set, a.text[a.at]) >= 0 {
		a.at++
		return a.text[a.at-1]
	}
	return 0
}

func (a *arithmetic) sum(depth int) float64 {
	n := a.product(depth)
	for op := a.operator("+-"); op != 0; op = a.operator("+-") {
		m := a.product(depth)
		if op == '-' {
			m = -m
		}
		n = a.exact(n + m)
	}
	return n
}

func (a *arithmetic) product(depth int) float64 {
	n := a.factor(depth)
	for op := a.operator("*/%"); op != 0; op = a.operator("*/%") {
		m := a.factor(depth)
		switch {
		case op == '*':
			n = a.exact(n * m)
		case m == 0:
			return a.fail("it divides by zero")
		case op == '/':
			n = math.Trunc(n / m)
		default:
			n = math.Mod(n, m)
		}
	}
	return n
}

func (a *arithmetic) factor(depth int) float64 {
	const deepest = 50
	if depth > deepest {
		return a.fail("its arithmetic is nested too deep")
	}
	switch op := a.operator("+-(${"); op {
	case '(':
		n := a.sum(depth + 1)
		if a.operator(")") == 0 {
			return a.fail("a bracket is not closed")
		}
		return n
	case '-':
		return -a.factor(depth + 1)
	case '+', '$':
		return a.factor(depth + 1)
	case '{':
		n := a.factor(depth + 1)
		if a.operator("}") == 0 {
			return a.fail("a bracket is not closed")
		}
		return n
	}
	s := &shell{text: a.text, at: a.at}
	if name := s.name(); name != "" {
		a.at = s.at
		value, ok := a.known[name]
		if !ok {
			return a.fail(fmt.Sprintf("it depends on %.40q", name))
		}
		return a.number(value)
	}
	start := a.at
	for a.at < len(a.text) && a.text[a.at] >= '0' && a.text[a.at] <= '9' {
		a.at++
	}
	return a.number(a.text[start:a.at])
}

// number reads decimal digits. The shell takes those that begin with a zero for octal: whoever wrote them may not.
func (a *arithmetic) number(digits string) float64 {
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return a.fail(fmt.Sprintf("the arithmetic %.40q is not understood", a.text))
	}
	if len(digits) > 1 && digits[0] == '0' {
		return a.fail(fmt.Sprintf("the shell takes %.40s for octal", digits))
	}
	n := 0.0
	for _, c := range []byte(digits) {
		n = n*10 + float64(c-'0')
	}
	return a.exact(n)
}

func (a *arithmetic) exact(n float64) float64 {
	if math.Abs(n) > 1<<53 {
		return a.fail("a number is too large")
	}
	return n
}
