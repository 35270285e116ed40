package jamftest

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong with some requests.
type Fault struct {
	// Match says with which: "POST /api/v1/packages". The path is one that is asked for or the pattern of one, "*" stands
	// for anything, and a method that is "*" or missing is any. Empty is every request.
	Match string
	Nth   int // of those that match, from 1, counted from when the fault was set; 0 is the first
	Times int // how many from there on; 0 is one, less than 0 is all
	Kind  FaultKind

	RetryAfter time.Duration // of TooManyRequests and Unavailable: told in whole seconds, unless 0
	AfterWork  bool          // the request is carried out first; what answers is the fault
}

// FaultKind is what happens.
type FaultKind int

// The kinds of faults.
const (
	TooManyRequests FaultKind = iota + 1 // 429
	InternalError                        // 500
	BadGateway                           // 502
	Unavailable                          // 503
	GatewayTimeout                       // 504
	TooLarge                             // 413
	Firewall                             // 403 in HTML, from the edge
	Hang                                 // no answer until the client gives up
	Drop                                 // the connection ends without an answer
	LostResponse                         // the same, but the request has been carried out
	Cut                                  // the connection ends while the body arrives
	ExpireToken                          // the token that the request brings expires before it is looked at
)

// fault is a fault that has been set, and what it has met so far.
type fault struct {
	Fault
	met int
}

// Fault sets a fault. Those that were set stay; the first that is due happens.
func (s *Server) Fault(f Fault) {
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	s.traffic.faults = append(s.traffic.faults, &fault{Fault: f})
}

// ClearFaults takes all faults away.
func (s *Server) ClearFaults() {
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	s.traffic.faults = nil
}

// meet finds the fault that a request meets, if any.
func (t *traffic) meet(r *http.Request, pattern string) (Fault, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var found *fault
	for _, f := range t.faults {
		if !f.matches(r, pattern) {
			continue
		}
		f.met++
		first, times := max(f.Nth, 1), f.Times
		if times == 0 {
			times = 1
		}
		if found == nil && f.met >= first && (times < 0 || f.met < first+times) {
			found = f
		}
	}
	if found == nil {
		return Fault{}, false
	}
	return found.Fault, true
}

func (f *fault) matches(r *http.Request, pattern string) bool {
	method, path, both := strings.Cut(f.Match, " ")
	if !both {
		method, path = "*", f.Match
	}
	if path == "" {
		path = "*"
	}
	_, of, _ := strings.Cut(pattern, " ")
	return like(r.Method, method) && (like(r.URL.Path, path) || like(of, path))
}

// suffer lets a fault happen to a request.
func (s *Server) suffer(f Fault, w http.ResponseWriter, r *http.Request) {
	if f.Kind == ExpireToken {
		s.mu.Lock()
		(&call{Server: s, r: r}).forget()
		s.mu.Unlock()
		s.mux.ServeHTTP(w, r)
		return
	}
	if f.AfterWork || f.Kind == LostResponse {
		s.mux.ServeHTTP(&unheard{header: http.Header{}}, r)
	}
	switch f.Kind {
	case Hang:
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client has given up
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case Cut:
		_, _ = io.CopyN(io.Discard, r.Body, 64<<10) // the body may be shorter: it is cut all the same
		panic(http.ErrAbortHandler)
	case Drop, LostResponse:
		panic(http.ErrAbortHandler)
	case Firewall:
		s.mu.Lock()
		id := s.uuid()
		s.mu.Unlock()
		firewall(id).send(w)
	case TooManyRequests, InternalError, BadGateway, Unavailable, GatewayTimeout, TooLarge:
		s.errorStatus(f, w, r)
	case ExpireToken:
	}
}

// errorStatus answers with an error: Jamf's own where Jamf itself says it, and that of what stands before it otherwise.
func (s *Server) errorStatus(f Fault, w http.ResponseWriter, r *http.Request) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((f.RetryAfter+time.Second-1)/time.Second)))
	}
	switch f.Kind {
	case TooManyRequests:
		refuse(http.StatusTooManyRequests, cause{Code: "RATE_LIMIT", Description: "Rate limit exceeded"}).send(w)
	case InternalError:
		if classic(r.URL.Path) {
			page(http.StatusInternalServerError, "").send(w)
			return
		}
		refuse(http.StatusInternalServerError).send(w)
	case BadGateway:
		proxy(http.StatusBadGateway).send(w)
	case Unavailable:
		proxy(http.StatusServiceUnavailable).send(w)
	case GatewayTimeout:
		proxy(http.StatusGatewayTimeout).send(w)
	case TooLarge:
		proxy(http.StatusRequestEntityTooLarge).send(w)
	case Firewall, Hang, Drop, LostResponse, Cut, ExpireToken:
	}
}

// proxy is how the server in front of Jamf's says that something is wrong.
func proxy(status int) *answer {
	line := strconv.Itoa(status) + " " + http.StatusText(status)
	return &answer{status: status, kind: "text/html", body: []byte(
		"<html>\r\n<head><title>" + line + "</title></head>\r\n<body>\r\n<center><h1>" + line + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
	)}
}

// unheard is where an answer goes that nobody gets.
type unheard struct{ header http.Header }

func (u *unheard) Header() http.Header       { return u.header }
func (*unheard) Write(b []byte) (int, error) { return len(b), nil }
func (*unheard) WriteHeader(int)             {}
