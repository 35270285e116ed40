package macos

import (
	"context"
	"io/fs"
	"time"
)

// desk is a Mac of files and of tools that answer by their names.
type desk struct {
	answers
	files    map[string]string
	modified map[string]time.Time
}

func (d *desk) host() Host {
	return Host{Runner: d, Tree: d, Lister: d, Ledger: d, Clock: fixedClock{}}
}

// fixedClock stands still.
type fixedClock struct{ now time.Time }

func (c fixedClock) Now() time.Time { return c.now }

func (fixedClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func (d *desk) Read(path string, limit int64) ([]byte, error) {
	return tree{data: d.files}.Read(path, limit)
}

func (d *desk) Write(path string, data []byte, _ fs.FileMode) error {
	if d.files == nil {
		d.files = map[string]string{}
	}
	d.files[path] = string(data)
	return nil
}

func (d *desk) Remove(path string) error { delete(d.files, path); return nil }

func (d *desk) Stat(path string) (Entry, error) {
	if _, ok := d.files[path]; !ok {
		return Entry{}, fs.ErrNotExist
	}
	return Entry{Mode: 0o755, Modified: d.modified[path]}, nil
}

func (d *desk) Lock(string) (func(), error) { return func() {}, nil }

func (d *desk) Append(path string, data []byte, _ fs.FileMode) error {
	d.files[path] += string(data)
	return nil
}

func (d *desk) Tail(path string, limit int64) ([]byte, error) {
	data, ok := d.files[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(data[max(0, len(data)-int(limit)):]), nil
}
