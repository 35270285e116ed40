package main

import (
	"go/ast"
	"go/token"
)

// binary changes what stands between two operands, and lets an operand of "and" and "or" not count.
func (f *finder) binary(n *ast.BinaryExpr) {
	for _, op := range others(n.Op) {
		kind := kindArith
		if n.Op.Precedence() == token.EQL.Precedence() {
			kind = kindCompare
		}
		if n.Op == token.LAND || n.Op == token.LOR {
			kind = kindOperand
		}
		at := f.offset(n.OpPos)
		f.insert(mutant{
			Kind: kind, from: at, to: at + len(n.Op.String()), text: op.String(),
			Before: f.code(n), After: f.code(n.X) + " " + op.String() + " " + f.code(n.Y),
		})
	}
	for _, operand := range []ast.Expr{n.X, n.Y} {
		if inner, ok := operand.(*ast.BinaryExpr); ok && inner.Op == n.Op {
			continue // its own operands are dropped one by one
		}
		switch n.Op {
		case token.LAND:
			f.replace(kindOperand, operand, "("+f.code(operand)+" || true)", "true")
		case token.LOR:
			f.replace(kindOperand, operand, "("+f.code(operand)+" && false)", "false")
		default:
		}
	}
}

// others lists the operators that are put in the place of one. Where a comparison has an edge, the first moves it.
func others(op token.Token) []token.Token {
	switch op {
	case token.LSS:
		return []token.Token{token.LEQ, token.GEQ}
	case token.LEQ:
		return []token.Token{token.LSS, token.GTR}
	case token.GTR:
		return []token.Token{token.GEQ, token.LEQ}
	case token.GEQ:
		return []token.Token{token.GTR, token.LSS}
	case token.EQL:
		return []token.Token{token.NEQ}
	case token.NEQ:
		return []token.Token{token.EQL}
	case token.LAND:
		return []token.Token{token.LOR}
	case token.LOR:
		return []token.Token{token.LAND}
	case token.ADD:
		return []token.Token{token.SUB}
	case token.SUB:
		return []token.Token{token.ADD}
	case token.MUL:
		return []token.Token{token.QUO}
	case token.QUO:
		return []token.Token{token.MUL}
	case token.REM:
		return []token.Token{token.MUL}
	case token.SHL:
		return []token.Token{token.SHR}
	case token.SHR:
		return []token.Token{token.SHL}
	case token.AND:
		return []token.Token{token.OR}
	case token.OR:
		return []token.Token{token.AND}
	default:
		return nil
	}
}

// unary drops a minus, and a "not" that is no condition of its own.
func (f *finder) unary(n *ast.UnaryExpr) {
	switch n.Op {
	case token.SUB:
		f.add(kindArith, n, f.code(n.X))
	case token.NOT:
		f.replace(kindNegate, n, f.code(n.X), "the opposite")
	default:
	}
}

// condition says the opposite. A comparison and a "not" are turned round by themselves.
func (f *finder) condition(n ast.Expr) {
	if n == nil {
		return
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if n.Op.Precedence() == token.EQL.Precedence() {
			return
		}
	case *ast.UnaryExpr:
		return
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			return
		}
	}
	f.replace(kindNegate, n, "!("+f.code(n)+")", "the opposite")
}

// never makes a condition that does not hold.
func (f *finder) never(kind string, n ast.Expr) {
	f.replace(kind, n, "("+f.code(n)+") && false", "false")
}

// results turns round what a function tells that answers yes or no.
func (f *finder) results(n *ast.ReturnStmt) {
	var types []string
	for _, field := range f.resultFields() {
		name := ""
		if ident, ok := field.Type.(*ast.Ident); ok {
			name = ident.Name
		}
		for range max(1, len(field.Names)) {
			types = append(types, name)
		}
	}
	if len(types) != len(n.Results) {
		return
	}
	for i, result := range n.Results {
		if types[i] == "bool" {
			f.condition(result)
		}
	}
}

// resultFields are the results of the innermost function around the node that is visited.
func (f *finder) resultFields() []*ast.Field {
	for i := len(f.parents) - 1; i >= 0; i-- {
		var results *ast.FieldList
		switch n := f.parents[i].(type) {
		case *ast.FuncDecl:
			results = n.Type.Results
		case *ast.FuncLit:
			results = n.Type.Results
		default:
			continue
		}
		if results == nil {
			return nil
		}
		return results.List
	}
	return nil
}
