package jamf

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// classic says where objects of the Classic API are, and how they are called there.
type classic struct {
	client *Client
	noun   string
	path   string // /JSSResource/policies
	list   string // root of the list, <policies>
	root   string // of an object, <policy>
}

// references lists all objects. The Classic API has no pages for that, and says no more than ids and names.
func (k classic) references(ctx context.Context) ([]Reference, error) {
	sent := call{method: http.MethodGet, path: k.path}
	got, err := k.client.do(ctx, sent)
	if err != nil {
		return nil, err
	}
	e, err := parseXML(got.body, k.list)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", sent.path, err)
	}
	return references(e, k.root), nil
}

// find looks an object up by its exact name, in the list: a name in a path breaks on slashes and plus signs.
func (k classic) find(ctx context.Context, name string) (id string, ok bool, err error) {
	list, err := k.references(ctx)
	if err != nil {
		return "", false, err
	}
	seen := names{kind: k.noun, wanted: name}
	for _, r := range list {
		if seen.add(r.ID, r.Name) {
			id = r.ID
		}
	}
	ok, err = seen.verdict()
	return id, ok, err
}

func (k classic) pathOf(id string) (string, error) {
	if err := checkID(id); err != nil {
		return "", err
	}
	return k.path + "/id/" + id, nil
}

func (k classic) read(ctx context.Context, id string) (*element, error) {
	path, err := k.pathOf(id)
	if err != nil {
		return nil, err
	}
	got, err := k.client.do(ctx, call{method: http.MethodGet, path: path})
	if err != nil {
		return nil, err
	}
	e, err := parseXML(got.body, k.root)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", path, err)
	}
	return e, nil
}

// put sends some elements of an object; the server keeps its own of those that are not sent.
func (k classic) put(ctx context.Context, id string, elements []*element) error {
	path, err := k.pathOf(id)
	if err != nil {
		return err
	}
	body, err := branch(k.root, elements...).write()
	if err != nil {
		return err
	}
	_, err = k.client.do(ctx, call{method: http.MethodPut, path: path, media: mediaXML, body: inMemory(body)})
	return err
}

func (k classic) remove(ctx context.Context, id string) error {
	path, err := k.pathOf(id)
	if err == nil {
		_, err = k.client.do(ctx, call{method: http.MethodDelete, path: path})
	}
	if err != nil {
		return fmt.Errorf("delete %s %s: %w", k.noun, oneLine(id), err)
	}
	k.client.fresh.drop(path)
	return nil
}

// create creates an object once; read is told its id and reads it back.
func (k classic) create(ctx context.Context, name string, made *element, read func(context.Context, string) error) error {
	body, err := made.write()
	if err != nil {
		return err
	}
	return k.client.createOnce(ctx, creation{
		noun: k.noun, name: name,
		find: func(ctx context.Context) (string, bool, error) { return k.find(ctx, name) },
		post: func(ctx context.Context) (string, error) { return k.post(ctx, body) },
		read: func(ctx context.Context, id string) error {
			path, err := k.pathOf(id)
			if err != nil {
				return err
			}
			k.client.fresh.add(path, k.client.config.Clock.Now())
			return read(ctx, id)
		},
	})
}

// post creates an object under id 0, which stands for a new one. The answer holds the id and nothing else.
func (k classic) post(ctx context.Context, body []byte) (string, error) {
	sent := call{method: http.MethodPost, path: k.path + "/id/0", media: mediaXML, body: inMemory(body)}
	got, err := k.client.do(ctx, sent)
	if err != nil {
		return "", err
	}
	e, err := parseXML(got.body, k.root)
	if err != nil {
		return "", &unknownError{fmt.Errorf("POST %s: %w", sent.path, err)}
	}
	id := strings.TrimSpace(e.value("id"))
	if err := checkID(id); err != nil {
		return "", &unknownError{fmt.Errorf("POST %s: %w: it does not say the id", sent.path, ErrMalformed)}
	}
	return id, nil
}
