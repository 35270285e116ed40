// Package notarytest is a stand-in for Apple's notary, for the store at Amazon that packages are put into, and for the
// service that gives out tickets. It listens on loopback and is as strict as they are: it verifies tokens, the signature
// of an upload and the digest of what was uploaded. It shares no code with package notary, so that a mistake there is
// not made here as well.
//
// What goes wrong is said in one line:
//
//	server := notarytest.Start(t, now, notarytest.At(notarytest.Status, notarytest.Broken(503), notarytest.Expired()))
//	server := notarytest.Start(t, now, notarytest.Verdict("Invalid", notarytest.Issue{Severity: "error", Path: "a.pkg"}))
//
// The forms of the answers follow Apple's and Amazon's documentation, and for tickets what others have described.
package notarytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Door is one of the requests that are answered.
type Door string

// All doors.
const (
	Submit  Door = "submit"
	Upload  Door = "upload"
	Status  Door = "status"
	List    Door = "list"
	Log     Door = "log"
	LogFile Door = "log file"
	Ticket  Door = "ticket"
)

// Server is the stand-in. Its fields say how to reach it and with whose key; they are not changed.
type Server struct {
	Notary, Store, Tickets string // addresses; that of the store has a {bucket} in its path
	KeyFile                []byte // a .p8 file
	KeyID, Issuer          string

	now     func() time.Time
	key     *ecdsa.PrivateKey
	verdict string
	issues  []Issue
	polls   int // that find a submission in progress
	missing int // lookups that find no ticket

	mu          sync.Mutex
	wrong       map[Door][]Fault
	counts      map[Door]int
	submissions []*submission
}

// Option says how a stand-in differs from one that accepts what it gets at once.
type Option func(*Server)

// At makes the next requests at a door go wrong, one after the other. A nil lets one pass.
func At(door Door, faults ...Fault) Option {
	return func(s *Server) { s.wrong[door] = append(s.wrong[door], faults...) }
}

// Verdict is what becomes of all submissions, and why. Without it they are accepted.
func Verdict(status string, issues ...Issue) Option {
	return func(s *Server) { s.verdict, s.issues = status, issues }
}

// Polls is how often the status of an uploaded package is "In Progress" before there is a verdict.
func Polls(n int) Option { return func(s *Server) { s.polls = n } }

// NoTicket is how many lookups find no ticket before one does.
func NoTicket(n int) Option { return func(s *Server) { s.missing = n } }

// Personal makes the key that of a single person, who has no issuer.
func Personal() Option { return func(s *Server) { s.Issuer = "" } }

// Issue is an entry of the log.
type Issue struct {
	Severity     string `json:"severity"`
	Code         *int   `json:"code"`
	Path         string `json:"path"`
	Message      string `json:"message"`
	URL          string `json:"docUrl"`
	Architecture string `json:"architecture"`
}

// Start starts a stand-in that lives as long as a test. Its clock is that of the client: the time that the client tells
// has to be near to it.
func Start(t interface{ Cleanup(func()) }, now func() time.Time, options ...Option) *Server {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	file, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	s := &Server{
		KeyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: file}),
		KeyID:   "2X9R4HXF34", Issuer: "57246542-96fe-1a63-e053-0824d011072a",
		now: now, key: key, verdict: "Accepted", wrong: map[Door][]Fault{}, counts: map[Door]int{},
	}
	for _, option := range options {
		option(s)
	}
	server := httptest.NewServer(s.routes())
	t.Cleanup(server.Close)
	s.Notary, s.Store, s.Tickets = server.URL+"/notary/v2", server.URL+"/store/{bucket}", server.URL+"/lookup"
	return s
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, route := range map[string]struct {
		door   Door
		serve  http.HandlerFunc
		signed bool // with a token
	}{
		"POST /notary/v2/submissions":          {Submit, s.submit, true},
		"GET /notary/v2/submissions":           {List, s.list, true},
		"GET /notary/v2/submissions/{id}":      {Status, s.status, true},
		"GET /notary/v2/submissions/{id}/logs": {Log, s.log, true},
		"GET /logs/{id}":                       {LogFile, s.logFile, false},
		"PUT /store/{bucket}/{object...}":      {Upload, s.upload, false},
		"POST /lookup":                         {Ticket, s.ticket, false},
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if fault := s.next(route.door); fault != nil {
				fault(w, r)
				return
			}
			if route.signed {
				if why := s.checkToken(r.Header.Get("Authorization")); why != "" {
					Refused(http.StatusUnauthorized, "NOT_AUTHORIZED", "Authentication credentials are missing or invalid.", why)(w, r)
					return
				}
			}
			route.serve(w, r)
		})
	}
	return mux
}

// next counts a request and says what goes wrong with it, if anything does.
func (s *Server) next(door Door) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[door]++
	if len(s.wrong[door]) == 0 {
		return nil
	}
	fault := s.wrong[door][0]
	s.wrong[door] = s.wrong[door][1:]
	return fault
}

// Count is how many requests came to a door, those that went wrong included.
func (s *Server) Count(door Door) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[door]
}

// Received is what was uploaded for a submission: its digest and size, which is zero if nothing was.
func (s *Server) Received(id string) (sum [sha256.Size]byte, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.find(id); found != nil {
		return found.received, found.size
	}
	return sum, 0
}

// TicketOf is the ticket that is given out for a key.
func TicketOf(key string) []byte { return []byte("s8ch ticket of " + key) }
