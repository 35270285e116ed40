package macos

import (
	"io/fs"
	"slices"
	"testing"
	"time"
)

// sweeper is a host with a file that names a process, and a ps that tells what that is.
type sweeper struct {
	answers
	tree
	modified time.Time
	removed  []string
	ended    []int
}

func (s *sweeper) End(pid int) error        { s.ended = append(s.ended, pid); return nil }
func (s *sweeper) Remove(path string) error { s.removed = append(s.removed, path); return nil }
func (s *sweeper) Stat(path string) (Entry, error) {
	if _, ok := s.data[path]; !ok {
		return Entry{}, fs.ErrNotExist
	}
	return Entry{Modified: s.modified}, nil
}

func TestSweepEndsOurWindowAndNothingElse(t *testing.T) {
	const file = "/window.pid"
	booted := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	window := jamfHelperPath + " -windowType utility -title x\n"
	for name, row := range map[string]struct {
		content, command string
		modified         time.Time
		ended            []int
	}{
		"a window of jamfHelper":            {"4711\n", window, booted.Add(time.Hour), []int{4711}},
		"a window of swiftDialog":           {"4711\n", "/bin/launchctl asuser 501 /usr/bin/sudo -u ann " + swiftDialogPath + " --jsonfile /x/" + dialogOrder + "\n", booted.Add(time.Hour), []int{4711}},
		"a dialog of another's swiftDialog": {"4711\n", swiftDialogPath + " --jsonfile /tmp/x.json\n", booted.Add(time.Hour), nil},
		"a dialog of osascript":             {"4711\n", "/bin/launchctl asuser 501 /usr/bin/osascript -e display dialog (item 1 of argv)\n", booted.Add(time.Hour), []int{4711}},
		"a process id that is another's":    {"4711\n", "/usr/sbin/cupsd -l\n", booted.Add(time.Hour), nil},
		"a process that is gone":            {"4711\n", "", booted.Add(time.Hour), nil},
		"a window of before the restart":    {"4711\n", window, booted.Add(-time.Hour), nil},
		"the first process of all":          {"1\n", window, booted.Add(time.Hour), nil},
		"a group of processes by its sign":  {"-4711\n", window, booted.Add(time.Hour), nil},
		"garbage":                           {"$(reboot)\n", window, booted.Add(time.Hour), nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := &sweeper{
				answers: answers{out: map[string]Output{"ps": {Stdout: row.command}}}, tree: tree{data: map[string]string{file: row.content}},
				modified: row.modified,
			}
			swept, err := Screen{Host: Host{Runner: s, Tree: s, Lister: s}, Keep: file}.Sweep(t.Context(), booted)
			if err != nil || swept != (row.ended != nil) || !slices.Equal(s.ended, row.ended) {
				t.Errorf("%t, %v, ended %v", swept, err, s.ended)
			}
			if !slices.Equal(s.removed, []string{file}) {
				t.Errorf("removed %q", s.removed)
			}
		})
	}
	asked := &sweeper{answers: answers{out: map[string]Output{}}, tree: tree{data: map[string]string{file: "4711"}}, modified: booted}
	_, _ = Screen{Host: Host{Runner: asked, Tree: asked, Lister: asked}, Keep: file}.Sweep(t.Context(), booted)
	if len(asked.seen) != 1 || !slices.Contains(asked.seen[0].Args, "-ww") {
		t.Errorf("%+v may cut the command line at 80 characters", asked.seen)
	}
	s := &sweeper{tree: tree{}}
	if swept, err := (Screen{Host: Host{Runner: s, Tree: s, Lister: s}, Keep: file}).Sweep(t.Context(), booted); swept || err != nil || len(s.removed) > 0 {
		t.Errorf("%t, %v", swept, err)
	}
}
