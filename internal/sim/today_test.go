package sim_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/install-or-defer/install-or-defer/internal/enforce"
	"github.com/install-or-defer/install-or-defer/internal/macos"
	"github.com/install-or-defer/install-or-defer/internal/sim"
)

// after lets time go by on a Mac whose daemon only waits.
func after(t testing.TB, m *sim.Mac, d time.Duration) {
	t.Helper()
	if err := m.Sleep(context.Background(), d); err != nil {
		t.Fatal(err)
	}
}

func TestTheBatteryIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sim.Scenario{Battery: sim.Battery{Percent: rapid.IntRange(0, 100).Draw(t, "percent"), Unplugged: rapid.Bool().Draw(t, "unplugged")}}
		got, err := macos.Battery{Host: sim.New(s).Host()}.State(context.Background())
		want := macos.Charge{Present: s.Battery.Percent > 0, Percent: s.Battery.Percent, Drawing: s.Battery.Unplugged && s.Battery.Percent > 0}
		if err != nil || got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	})
}

func TestTheBatteryDrainsAndCharges(t *testing.T) {
	m := sim.New(sim.Scenario{
		Battery: sim.Battery{Percent: 60},
		Plan:    []sim.Event{{At: time.Hour, Do: sim.Unplug}, {At: 4 * time.Hour, Do: sim.Sleep, For: 5 * time.Hour}, {At: 10 * time.Hour, Do: sim.Plug}},
	})
	for i, row := range []struct {
		after time.Duration
		want  macos.Charge
	}{
		{30 * time.Minute, macos.Charge{Present: true, Percent: 80}},
		{time.Hour, macos.Charge{Present: true, Percent: 95, Drawing: true}},
		{3 * time.Hour, macos.Charge{Present: true, Percent: 65, Drawing: true}}, // and five more asleep, which cost nothing
		{time.Hour, macos.Charge{Present: true, Percent: 80}},
		{24 * time.Hour, macos.Charge{Present: true, Percent: 100}},
	} {
		after(t, m, row.after)
		if got, err := (macos.Battery{Host: m.Host()}).State(t.Context()); err != nil || got != row.want {
			t.Errorf("%d: got %+v, %v; want %+v, at %v", i, got, err, row.want, m.Now())
		}
	}
}

func TestMeetingsAreReadBack(t *testing.T) {
	busy := func(m *sim.Mac) []string {
		meeting, err := macos.Display{Host: m.Host()}.Busy(t.Context())
		if err != nil || meeting.Busy != (len(meeting.By) > 0) {
			t.Errorf("%+v, %v", meeting, err)
		}
		return meeting.By
	}
	m := sim.New(sim.Scenario{Silicon: true, Plan: []sim.Event{
		{At: 1 * time.Minute, Do: sim.MeetingStart, Key: "zoom.us"},
		{At: 2 * time.Minute, Do: sim.MeetingStart, Key: "camera"},
		{At: 3 * time.Minute, Do: sim.MeetingStart, Key: "caffeinate"},
		{At: 4 * time.Minute, Do: sim.MeetingEnd, Key: "zoom.us"},
		{At: 5 * time.Minute, Do: sim.MeetingEnd},
	}})
	for i, want := range [][]string{nil, {"zoom.us"}, {"zoom.us", "camera"}, {"zoom.us", "camera", "caffeinate"}, {"camera", "caffeinate"}, nil} {
		if i > 0 {
			after(t, m, time.Minute)
		}
		if got := busy(m); !slices.Equal(got, want) {
			t.Errorf("after %d minutes: %q, want %q", i, got, want)
		}
	}
	if (macos.Camera{Host: m.Host()}).InUse(t.Context()) {
		t.Error("the camera stays in use")
	}
	for silicon, want := range map[bool]bool{true: true, false: false} { // Intel's driver has no such key
		m := sim.New(sim.Scenario{Silicon: silicon, Plan: []sim.Event{{Do: sim.MeetingStart, Key: "camera"}}})
		after(t, m, time.Second)
		if got := (macos.Camera{Host: m.Host()}).InUse(t.Context()); got != want {
			t.Errorf("with Apple's processor %t: in use %t", silicon, got)
		}
	}
}

