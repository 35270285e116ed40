package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
)

// finder finds the mutants of one file.
type finder struct {
	name    string // of the file, from the root of the module
	source  []byte
	fset    *token.FileSet
	within  string     // the function
	parents []ast.Node // of the node that is visited, the file first
	found   []mutant
	seen    map[string]bool // the edits found so far: two ways may lead to the same mistake
}

// find lists the mutants of a file in the order of its lines.
func find(name string, source []byte) ([]mutant, error) {
	f := &finder{name: name, source: source, fset: token.NewFileSet(), seen: map[string]bool{}}
	file, err := parser.ParseFile(f.fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("read mutants: %w", err)
	}
	for _, decl := range file.Decls {
		f.within = nameOf(decl)
		ast.Inspect(decl, f.visit)
	}
	slices.SortStableFunc(f.found, func(a, b mutant) int { return cmp.Compare(a.from, b.from) })
	number(f.found)
	return f.found, nil
}

// nameOf is the name of a function, with its receiver's type where it has one; empty for other declarations.
func nameOf(decl ast.Decl) string {
	fn, ok := decl.(*ast.FuncDecl)
	if !ok {
		return ""
	}
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name
	}
	receiver := fn.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	if name, ok := receiver.(*ast.Ident); ok {
		return name.Name + "." + fn.Name.Name
	}
	return fn.Name.Name
}

func (f *finder) visit(n ast.Node) bool {
	if n == nil {
		f.parents = f.parents[:len(f.parents)-1]
		return true
	}
	switch n := n.(type) {
	case *ast.ImportSpec, *ast.Field: // texts that are no values
		return false
	case *ast.ArrayType:
		return false // its length is a type's
	case ast.Stmt:
		f.statement(n)
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.UnaryExpr:
		f.unary(n)
	case *ast.BasicLit:
		f.literal(n)
	case *ast.Ident:
		f.ident(n)
	}
	f.parents = append(f.parents, n)
	return true
}

// add notes a mutant that puts a text in the place of a piece of code.
func (f *finder) add(kind string, n ast.Node, text string) { f.replace(kind, n, text, text) }

// replace notes a mutant that puts a text in the place of a piece of code, with other words for what that does.
func (f *finder) replace(kind string, n ast.Node, text, words string) {
	f.insert(mutant{
		Kind: kind, from: f.offset(n.Pos()), to: f.offset(n.End()), text: text, Before: f.code(n), After: words,
	})
}

// insert notes a mutant, unless the same edit is known.
func (f *finder) insert(m mutant) {
	edit := fmt.Sprint(m.from, m.to, m.text)
	if f.seen[edit] {
		return
	}
	f.seen[edit] = true
	m.File, m.Func, m.Before, m.After = f.name, f.within, inShort(m.Before), inShort(m.After)
	m.Line = 1 + bytes.Count(f.source[:m.from], []byte("\n"))
	f.found = append(f.found, m)
}

func (f *finder) offset(p token.Pos) int { return f.fset.Position(p).Offset }

func (f *finder) code(n ast.Node) string {
	return string(f.source[f.offset(n.Pos()):f.offset(n.End())])
}

// literal changes numbers by one, and texts.
func (f *finder) literal(n *ast.BasicLit) {
	switch n.Kind {
	case token.INT:
		if len(n.Value) > 1 && n.Value[0] == '0' && n.Value[1] != 'x' { // a file's mode
			return
		}
		value, err := strconv.ParseInt(n.Value, 0, 64)
		if err != nil {
			return
		}
		f.add(kindConstant, n, strconv.FormatInt(value+1, 10))
		if value > 0 {
			f.add(kindConstant, n, strconv.FormatInt(value-1, 10))
		}
	case token.STRING:
		if n.Value == `""` || n.Value == "``" {
			f.add(kindText, n, `"mutant"`)
		} else {
			f.add(kindText, n, `""`)
		}
	default:
	}
}

// ident turns true into false, and min into max.
func (f *finder) ident(n *ast.Ident) {
	for _, swap := range []struct{ kind, name, other string }{
		{kindConstant, "true", "false"},
		{kindConstant, "false", "true"},
		{kindArith, "min", "max"},
		{kindArith, "max", "min"},
	} {
		if n.Name == swap.name && (swap.kind != kindArith || f.called(n)) {
			f.add(swap.kind, n, swap.other)
		}
	}
}

// called tells whether an identifier is that of a function that is called.
func (f *finder) called(n *ast.Ident) bool {
	call, ok := f.parents[len(f.parents)-1].(*ast.CallExpr)
	return ok && call.Fun == n
}
