package macos

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestScreenAsk(t *testing.T) {
	said := func(text string, awake time.Duration) Output { return Output{Stdout: text, Awake: awake} }
	for _, row := range []struct {
		name string
		out  map[string]Output
		want ReplyKind
		err  bool
	}{
		{"a click", map[string]Output{"jamfHelper": said("0", time.Second)}, ReplyFirst, false},
		{"a click in under a second is not believed", map[string]Output{"jamfHelper": said("0", 999*time.Millisecond)}, ReplyFailed, false},
		{"a deferral in under a second is", map[string]Output{"jamfHelper": said("2", time.Millisecond)}, ReplySecond, false},
		{"a window that is gone at once was not shown", map[string]Output{"jamfHelper": {Code: -1}}, ReplyFailed, false},
		{"a window that is gone later was", map[string]Output{"jamfHelper": {Code: -1, Awake: time.Second}}, ReplyGone, false},
		{"without jamfHelper a dialog asks", map[string]Output{"launchctl": said("button returned:Run, gave up:false", time.Minute)}, ReplyFirst, false},
		{"nor is a dialog believed at once", map[string]Output{"launchctl": said("button returned:Run, gave up:false", 0)}, ReplyFailed, false},
		{"without either nothing is shown", nil, ReplyFailed, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := &answers{out: row.out}
			reply, err := Screen{Host: Host{Runner: r, Lister: tree{}}, Person: Person{"ann", 501}}.Ask(t.Context(), twoButtons())
			if reply.Kind != row.want || (err != nil) != row.err {
				t.Errorf("got %+v, %v; want %v", reply, err, row.want)
			}
			for _, c := range r.seen {
				if c.Timeout <= 0 {
					t.Errorf("%s runs without a limit", c.Path)
				}
			}
		})
	}
}

// refusing is a Runner that never runs anything, for a reason other than that the tool is missing.
type refusing struct{ err error }

func (r refusing) Run(context.Context, Command) (Output, error) { return Output{}, r.err }

func (r refusing) End(int) error { return r.err }

func (r refusing) Start(context.Context, Command) (Standing, error) { return nil, r.err }

func TestScreenStand(t *testing.T) {
	w := Window{Title: "T", Text: "D", Locked: true}
	for _, row := range []struct {
		name, tool string
		paths      int
	}{
		{"with jamfHelper", "jamfHelper", 1}, {"with a dialog where it is missing", "launchctl", 2}, {"not at all", "", 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := &answers{out: map[string]Output{row.tool: {}}}
			standing, err := Screen{Host: Host{Runner: r, Lister: tree{}, Clock: fixedClock{}}, Person: Person{"ann", 501}}.Stand(t.Context(), w)
			if (err == nil) != (row.tool != "") || len(r.seen) != row.paths {
				t.Fatalf("got %v after %d attempts", err, len(r.seen))
			}
			if err == nil {
				standing.Stop()
			}
		})
	}
	t.Run("with a dialog where it ends at once", func(t *testing.T) {
		r := &answers{out: map[string]Output{"jamfHelper": {}, "launchctl": {}}, ends: map[string]bool{"jamfHelper": true}}
		s := Screen{Host: Host{Runner: r, Lister: tree{}, Clock: fixedClock{}}, Person: Person{"ann", 501}}
		if _, err := s.Stand(t.Context(), w); err != nil || len(r.seen) != 2 {
			t.Errorf("got %v after %d attempts", err, len(r.seen))
		}
		r.ends["launchctl"] = true
		if _, err := s.Stand(t.Context(), w); !errors.Is(err, errEnded) {
			t.Errorf("where both do: got %v", err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Stand(ended, w); err != nil {
			t.Errorf("where the turn is told to end: got %v", err)
		}
	})
	why := errors.New("no process to be had")
	s := Screen{Host: Host{Runner: refusing{why}, Lister: tree{}}}
	if _, err := s.Stand(t.Context(), w); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	if reply, err := s.Ask(t.Context(), w); !errors.Is(err, why) || reply.Kind != ReplyFailed {
		t.Errorf("got %+v, %v", reply, err)
	}
}