func TestFreeSpaceIsReadBack(t *testing.T) {
	for _, version := range []string{"10.14.6", "15.7.1"} {
		m := sim.New(sim.Scenario{MacOS: version, Plan: []sim.Event{{At: time.Hour, Do: sim.Space, Value: int64(3)}}})
		for i, gigabytes := range []int64{200, 3} {
			free, err := macos.Disk{Host: m.Host()}.Free(t.Context())
			if want := gigabytes * 1e9; err != nil || free > want || want-free > 1024 {
				t.Errorf("macOS %s, %d: %d, %v; want %d", version, i, free, err, want)
			}
			after(t, m, time.Hour)
		}
	}
}

func TestAFullDiskInstallsNothing(t *testing.T) {
	offers := sim.SampleOffers("15.7.1")
	m := sim.New(sim.Scenario{MacOS: "15.7.1", Offers: offers, Free: 2})
	_, err := macos.SoftwareUpdate{Host: m.Host()}.Install(t.Context(), macos.Installation{Labels: []string{offers[0].Label}, Modern: true})
	if err == nil || !strings.Contains(err.Error(), "not enough free disk space: a total of 3.19 GB is required") {
		t.Errorf("got %v", err)
	}
	if !slices.Contains(m.Remaining(), offers[0].Label) {
		t.Error("it is installed all the same")
	}
}

