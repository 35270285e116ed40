package jamftest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// Mac is a managed Mac. There are two of each: the Mac as it is, and as it has reported itself last. The inventory, the
// groups and the scopes know the second only.
type Mac struct {
	ID           int
	Name         string
	Serial       string
	UDID         string
	ManagementID string
	Username     string

	Model           string
	ModelIdentifier string
	AppleSilicon    bool

	Version       string // of macOS
	Build         string
	Supplemental  string // build
	RapidResponse string // such as "(a)"

	Managed        bool
	Supervised     bool
	BootstrapToken bool // is escrowed
	Declarative    bool // device management is enabled

	Applications []Application
	Packages     []string // installed by Jamf Pro
	Profiles     []string // names of configuration profiles
	Attributes   map[string]string

	Enrolled    time.Time
	LastContact time.Time
	LastReport  time.Time

	Silent  bool // never checks in
	Failing bool // installs nothing that it should, in the life cycle
}

// Application is one that is installed.
type Application struct {
	Name     string // with ".app"
	Version  string
	BundleID string
	Path     string
}

// binaryVersion is that of the jamf program on every Mac.
const binaryVersion = "11.30.1-t1784555528"

func (m *Mac) architecture() string {
	if m.AppleSilicon {
		return "arm64"
	}
	return "x86_64"
}

// clone is a copy that shares nothing that changes. Lists are replaced, never changed.
func (m *Mac) clone() Mac {
	out := *m
	out.Attributes = maps.Clone(m.Attributes)
	return out
}

// without is a copy of a map without a key.
func without(m map[string]string, key string) map[string]string {
	out := maps.Clone(m)
	delete(out, key)
	return out
}

// machine is a Mac with its life.
type machine struct {
	live     Mac
	reported Mac
	random   *rand.Rand
	next     time.Time      // check-in
	runs     map[int]record // by policy
	logs     []entry
	life     *life  // nil unless something has been installed that lives
	told     string // what the life cycle said at the last report
	plan     *plan  // the last one that was accepted for it
}

// record is what a Mac remembers of a policy.
type record struct {
	at       time.Time
	failed   bool
	attempts int
}

// AddMac adds a Mac and answers with its number. What it lacks is made up: a name, identifiers, a model, a version of
// macOS, and times of enrolment and of a report. It is supervised and managed only if it says so.
func (s *Server) AddMac(m Mac) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addMac(m)
}

func (s *Server) addMac(m Mac) int {
	m = m.clone()
	m.ID = len(s.macs) + 1
	r := rand.New(rand.NewPCG(s.options.Seed, uint64(m.ID)+1000))
	m.complete(r, s.now)
	added := &machine{live: m, reported: m.clone(), random: r, runs: map[int]record{}}
	added.next = s.now.Add(time.Duration(r.Int64N(int64(s.options.CheckIn))))
	s.macs = append(s.macs, added)
	s.changed()
	return m.ID
}

// mac finds a Mac by number. It is nil if there is none.
func (s *Server) mac(id int) *machine {
	if id < 1 || id > len(s.macs) || s.macs[id-1].live.ID != id {
		return nil
	}
	return s.macs[id-1]
}

// Macs are the numbers of all Macs.
func (s *Server) Macs() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]int, 0, len(s.macs))
	for _, m := range s.macs {
		ids = append(ids, m.live.ID)
	}
	return ids
}

// Mac is a Mac as it is, which is not always what it has reported.
func (s *Server) Mac(id int) (Mac, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mac(id)
	if m == nil {
		return Mac{}, false
	}
	return m.live.clone(), true
}

// ChangeMac changes a Mac. The server hears of it with the next report, or at once if report says so.
func (s *Server) ChangeMac(id int, report bool, change func(*Mac)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mac(id)
	if m == nil {
		return false
	}
	change(&m.live)
	m.live.ID = id
	if report {
		s.recon(m, s.now)
	}
	return true
}

// receipt notes a package that was installed.
func (m *Mac) receipt(name string) {
	if !slices.Contains(m.Packages, name) {
		m.Packages = append(slices.Clone(m.Packages), name)
	}
}
