package main

import (
	"go/ast"
	"go/token"
)

// statement makes the mistakes that can be made with a statement as a whole.
func (f *finder) statement(n ast.Stmt) {
	switch n := n.(type) {
	case *ast.IfStmt:
		f.condition(n.Cond)
		f.never(kindGuard, n.Cond)
		if other, ok := n.Else.(*ast.BlockStmt); ok {
			f.skip(kindGuard, other)
		}
	case *ast.ForStmt:
		f.loop(n.Body)
	case *ast.RangeStmt:
		f.loop(n.Body)
	case *ast.SwitchStmt:
		f.cases(n)
	case *ast.TypeSwitchStmt:
		for _, stmt := range n.Body.List {
			if clause, ok := stmt.(*ast.CaseClause); ok && clause.List != nil {
				f.missing(clause)
			}
		}
	case *ast.ReturnStmt:
		f.results(n)
	case *ast.IncDecStmt:
		if !f.header(n) {
			f.skip(kindStatement, n)
		}
		f.swap(n, n.TokPos, map[token.Token]token.Token{token.INC: token.DEC, token.DEC: token.INC}[n.Tok])
	case *ast.AssignStmt:
		f.assign(n)
	case *ast.ExprStmt, *ast.SendStmt, *ast.DeferStmt, *ast.GoStmt, *ast.BranchStmt:
		f.skip(kindStatement, n)
	}
}

// skip lets a statement not be done. It stays in the text, so that what it uses is used.
func (f *finder) skip(kind string, n ast.Stmt) {
	text := "if false { " + f.code(n) + " }"
	if _, block := n.(*ast.BlockStmt); block { // of an else
		text = "if false " + f.code(n)
	}
	f.insert(mutant{
		Kind: kind, from: f.offset(n.Pos()), to: f.offset(n.End()), text: text, Before: f.code(n), After: "nothing",
	})
}

// assign drops an assignment. One that declares a variable cannot be dropped.
func (f *finder) assign(n *ast.AssignStmt) {
	if n.Tok == token.DEFINE || f.header(n) {
		return
	}
	if name, ok := n.Lhs[0].(*ast.Ident); ok && name.Name == "_" && len(n.Lhs) == 1 {
		if _, call := n.Rhs[0].(*ast.CallExpr); !call {
			return
		}
	}
	f.skip(kindStatement, n)
	f.swap(n, n.TokPos, map[token.Token]token.Token{
		token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
		token.MUL_ASSIGN: token.QUO_ASSIGN, token.QUO_ASSIGN: token.MUL_ASSIGN,
	}[n.Tok])
}

// header tells whether a statement stands before a block, as in "if a = b; a > 0", where it cannot be skipped as others.
func (f *finder) header(n ast.Stmt) bool {
	switch parent := f.parents[len(f.parents)-1].(type) {
	case *ast.IfStmt:
		return parent.Init == n
	case *ast.ForStmt:
		return parent.Init == n || parent.Post == n
	case *ast.SwitchStmt:
		return parent.Init == n
	default:
		return false
	}
}

// swap puts another operator into a statement.
func (f *finder) swap(n ast.Stmt, at token.Pos, op token.Token) {
	if op == token.ILLEGAL {
		return
	}
	from := f.offset(at)
	to := from + len(op.String())
	f.insert(mutant{
		Kind: kindArith, from: from, to: to, text: op.String(), Before: f.code(n),
		After: string(f.source[f.offset(n.Pos()):from]) + op.String() + string(f.source[to:f.offset(n.End())]),
	})
}

// loop ends a loop before it has begun.
func (f *finder) loop(body *ast.BlockStmt) {
	at := f.offset(body.Lbrace) + 1
	f.insert(mutant{Kind: kindLoop, from: at, to: at, text: " break;", Before: f.code(body), After: "break"})
}

// cases lets each case of a switch be missing, and says the opposite of those that are conditions.
func (f *finder) cases(n *ast.SwitchStmt) {
	for _, stmt := range n.Body.List {
		clause, ok := stmt.(*ast.CaseClause)
		if !ok || clause.List == nil {
			continue
		}
		if n.Tag != nil {
			f.missing(clause)
			f.fewer(clause)
			continue
		}
		for _, condition := range clause.List {
			f.condition(condition)
			f.never(kindCase, condition)
		}
	}
}

// missing takes a case out of a switch.
func (f *finder) missing(n *ast.CaseClause) {
	f.insert(mutant{
		Kind: kindCase, from: f.offset(n.Pos()), to: f.offset(n.End()), Before: f.code(n), After: "nothing",
	})
}

// fewer takes one value out of a case of several.
func (f *finder) fewer(n *ast.CaseClause) {
	for i, value := range n.List {
		from, to := f.offset(value.Pos()), f.offset(value.End())
		switch {
		case len(n.List) == 1:
			return
		case i == 0:
			to = f.offset(n.List[1].Pos())
		default:
			from = f.offset(n.List[i-1].End())
		}
		f.insert(mutant{Kind: kindCase, from: from, to: to, Before: f.code(value), After: "nothing"})
	}
}
