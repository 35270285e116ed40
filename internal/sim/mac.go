package sim

import (
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/install-or-defer/install-or-defer/internal/agent"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/plist"
)

// Mac is a simulated Mac.
type Mac struct {
	Journal []Entry
	Tally   Tally

	// CrashAt kills the daemon at its so-and-so-manieth touch of the host, counted from 1 over the whole play.
	CrashAt []int

	// Faulty, where it is set, is asked at each call of a tool which fault it meets: one of the kinds, or none. The faults
	// of the scenario come after it.
	Faulty func(macos.Command) string

	scenario Scenario
	start    time.Time     // the true time at which the play began
	now      time.Time     // the true time
	skew     time.Duration // how far the Mac's clock is ahead of it
	awake    time.Duration // awake time so far
	boot     time.Time     // true time
	plan     []planned

	version, build string
	offers         []*offer
	files          map[string]*file
	tools          []string // that may be run
	locked         bool
	loaded         bool   // launchd knows the job
	forgotten      bool   // it did, until a restart
	terminate      func() // tells the turn that is under way to end, as launchd does; nil where none is
	offline        bool
	loggedIn       bool
	unsaved        bool
	handling       bool      // the person is installing in Software Update
	converting     time.Time // true time until which FileVault converts the disk
	supply         supply
	free           int64    // bytes on the disk
	meetings       []string // what keeps the display awake
	console        console
	declared       []declared
	prompts        int   // prompts shown, to choose the answer
	warnings       int   // final warnings shown, likewise
	faulted        []int // calls seen by each fault
	touches        int
	moods          *rand.Rand // how quickly the person reacts; nil for always the same
}

type offer struct {
	Offer
	cached    bool
	installed bool // gone from the listing
	waiting   bool // takes effect with the next restart
	failed    int
}

type file struct {
	data     []byte
	mode     fs.FileMode
	uid      int
	modified time.Time
}

// planned is something that happens at a true time.
type planned struct {
	at time.Time
	do func()
}

// halt is what ends the daemon's process: a restart, a crash, launchd.
type halt struct{ why string }

// New makes the Mac of a scenario, with our program installed.
func New(s Scenario) *Mac {
	s = s.withDefaults()
	m := &Mac{
		scenario: s, start: s.Start, now: s.Start, boot: s.Start.Add(-time.Hour),
		version: s.MacOS, build: s.Build, loggedIn: !s.Person.Away && !s.Person.SettingUp, unsaved: s.Person.Unsaved,
		files: map[string]*file{}, faulted: make([]int, len(s.Faults)),
	}
	if s.Seed != 0 {
		m.moods = rand.New(rand.NewPCG(s.Seed, 0))
	}
	for _, o := range s.Offers {
		m.offers = append(m.offers, &offer{Offer: o})
	}
	m.tools = macos.Tools()
	for _, path := range m.tools {
		if strings.HasSuffix(path, "/Dialog") && !s.SwiftDialog {
			continue
		}
		m.put(path, nil, 0o755)
	}
	for _, path := range macos.UpdateIcons() {
		m.put(path, nil, 0o644)
	}
	m.put("/dev/console", nil, fs.ModeDevice|0o600)
	m.equip(s)
	m.writeVersion()
	m.install()
	if len(s.Settings) > 0 {
		m.putList(macos.ManagedPath(agent.Identifier), s.Settings)
	}
	if tags := s.Person.Languages; len(tags) > 0 {
		list := make([]any, len(tags))
		for i, tag := range tags {
			list[i] = tag
		}
		m.putList("/Users/"+s.Person.Name+"/Library/Preferences/.GlobalPreferences.plist", map[string]any{"AppleLanguages": list})
	}
	for _, e := range s.Plan {
		m.at(m.start.Add(e.At), func() { m.happen(e) })
	}
	for _, d := range s.Declarations {
		m.at(m.start.Add(d.Since), func() { m.declare(d) })
	}
	return m
}

