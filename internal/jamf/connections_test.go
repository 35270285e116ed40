package jamf

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// peak keeps the highest of some numbers of things at once.
type peak struct{ now, most atomic.Int64 }

func (p *peak) enter() {
	n := p.now.Add(1)
	for {
		most := p.most.Load()
		if n <= most || p.most.CompareAndSwap(most, n) {
			return
		}
	}
}

func (p *peak) leave() { p.now.Add(-1) }

func TestNoMoreThanFourRequestsAtATime(t *testing.T) {
	var reads, writes, connections peak
	states := map[net.Conn]bool{}
	var mu sync.Mutex
	s := newStub(t, func(server *http.Server) {
		server.ConnState = func(c net.Conn, state http.ConnState) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case state == http.StateNew:
				states[c] = true
				connections.enter()
			case (state == http.StateClosed || state == http.StateHijacked) && states[c]:
				delete(states, c)
				connections.leave()
			}
		}
	})
	// The first three reads wait for each other. After that each takes its time, so that more would meet if they could.
	met := make(chan struct{})
	var came atomic.Int64
	meet := func(p *peak, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			p.enter()
			defer p.leave()
			if p == &reads {
				if came.Add(1) == 3 {
					close(met)
				}
				select {
				case <-met:
				case <-r.Context().Done():
				}
			}
			for range 50 {
				fmt.Fprint(w, strings.Repeat(" ", 512))
				w.(http.Flusher).Flush()
			}
			fmt.Fprint(w, body)
		}
	}
	s.lives = 1
	s.on("GET /api/v1/categories/7", meet(&reads, anObject))
	s.on("PUT /JSSResource/policies/id/88", meet(&writes, ""))
	c := s.client(t)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			var err error
			if i%4 == 0 {
				err = c.Policies().SetEnabled(t.Context(), "88", false)
			} else {
				_, err = c.Categories().Read(t.Context(), "7")
			}
			if err != nil {
				t.Error(err)
			}
			s.pass(1e8)
		})
	}
	all.Wait()
	if reads.most.Load() != 3 || writes.most.Load() != 1 || connections.most.Load() > 4 {
		t.Errorf("%d reads, %d writes, %d connections at once", reads.most.Load(), writes.most.Load(), connections.most.Load())
	}
}
