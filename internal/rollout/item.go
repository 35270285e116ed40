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
	mark   func(*T) *string // the text that holds the marker; nil for kinds that have none
	find   func(ctx context.Context, name string) (T, bool, error)
	create func(context.Context, T) (T, error)
	update func(ctx context.Context, id string, change func(*T) error) (T, error)

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
	made   bool              // by this program
	wanted map[string]string // each field as it is declared
	shown  map[string]string // each field as the server has it
	names  []string          // of the fields, in order

	look   func(context.Context) error
	create func(context.Context) error
	update func(context.Context) error
}

// object is an item with what is known of it, in the words of its kind.
type object[T any] struct {
	*item
	of     *Rollout
	desk   desk[T]
	wanted T
}

// newItem makes an item of what is wanted.
func newItem[T any](r *Rollout, d desk[T], wanted T) *item {
	o := &object[T]{&item{key: key{d.kind, d.name(wanted)}}, r, d, wanted}
	for _, f := range d.fields {
		o.names = append(o.names, f.name)
	}
	o.item.look, o.item.create, o.item.update = o.look, o.create, o.update
	return o.item
}

// take believes what the server shows.
func (o *object[T]) take(got T) {
	o.exists, o.id, o.shown = true, o.desk.id(got), showAll(o.desk.fields, got)
}

func (o *object[T]) look(ctx context.Context) error {
	found, exists, err := o.desk.find(ctx, o.name)
	if err != nil {
		return err
	}
	if o.desk.settle != nil {
		o.desk.settle(&o.wanted, found, exists)
	}
	if o.exists = exists; exists {
		o.take(found)
		o.recognize(o.desk.thing(found))
	}
	o.item.wanted = showAll(o.desk.fields, o.wanted)
	return nil
}

// recognize finds out whether an object was made here. One that was there before never gets the marker, so that it cannot pass
// for ours later; and where nothing else is declared, its text stays as it is.
func (o *object[T]) recognize(t thing) {
	marker := o.of.marker()
	o.marked, o.made = strings.Contains(t.text, marker), o.of.proven(o.key, t)
	if o.made || o.desk.mark == nil {
		return
	}
	text := o.desk.mark(&o.wanted)
	if *text = strings.TrimSpace(strings.ReplaceAll(*text, marker, "")); *text == "" {
		*text = t.text
	}
}

func (o *object[T]) create(ctx context.Context) error {
	complete, err := o.complete()
	if err != nil {
		return err
	}
	made, err := o.desk.create(ctx, complete)
	if err != nil {
		o.id = o.desk.id(made) // known where it was created and could not be read back
		return err
	}
	o.take(made)
	return nil
}

func (o *object[T]) update(ctx context.Context) error {
	complete, err := o.complete()
	if err != nil {
		return err
	}
	got, err := o.desk.update(ctx, o.id, func(have *T) error {
		for _, f := range o.desk.fields {
			if f.show(*have) != f.show(o.wanted) {
				f.set(have, complete)
			}
		}
		return nil
	})
	if err == nil {
		o.take(got)
	}
	return err
}

// complete is what is wanted with the numbers of what it refers to.
func (o *object[T]) complete() (T, error) {
	if o.desk.ready == nil {
		return o.wanted, nil
	}
	return o.desk.ready(o.wanted)
}

// thing is an object as far as it tells whose it is.
func (d desk[T]) thing(v T) thing {
	t := thing{id: d.id(v)}
	if d.mark != nil {
		t.text = *d.mark(&v)
	}
	return t
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
