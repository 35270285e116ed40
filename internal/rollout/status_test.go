package rollout_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/install-or-defer/install-or-defer/internal/jamf/jamftest"
	"github.com/install-or-defer/install-or-defer/internal/rollout"
)

// staged has a ring, and a group that Macs leave when they have the update.
const staged = `
jamf:
  extension_attributes: {fields: [status, reason, blockers]}
  groups:
    - {name: Ring, criteria: {serial: {like: RING}}}
    - {name: Old, update_needed: true, criteria: {os_version: {less_than: 15.7.1}}}
  policy: {exclusions: [VIP]}
  stages:
    - {name: test, groups: [Ring], soak: 2d, gate: {min_reporting_percent: 50, max_failed_percent: 20, min_finished_percent: 40}}
    - {name: all, groups: [Old]}
`

// reports are what Macs report, by serial number.
type reports map[string]string

// fleet starts a server on which Macs report what a table says, and check in by themselves only where something else is said.
func fleet(t *testing.T, says reports, file string) *world {
	w := newWorld(t, jamftest.Options{
		Off: []jamftest.Behaviour{jamftest.Attendance},
		Evaluate: func(m *jamftest.Mac, a jamftest.Attribute) string {
			if strings.HasSuffix(a.Name, "Status") {
				return says[m.Serial]
			}
			return map[string]string{"Reason": strings.ToLower(says[m.Serial]) + "-because"}[a.Name[len("Install or Defer - "):]]
		},
	}, file)
	w.group("VIP")
	w.apply(rollout.Options{})
	w.server.Advance(2 * time.Minute)
	return w
}

// mac adds a Mac that reports now.
func (w *world) mac(serial, version string) int {
	id := w.server.AddMac(jamftest.Mac{
		Serial: serial, Version: version, Managed: true, Supervised: true, BootstrapToken: true, AppleSilicon: true, Enrolled: w.server.Now(),
	})
	w.server.Recon(id)
	return id
}

