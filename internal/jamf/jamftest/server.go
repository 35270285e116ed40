package jamftest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Server is a Jamf Pro server. It is an http.Handler, and safe for concurrent use.
type Server struct {
	mux     *http.ServeMux
	traffic traffic // has its own lock, since a request may hang

	mu      sync.Mutex // holds all that follows, and the life of the fleet
	options Options
	version version
	now     time.Time
	random  *rand.Rand
	turn    int // of the nodes

	tokens       map[string]token
	categories   *shelf[category]
	scripts      *shelf[script]
	attributes   *shelf[attribute]
	packages     *shelf[packageRecord]
	roles        *shelf[role]
	integrations *shelf[integration]
	files        []file
	received     int               // files, ever
	refreshed    map[int]time.Time // by node: when it looked for files last
	groups       table[group]
	policies     *cabinet
	profiles     *cabinet
	lists        *cabinet // of groups, as the Classic API sees them
	toggle       toggle
	plans        []*plan
	commands     []*command
	macs         []*machine // in the order of their numbers

	memberships map[int]membership // by group
	changes     int                // of anything that memberships follow from
}

// New makes a server. It panics if the options name a version that is none.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{
		options: o, now: o.Start, random: rand.New(rand.NewPCG(o.Seed, 1)),
		tokens: map[string]token{}, refreshed: map[int]time.Time{}, memberships: map[int]membership{},
	}
	var err error
	if s.version, err = parseVersion(o.Version); err != nil {
		panic(err)
	}
	s.toggle = toggle{on: true}
	s.stock()
	s.mux = s.newMux()
	s.populate(o.Fleet)
	for _, m := range o.Macs {
		s.addMac(m)
	}
	return s
}

// Now is the virtual time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// AdvanceTo lets time go by until then. What is past stays past.
func (s *Server) AdvanceTo(then time.Time) { s.Advance(then.Sub(s.Now())) }

// Advance lets time go by, and happen what happens in it: Macs check in, files arrive, plans proceed, tokens expire,
// nodes hear of each other's writes.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d <= 0 {
		return
	}
	until := s.now.Add(d)
	if s.has(Attendance) {
		s.attend(until)
	}
	s.now = until
	s.settle()
}

// stock makes the shelves and cabinets.
func (s *Server) stock() {
	s.categories, s.scripts, s.attributes, s.packages = categories(), scripts(), attributes(), packages()
	s.packages.gone = func(c *call, id int, _ packageRecord) *answer {
		c.files = slices.DeleteFunc(c.files, func(f file) bool { return f.pkg == id })
		return nil
	}
	s.roles, s.integrations = roles(), integrations()
	s.policies, s.profiles, s.lists = policies(), profiles(), classicGroups()
}

// uuid makes an identifier as Jamf writes them.
func (s *Server) uuid() string { return newUUID(s.random) }

func newUUID(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// version is one of Jamf Pro's: major, minor, patch.
type version [3]int

func parseVersion(text string) (v version, err error) {
	for i, part := range splitVersion(text) {
		if i < len(v) {
			v[i] = part
		}
	}
	if v[0] == 0 {
		return v, fmt.Errorf("read version of Jamf Pro: %q is none", text)
	}
	return v, nil
}

// least tells whether a version is this one or later. The empty text is the first of all.
func (v version) least(text string) bool {
	if text == "" {
		return true
	}
	w, err := parseVersion(text)
	return err == nil && !less(v, w)
}

func less(a, b version) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
