package sim_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// idle is a turn that does nothing: macOS acts by itself.
func idle(context.Context, macos.Host) error { return nil }

// enforcing is a Mac that a declaration wants on macOS 15.7.2 after two days.
func enforcing() sim.Scenario {
	zone := time.FixedZone("UTC+1", 60*60)
	return sim.Scenario{
		MacOS: "15.7.1", Build: "24G231", Offers: sim.SampleOffers("15.7.1"), Start: time.Date(2026, time.November, 30, 9, 0, 0, 0, zone),
		Declarations: []sim.Declaration{{Version: "15.7.2", Build: "24G325", Due: 48 * time.Hour, Since: time.Hour}}, Limit: 4 * 24 * time.Hour,
	}
}

// says is what package macos makes of a Mac's declarations now.
func says(t testing.TB, m *sim.Mac) (macos.Declaration, []string) {
	t.Helper()
	version, err := macos.System{Host: m.Host()}.Version(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	d, problems, err := macos.Declarations{Host: m.Host()}.Current(m.Now(), version, m.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return d, problems
}

func TestADeclarationIsReadBack(t *testing.T) {
	m := sim.New(enforcing())
	if d, problems := says(t, m); !d.None() || problems != nil {
		t.Errorf("before it arrives: %v, %q", d, problems)
	}
	after(t, m, 2*time.Hour)
	d, problems := says(t, m)
	if d.Version != "15.7.2" || d.Build != "24G325" || !d.Enforced.Equal(m.True().Add(46*time.Hour)) || !d.Agreed || !d.Padded.IsZero() || problems != nil {
		t.Errorf("got %+v, %q", d, problems)
	}
	silent := enforcing()
	silent.Declarations[0].Silent = true
	silent.InstallLog = "2026-11-01 08:00:00+01 A-Mac system_installd[933]: Installed \"MRTConfigData\" (1.72)\n"
	m = sim.New(silent)
	after(t, m, 2*time.Hour)
	if d, problems := says(t, m); d.Version != "15.7.2" || d.Agreed || len(problems) != 1 {
		t.Errorf("a log that is silent: %+v, %q", d, problems)
	}
}

func TestMacOSEnforcesItself(t *testing.T) {
	const day = 24 * time.Hour
	for _, row := range []struct {
		name   string
		change func(*sim.Scenario)
		at     time.Duration // after the start, of the restart; 0 for none
	}{
		{"on its date", func(*sim.Scenario) {}, 2 * day},
		{"on Apple silicon, with the token", func(s *sim.Scenario) { s.Silicon = true }, 2 * day},
		{"on Apple silicon, without the token", func(s *sim.Scenario) { s.Silicon, s.Management.Unescrowed = true, true }, 0},
		{"on a Mac that is not supervised", func(s *sim.Scenario) { s.Management.Unsupervised = true }, 0},
		{"on a system that does not know declarations", func(s *sim.Scenario) { s.MacOS, s.Offers = "13.7.7", sim.SampleOffers("13.7.7") }, 0},
		{"once the power is back", func(s *sim.Scenario) {
			s.Battery = sim.Battery{Percent: 20, Unplugged: true}
			s.Plan = []sim.Event{{At: 2*day + 90*time.Minute, Do: sim.Plug}}
		}, 2*day + 2*time.Hour},
		{"on a battery that holds enough", func(s *sim.Scenario) {
			s.Battery = sim.Battery{Percent: 100}
			s.Plan = []sim.Event{{At: 2*day - time.Hour, Do: sim.Unplug}}
		}, 2 * day},
		{"an hour after a Mac has woken up too late", func(s *sim.Scenario) {
			s.Plan = []sim.Event{{At: 2*day - time.Hour, Do: sim.Sleep, For: 3 * time.Hour}}
		}, 2*day + 3*time.Hour},
		{"once Apple lets the Mac have it", func(s *sim.Scenario) { s.Offers[0].Ramped = 2*day + 150*time.Minute }, 2*day + 3*time.Hour},
		{"once there is space", func(s *sim.Scenario) {
			s.Free = 1
			s.Plan = []sim.Event{{At: 2*day + time.Minute, Do: sim.Space, Value: int64(50)}}
		}, 2*day + time.Hour},
		{"once the network is back, if it was never there", func(s *sim.Scenario) {
			s.Plan = []sim.Event{{Do: sim.Offline}, {At: 2*day + time.Minute, Do: sim.Online}}
		}, 2*day + time.Hour},
		{"without the network, once it has been downloaded", func(s *sim.Scenario) {
			s.Plan = []sim.Event{{At: day, Do: sim.Offline}}
		}, 2 * day},
		{"by the clock of the Mac", func(s *sim.Scenario) {
			s.Plan = []sim.Event{{At: day, Do: sim.SetClock, For: -5 * time.Hour}}
		}, 2*day + 5*time.Hour},
		{"an update that is not offered", func(s *sim.Scenario) { s.Declarations[0].Version = "15.9" }, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := enforcing()
			row.change(&s)
			m := sim.New(s)
			began := m.True()
			m.Play(t.Context(), idle)
			at := slices.IndexFunc(m.Journal, func(e sim.Entry) bool { return strings.HasPrefix(e.Text, "macOS enforces what was declared") })
			if (at >= 0) != (row.at > 0) || m.Tally.Forced != min(1, int(row.at)) {
				t.Fatalf("enforced %d times: %+v", m.Tally.Forced, m.Journal)
			}
			if at < 0 {
				return
			}
			skew := m.True().Sub(m.Now())
			if got := m.Journal[at].At.Add(skew).Sub(began); got != row.at {
				t.Errorf("after %v, want %v", got, row.at)
			}
			if d, _ := says(t, m); !d.None() {
				t.Errorf("afterwards there is still %v", d)
			}
		})
	}
}

func TestADateOfMacOSsOwnIsReadBack(t *testing.T) {
	s := enforcing()
	s.Battery = sim.Battery{Percent: 20, Unplugged: true}
	m := sim.New(s)
	after(t, m, 48*time.Hour+10*time.Minute)
	d, problems := says(t, m)
	if want := m.Now().Add(50 * time.Minute); !d.Due().Equal(want) || !d.Agreed || problems != nil {
		t.Errorf("due at %v, want %v: %q", d.Due(), want, problems)
	}
	after(t, m, time.Hour)
	if d, _ := says(t, m); !d.Due().Equal(m.Now().Add(50 * time.Minute)) {
		t.Errorf("an hour later it is due at %v", d.Due())
	}
}

func TestStaleAndConflictingLines(t *testing.T) {
	line := func(stamp, version, date string) string {
		return stamp + " A-Mac softwareupdated[754]: -[SUOSUManagedServiceDaemon declarationFromKeys]: Falling back to default applicable declaration: " +
			"SUCoreDDMDeclaration (DeclarationKey:k|EnforcedInstallDate:" + date + "|VersionString:" + version + "|BuildVersionString:(null)|DetailsURL:(null))\n"
	}
	stale, conflict := line("2026-11-30 08:00:00+01", "15.6", "2026-09-01T09:00:00"), line("2026-11-30 08:00:00+01", "26.7", "2026-12-24T09:00:00")
	for name, row := range map[string]struct {
		log           string
		silent        bool
		agreed, known bool
	}{
		"stale":                         {stale, false, true, true},
		"a conflict before it arrives":  {conflict, false, true, true},
		"a conflict and nothing else":   {conflict, true, false, false},
		"stale lines and nothing else":  {stale, true, false, true},
		"a log with nothing to be read": {"\x00\xff\n", true, false, true},
	} {
		s := enforcing()
		s.InstallLog, s.Declarations[0].Silent = row.log, row.silent
		m := sim.New(s)
		after(t, m, 2*time.Hour)
		if d, problems := says(t, m); d.Agreed != row.agreed || d.None() == row.known || (len(problems) > 0) == row.agreed {
			t.Errorf("%s: %+v, %q", name, d, problems)
		}
	}
}

// TestAnyDeclarationIsReadBackOrTold holds what is read to what was declared.
func TestAnyDeclarationIsReadBackOrTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := enforcing()
		s.Declarations = nil
		for range rapid.IntRange(1, 3).Draw(t, "declarations") {
			s.Declarations = append(s.Declarations, sim.Declaration{
				Version: rapid.SampledFrom([]string{"15.6", "15.7.1", "15.7.2", "15.8", "26", "26.7"}).Draw(t, "version"),
				Build:   rapid.SampledFrom([]string{"", "24G325", "25G229"}).Draw(t, "build"),
				Due:     time.Duration(rapid.IntRange(2, 72).Draw(t, "due")) * time.Hour,
				Silent:  rapid.Bool().Draw(t, "silent"),
			})
		}
		s.Limit = time.Duration(rapid.IntRange(1, 80).Draw(t, "hours")) * time.Hour
		m := sim.New(s)
		m.Play(context.Background(), idle)
		version, _ := macos.System{Host: m.Host()}.Version(context.Background())
		d, problems, err := macos.Declarations{Host: m.Host()}.Current(m.Now(), version, m.Zone())
		if err != nil {
			t.Fatal(err)
		}
		known := slices.ContainsFunc(s.Declarations, func(one sim.Declaration) bool {
			return one.Version == d.Version && one.Build == d.Build && s.Start.Add(one.Due).Equal(d.Enforced)
		})
		if !d.None() && (!known || !d.Agreed && len(problems) == 0) {
			t.Errorf("%+v of %+v: %q", d, s.Declarations, problems)
		}
	})
}
