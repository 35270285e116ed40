package rollout

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// field is something of an object that is declared. What has no field is not looked at.
type field[T any] struct {
	name string
	show func(T) string          // in a form in which equal is equal, whoever wrote it
	set  func(into *T, wanted T) // leaves alone what others have put there
}

// desk is how one kind of object is dealt with.
type desk[T any] struct {
	kind   Kind
	fields []field[T]
	name   func(T) string
	id     func(T) string
	mark   func(T) string // the text that holds the marker; nil for kinds that have none
	sign   string         // the marker
	find   func(ctx context.Context, name string) (T, bool, error)
	create func(context.Context, T) (T, error)
	update func(ctx context.Context, id string, change func(*T) error) (T, error)
	remove func(ctx context.Context, id string) error

	// settle completes what is wanted when the server's is known, or is nil.
	settle func(wanted *T, found T, exists bool)
	// ready puts the numbers of other objects into what is wanted, or is nil.
	ready func(T) (T, error)
}

// item is an object that is declared, of any kind.
type item struct {
	key
	exists bool
	id     string
	marked bool              // it holds our marker
	wanted map[string]string // each field as it is declared
	shown  map[string]string // each field as the server has it
	names  []string          // of the fields, in order

	look   func(context.Context) error
	create func(context.Context) error
	update func(context.Context) error
	remove func(context.Context) error
}

// newItem makes an item of what is wanted.
func newItem[T any](d desk[T], wanted T) *item {
	it := &item{key: key{d.kind, d.name(wanted)}}
	for _, f := range d.fields {
		it.names = append(it.names, f.name)
	}
	take := func(got T) {
		it.exists, it.id, it.shown = true, d.id(got), showAll(d.fields, got)
	}
	it.look = func(ctx context.Context) error {
		found, exists, err := d.find(ctx, it.name)
		if err != nil {
			return err
		}
		if d.settle != nil {
			d.settle(&wanted, found, exists)
		}
		it.wanted, it.exists = showAll(d.fields, wanted), exists
		if exists {
			take(found)
			it.marked = d.mark != nil && strings.Contains(d.mark(found), d.sign)
		}
		return nil
	}
	it.create = func(ctx context.Context) error {
		complete, err := d.complete(wanted)
		if err != nil {
			return err
		}
		made, err := d.create(ctx, complete)
		if err != nil {
			it.id = d.id(made) // known where it was created and could not be read back
			return err
		}
		take(made)
		return nil
	}
	it.update = func(ctx context.Context) error {
		complete, err := d.complete(wanted)
		if err != nil {
			return err
		}
		got, err := d.update(ctx, it.id, func(have *T) error {
			for _, f := range d.fields {
				if f.show(*have) != f.show(wanted) {
					f.set(have, complete)
				}
			}
			return nil
		})
		if err == nil {
			take(got)
		}
		return err
	}
	it.remove = func(ctx context.Context) error { return d.remove(ctx, it.id) }
	return it
}

// complete is what is wanted with the numbers of what it refers to.
func (d desk[T]) complete(wanted T) (T, error) {
	if d.ready == nil {
		return wanted, nil
	}
	return d.ready(wanted)
}

func showAll[T any](fields []field[T], of T) map[string]string {
	shown := map[string]string{}
	for _, f := range fields {
		shown[f.name] = f.show(of)
	}
	return shown
}

// differences are the fields that are not as they are declared.
func (it *item) differences(last *Entry) []Difference {
	var list []Difference
	for _, name := range it.names {
		wanted, shown := it.wanted[name], it.shown[name]
		if it.exists && wanted == shown {
			continue
		}
		if !it.exists && wanted == "" {
			continue
		}
		list = append(list, Difference{Field: name, Server: shown, Wanted: wanted, Drift: it.exists && last.drifted(name, shown)})
	}
	return list
}

// verify tells whether the server shows what is wanted.
func (it *item) verify() error {
	for _, name := range slices.Sorted(maps.Keys(it.wanted)) {
		if it.shown[name] != it.wanted[name] {
			return &NotTakenError{it.kind, it.name, name, it.wanted[name], it.shown[name]}
		}
	}
	return nil
}
