package jamftest

import (
	"net/http"
	"strconv"
	"strings"
)

// The cookies of Jamf Cloud. Only the first decides which node answers; the second is what a Java server sends along.
const (
	stickyCookie  = "jpro-ingress"
	sessionCookie = "JSESSIONID"
)

// route finds the node for a request: the one that its cookie names, or the next in turn, whose cookie it gets then.
func (s *Server) node(r *http.Request, header http.Header) int {
	if c, err := r.Cookie(stickyCookie); err == nil {
		if n, err := strconv.Atoi(strings.TrimPrefix(c.Value, "node-")); err == nil && n >= 0 && n < s.options.Nodes {
			return n
		}
	}
	n := s.turn % s.options.Nodes
	s.turn++
	for _, c := range []http.Cookie{
		{Name: stickyCookie, Value: "node-" + strconv.Itoa(n), Path: "/", HttpOnly: true},
		{Name: sessionCookie, Value: strings.ToUpper(s.uuid()[:8]) + ".node-" + strconv.Itoa(n), Path: "/", HttpOnly: true},
	} {
		header.Add("Set-Cookie", c.String())
	}
	return n
}

// view is the database as a node sees it now.
func (s *Server) view(node int) view {
	if !s.has(Replication) {
		node = everywhere
	}
	return view{node: node, now: s.now, lag: s.options.Lag}
}

// truth is the database itself.
func (s *Server) truth() view { return view{node: everywhere, now: s.now, lag: s.options.Lag} }
