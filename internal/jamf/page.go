package jamf

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// Sizes of a page. Servers make no page larger than 2000, and take long over inventory pages of that size.
const (
	usualPage    = 100
	smallestPage = 10
)

// list is one that comes in pages.
type list struct {
	path  string // without a query
	query url.Values
	size  int // of a page; 0 for the usual
}

// rows goes through a list, and holds one page at a time. An error ends it. What is added to or deleted from the list on
// the way may be missed or met twice, as the server has no cursor.
func (c *Client) rows(ctx context.Context, of list) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		size, seen := of.size, 0
		if size <= 0 {
			size = usualPage
		}
		for {
			// A walk whose pages change size on the way is resumed by rows: page 3 of 2000 is page 6 of 1000.
			page, skip := seen/size, seen%size
			rows, total, err := c.page(ctx, of, page, size)
			if IsTimeout(err) && size > smallestPage && ctx.Err() == nil {
				size = max(size/2, smallestPage)
				continue
			}
			if err != nil {
				yield(nil, &walkError{err, seen})
				return
			}
			for _, row := range rows[min(skip, len(rows)):] {
				seen++
				if !yield(row, nil) {
					return
				}
			}
			if seen >= total {
				return
			}
			if len(rows) <= skip {
				yield(nil, fmt.Errorf("%s: %w: it ends after %d of %d", of.path, ErrMalformed, seen, total))
				return
			}
			size = len(rows) // what the server gives, which may be less than what was asked for
		}
	}
}

// walkError ends a walk.
type walkError struct {
	err  error
	seen int // rows before it
}

func (e *walkError) Error() string { return e.err.Error() }
func (e *walkError) Unwrap() error { return e.err }

// page reads one page. Only where it cannot be made smaller is a timeout a reason to ask again for the same.
func (c *Client) page(ctx context.Context, of list, page, size int) (rows []json.RawMessage, total int, err error) {
	query := url.Values{"page": {strconv.Itoa(page)}, "page-size": {strconv.Itoa(size)}}
	for key, values := range of.query {
		query[key] = values
	}
	sent := call{method: http.MethodGet, path: of.path + "?" + query.Encode(), shrinks: size > smallestPage}
	got, err := c.do(ctx, sent)
	if err != nil {
		return nil, 0, err
	}
	return readPage(sent, got)
}

// readPage reads the envelope of a page, {"totalCount":…,"results":[…]}.
func readPage(sent call, got answer) (rows []json.RawMessage, total int, err error) {
	var said struct {
		TotalCount *int              `json:"totalCount"`
		Results    []json.RawMessage `json:"results"`
	}
	if err := fromJSON(sent, got, &said); err != nil {
		return nil, 0, err
	}
	if said.TotalCount == nil || *said.TotalCount < 0 {
		return nil, 0, fmt.Errorf("%s: %w: it does not say how many there are", sent.path, ErrMalformed)
	}
	return said.Results, *said.TotalCount, nil
}
