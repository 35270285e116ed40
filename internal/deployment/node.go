package deployment

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/install-or-defer/install-or-defer/internal/settings"
)

// Limits on one file. The parser takes time that grows with the square of these.
const (
	maxSize     = 256 << 10 // bytes
	maxLines    = 10_000
	maxBrackets = 4_000
)

// place is where something stands in a file, from 1.
type place struct{ line, column int }

// reader is one reading of a file.
type reader struct {
	file     string
	problems []Problem
	places   map[string]place // of each value by key, as PromptTimeout or Localizations.de.PromptMessage
	names    map[string]string
}

func newReader(file string) *reader {
	return &reader{file: file, places: map[string]place{}, names: map[string]string{}}
}

func (r *reader) add(at place, key, format string, args ...any) {
	r.problems = append(r.problems, Problem{
		File: r.file, Line: at.line, Column: at.column, Key: key, Message: oneLine(fmt.Sprintf(format, args...)),
	})
}

// oneLine fits a message on one line of a bearable length, whatever a file made it say.
func oneLine(text string) string {
	const longest = 600
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}

// entry is one key of a mapping with its value.
type entry struct {
	name  string
	at    place
	value ast.Node
}

// parse reads the one document of a file, which has to be a mapping. What does not parse is a problem.
func (r *reader) parse(data []byte) []entry {
	switch {
	case len(data) > maxSize:
		r.add(place{}, "", "is larger than %d KiB", maxSize>>10)
	case !utf8.Valid(data):
		r.add(place{1 + strings.Count(string(data[:invalid(data)]), "\n"), 1}, "", "is not UTF-8 text")
	case strings.Count(string(data), "\n") > maxLines:
		r.add(place{maxLines + 1, 1}, "", "has more than %d lines", maxLines)
	case strings.Count(string(data), "[")+strings.Count(string(data), "{") > maxBrackets:
		r.add(place{1, 1}, "", "has more than %d brackets", maxBrackets)
	default:
		return r.document(data)
	}
	return nil
}

// invalid is where the first byte stands that is not UTF-8.
func invalid(data []byte) int {
	at := 0
	for at < len(data) {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

func (r *reader) document(data []byte) []entry {
	file, err := parseYAML(data)
	if err != nil {
		r.syntax(err, data)
		return nil
	}
	var body ast.Node
	for _, document := range file.Docs {
		switch {
		case document.Body == nil:
		case document.Body.Type() == ast.DirectiveType:
			r.add(position(document.Body), "", "holds a directive; leave out the line that begins with %%")
			return nil
		case body != nil:
			r.add(position(document.Body), "", "is a second document; keep one, and leave out the line ---")
			return nil
		default:
			body = document.Body
		}
	}
	if body == nil {
		r.add(place{1, 1}, "", "is empty; install-or-defer init writes a start")
		return nil
	}
	entries, ok := r.mapping(body, "")
	if ok && len(entries) == 0 {
		r.add(position(body), "", "holds nothing; install-or-defer init writes a start")
	}
	return entries
}

// parseYAML keeps a panic of the parser from ending the program.
func parseYAML(data []byte) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cannot be read as YAML: %v", p)
		}
	}()
	return parser.ParseBytes(data, 0)
}

// syntax reports what the parser says.
func (r *reader) syntax(err error, data []byte) {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil || at.GetToken().Position == nil {
		r.add(place{1, 1}, "", "%v", err)
		return
	}
	p := place{max(1, at.GetToken().Position.Line), max(1, at.GetToken().Position.Column)}
	lines := strings.Split(string(data), "\n")
	if p.line <= len(lines) && strings.Contains(lines[p.line-1][:indent(lines[p.line-1])], "\t") {
		r.add(p, "", "is indented with a tab; write spaces")
		return
	}
	r.add(p, "", "%s", at.GetMessage())
}