// equip gives the Mac what today's Macs have.
func (m *Mac) equip(s Scenario) {
	m.supply = supply{there: s.Battery.Percent > 0, plugged: !s.Battery.Unplugged, held: float64(s.Battery.Percent), at: m.now}
	m.free = s.Free * 1e9
	m.console.setup = s.Person.SettingUp
	m.put(installLogPath, []byte(s.InstallLog), 0o644)
}

// Host is the Mac as package macos sees it.
func (m *Mac) Host() macos.Host {
	return macos.Host{Runner: m, Tree: m, Lister: m, Ledger: m, Clock: m}
}

// install lays down what the installer package does, and loads the job.
func (m *Mac) install() {
	m.put(agent.SupportFolder, nil, fs.ModeDir|0o755)
	m.put(agent.BinaryPath, nil, 0o755)
	m.put(agent.LinkPath, nil, fs.ModeSymlink|0o755)
	m.putList(agent.LaunchDaemonPath(agent.Identifier), map[string]any{
		"Label": agent.Identifier, "RunAtLoad": true, "StartInterval": int64(agent.Interval / time.Second),
		"ProgramArguments": []any{agent.BinaryPath, "run"},
	})
	m.loaded = true
}

func (m *Mac) writeVersion() {
	m.putList("/System/Library/CoreServices/SystemVersion.plist", map[string]any{
		"ProductVersion": m.version, "ProductBuildVersion": m.build, "ProductName": "macOS",
	})
}

func (m *Mac) put(path string, data []byte, mode fs.FileMode) {
	m.files[path] = &file{data: data, mode: mode, modified: m.Now()}
}

// putList writes a property list, in the form that macOS writes it in: preferences are binary, other files are XML.
func (m *Mac) putList(path string, values map[string]any) {
	encode := plist.Encode
	if strings.Contains(path, "Preferences/") {
		encode = plist.EncodeBinary
	}
	data, err := encode(values)
	if err != nil { // values that no property list can hold: what a broken file would be
		data = []byte(err.Error())
	}
	m.put(path, data, 0o644)
}

// File returns a file's content, and whether it is there.
func (m *Mac) File(path string) (data []byte, ok bool) {
	f, ok := m.files[path]
	if !ok {
		return nil, false
	}
	return f.data, true
}

// Paths lists all files and folders.
func (m *Mac) Paths() []string { return slices.Sorted(maps.Keys(m.files)) }

// Put places a file, as anything else on a Mac might.
func (m *Mac) Put(path string, data []byte, mode fs.FileMode) { m.put(path, data, mode) }

// Leftovers lists the files of our program that are there, and the job.
func (m *Mac) Leftovers() []string {
	var left []string
	for name := range m.files {
		switch {
		case name == agent.SupportFolder, strings.HasPrefix(name, agent.SupportFolder+"/"),
			name == agent.LinkPath, name == agent.LaunchDaemonPath(agent.Identifier), name == macos.PreferencesPath(agent.Identifier):
			left = append(left, name)
		}
	}
	slices.Sort(left)
	if m.loaded {
		left = append(left, agent.Identifier)
	}
	return left
}

// Zone is the Mac's time zone.
func (m *Mac) Zone() *time.Location { return m.start.Location() }

// Scenario is what is played, with its defaults filled in.
func (m *Mac) Scenario() Scenario { return m.scenario }

// True is the time by which the play is measured: the Mac's clock may be set, this one only goes on.
func (m *Mac) True() time.Time { return m.now }

// Remaining lists the labels that are still offered.
func (m *Mac) Remaining() []string {
	var labels []string
	for _, o := range m.offered() {
		labels = append(labels, o.Label)
	}
	return labels
}

func (m *Mac) at(t time.Time, do func()) {
	m.plan = append(m.plan, planned{t, do})
	slices.SortStableFunc(m.plan, func(a, b planned) int { return a.at.Compare(b.at) })
}

// soon lets something happen after a while, unless the Mac restarts before.
func (m *Mac) soon(after time.Duration, do func()) {
	boot := m.boot
	m.at(m.now.Add(after), func() {
		if m.boot.Equal(boot) {
			do()
		}
	})
}