func TestWhoIsAtTheMacIsReadBack(t *testing.T) {
	alex, robin := macos.Person{Name: "alex", UID: 501}, macos.Person{Name: "robin", UID: 502}
	m := sim.New(sim.Scenario{Plan: []sim.Event{
		{At: 1 * time.Minute, Do: sim.Lock},
		{At: 2 * time.Minute, Do: sim.Unlock},
		{At: 3 * time.Minute, Do: sim.SwitchUser},
		{At: 4 * time.Minute, Do: sim.SwitchBack},
		{At: 5 * time.Minute, Do: sim.LoginWindow},
		{At: 6 * time.Minute, Do: sim.SwitchBack},
		{At: 7 * time.Minute, Do: sim.LogOut},
		{At: 8 * time.Minute, Do: sim.LogIn},
	}})
	for i, want := range []macos.Sessions{
		{Person: alex},
		{Person: alex, Locked: true},
		{Person: alex},
		{Person: robin, Others: 1},
		{Person: alex, Others: 1},
		{Others: 2, Remote: true},
		{Person: alex, Others: 1},
		{Others: 1, Remote: true},
		{Person: alex, Others: 1},
	} {
		if i > 0 {
			after(t, m, time.Minute)
		}
		got, err := macos.Console{Host: m.Host()}.Sessions(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("after %d minutes: %v %s", i, err, diff)
		}
		person, err := macos.Console{Host: m.Host()}.Person(t.Context())
		if person != want.Person || err != nil {
			t.Errorf("after %d minutes: %v, %v", i, person, err)
		}
	}
	setup := sim.New(sim.Scenario{Person: sim.Person{SettingUp: true}, Plan: []sim.Event{{At: time.Hour, Do: sim.LogIn}}})
	for _, want := range []macos.Sessions{{Setup: true}, {Person: alex}} {
		if got, err := (macos.Console{Host: setup.Host()}).Sessions(t.Context()); got != want || err != nil {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
		after(t, setup, time.Hour)
	}
	silent := sim.New(sim.Scenario{Faults: []sim.Fault{{Tool: "scutil", Kind: sim.Empty}}, Plan: []sim.Event{{Do: sim.SwitchUser}}})
	after(t, silent, time.Second)
	if got, err := (macos.Console{Host: silent.Host()}).Person(t.Context()); got != robin || err != nil {
		t.Errorf("without scutil: %v, %v", got, err)
	}
}

func TestOwnersAndManagementAreReadBack(t *testing.T) {
	for _, row := range []struct {
		name       string
		scenario   sim.Scenario
		owner      bool
		ownership  macos.Ownership // without the ids
		enrollment macos.Enrollment
		token      macos.Token
		supervised bool
		told       bool // whether it is supervised
	}{
		{"as an organization wants it", sim.Scenario{Silicon: true, MacOS: "15.7.1"}, true, macos.Ownership{Told: true, Token: true}, macos.Enrollment{DEP: true, MDM: true, Approved: true}, macos.Token{Supported: true, Escrowed: true}, true, true},
		{"the person owns nothing", sim.Scenario{Silicon: true, MacOS: "15.7.1", Person: sim.Person{NoOwner: true}}, false, macos.Ownership{Told: true, Token: true}, macos.Enrollment{DEP: true, MDM: true, Approved: true}, macos.Token{Supported: true, Escrowed: true}, true, true},
		{"on Intel", sim.Scenario{MacOS: "15.7.1"}, false, macos.Ownership{Token: true}, macos.Enrollment{DEP: true, MDM: true, Approved: true}, macos.Token{Supported: true, Escrowed: true}, true, true},
		{"not managed", sim.Scenario{Silicon: true, MacOS: "15.7.1", Management: sim.Management{None: true}}, true, macos.Ownership{Told: true}, macos.Enrollment{}, macos.Token{}, false, true},
		{"without a token", sim.Scenario{Silicon: true, MacOS: "15.7.1", Management: sim.Management{Unescrowed: true}}, true, macos.Ownership{Told: true}, macos.Enrollment{DEP: true, MDM: true, Approved: true}, macos.Token{Supported: true}, true, true},
		{"with a server that knows no tokens", sim.Scenario{Silicon: true, MacOS: "15.7.1", Management: sim.Management{Tokenless: true}}, true, macos.Ownership{Told: true}, macos.Enrollment{DEP: true, MDM: true, Approved: true}, macos.Token{}, true, true},
		{"not supervised", sim.Scenario{Silicon: true, MacOS: "15.7.1", Management: sim.Management{Unsupervised: true}}, true, macos.Ownership{Told: true, Token: true}, macos.Enrollment{DEP: true, MDM: true, Approved: true}, macos.Token{Supported: true, Escrowed: true}, false, true},
		{"on an old system", sim.Scenario{MacOS: "10.14.6"}, false, macos.Ownership{Token: true}, macos.Enrollment{DEP: true, MDM: true, Approved: true}, macos.Token{Supported: true, Escrowed: true}, false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			host, ctx := sim.New(row.scenario).Host(), t.Context()
			owner, err := macos.Owners{Host: host}.Include(ctx, macos.Person{Name: "alex", UID: 501})
			if owner != row.owner || err != nil {
				t.Errorf("an owner: %t, %v", owner, err)
			}
			ownership, err := macos.Owners{Host: host}.List(ctx)
			if len(ownership.People) != map[bool]int{true: 1, false: 0}[row.owner] || err != nil {
				t.Errorf("owners: %+v, %v", ownership, err)
			}
			ownership.People = nil
			enrollment, enrollmentErr := macos.Management{Host: host}.Enrollment(ctx)
			token, tokenErr := macos.Management{Host: host}.BootstrapToken(ctx)
			supervised, err := macos.Management{Host: host}.Supervised(ctx)
			if diff := cmp.Diff(row.ownership, ownership); diff != "" || enrollment != row.enrollment || token != row.token || enrollmentErr != nil || tokenErr != nil {
				t.Errorf("%s %+v, %v, %+v, %v", diff, enrollment, enrollmentErr, token, tokenErr)
			}
			if supervised != row.supervised || (err == nil) != row.told {
				t.Errorf("supervised: %t, %v", supervised, err)
			}
		})
	}
}