// indent is how many spaces and tabs a line begins with.
func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// position is where a node begins. A mapping in the plain style begins with its first key, not with the colon behind it.
func position(node ast.Node) place {
	switch n := node.(type) {
	case *ast.MappingValueNode:
		return position(n.Key)
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return position(n.Values[0])
		}
	}
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return place{1, 1}
	}
	p := node.GetToken().Position
	return place{max(1, p.Line), max(1, p.Column)}
}

// mapping reads the entries of a mapping; nothing is an empty one.
func (r *reader) mapping(node ast.Node, key string) (entries []entry, ok bool) {
	var pairs []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.NullNode:
		return nil, true
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		r.add(position(node), key, "is %s, not keys with values; write key: value, one a line", describe(node))
		return nil, false
	}
	seen := map[string]place{}
	for _, pair := range pairs {
		at := position(pair.Key)
		switch k := pair.Key.(type) {
		case *ast.MergeKeyNode, *ast.MappingKeyNode:
			r.add(at, key, "holds a key in a form that is not used here; write key: value")
			continue
		case ast.ScalarNode:
			name := fmt.Sprint(k.GetValue())
			if k.GetToken() != nil && k.Type() != ast.LiteralType {
				name = k.GetToken().Value
			}
			if first, twice := seen[name]; twice {
				r.add(at, join(key, clip(name)), "is given twice, first in line %d; leave one out", first.line)
				continue
			}
			seen[name] = at
			entries = append(entries, entry{name, at, pair.Value})
		default:
			r.add(at, key, "holds a key in a form that is not used here; write key: value")
		}
	}
	return entries, true
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// value reads a value of any type. What has no place in settings is a problem.
func (r *reader) value(node ast.Node, key string) (value any, ok bool) {
	switch n := node.(type) {
	case *ast.IntegerNode:
		return integer(n), true
	case *ast.SequenceNode:
		list := []any{}
		for _, item := range n.Values {
			v, ok := r.value(item, key)
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		return list, true
	case *ast.MappingNode, *ast.MappingValueNode:
		entries, ok := r.mapping(n, key)
		dict := map[string]any{}
		for _, e := range entries {
			v, good := r.value(e.value, join(key, clip(e.name)))
			ok = ok && good
			dict[e.name] = v
		}
		return dict, ok
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.BoolNode, *ast.StringNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return n.(ast.ScalarNode).GetValue(), true
	case *ast.NullNode:
		r.add(position(node), key, "has no value; write one, or leave the key out to keep its default")
	default:
		r.add(position(node), key, "is %s, which is not used here; write the value itself", describe(node))
	}
	return nil, false
}

// integer is a whole number. One with a zero in front is decimal all the same: 08 is an hour.
func integer(n *ast.IntegerNode) any {
	if text := n.GetToken().Value; len(text) > 1 && text[0] == '0' && strings.Trim(text, "0123456789") == "" {
		return text
	}
	switch v := n.Value.(type) {
	case int64:
		return v
	case uint64:
		return int64(min(v, math.MaxInt64))
	default:
		return fmt.Sprint(v)
	}
}

func describe(node ast.Node) string {
	switch node.(type) {
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys with values"
	case *ast.TagNode:
		return "a tag (!)"
	case *ast.AnchorNode:
		return "an anchor (&)"
	case *ast.AliasNode:
		return "an alias (*)"
	default:
		return "a single value"
	}
}

// setting reads the value of a key of the table, and remembers where it stands. Durations may be text.
func (r *reader) setting(e entry, key settings.Key, path string) (value any, ok bool) {
	value, ok = r.value(e.value, path)
	if text, is := value.(string); is && key.Unit == settings.Seconds {
		if seconds, good := parseSpan(text); good {
			value = seconds
		}
	}
	return value, ok
}

// children are the entries of a mapping that was read without a problem before; none of what is no mapping.
func children(node ast.Node) ([]entry, bool) {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return (&reader{}).mapping(node, "")
	default:
		return nil, false
	}
}
