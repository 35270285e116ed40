package jamftest

import (
	"iter"
	"maps"
	"slices"
	"time"
)

// view is the database as one node sees it at one time.
type view struct {
	node int // everywhere to see every write
	now  time.Time
	lag  time.Duration
}

// everywhere is the node that knows everything at once. Names are compared there: they are unique in the database,
// whatever a node has heard of.
const everywhere = -1

// table holds rows by number, with their past: a node sees its own writes at once and those of others later. A row that
// is in a table must not be changed any more.
type table[T any] struct {
	rows map[int][]revision[T]
	last int
}

// revision is a row since some time, until the next.
type revision[T any] struct {
	at   time.Time
	node int
	row  T
	gone bool
}

// next is a number that no row has ever had.
func (t *table[T]) next() int {
	t.last++
	return t.last
}

// put writes a row.
func (t *table[T]) put(v view, id int, row T) {
	t.add(v, id, revision[T]{at: v.now, node: v.node, row: row})
}

// remove takes a row away.
func (t *table[T]) remove(v view, id int) {
	t.add(v, id, revision[T]{at: v.now, node: v.node, gone: true})
}

func (t *table[T]) add(v view, id int, r revision[T]) {
	if t.rows == nil {
		t.rows = map[int][]revision[T]{}
	}
	past := t.rows[id]
	// What every node has seen replaced is of no use to any.
	for len(past) > 1 && !past[1].at.Add(v.lag).After(v.now) {
		past = past[1:]
	}
	t.rows[id] = append(slices.Clone(past), r)
	t.last = max(t.last, id)
}

// get reads a row.
func (t *table[T]) get(v view, id int) (row T, ok bool) {
	for _, r := range slices.Backward(t.rows[id]) {
		if v.sees(r.at, r.node) {
			return r.row, !r.gone
		}
	}
	return row, false
}

// all goes through the rows in the order of their numbers.
func (t *table[T]) all(v view) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for _, id := range slices.Sorted(maps.Keys(t.rows)) {
			if row, ok := t.get(v, id); ok && !yield(id, row) {
				return
			}
		}
	}
}

// find looks for a row.
func (t *table[T]) find(v view, is func(T) bool) (id int, row T, ok bool) {
	for id, row := range t.all(v) {
		if is(row) {
			return id, row, true
		}
	}
	return 0, row, false
}

// sees tells whether a write has reached the node.
func (v view) sees(at time.Time, node int) bool {
	return v.node == everywhere || v.node == node || node == everywhere || !at.Add(v.lag).After(v.now)
}
