package jamftest

import (
	"net/http"
	"strings"
)

// route is an operation that the server knows.
type route struct {
	method, path string
	needs        string // privileges, separated by commas: all are needed. For the Classic API its kind of object
	do           func(*call) answer

	since      string // version of Jamf Pro; empty for ever
	deprecated string // the date that the header tells
	from       string // the version that tells it
	looks      bool   // does not write, though its method says so
	open       bool   // needs no token
	upload     bool   // brings a file
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, pattern := s.mux.Handler(r)
	done := s.traffic.begin(r, pattern)
	defer done()
	s.mu.Lock()
	misfortune := s.has(Misfortune)
	s.mu.Unlock()
	if misfortune {
		if f, ok := s.traffic.meet(r, pattern); ok {
			s.suffer(f, w, r)
			return
		}
	}
	s.mux.ServeHTTP(w, r)
}

// newMux makes the routes that the server's version has. What it has not is answered as a real server does: Pro paths in
// JSON, Classic ones in HTML.
func (s *Server) newMux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		if s.version.least(rt.since) {
			mux.HandleFunc(rt.method+" "+rt.path, s.handle(rt))
		}
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(http.StatusNotFound, cause{Code: "NOT_FOUND", Description: "there is no such endpoint"}).send(w)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { notFound().send(w) })
	return mux
}

func (s *Server) handle(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.answer(rt, r).send(w)
	}
}

// answer answers a request: sign in, read, do. The lock is not held while the body arrives.
func (s *Server) answer(rt route, r *http.Request) answer {
	c := &call{Server: s, r: r}
	header := http.Header{}
	s.mu.Lock()
	c.view = s.view(s.node(r, header))
	refusal := c.enter(rt)
	s.mu.Unlock()
	var a answer
	if refusal != nil {
		a = *refusal
	} else if err := c.read(rt); err != nil {
		a = *refuse(http.StatusBadRequest, cause{Code: "UNREADABLE", Description: err.Error()})
	} else {
		if r.Method != http.MethodGet && !rt.looks {
			s.traffic.write()
		}
		s.mu.Lock()
		a = rt.do(c)
		s.mu.Unlock()
	}
	if rt.deprecated != "" && s.version.least(rt.from) {
		header.Set("deprecation", `date="`+rt.deprecated+`"`)
	}
	for name, values := range a.header {
		header[name] = append(header[name], values...)
	}
	a.header = header
	return a
}

func (c *call) read(rt route) (err error) {
	if rt.upload {
		c.file, err = receive(c.r)
		return err
	}
	c.body, err = readBody(c.r)
	return err
}

// classic tells whether a path is one of the Classic API.
func classic(path string) bool { return strings.HasPrefix(path, "/JSSResource/") }

// readVersion answers GET /api/v1/jamf-pro-version. What follows the version is the time of the build.
func (c *call) readVersion() answer {
	return object(http.StatusOK, map[string]string{"version": c.options.Version + "-t1784555528405"})
}
