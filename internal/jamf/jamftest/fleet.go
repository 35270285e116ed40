package jamftest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Fleet says how many Macs there are, and which. Shares are from 0 to 1.
type Fleet struct {
	Count      int
	Releases   []Release // that they run, and how many of them; none is Releases
	Silicon    float64   // have Apple silicon; 0 is 0.8, less than 0 is none
	Supervised float64   // 0 is 0.95
	Bootstrap  float64   // have escrowed their token; 0 is 0.97
	Silent     float64   // never check in; 0 is none
	Failing    float64   // install nothing that they should; 0 is none
	Unmanaged  float64   // 0 is none
}

// Release is a version of macOS.
type Release struct {
	Version, Build string
	Share          float64 // of the fleet that runs it
}

// Releases are some of Apple's. The last ones run on no Mac of a fleet: they are what there is to install.
func Releases() []Release {
	return []Release{
		{"13.7.8", "22H730", 0.05},
		{"14.7.8", "23H730", 0.15},
		{"15.6.1", "24G90", 0.30},
		{"15.7", "24G222", 0.25},
		{"26.0", "25A354", 0.15},
		{"26.0.1", "25A362", 0.10},
		{"14.8.1", "23J30", 0},
		{"15.7.1", "24G231", 0},
		{"26.1", "25B78", 0},
	}
}

func (f Fleet) withDefaults() Fleet {
	if len(f.Releases) == 0 {
		f.Releases = Releases()
	}
	for share, usual := range map[*float64]float64{&f.Silicon: 0.8, &f.Supervised: 0.95, &f.Bootstrap: 0.97} {
		*share = cmp.Or(*share, usual)
	}
	return f
}

// populate adds the Macs of a fleet.
func (s *Server) populate(f Fleet) {
	r := rand.New(rand.NewPCG(s.options.Seed, 2))
	safari := []Application{application("Safari", "com.apple.Safari", "26.0"), application("Mail", "com.apple.mail", "16.0")}
	older := []Application{application("Safari", "com.apple.Safari", "18.6"), application("Mail", "com.apple.mail", "16.0")}
	for range f.Count {
		release := f.draw(r)
		m := Mac{
			Version: release.Version, Build: release.Build, AppleSilicon: r.Float64() < f.Silicon, Supervised: r.Float64() < f.Supervised,
			BootstrapToken: r.Float64() < f.Bootstrap, Silent: r.Float64() < f.Silent, Failing: r.Float64() < f.Failing,
			Managed: r.Float64() >= f.Unmanaged, Applications: safari,
		}
		m.Declarative = m.Managed && m.Supervised
		if byVersion(m.Version, "15.7") < 0 {
			m.Applications = older
		}
		s.addMac(m)
	}
}

func (f Fleet) draw(r *rand.Rand) Release {
	total := 0.0
	for _, release := range f.Releases {
		total += release.Share
	}
	at := r.Float64() * total
	for _, release := range f.Releases {
		if at -= release.Share; at < 0 {
			return release
		}
	}
	return f.Releases[0]
}

func application(name, bundle, version string) Application {
	return Application{Name: name + ".app", Version: version, BundleID: bundle, Path: "/Applications/" + name + ".app"}
}

// complete makes up what a Mac lacks.
func (m *Mac) complete(r *rand.Rand, now time.Time) {
	m.Name = cmp.Or(m.Name, fmt.Sprintf("Mac-%05d", m.ID))
	m.Serial = cmp.Or(m.Serial, serial(r))
	m.UDID = cmp.Or(m.UDID, strings.ToUpper(newUUID(r)))
	m.ManagementID = cmp.Or(m.ManagementID, newUUID(r))
	m.Username = cmp.Or(m.Username, fmt.Sprintf("person%d", m.ID))
	if m.Version == "" {
		m.Version, m.Build = "15.7", "24G222"
	}
	m.Supplemental = cmp.Or(m.Supplemental, m.Build)
	if m.ModelIdentifier == "" {
		m.Model, m.ModelIdentifier = "MacBook Pro (13-inch, 2020)", "MacBookPro16,2"
		if m.AppleSilicon {
			m.Model, m.ModelIdentifier = "MacBook Air (M2, 2022)", "Mac14,2"
		}
	}
	if m.Attributes == nil {
		m.Attributes = map[string]string{}
	}
	ago := func(most time.Duration) time.Time { return now.Add(-time.Duration(r.Int64N(int64(most)))) }
	for _, t := range []struct {
		is   *time.Time
		most time.Duration
	}{{&m.Enrolled, 700 * 24 * time.Hour}, {&m.LastContact, 15 * time.Minute}, {&m.LastReport, 24 * time.Hour}} {
		if made := ago(t.most); t.is.IsZero() {
			*t.is = made
		}
	}
}

func serial(r *rand.Rand) string {
	const letters = "CDFGHJKLMNPQRTVWXY0123456789"
	b := []byte("FVFX")
	for len(b) < 12 {
		b = append(b, letters[r.IntN(len(letters))])
	}
	return string(b)
}