func (w *world) status(o rollout.StatusOptions) *rollout.Report {
	w.t.Helper()
	report, err := w.rollout().Status(w.context(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

func TestEachMacCountsAsWhatIsKnownOfIt(t *testing.T) {
	const now, old = "15.7.1", "15.6"
	for name, row := range map[string]struct {
		serial, version, status string
		want                    string // stage and outcome; "outside" and outcome; or "not in scope"
	}{
		"one that says that it has all updates":               {"RING1", now, "Compliant", "test compliant"},
		"one that says so, and whose inventory says no":       {"RING1", old, "Compliant", "test unknown"},
		"one whose person is to be asked":                     {"RING1", old, "Pending", "test pending"},
		"one whose person has deferred":                       {"RING1", old, "Deferred", "test deferred"},
		"one that is past its deadline":                       {"RING1", old, "Enforcing", "test enforcing"},
		"one that installs":                                   {"RING1", old, "Installing", "test enforcing"},
		"one that restarts":                                   {"RING1", old, "Restarting", "test enforcing"},
		"one that fails":                                      {"RING1", old, "Failed", "test failed"},
		"one that does not know":                              {"RING1", now, "Unknown", "test unknown"},
		"one that has not reported the attribute yet":         {"RING1", now, "", "test unknown"},
		"one that reports what nobody knows":                  {"RING1", now, "Splendid", "test unknown"},
		"one without the program that lacks an update":        {"RING1", old, "Not installed", "test waiting"},
		"one without the program that lacks none":             {"RING1", now, "Not installed", "test compliant"},
		"one in the second stage":                             {"X", old, "Deferred", "all deferred"},
		"one that has left the second stage, having finished": {"X", now, "Compliant", "outside compliant"},
		"one that has nothing to do with it":                  {"X", now, "Not installed", "not in scope"},
		"one that nothing is known of":                        {"X", now, "", "not in scope"},
	} {
		t.Run(name, func(t *testing.T) {
			w := fleet(t, reports{row.serial: row.status}, staged)
			w.mac(row.serial, row.version)
			expect(t, placed(w.status(rollout.StatusOptions{})), row.want)
		})
	}
}

// placed tells where the one Mac of a report counts.
func placed(r *rollout.Report) string {
	var list []string
	tell := func(name string, c rollout.Counts) {
		for _, o := range rollout.Outcomes() {
			if c.Of(o) == 1 {
				list = append(list, name+" "+string(o))
			}
		}
	}
	for _, s := range r.Stages {
		tell(s.Name, s.Counts)
	}
	tell("outside", r.Outside)
	if r.NotInScope == 1 {
		list = append(list, "not in scope")
	}
	return strings.Join(list, "; ")
}

func TestAMacThatDoesNotReportIsNeverCompliant(t *testing.T) {
	w := fleet(t, reports{"RING1": "Compliant"}, staged)
	w.mac("RING1", "15.7.1")
	for i, want := range []string{"test compliant", "test compliant", "test not reporting"} {
		if got := placed(w.status(rollout.StatusOptions{MaxAge: 47 * time.Hour})); got != want {
			t.Errorf("after %d days: %s", i, got)
		}
		w.server.Advance(24 * time.Hour)
	}
	report := w.status(rollout.StatusOptions{})
	if report.MaxAgeDays != 7 || report.Total.Reporting() != 1 {
		t.Errorf("%+v", report)
	}
}

func TestAMacThatThePolicyExcludesIsNotInScope(t *testing.T) {
	w := fleet(t, reports{"RING1": "Compliant"}, staged)
	id := w.mac("RING1", "15.7.1")
	vip, _, err := w.client().StaticGroups().Find(t.Context(), "VIP")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.client().ChangeStaticGroup(t.Context(), vip.ID, []string{fmt.Sprint(id)}, nil); err != nil {
		t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
	expect(t, placed(w.status(rollout.StatusOptions{})), "outside compliant")
}

func TestReasonsAreCounted(t *testing.T) {
	w := fleet(t, reports{"RING1": "Failed", "RING2": "Failed", "RING3": "Compliant"}, staged)
	for _, serial := range []string{"RING1", "RING2", "RING3"} {
		w.mac(serial, "15.6")
	}
	w.server.ChangeMac(2, true, func(m *jamftest.Mac) { m.BootstrapToken = false })
	report := w.status(rollout.StatusOptions{})
	want := []rollout.Reason{
		{Text: "failed-because", Macs: 2},
		{Text: "it says that it has all updates, and is in a group of Macs that lack one", Macs: 1},
		{Text: "no bootstrap token is escrowed", Macs: 1},
	}
	if diff := cmp.Diff(want, report.Reasons); diff != "" {
		t.Error(diff)
	}
	notes := strings.Join(report.Notes, "\n")
	if report.Days != nil || !strings.Contains(notes, "days to compliance are not known without earlier snapshots") || !strings.Contains(notes, "stage all is for Macs that lack an update") {
		t.Error(notes)
	}
}

// snapshot adds one to a history.
func (w *world) snapshot(history *bytes.Buffer) {
	w.t.Helper()
	if _, err := w.rollout().Snapshot(w.context(), history, rollout.StatusOptions{}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) history(history *bytes.Buffer) *rollout.History {
	w.t.Helper()
	h, err := rollout.OpenHistory(bytes.NewReader(history.Bytes()), int64(history.Len()))
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

func TestDaysToComplianceComeFromSnapshots(t *testing.T) {
	says := reports{"A": "Deferred", "B": "Pending", "C": "Deferred", "D": "Not installed", "E": "Compliant"}
	w := fleet(t, says, staged)
	r, plan := w.planStage("all", rollout.StatusOptions{})
	if err := r.Enter(t.Context(), plan, true); err != nil {
		t.Fatal(err)
	}
	w.server.Advance(2 * time.Minute)
	ids := map[string]int{}
	for _, serial := range []string{"A", "B", "C", "D"} {
		ids[serial] = w.mac(serial, "15.6")
	}
	ids["E"] = w.mac("E", "15.7.1")
	finish := func(serial string) {
		says[serial] = "Not installed" // it has removed itself
		w.server.ChangeMac(ids[serial], true, func(m *jamftest.Mac) { m.Version = "15.7.1" })
	}
	day := func() {
		w.server.Advance(24 * time.Hour)
		for _, id := range w.server.Macs() {
			w.server.Recon(id)
		}
	}
	var history bytes.Buffer
	w.snapshot(&history) // day 0
	day()
	finish("A")
	w.snapshot(&history) // day 1
	day()
	day()
	finish("B")
	w.snapshot(&history) // day 3
	day()
	finish("C") // day 4, the present
	report := w.status(rollout.StatusOptions{History: w.history(&history)})
	if diff := cmp.Diff(&rollout.Days{Macs: 3, Median: 3, P90: 4, Open: 1, Taken: 4}, report.Days); diff != "" {
		t.Error(diff)
	}
	// They have left the groups, and count for their stage all the same.
	if all := report.Stages[1]; all.InScope != 4 || all.Compliant != 3 || all.Waiting != 1 || report.Outside.Compliant != 1 {
		t.Errorf("%+v %+v", all, report.Outside)
	}
	// A second round is a round of its own.
	w.snapshot(&history)
	day()
	says["A"] = "Pending"
	w.server.ChangeMac(ids["A"], true, func(m *jamftest.Mac) { m.Version = "15.7" })
	w.snapshot(&history)
	day()
	finish("A")
	if report = w.status(rollout.StatusOptions{History: w.history(&history)}); report.Days.Macs != 4 || report.Days.Median != 1 {
		t.Errorf("%+v", report.Days)
	}
}

func TestAHistoryThatIsNoneIsRefused(t *testing.T) {
	const one, two = `{"at":"2026-11-30T09:00:00Z","id":"9","outcome":"pending"}`, `{"at":"2026-11-30T09:00:00Z","id":"10","outcome":"pending"}`
	for name, row := range map[string]struct{ in, want string }{
		"words":                       {"hello\n", "line 1 is not made of snapshots"},
		"another kind of JSON":        {"{}\n", "line 1 is not made of snapshots: it lacks a number or a time"},
		"Macs in another order":       {two + "\n" + one + "\n", "line 2 is not made of snapshots: it is not in order"},
		"a Mac twice":                 {one + "\n" + one + "\n", "line 2 is not made of snapshots"},
		"snapshots in another order":  {one + "\n" + strings.ReplaceAll(two, "11-30", "11-29") + "\n", "line 2 is not made of snapshots"},
		"one of tomorrow":             {strings.ReplaceAll(one, "2026", "2030") + "\n", "it has a snapshot of 2030-11-30T09:00:00Z"},
		"a line longer than any":      {strings.Repeat("x", 1<<17) + "\n", "line 1 is not made of snapshots"},
		"a last line that is cut off": {one + "\n" + two[:30], ""},
		"nothing":                     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := rollout.OpenHistory(strings.NewReader(row.in), int64(len(row.in)))
			if err == nil && row.want != "" {
				w := newWorld(t, jamftest.Options{}, staged)
				_, err = w.rollout().Status(t.Context(), rollout.StatusOptions{History: h})
			}
			if err == nil && row.want != "" || err != nil && (row.want == "" || !strings.Contains(err.Error(), row.want)) {
				t.Error(err)
			}
		})
	}
}

func TestWhereTheNextSnapshotGoes(t *testing.T) {
	const line = `{"at":"2026-11-30T09:00:00Z","id":"9","in_scope":false,"outcome":"pending"}` + "\n"
	at := time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		in   string
		end  int
		last time.Time
		want string
	}{
		"nothing":                          {"", 0, time.Time{}, ""},
		"the beginning of a first line":    {line[:20], 0, time.Time{}, ""},
		"its first letter":                 {line[:1], 0, time.Time{}, ""},
		"one line":                         {line, len(line), at, ""},
		"a last line that was cut off":     {line + line[:20], len(line), at, ""},
		"many":                             {strings.Repeat(line, 5000), 5000 * len(line), at, ""},
		"another file":                     {"jamf:\n  policy: {}\n", 0, time.Time{}, "history: its end is not made of snapshots"},
		"another file without an end":      {"policy: {}", 0, time.Time{}, "history: its end is not made of snapshots"},
		"another JSON without an end":      {`{"schema": 1}`, 0, time.Time{}, "history: its end is not made of snapshots"},
		"a line that is longer than any":   {strings.Repeat("x", 1<<18), 0, time.Time{}, "history: its end is not made of snapshots"},
		"an empty line where one is to be": {line + "\n", 0, time.Time{}, "history: its end is not made of snapshots"},
	} {
		t.Run(name, func(t *testing.T) {
			end, last, err := rollout.HistoryEnd(strings.NewReader(row.in), int64(len(row.in)))
			if row.want != "" {
				if !errors.Is(err, rollout.ErrHistory) || !strings.Contains(err.Error(), row.want) {
					t.Error(err)
				}
				return
			}
			if err != nil || end != int64(row.end) || !last.Equal(row.last) {
				t.Error(end, last, err)
			}
		})
	}
}

func TestASnapshotIsLaterThanTheOneBefore(t *testing.T) {
	w := fleet(t, reports{"RING1": "Deferred"}, staged)
	w.mac("RING1", "15.6")
	var history bytes.Buffer
	w.snapshot(&history)
	_, last, err := rollout.HistoryEnd(bytes.NewReader(history.Bytes()), int64(history.Len()))
	if err != nil {
		t.Fatal(err)
	}
	n, err := w.rollout().Snapshot(w.context(), &history, rollout.StatusOptions{After: last})
	if !errors.Is(err, rollout.ErrTooEarly) || n != 0 {
		t.Error(n, err)
	}
	if report := w.status(rollout.StatusOptions{History: w.history(&history)}); report.Days.Open != 1 {
		t.Errorf("a status of the same second: %+v", report.Days)
	}
	w.server.Advance(time.Second)
	if _, err := w.rollout().Snapshot(w.context(), &history, rollout.StatusOptions{After: last}); err != nil {
		t.Error(err)
	}
	w.history(&history)
}
