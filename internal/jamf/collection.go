package jamf

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// Collection are the objects of one kind on the server, such as its categories.
type Collection[T any] struct {
	client *Client
	kind   kind[T]
}

// kind says how one kind of object is spoken about.
type kind[T any] struct {
	noun     string
	family   family // of its paths; onePath if path is all of it
	path     string // after the family's root
	nameKey  string // in a filter
	partial  bool   // a list shows less of an object than reading it does
	readOnly []string
	parts    func(*T) parts
	refuse   func(T) error                   // what the server would take for something else
	taken    func(context.Context, T) error  // what else than its name must be free; nil for nothing
	finish   func(document)                  // makes a body fit to be sent; nil for nothing to do
	complete func(context.Context, *T) error // reads what the server shows elsewhere; nil for nothing
}

// parts are what each object has.
type parts struct {
	id, name *string
	raw      *document
}

// All goes through all objects, page by page. Those of a kind whose lists are short, such as smart groups, lack what
// only Read shows. An error ends it.
func (o Collection[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		more := true
		err := o.run(ctx, func(path string) error {
			for row, err := range o.client.rows(ctx, list{path: path, query: url.Values{"sort": {"id:asc"}}}) {
				if err != nil {
					return err
				}
				object, err := o.decode(row)
				if err != nil {
					return err
				}
				if more = yield(object, nil); !more {
					return nil
				}
			}
			return nil
		})
		if err != nil && more {
			var none T
			yield(none, fmt.Errorf("list %s: %w", plural(o.kind.noun), err))
		}
	}
}

// Find looks an object up by its exact name. That there is none is no error; that there is only one whose name differs
// by case is a [NameError], since the server would not let both be.
func (o Collection[T]) Find(ctx context.Context, name string) (T, bool, error) {
	object, found, err := o.find(ctx, name)
	if err != nil {
		err = fmt.Errorf("find %s %q: %w", o.kind.noun, name, err)
	}
	return object, found, err
}

func (o Collection[T]) find(ctx context.Context, name string) (found T, ok bool, err error) {
	seen := names{kind: o.kind.noun, wanted: name}
	err = o.run(ctx, func(path string) error {
		seen.reset()
		query := url.Values{"filter": {equals(o.kind.nameKey, name)}, "sort": {"id:asc"}}
		for row, err := range o.client.rows(ctx, list{path: path, query: query}) {
			if err != nil {
				return err
			}
			object, err := o.decode(row)
			if err != nil {
				return err
			}
			p := o.kind.parts(&object)
			if seen.add(*p.id, *p.name) {
				found = object
			}
		}
		return nil
	})
	if err != nil {
		return found, false, err
	}
	if ok, err = seen.verdict(); !ok || err != nil {
		return found, false, err
	}
	if o.kind.partial {
		found, err = o.read(ctx, *o.kind.parts(&found).id)
	}
	return found, err == nil, err
}

// Read reads an object by its id.
func (o Collection[T]) Read(ctx context.Context, id string) (T, error) {
	object, err := o.read(ctx, id)
	if err != nil {
		err = fmt.Errorf("read %s %s: %w", o.kind.noun, oneLine(id), err)
	}
	return object, err
}

func (o Collection[T]) read(ctx context.Context, id string) (object T, err error) {
	path, err := o.pathOf(ctx, id)
	if err != nil {
		return object, err
	}
	sent := call{method: http.MethodGet, path: path}
	got, err := o.client.do(ctx, sent)
	if err != nil {
		return object, err
	}
	if object, err = o.decode(got.body); err != nil {
		return object, fmt.Errorf("GET %s: %w", path, err)
	}
	*o.kind.parts(&object).id = id // not every kind says it
	if o.kind.complete != nil {
		err = o.kind.complete(ctx, &object)
	}
	return object, err
}

// Delete deletes an object. One that is not there is an error, see [IsNotFound].
func (o Collection[T]) Delete(ctx context.Context, id string) error {
	path, err := o.pathOf(ctx, id)
	if err == nil {
		_, err = o.client.do(ctx, call{method: http.MethodDelete, path: path})
	}
	if err != nil {
		return fmt.Errorf("delete %s %s: %w", o.kind.noun, oneLine(id), err)
	}
	o.client.fresh.drop(path)
	return nil
}

// run runs a request on the path of the list, which with some kinds depends on the server's version.
func (o Collection[T]) run(ctx context.Context, request func(path string) error) error {
	if o.kind.family == onePath {
		return request(o.kind.path)
	}
	return o.client.newest(ctx, o.kind.family, func(root string) error { return request(root + o.kind.path) })
}

// pathOf is the path of one object.
func (o Collection[T]) pathOf(ctx context.Context, id string) (string, error) {
	if err := checkID(id); err != nil {
		return "", err
	}
	if o.kind.family == onePath {
		return o.kind.path + "/" + id, nil
	}
	v, err := o.client.version(ctx)
	if err != nil {
		return "", err
	}
	return o.client.families.pick(o.kind.family, v) + o.kind.path + "/" + id, nil
}

func (o Collection[T]) decode(data []byte) (object T, err error) {
	var raw document
	if err := json.Unmarshal(data, &raw); err != nil || raw == nil {
		return object, fmt.Errorf("%w: it is no %s", ErrMalformed, o.kind.noun)
	}
	if err := json.Unmarshal(data, &object); err != nil {
		return object, fmt.Errorf("%w: it is no %s: %s", ErrMalformed, o.kind.noun, oneLine(err.Error()))
	}
	*o.kind.parts(&object).raw = raw
	return object, nil
}

// checkID accepts what Jamf uses for ids, so that nothing else gets into a path.
func checkID(id string) error {
	if id == "" || len(id) > 19 || strings.Trim(id, "0123456789") != "" {
		return fmt.Errorf("id %q: %w: it is no number", oneLine(id), ErrRefused)
	}
	return nil
}

func plural(noun string) string {
	if stem, ok := strings.CutSuffix(noun, "category"); ok {
		return stem + "categories"
	}
	if stem, ok := strings.CutSuffix(noun, "policy"); ok {
		return stem + "policies"
	}
	return noun + "s"
}

// names sorts out what a search by name found.
type names struct {
	kind, wanted string
	exact, other []string // ids; names
}

func (n *names) reset() { n.exact, n.other = nil, nil }

// add takes a row, and tells whether it is the first with the name that is wanted.
func (n *names) add(id, name string) bool {
	switch {
	case name == n.wanted:
		n.exact = append(n.exact, id)
		return len(n.exact) == 1
	case strings.EqualFold(name, n.wanted):
		n.other = append(n.other, name)
	}
	return false
}

// verdict tells whether there is exactly one.
func (n *names) verdict() (bool, error) {
	switch {
	case len(n.exact) == 1:
		return true, nil
	case len(n.exact) > 1:
		return false, &NameError{Kind: n.kind, Name: n.wanted, Found: n.exact, Several: true}
	case len(n.other) > 0:
		return false, &NameError{Kind: n.kind, Name: n.wanted, Found: n.other}
	}
	return false, nil
}
