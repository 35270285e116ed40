package jamftest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Counts are what a server has been asked, and what has come of it without anybody having been told.
type Counts struct {
	Requests      map[string]int // by method and path pattern, such as "GET /api/v1/categories/{id}"
	Total         int
	Writes        int // requests that were to change something and were let in
	MaxConcurrent int // requests at the same time
	Connections   int // different addresses that requests came from

	Ghosts      int      // profiles that an update has made another of, so that Macs have two
	Redeployed  int      // updates of profiles, whatever they change: each goes to every Mac in scope
	Duplicates  int      // names that were taken
	WrongHashes int      // packages whose record declares another hash than the file has
	Dropped     []string // what was dropped, or replaced by a default, without a word: "POST /path: what"
}

// traffic sees requests come and go.
type traffic struct {
	mu          sync.Mutex
	counts      Counts
	connections map[string]bool
	now         int
	faults      []*fault
}

func (t *traffic) begin(r *http.Request, pattern string) (done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts.Requests == nil {
		t.counts.Requests = map[string]int{}
	}
	if t.connections == nil {
		t.connections = map[string]bool{}
	}
	t.counts.Total++
	t.counts.Requests[counted(r, pattern)]++
	t.connections[r.RemoteAddr] = true
	t.now++
	t.counts.MaxConcurrent = max(t.counts.MaxConcurrent, t.now)
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.now--
	}
}

// counted is what a request counts as: its pattern, or its path where no pattern but that for all others fits.
func counted(r *http.Request, pattern string) string {
	if !strings.Contains(pattern, " ") {
		return r.Method + " " + r.URL.Path
	}
	return pattern
}

func (t *traffic) count(change func(*Counts)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.counts)
}

func (t *traffic) write()     { t.count(func(c *Counts) { c.Writes++ }) }
func (t *traffic) ghost()     { t.count(func(c *Counts) { c.Ghosts++ }) }
func (t *traffic) redeploy()  { t.count(func(c *Counts) { c.Redeployed++ }) }
func (t *traffic) duplicate() { t.count(func(c *Counts) { c.Duplicates++ }) }
func (t *traffic) wrongHash() { t.count(func(c *Counts) { c.WrongHashes++ }) }

func (t *traffic) drop(r *http.Request, what string) {
	t.count(func(c *Counts) { c.Dropped = append(c.Dropped, r.Method+" "+r.URL.Path+": "+what) })
}

// Counts are those since the beginning, or since ResetCounts.
func (s *Server) Counts() Counts {
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	out := s.traffic.counts
	out.Requests = maps.Clone(out.Requests)
	out.Dropped = slices.Clone(out.Dropped)
	out.Connections = len(s.traffic.connections)
	return out
}

// ResetCounts starts to count anew. Faults stay.
func (s *Server) ResetCounts() {
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	s.traffic.counts = Counts{MaxConcurrent: s.traffic.now}
	clear(s.traffic.connections)
}