func TestWhatAppleHoldsBackComesLater(t *testing.T) {
	offers := sim.SampleOffers("15.7.1")
	offers[0].Ramped = 2 * time.Hour
	m := sim.New(sim.Scenario{MacOS: "15.7.1", Offers: offers[:1]})
	tool, labels := macos.SoftwareUpdate{Host: m.Host()}, []string{offers[0].Label}
	listing, err := tool.List(t.Context())
	if err != nil || len(listing.Updates) != 1 {
		t.Fatalf("%+v, %v", listing, err)
	}
	began := m.Now()
	if err := tool.Download(t.Context(), labels); !errors.Is(err, macos.ErrRamped) || len(macos.Ramped(m.Host(), began, listing.Updates)) != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := tool.Install(t.Context(), macos.Installation{Labels: labels, Modern: true}); !errors.Is(err, macos.ErrRamped) {
		t.Errorf("got %v", err)
	}
	after(t, m, 2*time.Hour)
	if err := tool.Download(t.Context(), labels); err != nil || len(macos.Ramped(m.Host(), m.Now(), listing.Updates)) != 0 {
		t.Errorf("got %v", err)
	}
}

func TestOnAppleSiliconADownloadIsDoneAndAnInstallationIsNot(t *testing.T) {
	offers := sim.SampleOffers("15.7.1")
	m := sim.New(sim.Scenario{MacOS: "15.7.1", Silicon: true, Offers: offers})
	tool, labels := macos.SoftwareUpdate{Host: m.Host()}, []string{offers[0].Label, offers[1].Label}
	if err := tool.Download(t.Context(), labels); err != nil {
		t.Error(err)
	}
	if _, err := tool.Install(t.Context(), macos.Installation{Labels: labels[:1], Modern: true, Restart: true}); !errors.Is(err, macos.ErrOwner) {
		t.Errorf("got %v", err)
	}
	if _, err := tool.Install(t.Context(), macos.Installation{Labels: labels[1:], Modern: true, As: macos.Person{Name: "alex", UID: 501}}); err != nil {
		t.Error(err)
	}
	if slices.Contains(m.Remaining(), offers[1].Label) || !slices.Contains(m.Remaining(), offers[0].Label) {
		t.Errorf("remaining: %q", m.Remaining())
	}
}

func TestTheEndOfAFileInMemory(t *testing.T) {
	m := sim.New(sim.Scenario{})
	m.Put("/x", []byte("one\ntwo\n"), 0o644)
	m.Put("/link", []byte("/x"), fs.ModeSymlink|0o777)
	for most, want := range map[int64]string{-1: "", 0: "", 4: "two\n", 100: "one\ntwo\n"} {
		if got, err := m.Tail("/x", most); string(got) != want || err != nil {
			t.Errorf("%d: %q, %v", most, got, err)
		}
	}
	for path, want := range map[string]error{"/link": macos.ErrLink, "/none": fs.ErrNotExist} {
		if got, err := m.Tail(path, 10); len(got) > 0 || !errors.Is(err, want) {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}

func TestARestartIsNotAskedOfOthers(t *testing.T) {
	m := sim.New(sim.Scenario{Plan: []sim.Event{{At: time.Minute, Do: sim.SwitchUser}, {At: 2 * time.Minute, Do: sim.SwitchBack}}})
	after(t, m, time.Hour)
	if err := (macos.Power{Host: m.Host()}).Ask(t.Context(), macos.Person{Name: "alex", UID: 501}, enforce.Restart); err != nil {
		t.Fatal(err)
	}
	after(t, m, time.Hour)
	if m.Tally.Restarts > 0 {
		t.Error("the Mac restarts, and ends the programs of somebody who was not asked")
	}
}
