package jamf

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Create creates an object, unless there is one of its name ([ExistsError]), and returns it as the server shows it. If
// the server's answer is lost, the object is looked for until all web servers would know of it; where it is not found
// then, the error is [ErrUnknownOutcome].
func (o Collection[T]) Create(ctx context.Context, object T) (T, error) {
	name := *o.kind.parts(&object).name
	made, err := o.create(ctx, object)
	if err != nil {
		err = fmt.Errorf("create %s %q: %w", o.kind.noun, name, err)
	}
	return made, err
}

func (o Collection[T]) create(ctx context.Context, object T) (T, error) {
	if err := o.kind.refuse(object); err != nil {
		return object, err
	}
	if o.kind.taken != nil {
		if err := o.kind.taken(ctx, object); err != nil {
			return object, err
		}
	}
	body, err := o.body(object)
	if err != nil {
		return object, err
	}
	made := object
	err = o.client.createOnce(ctx, creation{
		noun: o.kind.noun, name: *o.kind.parts(&object).name,
		find: func(ctx context.Context) (id string, ok bool, err error) {
			found, ok, err := o.find(ctx, *o.kind.parts(&object).name)
			return *o.kind.parts(&found).id, ok, err
		},
		post: func(ctx context.Context) (id string, err error) {
			err = o.run(ctx, func(path string) error {
				id, err = o.client.post(ctx, call{
					method: http.MethodPost, path: path, media: mediaJSON, body: inMemory(body),
				})
				return err
			})
			return id, err
		},
		read: func(ctx context.Context, id string) error {
			path, err := o.pathOf(ctx, id)
			if err != nil {
				return err
			}
			o.client.fresh.add(path, o.client.config.Clock.Now())
			if made, err = o.read(ctx, id); err != nil {
				made = object
				*o.kind.parts(&made).id = id // so that somebody can look after it
			}
			return err
		},
	})
	return made, err
}

// body is what is sent to create an object.
func (o Collection[T]) body(object T) ([]byte, error) {
	fields, err := toDocument(object)
	if err != nil {
		return nil, err
	}
	fields.without("id").without(o.kind.readOnly...)
	if o.kind.finish != nil {
		o.kind.finish(fields)
	}
	return json.Marshal(fields)
}

// Update reads an object, lets change alter it, and if it did, writes it and returns it as the server shows it then.
// Fields that change leaves alone go back as they came, those that this package does not know among them. Nobody can
// keep others from writing between the two: the server has no locks for these kinds.
func (o Collection[T]) Update(ctx context.Context, id string, change func(*T) error) (T, error) {
	object, err := o.update(ctx, id, change)
	if err != nil {
		err = fmt.Errorf("update %s %s: %w", o.kind.noun, oneLine(id), err)
	}
	return object, err
}

func (o Collection[T]) update(ctx context.Context, id string, change func(*T) error) (T, error) {
	object, err := o.read(ctx, id)
	if err != nil {
		return object, err
	}
	before, err := toDocument(object)
	if err != nil {
		return object, err
	}
	if err := change(&object); err != nil {
		return object, err
	}
	after, err := toDocument(object)
	if err != nil {
		return object, err
	}
	changed := changes(before, after).without("id").without(o.kind.readOnly...)
	if len(changed) == 0 {
		return object, nil
	}
	if err := o.kind.refuse(object); err != nil {
		return object, err
	}
	body := o.kind.parts(&object).raw.with(changed).without("id").without(o.kind.readOnly...)
	if o.kind.finish != nil {
		o.kind.finish(body)
	}
	return o.put(ctx, id, body)
}

func (o Collection[T]) put(ctx context.Context, id string, body document) (none T, err error) {
	data, err := json.Marshal(body)
	if err != nil {
		return none, err
	}
	path, err := o.pathOf(ctx, id)
	if err != nil {
		return none, err
	}
	put := call{method: http.MethodPut, path: path, media: mediaJSON, body: inMemory(data)}
	if _, err := o.client.do(ctx, put); err != nil {
		return none, err
	}
	return o.read(ctx, id)
}

// post creates something with the Pro API, and returns the id that the server gave it.
func (c *Client) post(ctx context.Context, sent call) (string, error) {
	got, err := c.do(ctx, sent)
	if err != nil {
		return "", err
	}
	var said struct{ ID text }
	if err := fromJSON(sent, got, &said); err != nil {
		return "", &unknownError{err}
	}
	if err := checkID(string(said.ID)); err != nil {
		return "", &unknownError{fmt.Errorf("POST %s: %w: it does not say the id", sent.path, ErrMalformed)}
	}
	return string(said.ID), nil
}
