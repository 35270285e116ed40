package jamf

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// settles is how long a cluster may take until all its web servers know of a write: they look every minute.
const settles = 70 * time.Second

// settleWaits are the waits between looks at what was just created; together they are settles.
func settleWaits() []time.Duration {
	return []time.Duration{
		2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 8 * time.Second,
	}
}

// freshness remembers what this client has just created, so that a web server which has not heard of it is not believed.
type freshness struct {
	mu    sync.Mutex
	since map[string]time.Time
}

// add remembers an object by its path.
func (f *freshness) add(path string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.since == nil {
		f.since = map[string]time.Time{}
	}
	f.since[path] = now
}

// drop forgets an object that was deleted.
func (f *freshness) drop(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.since, path)
}

// waits are those before the answer 404 to a call is believed: none for an object that is not new. The server refused
// what it answered so, and did nothing, so that any method may be repeated.
func (f *freshness) waits(sent call, now time.Time) []time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, since := range f.since {
		plain := sent.plain()
		if plain != path && !strings.HasPrefix(plain, path+"/") || sent.method == http.MethodDelete {
			continue
		}
		if now.Sub(since) < settles {
			return settleWaits()
		}
	}
	return nil
}
